"""What stands beside an episode's audio: transcripts and chapters, from aligning or as they came.

They are made as plain bytes, and written when the episode is in the show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from columncast.episodes.building.records import alignment_file
from columncast.episodes.disk import files
from columncast.episodes.entry.compose import TextWithNotes
from columncast.episodes.entry.imported_narration import (
    CHAPTERS,
    fit_transcripts,
    imported_chapters,
    imported_transcripts,
)
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.asset_name import name_for
from columncast.episodes.model.episode import Attachment
from columncast.episodes.model.media_types import CHAPTERS as CHAPTERS_TYPE
from columncast.episodes.model.media_types import JSON, SRT, VTT
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.time_map import TimeMap
from columncast.episodes.narration import transcript
from columncast.episodes.narration.captions import chapters_are_fit
from columncast.episodes.show.folder import EpisodeFolder

WORDS = "align.json"
"""Times of every word, for the episode's page; no app reads it, so no feed names it."""


@dataclass(frozen=True, kw_only=True)
class Attachments:
    """The files that an episode's feed entry names, and those that its page needs."""

    transcripts: tuple[Attachment, ...] = ()
    chapters: Attachment | None = None
    notices: tuple[Notice, ...] = ()
    """What was done to those that the episode came with."""
    files: Mapping[str, bytes]
    alignment: Alignment | None = None
    """What they were made from, if they were."""

    def write(self, folder: Path) -> None:
        """Write them into *folder*, in the place of what is there, and the alignment beside it."""
        files.stay(folder / WORDS)
        for old in (alignment_file(folder), *folder.glob("*")):
            old.unlink(missing_ok=True)
        if self.alignment:
            files.write(alignment_file(folder), msgspec.json.encode(self.alignment))
        for name, content in self.files.items():
            files.write(folder / name, content)


def attachments_of(
    episode_dir: EpisodeFolder,
    written: TextWithNotes,
    alignment: Alignment | None,
    *,
    language: str,
    speaker: str,
    is_cut: bool = False,
) -> Attachments:
    """Return what the episode *episode_dir* has beside its audio; what it came with wins.

    Transcripts that it came with do not fit a recording that *is cut*.
    """
    came = imported(episode_dir, written, with_transcripts=not is_cut)
    if alignment is None:
        return came
    alignment = replace(alignment, chapters=written.chapters)
    made = aligned(alignment, url=written.page_url, language=language, speaker=speaker)
    return Attachments(
        transcripts=came.transcripts or made.transcripts,
        chapters=came.chapters or made.chapters,
        notices=came.notices,
        files={**made.files, **came.files},
        alignment=alignment,
    )


def aligned(alignment: Alignment, *, url: str, language: str, speaker: str) -> Attachments:
    """Return the transcripts and chapters of *alignment*, as the feed names them below *url*.

    There are none of a recording that is not believed to be the reading of its text. WebVTT comes
    first: an app that takes only one takes that (podcasters.apple.com/support/5316).
    """
    made_from = hashlib.sha256(msgspec.json.encode(alignment)).hexdigest()
    named = {}
    laid = {}
    for name, (mime_type, text) in read_along_files(alignment, speaker):
        content = text.encode()
        laid[name] = content
        if name != WORDS:
            # The feed names each by a hash of its bytes: apps that still have the old feed, and
            # play the old audio, go on getting the old words.
            address = _address(name, content)
            laid[address] = content
            named[name] = Attachment(
                url=url + address,
                mime_type=mime_type,
                language=language if name.startswith("transcript") else "",
                made_from=made_from,
            )
    chapters = named.pop(CHAPTERS, None)
    return Attachments(
        transcripts=tuple(named.values()), chapters=chapters, files=laid, alignment=alignment
    )


def imported(
    episode_dir: EpisodeFolder, written: TextWithNotes, *, with_transcripts: bool = True
) -> Attachments:
    """Return the transcripts and chapters that *episode_dir* came with, and what was done to them.

    They are published byte for byte where they are fit to be served from our site. Chapters that
    the editor has given other titles are written anew, and so are those that hold more than apps
    need.
    """
    fits, notices = fit_transcripts(episode_dir) if with_transcripts else ((), ())
    laid = {}
    transcripts = []
    for fit in fits:
        address = _address(fit.name, fit.content)
        laid[address] = fit.content
        transcripts.append(
            Attachment(
                url=written.page_url + address,
                mime_type=fit.mime_type,
                language=fit.language,
                kept=True,
            )
        )
    named: Attachment | None = None
    if chapters := imported_chapters(episode_dir):
        content = (episode_dir.path / CHAPTERS).read_bytes()
        if chapters != written.chapters or not chapters_are_fit(content):
            content = transcript.to_chapters(written.chapters).encode()
        address = _address(CHAPTERS, content)
        laid[address] = content
        named = Attachment(url=written.page_url + address, mime_type=CHAPTERS_TYPE.mime)
    return Attachments(transcripts=tuple(transcripts), chapters=named, notices=notices, files=laid)


def read_along_files(alignment: Alignment, speaker: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield name, MIME type and text of each file that *alignment* gives; none if it is not "ok"."""
    if alignment.verdict != "ok":
        return
    yield "transcript.vtt", (VTT.mime, transcript.to_vtt(alignment, speaker))
    yield "transcript.srt", (SRT.mime, transcript.to_srt(alignment))
    yield "transcript.json", (JSON.mime, transcript.to_json(alignment, speaker))
    yield WORDS, (JSON.mime, transcript.to_words(alignment))
    if alignment.chapters:
        yield CHAPTERS, (CHAPTERS_TYPE.mime, transcript.to_chapters(alignment.chapters))


def times_moved(episode_dir: EpisodeFolder, times: TimeMap) -> tuple[Notice, ...]:
    """Return a warning if the transcripts that *episode_dir* came with are of other *times*."""
    if times == TimeMap() or not imported_transcripts(episode_dir):
        return ()
    if times.stretches:
        message = (
            "the recording is cut, so the transcripts that were taken over no longer fit and are "
            "left out; one is made where the text is aligned"
        )
    else:
        message = (
            f"the voice now begins {times.offset_s:+.1f} s from where it did; the transcripts that "
            "were taken over are that much off: delete them, or take off intro and trimming"
        )
    return (Notice(code="kept-times-moved", message=message),)


def _address(name: str, content: bytes) -> str:
    """Return *name* with a hash of *content* in it."""
    stem, dot, suffix = name.rpartition(".")
    return name_for(content, stem, f"{dot}{suffix}")
