"""Integrated loudness and true peak, measured as ITU-R BS.1770 and EBU R 128 say.

May import: audio/ffmpeg, episodes/disk, episodes/model.
"""
