"""Sentences that were read again, found in files of their own and fitted into the recording.

May import: audio/align, audio/align/search, audio/editing, audio/ffmpeg, audio/mastering,
episodes/disk, episodes/model.
"""
