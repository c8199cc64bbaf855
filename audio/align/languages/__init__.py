"""What is known of each language that reads along, as data: one file a language, one of sounds.

May import: nothing.
"""
