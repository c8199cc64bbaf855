"""What a build will take before it begins: how much sound there is to make, how long, how much disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from columncast.audio.ffmpeg import speech_pcm
from columncast.audio.tags.door import length_s
from columncast.episodes.building.ledger import Reason
from columncast.episodes.errors import ColumncastError, FolderError
from columncast.episodes.format import count, megabytes
from columncast.episodes.model.timecode import clock
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder

_SPEED = 0.05
"""Seconds of one core for a second of sound, where nothing was measured yet: mastered and aligned."""
_LOOK_S = 0.02
"""Seconds to look at an episode whose sound is there."""
_SHOWN = 12
_BYTES_PER_S = 96_000
"""Of a recording whose header does not say how long it is; between WAV and MP3."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What a build will do."""

    due: Mapping[str, Sequence[Reason]]
    """The episodes that will be looked at, and why."""
    episodes: int
    """How many there are."""
    sound_s: Mapping[str, float]
    """Those whose audio will be made, and how long it is, in seconds."""
    length_bytes: int
    """What the new audio, and the work on it, will take on the disk."""
    free_bytes: int
    jobs: int
    speed: float

    @property
    def duration_s(self) -> float:
        """How long the build will take, roughly, in seconds."""
        look = _LOOK_S * (len(self.due) - len(self.sound_s))
        jobs = min(self.jobs, max(len(self.due), 1))
        return (sum(self.sound_s.values()) * self.speed + look) / jobs

    def lines(self) -> list[tuple[str, str]]:
        """The forecast for people, as (label, text) lines."""
        told = [(slug, "; ".join(map(str, why))) for slug, why in self.due.items()]
        total_s = sum(self.sound_s.values())
        more = [("", f"and {len(told) - _SHOWN:,} more")] if len(told) > _SHOWN else []
        return [
            ("Episodes", f"{len(self.due):,} of {self.episodes:,} to look at"),
            *((f"  {slug}", why) for slug, why in told[:_SHOWN]),
            *more,
            (
                "Audio",
                f"{count(len(self.sound_s), 'recording')} to master, {clock(total_s)}",
            ),
            ("Time", f"about {clock(self.duration_s)} with {count(self.jobs, 'job')}"),
            ("Disk", f"{megabytes(self.length_bytes)} of {megabytes(self.free_bytes)} free"),
        ]

    def as_json(self) -> dict[str, Any]:
        """The forecast for tools."""
        return {
            "due": {slug: list(map(str, why)) for slug, why in self.due.items()},
            "audio": {slug: round(seconds, 1) for slug, seconds in self.sound_s.items()},
            "seconds": round(self.duration_s, 1),
            "length_bytes": self.length_bytes,
            "free_bytes": self.free_bytes,
            "jobs": self.jobs,
        }

    def refuse(self) -> None:
        """Say it if the disk is too small.

        Raises:
            FolderError: It is; nothing was begun.
        """
        if self.length_bytes > self.free_bytes:
            raise FolderError(
                f"the new audio needs about {megabytes(self.length_bytes)}, and "
                f"{megabytes(self.free_bytes)} are free; nothing was changed"
            )


def forecast(
    folder: ShowFolder,
    due: Mapping[str, Sequence[Reason]],
    *,
    unheard: Iterable[str],
    episodes: int,
    jobs: int,
    speed: float,
) -> Forecast:
    """Return what it will take to make the episodes *due*, of which *unheard* need new audio.

    *speed* is how many seconds of one core a second of sound took when it was last measured; 0:
    never.
    """
    audio = folder.show.audio
    sound_s, copied = {}, 0
    for slug in unheard:
        source = EpisodeFolder(path=folder.episodes / slug)
        with suppress(ColumncastError, OSError):  # the build will say what is wrong with it
            if source.facts.source.kept:
                copied += source.narration.stat().st_size
            elif not source.facts.retired:
                sound_s[slug] = _length_s(source.narration)
    rate = int(audio.bitrate.removesuffix("k")) * 1000 / 8
    made = copied + sum(sound_s.values()) * rate * len(audio.outputs)
    # What is being made lies beside its place until it is whole, once untagged and once tagged,
    # and beside it what aligning hears.
    each = 2 * rate + speech_pcm.SAMPLE_RATE_HZ * speech_pcm.SAMPLE_BYTES
    under_way = each * sum(sorted(sound_s.values())[-jobs:])
    return Forecast(
        due=due,
        episodes=episodes,
        sound_s=sound_s,
        length_bytes=round(made + under_way),
        free_bytes=shutil.disk_usage(folder.root).free,
        jobs=jobs,
        speed=speed or _SPEED,
    )


def _length_s(recording: Path) -> float:
    return length_s(recording) or recording.stat().st_size / _BYTES_PER_S
