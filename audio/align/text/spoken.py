"""What is written, as it is said: tokens, the ways of saying them, and respellings.

Where readers differ, every common reading is kept; the recording decides. Tokens are the words of
the column as it prints them, so that times can be given back to exactly what the reader sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from columncast.audio.align.text.letters import Phones
from columncast.audio.align.text.numerals import Reading

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "‐": "-", "−": "-"})
FOOTNOTE = re.compile(r"[\[(](?:\d{1,3}|[*†‡])[\])][.,;:]?")
ADDRESS = re.compile(r"https?:|www\.|\w\.(com|org|net|edu|gov|io|co)\b|@")
_FRAME = "\"'“”„‚«»‹›()[]{}<>.,;:!?…*_~`|"


@dataclass(frozen=True)
class Slot:
    """Some tokens in a row and the ways of saying them."""

    first: int
    last: int
    """Index of the last token, included."""
    readings: tuple[Reading, ...]


class Tongue(Protocol):
    """What is asked of a language: how its words are said, and how they sound."""

    def joint(self, text: str, following: str) -> tuple[Reading, ...]:
        """Return the readings of two tokens that are said together; else none."""

    def readings(self, token: str, before: str, after: str) -> list[Reading]:
        """Return the ways of saying *token* between the words *before* and *after*."""

    def phones(self, word: str, after: str, /) -> list[Phones]:
        """Return the ways in which *word* sounds before *after*, the likeliest first."""

    def knows(self, word: str) -> bool:
        """Whether *word* is one that most readers say alike."""


def slots(
    tokens: Sequence[str], tongue: Tongue, pronunciation: Mapping[str, str] | None = None
) -> list[Slot]:
    """Return how *tokens* are said, in their order; what is not said has no slot.

    *pronunciation* maps a name as written to a plain respelling: `"Zhou Enlai": "joe en lie"`.
    """
    said = _phrases(pronunciation or {})
    found: list[Slot] = []
    at = 0
    while at < len(tokens):
        slot = _respelled(tokens, at, said) or _joint(tokens, at, tongue)
        if slot is None:
            before = core_of(tokens[at - 1]) if at else ""
            after = core_of(tokens[at + 1]) if at + 1 < len(tokens) else ""
            readings = tongue.readings(tokens[at], before, after)
            slot = Slot(at, at, tuple(dict.fromkeys(readings)))
        if any(slot.readings):
            found.append(slot)
        at = slot.last + 1
    return found


def bare_of(token: str) -> str:
    """Return *token* with straight quotes, and without what is no letter by itself.

    Vowel signs, points and accents that Unicode cannot write as one letter, and invisible joiners,
    would else cut a word of another script to pieces.

    >>> bare_of("हिन्दी"), bare_of("cafe\u0301’s"), bare_of("co\u00adop")
    ('हनद', "café's", 'coop')
    """
    text = token.translate(_QUOTES)
    if text.isascii():
        return text
    whole = unicodedata.normalize("NFC", text)
    return "".join(c for c in whole if unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cf"))


def core_of(token: str) -> str:
    return bare_of(token).strip(_FRAME).strip("-–—")


def _phrases(pronunciation: Mapping[str, str]) -> dict[tuple[str, ...], Reading]:
    return {
        tuple(core_of(w).casefold() for w in written.split()): tuple(
            w for w in re.split(r"[\s-]+", respelling.casefold()) if w
        )
        for written, respelling in pronunciation.items()
    }


def _respelled(
    tokens: Sequence[str], at: int, said: Mapping[tuple[str, ...], Reading]
) -> Slot | None:
    for written, reading in sorted(said.items(), key=lambda item: -len(item[0])):
        words = [core_of(t).casefold() for t in tokens[at : at + len(written)]]
        if tuple(words) == written:
            return Slot(at, at + len(written) - 1, (reading,))
        if words and (*words[:-1], words[-1].removesuffix("'s")) == written:
            owned = (*reading[:-1], reading[-1] + "'s")
            return Slot(at, at + len(written) - 1, (owned,))
    return None


def _joint(tokens: Sequence[str], at: int, tongue: Tongue) -> Slot | None:
    following = core_of(tokens[at + 1]) if at + 1 < len(tokens) else ""
    readings = tongue.joint(core_of(tokens[at]), following)
    return Slot(at, at + 1, readings) if readings else None
