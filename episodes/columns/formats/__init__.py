"""One module for each kind of file that a column is kept in."""
