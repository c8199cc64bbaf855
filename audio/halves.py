"""A long MP3 is encoded in two halves at the same time, on two cores, and joined without a gap.

LAME works on one core, and it is what takes the time. The second half begins some seconds before
the place where the two are joined, on the first half's grid of frames: there, both encode the very
same sound, and their meters, limiters and psychoacoustics have long forgotten where they began.
They are joined where what is heard of both is most alike, frame by frame (see `mp3_join`).

Where it is cut depends on the length alone, so equal recordings give equal bytes on every machine;
one that cannot run both halves at once encodes them in turn.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from columncast.audio import mp3_join
from columncast.audio.hearing import Hearing, joined
from columncast.audio.limiter import HOP, Limiter
from columncast.audio.loudness import READINGS_PER_S
from columncast.audio.meter import Readings
from columncast.audio.mp3_join import FRAME_SAMPLES

_SHORTEST_S: Final = 60
_WARM_UP_S: Final = 4
"""A short-term reading is made of 3 s; limiter and encoder settle sooner."""
_JOIN_S: Final = 2
"""How many seconds there are to choose from."""
_RUN_OUT_S: Final = 1
"""How far the first half goes on, so that its end is nowhere near."""


@dataclass(frozen=True, kw_only=True)
class Halves:
    """Where the halves of a recording begin and end, in frames of sound."""

    cut: int
    """From here on they may be joined; a whole second."""
    start: int
    """The first of the second half: a whole MP3 frame, and a whole tenth of a second."""
    feed: int
    """Where the second half's limiter begins, a little before `start`."""
    end: int
    """The end of the first half."""
    frames: int
    sample_rate_hz: int

    @property
    def window(self) -> range:
        """The frames within which they may be joined."""
        return range(self.cut, self.cut + _JOIN_S * self.sample_rate_hz)

    @property
    def spans(self) -> list[range]:
        """What to decode for each."""
        return [range(self.end), range(self.feed, self.frames)]


def halves(frames: int, sample_rate_hz: int) -> Halves | None:
    """Return where to cut a recording; None if it is too short to gain from it.

    >>> found = halves(600 * 44100, 44100)
    >>> found.cut / 44100, round(found.start / 44100, 1), found.end / 44100
    (304.0, 300.8, 307.0)
    """
    if frames < _SHORTEST_S * sample_rate_hz:
        return None
    grid = math.lcm(FRAME_SAMPLES, sample_rate_hz // READINGS_PER_S)
    # What both encode is shared out evenly: the second half loses more to the grid.
    cut = (frames + _WARM_UP_S * sample_rate_hz) // (2 * sample_rate_hz) + 2
    start = (cut - _WARM_UP_S) * sample_rate_hz // grid * grid
    return Halves(
        cut=cut * sample_rate_hz,
        start=start,
        feed=start // HOP * HOP,
        end=(cut + _JOIN_S + _RUN_OUT_S) * sample_rate_hz,
        frames=frames,
        sample_rate_hz=sample_rate_hz,
    )


def hearings(cut: Halves, channels: int) -> tuple[Hearing, Hearing]:
    """Return who listens to the first and to the second half."""
    window = cut.window
    return (
        Hearing(channels, part="head", kept=window),
        Hearing(
            channels,
            part="tail",
            kept=range(window.start - cut.start, window.stop - cut.start),
        ),
    )


def join(cut: Halves, first: Path, second: Path, heard: tuple[Hearing, Hearing]) -> Readings | None:
    """Put the encoded *second* half onto *first* and return what is read on the whole.

    None if there is no place where they can be joined; then nothing was changed.
    """
    head, tail = heard
    if len(head.kept) != len(cut.window) or len(tail.kept) != len(cut.window):
        return None
    frame = mp3_join.join(
        first, second, shift=cut.start // FRAME_SAMPLES, at=_alike(cut, head, tail)
    )
    if frame is None:
        return None
    return joined(
        head,
        tail,
        # The transform of a frame overlaps that of the one before by half: there they mix.
        at=frame * FRAME_SAMPLES + FRAME_SAMPLES // 2,
        apart=cut.start,
        reading_frames=cut.sample_rate_hz // READINGS_PER_S,
    )


def _alike(cut: Halves, head: Hearing, tail: Hearing) -> list[int]:
    """Return the MP3 frames of the window, those first around which both halves sound most alike."""
    low = -(-cut.window.start // FRAME_SAMPLES)
    count = cut.window.stop // FRAME_SAMPLES - low
    within = low * FRAME_SAMPLES - cut.window.start
    apart = head.kept[within:] - tail.kept[within:]
    apart = apart[: count * FRAME_SAMPLES].reshape(count, -1)
    energy = np.einsum("ij,ij->i", apart, apart, dtype=np.float64)
    around = energy[:-2] + energy[1:-1] + energy[2:]
    return [low + 1 + int(at) for at in np.argsort(around, kind="stable")]


def limited(cut: Halves, first: Limiter, second: Limiter) -> Counter[int]:
    """Return in how many frames of each second the sound was limited, by both limiters."""
    second_s = cut.cut // cut.sample_rate_hz
    return Counter(
        {s: n for s, n in first.limited.items() if s < second_s}
        | {s: n for s, n in second.limited.items() if s >= second_s}
    )
