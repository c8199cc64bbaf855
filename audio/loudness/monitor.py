"""What is heard of an encoded file while it is written: its loudness and its true peak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final

import numpy as np

from columncast.audio.loudness.meter import Readings
from columncast.audio.loudness.true_peak import REACH, PeakMeter, Samples

_BLOCK_FRAMES: Final = 1 << 14


class Hearing:
    """Hears one encoded stream.

    Of one that is half a file, the frames that it has in *common* with the other half are kept;
    the *head* ends with them, the rest begins after them, and the true peak is that of this part.
    """

    def __init__(self, channels: int, common: range = range(0), *, head: bool = False) -> None:
        self.readings = Readings()
        self.kept: Samples = np.zeros((0, channels), dtype=np.float32)
        self._channels = channels
        self._common = common
        self._head = head

    def listen(self, pipe: IO[bytes]) -> None:
        """Hear all that comes out of *pipe*: 32-bit floats."""
        peak = PeakMeter(self._channels)
        for block in self._blocks(pipe, self._common.start):
            if self._head:
                peak.push(block)
        self.kept = np.concatenate((self.kept, *self._blocks(pipe, len(self._common))))
        if self._head:
            peak.push(self.kept)
            for _ in self._blocks(pipe):
                pass
        else:
            if self.kept.size:
                peak = PeakMeter(self._channels, before=self.kept[-2 * REACH :])
            for block in self._blocks(pipe):
                peak.push(block)
            peak.finish()
        self.readings.true_peak = peak.highest

    def _blocks(self, pipe: IO[bytes], frames: int | None = None) -> Iterator[Samples]:
        """Yield the next *frames* from *pipe*; with None, all that come."""
        while frames is None or frames > 0:
            count = _BLOCK_FRAMES if frames is None else min(frames, _BLOCK_FRAMES)
            pcm = pipe.read(count * self._channels * 4)
            if not pcm:
                return
            block = np.frombuffer(pcm, dtype="<f4").reshape(-1, self._channels)
            frames = None if frames is None else frames - len(block)
            yield block


def joined(head: Readings, tail: Readings, *, count: int, apart: int) -> Readings:
    """Return *count* readings of *head*, and what follows of *tail*, which began *apart* later."""
    return Readings(
        momentary=head.momentary[:count] + tail.momentary[count - apart :],
        short_term=head.short_term[:count] + tail.short_term[count - apart :],
        true_peak=float(np.maximum(head.true_peak, tail.true_peak)),
    )
