"""What has to be built again, by whom, and what was built last.

May import: episodes/disk, episodes/model, episodes/show, episodes/waiting.
"""
