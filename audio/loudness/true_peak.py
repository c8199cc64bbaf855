"""True peaks: the highest level between the samples, as a player's converter will make it.

ITU-R BS.1770-5 Annex 2 asks for 4 times oversampling. A peak between two samples cannot exceed
its neighbourhood by more than the interpolation filter's gain, so only samples near a ceiling
are looked at, and quiet sound costs one comparison.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Frames by channels."""

TAPS = 24
"""Samples that one interpolated value is made of; twice what Annex 2 asks for."""
REACH = TAPS // 2
_DENSE = 16  # where one sample in so many is looked at, it is quicker to look at all


def _phases() -> NDArray[np.float32]:
    """Return the three filters that read at 1/4, 2/4 and 3/4 between two samples."""
    at = np.arange(-REACH + 1, REACH + 1)
    filters = []
    for quarter in (0.25, 0.5, 0.75):
        distance = at - quarter
        window = np.kaiser(2 * 4 * REACH + 1, 7.0)
        shape = np.interp(distance, np.linspace(-REACH, REACH, window.size), window)
        taps = np.sinc(distance) * shape
        filters.append(taps / taps.sum())
    return np.asarray(filters, dtype=np.float32).T.copy()


PHASES = _phases()
MOST_OVERSHOOT = float(np.abs(PHASES).sum(axis=0).max())
"""No value between samples exceeds its neighbourhood by more than this factor (about 2.3)."""


def between(samples: Samples, at: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return the highest magnitude from each sample *at* up to the next one, over all channels.

    *samples* must reach `REACH` frames beyond every index, on both sides.
    """
    highest: NDArray[np.float32] = np.abs(samples[at]).max(axis=1)
    span = np.arange(-REACH + 1, REACH + 1)
    for channel in range(samples.shape[1]):
        sound = np.ascontiguousarray(samples[:, channel])
        if at.size * _DENSE < len(samples):
            peaks = np.abs(sound[at[:, None] + span] @ PHASES).max(axis=1)
            np.maximum(highest, peaks, out=highest)
            continue
        for phase in PHASES.T:
            np.maximum(highest, np.abs(np.correlate(sound, phase))[at - REACH + 1], out=highest)
    return highest


def candidates(samples: Samples, level: float) -> NDArray[np.intp]:
    """Return the indices after which a true peak could exceed *level*, edges left out.

    A peak between samples lies beside a sample at which the sound turns, and within the filter's
    overshoot of it; where sound rises or falls from sample to sample, its samples tell enough.
    """
    loud = np.flatnonzero(np.abs(samples).max(axis=1) * MOST_OVERSHOOT > level)
    loud = loud[(loud >= REACH) & (loud < len(samples) - REACH)]
    if not loud.size:
        return loud
    here = samples[loud]
    rise, fall = here - samples[loud - 1], samples[loud + 1] - here
    turns = loud[((rise >= 0) & (fall <= 0) | (rise <= 0) & (fall >= 0)).any(axis=1)]
    beside = np.zeros(len(samples), dtype=np.bool_)
    beside[turns] = beside[turns - 1] = True
    beside[:REACH] = False
    return np.flatnonzero(beside)


class PeakMeter:
    """Reads the true peak of sound that comes in blocks; NaN if it holds what is no number.

    *before* is the sound before it, `2 * REACH` frames, which another has read.
    """

    def __init__(self, channels: int, before: Samples | None = None) -> None:
        self.highest = 0.0
        """Linear: 1.0 is full scale."""
        self._before: Samples = np.zeros((2 * REACH, channels), dtype=np.float32)
        if before is not None:
            self._before = before.copy()

    def push(self, block: Samples, level: float | None = None) -> None:
        """Take the next frames; *level* is their highest sample, if that is known."""
        before = self._before
        self._before = np.concatenate((before, block[-2 * REACH :]))[-2 * REACH :]
        if level is None:
            level = max(float(block.max(initial=0.0)), -float(block.min(initial=0.0)))
        if not np.isfinite(level + self.highest):  # float recordings can hold NaN
            self.highest = np.nan
            return
        self.highest = max(self.highest, level)
        near = max(level, float(np.abs(before).max()))
        if near * MOST_OVERSHOOT <= self.highest:
            return
        samples = np.concatenate((before, block))
        at = candidates(samples, self.highest)
        if at.size:
            self.highest = max(self.highest, float(between(samples, at).max()))

    def finish(self) -> None:
        """Take the silence that follows the last frame."""
        self.push(np.zeros((2 * REACH, self._before.shape[1]), dtype=np.float32))
