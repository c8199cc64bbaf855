"""Dates: those that say when a column was published, and those that a story is about."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from email.utils import parsedate_to_datetime

from columncast.episodes.errors import ColumnError
from columncast.episodes.model.clock import Moment, day_of, moment_of
from columncast.episodes.model.notice import Notice

EARLIEST_YEAR = 2000
"""There were no podcasts before; an older date is the story's."""

_LATEST_YEAR = 9000
"""A time at the end of the calendar cannot be brought to another zone."""

_MONTHS = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
januar februar märz mai juni juli oktober dezember jänner
janvier février mars avril juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
januari februari maart augustus
""".split()
_DAYS = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonntag
lundi mardi mercredi jeudi vendredi samedi dimanche
lunes martes miércoles jueves viernes sábado domingo
""".split()
_AROUND = """
of the in on week to and or until c ca circa early late mid around about spring summer autumn fall winter
bc bce ad ce century der den im am und bis um anfang ende mitte sommer frühjahr herbst winter
le la du de del au et en el y e di v chr
""".split()
_KNOWN = frozenset(_MONTHS + _DAYS + _AROUND)
_NUMBER = re.compile(r"^\d{1,4}(st|nd|rd|th|er)?s?$")
_NUMERIC = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}$|^\d{1,2}[./]\s?\d{1,2}[./]\s?\d{4}$")

_TIME = re.compile(r":|\dT\d", re.IGNORECASE)
"""In a date that has a time as well: 2026-03-08 02:30, 20260308T0230."""


def is_story_date(text: str) -> bool:
    """Whether a line is a date and nothing else.

    >>> [is_story_date(t) for t in ("July 31, 1958", "1958", "3. Mai 1912", "31–2 August 1958")]
    [True, True, True, True]
    >>> [is_story_date(t) for t in ("1958 was a good year", "Part 2", "May", "Chapter 1958")]
    [False, False, False, False]
    """
    text = text.strip().strip(".:()")
    if len(text) > 60:
        return False
    if _NUMERIC.match(text):
        return True
    tokens = re.findall(r"\w+", text.lower())
    years = [token for token in tokens if re.fullmatch(r"\d{3,4}s?", token)]
    return bool(years) and all(token in _KNOWN or _NUMBER.match(token) for token in tokens)


def read_date(text: str, *, timezone: str, where: str) -> tuple[datetime, tuple[Notice, ...]]:
    """Return when a column was published; a date without a zone is meant in the show's *timezone*.

    Raises:
        ColumnError: It is no date, or one before there were podcasts.
    """
    given = _parsed(text.strip())
    if given is None:
        raise ColumnError(
            f"the date {text.strip()!r} cannot be read; write it as 2025-07-30, "
            "or 2025-07-30T09:00+02:00",
            where=where,
        )
    if not EARLIEST_YEAR <= given.year <= _LATEST_YEAR:
        raise ColumnError(
            f"the date {text.strip()!r} is older than podcasts; if it is the story's date, "
            "call it story_date"
            if given.year < EARLIEST_YEAR
            else f"the date {text.strip()!r} lies after the year {_LATEST_YEAR}",
            where=where,
        )
    if given.tzinfo is not None:
        return given, ()
    return local(given, timezone=timezone, where=where, day=not _TIME.search(text))


def local(
    given: datetime, *, timezone: str, where: str, day: bool = False
) -> tuple[datetime, tuple[Notice, ...]]:
    """Return a time that was *given* without a zone as one in *timezone*, and what was assumed.

    With *day*, no time was given: the day's beginning is meant.
    """
    meant = Moment(at=day_of(given, timezone)) if day else moment_of(given, timezone)
    notices = [
        Notice(
            code="date-without-zone",
            message=f"{given:%Y-%m-%d %H:%M} has no time zone; it is read as {timezone}, the show's",
            where=where,
            severity="note",
        )
    ]
    if meant.problem:
        notices.append(
            Notice(
                code="date-in-clock-change",
                message=f"{meant.problem}; it is read as {meant.at.isoformat(timespec='minutes')}; "
                f"write {' or '.join(meant.choices)}",
                where=where,
            )
        )
    return meant.at, tuple(notices)


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"\s+UTC$|\s*Z$", "+00:00", text))
    except ValueError:
        pass
    try:
        if re.fullmatch(r"\d{4}/\d{1,2}/\d{1,2}", text):
            return datetime.combine(date(*(int(part) for part in text.split("/"))), time())
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
