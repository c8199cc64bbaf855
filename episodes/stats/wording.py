"""How statistics are said, on the terminal and on the page alike."""

from __future__ import annotations

from columncast.episodes.model.timecode import hours_and_minutes, position
from columncast.episodes.stats.figures import Figures
from columncast.episodes.stats.statistics import TOLERANCE_LU, FoundSilence, OutOfTarget


def hours(duration_s: float) -> str:
    """Return a long duration as people say it.

    >>> hours(34_860), hours(20), hours(0), hours(3_600_000)
    ('9 h 41 min', '20 s', '0 s', '1,000 h')
    """
    if duration_s < 60:
        return f"{duration_s:.0f} s"
    if duration_s >= 100 * 3600:
        return f"{duration_s / 3600:,.0f} h"
    whole, minutes = hours_and_minutes(duration_s)
    return f"{whole:,} h {minutes} min" if whole else f"{minutes} min"


def off_target(out: OutOfTarget) -> str:
    """Return in words how far *out* is from the target and the ceiling."""
    said = []
    if abs(out.off_lu) > TOLERANCE_LU:
        said.append(f"{abs(out.off_lu):.1f} LU too {'loud' if out.off_lu > 0 else 'soft'}")
    if out.over_db:
        said.append(f"peaks {out.over_db:.1f} dB over the ceiling")
    return ", ".join(said) or "on target, as it happens"


def found_at(found: FoundSilence) -> str:
    """Return where a silence is.

    A listener who jumps there hears it.
    """
    return {"start": "at the start", "end": "at the end"}.get(
        found.place, f"at {position(found.silence.start_s)}"
    )


def name(figures: Figures) -> str:
    """Return how an episode is called here and in other commands."""
    return f"{figures.slug} (scheduled)" if figures.scheduled else figures.slug
