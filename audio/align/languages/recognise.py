"""In which language a text is, by its commonest words and by its letters.

A text that is laid beside its recording by the sounds of another language fits here and there by
luck, and would be published with wrong times. So who says Swedish must bring Swedish.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from functools import cache
from importlib.resources import files

from columncast.audio.align.languages.book import bare, codes, known, language

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?")
_ENOUGH = 20
"""Words; fewer do not tell."""
_MANY = 60
"""Words; among so many, some of the commonest stand in any prose."""
_FURTHER = 1.3
"""How many times as many common words of another language must there be,"""
_MORE = 0.06
"""and what share of all words more."""
_NAMED = 0.2
"""and what share at least, for it to be that language."""
_HARDLY_ANY = 0.1
_UNLIKE = 0.3
_OTHER_SCRIPT = 0.2


def doubts(text: str, tag: str) -> str:
    """Return why *text* is not laid by the sounds of the language *tag*, in a few words; "" if it may.

    >>> doubts("Det var en aften i november, og jeg gik ned til havnen, hvor der ikke var nogen, "
    ...        "og hvor det blev mørkt over vandet, da han kom.", "en")
    "the text reads as Danish ('da'), not as English ('en')"
    """
    told = language(tag)
    if told is None:
        return ""
    letters = [c for c in text if c.isalpha()]
    others = sum(not unicodedata.name(c, "LATIN").startswith("LATIN") for c in letters)
    if others > _OTHER_SCRIPT * len(letters):
        return f"more than a fifth of the text is not in the letters of {told.name}"
    words = [w.casefold().replace("’", "'") for w in _WORD.findall(text)]
    if len(words) < _ENOUGH:
        return ""
    here = _share(words, bare(tag))
    code, there = max(((c, _share(words, c)) for c in _all()), key=lambda pair: pair[1])
    if code != bare(tag) and there > max(_FURTHER * here, here + _MORE, _NAMED):
        return f"the text reads as {_all()[code][0]} ({code!r}), not as {told.name} ({bare(tag)!r})"
    if len(words) >= _MANY and here < _HARDLY_ANY and _likeness(words, bare(tag)) < _UNLIKE:
        return f"the text does not read as {told.name}"
    return ""


@cache
def _all() -> dict[str, tuple[str, frozenset[str]]]:
    """Return name and commonest words of every language that is known, by its code."""
    raw = tomllib.loads((files(__package__) / "others.toml").read_text(encoding="utf-8"))
    found = {code: (told["name"], told["common"]) for code, told in raw.items()}
    found |= {code: (known(code).name, known(code).common) for code in codes()}
    return {code: (name, frozenset(common.split())) for code, (name, common) in found.items()}


def _share(words: list[str], code: str) -> float:
    """Return how many of *words* are among the commonest of a language; one with an elision is two."""
    common = _all()[code][1]
    parts = [part for word in words for part in re.findall(r"[^']+'?", word)]
    return sum(part in common for part in parts) / len(parts)


def _likeness(words: list[str], code: str) -> float:
    """Return how alike the letters of *words* and of the language's own prose are, from 0 to 1."""
    ours, theirs = _trigrams(" ".join(words)), _profile(code)
    norm = (sum(n * n for n in ours.values()) * sum(n * n for n in theirs.values())) ** 0.5
    return float(sum(n * theirs[three] for three, n in ours.items()) / norm) if norm else 0.0


@cache
def _profile(code: str) -> Counter[str]:
    return _trigrams(known(code).impostor.casefold())


def _trigrams(text: str) -> Counter[str]:
    spelled = " ".join(_WORD.findall(text))
    return Counter(spelled[i : i + 3] for i in range(len(spelled) - 2))
