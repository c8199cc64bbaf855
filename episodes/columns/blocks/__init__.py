"""HTML into a column's blocks: paragraphs, quotes, footnotes, pictures, embeds."""
