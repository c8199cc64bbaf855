"""Short stretches out of a long recording, at its own rate: one pass, however many are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from columncast.audio.align.search.features import Floats
from columncast.audio.ffmpeg.process import decode

_BLOCK_FRAMES = 1 << 16

Stretch = tuple[float, float]
"""From one second to another."""


@dataclass(frozen=True)
class Form:
    """In which form sound is wanted."""

    sample_rate_hz: int
    channels: int


def excerpts(
    audio: Path, track: int, form: Form, stretches: Iterable[Stretch]
) -> Iterator[tuple[Stretch, Floats]]:
    """Yield each of *stretches* with its sound, frames by channels, in the order of their ends.

    What lies behind the end of the sound is left out.

    Raises:
        RecordingError: Nothing of it can be decoded.
    """
    rate = form.sample_rate_hz
    waiting = sorted(set(stretches))
    begun: dict[Stretch, list[Floats]] = {}
    decoded = decode(
        audio,
        sample_rate_hz=rate,
        channels=form.channels,
        sample_format="f32le",
        block_frames=_BLOCK_FRAMES,
        track=track,
    )
    at = 0
    with closing(decoded):
        while waiting or begun:
            pcm = next(decoded, b"")
            block = np.frombuffer(pcm, "<f4").reshape(-1, form.channels)
            after = at + len(block)
            while waiting and (round(waiting[0][0] * rate) < after or not pcm):
                begun[waiting.pop(0)] = []
            for stretch, parts in list(begun.items()):
                start, end = (round(s * rate) for s in stretch)
                parts.append(block[max(0, start - at) : max(0, end - at)].copy())
                if end <= after or not pcm:
                    yield stretch, np.concatenate(begun.pop(stretch))
            at = after
