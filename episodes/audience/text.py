"""The listeners of a show as text for a terminal, plain ASCII but for the titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from columncast.episodes.audience.audience import AGES, Audience
from columncast.episodes.audience.wording import (
    REASONS,
    REFERRERS,
    at_age,
    best_hour,
    share,
    summary,
    trend,
)
from columncast.episodes.format import count, moment, table

_ROWS, _NAMED = 20, 8
_HEADS = ("EPISODE", "PUBLISHED", "24 H", "7 D", "30 D", "ALL", "TREND")


def told(audience: Audience, *, every: bool = False) -> list[str]:
    """Return the figures as lines for a person; with *every*, all episodes, apps and rules."""
    parts = [
        _totals(audience),
        _episodes(audience, every=every),
        _shares("Apps", audience.total("apps"), every=every),
        _shares("Platforms", audience.total("platforms"), every=every),
        _shares("Countries", audience.total("countries"), every=every),
        _web(audience),
        _subscribers(audience, every=every),
        _read(audience),
        _rules(audience, every=every),
    ]
    lines: list[str] = []
    for part in map(list, parts):
        lines += ["", *part] if lines and part else part
    return lines


def _totals(audience: Audience) -> Iterator[str]:
    yield f"Downloads {summary(audience)}"
    if audience.provisional:
        open_ = sum(audience.days[day] for day in audience.provisional)
        yield f"          {open_:,} of them since {audience.provisional[0]} are provisional"
    if audience.booked:
        yield f"Booked    {count(len(audience.booked), 'day')}, up to {audience.booked[-1]}"
    if hour := best_hour(audience):
        yield f"Best hour {hour}"
    for note in audience.notes:
        yield f"Note      {note}"


def _episodes(audience: Audience, *, every: bool) -> Iterator[str]:
    heard = [episode for episode in audience.episodes if episode.downloads["all"]]
    rows = [
        (
            episode.known.slug,
            f"{episode.known.published.astimezone(audience.zone):%Y-%m-%d}",
            *(at_age(episode, age) for age in AGES),
            at_age(episode, "all"),
            trend(episode),
        )
        for episode in (heard if every else heard[:_ROWS])
    ]
    if rows:
        yield from table(rows, _HEADS)
        if any("(" in cell for row in rows for cell in row[2:5]):
            yield "(…): that time is not over, or the logs don't hold all of it."
    if len(rows) < len(heard):
        yield f"and {count(len(heard) - len(rows), 'more episode')} (-v lists them)"


def _shares(head: str, numbers: Mapping[str, int], *, every: bool) -> Iterator[str]:
    whole = sum(numbers.values())
    named = list(numbers.items())[: None if every else _NAMED]
    if not named:
        return
    yield head
    rows = [(f"  {name}", f"{number:,}", share(number, whole)) for name, number in named]
    yield from table(rows[1:], rows[0])
    if len(named) < len(numbers):
        yield f"  and {len(numbers) - len(named)} more (-v lists them)"


def _web(audience: Audience) -> Iterator[str]:
    web = sum(episode.web for episode in audience.episodes)
    if not web:
        return
    yield f"On pages  {web:,} ({share(web, audience.downloads)}); the rest in apps"
    for name, number in audience.total("referrers").items():
        yield f"  {number:,} from {REFERRERS.get(name, name)}"


def _subscribers(audience: Audience, *, every: bool) -> Iterator[str]:
    numbers = audience.subscribers
    if not numbers:
        return
    yield (
        f"Feed      fetched for {sum(numbers.values()):,} subscribers on the last whole day; "
        f"{audience.claimed:,} of them as their apps say"
    )
    for name, number in list(numbers.items())[: None if every else _NAMED]:
        yield f"  {number:,} by {name}"


def _read(audience: Audience) -> Iterator[str]:
    reading = audience.reading
    if not reading.read:
        return
    yield (
        f"Logs      {count(reading.logs, 'log')} ({', '.join(reading.kinds)}), "
        f"{count(reading.read, 'line')}, {reading.unreadable:,} unreadable"
    )
    if reading.first and reading.last:
        yield f"          from {moment(reading.first)} to {moment(reading.last)}"
    yield from (
        f"  {lines:,} left out: {REASONS.get(reason, reason)}"
        for reason, lines in reading.left_out.items()
    )


def _rules(audience: Audience, *, every: bool) -> Iterator[str]:
    names = ", ".join(rule.name for rule in audience.rules)
    yield f"Rules     {names} (columncast help audience)"
    if every:
        yield from (f"  {rule.name}: {rule.text} [{rule.source}]" for rule in audience.rules)
