"""One module for each publishing system whose export holds many posts.

May import: episodes/columns/blocks, episodes/columns/formats, episodes/columns/input,
episodes/columns/private, episodes/model, episodes/text.
"""
