"""A recording edited by its text: what was said twice or aside is cut, at the reader's own pauses.

May import: audio/align, audio/align/decide, audio/align/search, audio/ffmpeg, audio/mastering,
episodes/disk, episodes/model.
"""
