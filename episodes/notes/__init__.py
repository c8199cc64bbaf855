"""Show notes: the column's text brought down to what podcast apps show.

May import: episodes/columns/blocks, episodes/model, episodes/phrases, episodes/show,
episodes/text.
"""
