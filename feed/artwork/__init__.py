"""Pictures: the show's cover, an episode's own, the one inside the audio file.

May import: episodes/building, episodes/disk, episodes/model, episodes/show.
"""
