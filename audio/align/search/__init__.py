"""The most likely way of a text through a recording."""
