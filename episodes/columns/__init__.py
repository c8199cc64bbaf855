"""The column: read from whatever file a writer has into one form."""
