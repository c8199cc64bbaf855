"""Fetching over HTTP from servers that nobody here has chosen."""
