"""A long MP3 is encoded in two halves at the same time, on two cores, and comes out as if in one.

LAME works on one core, and it is what takes the time. The second half begins some seconds before
the first one ends, on its grid of frames: there, both encode the very same sound. Limiter, meter
and encoder forget within a second or two where they began, and from then on both come out the
same, sample by sample. So the two are joined (see `mp3.join`), and the sound is the one that a
single run would have made; where they would not agree, a single run makes it.

Where it is cut depends on the length alone, and a machine that cannot run both halves at once
encodes them in turn.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from columncast.audio.ffmpeg import speech_pcm
from columncast.audio.loudness.arithmetic import READINGS_PER_S
from columncast.audio.loudness.meter import Readings
from columncast.audio.loudness.monitor import Hearing, joined
from columncast.audio.mastering.limiter import HOP, Limiter
from columncast.audio.mp3 import join as mp3_join
from columncast.audio.mp3.info_frame import FRAME_SAMPLES

_SHORTEST_S: Final = 60
_WARM_UP_S: Final = 4
"""A short-term reading is made of 3 s; limiter and encoder settle sooner."""
_COMMON_S: Final = 1
"""For so long the halves must be the same."""
_RUN_OUT_S: Final = 1
"""How far the first half goes on after that, so that its end is nowhere near."""


@dataclass(frozen=True, kw_only=True)
class Halves:
    """Where the halves of a recording begin and end, in frames of sound."""

    start: int
    """The first of the second half: a whole MP3 frame, and a whole tenth of a second."""
    feed: int
    """Where the second half's limiter begins, a little before `start`."""
    common: int
    """From here on, for a second, both must be the same; a whole second."""
    end: int
    """The end of the first half."""
    frames: int
    sample_rate_hz: int

    @property
    def spans(self) -> list[range]:
        """What to decode for each."""
        return [range(self.end), range(self.feed, self.frames)]

    @property
    def cut(self) -> int:
        """Where the second half takes over; a whole second."""
        return self.common + _COMMON_S * self.sample_rate_hz


def halves(frames: int, sample_rate_hz: int) -> Halves | None:
    """Return where to cut a recording; None if it is too short to gain from it.

    >>> found = halves(600 * 44100, 44100)
    >>> found.cut / 44100, round(found.start / 44100, 1), found.end / 44100
    (305.0, 294.4, 306.0)
    """
    if frames < _SHORTEST_S * sample_rate_hz:
        return None
    grid = math.lcm(FRAME_SAMPLES, sample_rate_hz // READINGS_PER_S)
    # What both encode is shared out evenly: the second half loses more to the grid.
    common_s = (frames + _WARM_UP_S * sample_rate_hz) // (2 * sample_rate_hz) + 2
    start = (common_s - _WARM_UP_S) * sample_rate_hz // grid * grid
    return Halves(
        start=start,
        feed=start // HOP * HOP,
        common=common_s * sample_rate_hz,
        end=(common_s + _COMMON_S + _RUN_OUT_S) * sample_rate_hz,
        frames=frames,
        sample_rate_hz=sample_rate_hz,
    )


def hearings(cut: Halves, channels: int) -> tuple[Hearing, Hearing]:
    """Return who listens to the first and to the second half."""
    return (
        Hearing(channels, range(cut.common, cut.cut), head=True),
        Hearing(channels, range(cut.common - cut.start, cut.cut - cut.start)),
    )


def join(cut: Halves, first: Path, second: Path, heard: tuple[Hearing, Hearing]) -> Readings | None:
    """Put the encoded *second* half onto *first* and return what is read on the whole.

    None if what was heard of them is not the same, sample by sample, where both have the same
    sound; then nothing was changed.
    """
    head, tail = heard
    if not head.kept.size or not np.array_equal(head.kept, tail.kept):
        return None
    common = range(-(-cut.common // FRAME_SAMPLES), cut.cut // FRAME_SAMPLES)
    if not mp3_join.join(first, second, shift=cut.start // FRAME_SAMPLES, common=common):
        return None
    reading = cut.sample_rate_hz // READINGS_PER_S
    return joined(
        head.readings, tail.readings, count=cut.cut // reading, apart=cut.start // reading
    )


def join_voices(cut: Halves, first: Path, second: Path) -> None:
    """Put the voice of the *second* half onto that of the *first*."""
    rate = cut.sample_rate_hz
    speech_pcm.join(first, second, cut_s=cut.cut // rate, start_s=cut.start / rate)


def limited(cut: Halves, first: Limiter, second: Limiter) -> Counter[int]:
    """Return in how many frames of each second the sound was limited, by both limiters."""
    cut_s = cut.cut // cut.sample_rate_hz
    return Counter(
        {s: n for s, n in first.limited.items() if s < cut_s}
        | {s: n for s, n in second.limited.items() if s >= cut_s}
    )
