"""What is known of a show's listeners: figures of each episode, and what they can be compared with."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from columncast.episodes.audience.book import Counted, Day, add_up
from columncast.episodes.audience.rules import Rule

AGES = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
LEAST_COMPARED = 3
"""A median of fewer earlier episodes than this would say nothing."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What of an episode has to be known to tell of its listeners."""

    slug: str
    guid: str
    title: str
    published: datetime
    """Aware."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """An episode against earlier ones at the same age."""

    age: str
    """A key of `AGES`."""
    median: float
    """Of the earlier episodes."""
    episodes: int
    """How many they are."""
    change: float
    """0.1: a tenth more than their median."""


@dataclass(frozen=True, kw_only=True)
class EpisodeAudience:
    """The listeners of one episode."""

    known: Known
    downloads: dict[str, int]
    """By age, `24h` to `30d`, and `all`."""
    complete: dict[str, bool]
    """Whether the logs held the whole time from the publication to that age, and it is over."""
    provisional: int
    """How many of `all` are of days that are not booked yet."""
    web: int
    apps: dict[str, int]
    platforms: dict[str, int]
    countries: dict[str, int]
    referrers: dict[str, int]
    trend: Trend | None = None
    no_trend: str = ""
    """Why there is none."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read in this run."""

    logs: int
    kinds: tuple[str, ...]
    read: int
    unreadable: int
    left_out: dict[str, int]
    """How many lines, by reason; those named like a rule are left out by it."""
    first: datetime | None
    last: datetime | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Audience:
    """The listeners of a show."""

    title: str
    language: str
    zone: ZoneInfo
    now: datetime
    episodes: tuple[EpisodeAudience, ...]
    """Newest first."""
    days: dict[str, int]
    """Downloads by day, in UTC; days without a log are not in it."""
    provisional: tuple[str, ...]
    """The days that are not booked yet."""
    booked: tuple[str, ...]
    """The days that this run has booked."""
    subscribers: dict[str, int]
    """By app, on the last whole day."""
    claimed: int
    """How many of them are what apps say."""
    hours: tuple[int, ...]
    """Downloads by hour of the day, in the show's time zone."""
    rules: tuple[Rule, ...]
    reading: Reading
    notes: tuple[str, ...] = ()
    """What the reader of the figures has to know: bounds, gaps, what is odd about the logs."""
    gaps: tuple[str, ...] = field(default=())
    """Days between the first and the last that no log told of."""

    @property
    def downloads(self) -> int:
        """All of them."""
        return sum(self.days.values())

    def total(self, what: str) -> dict[str, int]:
        """Sum `apps`, `platforms`, `countries` or `referrers` over all episodes, most first."""
        total: Counter[str] = Counter()
        for episode in self.episodes:
            total.update(getattr(episode, what))
        return most_first(total)


def most_first(numbers: Mapping[str, int]) -> dict[str, int]:
    """Return *numbers* with the greatest first; equal ones by name.

    >>> most_first({"a": 1, "c": 2, "b": 2})
    {'b': 2, 'c': 2, 'a': 1}
    """
    return dict(sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])))


def episodes_of(
    known: Sequence[Known],
    days: Sequence[Day],
    *,
    provisional: Iterable[str],
    gaps: Iterable[str],
    now: datetime,
) -> tuple[EpisodeAudience, ...]:
    """Return the figures of each episode, newest first; *days* are all that is known, by day."""
    open_days, missing = set(provisional), set(gaps)
    held = {day.day for day in days} - missing
    partly = {day.day for day in days if day.begins > "00:10:00"}
    rules = {day.day: day.rules for day in days}
    sums: dict[str, Counted] = {}
    openly: Counter[str] = Counter()
    for day in days:
        for slug, counted in day.episodes.items():
            sums.setdefault(slug, Counted()).add(counted)
            if day.day in open_days:
                openly[slug] += counted.downloads
    made: list[EpisodeAudience] = []
    before: dict[tuple[str, str], list[int]] = {}
    for episode in sorted(known, key=lambda each: (each.published, each.slug)):
        counted = sums.get(episode.slug, Counted())
        downloads = dict(zip(AGES, itertools.accumulate(counted.ages), strict=False))
        begin = episode.published.astimezone(UTC)
        reached = [age for age, length in AGES.items() if begin + length <= now]
        spans = {age: _days(begin, begin + length) for age, length in AGES.items()}
        complete = {
            age: age in reached and all(d in held and d not in partly for d in span)
            for age, span in spans.items()
        }
        alike = {age: _only({rules[day] for day in spans[age] if day in rules}) for age in reached}
        found = _trend(reached, complete, alike, downloads, before)
        for age in reached:
            if complete[age] and alike[age]:
                before.setdefault((age, alike[age]), []).append(downloads[age])
        made.append(
            EpisodeAudience(
                known=episode,
                downloads=downloads | {"all": counted.downloads},
                complete=complete,
                provisional=openly[episode.slug],
                web=counted.web,
                apps=most_first(counted.apps),
                platforms=most_first(counted.platforms),
                countries=most_first(counted.countries),
                referrers=most_first(counted.referrers),
                trend=found if isinstance(found, Trend) else None,
                no_trend=found if isinstance(found, str) else "",
            )
        )
    return tuple(reversed(made))


def _trend(
    reached: Sequence[str],
    complete: Mapping[str, bool],
    alike: Mapping[str, str],
    downloads: Mapping[str, int],
    before: Mapping[tuple[str, str], list[int]],
) -> Trend | str:
    """How an episode stands against earlier ones at the greatest age it has; or why nobody can say."""
    if not reached:
        return "it is not a day old"
    age = reached[-1]
    if not complete[age]:
        return f"there are no logs of its whole first {_IN_WORDS[age]}"
    if not alike[age]:
        return "the rules have changed within that time"
    earlier = before.get((age, alike[age]), [])
    if len(earlier) < LEAST_COMPARED:
        return f"there are fewer than {LEAST_COMPARED} earlier episodes counted alike"
    median = statistics.median(earlier)
    if not median:
        return "earlier episodes had no listeners at that age"
    change = downloads[age] / median - 1
    return Trend(age=age, median=median, episodes=len(earlier), change=change)


def _only(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else ""


_IN_WORDS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days"}


def _days(begin: datetime, end: datetime) -> list[str]:
    """Every day, in UTC, that some of the time between is on."""
    first, last = begin.date(), (end - timedelta(seconds=1)).date()
    return [(first + timedelta(n)).isoformat() for n in range((last - first).days + 1)]


def local_hours(days: Iterable[Day], zone: ZoneInfo) -> tuple[int, ...]:
    """Return the downloads by hour of the day in *zone*, summer and winter as they are there."""
    hours = [0] * 24
    for day in days:
        midnight = datetime.fromisoformat(f"{day.day}T00:00:00+00:00")
        for counted in day.episodes.values():
            for hour, number in counted.hours.items():
                hours[(midnight + timedelta(hours=int(hour))).astimezone(zone).hour] += number
    return tuple(hours)


def together(days: Iterable[Day]) -> list[Day]:
    """Add what several machines have counted on the same days."""
    found: dict[str, Day] = {}
    for day in days:
        there = found.get(day.day)
        if there is None:
            there = found[day.day] = Day(day=day.day, rules=day.rules, begins=day.begins)
        if there.rules != day.rules:
            there.rules = f"{there.rules}; {day.rules}"
        there.begins = max(there.begins, day.begins)
        for slug, counted in day.episodes.items():
            there.episodes.setdefault(slug, Counted()).add(counted)
        add_up(there.feed_claims, day.feed_claims)
        add_up(there.feed_fetchers, day.feed_fetchers)
    return [found[day] for day in sorted(found)]
