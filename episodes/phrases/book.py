"""The phrases of one language, by section and name.

A phrase is looked for in this order: the show's own for the region, ours for the region, the show's
own for the language, ours for the language, English. So `pt-pt` has what differs in Portugal, and
`de-at` speaks as `de` does. No template and no script holds a word of its own, so a new language is
one new file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from columncast.episodes.phrases.cldr import number, plural_form
from columncast.episodes.phrases.own import Own
from columncast.episodes.phrases.shipped import ENGLISH, Phrase, languages, of_file

RIGHT_TO_LEFT = frozenset(["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"])
"""Languages that are read from right to left."""


class Section(Mapping[str, str]):
    """The phrases of one section by name, as they are said; those that count by `counted`."""

    def __init__(self, language: str, section: str, own: Own) -> None:
        """Look them up for a *language* code, the show's *own* first."""
        self._language = language
        self._found: dict[str, tuple[str, Phrase]] = {}
        for code in dict.fromkeys(reversed(_codes(language))):
            for source in (of_file(code) if code in languages() else {}, own.get(code, {})):
                for name, phrase in source.get(section, {}).items():
                    self._found[name] = (code, phrase)

    def counted(self, name: str, count: int) -> str:
        """Return the phrase *name* in the form for *count* things, filled in.

        >>> say = phrases("pl", "show", {})
        >>> [say.counted("episodes", count) for count in (1, 3, 5)]
        ['1 odcinek', '3 odcinki', '5 odcinków']
        """
        code, phrase = self._found[name]
        # A region may count otherwise than its language does; English that stands in counts as English.
        language = self._language if code in _codes(self._language)[:-1] else code
        forms = {"other": phrase} if isinstance(phrase, str) else phrase
        form = forms.get(plural_form(language, count), forms["other"])
        return form.format(count=number(count, language))

    def __getitem__(self, name: str) -> str:
        """Return the phrase *name*, its braces not yet filled in."""
        _, phrase = self._found[name]
        if isinstance(phrase, dict):
            raise KeyError(name)
        return phrase

    def __iter__(self) -> Iterator[str]:
        """Give the names of all phrases that count nothing."""
        return (name for name, (_, phrase) in self._found.items() if isinstance(phrase, str))

    def __len__(self) -> int:
        """Count the phrases that count nothing."""
        return sum(1 for _ in self)


def phrases(language: str, section: str, own: Own) -> Section:
    """Return a *section* of the phrases for a *language* code; *own* are the show's.

    >>> phrases("de-at", "notes", {})["written_by"]
    'Geschrieben von'
    >>> phrases("de", "notes", {"de": {"notes": {"written_by": "Text:"}}})["written_by"]
    'Text:'
    >>> phrases("cy", "notes", {})["written_by"]
    'Written by'
    """
    return Section(language, section, own)


def speaks(language: str, own: Own) -> str:
    """Return the language that a reader of *language* gets phrases in: that, or English.

    >>> speaks("pt-pt", {}), speaks("de-at", {}), speaks("cy", {})
    ('pt-pt', 'de-at', 'en')
    """
    known = {*languages(), *own} - {ENGLISH}
    codes = _codes(language)
    return language if ENGLISH in codes[:-1] or known.intersection(codes) else ENGLISH


def direction(language: str) -> str:
    """Return how a *language* is read, as HTML puts it.

    >>> direction("ar-eg"), direction("de")
    ('rtl', 'ltr')
    """
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def _codes(language: str) -> tuple[str, ...]:
    """Return where phrases are looked for, the nearest first."""
    name = language.partition("-")[0]
    return (*dict.fromkeys((language, name)), ENGLISH)
