"""MP3 frames: the Info frame that gapless players read, and halves joined into one file.

May import: nothing.
"""
