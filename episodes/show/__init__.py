"""A show's folder: its settings, its episodes, and how a new one gets into it.

May import: episodes/disk, episodes/model, episodes/phrases, episodes/text.
"""
