"""Chapters that the editor sets: `chapters.json` in the episode's folder, which wins over those found.

The file is JSON Chapters 1.2 (github.com/Podcastindex-org/podcast-namespace, chapters/jsonChapters.md):
start, title, link and picture of each.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from columncast.episodes.disk.files import of_show
from columncast.episodes.entry.imported_narration import CHAPTERS
from columncast.episodes.errors import UsageError
from columncast.episodes.model.timecode import position
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.text.html import as_words
from columncast.episodes.text.urls import clean_url

MOST = 1_000
"""Chapters of an episode."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A chapter as the editor sets it."""

    start_s: float
    title: str
    link: str = ""
    """Where it leads; empty: nowhere."""
    picture: str = ""
    """The address of a picture that apps show meanwhile."""


class _Mark(msgspec.Struct):
    startTime: float  # noqa: N815 - as the file spells it
    title: str | None = None
    url: str | None = None
    img: str | None = None


class _Marks(msgspec.Struct):
    chapters: list[_Mark]


def own_chapters(episode_dir: EpisodeFolder) -> tuple[Mark, ...]:
    """Return the chapters that lie in *episode_dir*; none where there is no file that can be read."""
    try:
        content = of_show(episode_dir.path / CHAPTERS).read_bytes()
        marks = msgspec.json.decode(
            content.removeprefix(b"\xef\xbb\xbf"), type=_Marks, strict=False
        )
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return ()
    return tuple(
        Mark(
            start_s=one.startTime,
            title=as_words(one.title or ""),
            link=one.url or "",
            picture=one.img or "",
        )
        for one in marks.chapters
    )


def chapters_file(marks: Sequence[Mark], *, duration_s: float) -> bytes:
    """Return the file that says *marks*, in order of time.

    Raises:
        UsageError: One has no title, begins after the recording has ended or together with another,
            or leads nowhere on the web.
    """
    if len(marks) > MOST:
        raise UsageError(f"there are more than {MOST:,} chapters; nothing was saved")
    ordered = sorted(marks, key=lambda mark: mark.start_s)
    before = -1.0
    for mark in ordered:
        where = f"the chapter at {position(mark.start_s)}"
        if not mark.title:
            raise UsageError(f"{where} has no title; nothing was saved")
        if mark.start_s >= duration_s:
            raise UsageError(
                f"{where} begins after the end of the recording, {position(duration_s)}; nothing was saved"
            )
        if mark.start_s - before < 1:
            raise UsageError(
                f"{where} begins less than a second after the one before; nothing was saved"
            )
        before = mark.start_s
        for name, address in (("link", mark.link), ("picture", mark.picture)):
            if address and not address.startswith(("https://", "http://")):
                raise UsageError(
                    f"the {name} of {where} must begin with https://; nothing was saved"
                )
    document = {"version": "1.2.0", "chapters": [_said(mark) for mark in ordered]}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _said(mark: Mark) -> dict[str, object]:
    said: dict[str, object] = {"startTime": round(mark.start_s, 3), "title": mark.title}
    if mark.link:
        said["url"] = clean_url(mark.link)
    if mark.picture:
        said["img"] = clean_url(mark.picture)
    return said
