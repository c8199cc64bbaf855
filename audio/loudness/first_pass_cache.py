"""Measurements that were made before, found again by the content of the recording.

A file in the cache is named by the hash of everything that the measurement depends on: the bytes
of the recording, the filters, the versions of ffmpeg and of this code. So nothing in it ever goes
stale, and all of it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from columncast.audio.ffmpeg import process
from columncast.audio.loudness.first_pass import Survey, survey
from columncast.audio.loudness.meter import Readings
from columncast.episodes.disk import files

_FORM: Final = 4  # to be raised when `survey` changes what it sees


class _Remembered(msgspec.Struct, frozen=True, kw_only=True):
    momentary: bytes
    short_term: bytes
    true_peak: float
    frames: int
    cell_peaks: bytes
    cell_levels: bytes
    complaints: tuple[str, ...]
    clipped_s: tuple[int, ...]
    offsets: tuple[float, ...]
    opposed: bool


def remembered_survey(
    cache: Path | None,
    recording: Path,
    *,
    track: int,
    chain: str,
    sample_rate_hz: int,
    channels: int,
    mixed: bool,
    on_frames: Callable[[int], None],
) -> Survey:
    """Return what `survey` returns, from *cache* if it was seen before.

    Raises:
        RecordingError: As `survey`.
    """

    def look() -> Survey:
        return survey(
            recording,
            track=track,
            chain=chain,
            sample_rate_hz=sample_rate_hz,
            channels=channels,
            mixed=mixed,
            on_frames=on_frames,
        )

    if cache is None:
        return look()
    facts = (_FORM, process.version(), files.sha256(recording), chain, sample_rate_hz, channels)
    further = (mixed,) if track == 1 else (mixed, track)
    name = hashlib.sha256(repr((*facts, *further)).encode()).hexdigest()
    place = cache / f"survey-{name[:32]}.json"
    try:
        return _survey(msgspec.json.decode(place.read_bytes(), type=_Remembered))
    except (OSError, msgspec.DecodeError, ValueError):  # not there, or not ours: look again
        seen = look()
    files.write(place, msgspec.json.encode(_remembered(seen)))
    return seen


def _remembered(seen: Survey) -> _Remembered:
    return _Remembered(
        momentary=seen.readings.momentary.tobytes(),
        short_term=seen.readings.short_term.tobytes(),
        true_peak=seen.readings.true_peak,
        frames=seen.frames,
        cell_peaks=seen.cell_peaks,
        cell_levels=seen.cell_levels,
        complaints=seen.complaints,
        clipped_s=seen.clipped_s,
        offsets=seen.offsets,
        opposed=seen.opposed,
    )


def _survey(kept: _Remembered) -> Survey:
    readings = Readings(
        momentary=array("f", kept.momentary),
        short_term=array("f", kept.short_term),
        true_peak=kept.true_peak,
    )
    return Survey(
        readings=readings,
        frames=kept.frames,
        cell_peaks=kept.cell_peaks,
        cell_levels=kept.cell_levels,
        complaints=kept.complaints,
        clipped_s=kept.clipped_s,
        offsets=kept.offsets,
        opposed=kept.opposed,
    )
