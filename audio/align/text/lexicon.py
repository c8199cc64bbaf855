"""How words sound: CMUdict, what can be derived from it, and a guess from the letters."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from columncast.audio.align.text.letters import Phones, letters_to_sounds

MOST_VARIANTS = 4
_UNVOICED = frozenset({"P", "T", "K", "F", "TH"})
_HISSING = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
# How fluent speakers shorten the commonest words; CMUdict lists few of these.
_REDUCED: dict[str, list[str]] = {
    "and": ["AH N", "EH N D"],
    "of": ["AH"],
    "to": ["T AH", "T IH"],
    "the": ["D AH"],
    "his": ["IH Z"],
    "him": ["IH M"],
    "her": ["ER"],
    "he": ["IY"],
    "had": ["HH AH D", "AH D"],
    "has": ["AH Z"],
    "have": ["AH V"],
    "that": ["DH AH T"],
    "than": ["DH AH N"],
    "them": ["DH AH M", "AH M"],
    "for": ["F ER"],
    "from": ["F R AH M"],
    "was": ["W AH Z"],
    "were": ["W ER"],
    "would": ["W AH D"],
    "could": ["K AH D"],
    "can": ["K AH N"],
    "as": ["AH Z"],
    "at": ["AH T"],
    "or": ["ER"],
    "are": ["ER"],
    "it": ["AH T"],
    "in": ["AH N"],
    "but": ["B AH T"],
    "just": ["JH IH S T"],
    "our": ["AA R"],
    "your": ["Y ER"],
    "been": ["B EH N"],
}


class Lexicon:
    """Pronunciations of English words."""

    def __init__(self, dictionary: Path) -> None:
        """Read the CMUdict file *dictionary*: a word and its sounds on each line."""
        self._words: dict[str, list[Phones]] = {}
        for line in dictionary.read_text(encoding="utf-8").splitlines():
            word, _, phones = line.partition(" ")
            if not phones.strip():
                continue
            if word.endswith(")"):  # a further way of saying it: `read(2)`
                word = word.partition("(")[0]
            self._words.setdefault(word, []).append(tuple(phones.split()))
        for word, reduced in _REDUCED.items():
            known = self._words.setdefault(word, [])
            known += [p for r in reduced if (p := tuple(r.split())) not in known]

    def knows(self, word: str) -> bool:
        """Whether *word* is in the dictionary, or is built from words that are."""
        return bool(self._known(word.casefold()))

    def phones(self, word: str) -> list[Phones]:
        """Return the ways of saying *word*, the likeliest first; at least one, of at least a sound.

        A letter by itself is said by its name or as a word: the *a* of "vitamin A", of "à la carte".
        """
        word = word.casefold()
        plain = _plain(word)
        if len(plain) == 1 and plain.isalpha():
            named = self._words.get(plain + ".", []) + self._words.get(plain, [])
            ways = [*named, *(() if word == plain else letters_to_sounds(word))]
        else:
            ways = self._known(word)
        ways = [way for way in dict.fromkeys(ways) if way] or letters_to_sounds(word)
        return ways[:MOST_VARIANTS]

    def _known(self, word: str) -> list[Phones]:
        plain = _plain(word)
        for spelling in (word, plain, word.strip("'"), word.replace("'", "")):
            if spelling in self._words:
                return self._words[spelling]
        return self._derived(plain)

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


def _plain(word: str) -> str:
    """Return *word* without accents and without the letters that English lacks.

    >>> _plain("café"), _plain("à"), _plain("słowo"), _plain("नमस्ते")
    ('cafe', 'a', 'sowo', '')
    """
    return unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode()


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
