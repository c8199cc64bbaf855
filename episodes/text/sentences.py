"""The sentences of a text, cut so that joined they are the text again.

A full stop behind an abbreviation, an initial, or a figure that is an ordinal in its language ends
none. `abbreviations.toml` beside this says which those are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

_OPENING = "\"'“”‘’„‚«»‹›([¿¡"
_END = re.compile(
    r"(?<![.!?…])[.!?…]+[\"'“”‘’«»‹›)\]]*(?:[ \u00a0\u202f][»›])?(?=\s)|[。！？]+[」』”]*"
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ROMAN = re.compile(r"[IVXLC]+")
_CLOCKS = ("a.m", "p.m")


class _Stops(NamedTuple):
    """What does not end a sentence in some language."""

    abbreviations: frozenset[str]
    numbered: frozenset[str]
    """Only before a figure."""
    ordinals: bool
    openers: frozenset[str]


def sentences(text: str, language: str = "") -> list[str]:
    r"""Return *text* in sentences; joined they are *text* again.

    Where the *language* is not known, what is an abbreviation in any ends no sentence.

    >>> sentences("Mr. Snow writes. “Forever!” he adds: no. 3 is J. R. Hale's.")
    ['Mr. Snow writes. ', "“Forever!” he adds: no. 3 is J. R. Hale's."]
    >>> sentences("Am 21. Juli kam er. „Wer?“ Niemand, z. B. Anna, wusste es.", "de")
    ['Am 21. Juli kam er. ', '„Wer?“ ', 'Niemand, z. B. Anna, wusste es.']
    """
    stops = _stops(language.replace("_", "-").partition("-")[0].casefold())
    found, start = [], 0
    for end in _END.finditer(text):
        head, tail = text[start : end.end()], text[end.end() :].lstrip()
        if not _begins(tail) or not _ends(head, tail, stops):
            continue
        stop = len(text) - len(tail)
        found.append(text[start:stop])
        start = stop
    if text[start:]:
        found.append(text[start:])
    return found


def split_sentences(text: str, language: str = "") -> list[str]:
    """Return the sentences of a paragraph, without the spaces between them.

    >>> split_sentences('“Why?” he asked. Dr. J. Rao shrugged. It was 5 p.m. on Monday.', "en")
    ['“Why?” he asked.', 'Dr. J. Rao shrugged.', 'It was 5 p.m. on Monday.']
    """
    return [stripped for s in sentences(text, language) if (stripped := s.strip())]


def _begins(tail: str) -> bool:
    """Whether a sentence may begin with *tail*."""
    word = tail.lstrip(_OPENING + "\u00a0\u202f ")[:1]
    return word.isalnum() and not word.islower()


def _ends(head: str, tail: str, stops: _Stops) -> bool:
    """Whether the stop at the end of *head* ends a sentence, where *tail* comes after it."""
    word = head.rsplit(maxsplit=1)[-1].strip("\"'“”„‚‘’«»‹›()[]")
    if not word.endswith(".") or word.endswith(".."):
        return True
    bare = word[:-1]
    stem = bare.casefold()
    following = tail.lstrip(_OPENING + "\u00a0\u202f ")
    short = stem in stops.abbreviations or (stem in stops.numbered and following[:1].isdigit())
    initials = _INITIALS.fullmatch(bare) and bare != "I"
    place = (stem.isdigit() and len(stem) <= 2) or _ROMAN.fullmatch(bare)
    if stops.ordinals and place and len(head.split()) > 1 and not following[:1].isdigit():
        return _opens(following, stops)
    return stem in _CLOCKS or not (short or initials)


def _opens(following: str, stops: _Stops) -> bool:
    first = re.match(r"[^\W\d_]+", following)
    return first is not None and first[0].casefold() in stops.openers


@cache
def _stops(code: str) -> _Stops:
    told = _told()
    listed: Mapping[str, list[str]] = told["stops"]
    known = listed.get(code)
    words = known if known is not None else [word for words in listed.values() for word in words]
    return _Stops(
        abbreviations=frozenset(words),
        numbered=frozenset(told["numbered"]),
        ordinals=not code or code in told["ordinals"],
        openers=frozenset(told["openers"].get(code, ())),
    )


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "abbreviations.toml").read_text(encoding="utf-8"))
