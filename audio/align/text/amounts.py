"""Everything written with digits, as it is said: years, dates, money, times, ranges, names.

Signs and neighbours decide: 31 beside a month is a day, $5 is dollars, 1958 may be a year.
"""

from __future__ import annotations

import re

from columncast.audio.align.text import numerals
from columncast.audio.align.text.numerals import Reading, abbreviations

MONEY = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen"}
LARGE = {
    "thousand": "thousand",
    "k": "thousand",
    "million": "million",
    "m": "million",
    "billion": "billion",
    "bn": "billion",
    "trillion": "trillion",
}
PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+")
_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ]
)
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
_AMOUNT = re.compile(rf"([$£€¥]?)({_NUMBER.pattern})(%|°[CF]?|st|nd|rd|th|'?s|[a-z]+)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(am|pm)?")
_RANGE = re.compile(rf"({_NUMBER.pattern})[-–—]({_NUMBER.pattern})(%?)")
_FRACTION = re.compile(r"(\d)/([2-9])")
_LONGEST = 15  # digits; a longer one is read digit by digit


def with_digits(text: str, before: str, after: str) -> list[Reading]:
    """Return the readings of *text*, a word with digits, between the words *before* and *after*.

    >>> with_digits("£3.50", "", "")[0]
    ('three', 'pounds', 'fifty')
    """
    if match := _AMOUNT.fullmatch(text):
        return _amount(match, before.casefold(), after.casefold())
    if match := _CLOCK.fullmatch(text):
        return _clock(match)
    if match := _RANGE.fullmatch(text):
        return _range(match, before, after)
    if match := _FRACTION.fullmatch(text):
        return [_fraction(int(match[1]), int(match[2]))]
    return [_mixed(text)]


def joint_money(text: str, scale: str) -> tuple[Reading, ...]:
    """Return the readings of "$5" "million", whose words are said in another order; else none.

    >>> joint_money("$5", "million")
    (('five', 'million', 'dollars'),)
    """
    if text[:1] not in MONEY or scale.casefold() not in LARGE or not _NUMBER.fullmatch(text[1:]):
        return ()
    return tuple((*r, LARGE[scale.casefold()], *_currency(text[0])) for r in number(text[1:]))


def number(text: str) -> list[Reading]:
    """Return the readings of a number by itself: `1958`, `4,100`, `0.5`, `737`."""
    whole, _, fraction = text.replace(",", "").partition(".")
    if len(whole) > _LONGEST:
        return [numerals.digits(whole)]
    if fraction:
        return numerals.decimal(whole, fraction)
    if len(whole) == 4 and "," not in text:
        return numerals.year(int(whole))
    readings = numerals.cardinal(int(whole))
    if len(whole) == 3 and whole[1:] != "00":
        readings.append((*numerals.cardinal(int(whole[0]))[0], *_pair(whole[1:])))
    return readings


def _amount(match: re.Match[str], before: str, after: str) -> list[Reading]:
    sign, digits, suffix = match[1], match[2], match[5] or ""
    readings = number(digits)
    n = int(match[3].replace(",", "")) if len(match[3]) <= _LONGEST else 0
    if sign:
        return _money(sign, digits, LARGE.get(suffix, ""))
    if suffix in ("st", "nd", "rd", "th"):
        readings = [(*the, *r) for the in ((), ("the",)) for r in numerals.ordinal(n)]
    elif suffix in ("s", "'s"):
        short = [_pair(digits)] if len(digits) == 2 else []
        readings = [numerals.plural(r) for r in [*short, *readings]]
    elif suffix:
        readings = [(*r, *unit) for r in readings for unit in _units(suffix)]
    elif 1 <= n <= 31 and not match[4]:
        readings += _day(n, before, after)
    return readings


def _units(suffix: str) -> list[Reading]:
    if suffix == "%":
        return [("percent",)]
    known = abbreviations().get(suffix.casefold())
    if known:
        return known
    if suffix == "°":
        return [("degrees",)]
    return [tuple(suffix) if len(suffix) < 3 else (suffix,)]


def _day(n: int, before: str, after: str) -> list[Reading]:
    """Return how the day of a month is said beside the month's name."""
    days = numerals.ordinal(n)
    if before in _MONTHS:
        return [(*the, *d) for d in days for the in ((), ("the",))]
    if after in _MONTHS:
        return [(*the, *d, *of) for d in days for the in ((), ("the",)) for of in ((), ("of",))]
    return []


def _money(sign: str, digits: str, scale: str) -> list[Reading]:
    whole, _, cents = digits.replace(",", "").partition(".")
    if scale:
        return [(*r, scale, *_currency(sign)) for r in number(digits)]
    if len(cents) == 2 and len(whole) <= _LONGEST:
        return [
            (*h, *_currency(sign, one=whole == "1"), *link, *_pair(cents), *tail)
            for h in numerals.cardinal(int(whole))
            for link in ((), ("and",))
            for tail in ((), ("cents",))
        ]
    return [(*r, *_currency(sign, one=digits == "1")) for r in number(digits)]


def _currency(sign: str, *, one: bool = False) -> Reading:
    unit = (MONEY[sign],)
    return unit if one or sign == "¥" else numerals.plural(unit)


def _clock(match: re.Match[str]) -> list[Reading]:
    hour = numerals.cardinal(int(match[1]))[0]
    half = tuple(match[3] or "")
    if match[2] == "00":
        return [(*hour, *half), (*hour, "o'clock", *half)]
    return [(*hour, *_pair(match[2]), *half)]


def _range(match: re.Match[str], before: str, after: str) -> list[Reading]:
    low, high = match[1], match[4]
    ends = with_digits(high, "", after)[:2] + ([_pair(high)] if len(high) == 2 else [])
    percent: Reading = ("percent",) if match[7] else ()
    return [
        (*a, *link, *b, *percent)
        for a in with_digits(low, before, "")[:2]
        for b in ends
        for link in (("to",), ())
    ]


def _fraction(top: int, bottom: int) -> Reading:
    named = {2: ("half",), 4: ("quarter",)}.get(bottom) or numerals.ordinal(bottom)[0]
    return (*numerals.cardinal(top)[0], *(named if top == 1 else numerals.plural(named)))


def _pair(two: str) -> Reading:
    return numerals.digits(two) if two[0] == "0" else numerals.cardinal(int(two))[0]


def _mixed(text: str) -> Reading:
    """Return "B-52", "MP3" or "covid-19" as letters, words and numbers."""
    said: list[str] = []
    for piece in PIECE.findall(text):
        if piece.isdecimal():
            said += numerals.cardinal(int(piece))[0] if len(piece) < 5 else numerals.digits(piece)
        elif piece.isupper() and len(piece) <= 4:
            said += piece.casefold()
        else:
            said.append(piece.casefold())
    return tuple(said)
