"""What is written, as it is said: abbreviations, Roman numerals, initials, respellings.

Where readers differ, every common reading is kept; the recording decides. Tokens are the words of
the column as it prints them, so that times can be given back to exactly what the reader sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from columncast.audio.align.text import numerals
from columncast.audio.align.text.amounts import PIECE, joint_money, with_digits
from columncast.audio.align.text.numerals import Reading, abbreviations

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "‐": "-", "−": "-"})
_FOOTNOTE = re.compile(r"[\[(](?:\d{1,3}|[*†‡])[\])][.,;:]?")
_ADDRESS = re.compile(r"https?:|www\.|\w\.(com|org|net|edu|gov|io|co)\b|@")
_FRAME = "\"'“”«»‹›()[]{}<>.,;:!?…*_~`|"


@dataclass(frozen=True)
class Slot:
    """Some tokens in a row and the ways of saying them."""

    first: int
    last: int
    """Index of the last token, included."""
    readings: tuple[Reading, ...]


def slots(tokens: Sequence[str], pronunciation: Mapping[str, str] | None = None) -> list[Slot]:
    """Return how *tokens* are said, in their order; what is not said has no slot.

    *pronunciation* maps a name as written to a plain respelling: `"Zhou Enlai": "joe en lie"`.

    >>> [s.readings for s in slots("In 1905 — he sailed".split())][1]
    (('nineteen', 'oh', 'five'), ('nineteen', 'hundred', 'and', 'five'), \
('one', 'thousand', 'nine', 'hundred', 'five'), ('one', 'thousand', 'nine', 'hundred', 'and', 'five'))
    >>> [s.readings for s in slots(["Zhou", "Enlai’s"], {"Zhou Enlai": "joe en lie"})]
    [(('joe', 'en', "lie's"),)]
    """
    said = _phrases(pronunciation or {})
    found: list[Slot] = []
    at = 0
    while at < len(tokens):
        slot = _respelled(tokens, at, said) or _joint(tokens, at)
        if slot is None:
            before = _core(tokens[at - 1]) if at else ""
            after = _core(tokens[at + 1]) if at + 1 < len(tokens) else ""
            readings = _readings(tokens[at], before, after)
            slot = Slot(at, at, tuple(dict.fromkeys(readings)))
        if any(slot.readings):
            found.append(slot)
        at = slot.last + 1
    return found


def _bare(token: str) -> str:
    """Return *token* with straight quotes, and without what is no letter by itself.

    Vowel signs, points and accents that Unicode cannot write as one letter, and invisible joiners,
    would else cut a word of another script to pieces.

    >>> _bare("हिन्दी"), _bare("cafe\u0301’s"), _bare("co\u00adop")
    ('हनद', "café's", 'coop')
    """
    text = token.translate(_QUOTES)
    if text.isascii():
        return text
    whole = unicodedata.normalize("NFC", text)
    return "".join(c for c in whole if unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cf"))


def _core(token: str) -> str:
    return _bare(token).strip(_FRAME).strip("-–—")


def _phrases(pronunciation: Mapping[str, str]) -> dict[tuple[str, ...], Reading]:
    return {
        tuple(_core(w).casefold() for w in written.split()): tuple(
            w for w in re.split(r"[\s-]+", respelling.casefold()) if w
        )
        for written, respelling in pronunciation.items()
    }


def _respelled(
    tokens: Sequence[str], at: int, said: Mapping[tuple[str, ...], Reading]
) -> Slot | None:
    for written, reading in sorted(said.items(), key=lambda item: -len(item[0])):
        words = [_core(t).casefold() for t in tokens[at : at + len(written)]]
        if tuple(words) == written:
            return Slot(at, at + len(written) - 1, (reading,))
        if words and (*words[:-1], words[-1].removesuffix("'s")) == written:
            owned = (*reading[:-1], reading[-1] + "'s")
            return Slot(at, at + len(written) - 1, (owned,))
    return None


def _joint(tokens: Sequence[str], at: int) -> Slot | None:
    following = _core(tokens[at + 1]) if at + 1 < len(tokens) else ""
    readings = joint_money(_core(tokens[at]), following)
    return Slot(at, at + 1, readings) if readings else None


def _readings(token: str, before: str, after: str) -> list[Reading]:
    bare = _bare(token)
    text = _core(token)
    abbreviation = _abbreviation(bare, text, after)
    if _FOOTNOTE.fullmatch(bare) or not re.search(r"\w", text):
        return abbreviation
    if abbreviation:
        return abbreviation
    if any(c.isdecimal() for c in text):
        return with_digits(text, before, after)
    if _ADDRESS.search(text):
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
