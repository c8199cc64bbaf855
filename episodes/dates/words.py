"""Days in words, in any of two hundred languages: the one door to dateparser.

It guesses: of "a" it makes a day, of `may` one in May, of `tonight` eight o'clock, and a zone it does
not know it leaves out. So it gets what is left of a date once numbers, weekdays and the time are
taken off, and what it says counts only where it says which day, and no more than that.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

_WHOLE = ("day", "week", "month", "year")
"""What a phrase can be exact to and still mean one day: `in 2 weeks` is that day of the week."""


def in_words(phrase: str, language: str, now: datetime) -> tuple[datetime, bool] | None:
    """Return the time on the wall that *phrase* means, and whether it names an hour; None: no date.

    *now* is the time on the wall where the show is; *language* is a code as in show.toml. English is
    understood in every show. A phrase that names no hour means the beginning of its day.

    >>> in_words("in 3 days", "en", datetime(2026, 11, 27, 12))
    (datetime.datetime(2026, 11, 30, 0, 0), False)
    >>> in_words("in an hour", "en", datetime(2026, 11, 27, 12))
    (datetime.datetime(2026, 11, 27, 13, 0), True)
    """
    if len(phrase) < (3 if phrase.isascii() else 2) or not re.search(r"[^\W\d_]", phrase):
        return None
    for code in dict.fromkeys((language.partition("-")[0], "en")):
        found = _parsed(phrase, code, now)
        if found and not any(
            found == _parsed(other, code, now) for other in _other_numbers(phrase)
        ):
            return found
    return None


def _other_numbers(phrase: str) -> Iterator[str]:
    """Give *phrase* with each of its numbers changed: where one changes nothing, it was not read."""
    for number in re.finditer(r"\d+", phrase):
        other = int(number[0]) - 1 or 2
        yield f"{phrase[: number.start()]}{other}{phrase[number.end() :]}"


def _parsed(phrase: str, code: str, now: datetime) -> tuple[datetime, bool] | None:
    # Takes a tenth of a second to load, and few dates are in words.
    from dateparser.date import DateDataParser  # noqa: PLC0415

    settings = {
        "RELATIVE_BASE": now,
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "DMY",
        "REQUIRE_PARTS": ["day"],
        "RETURN_TIME_AS_PERIOD": True,
    }
    # Whatever it stumbles over, the phrase is no date to us.
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        said = DateDataParser(languages=[code], settings=settings).get_date_data(phrase)
        at: datetime | None = said.date_obj
        if at is None or at.tzinfo is not None:
            return None
        years = re.findall(r"(?<!\d)\d{4}(?!\d)", phrase)
        if years and years != [str(at.year)]:
            return None
        if said.period == "time":
            return at.replace(second=0, microsecond=0), True
        if said.period in _WHOLE:
            return at.replace(hour=0, minute=0, second=0, microsecond=0), False
    return None
