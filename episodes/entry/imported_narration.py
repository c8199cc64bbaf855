"""The transcripts and the chapters that came with an episode from another host.

They lie beside `episode.toml` and win over what would be made of a column, until they are deleted:
`transcript.vtt` and its like, `chapters.json`. They are published byte for byte where they are fit
for it, and are judged at each build: what an earlier version imported is no better for lying here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from columncast.episodes.disk.files import explained, of_show
from columncast.episodes.errors import EpisodeError
from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.media_types import HTML, TRANSCRIPTS, MediaType, by_mime, by_suffix
from columncast.episodes.model.notice import Notice
from columncast.episodes.narration import captions
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.text import html

CHAPTERS = "chapters.json"
_ORDER = [kind.mime for kind in TRANSCRIPTS]
_TRANSCRIPT = re.compile(r"transcript(?:\.([a-z]{2}(?:-[a-z]{2})?))?(\.\w+)")


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """A transcript as it was taken over."""

    path: Path
    mime_type: str
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A transcript as it may be published: byte for byte, or its words in a file of our making."""

    mime_type: str
    content: bytes
    language: str = ""

    @property
    def name(self) -> str:
        return transcript_name(self.mime_type, self.language)


def imported_transcripts(episode_dir: EpisodeFolder) -> tuple[Transcript, ...]:
    """Return the transcripts that *episode_dir* came with, WebVTT first."""
    found = []
    for path in sorted(episode_dir.path.glob("transcript*")):
        named = _TRANSCRIPT.fullmatch(path.name)
        kind = by_suffix(named[2], TRANSCRIPTS) if named else None
        if named and kind and of_show(path):
            found.append(Transcript(path=path, mime_type=kind.mime, language=named[1] or ""))
    return tuple(sorted(found, key=lambda t: (_ORDER.index(t.mime_type), t.path.name)))


def fit_transcripts(episode_dir: EpisodeFolder) -> tuple[tuple[Fit, ...], tuple[Notice, ...]]:
    """Return the transcripts that *episode_dir* came with as they may be published, WebVTT first.

    And what was done to them: one of HTML becomes WebVTT or plain text, and is left out where there
    is such a one already; one without any words that can be read is left out.
    """
    found: dict[str, Fit] = {}
    notices = []
    # HTML last: what it becomes must not keep out what another host made.
    for transcript in sorted(
        imported_transcripts(episode_dir), key=lambda t: t.mime_type == HTML.mime
    ):
        name = transcript.path.name
        try:
            content = transcript.path.read_bytes()
            mime_type, fit = captions.made_ours(content, transcript.mime_type)
        except (OSError, ValueError) as e:
            reason = explained(e).message if isinstance(e, OSError) else str(e)
            message = f"the transcript that was taken over is left out: it {reason}"
            notices.append(Notice(code="transcript-left-out", message=message, where=name))
            continue
        made = Fit(mime_type=mime_type, content=fit, language=transcript.language)
        if made.name in found:
            continue
        found[made.name] = made
        if fit != content:
            message = (
                f"the transcript that was taken over {NOT_AS_RECEIVED}; "
                f"its words are published as {made.name}"
            )
            notices.append(
                Notice(code="transcript-mended", message=message, where=name, severity="note")
            )
    fits = sorted(found.values(), key=lambda fit: (_ORDER.index(fit.mime_type), fit.name))
    return tuple(fits), tuple(notices)


NOT_AS_RECEIVED = "cannot be published as received: it is a web page, holds markup, or is not UTF-8"
"""Completes "the transcript …", where its words alone are kept."""


def transcript_name(mime_type: str, language: str = "") -> str:
    """Return the name under which a transcript is kept.

    >>> transcript_name("application/srt"), transcript_name("text/vtt", "de")
    ('transcript.srt', 'transcript.de.vtt')

    Raises:
        ValueError: It is of a kind that no app reads.
    """
    suffix = transcript_kind(mime_type).suffix
    return f"transcript{f'.{language}' if language else ''}{suffix}"


def transcript_kind(mime_type: str) -> MediaType:
    """Return which kind of transcript a feed means by *mime_type*.

    Raises:
        ValueError: It is of a kind that no app reads.
    """
    kind = by_mime(mime_type, TRANSCRIPTS)
    if kind is None:
        raise ValueError(f"a transcript of the kind {mime_type!r} is read by no app")
    return kind


class _Mark(msgspec.Struct):
    startTime: float  # noqa: N815 - as the file spells it
    title: str | None = None


class _Marks(msgspec.Struct):
    chapters: list[_Mark]


def read_marks(content: bytes) -> tuple[Chapter, ...]:
    """Return the chapters of a JSON Chapters 1.2 file, as they stand there.

    Raises:
        ValueError: It is no such file.
    """
    try:
        marks = msgspec.json.decode(
            content.removeprefix(b"\xef\xbb\xbf"), type=_Marks, strict=False
        )
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as e:
        raise ValueError(f"is no chapters file that can be read: {e}") from e
    return tuple(
        Chapter(start_s=mark.startTime, title=html.as_words(mark.title or ""))
        for mark in marks.chapters
    )


def with_marks(content: bytes, chapters: tuple[Chapter, ...]) -> bytes:
    """Return a chapters file with *chapters* alone, in their order, and all that it says of each.

    Raises:
        ValueError: It is no such file.
    """
    document = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    said: dict[tuple[float, str], Any] = {}
    for mark in document["chapters"]:
        title = html.as_words(mark.get("title") or "")
        said.setdefault((float(mark["startTime"]), title), mark)
    document["chapters"] = [said[chapter.start_s, chapter.title] for chapter in chapters]
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def imported_chapters(episode_dir: EpisodeFolder) -> tuple[Chapter, ...]:
    """Return the chapters that *episode_dir* came with.

    Raises:
        EpisodeError: Its chapters.json cannot be read.
    """
    path = of_show(episode_dir.path / CHAPTERS)
    try:
        return read_marks(path.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as e:
        reason = explained(e).message if isinstance(e, OSError) else str(e)
        raise EpisodeError(reason, where=f"episodes/{episode_dir.slug}/{CHAPTERS}") from e
