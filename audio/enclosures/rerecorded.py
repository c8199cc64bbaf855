"""The recording of an episode and fixes to it: what is read again becomes files beside `edits.toml`.

Each fix is kept twice in `pickups/`: `HASH.SUFFIX` is the file as a person gave it, `HASH-HASH.flac` one sentence
of it, fitted into the recording. That one is what is heard, so the same master is made of it whatever
a later version would fit otherwise. Names are by content, so nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from columncast.audio.enclosures.recorded import Recorded
from columncast.audio.mastering.tracks import the_track
from columncast.episodes.disk import files
from columncast.episodes.model.cuts import Pickup, RecordingEdits
from columncast.episodes.model.pickups import Reread, WhichSentence

if TYPE_CHECKING:
    from columncast.audio.editing.pickups.door import PickupDesk, Placed

_HASH = 8
_ALIGNING = 0.6  # of the work, up to its end


@dataclass(frozen=True, kw_only=True)
class EpisodePickups:
    """An episode whose recording lies on the desk, with fixes beside it."""

    slug: str
    recorded: Recorded
    table: PickupDesk

    @classmethod
    @contextmanager
    def of(
        cls,
        slug: str,
        recorded: Recorded,
        fixes: Sequence[Path],
        progress: Callable[[float], None],
    ) -> Iterator[Self]:
        """Give the two on the desk while the block lasts.

        Raises:
            UsageError: The aligner is not installed, or a file is named twice.
            RecordingError: As `lay_narration` and `with_fixes`.
        """
        from columncast.audio.editing.pickups.door import (  # noqa: PLC0415 - numpy
            known_fixes,
            lay_narration,
        )

        found = known_fixes(fixes, apart_from=[recorded.recording])
        with files.scratch(recorded.cache / "work") as work:
            table = lay_narration(
                recorded.recording,
                the_track(recorded.recording, recorded.track),
                recorded.units,
                work=work,
                language=recorded.language,
                pronunciation=recorded.pronunciation,
                alignment=recorded.known,
                progress=lambda share: progress(_ALIGNING * share),
            )
            recorded.remember(table.alignment)
            table = table.with_fixes(
                found, lambda share: progress(_ALIGNING + (1 - _ALIGNING) * share)
            )
            yield cls(slug=slug, recorded=recorded, table=table)

    def asked(self, choose: Callable[[WhichSentence], int | None]) -> EpisodePickups:
        """Return it with those readings placed that may be several sentences, as *choose* says."""
        return replace(self, table=self.table.asked(choose))

    def placed(self) -> tuple[list[Reread], RecordingEdits, list[Path]]:
        """Return all that was read, the edits with what of it is placed, and the files of that.

        Raises:
            RecordingError: A recording cannot be decoded any more.
            FolderError: The disk is full.
        """
        rows, placed = self.table.fitted(self.table.work)
        new: list[Path] = []
        pickups = {one.sentence: self._kept(one, new) for one in placed}
        was = self.recorded.edits
        left = [
            p
            for p in was.pickups
            if p.sentence not in pickups and not any(_overlap(p, one) for one in pickups.values())
        ]
        tone_start_s, tone_end_s = self.table.heard.tone
        edits = RecordingEdits(
            recording_sha256=self.recorded.sha256,
            duration_s=self.table.heard.duration_s,
            tone_start_s=tone_start_s,
            tone_end_s=tone_end_s,
            cuts=was.cuts,
            pickups=tuple(
                sorted([*left, *pickups.values()], key=lambda p: (p.start_s, p.end_s, p.sentence))
            ),
        )
        return rows, edits, new

    def _kept(self, one: Placed, new: list[Path]) -> Pickup:
        """Return *one* as the edits hold it; its files, by the names that they keep, become *new*."""
        given = self.table.fixes[one.take.file].path
        fix = files.sha256(given)[:_HASH]
        whole = self.table.work / "new" / f"{fix}{given.suffix.lower()}"
        fitted = whole.with_name(f"{fix}-{files.sha256(one.file)[:_HASH]}.flac")
        for source, path in ((given, whole), (one.file, fitted)):
            if path not in new:
                files.copy(source, path)
                new.append(path)
        text = self.table.alignment.sentences[one.sentence].text
        return one.as_pickup(f"pickups/{fitted.name}", text)


def _overlap(one: Pickup, other: Pickup) -> bool:
    return one.start_s < other.end_s and other.start_s < one.end_s
