"""Fetching over HTTP from servers that nobody here has chosen.

May import: episodes/disk, episodes/model, episodes/waiting.
"""
