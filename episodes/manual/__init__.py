"""The manual that travels with columncast: its documents by topic, its commands as Markdown and for man.

May import: nothing.
"""
