"""A few seconds around a seam, to be heard before and after; and how loud a recording is, to be drawn."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from columncast.audio.align.search.features import Floats
from columncast.audio.editing.render import Piece, pieces_of, spliced
from columncast.audio.ffmpeg import process
from columncast.audio.ffmpeg.probe import Recording
from columncast.episodes.model.cuts import Cut

_RATE_HZ: Final = 24_000
_AROUND_S: Final = 3.0


def seam_sound(
    audio: Path,
    known: Recording,
    cuts: Sequence[Cut],
    one: Cut,
    *,
    tone: tuple[float, float],
    duration_s: float,
) -> bytes:
    """Return what is heard around *one* of the *cuts* of *audio* where those applied are made: a WAV.

    It begins three seconds before the cut and ends as long behind it.

    Raises:
        RecordingError: It cannot be decoded.
    """
    low_s, high_s = max(0.0, one.start_s - _AROUND_S), min(duration_s, one.end_s + _AROUND_S)
    near = [cut for cut in cuts if cut.end_s > low_s and cut.start_s < high_s]
    pieces = [
        piece
        if piece.tone
        else replace(piece, start_s=max(piece.start_s, low_s), end_s=min(piece.end_s, high_s))
        for piece in pieces_of(near, duration_s, tone)
        if piece.tone or (piece.end_s > low_s and piece.start_s < high_s)
    ]
    window = _between(audio, known, low_s, high_s)

    def between(start: int, end: int) -> Iterator[Floats]:
        first = round(low_s * _RATE_HZ)
        yield window[max(0, start - first) : max(0, end - first)]

    def room_tone(piece: Piece) -> Floats:
        return _between(audio, known, piece.start_s, piece.end_s)

    return _as_wav(np.concatenate(list(spliced(pieces, between, room_tone, _RATE_HZ))))


def _between(audio: Path, known: Recording, start_s: float, end_s: float) -> Floats:
    pcm = b"".join(
        process.decode(
            audio,
            sample_rate_hz=_RATE_HZ,
            channels=1,
            sample_format="f32le",
            track=known.track,
            start_s=start_s,
            duration_s=end_s - start_s,
        )
    )
    return np.frombuffer(pcm, "<f4")


def _as_wav(sound: Floats) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(np.rint(32767 * np.clip(sound, -1, 1)).astype("<i2").tobytes())
    return written.getvalue()
