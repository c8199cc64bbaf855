"""The words and when they are spoken: what was read of the column, and what was said beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from columncast.episodes.building.records import waiting_file
from columncast.episodes.model.alignment import Alignment, Extra
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.media_types import JSON, SRT, VTT
from columncast.episodes.narration.captions import read_cues
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import path_of

_TIMED = (JSON, VTT, SRT)
"""The kinds of transcript that have times, the one with the longest cues first."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence of the column, or something that was said beside it."""

    text: str
    start_s: float | None = None
    """None: it was not heard in the recording."""
    end_s: float | None = None
    kind: Literal["read", "missing", "unsure", "extra"] = "read"


Paragraphs = tuple[tuple[Said, ...], ...]


def read_along(folder: ShowFolder, episode: Episode, alignment: Alignment | None) -> Paragraphs:
    """Return the words of *episode* by paragraphs; none where nothing has times.

    An *alignment* knows the column's paragraphs and what was left out of them. Without one, the
    transcript that the feed names is shown, as one paragraph.
    """
    if alignment is not None and alignment.verdict == "ok":
        return tuple(_paragraphs(alignment))
    cues = tuple(_cues(folder, episode))
    return (cues,) if cues else ()


def _paragraphs(alignment: Alignment) -> Iterator[tuple[Said, ...]]:
    after: dict[int, list[Extra]] = {}
    for extra in alignment.extras:
        after.setdefault(extra.after, []).append(extra)
    if before := tuple(_extras(after.get(-1, ()))):
        yield before
    numbered = enumerate(alignment.sentences)
    for _, group in groupby(numbered, key=lambda each: (each[1].paragraph, each[1].heading)):
        said: list[Said] = []
        for at, sentence in group:
            said.append(
                Said(
                    text=sentence.text,
                    start_s=sentence.start_s,
                    end_s=sentence.end_s,
                    kind=sentence.status,
                )
            )
            said += _extras(after.get(at, ()))
        yield tuple(said)


def _extras(extras: Sequence[Extra]) -> Iterator[Said]:
    for extra in extras:
        yield Said(text=f"[{extra.kind}]", start_s=extra.start_s, end_s=extra.end_s, kind="extra")


def _cues(folder: ShowFolder, episode: Episode) -> Iterator[Said]:
    for kind in _TIMED:
        for transcript in episode.transcripts:
            path = path_of(folder.show, transcript.url)
            if transcript.mime_type != kind.mime or not path:
                continue
            waiting = waiting_file(folder, episode.slug, path)
            try:
                file = waiting if waiting.is_file() else folder.root / path
                found = read_cues(file.read_bytes(), kind.mime)
            except (OSError, ValueError):
                continue  # the next build makes it again; until then the page has none
            for cue in found:
                yield Said(text=cue.text, start_s=cue.start_s, end_s=cue.end_s)
            return
