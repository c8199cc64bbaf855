"""What a person means by a date: one moment, or several to choose from.

ISO 8601 is exact and has its own reading (`model/clock`), past or future. Everything else is looked at
here: numbers in the order of the show's locale, weekdays, days in words, a time of day, the next free
slot. `friday` is the next one, and on a Friday the one in seven days.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from columncast.episodes.dates.words import in_words
from columncast.episodes.errors import UsageError
from columncast.episodes.model.clock import DAY, day_of, moment_of, parse_date
from columncast.episodes.model.weekly import WEEKDAYS, coming, weekly
from columncast.episodes.phrases.cldr import date_order, weekday_names

_LONGEST = 100
"""Characters; no date is longer."""
EXAMPLES = "2026-11-23T09:00, friday 6am, tomorrow 18:00, in 3 days, 27/11/2026 or next free slot"
SLOT = re.compile(r"(the )?next( free)? slot|next free", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,2})\s?([/.-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2})|\2)?", re.ASCII)
_AT = r"(?:\b(?:at|um|à|a las?|alle|ore|om|kl\.?|klockan|o|às)\s+|@\s*)"
_TIME = re.compile(
    rf"(?:^|(?<=[\s,])){_AT}?(?P<hour>\d{{1,2}})"
    r"(?::(?P<minute>\d{2})(?:\s*(?P<half>[ap])\.?m\b\.?|\s*uhr\b|\s*h\b)?"
    r"|\s*(?P<half_only>[ap])\.?m\b\.?"
    r"|\s*(?:h|uhr)\b\s?(?P<after>\d{2})?|h(?P<close>\d{2}))(?=$|[\s,])",
    re.IGNORECASE | re.ASCII,
)
_BARE = re.compile(
    rf"(?:^|(?<=[\s,])){_AT}(?P<hour>\d{{1,2}})(?=$|[\s,])", re.IGNORECASE | re.ASCII
)
_NOON = re.compile(r"(?:\bat\s+)?\b(?:noon|midday)\b", re.IGNORECASE)
_ON = {"on", "am", "le", "el", "il", "la", "op", "på", "w", "we", "the"}
_THIS = {"this", "diesen", "diesem", "ce", "este", "questo", "deze", "denna"}
_NEXT = {"next", "nächsten", "nächste", "prochain", "prochaine", "próximo", "prossimo", "nästa"}


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What a date means."""

    choices: tuple[datetime, ...]
    """Aware moments; more than one: a person has to choose."""
    why: str = ""
    """Why there are several."""
    past: bool = False
    """It is over, and was said in a way that leaves room for a mistake."""
    exact: bool = False
    """It is ISO 8601: nothing was understood that the text does not say."""


@dataclass(frozen=True, kw_only=True)
class Wall:
    """Where and when a date is said."""

    timezone: str
    """IANA."""
    language: str
    """As in show.toml: with or without a region."""
    now: datetime
    """Aware."""
    every: str = ""
    """`[schedule] every`; empty: there is none."""
    taken: Callable[[], Collection[date]] = frozenset
    """Gives the days there that have an episode."""

    @property
    def clock(self) -> datetime:
        """What the clock on the wall there says now, without a zone."""
        return self.now.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)


def meaning(text: str, wall: Wall) -> Meant:
    """Return what a person means by *text*, said at *wall*.

    Raises:
        UsageError: It is no date, or one that no episode can have.
    """
    said = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text).strip()
    if len(said) > _LONGEST or not said:
        raise _no_date(text)
    if exact := _exact(said, wall):
        return exact
    walls, why = _walls(said, wall)
    moments: list[datetime] = []
    for at, timed in walls:
        if not timed:
            moments.append(day_of(at, wall.timezone))
            continue
        meant = moment_of(at, wall.timezone)
        why = why or meant.problem
        several = tuple(map(datetime.fromisoformat, meant.choices)) or (meant.at,)
        moments += several
    # One of the two bounds of every publication date may be crossed.
    found = tuple(dict.fromkeys(parse_date(at.isoformat(), wall.timezone) for at in moments))
    here = tuple(at.astimezone(ZoneInfo(wall.timezone)) for at in found)
    begun = wall.now - timedelta(minutes=1)  # `now` is no mistake
    return Meant(
        choices=here, why=why if len(here) > 1 else "", past=all(at < begun for at in here)
    )


def in_full(at: datetime, timezone: str) -> str:
    """Return a moment so that nobody can misread it.

    >>> in_full(datetime.fromisoformat("2026-11-27T06:00+01:00"), "Europe/Berlin")
    'Friday 27 November 2026, 06:00 (Europe/Berlin, UTC+01:00)'
    """
    offset = at.isoformat()[-6:]
    utc = "" if timezone == "UTC" else f", UTC{offset}"
    return f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M} ({timezone}{utc})"


def _no_date(text: str) -> UsageError:
    short = text if len(text) <= 40 else f"{text[:39]}…"
    return UsageError(f"{short!r} is not a date; write {EXAMPLES}; nothing was changed")


def _exact(said: str, wall: Wall) -> Meant | None:
    """Return what ISO 8601 means; a time without a zone can be in a change of the clocks."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    if at.tzinfo is None and not DAY.fullmatch(said):
        meant = moment_of(at, wall.timezone)
        if meant.problem:
            both = tuple(parse_date(choice, wall.timezone) for choice in meant.choices)
            return Meant(choices=both, why=meant.problem, exact=True)
    return Meant(choices=(parse_date(said, wall.timezone),), exact=True)


def _walls(said: str, wall: Wall) -> tuple[list[tuple[datetime, bool]], str]:
    """Return the times on the wall that *said* can mean, each with whether it names an hour; and why."""
    if SLOT.fullmatch(said):
        return [(_next_slot(wall), True)], ""
    if re.search(r"\bmidnight\b", said, re.IGNORECASE):
        raise UsageError("midnight can be the beginning or the end of a day; write 00:00")
    hours, rest = _hours(said)
    days = list(_days(rest, wall, timed=bool(hours)))
    if not days:
        raise _no_date(said)
    found = days
    if hours:
        found = [
            (datetime.combine(at.date(), hour), True)
            for (at, timed), hour in itertools.product(days, hours)
            if not timed
        ]
    if not found:
        raise _no_date(said)
    if not rest and hours:  # a time alone is the next such one
        found = [(at if at > wall.clock else at + timedelta(days=1), True) for at, _ in found]
    return found, f"{said!r} can mean several dates" if len(found) > 1 else ""


def _next_slot(wall: Wall) -> datetime:
    if not wall.every:
        raise UsageError(
            'show.toml has no slots; add [schedule] every = "friday 06:00", or write a date'
        )
    slots = weekly(wall.every)
    at, taken = slots.after(wall.clock), wall.taken()
    while at.date() in taken:
        at = slots.after(at)
    return at


def _hours(said: str) -> tuple[Sequence[time], str]:
    """Return the times of day that *said* can mean, and what is left of it."""
    if found := _TIME.search(said):
        half = (found["half"] or found["half_only"] or "").lower()
        hour = int(found["hour"])
        minute = int(found["minute"] or found["after"] or found["close"] or 0)
        if hour > (12 if half else 23) or minute > 59 or (half and not hour):
            raise _no_date(said)
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        return [time(hour, minute)], _without(said, found)
    if found := _NOON.search(said):
        return [time(12)], _without(said, found)
    if found := _BARE.search(said):
        hour = int(found["hour"])
        if hour > 23:
            raise _no_date(said)
        either = {hour % 12, hour % 12 + 12} if 1 <= hour <= 12 else {hour}
        return [time(one) for one in sorted(either)], _without(said, found)
    return [], said


def _without(said: str, found: re.Match[str]) -> str:
    return f"{said[: found.start()]} {said[found.end() :]}".strip(" ,")


def _days(rest: str, wall: Wall, *, timed: bool) -> Iterator[tuple[datetime, bool]]:
    """Give the days that *rest* can mean, each with whether it names an hour, too."""
    today = wall.clock.date()
    if not rest:
        if timed:
            yield _begin(today), False
        return
    if year_first := re.fullmatch(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})", rest, re.ASCII):
        with suppress(ValueError):
            yield _begin(date(int(year_first[1]), int(year_first[3]), int(year_first[4]))), False
        return
    if found := _NUMBERS.fullmatch(_weekday_off(rest, wall)[1]):
        days = list(_by_numbers(found, wall))
    elif weekday := _weekday(rest, wall):
        days = list(weekday)
    else:
        meant = in_words(_weekday_off(rest, wall)[1], wall.language, wall.clock)
        if meant is None or (timed and meant[1]):
            return
        _refuse_other_weekday(rest, wall, [meant[0].date()])
        yield meant
        return
    _refuse_other_weekday(rest, wall, days)
    yield from ((_begin(day), False) for day in days)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time())


def _by_numbers(found: re.Match[str], wall: Wall) -> Iterator[date]:
    first, mark, second, year = found.groups()
    order = "" if mark == "." else date_order(wall.language)
    if mark == "." and date_order(wall.language) != "MDY":
        order = "DMY"  # whoever writes points puts the day first
    today = wall.clock.date()
    readings = {"DMY": (int(first), int(second)), "MDY": (int(second), int(first))}
    found_days: dict[str, date] = {}
    for name, (day, month) in readings.items():
        with suppress(ValueError):  # the 32nd, the 13th month
            if year:
                full = int(year) + (2000 if len(year) == 2 else 0)
                found_days[name] = date(full, month, day)
            else:
                this = date(today.year, month, day)
                found_days[name] = this if this >= today else date(today.year + 1, month, day)
    if order in found_days:
        yield found_days[order]
    else:
        yield from dict.fromkeys(found_days.values())


def _weekday(rest: str, wall: Wall) -> list[date]:
    """Return the days that a weekday alone can mean; none: there is more than a weekday, or less."""
    words = re.findall(r"[^\W\d_]+", rest.casefold())
    names = weekday_names(wall.language)
    days = [names[word] for word in words if word in names]
    others = {word for word in words if word not in names} - _ON
    if len(days) != 1 or re.search(r"\d", rest) or others - _THIS - _NEXT:
        return []
    today = wall.clock.date()
    day = coming(today, days[0])
    if others & _THIS:
        return [today if today.weekday() == days[0] else day]
    if others & _NEXT and day - today < timedelta(days=7):
        return [day, day + timedelta(days=7)]  # of the two, people mean either
    return [day]


def _weekday_off(rest: str, wall: Wall) -> tuple[int | None, str]:
    """Return the weekday that *rest* begins with, and the rest of it: of `friday, 27 november`."""
    if (found := re.match(r"([^\W\d_]+)\.?,?\s+(?=\S)", rest)) and (
        (number := weekday_names(wall.language).get(found[1].casefold())) is not None
    ):
        return number, rest[found.end() :]
    return None, rest


def _refuse_other_weekday(rest: str, wall: Wall, days: Sequence[date]) -> None:
    weekday, _ = _weekday_off(rest, wall)
    if weekday is not None and not any(day.weekday() == weekday for day in days):
        is_a = days[0]
        raise UsageError(
            f"{is_a.day} {is_a:%B %Y} is a {WEEKDAYS[is_a.weekday()].title()}, no "
            f"{WEEKDAYS[weekday].title()}; nothing was changed"
        )
