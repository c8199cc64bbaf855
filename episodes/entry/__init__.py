"""An episode as the feed lists it, and as people and tools are told of it.

May import: episodes/building, episodes/columns, episodes/columns/blocks, episodes/disk,
episodes/model, episodes/narration, episodes/notes, episodes/pictures, episodes/show,
episodes/text.
"""
