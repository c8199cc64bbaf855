"""The door to pydub: sound in the hand, as `AudioSegment`s of 32-bit samples.

Samples are kept below full scale by a headroom (a power of two), so that float recordings over
0 dBFS and gains before a limiter do not clip; whoever writes them out takes it off again.
Nothing here starts a program: pydub's own `from_file` and `export` want ffprobe on PATH and the
whole file in memory.
"""

from __future__ import annotations

import warnings
from typing import Final

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    # pydub looks for ffmpeg on PATH, which we do not use, and on Python 3.11 and 3.12 takes
    # `audioop` from the standard library, which says that it will leave in 3.13.
    warnings.simplefilter("ignore", RuntimeWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from pydub import AudioSegment

__all__ = ["FULL_SCALE", "SAMPLE_BYTES", "AudioSegment", "frames", "gained", "segment"]

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
