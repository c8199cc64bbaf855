"""The public folder goes live: in an order that can never break the feed, and asked about there.

`planning` says what would be done, `going` does it, `history` goes back, `pruning` tidies up, `check`
asks the real server what a directory would ask. Listeners' apps may poll at any second of it.
"""
