"""What is heard of an encoded file while it is written: its loudness and its true peak.

Of a file that is encoded in two halves, the seconds that both of them have are kept, for choosing
where to join them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final, Literal

import numpy as np

from columncast.audio.meter import Readings
from columncast.audio.truepeak import PeakMeter, Samples

_BLOCK_FRAMES: Final = 1 << 15


class Hearing:
    """Hears one encoded stream.

    Of the *head* of a file, what is *kept* and all that follows is not metered for its true
    peak; of the *tail*, what is kept and all before. Frames are counted as the decoder gives them.
    """

    def __init__(
        self,
        channels: int,
        *,
        part: Literal["whole", "head", "tail"] = "whole",
        kept: range = range(0),
    ) -> None:
        self.readings = Readings()
        self.peak = PeakMeter(channels)
        self.kept: Samples = np.zeros((0, channels), dtype=np.float32)
        self._channels = channels
        self._part = part
        self.kept_range = kept

    def listen(self, pipe: IO[bytes]) -> None:
        """Hear all that comes out of *pipe*: 32-bit floats."""
        if self._part != "whole":
            for block in self._blocks(pipe, self.kept_range.start):
                if self._part == "head":
                    self.peak.push(block)
            self.kept = np.concatenate((self.kept, *self._blocks(pipe, len(self.kept_range))))
        if self._part == "tail":
            self.peak = PeakMeter(self._channels, before=self.kept)
        for block in self._blocks(pipe):
            if self._part != "head":
                self.peak.push(block)
        if self._part != "head":
            self.peak.finish()
        self.readings.true_peak = self.peak.highest

    def _blocks(self, pipe: IO[bytes], frames: int | None = None) -> Iterator[Samples]:
        """Yield the next *frames* from *pipe*; all that come with None."""
        size = 4 * self._channels
        while frames is None or frames > 0:
            count = _BLOCK_FRAMES if frames is None else min(frames, _BLOCK_FRAMES)
            pcm = pipe.read(count * size)
            if not pcm:
                return
            block = np.frombuffer(pcm, dtype="<f4").reshape(-1, self._channels)
            frames = None if frames is None else frames - len(block)
            yield block


def joined(head: Hearing, tail: Hearing, *, at: int, apart: int, reading_frames: int) -> Readings:
    """Return the readings of a file that is *head* up to frame *at*, and *tail* from there on.

    Frame 0 of *tail* is frame *apart* of *head*, a multiple of *reading_frames*: how many frames
    there are from one reading to the next.
    """
    one, other = head.readings, tail.readings
    count = at // reading_frames
    skipped = count - apart // reading_frames
    within = at - head.kept_range.start
    head.peak.push(np.concatenate((head.kept[:within], tail.kept[within:])))
    return Readings(
        momentary=one.momentary[:count] + other.momentary[skipped:],
        short_term=one.short_term[:count] + other.short_term[skipped:],
        true_peak=float(np.maximum(head.peak.highest, other.true_peak)),
    )
