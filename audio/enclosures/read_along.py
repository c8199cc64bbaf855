"""Read-along: a column laid beside its master, remembered, and written as files for the feed.

What is worked out is kept by the sound and the text it was worked out from, so a new title or a
new cover costs nothing. Without the extra `[align]` everything else works, and says what is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from columncast.audio.align.door import LANGUAGES, METHOD, Aside, Unit, align, available
from columncast.audio.enclosures.enclosure import Mastered
from columncast.audio.enclosures.passthrough import Kept
from columncast.audio.mastering.tracks import the_track
from columncast.episodes.building.records import alignment_file as beside
from columncast.episodes.columns.door import read_column
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import digest
from columncast.episodes.entry.compose import Written
from columncast.episodes.entry.imported import (
    CHAPTERS,
    fit_transcripts,
    kept_chapters,
    kept_transcripts,
)
from columncast.episodes.errors import ColumnError, UsageError
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.asset_name import name_for
from columncast.episodes.model.column import Column, spans_text
from columncast.episodes.model.episode import Attachment, Chapter, Master
from columncast.episodes.model.limits import TAG_CHAPTERS
from columncast.episodes.model.media_types import CHAPTERS as CHAPTERS_TYPE
from columncast.episodes.model.media_types import JSON, SRT, VTT
from columncast.episodes.model.notice import Notice
from columncast.episodes.narration import transcript
from columncast.episodes.narration.captions import chapters_are_fit
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.show.intake import refuse_endless

_EXTRA = 'aligning needs an extra: pip install "columncast[align]"'

WORDS = "align.json"
"""Times of every word, for the episode's page; no app reads it, so no feed names it."""


def units(column: Column) -> list[Unit]:
    """Return what a narrator reads of *column*: its title and date, headings, paragraphs.

    Embeds and rules have nothing to be read. Tables, code and captions may be read aloud or not;
    footnotes are left to the page.
    """
    told = [Unit(text=column.title, heading=True, paragraph=0)]
    if column.story_date:  # like a heading: some read it out, some do not
        told.append(Unit(text=column.story_date, heading=True, paragraph=0))
    for number, block in enumerate(column.blocks, start=1):
        optional = block.kind in ("table", "code", "image")
        text = spans_text(block.spans) if block.kind == "image" else block.text
        if text := text.strip():
            heading = block.kind == "heading"
            kind = Aside if optional else Unit
            told.append(kind(text=text, heading=heading, paragraph=number))
    return told


def can_align(column: Column, language: str) -> bool:
    """Return whether *column* can be laid beside a recording of it, here and in its language."""
    known = language.partition("-")[0] in LANGUAGES
    return bool(column.blocks) and known and available()


def read_along(
    column: Column,
    mastered: Mastered | Kept,
    *,
    language: str,
    pronunciation: Mapping[str, str],
    cache: Path,
    progress: Callable[[float], None],
) -> Alignment | None:
    """Return *column* laid beside *mastered*; None where there is nothing to do it with.

    Raises:
        RecordingError: The audio cannot be decoded.
    """
    told = units(column)
    facts = (METHOD, mastered.made_from, mastered.path.suffix, told, language, dict(pronunciation))
    # Only columns that have any are laid again: what was worked out for others still holds.
    asides = [at for at, unit in enumerate(told) if unit.optional]
    key = digest(*facts, *([asides] if asides else []))[:32]
    kept = cache / "aligned" / f"{key}.json"
    with suppress(OSError, msgspec.DecodeError):  # not done yet, or by another version
        return msgspec.json.decode(kept.read_bytes(), type=Alignment)
    if not can_align(column, language):
        return None
    aligned = align(
        mastered.path,
        told,
        voice=mastered.voice if isinstance(mastered, Mastered) else None,
        language=language,
        pronunciation=pronunciation,
        progress=progress,
    )
    aligned = _without_date(aligned, column)
    if isinstance(mastered, Mastered):
        aligned = _own_parts_named(aligned, mastered.master)
    files.write(kept, msgspec.json.encode(aligned))
    return aligned


def _own_parts_named(alignment: Alignment, master: Master) -> Alignment:
    """Call what the show itself put before and after the recording an intro and an outro."""
    begins_s, steps = master.offset_s, master.steps
    ends_s = begins_s + len(master.source_short_term_lufs)
    named = tuple(
        replace(extra, kind="intro")
        if "intro joined" in steps and extra.start_s < begins_s
        else replace(extra, kind="outro")
        if "outro joined" in steps and extra.start_s > ends_s
        else extra
        for extra in alignment.extras
    )
    return replace(alignment, extras=named)


def _without_date(alignment: Alignment, column: Column) -> Alignment:
    """Make no chapter of the story's date."""
    chapters = tuple(c for c in alignment.chapters if c.title != column.story_date)
    return replace(alignment, chapters=chapters if len(chapters) > 1 else ())


def attach(
    alignment: Alignment, folder: Path, *, url: str, language: str, speaker: str
) -> tuple[tuple[Attachment, ...], Attachment | None]:
    """Write transcripts and chapters into *folder*; return how the feed names them below *url*.

    Nothing is written of a recording that is not believed to be the reading of its text. WebVTT
    comes first: an app that takes only one takes that (podcasters.apple.com/support/5316).
    """
    made = dict(_files(alignment, speaker))
    detach(folder)
    files.write(beside(folder), msgspec.json.encode(alignment))
    digest = hashlib.sha256(msgspec.json.encode(alignment)).hexdigest()
    named = {}
    for name, (mime_type, text) in made.items():
        files.write(folder / name, text)
        if name != WORDS:
            # The feed names each by a hash of its bytes: apps that still have the old feed, and
            # play the old audio, go on getting the old words.
            address = _laid(folder, name, text.encode())
            named[name] = Attachment(
                url=url + address,
                mime_type=mime_type,
                language=language if name.startswith("transcript") else "",
                made_from=digest,
            )
    chapters = named.pop("chapters.json", None)
    return tuple(named.values()), chapters


def attach_kept(
    source: EpisodeFolder, written: Written, folder: Path
) -> tuple[tuple[Attachment, ...], Attachment | None, tuple[Notice, ...]]:
    """Lay what *source* came with into *folder*; return how the feed names it, and what was done.

    It is laid byte for byte where it is fit to be served from our site. Chapters that the editor
    has given other titles are written anew, and so are those that hold more than apps need.
    """
    fits, notices = fit_transcripts(source)
    transcripts = tuple(
        Attachment(
            url=written.page_url + _laid(folder, fit.name, fit.content),
            mime_type=fit.mime_type,
            language=fit.language,
            kept=True,
        )
        for fit in fits
    )
    chapters = kept_chapters(source)
    if not chapters:
        return transcripts, None, notices
    content = (source.path / CHAPTERS).read_bytes()
    if chapters != written.chapters or not chapters_are_fit(content):
        content = transcript.to_chapters(written.chapters).encode()
    url = written.page_url + _laid(folder, CHAPTERS, content)
    return transcripts, Attachment(url=url, mime_type=CHAPTERS_TYPE.mime), notices


def chapters_beyond(chapters: Sequence[Chapter]) -> tuple[Notice, ...]:
    """Say that the audio's tags cannot hold all of *chapters*."""
    if len(chapters) <= TAG_CHAPTERS:
        return ()
    message = (
        f"it has {len(chapters):,} chapters; the tags of the audio hold the first {TAG_CHAPTERS}, "
        "and the chapters file that the feed names has all of them"
    )
    return (Notice(code="chapters-beyond-tags", message=message, severity="note"),)


def times_moved(source: EpisodeFolder, offset_s: float) -> tuple[Notice, ...]:
    """Return what is told where the audio begins elsewhere than what *source* came with says."""
    if not offset_s or not (kept_chapters(source) or kept_transcripts(source)):
        return ()
    message = (
        f"the voice now begins {offset_s:+.1f} s from where it did; the chapters and transcripts "
        "that were taken over are that much off: delete them, or take off intro and trimming"
    )
    return (Notice(code="kept-times-moved", message=message),)


def _laid(folder: Path, name: str, content: bytes) -> str:
    """Write *content* into *folder* under an address of its own, which is returned."""
    stem, dot, suffix = name.rpartition(".")
    address = name_for(content, stem, dot + suffix)
    files.write(folder / address, content)
    return address


def detach(folder: Path) -> None:
    """Remove what `attach` wrote into *folder*."""
    files.stay(folder / WORDS)
    for old in (beside(folder), *folder.glob("*")):
        old.unlink(missing_ok=True)


def _files(alignment: Alignment, speaker: str) -> Iterator[tuple[str, tuple[str, str]]]:
    if alignment.verdict != "ok":
        return
    yield "transcript.vtt", (VTT.mime, transcript.to_vtt(alignment, speaker))
    yield "transcript.srt", (SRT.mime, transcript.to_srt(alignment))
    yield "transcript.json", (JSON.mime, transcript.to_json(alignment, speaker))
    yield WORDS, (JSON.mime, transcript.to_words(alignment))
    if alignment.chapters:
        chapters = transcript.to_chapters(alignment.chapters)
        yield "chapters.json", (CHAPTERS_TYPE.mime, chapters)


def missing_extra() -> tuple[Notice, ...]:
    """Return what is told where aligning is not installed; nothing where it is."""
    if available():
        return ()
    message = f"there is no transcript: {_EXTRA}"
    return (Notice(code="align-missing", message=message, severity="note"),)


def need_extra() -> None:
    """Say it if aligning is not installed.

    Raises:
        UsageError: It is not.
    """
    if not available():
        raise UsageError(_EXTRA)


def transcribe(
    audio: Path,
    text: Path,
    *,
    out: Path,
    track: int = 0,
    pronunciation: Mapping[str, str] | None = None,
    progress: Callable[[float], None],
) -> Alignment:
    """Lay the column in the file *text* beside the recording *audio*; write the files into *out*.

    For use outside of any show: a transcript is all that is made. Of several audio tracks, *track*
    is the narration.

    Raises:
        UsageError: The extra `[align]` is not installed.
        ColumnError: *text* cannot be read.
        RecordingError: *audio* cannot be decoded, or has several tracks and *track* is 0.
    """
    need_extra()
    known = the_track(audio, track)
    refuse_endless(text, ColumnError)
    column = read_column(text)
    language = column.language or "en"
    aligned = align(
        audio,
        units(column),
        track=known.track,
        language=language,
        pronunciation=pronunciation or {},
        progress=progress,
    )
    aligned = _without_date(aligned, column)
    files.sweep(out, shared=True)
    for name, (_, content) in _files(aligned, column.narrator or column.author):
        files.write(out / name, content)
    return aligned
