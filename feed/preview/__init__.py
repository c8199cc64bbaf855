"""The editor's page: an episode as listeners will see it, live while its files are saved.

What is previewed is what is published: the column, the notes and the pages come from the functions
that publishing uses. Imports `columncast.episodes` and the rest of `columncast.feed`; what needs
audio or a network comes in as callables. `session.preview` serves it, `export.export` writes it to
one file, `terminal.as_text` tells it in plain text.
"""
