"""Names that a column spells in two ways. They are reported with their places, never changed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from columncast.episodes.model.column import Block
from columncast.episodes.model.notice import Notice

_NAME = re.compile(r"(?<![\w’'-])[A-ZÀ-ÞĀ-Ž][^\W\d_]{4,}(?:-[A-ZÀ-Þ][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s\b|['’](?!\w)")
_ENDINGS = (
    "s",
    "n",
    "an",
    "ian",
    "en",
    "es",
    "er",
    "e",
    "a",
    "i",
    "ans",
    "ns",
    "ism",
    "ist",
    "ic",
    "y",
)
"""What makes another word of a name: Soviet and Soviets, Russia and Russian."""

_PART = r"(?:[A-Z]\.|[A-ZÀ-ÞĀ-Ž](?:[^\W\d_]|[’'][A-ZÀ-Þ])[^\W\d_]*[’'-]?[^\W\d_]*)"
_JOINING = r"(?:(?:van|von|de|der|den|di|da|del|la|le|bin|ibn|al|af)\s+)*"
_FULL_NAME = re.compile(rf"(?<![\w’'.-]){_PART}(?:\s+{_JOINING}{_PART}){{1,5}}")

_LONG_ENOUGH = 6
"""Letters; shorter names that differ by one are mostly two names (Chen and Cheng)."""
_MOST = 20
_MOST_NAMES = 2000
"""Different names that are compared; a text with more is no column."""


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    lines: tuple[int, ...]

    @property
    def places(self) -> str:
        lines = sorted({line for line in self.lines if line})
        return ", ".join(f"line {line}" for line in lines[:3]) or f"{len(self.lines)}×"


def spelled_two_ways(blocks: Sequence[Block]) -> tuple[Notice, ...]:
    """Return a notice for every pair of names that look like one, misspelt once.

    A pair counts when one letter but the first differs (missing, extra, changed, or swapped with its neighbour)
    and neither is an ending of the other nor an ordinary word of the text.
    """
    found: defaultdict[str, list[int]] = defaultdict(list)
    text = "\n".join(block.text for block in blocks)
    ordinary = {word.lower() for word in re.findall(r"\b[a-zà-þ][^\W\d_]{4,}", text)}
    for block in blocks:
        for name in _NAME.findall(_POSSESSIVE.sub("", block.text)):
            if len(name) >= _LONG_ENOUGH and name.lower() not in ordinary:
                found[name].append(block.line)
    names = [_Name(text=name, lines=tuple(lines)) for name, lines in found.items()][:_MOST_NAMES]
    pairs = [pair for pair in _near(names) if _look_alike(pair[0].text, pair[1].text)]
    return tuple(_spelled_alike(one, other) for one, other in pairs[:_MOST])


def _near(names: Sequence[_Name]) -> Iterator[tuple[_Name, _Name]]:
    """The pairs that can be one letter apart: they are equal once a letter is left out of each."""
    sharing: defaultdict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        text = name.text.lower()
        for short in {text, *(text[:n] + text[n + 1 :] for n in range(len(text)))}:
            sharing[short].append(at)
    pairs = {pair for group in sharing.values() for pair in combinations(group, 2)}
    yield from ((names[one], names[other]) for one, other in sorted(pairs))


def _spelled_alike(one: _Name, other: _Name) -> Notice:
    rare, usual = sorted((one, other), key=lambda name: len(name.lines))
    return Notice(
        code="name-spelled-two-ways",
        message=f"{rare.text!r} ({rare.places}) and {usual.text!r} ({len(usual.lines)}×, first "
        f"{usual.places.split(',')[0]}) look like one name; nothing was changed",
        where=rare.places.split(",")[0] if "line" in rare.places else "",
    )


def _look_alike(one: str, other: str) -> bool:
    if one[0] != other[0]:
        return False
    short, long = sorted((one.lower(), other.lower()), key=len)
    if any(long == short + ending for ending in _ENDINGS):
        return False
    return _one_apart(short, long)


def _one_apart(short: str, long: str) -> bool:
    """Whether one letter makes the difference (Damerau's four kinds)."""
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    # The last letter alone is an ending: Pavlova and Pavlovo are two people's names.
    changed = short[at + 1 :] == long[at + 1 :] and at < len(short) - 1
    return changed or swapped == long[at:]


def counted(blocks: Sequence[Block]) -> Counter[str]:
    """How often each name of more than one word is in *blocks*, as a person's full name is."""
    return Counter(
        match for block in blocks for match in _FULL_NAME.findall(_POSSESSIVE.sub("", block.text))
    )
