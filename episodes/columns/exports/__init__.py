"""One module for each publishing system whose export holds many posts."""
