"""Where a moment of a recording is heard once the recording is edited, and the way back.

Times that a person sets are kept in the recording's time: cuts come and go, the recording stays.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of the recording in whose place something else is heard, or nothing."""

    start_s: float
    end_s: float
    heard_s: float
    """How long that is: room tone, another reading; 0.0 for nothing."""
    reading: bool = False
    """It is the same text again, so that each moment has another one in it."""


@dataclass(frozen=True)
class TimeMap:
    """The times of a recording with some *stretches* edited, both ways; seconds.

    A moment that is cut is heard where the recording goes on. The map never runs backwards.
    """

    stretches: tuple[Stretch, ...] = ()
    """In their order; no two overlap."""
    offset_s: float = 0.0
    """How much later everything is heard, by an intro; negative where the start is trimmed."""
    _heard_starts: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out where each stretch is heard."""
        starts: list[float] = []
        recorded_s, heard_s = 0.0, self.offset_s
        for one in self.stretches:
            starts.append(heard_s + (one.start_s - recorded_s))
            recorded_s, heard_s = one.end_s, starts[-1] + one.heard_s
        object.__setattr__(self, "_heard_starts", tuple(starts))

    def heard(self, recorded_s: float) -> float:
        """Return where the moment *recorded_s* of the recording is heard.

        >>> cut = TimeMap((Stretch(start_s=10.0, end_s=14.0, heard_s=0.5),))
        >>> cut.heard(9.0), cut.heard(12.0), cut.heard(20.0)
        (9.0, 10.5, 16.5)
        """
        at = bisect_right(self.stretches, recorded_s, key=lambda one: one.start_s) - 1
        if at < 0:
            return recorded_s + self.offset_s
        one, heard_start_s = self.stretches[at], self._heard_starts[at]
        if recorded_s >= one.end_s:
            return heard_start_s + one.heard_s + (recorded_s - one.end_s)
        share = (recorded_s - one.start_s) / (one.end_s - one.start_s) if one.reading else 1.0
        return heard_start_s + share * one.heard_s

    def recorded(self, heard_s: float) -> float:
        """Return the moment of the recording that is heard at *heard_s*; in room tone, the next one.

        >>> cut = TimeMap((Stretch(start_s=10.0, end_s=14.0, heard_s=0.5),))
        >>> cut.recorded(9.0), cut.recorded(10.2), cut.recorded(16.5)
        (9.0, 14.0, 20.0)
        """
        at = bisect_right(self._heard_starts, heard_s) - 1
        if at < 0:
            return heard_s - self.offset_s
        one, into_s = self.stretches[at], heard_s - self._heard_starts[at]
        if into_s >= one.heard_s:
            return one.end_s + (into_s - one.heard_s)
        if not one.reading:
            return one.end_s
        return one.start_s + into_s / one.heard_s * (one.end_s - one.start_s)

    def later_by(self, offset_s: float) -> TimeMap:
        """Return the map of the same sound with *offset_s* seconds more before it."""
        return TimeMap(self.stretches, self.offset_s + offset_s)


def without_overlaps(cuts: Iterable[Stretch], readings: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return *cuts* and other *readings* in their order; a cut stops where a reading begins.

    What was cut within a sentence is of no effect once that sentence is read again as a whole.
    """
    again = sorted(readings, key=_in_time)
    left = list(again)
    for cut in cuts:
        parts = [cut]
        for one in again:
            parts = [part for whole in parts for part in _without(whole, one)]
        left += parts
    return tuple(sorted(left, key=_in_time))


def _without(cut: Stretch, one: Stretch) -> Iterator[Stretch]:
    """Yield what of *cut* lies outside of the reading *one*, which has pauses of its own."""
    if one.end_s <= cut.start_s or cut.end_s <= one.start_s:
        yield cut
        return
    for start_s, end_s in ((cut.start_s, one.start_s), (one.end_s, cut.end_s)):
        if start_s < end_s:
            yield Stretch(start_s=start_s, end_s=end_s, heard_s=0.0)


def _in_time(one: Stretch) -> tuple[float, float]:
    return one.start_s, one.end_s
