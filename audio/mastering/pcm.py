"""The door to pydub: sound in the hand, as `AudioSegment`s of 32-bit samples.

Samples are kept below full scale by a headroom (a power of two), so that float recordings over
0 dBFS and gains before a limiter do not clip; whoever writes them out takes it off again.
Nothing here starts a program: pydub's own `from_file` and `export` want ffprobe on PATH and the
whole file in memory.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from columncast.audio.loudness.meter import Readings

with warnings.catch_warnings():
    # pydub looks for ffmpeg on PATH, which we do not use, and on Python 3.11 and 3.12 takes
    # `audioop` from the standard library, which says that it will leave in 3.13.
    warnings.simplefilter("ignore", RuntimeWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from pydub import AudioSegment as AudioSegment  # noqa: PLC0414 - given on to all of `audio`

SAMPLE_BYTES: Final = 4
FULL_SCALE: Final = 2**31


def segment(pcm: bytes, *, sample_rate_hz: int, channels: int) -> AudioSegment:
    """Return interleaved 32-bit PCM as a segment; the bytes are not copied."""
    return AudioSegment(
        data=pcm, sample_width=SAMPLE_BYTES, frame_rate=sample_rate_hz, channels=channels
    )


def gained(sound: AudioSegment, gain_db: float) -> AudioSegment:
    """Return *sound* made louder by *gain_db*; it must have the headroom for it."""
    return sound.apply_gain(gain_db)


def frames(sound: AudioSegment) -> NDArray[np.int32]:
    """Return the samples of *sound*, frames by channels, read-only and not copied."""
    return np.frombuffer(sound.raw_data, dtype="<i4").reshape(-1, sound.channels)


def headroom(readings: Readings, gain_db: float) -> tuple[int, float]:
    """Return how often full scale must be doubled to hold a sound before and after *gain_db*.

    And what one of the samples then is at full scale: 2**31 less so many doublings.
    """
    peak_db = max(readings.true_peak_dbtp, readings.true_peak_dbtp + gain_db, 0.0)
    doublings = math.ceil((peak_db + 0.5) / 6.02)
    return doublings, FULL_SCALE / 2**doublings


def shaped(sound: AudioSegment, gains_db: NDArray[np.float64]) -> AudioSegment:
    """Return *sound* with a gain for each of its frames."""
    shaped_frames = np.rint(frames(sound) * 10 ** (gains_db[:, None] / 20))
    return segment(
        shaped_frames.astype("<i4").tobytes(),
        sample_rate_hz=sound.frame_rate,
        channels=sound.channels,
    )


def lapped(
    first: Iterator[AudioSegment],
    second: Iterator[AudioSegment],
    *,
    overlap: int,
    fade_out_s: float = 0.0,
    fade_in_s: float = 0.0,
) -> Iterator[AudioSegment]:
    """Yield *first* and then *second*, which begins *overlap* frames before *first* ends.

    Only as much of them is held as overlaps or fades.
    """
    tail: AudioSegment | None = None
    for block in first:
        tail = block if tail is None else tail + block
        held = max(overlap, round(fade_out_s * tail.frame_rate))
        spare = int(tail.frame_count()) - held
        if spare > 0:
            yield tail.get_sample_slice(0, spare)
            tail = tail.get_sample_slice(spare, None)
    if tail is None:
        yield from second
        return
    head: AudioSegment | None = None
    for block in second:
        head = block if head is None else head + block
        if int(head.frame_count()) >= max(overlap, round(fade_in_s * head.frame_rate)):
            break
    tail = _faded(tail, out_s=fade_out_s)
    if head is None:
        yield tail
        return
    head = _faded(head, in_s=fade_in_s)
    overlap = min(overlap, int(tail.frame_count()), int(head.frame_count()))
    alone = int(tail.frame_count()) - overlap
    if alone:
        yield tail.get_sample_slice(0, alone)
    if overlap:
        both = tail.get_sample_slice(alone, None).overlay(head.get_sample_slice(0, overlap))
        yield both
    yield head.get_sample_slice(overlap, None)
    yield from second


def _faded(sound: AudioSegment, *, out_s: float = 0.0, in_s: float = 0.0) -> AudioSegment:
    """Return *sound* with its end faded out and its start faded in, at equal power.

    pydub's own fades cut at milliseconds, which are not frames at 44.1 kHz: some would be lost.
    """
    count = int(sound.frame_count())
    gains = np.ones(count)
    down = min(round(out_s * sound.frame_rate), count)
    up = min(round(in_s * sound.frame_rate), count)
    gains[count - down :] *= np.cos(np.linspace(0, np.pi / 2, down))
    gains[:up] *= np.sin(np.linspace(0, np.pi / 2, up))
    return shaped(sound, 20 * np.log10(np.maximum(gains, 1e-9)))
