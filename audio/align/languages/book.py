"""The files of languages: what is in one, and which there are.

`en.toml` and its like hold what a reader of that language knows: how letters sound, how numbers,
dates and abbreviations are said, which words are shortened. No recording taught any of it.
A language reads along when its file has the row `[measured]`; without one it is not finished.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class Variant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another way in which fluent readers say many words; the recording decides."""

    sounds: str
    """Sounds with which the word ends; none where something is added."""
    become: str
    """What is said for them."""
    letters: str = ""
    """Only where the word is written with one of these endings; any word where there are none."""
    before_vowel: bool = False
    """Only before a word that begins with a vowel, as in a French liaison."""
    anywhere: bool = False
    """Wherever *sounds* stand in the word, not at its end alone."""


class Figures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How numbers are said. In templates, `c` is a cardinal, `o` an ordinal, `r` the rest of it."""

    num2words: str
    """The name of the language in that package."""
    pieces: str = ""
    """Words that a number written in one word is made of, so that each is read by itself."""
    cardinal_forms: tuple[str, ...] = ()
    """Endings that change with gender and case: `uno:una`."""
    ordinal_forms: tuple[str, ...] = ()
    decimal: str
    """The word for the sign between whole and fraction."""
    tenths: tuple[str, ...] = ()
    """A number with one digit behind that sign, where it may be said as a fraction."""
    years: tuple[str, ...] = ()
    """A year from 1100 to 1999 in hundreds: `{c} hundert {r}`."""
    year_endings: bool = False
    """Whether a year is an ordinal."""
    days: tuple[str, ...]
    """The day of a month."""
    first: tuple[str, ...] = ()
    """The first of a month, where it has a word of its own."""
    months: str
    after_day: str = ""
    """A word that may stand between day and month, and between month and year, in figures alone."""
    kings: tuple[str, ...]
    """A Roman numeral behind a name, and a century."""
    marks: str
    """What is written behind figures to make an ordinal of them."""
    clock: tuple[str, ...]
    """A time of day; `h` the hour, `m` the minutes."""
    sharp: tuple[str, ...]
    """A time of day without minutes."""
    half_past: tuple[str, ...] = ()
    money: tuple[str, ...]
    """An amount: `n` the whole, `u` the currency, `k` what is behind the sign."""
    currencies: dict[str, tuple[str, ...]]
    """By sign, and by what is written in its place."""
    to: str
    """The word in a range: 10–15."""


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured before the language was offered; docs/measurements/alignment.md says how."""

    voices: str
    """Who read: synthesisers, people."""
    sentences: int
    middle_ms: float
    within_ms: float
    """95 % of the starts are no further off."""
    over_500_ms: int
    omissions: int
    omissions_found: int
    wrong_texts: int
    wrong_refused: int


class Language(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is known of a language."""

    name: str
    """In English, for messages."""
    introduction: str
    """The title of a chapter before the first heading."""
    alphabet: str
    """Its letters, each of which has a sound by itself."""
    vowels: str
    letters: str
    """Rules from letters to sounds: `left<letters>right:sounds`, see `text/letters.py`."""
    foreign: str = ""
    """The same for names of other languages, where these are read by other rules."""
    words: dict[str, tuple[str, ...]]
    """Words that no rule reads right, and short ones that are swallowed: sounds by spelling."""
    variants: tuple[Variant, ...] = ()
    named: dict[str, str] = {}
    """Letters by their names, as in initials; a letter that is not here is said as it sounds."""
    signs: dict[str, str] = {}
    """What is said for the signs in an address."""
    abbreviations: dict[str, tuple[str, ...]]
    """In lower case, and what is said for them; words joined by a space."""
    units: dict[str, tuple[str, ...]] = {}
    """The same for what is one behind a figure only."""
    figures: Figures | None = None
    """None for English, whose numbers `text/numerals.py` and `text/amounts.py` know."""
    common: str
    """Its commonest words, by which it is recognised."""
    impostor: str
    """Prose that nobody reads here: a text that fits no better than this is not the one that is read."""
    measured: Measured | None = None


@cache
def language(tag: str) -> Language | None:
    """Return the language of *tag*, whatever its region; None where there is no file.

    >>> language("en-GB").name
    'English'
    >>> language("tlh") is None
    True
    """
    code = bare(tag)
    return _read(code) if code in codes() else None


def known(tag: str) -> Language:
    """Return the language of *tag*, which has a file.

    Raises:
        LookupError: It has none.
    """
    found = language(tag)
    if found is None:
        raise LookupError(tag)
    return found


def measured(tag: str) -> bool:
    """Whether texts in *tag* may be laid beside recordings."""
    found = language(tag)
    return found is not None and found.measured is not None


def bare(tag: str) -> str:
    """Return the language of *tag* without its region or script.

    >>> bare("de-AT"), bare("zh_Hans_CN")
    ('de', 'zh')
    """
    return tag.replace("_", "-").partition("-")[0].casefold()


@cache
def codes() -> tuple[str, ...]:
    """Return the codes of the languages that have a file, in order."""
    names = (file.name.removesuffix(".toml") for file in files(__package__).iterdir())
    return tuple(sorted(name for name in names if len(name) in (2, 3)))


@cache
def sounds() -> dict[str, tuple[str, str, str]]:
    """Return what each sound is made of: English states for each third of it, `IY0 IH0`."""
    raw = tomllib.loads((files(__package__) / "sounds.toml").read_text(encoding="utf-8"))
    return {name: _thirds(told) for name, told in raw["sounds"].items()}


def _thirds(told: str | list[str]) -> tuple[str, str, str]:
    if isinstance(told, str):
        return _thirds([" ".join(f"{name}{third}" for name in told.split()) for third in range(3)])
    first, second, last = told
    return first, second, last


def _read(code: str) -> Language:
    raw = tomllib.loads((files(__package__) / f"{code}.toml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, Language)
