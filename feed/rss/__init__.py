"""The RSS document: the channel's tags, the items' tags, and how apps subscribe."""
