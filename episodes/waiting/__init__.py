"""Everything that waits comes to an end: at its deadline, at Ctrl-C, or after so many tries.

May import: nothing.
"""
