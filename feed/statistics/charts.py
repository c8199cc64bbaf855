"""Statistics as pictures: how values lie along an axis, and how much there was in each month.

They stretch with what they are in, so their text is beside them and their colours are its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from columncast.episodes.format import count
from columncast.episodes.stats.distribution import Distribution
from columncast.episodes.stats.statistics import Statistics

WIDTH, HEIGHT = 1000, 100
_GAP = 0.12  # of a bar, so that neighbours are told apart
_ROUND = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
_STEPS = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Where values lie from left to right."""

    low: float
    high: float
    step: float
    """From one label to the next."""

    @classmethod
    def over(cls, *values: float) -> Axis:
        """Return an axis on which all *values* lie well inside, with six labels or fewer.

        >>> Axis.over(-31.2, -16, -14.9)
        Axis(low=-35, high=-10, step=5)
        """
        low, high = math.floor(min(values)) - 1, math.ceil(max(values)) + 1
        step = next((s for s in _STEPS if (high - low) / s <= 5), _STEPS[-1])
        return cls(low=low // step * step, high=-(-high // step) * step, step=step)

    def at(self, value: float) -> float:
        """Return where *value* lies, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)

    @property
    def labels(self) -> list[float]:
        """The values that have a label."""
        steps = round((self.high - self.low) / self.step)
        return [self.low + number * self.step for number in range(steps + 1)]


def loudness_axis(stats: Statistics) -> Axis:
    """Return the axis that loudness before and after are both drawn on."""
    both = (stats.before_lufs, stats.after_lufs)
    return Axis.over(
        stats.audio.integrated_lufs, *(each.at(share) for each in both for share in (0.0, 1.0))
    )


def strip_svg(values: Distribution, axis: Axis, *, marks: Sequence[float], told: str) -> str:
    """Return an inline SVG: how often each value occurs, where nine of ten and the median lie.

    *marks* are drawn as dashed lines; *told* says it all in words.
    """
    return _svg("strip", strip(values, axis, marks), told)


def bars_svg(values: Sequence[float], *, most: float, told: str) -> str:
    """Return an inline SVG with a bar for each of *values*; *most* is as high as the picture."""
    step = WIDTH / max(len(values), 1)
    bars = "".join(
        _bar(number * step, step, value / most) for number, value in enumerate(values) if value
    )
    lines = f'<path class="grid" d="M0 0H{WIDTH}M0 {HEIGHT / 2:g}H{WIDTH}M0 {HEIGHT}H{WIDTH}"/>'
    return _svg("months", f'{lines}<path class="bars" d="{bars}"/>', told)


def round_up(value: float) -> float:
    """Return a round number that is not less than *value*.

    >>> round_up(4.3), round_up(0.012), round_up(7000), round_up(0)
    (5.0, 0.015, 8000.0, 1.0)
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(round(n * power, 9) for n in _ROUND if n * power >= value * (1 - 1e-9))


def in_words(stats: Statistics) -> str:
    """Say in a sentence what the picture of the loudness shows."""
    if not stats.after_lufs:
        return "No loudness was measured."
    before, after = stats.before_lufs, stats.after_lufs
    return (
        f"Loudness of {count(len(after.values), 'episode')}. Before: median {signed(before.median)} LUFS, "
        f"nine of ten within {before.spread:.1f} LU. After: median {signed(after.median)} LUFS, "
        f"nine of ten within {after.spread:.1f} LU. "
        f"The target is {signed(stats.audio.integrated_lufs)} LUFS."
    )


def signed(value: float, digits: int = 1) -> str:
    """Return a number with a real minus sign.

    >>> signed(-16.04)
    '−16.0'
    """
    return f"{value:.{digits}f}".replace("-", "−")


def strip(values: Distribution, axis: Axis, marks: Sequence[float]) -> str:
    """Return what is inside of `strip_svg`, `WIDTH` wide and `HEIGHT` high."""
    width = axis.step / 10  # of a bar, in the values' unit
    counts: dict[int, int] = {}
    for value in values.values:
        number = round((value - axis.low) / width)
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values())
    step = WIDTH * width / (axis.high - axis.low)
    bars = "".join(
        _bar((number - 0.5) * step, step, 0.8 * count / most)
        for number, count in sorted(counts.items())
    )
    low, middle, high = (_n(WIDTH * axis.at(values.at(share))) for share in (0.05, 0.5, 0.95))
    dashed = "".join(f"M{_n(WIDTH * axis.at(mark))} 0V{HEIGHT}" for mark in marks)
    return (
        f'<path class="bars" d="{bars}"/><path class="target" d="{dashed}"/>'
        f'<path class="most" d="M{low} 9H{high}M{low} 3V15M{high} 3V15"/>'
        f'<path class="middle" d="M{middle} 0V18"/>'
    )


def _bar(left: float, width: float, share: float) -> str:
    """A bar from the bottom; what is there at all is seen."""
    top = HEIGHT * (1 - max(share, 0.04))
    gap = width * _GAP / 2
    return f"M{_n(left + gap)} {HEIGHT}V{_n(top)}H{_n(left + width - gap)}V{HEIGHT}Z"


def _svg(kind: str, body: str, told: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(told)}">{body}</svg>'
    )


def _n(value: float) -> str:
    """A number as short as a tenth of a pixel allows."""
    return f"{value:.1f}".removesuffix(".0")
