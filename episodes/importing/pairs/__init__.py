"""Which recording is the reading of which column.

May import: episodes/columns, episodes/columns/formats, episodes/importing/feed, episodes/model,
episodes/narration, episodes/text.
"""
