"""From letters to sounds, by the rules in a language's file.

A rule is `left<letters>right:sounds`: *letters*, after one of the letters of *left* and before one of
those of *right*, have the *sounds*, which are joined by dots; none are silent letters. In *left* and
*right*, V is any vowel, C any other letter, ^ the start and $ the end of the word; either may be
missing. Of the rules that fit, the one with the most letters counts, then the one that asks more of
what stands around them, then the first. A letter that sounds as the one before it is not said twice.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from columncast.audio.align.languages.book import known

Phones = tuple[str, ...]

_RULE = re.compile(r"(?:([^<:]+)<)?([^<>:]+)(?:>([^<:]+))?:(\S*)")
_LONG_VOWELS = re.compile(r"([aeiouy])([bcdfgklmnprstvz])e(s?)$")


@dataclass(frozen=True)
class Rule:
    """One rule, taken apart."""

    left: str
    letters: str
    right: str
    sounds: Phones

    def fits(self, word: str, at: int, vowels: str) -> bool:
        """Whether it says how *word* sounds from the letter *at* on."""
        end = at + len(self.letters)
        return (
            word.startswith(self.letters, at)
            and (not self.left or _among(word[at - 1] if at else "^", self.left, vowels))
            and (
                not self.right or _among(word[end] if end < len(word) else "$", self.right, vowels)
            )
        )


@cache
def rules_of(text: str) -> dict[str, tuple[Rule, ...]]:
    """Return the rules in *text* by the first of their letters, the one to try first at the head.

    >>> rules_of("c:k c>ei:s")["c"][0]
    Rule(left='', letters='c', right='ei', sounds=('s',))
    """
    found: dict[str, list[Rule]] = {}
    for written in text.split():
        match = _RULE.fullmatch(written)
        if match is None:
            raise ValueError(f"no rule of letters: {written!r}")
        rule = Rule(
            match[1] or "", match[2], match[3] or "", tuple(s for s in match[4].split(".") if s)
        )
        found.setdefault(rule.letters[0], []).append(rule)
    return {
        first: tuple(sorted(rules, key=lambda r: (-len(r.letters), -bool(r.left) - bool(r.right))))
        for first, rules in found.items()
    }


def said_by(text: str, word: str, vowels: str) -> Phones:
    """Return the sounds of *word* by the rules in *text*; a letter that has none is not said.

    >>> said_by("sch:S o:o n:n ö:2", "schön", "öo")
    ('S', '2', 'n')
    """
    rules = rules_of(text)
    sounds: list[str] = []
    at = 0
    while at < len(word):
        rule = next((r for r in rules.get(word[at], ()) if r.fits(word, at, vowels)), None)
        length, said = (len(rule.letters), rule.sounds) if rule else (1, ())
        if said and not (length == 1 and sounds and sounds[-1] == said[0]):
            sounds += said
        at += length
    return tuple(sounds)


def letters_to_sounds(word: str) -> list[Phones]:
    """Return the likely sounds of a *word* that no English dictionary has; never empty.

    Two guesses are made, because a reader makes one of them: the English way, and the way of
    transcribed names (Pinyin, Russian, Spanish …), where vowels are continental. Both go into the
    search side by side and the recording decides. Sounds are ARPAbet, as in CMUdict.

    >>> letters_to_sounds("zhou")[1]
    ('JH', 'UW')
    >>> letters_to_sounds("brindle")[0]
    ('B', 'R', 'IH', 'N', 'D', 'AH', 'L')
    """
    english = known("en")
    word = word.casefold().replace("'", "")
    # A vowel before a silent e is marked by a capital: prove -> prOve.
    long = _LONG_VOWELS.sub(lambda m: f"{m[1].upper()}{m[2]}e{m[3]}", plain(word))
    guesses = (
        said_by(english.letters, long, english.vowels),
        said_by(english.foreign, _keep_umlauts(word), english.vowels),
    )
    return list(dict.fromkeys(g for g in guesses if g)) or [("AH",)]


def plain(word: str) -> str:
    """Return *word* without accents and without the letters that English lacks.

    >>> plain("café"), plain("à"), plain("słowo"), plain("नमस्ते")
    ('cafe', 'a', 'sowo', '')
    """
    return unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode()


def _keep_umlauts(word: str) -> str:
    return "".join(c if c in "ñöüäøå" else plain(c) for c in unicodedata.normalize("NFC", word))


def _among(letter: str, wanted: str, vowels: str) -> bool:
    if letter in wanted:
        return letter not in "VC"
    if letter in "^$":
        return False
    return ("V" in wanted and letter in vowels) or ("C" in wanted and letter not in vowels)
