"""Somebody else's feed, read item by item whatever it spells wrong."""
