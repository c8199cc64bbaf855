"""Statistics as text for a terminal.

It is plain ASCII but for the names: it reads the same in a pipe, a log and any console.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from columncast.episodes.format import count
from columncast.episodes.model.timecode import clock
from columncast.episodes.narration.pace import USUAL_WPM
from columncast.episodes.stats.distribution import Distribution
from columncast.episodes.stats.statistics import TOLERANCE_LU, Month, Statistics
from columncast.episodes.stats.wording import found_at, hours, name, off_target

_MONTHS, _NAMED, _BAR, _STRIP = 18, 8, 32, 60


def lines(stats: Statistics, *, every: bool = False) -> list[str]:
    """Return *stats* as lines for a person; with *every*, all months and all names."""
    if not stats.published and not stats.scheduled:
        return [_nothing(stats)]
    parts = [
        _totals(stats),
        _loudness(stats),
        _out_of_target(stats, every=every),
        _pace(stats, every=every),
        _silences(stats),
        _months(stats.months, every=every),
    ]
    lines: list[str] = []
    for part in map(list, parts):
        lines += ["", *part] if lines and part else part
    return lines


def _nothing(stats: Statistics) -> str:
    if stats.not_built:
        return f"{count(stats.not_built, 'episode')} not built yet. Next: columncast build"
    others = {"retired": stats.retired, "in draft": stats.drafts}
    more = "".join(f", {number:,} {what}" for what, number in others.items() if number)
    return f"No episodes yet{more}. Next: columncast add RECORDING COLUMN"


def _totals(stats: Statistics) -> Iterator[str]:
    others = {
        "scheduled": len(stats.scheduled),
        "in draft": stats.drafts,
        "retired": stats.retired,
        "not built yet (columncast build)": stats.not_built,
    }
    more = "".join(f", {number:,} {what}" for what, number in others.items() if number)
    yield f"Episodes  {len(stats.published):,} published{more}"
    if not stats.published:
        return
    first, last = stats.published[0].published, stats.published[-1].published
    yield f"Time      {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    longest = max(stats.published, key=lambda f: f.duration_s)
    lengths = f"median {clock(stats.duration_s.median)}, longest {clock(longest.duration_s)}"
    yield f"Sound     {hours(stats.total_s)}; {lengths} ({longest.slug})"
    if stats.word_count:
        yield f"Words     {stats.word_count:,}"


def _loudness(stats: Statistics) -> Iterator[str]:
    target = stats.audio.integrated_lufs
    if stats.after_lufs:
        yield f"Loudness  in LUFS as heard from two speakers; the target (^) is {target:g}"
        both = {"before": stats.before_lufs, "after": stats.after_lufs}
        ends = [target, *(values.at(share) for values in both.values() for share in (0.0, 1.0))]
        axis = _Axis(low=math.floor(min(ends)) - 1, high=math.ceil(max(ends)) + 1)
        for label, values in both.items():
            yield f"  {label:<7} {axis.box(values)}"
        yield f"          {axis.mark(target)}"
        for label, values in both.items():
            yield (
                f"  {label:<7} median {values.median:.1f}; nine of ten from {values.at(0.05):.1f} "
                f"to {values.at(0.95):.1f}: {values.spread:.1f} LU apart"
            )
    if stats.not_measured:
        lead = "          " if stats.after_lufs else "Loudness  "
        yield f"{lead}{stats.not_measured:,} not measured: imported with their audio unchanged"


@dataclass(frozen=True, kw_only=True)
class _Axis:
    low: float
    high: float

    def box(self, values: Distribution) -> str:
        """Nine of ten as a line, half of them as a box, the median as a bar in it.

        >>> _Axis(low=-30, high=-10).box(Distribution((-28, -25, -24, -23, -12)))
        '        |------[==#==]-------------------------|'
        """
        cells = [" "] * (_STRIP + 1)
        at = {share: self._at(values.at(share)) for share in (0.05, 0.25, 0.5, 0.75, 0.95)}
        cells[at[0.05] : at[0.95] + 1] = "-" * (at[0.95] - at[0.05] + 1)
        cells[at[0.05]] = cells[at[0.95]] = "|"
        cells[at[0.25] : at[0.75] + 1] = "=" * (at[0.75] - at[0.25] + 1)
        cells[at[0.25]], cells[at[0.75]] = "[", "]"
        cells[at[0.5]] = "#"
        return "".join(cells).rstrip()

    def mark(self, target: float) -> str:
        """The ends of the axis, and a mark where the target is."""
        line = f"{self.low:<{_STRIP}g}{self.high:g}"
        at = self._at(target)
        return f"{line[:at]}^{line[at + 1 :]}"

    def _at(self, value: float) -> int:
        return round((value - self.low) / (self.high - self.low) * _STRIP)


def _out_of_target(stats: Statistics, *, every: bool) -> Iterator[str]:
    found = stats.out_of_target
    if not found:
        if stats.looked_at:
            yield f"Target    {stats.looked_at:,} of {stats.looked_at:,} are within {TOLERANCE_LU:g} LU of it"
        return
    yield f"Target    {len(found):,} of {stats.looked_at:,} are out of it"
    for advice in dict.fromkeys(out.advice for out in found):
        yield f"  {advice}"
        rows = [(name(o.episode), off_target(o)) for o in found if o.advice == advice]
        yield from _listed(rows, every=every, indent=4)


def _pace(stats: Statistics, *, every: bool) -> Iterator[str]:
    pace, (low, high) = stats.words_per_minute, USUAL_WPM
    if pace:
        span = f"{pace.at(0.05):.0f} to {pace.at(0.95):.0f}"
        yield f"Pace      median {pace.median:.0f} words a minute; nine of ten from {span}"
    if stats.unusual_pace:
        said = count(len(stats.unusual_pace), "episode")
        yield f"  outside {low} to {high}, in {said}: is that the right recording, and all of it?"
    rows = [(f"{f.words_per_minute:.0f}", name(f)) for f in stats.unusual_pace]
    yield from _listed(rows, every=every, indent=4)


def _silences(stats: Statistics) -> Iterator[str]:
    if stats.silences:
        yield "Longest silences"
        rows = [
            (f"{s.silence.duration_s:.1f} s", name(s.episode), found_at(s)) for s in stats.silences
        ]
        yield from _listed(rows, every=True, indent=2)
    elif stats.looked_at > stats.silences_unknown:
        yield "Silences  none of a second or more"


def _months(months: Sequence[Month], *, every: bool) -> Iterator[str]:
    older = () if every else _older(months)
    for of_what, named in (
        ("YEAR", groupby(older, key=lambda m: f"{m.first_day:%Y}")),
        ("MONTH", groupby(months[len(older) :], key=lambda m: f"{m.first_day:%Y-%m}")),
    ):
        rows = [(label, _sum(some)) for label, some in named]
        if not rows:
            continue
        yield f"{of_what:<8} EPISODES      WORDS    HOURS"
        most = max(sums[2] for _, sums in rows) or 1.0
        for label, (episodes, words, duration_s) in rows:
            bar = "#" * math.ceil(duration_s / most * _BAR)
            line = f"{label:<8} {episodes:>8,} {words:>10,} {duration_s / 3600:>8,.1f}  {bar}"
            yield line.rstrip()


def _older(months: Sequence[Month]) -> Sequence[Month]:
    """Return whole years, so that their rows are those of the calendar."""
    if len(months) <= _MONTHS:
        return ()
    last = months[-1].first_day
    first_year = last.year if last.month >= 6 else last.year - 1
    return [month for month in months if month.first_day.year < first_year]


def _sum(months: Iterable[Month]) -> tuple[int, int, float]:
    some = list(months)
    return (
        sum(m.episodes for m in some),
        sum(m.word_count for m in some),
        math.fsum(m.duration_s for m in some),
    )


def _listed(rows: Sequence[Sequence[str]], *, every: bool, indent: int) -> Iterator[str]:
    shown = rows if every or len(rows) <= _NAMED else rows[: _NAMED - 1]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield " " * indent + "  ".join(cells).rstrip()
    if len(shown) < len(rows):
        yield " " * indent + f"and {len(rows) - len(shown):,} more (-v lists them)"
