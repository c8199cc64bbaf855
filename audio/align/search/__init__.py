"""The most likely way of a text through a recording.

May import: audio/align/languages, audio/align/text, audio/ffmpeg.
"""
