"""The moment that a time on the wall means, on the two days of a year when clocks change.

In spring an hour is skipped: no such time exists. In autumn an hour comes twice: the time alone does
not say which one is meant. Everything that reads a time without a zone asks here: `--date`, the
preview's form, front matter, pages, imported feeds (PEP 495 has the arithmetic).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from columncast.episodes.errors import UsageError

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Of a publication date: there were no podcasts before, and will be other clocks after."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What a time on the wall means."""

    at: datetime
    """Aware. Of a skipped time, as long after the change as it would have been; else the first."""
    problem: str = ""
    """Why the time alone is not enough; empty on all other days."""
    choices: tuple[str, ...] = ()
    """The two that can be meant, with their offsets."""


def moment_of(wall: datetime, timezone: str) -> Moment:
    """Return the moment of *wall*, a time without a zone, in *timezone* (IANA).

    >>> moment_of(datetime(2026, 3, 29, 2, 30), "Europe/Berlin").choices
    ('2026-03-29T01:30+01:00', '2026-03-29T03:30+02:00')
    >>> moment_of(datetime(2026, 10, 25, 2, 30), "Europe/Berlin").problem
    '02:30 comes twice on 2026-10-25 in Europe/Berlin (the clocks go back)'
    """
    zone = ZoneInfo(timezone)
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    if before == after:
        return Moment(at=first)
    place = f"on {wall:%Y-%m-%d} in {timezone}"
    if before < after:
        # Read by the offset after the change it lies before it, and the other way round.
        early, late = (m.astimezone(UTC).astimezone(zone) for m in (second, first))
        problem = f"{wall:%H:%M} does not exist {place} (the clocks go forward)"
        return Moment(at=late, problem=problem, choices=(_written(early), _written(late)))
    problem = f"{wall:%H:%M} comes twice {place} (the clocks go back)"
    return Moment(at=first, problem=problem, choices=(_written(first), _written(second)))


def day_of(wall: datetime, timezone: str) -> datetime:
    """Return when the day of *wall* begins in *timezone*, which some days do at 01:00."""
    return moment_of(wall.replace(hour=0, minute=0, second=0, microsecond=0), timezone).at


def in_whole_minutes(moment: datetime) -> datetime:
    """Return the aware *moment* with an offset that TOML (RFC 3339) and feeds (RFC 5322) can hold.

    >>> in_whole_minutes(datetime.fromisoformat("2026-03-29T02:30:00+01:00:30")).isoformat()
    '2026-03-29T01:29:30+00:00'
    """
    offset = moment.utcoffset() or timedelta()
    return moment.astimezone(UTC) if offset % timedelta(minutes=1) else moment


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def parse_date(text: str, timezone: str) -> datetime:
    """Return the moment that a person means by *text*, to the second.

    ISO 8601; without a zone it is meant in *timezone*, without a time at the beginning of that day.

    >>> parse_date("2026-11-23 09:30", "Europe/Berlin").isoformat()
    '2026-11-23T09:30:00+01:00'

    Raises:
        UsageError: It is no date, before `FIRST_YEAR`, over a year ahead, or in an hour that the clocks skip
            or go through twice.
    """
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError as e:
        raise UsageError(
            f"{text!r} is not a date; write 2026-11-23, 2026-11-23T09:00 or 2026-11-23T09:00+01:00"
        ) from e
    now = datetime.now(UTC)
    # By the year first: a time at either end of the calendar cannot be brought to another zone.
    if (
        not FIRST_YEAR <= moment.year <= now.year + 1
        or _aware(moment, text, timezone) > now + _AHEAD
    ):
        raise UsageError(
            f"the publication date {text} cannot be: it must lie between {FIRST_YEAR} and a year from now"
        )
    return in_whole_minutes(_aware(moment, text, timezone))


_AHEAD = timedelta(days=366)
DAY = re.compile(r"[\dW-]+")
"""A date without a time: 2026-11-23, 20261123, 2026-W48-1."""


def _aware(moment: datetime, text: str, timezone: str) -> datetime:
    if moment.tzinfo is not None:
        return moment
    if DAY.fullmatch(text):
        return day_of(moment, timezone)
    meant = moment_of(moment, timezone)
    if meant.problem:
        raise UsageError(f"{meant.problem}; write {' or '.join(meant.choices)}")
    return meant.at
