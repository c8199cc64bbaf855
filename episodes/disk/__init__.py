"""Files: written beside their place and renamed, hashed once, named so that they stay in the show.

May import: episodes/text.
"""
