"""Statistics as one page for a producer: nothing is loaded from elsewhere, and no script runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from columncast.episodes.model.timecode import clock
from columncast.episodes.narration.pace import USUAL_WPM
from columncast.episodes.phrases.cldr import long_date, month_and_year
from columncast.episodes.phrases.shipped import ENGLISH
from columncast.episodes.stats.statistics import TOLERANCE_LU, Month, Statistics
from columncast.episodes.stats.wording import found_at, hours, off_target
from columncast.episodes.text.template import render, safe, shipped
from columncast.feed.statistics.charts import (
    Axis,
    bars_svg,
    in_words,
    loudness_axis,
    round_up,
    signed,
    strip_svg,
)
from columncast.feed.statistics.frame import framed

SHARES = {
    "Lowest": 0.0,
    "5 %": 0.05,
    "25 %": 0.25,
    "Median": 0.5,
    "75 %": 0.75,
    "95 %": 0.95,
    "Highest": 1.0,
}
NAMED = 100
"""Longer lists would make a page that nobody reads; `--json` has them all."""
_LABELS = 6


def render_stats(stats: Statistics) -> str:
    """Return the page of *stats*, whole in itself."""
    body = render(
        shipped("columncast.feed.statistics", "stats.html"),
        where="stats.html",
        stats=stats,
        loudness=_loudness(stats) if stats.after_lufs else None,
        pace=_pace(stats) if stats.words_per_minute else None,
        charts=_charts(stats.months),
        advice=_by_advice(stats),
        usual=USUAL_WPM,
        tolerance_lu=TOLERANCE_LU,
        named=NAMED,
        shares=SHARES,
        month=_month,
        day=_day,
        found_at=found_at,
        off=off_target,
        signed=signed,
    )
    return framed(
        body,
        kind="Statistics",
        title=stats.title,
        language=stats.language,
        summary=f"Statistics · {_period(stats)}",
        tiles=_tiles(stats),
    )


def _tiles(stats: Statistics) -> list[tuple[str, str]]:
    pace, silences = stats.words_per_minute, stats.silences
    tiles = [("Episodes", f"{len(stats.published):,}"), ("Sound", hours(stats.total_s))]
    if stats.duration_s:
        tiles.append(("Median length", clock(stats.duration_s.median)))
        tiles.append(("Longest episode", clock(stats.duration_s.at(1.0))))
    if pace:
        tiles += [("Words", f"{stats.word_count:,}"), ("Words a minute", f"{pace.median:.0f}")]
    if silences:
        tiles.append(("Longest silence", f"{silences[0].silence.duration_s:.1f} s"))
    if stats.looked_at:
        tiles.append(("Out of target", f"{len(stats.out_of_target):,} of {stats.looked_at:,}"))
    return tiles


def _period(stats: Statistics) -> str:
    if not stats.published:
        return "Nothing is published yet"
    first, last = _day(stats.published[0].published), _day(stats.published[-1].published)
    return first if first == last else f"{first} to {last}"


def _loudness(stats: Statistics) -> dict[str, Any]:
    axis, target = loudness_axis(stats), stats.audio.integrated_lufs
    strips = []
    for name, values in (("Before", stats.before_lufs), ("After", stats.after_lufs)):
        told = f"{name}: median {signed(values.median)} LUFS, {values.spread:.1f} LU apart"
        strips.append((name, values, safe(strip_svg(values, axis, marks=[target], told=told))))
    return {
        "strips": strips,
        "labels": _labels(axis, 0),
        "target": (100 * axis.at(target), signed(target, 0 if target == round(target) else 1)),
        "words": in_words(stats),
    }


def _pace(stats: Statistics) -> dict[str, Any]:
    values = stats.words_per_minute
    axis = Axis.over(*USUAL_WPM, values.at(0.0), values.at(1.0))
    span = f"nine of ten episodes from {values.at(0.05):.0f} to {values.at(0.95):.0f}"
    told = f"Median {values.median:.0f} words a minute, {span}"
    picture = strip_svg(values, axis, marks=USUAL_WPM, told=told)
    return {"found": values, "picture": safe(picture), "labels": _labels(axis, 0), "words": told}


def _labels(axis: Axis, digits: int) -> list[tuple[float, str]]:
    return [(100 * axis.at(value), signed(value, digits)) for value in axis.labels]


def _charts(months: Sequence[Month]) -> list[dict[str, Any]]:
    if not months:
        return []
    return [
        _chart("Hours", "h", months, lambda month: month.duration_s / 3600),
        _chart("Words", "words", months, lambda month: month.word_count),
    ]


def _chart(
    name: str, unit: str, months: Sequence[Month], value_of: Callable[[Month], float]
) -> dict[str, Any]:
    values = [value_of(month) for month in months]
    most = round_up(max(values))
    best = months[values.index(max(values))]
    highest = f"{max(values):,.0f}" if unit == "words" else f"{max(values):,.1f}"
    told = f"{name} in each month; the most was {highest} {unit} in {_month(best)}"
    return {
        "name": name,
        "picture": safe(bars_svg(values, most=most, told=told)),
        "scale": f"{most:,g} {unit}",
        "words": told,
        "labels": _calendar(months),
    }


def _calendar(months: Sequence[Month]) -> list[tuple[float, str]]:
    """Return the labels under *months*: years if there are several, else months."""
    years = [(i, str(m.first_day.year)) for i, m in enumerate(months) if m.first_day.month == 1]
    named = years if len(years) > 1 else [(i, _month(m)) for i, m in enumerate(months)]
    most = _LABELS if named is years else _LABELS // 2
    every = -(-len(named) // most)
    chosen = named[(every - 1) // 2 :: every]  # not at the very edge, where it would be cut
    return [(100 * (i + 0.5) / len(months), label) for i, label in chosen]


def _by_advice(stats: Statistics) -> list[tuple[str, list[Any], int]]:
    """Return what to do, for which episodes, and how many more there are."""
    found = []
    for advice in dict.fromkeys(out.advice for out in stats.out_of_target):
        these = [out for out in stats.out_of_target if out.advice == advice]
        found.append((advice, these[:NAMED], max(len(these) - NAMED, 0)))
    return found


def _month(month: Month) -> str:
    return month_and_year(month.first_day, ENGLISH)


def _day(moment: Any) -> str:
    return long_date(moment, ENGLISH)
