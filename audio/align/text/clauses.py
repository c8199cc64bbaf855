"""Clauses: where a reader breathes, starts again, or leaves off."""

from __future__ import annotations

import re

_CLAUSE_END = re.compile(r"[,;:.!?…)\]”\"’“«»]+$|[—–]$")
_LONG_WORDS = 14
_CLAUSE_WORDS = 5


def clauses(words: list[str]) -> list[int]:
    """Return where each clause of a sentence starts, as indices into its *words*.

    Only long sentences are cut, and only where punctuation lets a reader breathe.

    >>> clauses("He came, he saw, and he went home.".split())
    [0]
    >>> clauses("When the boats had come in and the nets were dry, the women went down to the "
    ...         "quay with lamps, because it was dark by then.".split())
    [0, 11, 20]
    """
    starts = [0]
    if len(words) < _LONG_WORDS:
        return starts
    for i, word in enumerate(words[:-1], start=1):
        room = i - starts[-1] >= _CLAUSE_WORDS and len(words) - i >= _CLAUSE_WORDS
        if room and _CLAUSE_END.search(word):
            starts.append(i)
    return starts
