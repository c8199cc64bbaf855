"""HTML into a column's blocks: paragraphs, quotes, footnotes, pictures, embeds.

May import: episodes/columns/private, episodes/model, episodes/text.
"""
