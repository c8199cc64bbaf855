"""Plural forms, dates, numbers and sizes as each language writes them: the one door to Babel.

The data is Unicode's CLDR. Digits are European in every language, as in the clock of the player.
A language that Babel does not know is written as English is; so is a region as its language.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from babel.units import format_unit

_WORLD_ENGLISH = "en_001"
"""`2 January 2026`; English without a region is that of the United States to the CLDR."""


def plural_form(language: str, count: int) -> str:
    """Return the CLDR's name of the form for *count* things, such as `one`, `few` or `other`.

    >>> [plural_form("pl", count) for count in (1, 2, 5, 22)]
    ['one', 'few', 'many', 'few']
    """
    return _locale(language).plural_form(count)


def long_date(day: date, language: str) -> str:
    """Return a day as newspapers print it.

    >>> day = date(2026, 3, 2)
    >>> [long_date(day, language) for language in ("en", "en-us", "de-at", "pl")]
    ['2 March 2026', 'March 2, 2026', '2. März 2026', '2 marca 2026']
    """
    return format_date(day, "long", locale=_locale(language))


def month_and_year(day: date, language: str) -> str:
    """Return the month of *day*, short.

    >>> month_and_year(date(2026, 3, 2), "en")
    'Mar 2026'
    """
    return format_skeleton("yMMM", day, locale=_locale(language))


def number(value: float, language: str) -> str:
    """Return a number with the language's marks, at most two digits behind the decimal one.

    >>> number(1234, "de"), number(0.75, "de"), number(1234, "en")
    ('1.234', '0,75', '1,234')
    """
    return format_decimal(value, format="#,##0.##", locale=_locale(language))


def megabytes(length_bytes: int, language: str) -> str:
    r"""Return a size in megabytes of a million bytes.

    >>> megabytes(6_600_000, "en"), megabytes(6_600_000, "fr")
    ('6.6 MB', '6,6\u202fMo')
    """
    locale = _locale(language)
    return format_unit(length_bytes / 1e6, "digital-megabyte", "short", "#,##0.0", locale)


@cache
def weekday_names(language: str) -> dict[str, int]:
    """Return the weekdays' names in *language* and in English, from Monday, 0, long and short.

    >>> names = weekday_names("de")
    >>> names["freitag"], names["fr"], names["friday"], names["fri"]
    (4, 4, 4, 4)
    """
    names: dict[str, int] = {}
    for locale in (_locale("en"), _locale(language)):
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.days[form][width].items():
                    names[name.casefold().rstrip(".")] = number
    return names


def date_order(language: str) -> str:
    """Return the order of day, month and year in *language*; "" where its regions differ.

    >>> [date_order(language) for language in ("en-us", "en-gb", "en", "de", "sv")]
    ['MDY', 'DMY', '', 'DMY', 'YMD']
    """
    if language == "en":
        return ""
    pattern = _locale(language).date_formats["short"].pattern
    return "".join(dict.fromkeys(c.upper() for c in pattern if c in "dMy"))


@cache
def _locale(language: str) -> Locale:
    name, _, region = language.partition("-")
    for code in (f"{name}_{region.upper()}" if region else "", name if name != "en" else ""):
        with suppress(UnknownLocaleError, ValueError):
            return Locale.parse(code)
    return Locale.parse(_WORLD_ENGLISH)
