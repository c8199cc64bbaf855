"""A show's own phrases: `[phrases.LANGUAGE]` in show.toml, checked against those there are.

[phrases.de]
player.play = "Anhören"
show.episodes = { one = "{count} Folge", other = "{count} Folgen" }
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from columncast.episodes.model.codes import language_tag
from columncast.episodes.phrases.shipped import ENGLISH, Phrase, of_file

Own = Mapping[str, Any]
"""A show's phrases by language, section and name, as `check_own` lets them pass."""
BRACES = re.compile(r"\{(\w+)\}")
"""Where something is filled in."""
FORMS = ("zero", "one", "two", "few", "many", "other")
"""The CLDR's names of plural forms; a language has one to six of them."""
LONGEST = 300
"""Characters of a phrase."""


def check_own(own: Own) -> None:
    """Check a show's phrases: each is one of ours and can be filled in wherever it is used.

    Raises:
        ValueError: One cannot; in one line, with its place.
    """
    for language, sections in own.items():
        if language != language_tag(language):
            raise ValueError(f"[phrases.{language}] must be [phrases.{language_tag(language)}]")
        for section, phrases in _table(sections, f"phrases.{language}").items():
            place = f"[phrases.{language}] {section}"
            known = of_file(ENGLISH).get(section)
            if known is None:
                _unknown(place, section, "section of phrases", of_file(ENGLISH))
            for name, phrase in _table(phrases, f"phrases.{language}.{section}").items():
                if name not in known:
                    _unknown(f"{place}.{name}", name, "phrase", known)
                _check(phrase, known[name], f"{place}.{name}")


def _table(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"[{place}] must be a table of phrases")  # noqa: TRY004 - a file's fault
    return value


def _unknown(place: str, name: str, kind: str, known: Collection[str]) -> NoReturn:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}"
    raise ValueError(f"{place}: there is no {kind} {name!r}; {hint}")


def _check(phrase: object, english: Phrase, place: str) -> None:
    if isinstance(english, str):
        _check_text(phrase, place, needed=_names(english), allowed=_names(english))
        return
    if not isinstance(phrase, dict) or "other" not in phrase:
        raise ValueError(
            f"{place} counts something, so it must be a table of plural forms with at least "
            "'other', as in { one = …, other = … }"
        )
    names = _names(english["other"])
    for form, text in phrase.items():
        if form not in FORMS:
            _unknown(f"{place}.{form}", form, "plural form", FORMS)
        # "One episode" and its like may leave the number out.
        needed = names if form == "other" else frozenset[str]()
        _check_text(text, f"{place}.{form}", needed=needed, allowed=names)


def _check_text(
    text: object, place: str, *, needed: frozenset[str], allowed: frozenset[str]
) -> None:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{place} must be a text")
    if len(text) > LONGEST:
        raise ValueError(f"{place} must not be longer than {LONGEST} characters")
    if any(unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") for c in text):
        raise ValueError(f"{place} must be one line, without control characters")
    if re.search(r"[{}]", BRACES.sub("", text)):
        raise ValueError(f"{place} must have braces only around a name, as in {{time}}")
    found = _names(text)
    if not needed <= found <= allowed:
        say = " and ".join(f"{{{name}}}" for name in sorted(allowed)) or "no braces"
        raise ValueError(f"{place} must hold {say}, as the phrase that it replaces does")


def _names(text: str) -> frozenset[str]:
    return frozenset(BRACES.findall(text))
