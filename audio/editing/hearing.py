"""What an editor sees and hears of a cut before it is made: peaks of the sound, and a few seconds of it."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from columncast.audio.align.search.features import Floats
from columncast.audio.editing.door import CuttingDesk
from columncast.audio.editing.render import Piece, pieces_of, spliced
from columncast.audio.ffmpeg import process
from columncast.audio.ffmpeg.probe import Recording
from columncast.audio.ffmpeg.speech_pcm import SAMPLE_RATE_HZ
from columncast.episodes.model.cuts import Cut
from columncast.episodes.model.found_cuts import LOUDEST, PEAKS_PER_S, FoundCuts

CLIP_RATE_HZ = 32_000
LONGEST_CLIP_S = 120.0
"""No cut is so long that it could not be heard whole, with what is around it."""
_BLOCK_S = 60
_FULL_SCALE = 32768


def peaks(speech_pcm: Path) -> bytes:
    """Return how loud the speech in the work file *speech_pcm* is at most, `PEAKS_PER_S` times a second.

    One byte each, from silence to full scale in decibels: 0 is 60 dB under it.
    """
    size = SAMPLE_RATE_HZ // PEAKS_PER_S
    found = []
    with speech_pcm.open("rb") as pcm:
        while block := pcm.read(2 * SAMPLE_RATE_HZ * _BLOCK_S):
            samples = np.abs(np.frombuffer(block[: len(block) // 2 * 2], "<i2").astype(np.int32))
            padded = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)
            level_db = 20 * np.log10(np.maximum(padded.max(axis=1), 1) / _FULL_SCALE)
            found.append(
                np.clip((level_db / 60 + 1) * LOUDEST, 0, LOUDEST).astype(np.uint8).tobytes()
            )
    return b"".join(found)


def found_on(desk: CuttingDesk, recording_sha256: str) -> FoundCuts:
    """Return what could be cut of the recording on *desk*, whatever was decided about it."""
    tone_start_s, tone_end_s = desk.heard.tone
    return FoundCuts(
        recording_sha256=recording_sha256,
        duration_s=desk.heard.duration_s,
        cuts=tuple(replace(cut, applied=False, kept=False) for cut in desk.cuts),
        tone_start_s=tone_start_s,
        tone_end_s=tone_end_s,
        peaks=peaks(desk.heard.speech_pcm),
    )


def clip(
    audio: Path,
    known: Recording,
    cuts: Sequence[Cut],
    *,
    duration_s: float,
    tone: tuple[float, float],
    start_s: float,
    end_s: float,
) -> bytes:
    """Return *audio* from *start_s* to *end_s* as a WAV, without the *cuts* that are applied.

    It is mono; *duration_s* is the recording's, *tone* where its room tone is heard.

    Raises:
        RecordingError: It cannot be decoded.
    """
    start_s, end_s = max(0.0, start_s), min(duration_s, end_s, start_s + LONGEST_CLIP_S)
    sound = _decoded(audio, known, start_s, end_s)
    pieces = [
        piece if piece.tone else Piece(max(piece.start_s, start_s), min(piece.end_s, end_s))
        for piece in pieces_of(cuts, duration_s, tone)
        if piece.tone or (piece.start_s < end_s and piece.end_s > start_s)
    ]
    first = round(start_s * CLIP_RATE_HZ)

    def between(start: int, end: int) -> Iterator[Floats]:
        yield sound[max(0, start - first) : max(0, end - first)]

    def toned(piece: Piece) -> Floats:
        return _decoded(audio, known, piece.start_s, piece.end_s)

    blocks = list(spliced(pieces, between, toned, CLIP_RATE_HZ))
    return _wav(np.concatenate([*blocks, np.empty((0, 1), np.float32)]))


def _decoded(audio: Path, known: Recording, start_s: float, end_s: float) -> Floats:
    """The sound between two moments."""
    start, end = (round(max(0.0, at) * CLIP_RATE_HZ) for at in (start_s, end_s))
    graph = (
        f"{process.of_track(known.track)}{process.converted(CLIP_RATE_HZ, channels=1)},"
        f"atrim=start_sample={start}:end_sample={end}[pcm]"
    )
    pcm = b"".join(
        process.decode(
            audio, sample_rate_hz=CLIP_RATE_HZ, channels=1, sample_format="f32le", filters=graph
        )
    )
    return np.frombuffer(pcm[: len(pcm) // 4 * 4], "<f4").reshape(-1, 1)


def _wav(sound: Floats) -> bytes:
    whole = io.BytesIO()
    with wave.open(whole, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(CLIP_RATE_HZ)
        out.writeframes((np.clip(sound, -1, 1) * (_FULL_SCALE - 1)).astype("<i2").tobytes())
    return whole.getvalue()
