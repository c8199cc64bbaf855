"""When each word of the column is spoken: forced alignment.

May import: audio/align/decide, audio/align/languages, audio/align/search, audio/align/text,
audio/ffmpeg, episodes/model, episodes/text.
"""
