"""What colleagues remark on an episode, and whether their approval of it still holds.

May import: episodes/building, episodes/disk, episodes/entry, episodes/model, episodes/narration, episodes/show, episodes/text.
"""
