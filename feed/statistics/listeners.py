"""The listeners of a show as one page: nothing is loaded from elsewhere, and no script runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

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
from columncast.episodes.text.template import render, safe, shipped
from columncast.feed.statistics.charts import bars_svg, round_up
from columncast.feed.statistics.frame import framed

_DAYS, _EPISODES, _NAMED = 90, 24, 12
_ROWS = 200
"""A longer table would make a page that nobody reads; `--csv` has all of it."""


def render_audience(audience: Audience) -> str:
    """Return the page of *audience*, whole in itself."""
    heard = [episode for episode in audience.episodes if episode.downloads["all"]]
    body = render(
        shipped("columncast.feed.statistics", "audience.html"),
        where="audience.html",
        audience=audience,
        charts=_charts(audience),
        tables=_tables(audience),
        heard=heard[:_ROWS],
        more=len(heard[_ROWS:]),
        ages=list(AGES),
        at_age=at_age,
        trend=trend,
        open_downloads=sum(audience.days[day] for day in audience.provisional),
        reasons=REASONS,
    )
    return framed(
        body,
        kind="Listeners",
        title=audience.title,
        language=audience.language,
        summary=summary(audience),
        tiles=_tiles(audience),
    )


def _tiles(audience: Audience) -> list[tuple[str, str]]:
    tiles = [("Downloads", f"{audience.downloads:,}")]
    if audience.days:
        week = _last(audience, 7)
        tiles.append(("In the last 7 days", f"{sum(number for _, number in week):,}"))
    if audience.subscribers:
        tiles.append(("Subscribers", f"{sum(audience.subscribers.values()):,}"))
    if hour := best_hour(audience):
        tiles.append(("Best hour", hour.partition(" (")[0]))
    web = sum(episode.web for episode in audience.episodes)
    tiles.append(("On pages", share(web, audience.downloads)))
    return tiles


def _last(audience: Audience, most: int) -> list[tuple[str, int]]:
    """The last days, those without logs as none."""
    end = date.fromisoformat(max(audience.days))
    first = max(end - timedelta(days=most - 1), date.fromisoformat(min(audience.days)))
    names = [(first + timedelta(n)).isoformat() for n in range((end - first).days + 1)]
    return [(name, audience.days.get(name, 0)) for name in names]


def _charts(audience: Audience) -> list[dict[str, Any]]:
    if not audience.downloads:
        return []
    days = _last(audience, _DAYS)
    newest = [e for e in audience.episodes if e.downloads["all"]][:_EPISODES][::-1]
    clock = [f"{hour}:00" for hour in range(24)]
    return [
        _chart(
            "Day by day",
            "The best day was",
            [day for day, _ in days],
            [number for _, number in days],
            labels=[_short(date.fromisoformat(day)) for day, _ in days],
        ),
        _chart(
            "The newest episodes in their first 7 days",
            "The most had",
            [episode.known.title for episode in newest],
            [episode.downloads["7d"] for episode in newest],
            labels=[_short(episode.known.published) for episode in newest],
        ),
        _chart(
            f"Hour by hour ({audience.zone.key})", "The best hour begins at", clock, audience.hours
        ),
    ]


def _short(day: date) -> str:
    """A day as it stands under a picture, where there is little room: `11-02`."""
    return f"{day:%m-%d}"


def _chart(
    name: str,
    lead: str,
    names: Sequence[str],
    values: Sequence[int],
    *,
    labels: Sequence[str] = (),
) -> dict[str, Any]:
    most = round_up(max(values))
    best = values.index(max(values))
    told = f"{lead} {names[best]}, with {max(values):,} downloads"
    every = max(-(-len(values) // 6), 1)
    shown = list(enumerate(labels or names))[(every - 1) // 2 :: every]
    return {
        "name": name,
        "picture": safe(bars_svg(values, most=most, told=f"{name}. {told}")),
        "scale": f"{most:,g}",
        "words": told,
        "labels": [(100 * (at + 0.5) / len(values), label) for at, label in shown],
        "rows": list(zip(names, values, strict=True)),
    }


def _tables(audience: Audience) -> list[tuple[str, list[tuple[str, str, str]], int]]:
    pages = {
        REFERRERS.get(name, name): number for name, number in audience.total("referrers").items()
    }
    found = {
        "Apps": audience.total("apps"),
        "Platforms": audience.total("platforms"),
        "Countries": audience.total("countries"),
        "Pages it was played on": pages,
        "Subscribers by app": audience.subscribers,
    }
    tables = []
    for name, numbers in found.items():
        whole = sum(numbers.values())
        rows = [(one, f"{n:,}", share(n, whole)) for one, n in list(numbers.items())[:_NAMED]]
        if rows:
            tables.append((name, rows, len(numbers) - len(rows)))
    return tables
