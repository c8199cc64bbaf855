"""What of a column is not for the public: drafts' remarks, hidden text, the part behind a paywall.

May import: episodes/model, episodes/text.
"""
