"""The audio file that a feed names: made or passed through, tagged, and named by its hash.

May import: audio/align, audio/editing, audio/editing/pickups, audio/ffmpeg, audio/mastering, audio/tags,
episodes/building, episodes/disk, episodes/model, episodes/show.
"""
