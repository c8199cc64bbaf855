"""A recording decoded once for all that editing asks of it: spectra, pauses, and the speech itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np

from columncast.audio.align.search.acoustics import unhurried
from columncast.audio.align.search.features import Floats, Spectra, spectra
from columncast.audio.editing.pauses import CELLS_PER_S, Pauses, pauses_of, room_tone
from columncast.audio.ffmpeg.process import decode
from columncast.audio.ffmpeg.speech_pcm import SAMPLE_RATE_HZ
from columncast.episodes.disk.files import disk_errors

CELL = SAMPLE_RATE_HZ // CELLS_PER_S
_BLOCK_FRAMES = 20 * SAMPLE_RATE_HZ
_FULL_SCALE = 32768.0
_GUESS_S = 600.0


@dataclass(frozen=True)
class Listened:
    """What is known of a recording once it was heard from start to end."""

    spectra: Spectra
    pauses: Pauses
    speech_pcm: Path
    """The sound as 16-bit mono at 16 kHz; a work file."""
    duration_s: float

    @cached_property
    def tone(self) -> tuple[float, float]:
        """From where to where its room tone is heard; see `room_tone`."""
        return room_tone(self.pauses)

    def samples(self, start: int, end: int) -> Floats:
        """Return the speech between two cells, on the scale of 16-bit samples."""
        with self.speech_pcm.open("rb") as pcm:
            pcm.seek(2 * CELL * start)
            return np.frombuffer(pcm.read(2 * CELL * (end - start)), "<i2").astype(np.float32)


def listen(
    audio: Path,
    *,
    track: int,
    speech_pcm: Path,
    promised_s: float | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Listened:
    """Decode the *track* of *audio* to the work file *speech_pcm*, and return what is heard in it.

    Raises:
        UsageError: The aligner is not installed.
        RecordingError: Nothing of it can be decoded.
        FolderError: The disk is full.
    """
    levels: list[Floats] = []
    frames = 0

    def heard(work: IO[bytes]) -> Iterator[Floats]:
        nonlocal frames
        for block in decode(
            audio,
            sample_rate_hz=SAMPLE_RATE_HZ,
            channels=1,
            block_frames=_BLOCK_FRAMES,
            track=track,
        ):
            work.write(block)
            samples = np.frombuffer(block, "<i2").astype(np.float32)
            levels.append(_levels(samples / np.float32(_FULL_SCALE)))
            frames += len(samples)
            progress(min(1.0, frames / SAMPLE_RATE_HZ / (promised_s or _GUESS_S)))
            yield samples

    with disk_errors(speech_pcm), speech_pcm.open("wb") as work, unhurried():
        spectra_ = spectra(heard(work))
    level_db = np.concatenate(levels) if levels else np.empty(0, np.float32)
    return Listened(spectra_, pauses_of(level_db), speech_pcm, frames / SAMPLE_RATE_HZ)


def _levels(samples: Floats) -> Floats:
    """Return the level of each whole cell, in dBFS; blocks hold whole cells but for the last."""
    whole = samples[: len(samples) // CELL * CELL].reshape(-1, CELL)
    power = (whole.astype(np.float64) ** 2).mean(1)
    levels: Floats = (10 * np.log10(np.maximum(power, 1e-12))).astype(np.float32)
    return levels
