"""The book of counts: a line of JSON for each day, in `audience/` of the show, a file a month.

A day is booked once, when every window that began on it has been closed for 24 hours; until then it
is counted anew from the logs. The line says which part of the day the logs held: if earlier hours
come to light, or other rules are in force, the day is counted anew and replaced, never added to. It
is text in stable order, so git merges it; each machine with logs of its own has files of its own,
and their counts are added.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from columncast.episodes.disk import files, journal
from columncast.episodes.errors import SettingsError
from columncast.episodes.show.folder import ShowFolder

_EPOCH = date(1970, 1, 1).toordinal()
_NAME = re.compile(r"(?:([a-z0-9-]+)-)?([0-9]{4}-[0-9]{2})\.jsonl")


class Counted(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The downloads of one episode on one day."""

    downloads: int = 0
    ages: list[int] = msgspec.field(default_factory=lambda: [0, 0, 0, 0])
    """In the first 24 hours of the episode, in the rest of its first 7 days, of 30 days, later."""
    web: int = 0
    """How many of them were played on a page."""
    hours: dict[str, int] = {}
    """By the hour of the day in UTC."""
    apps: dict[str, int] = {}
    platforms: dict[str, int] = {}
    countries: dict[str, int] = {}
    referrers: dict[str, int] = {}
    """Of `web`, by class of page."""

    def add(self, more: Counted) -> None:
        """Add what was counted elsewhere, or on another day."""
        self.downloads += more.downloads
        self.web += more.web
        self.ages = [a + b for a, b in zip(self.ages, more.ages, strict=True)]
        for name in ("hours", "apps", "platforms", "countries", "referrers"):
            add_up(getattr(self, name), getattr(more, name))


def add_up(total: dict[str, int], more: Mapping[str, int]) -> None:
    """Add the numbers of *more* to those of *total*, name by name."""
    for name, number in more.items():
        total[name] = total.get(name, 0) + number


class Day(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What happened on one day, in UTC: counts, and nothing else."""

    day: str
    rules: str
    """Version of the rules, and which were off."""
    begins: str
    """From when on the logs held this day, `00:00:00` if all of it."""
    requests: list[int] = []
    """How many lines of the logs counted for something, by ten minutes: logs that have all lines of
    others have no fewer at any time."""
    episodes: dict[str, Counted] = {}
    feed_claims: dict[str, int] = {}
    """Subscribers by app, as apps say that fetch the feed for many."""
    feed_fetchers: dict[str, int] = {}
    """Listeners by app who fetched the feed themselves."""

    def replaces(self, other: Day) -> bool:
        """Whether this count of a day knows all that *other* does, and more, or other rules."""
        if self.begins > other.begins:
            return False
        if self.rules != other.rules:
            return True
        more = self.begins < other.begins or sum(self.requests) > sum(other.requests)
        return more and not self.differs(other)

    def differs(self, other: Day) -> bool:
        """Whether *other* was counted, by the same rules, from lines that these logs don't have."""
        if self.rules != other.rules or self.begins > other.begins:
            return False
        return any(
            here < there
            for here, there in itertools.zip_longest(self.requests, other.requests, fillvalue=0)
        )


class Book:
    """What was booked of a show, by this machine and by others."""

    def __init__(self, folder: ShowFolder, machine: str = "") -> None:
        """Read all of it.

        Raises:
            SettingsError: A line of it is damaged.
        """
        self._folder, self._machine = folder, machine
        self.days: dict[str, Day] = {}
        """Those of this machine."""
        self.others: list[Day] = []
        place = folder.audience
        for name in sorted(files.names(place)):
            found = _NAME.fullmatch(name)
            if not found:
                continue
            for day in _read(files.of_show(place / name)):
                if (found[1] or "") == machine:
                    self.days[day.day] = day
                else:
                    self.others.append(day)

    def add(self, counted: Iterable[Day]) -> list[str]:
        """Book those days that are new or known better, all or none; return which they were.

        The show's lock must be held.
        """
        new = [
            day for day in counted if day.day not in self.days or day.replaces(self.days[day.day])
        ]
        self.days |= {day.day: day for day in new}
        months = sorted({day.day[:7] for day in new})
        if not months:
            return []
        files.make_folder(self._folder.audience)
        with journal.together(self._folder.root) as changes:
            for month in months:
                lines = [self.days[day] for day in sorted(self.days) if day.startswith(month)]
                name = f"{self._machine}-{month}" if self._machine else month
                text = b"".join(_line(day) + b"\n" for day in lines)
                changes.write(self._folder.audience / f"{name}.jsonl", text)
        return sorted(day.day for day in new)


def booked(folder: ShowFolder, slug: str) -> Counted | None:
    """Return what is booked of the episode called *slug*, of all machines; None if nothing is.

    Raises:
        SettingsError: A line of the book is damaged.
    """
    book = Book(folder)
    days = [*book.days.values(), *book.others]
    found = [day.episodes[slug] for day in days if slug in day.episodes]
    if not found:
        return None
    total = Counted()
    for counted in found:
        total.add(counted)
    return total


def _read(path: Path) -> list[Day]:
    days = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            day = msgspec.json.decode(line, type=Day)
            date.fromisoformat(day.day)
        except (msgspec.DecodeError, ValueError) as e:
            raise SettingsError(
                f"line {number} is damaged; bring the file back from your backup or git, or remove "
                "it to count again from the logs that are left. Nothing was counted",
                where=f"audience/{path.name}",
            ) from e
        days.append(day)
    return days


def _line(day: Day) -> bytes:
    return msgspec.json.encode(day, order="sorted")


def day_name(number: int) -> str:
    """Return the date of day *number* since 1970.

    >>> day_name(20_000)
    '2024-10-04'
    """
    return date.fromordinal(_EPOCH + number).isoformat()


def day_number(day: str) -> int:
    """Return the number of a date since 1970."""
    return date.fromisoformat(day).toordinal() - _EPOCH


def time_of_day(moment_s: int) -> str:
    """Return the time of a moment as lines of the book have it."""
    return datetime.fromtimestamp(moment_s, UTC).strftime("%H:%M:%S")
