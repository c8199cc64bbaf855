"""Sentences and clauses of a text, cut so that joining them gives the text again.

A sentence is what a listener is shown and what the narration check speaks of. A clause is where a
reader breathes, starts again, or leaves off.
"""

from __future__ import annotations

import re

from columncast.audio.align.text.abbreviations import SHORT_MONTHS

# After these a full stop is rarely the end of a sentence.
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "prof",
        "gen",
        "col",
        "lt",
        "sgt",
        "capt",
        "sen",
        "rep",
        "gov",
        "hon",
        "rev",
        "fr",
        "sr",
        "jr",
        "messrs",
        "mt",
        "ft",
        "vs",
        "cf",
        "ca",
        "no",
        "nos",
        "vol",
        "pp",
        "ed",
        "eds",
        "fig",
        "inc",
        "ltd",
        "co",
        "corp",
        *SHORT_MONTHS,
        "e.g",
        "i.e",
        "al",
        "approx",
        "dept",
        "est",
        "ave",
        "blvd",
        "rd",
        "z.b",
        "bzw",
        "usw",
    ]
)
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[\w¿¡])")
_CLAUSE_END = re.compile(r"[,;:.!?…)\]”\"’]+$|[—–]$")
_LONG_WORDS = 14
_CLAUSE_WORDS = 5


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph, each exactly as it stands in *text*.

    >>> split_sentences('“Why?” he asked. Dr. J. Rao shrugged. It was 5 p.m. on Monday.')
    ['“Why?” he asked.', 'Dr. J. Rao shrugged.', 'It was 5 p.m. on Monday.']
    """
    sentences, start = [], 0
    for match in _END.finditer(text):
        if _ends(text[start : match.end()].rstrip(), text[match.end() :]):
            sentences.append(text[start : match.end()].strip())
            start = match.end()
    return [s for s in [*sentences, text[start:].strip()] if s]


def _ends(head: str, tail: str) -> bool:
    following = tail.lstrip("\"'“‘«([¿¡")
    if not following[:1].isupper() and not following[:1].isdigit():
        return False
    word = head.rsplit(maxsplit=1)[-1].strip("\"'“”‘’«»()[]")
    if not word.endswith(".") or word.endswith(".."):
        return True
    stem = word[:-1].casefold()
    if stem in ("a.m", "p.m"):
        return True
    if stem in ("no", "fig", "vol", "pp"):
        return not following[:1].isdigit()
    if stem in _ABBREVIATIONS:
        return False
    # An initial ("George W. Bush") or an abbreviation in capitals ("the U.S. Army").
    initials = re.fullmatch(r"(?:[^\W\d_]\.)*[^\W\d_]", word[:-1])
    german_date = stem.isdigit() and len(stem) <= 2 and not following[:1].isdigit()
    return not ((initials and word != "I.") or (german_date and len(head.split()) > 1))


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
