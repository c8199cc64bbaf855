"""What was read, and when: checks of the narration, its pace, transcripts and captions.

May import: episodes/model, episodes/text.
"""
