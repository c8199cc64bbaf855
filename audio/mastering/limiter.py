"""A look-ahead true-peak limiter: holds a ceiling, and leaves alone what is under it.

Where the true peak (see `true_peak`) would exceed the ceiling, the gain dips just enough: it starts
down 5 ms before the peak, is there at the peak, and comes back at 80 dB a second, slowly enough
not to follow the single waves of a low voice. All channels dip together. There is no delay, and
outside of the dips every sample is passed on bit by bit.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from columncast.audio.loudness import true_peak
from columncast.audio.loudness.arithmetic import amplitude

Frames = NDArray[np.int32]
"""Frames by channels."""

ATTACK_S: Final = 0.005
RELEASE_DB_PER_S: Final = 80.0
# The dip is a little wider than the peak but not flat, so the interpolated peak can come out a
# hair above what was aimed at, and meters read the same peak up to 0.07 dB apart (their filters
# differ); this is taken off the ceiling in advance.
_SAFETY_DB: Final = 0.1
# Work is done in pieces of this size whatever the size of the blocks that come in; so the result
# cannot depend on it.
HOP: Final = 1 << 13


class Limiter:
    """Holds *ceiling*, in the units of the samples, over sound that comes in blocks.

    *start* is where in the recording the first of them lies: a multiple of `HOP`, so that sound
    which is limited from there on comes out as it would from the beginning, bit by bit, as soon
    as the dips of before are over (a second at most).

    Attributes:
        limited: In how many frames of each second the gain was under 1.
    """

    def __init__(
        self, *, sample_rate_hz: int, channels: int, ceiling: float, start: int = 0
    ) -> None:
        self._ceiling = ceiling * amplitude(-_SAFETY_DB)
        self._rate = sample_rate_hz
        self._ahead = 2 * (round(ATTACK_S * sample_rate_hz) // 2)
        self._slope = RELEASE_DB_PER_S / sample_rate_hz
        self._held = np.zeros((0, channels), dtype=np.int32)
        self._past = np.zeros((true_peak.REACH, channels), dtype=np.int32)
        self._dips = np.zeros(self._ahead)
        self._primed = False
        self._calm = True
        self._at = start
        self._left = 0
        self.limited: Counter[int] = Counter()

    def push(self, block: Frames) -> Frames:
        """Take the next frames; return those that are done."""
        self._left += len(block)
        self._held = np.concatenate((self._held, block))
        return self._work()

    def finish(self) -> Frames:
        """Return the frames that were held back; the limiter is done."""
        silence = np.zeros((HOP + 2 * self._reach, self._held.shape[1]), dtype=np.int32)
        self._held = np.concatenate((self._held, silence))
        return self._work()[: self._left]

    @property
    def _reach(self) -> int:
        return self._ahead + true_peak.REACH

    def _work(self) -> Frames:
        done = []
        if not self._primed and len(self._held) >= self._reach:
            # What is known before the first frame is given back: the dips of the first 5 ms.
            first = np.concatenate((self._past, self._held[: self._reach]))
            self._dips = np.concatenate((self._dips, self._dip(first, last=0.0)))
            self._calm = not self._dips.any()
            self._primed = True
        start = 0
        while len(self._held) - start >= HOP + self._reach:
            done.append(self._hop(self._held[start : start + HOP + self._reach]))
            start += HOP
        self._held = self._held[start:]
        out = np.concatenate(done) if done else self._held[:0]
        self._left -= len(out)
        return out

    def _hop(self, ahead: Frames) -> Frames:
        """Return the first `HOP` frames of *ahead*, limited."""
        near = ahead[self._ahead - true_peak.REACH :]
        if self._calm and not self._loud(near):  # nearly all of a reading
            self._at += HOP
            return ahead[:HOP]
        new = self._dip(near, last=float(self._dips[-1]))
        dips = np.concatenate((self._dips, new))
        self._dips = dips[-2 * self._ahead :]
        self._calm = not self._dips.any()
        out = ahead[:HOP]
        if dips.any():
            out = self._dipped(out, self._smooth(dips))
        self._at += HOP
        return out

    def _loud(self, samples: Frames) -> bool:
        """Return whether a peak between samples could exceed the ceiling."""
        highest = max(int(samples.max()), -int(samples.min()))
        return highest * true_peak.MOST_OVERSHOOT > self._ceiling

    def _dip(self, samples: Frames, *, last: float) -> NDArray[np.float64]:
        """Return the dip in dB that each sample needs, edges left out, with its release."""
        if last <= 0 and not self._loud(samples):
            return np.zeros(len(samples) - 2 * true_peak.REACH)
        levels = samples.astype(np.float32)
        over = np.abs(levels).max(axis=1)
        at = true_peak.candidates(levels, self._ceiling)
        if at.size:
            peaks = true_peak.between(levels, at)
            np.maximum.at(over, at, peaks)
            np.maximum.at(over, at + 1, peaks)
        over = over[true_peak.REACH : -true_peak.REACH]
        dip = np.zeros(len(over))
        high = np.flatnonzero(over > self._ceiling)
        dip[high] = 20 * np.log10(over[high] / self._ceiling)
        if last <= 0 and not high.size:
            return dip
        fall = self._slope * np.arange(1, len(dip) + 1)
        released = np.maximum.accumulate(np.concatenate(([last], dip + fall)))[1:] - fall
        np.maximum(released, 0.0, out=dip)
        return dip

    def _smooth(self, dips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the gain reduction: down in 5 ms before a dip, and without corners."""
        deepest = dips
        width = 1
        while width < self._ahead + 1:
            step = min(width, self._ahead + 1 - width)
            deepest = np.maximum(deepest[:-step], deepest[step:])
            width += step
        for length in (self._ahead // 2 + 1, self._ahead // 2 + 1):
            total = np.concatenate(([0.0], np.cumsum(deepest)))
            deepest = (total[length:] - total[:-length]) / length
        deepest[deepest < 1e-6] = 0.0  # the sums' rounding, where there is no dip
        return deepest

    def _dipped(self, frames: Frames, reduction_db: NDArray[np.float64]) -> Frames:
        active = np.flatnonzero(reduction_db[: self._left])
        if not active.size:
            return frames
        seconds, counts = np.unique((active + self._at) // self._rate, return_counts=True)
        self.limited.update(dict(zip(seconds.tolist(), counts.tolist(), strict=True)))
        out = frames.copy()
        gain = 10 ** (-reduction_db[active] / 20)
        out[active] = np.rint(frames[active] * gain[:, None]).astype(np.int32)
        return out
