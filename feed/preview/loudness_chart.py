"""The loudness of an episode over its time, as a small picture: quiet and loud, and the target."""

from __future__ import annotations

import itertools

from columncast.episodes.model.episode import Master
from columncast.episodes.show.settings import Show

WIDTH, HEIGHT = 800, 170
LOUDEST_LUFS, SOFTEST_LUFS = -8.0, -44.0
COLUMNS = 200


def loudness_svg(master: Master, *, target_lufs: float) -> str:
    """Return an inline SVG of the short-term loudness of *master*, or nothing without values.

    *target_lufs* is what the meter should read, so 3 LU below the show's setting for mono. Marks
    on top show the seconds in which the limiter acted; a thin line shows what the recording was
    before it was edited, at the same loudness. Colours come from the page's variables.
    """
    levels = _thinned([max(SOFTEST_LUFS, v) for v in master.short_term_lufs])
    if not levels:
        return ""
    step = WIDTH / len(levels)
    bars = " ".join(
        f"M{_n((i + 0.5) * step)} {HEIGHT}V{_n(_y(level))}" for i, level in enumerate(levels)
    )
    seconds = max(1, len(master.short_term_lufs))
    marks = " ".join(
        f"M{_n((at + 0.5) / seconds * WIDTH)} 0v9"
        for at in dict.fromkeys(round(second) for second in master.limited_at_s)
    )
    line = _n(_y(target_lufs))
    told = describe(master)
    limiter = f'<path class="limiter" d="{marks}"/>' if marks else ""
    before = f'<path class="recorded" d="{_recorded(master)}"/>' if _shows_recorded(master) else ""
    return (
        f'<svg class="loudness" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{told}">'
        f'<path class="levels" stroke-width="{_n(step * 0.62)}" d="{bars}"/>'
        f'{before}<path class="target" d="M0 {line}H{WIDTH}"/>{limiter}</svg>'
    )


def metered(show: Show, master: Master) -> float:
    """Return what a meter should read in the file of *master*, in LUFS, by the settings of *show*."""
    return show.audio.integrated_lufs - (master.heard_lufs - master.loudness.integrated_lufs)


def describe(master: Master) -> str:
    """Say in one sentence what the picture shows.

    >>> from columncast.episodes.model.episode import Loudness
    >>> heard = Loudness(integrated_lufs=-18.96, true_peak_dbtp=-1.2, range_lu=5.1)
    >>> describe(Master(source=heard, loudness=heard, gain_db=0, limited_s=0, duration_s=60,
    ...     channels=1, sample_rate_hz=44100, bitrate="96k", encoder="lame"))
    '−16.0 LUFS as heard, −1.2 dBTP true peak, 5.1 LU range'
    """
    heard = master.loudness
    told = (
        f"{master.heard_lufs:.1f} LUFS as heard, {heard.true_peak_dbtp:.1f} dBTP true peak, "
        f"{heard.range_lu:.1f} LU range"
    )
    told = told.replace("-", "−")
    return f"{told}, limiter for {master.limited_s:.1f} s" if master.limited_s else told


def caption(master: Master) -> str:
    """Say below the picture what is to be seen in it."""
    told = [f"{describe(master)}. The dashed line is the target"]
    if master.limited_at_s:
        told.append("marks on top show where the limiter acted")
    if _shows_recorded(master):
        steps = ", ".join(master.steps)
        told.append(
            f"the thin line is the recording at the same loudness, before it was edited ({steps})"
        )
    return f"{'; '.join(told)}."


def _shows_recorded(master: Master) -> bool:
    return bool(master.steps and master.source_short_term_lufs)


def _recorded(master: Master) -> str:
    """Return the path of the recording's own loudness, where it lies in the master."""
    shift_lu = master.loudness.integrated_lufs - master.source.integrated_lufs
    levels = _thinned([value + shift_lu for value in master.source_short_term_lufs])
    second = WIDTH / max(1, len(master.short_term_lufs))
    each = len(master.source_short_term_lufs) / len(levels)
    points = (
        f"{_n(((at + 0.5) * each + master.offset_s) * second)} {_n(_y(level))}"
        for at, level in enumerate(levels)
    )
    return f"M{' '.join(points)}"


def _thinned(values: list[float]) -> list[float]:
    """At most `COLUMNS` values: the mean of each stretch."""
    if len(values) <= COLUMNS:
        return values
    edges = [round(i * len(values) / COLUMNS) for i in range(COLUMNS + 1)]
    return [sum(values[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]


def _y(lufs: float) -> float:
    part = (LOUDEST_LUFS - lufs) / (LOUDEST_LUFS - SOFTEST_LUFS)
    return min(1.0, max(0.0, part)) * HEIGHT


def _n(value: float) -> str:
    """A number as short as a tenth of a pixel allows."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
