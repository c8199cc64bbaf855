"""What an editor would query in a column before it is read aloud or listed.

May import: episodes/columns/input, episodes/model, episodes/text.
"""
