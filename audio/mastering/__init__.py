"""A recording brought to podcast loudness: repaired, levelled, limited, encoded.

May import: audio/ffmpeg, audio/loudness, audio/mp3, episodes/disk, episodes/model, episodes/show.
"""
