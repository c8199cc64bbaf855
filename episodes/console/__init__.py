"""How a command speaks: messages, JSON, questions, progress, and options that do not go together.

May import: episodes/building, episodes/dates, episodes/disk, episodes/entry, episodes/manual,
episodes/model, episodes/narration, episodes/show, episodes/text, episodes/waiting.
"""
