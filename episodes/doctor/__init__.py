"""What is wrong on this machine, or missing, and how to cure it.

May import: episodes/disk, episodes/show, episodes/storage.
"""
