"""A time that comes every week: `friday 06:00`, as `[schedule] every` has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """A weekday with a time on the wall."""

    weekday: int
    """From Monday, 0, to Sunday, 6."""
    at: time

    def after(self, wall: datetime) -> datetime:
        """Return the first one after *wall*, a time without a zone."""
        first = datetime.combine(coming(wall.date(), self.weekday), self.at)
        today = first - timedelta(days=7)
        return today if today > wall else first


def coming(day: date, weekday: int) -> date:
    """Return the next *weekday* after *day*; on such a day that is in seven days.

    >>> coming(date(2026, 11, 27), WEEKDAYS.index("friday")).isoformat()
    '2026-12-04'
    """
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def weekly(text: str) -> Weekly:
    """Return what *text* says, a weekday in English (three letters are enough) and a time.

    >>> weekly("friday 06:00")
    Weekly(weekday=4, at=datetime.time(6, 0))

    Raises:
        ValueError: It says something else.
    """
    said = re.fullmatch(r"\s*([a-z]{3,})\s+(\d{1,2}):(\d{2})\s*", text.lower(), re.ASCII)
    days = [name for name in WEEKDAYS if said and name in (said[1], f"{said[1]}{name[3:]}")]
    if not (said and days and int(said[2]) < 24 and int(said[3]) < 60):
        raise ValueError(f'{text!r} is not a weekday and a time like "friday 06:00"')
    return Weekly(weekday=WEEKDAYS.index(days[0]), at=time(int(said[2]), int(said[3])))
