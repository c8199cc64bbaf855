"""What the show did so far, in figures: how often, how long, how loud."""
