"""The narration: measured, mastered, encoded and tagged.

Imports `columncast.episodes` only; knows nothing of feeds.
"""
