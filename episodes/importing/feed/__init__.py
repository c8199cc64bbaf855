"""Somebody else's feed, read item by item whatever it spells wrong.

May import: episodes/columns/blocks, episodes/model, episodes/show, episodes/text.
"""
