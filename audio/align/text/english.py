"""English as it is said: abbreviations, Roman numerals, initials, figures; and how its words sound."""

from __future__ import annotations

import re

from columncast.audio.align.text import numerals
from columncast.audio.align.text.amounts import PIECE, joint_money, with_digits
from columncast.audio.align.text.letters import Phones
from columncast.audio.align.text.lexicon import Lexicon
from columncast.audio.align.text.numerals import Reading, abbreviations
from columncast.audio.align.text.spoken import ADDRESS, FOOTNOTE, bare_of, core_of


class English:
    """English words, by CMUdict."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def joint(self, text: str, following: str) -> tuple[Reading, ...]:
        """Return the readings of two tokens that are said together; else none."""
        return joint_money(text, following)

    def readings(self, token: str, before: str, after: str) -> list[Reading]:
        """Return the ways of saying *token* between the words *before* and *after*."""
        return _readings(token, before, after)

    def phones(self, word: str, _after: str, /) -> list[Phones]:
        """Return the ways in which *word* sounds, the likeliest first, whatever comes after it."""
        return self._lexicon.phones(word)

    def knows(self, word: str) -> bool:
        """Whether *word* is in the dictionary, or built from words that are."""
        return self._lexicon.knows(word)


def _readings(token: str, before: str, after: str) -> list[Reading]:
    bare = bare_of(token)
    text = core_of(token)
    abbreviation = _abbreviation(bare, text, after)
    if FOOTNOTE.fullmatch(bare) or not re.search(r"\w", text):
        return abbreviation
    if abbreviation:
        return abbreviation
    if any(c.isdecimal() for c in text):
        return with_digits(text, before, after)
    if ADDRESS.search(text):
        return [_address(text)]
    return _initials(text) or _roman(text, before) or _words(text)


def _abbreviation(bare: str, text: str, after: str) -> list[Reading]:
    framed = bare.strip("\"'“”«»()[]*_…,;:!?").casefold()
    for known in (framed, text.casefold()):
        if known in abbreviations() and (known != "no." or after[:1].isdecimal()):
            return abbreviations()[known]
    return []


def _initials(text: str) -> list[Reading]:
    """Return "U.S." and "J.R.R." letter by letter."""
    if "." not in text or any(len(part) > 1 for part in re.split(r"[.']", text)[:-1]):
        return []
    return [tuple(c for c in text.casefold().removesuffix("'s") if c.isalpha())]


def _roman(text: str, before: str) -> list[Reading]:
    """Return a Roman numeral as a number, as a place in a line of kings, and as letters."""
    value = numerals.roman(text)
    if not value or (len(text) == 1 and not (text in "VX" and before[:1].isupper())):
        return []
    king: list[Reading] = [("the", *r) for r in numerals.ordinal(value)]
    return [*numerals.cardinal(value), *king, (text.casefold(),)]


def _words(text: str) -> list[Reading]:
    plain = tuple(p for p in PIECE.findall(text) if p != "'")
    readings = [tuple(p.casefold() for p in plain)]
    caps = re.fullmatch(r"([A-Z]{2,5})('?s)?", text)
    if caps:
        letters = (*caps[1][:-1].casefold(), caps[1][-1].casefold() + ("'s" if caps[2] else ""))
        readings = [letters, (text.casefold(),)] if len(caps[1]) > 2 else [letters, *readings]
    return readings


def _address(text: str) -> Reading:
    text = re.sub(r"^https?://(www\.)?", "", text.casefold()).rstrip("/")
    named = {".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore"}
    return tuple(named.get(p, p) for p in re.findall(r"[a-z]+|\d|[.@/_-]", text))
