"""The one door to ffmpeg: its process, what it says, what it finds in a recording."""
