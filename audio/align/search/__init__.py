"""The most likely way of a text through a recording.

May import: audio/align/text, audio/ffmpeg.
"""
