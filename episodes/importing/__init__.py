"""Moving in: an existing podcast, a folder of recordings and columns, or an export's posts."""
