"""From letters to sounds, for words that no dictionary has: names above all.

Two guesses are made, because a reader makes one of them: the English way, and the way of
transcribed names (Pinyin, Russian, Spanish …), where vowels are continental. Both go into the
search side by side and the recording decides. Sounds are ARPAbet, as in CMUdict.
"""

from __future__ import annotations

import re
import unicodedata

Phones = tuple[str, ...]

# Longest first within one initial; `$` is the end of the word, `^` its start.
_ENGLISH = (
    ("ough", "AO"), ("augh", "AO"), ("eigh", "EY"), ("igh", "AY"),
    ("tion", "SH AH N"), ("sion", "ZH AH N"), ("cian$", "SH AH N"), ("cious", "SH AH S"),
    ("tious", "SH AH S"), ("ture$", "CH ER"), ("ous$", "AH S"), ("sch", "SH"), ("tch", "CH"),
    ("dge", "JH"), ("^kn", "N"), ("^gn", "N"), ("^wr", "R"), ("^ps", "S"), ("^x", "Z"),
    ("mb$", "M"), ("ch", "CH"), ("sh", "SH"), ("ph", "F"), ("th", "TH"), ("wh", "W"), ("gh", "G"),
    ("kh", "K"), ("zh", "ZH"), ("ck", "K"), ("qu", "K W"), ("ng", "NG"), ("nk", "NG K"),
    ("ee", "IY"), ("ea", "IY"), ("oo", "UW"), ("oa", "OW"), ("ow", "OW"), ("ou", "AW"),
    ("oi", "OY"), ("oy", "OY"), ("ai", "EY"), ("ay", "EY"), ("au", "AO"), ("aw", "AO"),
    ("ei", "IY"), ("ey", "IY"), ("eu", "UW"), ("ew", "UW"), ("ie$", "IY"), ("ie", "IY"),
    ("ar", "AA R"), ("er", "ER"), ("ir", "ER"), ("ur", "ER"), ("or", "AO R"), ("yr", "ER"),
    ("le$", "AH L"), ("les$", "AH L Z"), ("y$", "IY"), ("^y", "Y"), ("a$", "AH"), ("e$", ""),
    ("es$", "IH Z"), ("ed$", "D"), ("ce", "S EH"), ("ci", "S IH"), ("cy", "S IY"), ("ge", "JH EH"),
    ("gi", "JH IH"), ("gy", "JH IY"), ("x", "K S"),
)  # fmt: skip
_CONTINENTAL = (
    ("shch", "SH CH"), ("sch", "SH"), ("tch", "CH"), ("dzh", "JH"), ("zh", "JH"), ("kh", "HH"),
    ("ch", "CH"), ("sh", "SH"), ("ts", "T S"), ("tz", "T S"), ("ph", "F"), ("th", "T"),
    ("gh", "G"), ("dh", "D"), ("bh", "B"), ("hs", "SH"), ("ng", "NG"), ("ck", "K"), ("qu", "K"),
    ("q", "CH"), ("x", "SH"), ("gn", "N Y"), ("gl", "L Y"), ("nh", "N Y"), ("lh", "L Y"),
    ("ñ", "N Y"), ("ll", "L"), ("ee", "IY"), ("oo", "UW"), ("ou", "UW"), ("ao", "AW"),
    ("au", "AW"), ("ai", "AY"), ("ay", "AY"), ("ei", "EY"), ("ey", "EY"), ("eu", "OY"),
    ("iu", "Y UW"), ("ia", "Y AA"), ("ie", "Y EH"), ("io", "Y OW"), ("ui", "W EY"),
    ("ua", "W AA"), ("uo", "W AO"), ("ue", "W EH"), ("ya", "Y AA"), ("ye", "Y EH"),
    ("yo", "Y OW"), ("yu", "Y UW"), ("ow", "AO F"), ("ev$", "EH F"), ("ov$", "AO F"),
    ("iy$", "IY"), ("er$", "EH R"), ("zi$", "Z"), ("shi$", "SH ER"), ("si$", "S"),
    ("ö", "ER"), ("ü", "UW"), ("ä", "EH"), ("ø", "ER"), ("å", "AO"), ("j", "JH"),
)  # fmt: skip
_LETTERS = {
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH",
    "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R",
    "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W", "x": "K S", "y": "IH", "z": "Z",
}  # fmt: skip
_OPEN_VOWELS = {"a": "AA", "e": "EH", "i": "IY", "o": "OW", "u": "UW", "y": "IY"}
_LONG_VOWELS = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW", "y": "AY"}
_MAGIC_E = re.compile(r"([aeiouy])([bcdfgklmnprstvz])e(s?)$")


def letters_to_sounds(word: str) -> list[Phones]:
    """Return the likely sounds of a *word*, the English guess first; never empty.

    >>> letters_to_sounds("zhou")[1]
    ('JH', 'UW')
    >>> letters_to_sounds("brindle")[0]
    ('B', 'R', 'IH', 'N', 'D', 'AH', 'L')
    """
    word = word.casefold().replace("'", "")
    plain = unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode()
    english = _rewrite(_lengthen(plain), _ENGLISH, _LETTERS | _marked())
    foreign = _rewrite(_keep_umlauts(word), _CONTINENTAL, _LETTERS | _OPEN_VOWELS)
    guesses = [tuple(g) for g in (english, foreign) if g]
    return list(dict.fromkeys(guesses)) or [("AH",)]


def _lengthen(word: str) -> str:
    """Mark the vowel before a silent e by a capital: `prove` -> `prOve`."""
    return _MAGIC_E.sub(lambda m: f"{m[1].upper()}{m[2]}e{m[3]}", word)


def _marked() -> dict[str, str]:
    return {letter.upper(): phone for letter, phone in _LONG_VOWELS.items()}


def _keep_umlauts(word: str) -> str:
    kept = unicodedata.normalize("NFC", word)
    return "".join(
        c if c in "ñöüäøå" else unicodedata.normalize("NFD", c).encode("ascii", "ignore").decode()
        for c in kept
    )


def _rewrite(word: str, rules: tuple[tuple[str, str], ...], single: dict[str, str]) -> list[str]:
    sounds: list[str] = []
    at = 0
    while at < len(word):
        letters, phones = next(
            ((p.strip("^$"), sounds) for p, sounds in rules if _fits(p, word, at)),
            (word[at], single.get(word[at], "")),
        )
        found = phones.split()
        if found and not (sounds and sounds[-1] == found[0] and len(letters) == 1):
            sounds += found  # doubled letters are one sound
        at += len(letters)
    return sounds


def _fits(pattern: str, word: str, at: int) -> bool:
    letters = pattern.strip("^$")
    start_fits = not pattern.startswith("^") or at == 0
    end_fits = not pattern.endswith("$") or at + len(letters) == len(word)
    return word.startswith(letters, at) and start_fits and end_fits
