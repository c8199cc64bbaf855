"""The one door to ffmpeg: its process, what it says, what it finds in a recording.

May import: episodes/model, episodes/text, episodes/waiting.
"""
