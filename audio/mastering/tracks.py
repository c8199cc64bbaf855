"""Which of several audio tracks is the narration: a person says so, and hears here what there is.

A camera's second microphone, a mix and its parts, a film in two languages: whatever lies first in
the file would else be published unasked.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from columncast.audio.ffmpeg import process
from columncast.audio.ffmpeg.probe import Recording, Track, probe
from columncast.audio.loudness import meter
from columncast.episodes.errors import RecordingError
from columncast.episodes.model.limits import MONO_OFFSET_LU
from columncast.episodes.model.timecode import clock

SAY_WHICH: Final = "say which one is the narration: --track N"
_RATE_HZ: Final = 48_000
_LONGEST_TITLE: Final = 40


def the_track(recording: Path, track: int = 0, *, remedy: str = SAY_WHICH) -> Recording:
    """Return what is known of *recording* and its only audio track, or of the one called *track*.

    *remedy* is what to do about several, of which none was named (0).

    Raises:
        RecordingError: It has several, all listed with level, length and what they are called; it
            has no track of that number; or it is no recording.
    """
    known = probe(recording, track=track)
    if track or len(known.tracks) == 1:
        return known
    listed = "; ".join(_described(recording, one) for one in known.tracks)
    raise RecordingError(
        f"has {len(known.tracks)} audio tracks ({listed}); {remedy}", where=recording
    )


def _described(recording: Path, track: Track) -> str:
    readings = meter.Readings()
    metering, pipes = meter.tapped(readings)
    layout = process.LAYOUTS[1 if track.channels == 1 else 2]
    chain = f"aformat=sample_fmts=fltp:channel_layouts={layout},{process.resampled(_RATE_HZ)}"
    graph = f"[0:a:{track.number - 1}]{chain},asplit[pcm][m];[m]{metering},anullsink"
    frames = 0
    try:
        for pcm in process.decode(
            recording,
            sample_rate_hz=_RATE_HZ,
            channels=1,
            sample_format="f32le",
            filters=graph,
            on_line=readings.take,
            pipes=pipes,
        ):
            frames += len(pcm) // 4
    except RecordingError:
        return f"{track.number}: cannot be decoded"
    seconds = round(frames / (1 if track.channels == 1 else 2) / _RATE_HZ)
    lufs = readings.integrated_lufs + (MONO_OFFSET_LU if track.channels == 1 else 0)
    facts = [
        f"{lufs:.1f} LUFS" if math.isfinite(lufs) else "silent",
        clock(seconds),
        track.language,
        f'"{track.title[:_LONGEST_TITLE]}"' if track.title else "",
    ]
    return f"{track.number}: " + ", ".join(fact for fact in facts if fact)
