"""A publication date as people say it: `friday 6am`, `27/11/2026`, the next free slot.

May import: episodes/model, episodes/phrases.
"""
