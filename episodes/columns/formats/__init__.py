"""One module for each kind of file that a column is kept in.

May import: episodes/columns/blocks, episodes/columns/input, episodes/columns/private,
episodes/model, episodes/text.
"""
