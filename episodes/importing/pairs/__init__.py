"""Which recording is the reading of which column."""
