"""Show notes: the column's text brought down to what podcast apps show."""
