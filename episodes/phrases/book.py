"""The phrases of one language, by section and name.

`en.toml` has every phrase; the file of another language has those that were translated, and what
it lacks is said in English. A phrase may hold names in braces, which are filled where it is used:
`phrases("en", "player")["resume"].format(time="4:12")`. No template and no script holds a word of
its own, so a new language is one new file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

ENGLISH = "en"
"""The language whose file is complete."""

Section = Mapping[str, str]
"""Phrases by their names."""


def phrases(language: str, section: str) -> Section:
    """Return a *section* of the phrases for a *language* code such as `de` or `en-gb`.

    >>> phrases("de-at", "notes")["written_by"]
    'Geschrieben von'
    >>> phrases("tlh", "notes")["written_by"]
    'Written by'
    """
    return _book(language.partition("-")[0].lower())[section]


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a file, in order."""
    folder = files(__package__)
    return tuple(
        sorted(f.name[: -len(".toml")] for f in folder.iterdir() if f.name[-5:] == ".toml")
    )


def of_file(language: str) -> dict[str, dict[str, str]]:
    """Return what the file of a *language* holds, and nothing else: phrases by section and name."""
    text = (files(__package__) / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _book(language: str) -> Mapping[str, Section]:
    own = of_file(language) if language in languages() else {}
    return {
        section: MappingProxyType(english | own.get(section, {}))
        for section, english in of_file(ENGLISH).items()
    }
