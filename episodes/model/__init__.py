"""The nouns: what an episode, a column, an alignment and a notice are, and what their fields hold.

May import: nothing.
"""
