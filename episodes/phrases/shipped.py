"""The files of phrases that come with columncast, one a language.

`en.toml` has every phrase. A phrase may hold names in braces, which are filled where it is used. One
that counts something is a table of its plural forms, by the CLDR's names: `one`, `few`, `other` …
The file of a region (`pt-pt.toml`) holds only what differs from the language's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

ENGLISH = "en"
"""The language that the others are measured by."""

Phrase = str | dict[str, str]
"""What is said, or its plural forms by their names."""
Sections = Mapping[str, Mapping[str, Phrase]]
"""Phrases by section and name."""


@cache
def languages() -> tuple[str, ...]:
    """Return the codes that have a file, in order."""
    names = (file.name for file in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def of_file(code: str) -> Sections:
    """Return what the file of a language or region holds, and nothing else."""
    return tomllib.loads((files(__package__) / f"{code}.toml").read_text(encoding="utf-8"))
