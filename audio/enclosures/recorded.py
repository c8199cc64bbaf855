"""The recording of an episode beside its text, before anything is cut: how they lie, what could go.

Both are worked out once and kept, by the recording, the text and the method. What is done with
them is in `edits.toml`; what an alignment becomes by that is in `read_along`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from columncast.audio.align.method import METHOD
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import digest
from columncast.episodes.model.alignment import Alignment, Unit
from columncast.episodes.model.cuts import Cut, RecordingEdits, with_decisions

if TYPE_CHECKING:
    from columncast.audio.editing.door import CuttingDesk
    from columncast.audio.ffmpeg.probe import Recording

_PLAN = 1
"""Goes up when other cuts would be proposed for the same recording."""


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """What could be cut out of a recording, whatever was decided about it."""

    cuts: tuple[Cut, ...]
    duration_s: float
    tone: tuple[float, float]
    """From where to where its room tone is heard."""
    levels: bytes
    """How loud it is, for a picture: from 0 to 100 dB over -100 dBFS, twenty times a second."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A recording and the text that is read in it."""

    recording: Path
    sha256: str
    """Of the recording."""
    track: int
    """Which of several audio tracks is the narration; 0: there is only one."""
    units: Sequence[Unit]
    language: str
    pronunciation: Mapping[str, str]
    cache: Path
    """The show's."""
    edits: RecordingEdits
    """What was decided about it."""
    even_pauses: bool = True
    """Whether long pauses are among what could be cut."""

    def alignment(self, progress: Callable[[float], None] = lambda _: None) -> Alignment:
        """Return how the text lies in the recording.

        Raises:
            UsageError: The aligner is not installed.
            RecordingError: It cannot be decoded.
        """
        if known := self.known:
            return known
        from columncast.audio.align.door import align  # noqa: PLC0415 - numpy: 0.1 s, 20 MB

        aligned = align(
            self.recording,
            self.units,
            track=self._narration.track,
            language=self.language,
            pronunciation=self.pronunciation,
            progress=progress,
        )
        self.remember(aligned)
        return aligned

    def cuts(self, progress: Callable[[float], None] = lambda _: None) -> Proposed:
        """Return what could be cut, with what was decided about it; the recording is heard once.

        Raises:
            UsageError: The aligner is not installed.
            RecordingError: As `lay_on_desk`.
        """
        with suppress(OSError, msgspec.DecodeError):  # not looked for yet, or by another version
            known = msgspec.json.decode(self._cuts_file.read_bytes(), type=Proposed)
            cuts = with_decisions(known.cuts, self.edits.cuts)
            return msgspec.structs.replace(known, cuts=cuts)
        with self.on_desk(progress) as desk:
            return _proposed(desk)

    def seam_sound(self, one: Cut, *, made: bool) -> bytes:
        """Return what is heard around *one* of the cuts, where it is *made* or is not: a WAV.

        Other cuts near it are heard as they were decided; else as `cuts`.
        """
        from columncast.audio.editing.audition import seam_sound  # noqa: PLC0415 - numpy

        known = self.cuts()
        return seam_sound(
            self.recording,
            self._narration,
            [replace(cut, applied=made) if cut == one else cut for cut in known.cuts],
            one,
            tone=known.tone,
            duration_s=known.duration_s,
        )

    @contextmanager
    def on_desk(self, progress: Callable[[float], None] = lambda _: None) -> Iterator[CuttingDesk]:
        """Give the two on the cutting desk, with what was decided before; else as `cuts`."""
        from columncast.audio.editing.door import lay_on_desk  # noqa: PLC0415 - numpy

        with files.scratch(self.cache / "work") as work:
            desk = lay_on_desk(
                self.recording,
                self._narration,
                self.units,
                speech_pcm=work / "speech.pcm",
                language=self.language,
                pronunciation=self.pronunciation,
                even_pauses=self.even_pauses,
                alignment=self.known,
                progress=progress,
            )
            self.remember(desk.alignment)
            files.write(self._cuts_file, msgspec.json.encode(_proposed(desk)))
            yield desk.decided(self.edits)

    def remember(self, aligned: Alignment) -> None:
        """Keep how the text lies in the recording."""
        files.write(self._aligned_file, msgspec.json.encode(aligned))

    @property
    def known(self) -> Alignment | None:
        """How the text lies in the recording; None where that was not worked out yet."""
        with suppress(OSError, msgspec.DecodeError):  # not done yet, or by another version
            return msgspec.json.decode(self._aligned_file.read_bytes(), type=Alignment)
        return None

    @cached_property
    def _narration(self) -> Recording:
        """What is known of the recording and the track that is meant; raises as `the_track`."""
        from columncast.audio.mastering.tracks import the_track  # noqa: PLC0415 - numpy

        return the_track(self.recording, self.track)

    @cached_property
    def _key(self) -> str:
        optional = [at for at, unit in enumerate(self.units) if unit.optional]
        facts = (METHOD, self.sha256, self.track, self.units, optional)
        return digest("recording", *facts, self.language, dict(self.pronunciation))[:32]

    @property
    def _aligned_file(self) -> Path:
        return self.cache / "aligned" / f"{self._key}.json"

    @property
    def _cuts_file(self) -> Path:
        key = digest(self._key, _PLAN, self.even_pauses)[:32]
        return self.cache / "cuts" / f"{key}.json"


def _proposed(desk: CuttingDesk) -> Proposed:
    return Proposed(
        cuts=desk.cuts,
        duration_s=desk.heard.duration_s,
        tone=desk.heard.tone,
        levels=desk.heard.pauses.levels(),
    )


@dataclass(frozen=True, kw_only=True)
class EpisodeDesk:
    """An episode whose recording lies on the cutting desk."""

    slug: str
    recorded: Recorded
    table: CuttingDesk

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """What can be cut out of it, with what was decided before."""
        return self.table.cuts
