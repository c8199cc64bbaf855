"""What the show did so far, in figures: how often, how long, how loud.

May import: episodes/building, episodes/model, episodes/narration, episodes/show.
"""
