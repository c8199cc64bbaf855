"""How many people listened, counted from the host's own access logs.

May import: episodes/building, episodes/disk, episodes/model, episodes/show, episodes/storage.
"""
