"""From access logs to the listeners of a show: read, count, book what is closed, tell the rest."""

from __future__ import annotations

import itertools
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from columncast.episodes.audience.agents import Agent
from columncast.episodes.audience.audience import (
    Audience,
    Known,
    Reading,
    episodes_of,
    local_hours,
    most_first,
    together,
)
from columncast.episodes.audience.book import Book, Counted, Day, day_name, day_number, time_of_day
from columncast.episodes.audience.engine import DAY_S, REASONS, Downloads, Hits, Tally, Wanted
from columncast.episodes.audience.referrers import CLASSES, Referrers
from columncast.episodes.audience.rules import GRACE_S, SOUND_S, WINDOW_S, in_force, signature
from columncast.episodes.audience.sources import find_logs
from columncast.episodes.building.jobs import Progress, quiet
from columncast.episodes.building.records import last_built
from columncast.episodes.disk import files
from columncast.episodes.errors import ColumncastError, InputError, UsageError
from columncast.episodes.model.episode import Episode
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder

_MANY = 20
"""Of how many addresses a share says something."""
_QUIET_LINES = 24
"""A site with fewer lines a day may well have a day without one, and so up to `_QUIET_DAYS`."""
_QUIET_DAYS = 7


def count_listeners(
    folder: ShowFolder,
    named: Sequence[str] = (),
    *,
    now: datetime | None = None,
    progress: Progress = quiet,
) -> Audience:
    """Count the listeners of the show in *folder* in the logs *named*, or in those of show.toml.

    Days that are closed are booked in `audience/`, which makes nothing twice however often a log is
    read. A run that is killed has booked nothing or all.

    Raises:
        UsageError: No log is named, and nothing was ever counted.
        InputError: A log is not there, or is none.
        SettingsError: A setting, or the book itself, is broken.
        BusyError: Another run works on this show.
    """
    began = time.monotonic()
    now = now or datetime.now(UTC)
    settings, root = folder.show.audience, folder.root
    given = list(named)
    logs = find_logs(given or settings.logs, folder.show, Path.cwd() if given else root)
    with folder.locked():
        book = Book(folder, settings.machine)
        if not logs and not (book.days or book.others):
            raise UsageError(
                "name the access logs to count listeners in: columncast audience LOG …, or [audience] "
                "logs in show.toml"
            )
        known = _known(folder)
        with files.scratch(folder.cache) as spill:
            counted = _Counted()
            if logs:
                countries = root / Path(settings.countries).expanduser()
                with Hits(
                    spill,
                    settings,
                    [wanted for _, wanted in known],
                    Referrers(folder.show),
                    countries=countries if settings.countries else None,
                    now=now.timestamp(),
                ) as hits:
                    hits.read(logs, progress)
                    _of_this_show(hits.tally, folder)
                    hits.count()
                    counted = _days_of(hits, known, signature(settings.rules_off), now)
        counted.differs = [
            day.day
            for day in counted.closed
            if day.day in book.days and day.differs(book.days[day.day])
        ]
        counted.booked = book.add(counted.closed) if counted.closed else []
    counted.logs, counted.seconds = len(logs), time.monotonic() - began
    return _audience(folder, [each for each, _ in known], book, counted, now)


class _Counted:
    """What one run has counted, by day."""

    def __init__(self) -> None:
        self.closed: list[Day] = []
        self.open: list[Day] = []
        self.tally = Tally()
        self.too_little = 0
        self.booked: list[str] = []
        self.differs: list[str] = []
        self.logs = 0
        self.seconds = 0.0


def _known(folder: ShowFolder) -> list[tuple[Known, Wanted]]:
    """Return every episode that was ever built, retired ones too: people have their files."""
    found = []
    for source in folder.all():
        built = last_built(folder, source.slug)
        try:
            facts = None if built else source.facts
        except ColumncastError:  # damaged: `check` says how; it has no listeners until it is mended
            continue
        if built:
            known = Known(
                slug=source.slug, guid=built.guid, title=built.title, published=built.published
            )
        elif facts:
            known = Known(
                slug=source.slug,
                guid=facts.guid,
                title=facts.title or source.slug,
                published=facts.published,
            )
        found.append((known, _wanted(folder, source, known, built)))
    return found


def _wanted(
    folder: ShowFolder, source: EpisodeFolder, known: Known, built: Episode | None
) -> Wanted:
    bytes_a_second = int(folder.show.audio.bitrate.removesuffix("k")) * 125.0
    length = duration = 0.0
    header = 0
    scales: dict[str, float] = {}
    if built:
        enclosure = built.enclosure
        length, duration = enclosure.length_bytes, enclosure.duration_s
        header = _header(folder.root / enclosure.path)
        for other in built.alternates:
            if other.length_bytes:
                scales[other.path.rpartition(".")[2]] = length / other.length_bytes
        if duration > 0:
            bytes_a_second = (length - header) / duration
    least = header + SOUND_S * bytes_a_second
    if length and duration <= SOUND_S:
        least = length
    return Wanted(
        slug=source.slug,
        least_bytes=round(least),
        published=int(known.published.timestamp()),
        scales=scales,
    )


def _header(path: Path) -> int:
    """The length of the tags that an MP3 file begins with (id3.org, ID3v2.4 § 3.1); else 0."""
    try:
        with path.open("rb") as file:
            head = file.read(10)
    except OSError:
        return 0
    if len(head) < 10 or not head.startswith(b"ID3"):
        return 0
    return 10 + sum(
        (byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True)
    )


def _of_this_show(tally: Tally, folder: ShowFolder) -> None:
    readable = sum(tally.lines.values())
    if tally.read and not readable:
        raise InputError(
            f"none of {tally.read:,} lines can be read as a request; nothing was counted"
        )
    if readable and readable == tally.left("other files"):
        raise InputError(
            f"none of {readable:,} requests is for a file of this show ({folder.show.base_url}); are "
            "these the logs of another site? Nothing was counted"
        )


def _days_of(
    hits: Hits, known: Sequence[tuple[Known, Wanted]], rules: str, now: datetime
) -> _Counted:
    counted, tally = _Counted(), hits.tally
    counted.tally, counted.too_little = tally, hits.too_little()
    if tally.first is None or tally.last is None:
        return counted
    requests, agents, countries = hits.requests(), tally.agents, hits.addresses.countries
    days: dict[int, Day] = {}
    for number in _told_of(tally.lines):
        days[number] = Day(
            day=day_name(number),
            rules=rules,
            begins=time_of_day(max(tally.first, number * DAY_S)),
            requests=requests.get(number, []),
        )
    for row in hits.downloads():
        here = days[row.day].episodes.setdefault(known[row.episode][0].slug, Counted())
        _enter(here, row, agents[row.agent], countries[row.country] if countries else "")
    for number, which, fetchers in hits.fetchers():
        day, agent = days[number], agents[which]
        if agent.subscribers:  # several sizes a day are one growing number
            most = max(day.feed_claims.get(agent.name, 0), agent.subscribers)
            day.feed_claims[agent.name] = most
        elif agent.kind in ("app", "web"):
            _plus(day.feed_fetchers, agent.name, fetchers)
    until = min(tally.last, int(now.timestamp()))
    for number, day in days.items():
        closed = (number + 1) * DAY_S + WINDOW_S + GRACE_S <= until
        (counted.closed if closed else counted.open).append(day)
    return counted


def _told_of(lines: Mapping[int, int]) -> list[int]:
    """Which days the logs tell of: those with lines, and of a quiet site those between."""
    there = sorted(day for day, number in lines.items() if number)
    if statistics.median(lines[day] for day in there) >= _QUIET_LINES:
        return there
    between = [
        day
        for before, after in itertools.pairwise(there)
        if after - before <= _QUIET_DAYS
        for day in range(before + 1, after)
    ]
    return sorted([*there, *between])


def _enter(here: Counted, row: Downloads, agent: Agent, country: str) -> None:
    here.downloads += row.number
    here.ages[row.age] += row.number
    _plus(here.hours, str(row.hour), row.number)
    _plus(here.apps, agent.name, row.number)
    _plus(here.platforms, agent.platform, row.number)
    if country:
        _plus(here.countries, country, row.number)
    if agent.kind == "web":
        here.web += row.number
        _plus(here.referrers, CLASSES[row.referrer], row.number)


def _plus(numbers: dict[str, int], name: str, number: int) -> None:
    numbers[name] = numbers.get(name, 0) + number


def _audience(
    folder: ShowFolder,
    known: Sequence[Known],
    book: Book,
    counted: _Counted,
    now: datetime,
) -> Audience:
    settings = folder.show.audience
    own = dict(book.days)
    open_days = [day for day in counted.open if day.day not in own]
    days = together([*own.values(), *open_days, *book.others])
    names = [day.day for day in days]
    gaps = _gaps(names)
    provisional = [day.day for day in open_days]
    subscribers, claimed = _subscribers(days, provisional)
    zone = ZoneInfo(folder.show.timezone)
    return Audience(
        title=folder.show.title,
        language=folder.show.language,
        zone=zone,
        now=now,
        episodes=episodes_of(known, days, provisional=provisional, gaps=gaps, now=now),
        days={day.day: sum(c.downloads for c in day.episodes.values()) for day in days},
        provisional=tuple(provisional),
        booked=tuple(counted.booked),
        subscribers=subscribers,
        claimed=claimed,
        hours=local_hours(days, zone),
        rules=in_force(settings.rules_off),
        reading=_reading(counted),
        notes=tuple(_notes(counted, days, gaps)),
        gaps=tuple(gaps),
    )


def _gaps(days: Sequence[str]) -> list[str]:
    if not days:
        return []
    there = set(days)
    return [
        name
        for number in range(day_number(days[0]), day_number(days[-1]))
        if (name := day_name(number)) not in there
    ]


def _subscribers(days: Sequence[Day], provisional: Sequence[str]) -> tuple[dict[str, int], int]:
    """Of the last day that is over and on which anybody fetched the feed, by app."""
    told = [day for day in days if day.feed_claims or day.feed_fetchers]
    if not told:
        return {}, 0
    over = told[:-1] if len(told) > 1 and told[-1].day in provisional[-1:] else told
    day = over[-1]
    numbers = dict(day.feed_claims)
    for app, fetchers in day.feed_fetchers.items():
        if app not in numbers:
            numbers[app] = fetchers
    return most_first(numbers), sum(day.feed_claims.values())


def _reading(counted: _Counted) -> Reading:
    tally = counted.tally
    left: Counter[str] = Counter()
    for (_, reason), lines in tally.left_out.items():
        if lines and REASONS[reason] != "unreadable":
            left[REASONS[reason]] += lines
    if counted.too_little:
        left["one-minute"] = counted.too_little
    first, last = (
        datetime.fromtimestamp(at, UTC) if at is not None else None
        for at in (tally.first, tally.last)
    )
    return Reading(
        logs=counted.logs - len(tally.passed_over),
        kinds=tuple(sorted(tally.kinds)),
        read=tally.read,
        unreadable=tally.left("unreadable"),
        left_out=most_first(left),
        first=first,
        last=last,
        seconds=counted.seconds,
    )


def _notes(counted: _Counted, days: Sequence[Day], gaps: Sequence[str]) -> list[str]:
    tally = counted.tally
    notes = list(tally.notes)
    if counted.differs:
        more = f" and {len(counted.differs) - 1} more days" if len(counted.differs) > 1 else ""
        notes.append(
            f"{counted.differs[0]}{more} had been counted from lines that these logs do not have, and "
            "stays as booked. Name all logs together, or give each machine its name: [audience] machine."
        )
    if tally.listeners >= _MANY and tally.shortened > 0.9 * tally.listeners:
        notes.append(
            "The logs have shortened addresses: people who share one count as one, so all counts are "
            "lower bounds."
        )
    if tally.listeners >= 5 and tally.private > 0.5 * tally.listeners:
        notes.append(
            "Most addresses are of a private network, so a proxy's and not the listeners'. Name the "
            "header with the listener's address: [audience] address_header in show.toml."
        )
    if tally.passed_over:
        more = f" and {len(tally.passed_over) - 1} more" if len(tally.passed_over) > 1 else ""
        notes.append(f"Left out as no access logs: {tally.passed_over[0]}{more}.")
    if gaps:
        more = f" and {len(gaps) - 3} more days" if len(gaps) > 3 else ""
        notes.append(
            f"There are no logs of {', '.join(gaps[:3])}{more}; nothing of them is counted."
        )
    kinds = {day.rules for day in days}
    if len(kinds) > 1:
        notes.append(
            f"Some days were counted by other rules ({'; '.join(sorted(kinds))}), since their logs are "
            "gone; episodes are compared within one set of rules only."
        )
    if tally.left("clock"):
        notes.append(
            f"{tally.left('clock'):,} lines are from the future, or of before the first episode."
        )
    return notes
