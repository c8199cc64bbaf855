"""The one door to mutagen: tags, chapters and the picture of MP3, M4A and Opus files.

May import: audio/ffmpeg, episodes/disk, episodes/model, episodes/text.
"""
