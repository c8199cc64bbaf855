"""The page of a show's figures, with its charts.

May import: episodes/audience, episodes/model, episodes/narration, episodes/phrases, episodes/stats,
episodes/text.
"""
