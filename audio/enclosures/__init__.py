"""The audio file that a feed names: made or passed through, tagged, and named by its hash."""
