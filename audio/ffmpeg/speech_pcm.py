"""The published sound as aligning hears it: mono at 16 kHz, from the encoder's loopback decoder.

An encoded file is decoded to be metered while it is written; what aligning needs is taken off
there, so that nothing is decoded a second time. It is what decoding the file gives, sample by
sample.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from columncast.audio.ffmpeg import process

SAMPLE_RATE_HZ: Final = 16_000
SAMPLE_BYTES: Final = 2
_CHUNK: Final = 1 << 20


def filters(frames: int) -> str:
    """Return the filters from what the loopback decoder gives of an MP3 stream to the voice.

    It has left out what LAME puts before the sound; what is put after *frames* is cut off here.
    """
    return f"asetpts=N,atrim=end_sample={frames},{process.converted(SAMPLE_RATE_HZ, channels=1)}"


def join(first: Path, second: Path, *, cut_s: int, start_s: float) -> None:
    """Put the voice *second*, which begins at *start_s*, onto *first* from *cut_s* on."""
    second_s = SAMPLE_RATE_HZ * SAMPLE_BYTES
    with first.open("r+b") as one, second.open("rb") as other:
        one.seek(cut_s * second_s)
        one.truncate()
        other.seek(round((cut_s - start_s) * SAMPLE_RATE_HZ) * SAMPLE_BYTES)
        shutil.copyfileobj(other, one, _CHUNK)
