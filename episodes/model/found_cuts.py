"""What could be cut out of a recording, with what is needed to show it and to hear it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from columncast.episodes.model.cuts import Cut

PEAKS_PER_S = 20
"""Peaks of the sound for each second of it."""
LOUDEST = 100
"""Of a peak, at full scale: decibels over -100 dBFS."""
_ROUNDING_S = 0.1


@dataclass(frozen=True, kw_only=True)
class FoundCuts:
    """What was found; kept in the cache, so it is checked as any file."""

    recording_sha256: str
    duration_s: float
    """Of the recording."""
    cuts: tuple[Cut, ...]
    """In time; none of them decided about."""
    tone_start_s: float = 0.0
    """Where its room tone is; the same as `tone_end_s` where there is none."""
    tone_end_s: float = 0.0
    peaks: bytes = b""
    """How loud it is at most, from 0 to `LOUDEST`, `PEAKS_PER_S` times a second."""

    def __post_init__(self) -> None:
        """Refuse times that cannot be."""
        for wrong in self._wrong():
            raise ValueError(wrong)

    def _wrong(self) -> Iterator[str]:
        end_s = self.duration_s + _ROUNDING_S
        if not 0 <= self.duration_s < float("inf"):
            yield "the length of the recording cannot be"
        if not 0 <= self.tone_start_s <= self.tone_end_s <= end_s:
            yield "the room tone is no stretch of the recording"
        if not all(0 <= cut.start_s < cut.end_s <= end_s for cut in self.cuts):
            yield "a cut is no stretch of the recording"
        if len(self.peaks) > (self.duration_s + 2) * PEAKS_PER_S:
            yield "there are more peaks than sound"
