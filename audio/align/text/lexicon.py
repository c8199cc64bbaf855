"""How words sound: CMUdict, what can be derived from it, and a guess from the letters."""

from __future__ import annotations

from pathlib import Path

from columncast.audio.align.languages.book import known
from columncast.audio.align.text.letters import Phones, letters_to_sounds, plain

MOST_VARIANTS = 4
_UNVOICED = frozenset({"P", "T", "K", "F", "TH"})
_HISSING = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})


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
        for word, reduced in known("en").words.items():
            ways = self._words.setdefault(word, [])
            ways += [p for r in reduced if (p := tuple(r.split())) not in ways]

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
            named = self._words.get(bare + ".", []) + self._words.get(bare, [])
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
