"""The RSS document: the channel's tags, the items' tags, and how apps subscribe.

May import: episodes/model, episodes/phrases, episodes/show, episodes/text.
"""
