"""An episode as the feed lists it, and as people and tools are told of it."""
