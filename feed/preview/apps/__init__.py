"""How each podcast app shows an episode: what it cuts, what it links, what it leaves out.

May import: episodes/model, episodes/show, episodes/text.
"""
