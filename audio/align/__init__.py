"""When each word of the column is spoken: forced alignment.

May import: audio/align/decide, audio/align/search, audio/align/text, audio/ffmpeg,
episodes/model.
"""
