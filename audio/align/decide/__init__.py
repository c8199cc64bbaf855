"""Which of what was found is believed: retakes, extra words, what was never read.

May import: audio/align/languages, audio/align/search, episodes/model.
"""
