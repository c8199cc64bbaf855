"""A language that is read by its letters: how its words are said, and how they sound.

All of it comes from the language's file: rules of letters, words that no rule reads right, variants of fluent
speech, abbreviations. Sounds are those of `languages/sounds.toml`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from columncast.audio.align.languages.book import Language, Variant, known
from columncast.audio.align.text.figures import Said
from columncast.audio.align.text.letters import Phones, rules_of, said_by
from columncast.audio.align.text.numerals import Reading, abbreviations
from columncast.audio.align.text.spoken import ADDRESS, FOOTNOTE, bare_of, core_of

_MOST_VARIANTS = 8
_PART = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|\d+")
_CAPITALS = re.compile(r"[^\W\d_]{1,5}")


class Ruled:
    """The words of one language, by the rules in its file."""

    def __init__(self, language: Language, code: str) -> None:
        if language.figures is None:
            raise AssertionError(f"the file of {language.name} says nothing of numbers")
        self._language = language
        self._said = Said(language, language.figures)
        self._abbreviations = abbreviations(code)
        self._units = {
            unit: [tuple(w.split()) for w in ways] for unit, ways in language.units.items()
        }
        self._words = {
            word: [tuple(w.split()) for w in ways] for word, ways in language.words.items()
        }

    def inventory(self) -> tuple[str, ...]:
        """Return all sounds of the language, whatever the text: by them others are judged.

        With the sounds of a given text alone, a text that is not read would fit as well.
        """
        ruled = (
            s
            for rules in rules_of(self._language.letters).values()
            for r in rules
            for s in r.sounds
        )
        listed = (s for ways in self._words.values() for way in ways for s in way)
        varied = (s for v in self._language.variants for s in v.become.split())
        return tuple(sorted({*ruled, *listed, *varied}))

    def joint(self, text: str, following: str) -> tuple[Reading, ...]:
        """Return the readings of two tokens that are said together; else none."""
        return self._said.joint(text, following)

    def readings(self, token: str, before: str, after: str) -> list[Reading]:
        """Return the ways of saying *token* between the words *before* and *after*."""
        text = core_of(token)
        framed = bare_of(token).strip("\"'“”„‚«»‹›()[]*_…,;:!?").casefold()
        said = self._abbreviation(framed, text, before)
        if len(text) == 1 and text.isupper() and framed.endswith("."):
            return [*said, (self._named(text),)]  # an initial
        if said or FOOTNOTE.fullmatch(bare_of(token)) or not re.search(r"\w", text):
            return said
        if any(c.isdecimal() for c in text):
            return self._said.readings(text, before, after, dotted=framed.endswith("."))
        return self._word(text, before)

    def _word(self, text: str, before: str) -> list[Reading]:
        """Return the ways of saying what has no figures: an address, initials, a numeral, a word."""
        if ADDRESS.search(text):
            return [self._address(text)]
        if "." in text and all(len(part) == 1 for part in text.split(".")):
            return [tuple(self._named(c) for c in text if c.isalpha())]  # U.S.A
        king = text in "IVX" and before[:1].isupper()
        if (len(text) > 1 or king) and (place := self._said.place(text)):
            return [*place, *self._capitals(text), self._parts(text)]
        return [*self._capitals(text), self._parts(text)]

    def phones(self, word: str, after: str, /) -> list[Phones]:
        """Return the ways in which *word* sounds before *after*; none where no letter has a sound."""
        word = unicodedata.normalize("NFC", word.casefold()).replace("’", "'")
        ways = self._words.get(word) or [self._by_letters(word)]
        vowel = plain_start(after) in self._language.vowels + "h" if after else False
        for variant in self._language.variants:
            ways = [*ways, *(v for way in ways if (v := _varied(way, word, variant, vowel=vowel)))]
        return [way for way in dict.fromkeys(ways) if way][:_MOST_VARIANTS]

    def knows(self, word: str) -> bool:
        """Whether *word* has only letters of the language; another is a name or foreign."""
        return set(word.casefold()) <= {*self._language.alphabet, "'", "-"}

    def _abbreviation(self, framed: str, text: str, before: str) -> list[Reading]:
        for key in (framed, text.casefold()):
            if key in self._abbreviations:
                return self._abbreviations[key]
            if key in self._units and any(c.isdecimal() for c in before):
                return self._units[key]
        return []

    def _by_letters(self, word: str) -> Phones:
        language = self._language
        return tuple(
            sound
            for part in word.split("'")  # l'homme, dell'arte: each part begins and ends as a word
            for sound in said_by(language.letters, part, language.vowels)
        )

    def _named(self, letter: str) -> str:
        return self._language.named.get(letter.casefold(), letter.casefold())

    def _capitals(self, text: str) -> list[Reading]:
        if not (_CAPITALS.fullmatch(text) and text.isupper()):
            return []
        return [tuple(self._named(c) for c in text)]

    def _parts(self, text: str) -> Reading:
        said: list[str] = []
        for part in _PART.findall(text):
            said += (
                self._said.readings(part, "", "", dotted=False)[0]
                if part.isdecimal()
                else [part.casefold()]
            )
        return tuple(said)

    def _address(self, text: str) -> Reading:
        text = re.sub(r"^https?://(www\.)?", "", text.casefold()).rstrip("/")
        signs = self._language.signs
        said: list[str] = []
        for piece in re.findall(r"[^\W\d_]+|\d|[.@/_-]", text):
            said += signs[piece].split() if piece in signs else self._parts(piece)
        return tuple(said)


def plain_start(word: str) -> str:
    """Return the first letter of *word*, in lower case."""
    return next((c for c in word.casefold() if c.isalpha()), " ")


def _varied(way: Phones, word: str, variant: Variant, *, vowel: bool) -> Phones | None:
    """Return *way* changed as *variant* has it; None where it does not fit."""
    if variant.before_vowel and not vowel:
        return None
    if variant.letters and not word.endswith(tuple(variant.letters.split())):
        return None
    old, new = tuple(variant.sounds.split()), tuple(variant.become.split())
    if variant.anywhere:
        return _replaced(way, old, new)
    ends = way[-len(old) :] == old and len(way) > len(old) if old else way[-1:] != new[-1:]
    return (*way[: len(way) - len(old)], *new) if ends else None


def _replaced(way: Phones, old: Phones, new: Phones) -> Phones:
    """Return *way* with *new* wherever it holds *old*."""
    changed: list[str] = []
    at = 0
    while at < len(way):
        here = way[at : at + len(old)] == old
        changed += new if here else way[at : at + 1]
        at += len(old) if here else 1
    return tuple(changed)


@cache
def ruled(code: str) -> Ruled:
    """Return the language *code*, which has a file."""
    return Ruled(known(code), code)
