"""The enclosure of one episode: mastered if need be, tagged, named after its bytes.

An enclosure carries its own provenance in its tags: from which recording and settings it was made,
and what mastering measured. So what is up to date is known from the file itself, a new title costs
new tags and no new encode, and caches may be lost without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from columncast.audio.editing.render import Spliced

from columncast.audio.tags.door import Tags, read_tags, write_tags
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import Hashes, digest
from columncast.episodes.errors import TagError
from columncast.episodes.model.asset_name import asset_name, glob_of, keeps_promise
from columncast.episodes.model.cuts import RecordingEdits
from columncast.episodes.model.episode import Chapter, Enclosure, Master
from columncast.episodes.model.limits import TAG_CHAPTERS
from columncast.episodes.model.media_types import sound_of
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.settings import AudioSettings, Show, enclosure_url

ENGINE = 1
"""Raised when the same recording and settings would come out differently than before."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What an enclosure was made from; its tags hold it as JSON."""

    made_from: str
    """A digest of the recording's bytes, the audio settings and the engine."""
    tags: str
    """A digest of the tags as they were asked for."""
    master: Master


@dataclass(frozen=True, kw_only=True)
class Mastered:
    """A narration at the show's loudness: a new file, or the enclosure that was there already."""

    path: Path
    master: Master
    made_from: str
    """What names this very sound, whatever its tags: a key for what is worked out from it."""
    tags: str = ""
    """The digest of the tags it has; empty for a new file."""
    speech_pcm: Path | None = None
    """The same as aligning hears it (see `speech_pcm`), if it came for nothing."""


@dataclass(frozen=True, kw_only=True)
class AudioFolder:
    """`audio/` of a show, and what making enclosures needs."""

    root: Path
    """The show's folder, where `audio/`, and an intro and an outro, are."""
    cache: Path
    show: Show
    hashes: Hashes

    @property
    def settings(self) -> AudioSettings:
        """Where a master should land, and in which form."""
        return self.show.audio

    @contextmanager
    def mastered(
        self,
        recording: Path,
        slugs: tuple[str, ...],
        *,
        form: str,
        track: int = 0,
        edits: RecordingEdits,
        progress: Callable[[str, float], None],
        force: bool = False,
        to_align: bool = False,
    ) -> Iterator[Mastered]:
        """Give the master of *recording* as *form* (mp3, m4a, opus), made anew only if need be.

        What *edits* cut out of it is not in it.

        Of several audio tracks, *track* is the narration; with 0 there must be only one. *progress* is
        called with a step (measuring, encoding) and its share, 0 to 1. *slugs* are the names of enclosures that may hold it already: the episode's, and the one
        it had before when it is being renamed. A new file is gone afterwards, unless `tagged`
        made an enclosure of it. With *to_align*, it will be aligned.

        Raises:
            RecordingError: The recording cannot become a narration.
            FolderError: The disk is full or not ours to write.
        """
        made_from = self._inputs(recording, track, edits)
        for slug in slugs:
            if current := self._current(slug, form, made_from):
                yield current
                return
        from columncast.audio.mastering.master import (  # noqa: PLC0415 - pydub, numpy
            MEASURED,
            make_master,
        )

        splice: Spliced | None = None
        if edits.is_heard:
            from columncast.audio.editing.render import Spliced  # noqa: PLC0415 - few are edited

            splice = Spliced(edits)

        def tell(share: float) -> None:
            if share < MEASURED:
                progress("measuring", share / MEASURED)
            else:
                progress("encoding", (share - MEASURED) / (1 - MEASURED))

        # In a folder of its own: another machine may be at the same episode (see `dask`).
        with files.scratch(self.cache / "work") as work:
            draft = work / f"{slugs[0]}.{form}"
            measured = self.cache / "measured"
            heard = work / "voice.pcm"
            master = make_master(
                recording,
                draft,
                self.settings,
                track=track,
                progress=tell,
                force=force,
                cache=measured,
                folder=self.root,
                speech_pcm=heard if to_align else None,
                splice=splice,
            )
            yield Mastered(
                path=draft,
                master=master,
                made_from=made_from,
                speech_pcm=heard if heard.exists() else None,
            )

    def tagged(self, mastered: Mastered, tags: Tags, slug: str) -> Enclosure:
        """Return the enclosure of *slug*: *mastered* with *tags*, under a name of its own.

        Raises:
            FolderError: The disk is full or not ours to write.
        """
        if tags.chapters:
            tags = replace(tags, duration_s=mastered.master.duration_s)
        wanted = digest(tags)
        path = mastered.path
        if mastered.tags != wanted or not path.name.startswith(f"{slug}-"):
            provenance = Provenance(
                made_from=mastered.made_from, tags=wanted, master=mastered.master
            )
            # The hash in the name is known only when the tags are in, so the draft has another.
            with files.scratch(self.cache / "work") as work:
                draft = work / f"{slug}{path.suffix}"
                files.copy(path, draft)
                write_tags(draft, replace(tags, provenance=_json(provenance)))
                path = self.root / "audio" / asset_name(slug, files.sha256(draft), path.suffix)
                files.move(draft, path)
        return Enclosure(
            path=f"audio/{path.name}",
            url=enclosure_url(self.show, f"audio/{path.name}"),
            # Of the tagged file: RSS wants the byte count of what is served.
            length_bytes=path.stat().st_size,
            mime_type=sound_of(path).mime,
            duration_s=mastered.master.duration_s,
            sha256=self.hashes.of(path),
            bitrate=self.settings.bitrate,
        )

    def _inputs(self, recording: Path, track: int, edits: RecordingEdits) -> str:
        """Name everything that the sound depends on; further outputs are no part of it."""
        parts = [self.root / name for name in (self.settings.intro, self.settings.outro) if name]
        sounds = [self.hashes.of(path) for path in (recording, *parts) if path.is_file()]
        # Where none was named the digest is what it was before tracks could be,
        named = (track,) if track else ()
        edited: tuple[object, ...] = ()
        if edits.is_heard:  # and where nothing is edited, what it was before that could be.
            again = [recording.parent / name for name in sorted({p.file for p in edits.pickups})]
            edited = (edits.sound, [self.hashes.of(path) for path in again if path.is_file()])
        settings = replace(self.settings.master, outputs=("mp3",))
        return digest(sounds, settings, ENGINE, *named, *edited)

    def _current(self, slug: str, form: str, made_from: str) -> Mastered | None:
        """Find the newest enclosure of *slug* that was made from the same recording."""
        found = self.root.glob(f"audio/{glob_of(slug, f'.{form}')}")
        for path in sorted(found, key=lambda p: p.stat().st_mtime_ns, reverse=True):
            # One whose bytes are not what its name says was damaged or edited since.
            if not keeps_promise(path.name, self.hashes.of(path)):
                continue
            try:
                known = msgspec.json.decode(read_tags(path).provenance, type=Provenance)
            except (TagError, msgspec.DecodeError, OSError):
                continue  # not made by us: a new one gets its own name
            if known.made_from == made_from:
                return Mastered(
                    path=path, master=known.master, made_from=made_from, tags=known.tags
                )
        return None


def chapters_beyond(chapters: Sequence[Chapter]) -> tuple[Notice, ...]:
    """Say that the audio's tags cannot hold all of *chapters*."""
    if len(chapters) <= TAG_CHAPTERS:
        return ()
    message = (
        f"it has {len(chapters):,} chapters; the tags of the audio hold the first {TAG_CHAPTERS}, "
        "and the chapters file that the feed names has all of them"
    )
    return (Notice(code="chapters-beyond-tags", message=message, severity="note"),)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
