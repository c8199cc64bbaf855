"""How words sound: CMUdict, what can be derived from it, and a guess from the letters."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from columncast.audio.align.languages.book import known
from columncast.audio.align.text.letters import Phones, letters_to_sounds, plain

MOST_VARIANTS = 4
_UNVOICED = frozenset({"P", "T", "K", "F", "TH"})
_HISSING = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})


class _Entries:
    """The entries of CMUdict and *more*. A text needs few of them, so only these are taken apart."""

    def __init__(self, text: str, more: Mapping[str, Sequence[str]]) -> None:
        lines = (line.partition(" ") for line in text.splitlines())
        self._lines = {word: phones for word, _, phones in lines if phones}
        self._more = more
        self._known: dict[str, list[Phones]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._lines or word in self._more

    def __getitem__(self, word: str) -> list[Phones]:
        """Return the ways of saying *word*; none where there is no entry."""
        ways = self._known.get(word)
        if ways is None:
            numbers = itertools.count(2)  # a further way of saying it: `read(2)`
            further = (f"{word}({number})" for number in numbers)
            written = itertools.takewhile(self._lines.__contains__, further)
            lines = [self._lines[entry] for entry in (word, *written) if entry in self._lines]
            said = [line.split() for line in (*lines, *self._more.get(word, ()))]
            ways = self._known[word] = list(dict.fromkeys(map(tuple, said)))
        return ways


class Lexicon:
    """Pronunciations of English words."""

    def __init__(self, dictionary: Path) -> None:
        """Read the CMUdict file *dictionary*: a word and its sounds on each line."""
        self._words = _Entries(dictionary.read_text(encoding="utf-8"), known("en").words)

    def knows(self, word: str) -> bool:
        """Whether *word* is in the dictionary, or is built from words that are."""
        return bool(self._known(word.casefold()))

    def phones(self, word: str) -> list[Phones]:
        """Return the ways of saying *word*, the likeliest first; at least one, of at least a sound.

        A letter by itself is said by its name or as a word: the *a* of "vitamin A", of "à la carte".
        """
        word = word.casefold()
        bare = plain(word)
        if len(bare) == 1 and bare.isalpha():
            named = self._words[bare + "."] + self._words[bare]
            ways = [*named, *(() if word == bare else letters_to_sounds(word))]
        else:
            ways = self._known(word)
        ways = [way for way in dict.fromkeys(ways) if way] or letters_to_sounds(word)
        return ways[:MOST_VARIANTS]

    def _known(self, word: str) -> list[Phones]:
        bare = plain(word)
        for spelling in (word, bare, word.strip("'"), word.replace("'", "")):
            if spelling in self._words:
                return self._words[spelling]
        return self._derived(bare)

    def _derived(self, word: str) -> list[Phones]:
        if word.endswith(("'s", "s'")):
            return [_with_s(p) for p in self._known(word[:-2])]
        for ending, restored in (("s", ""), ("es", ""), ("ies", "y")):
            stem = word.removesuffix(ending) + restored
            if word.endswith(ending) and len(stem) > 2 and stem in self._words:
                return [_with_s(p) for p in self._words[stem]]
        for ending, sounds in (("ed", None), ("ing", "IH NG"), ("ly", "L IY"), ("ness", "N AH S"),
                               ("less", "L AH S"), ("er", "ER"), ("ful", "F AH L")):  # fmt: skip
            if not word.endswith(ending):
                continue
            bare = word.removesuffix(ending)
            for stem in (bare, bare + "e", bare[:-1] if bare[-2:-1] == bare[-1:] else bare):
                if len(stem) > 2 and stem in self._words:
                    tail = tuple(sounds.split()) if sounds else None
                    return [(*p, *(tail or _past(p))) for p in self._words[stem]]
        return self._compound(word)

    def _compound(self, word: str) -> list[Phones]:
        """Return the sounds of two words written as one: `gangplank`."""
        cuts = [i for i in range(4, len(word) - 2) if word[:i] in self._words]
        for i in sorted(cuts, key=lambda i: abs(2 * i - len(word))):
            if len(word) - i > 3 and word[i:] in self._words:
                return [
                    (*a, *b) for a in self._words[word[:i]][:2] for b in self._words[word[i:]][:2]
                ]
        return []


def _with_s(phones: Phones) -> Phones:
    last = phones[-1]
    if last in _HISSING:
        return (*phones, "AH", "Z")
    return (*phones, "S" if last in _UNVOICED else "Z")


def _past(phones: Phones) -> Phones:
    last = phones[-1]
    if last in ("T", "D"):
        return ("AH", "D")
    return ("T",) if last in _UNVOICED | {"S", "SH", "CH"} else ("D",)
