"""MP4 atoms, the tags of an M4A, as Apple's players read them.

The names are those that iTunes writes; what has no name of its own is written in the free form
`----:com.apple.iTunes:NAME`, and our own provenance as `----:columncast:provenance`. Chapters
are a part of the file's structure, so the file is put together anew for them, sound untouched.
"""

from __future__ import annotations

import shutil
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm

from columncast.audio.ffmpeg import process
from columncast.audio.tags.model import (
    Tags,
    chapter_spans,
    iso639_1,
    iso639_2,
    moment,
    read_chapters,
)
from columncast.episodes.disk import files
from columncast.episodes.model.limits import MP4_DESC_CHARACTERS
from columncast.episodes.model.media_types import JPEG, PNG

_PADDING: Final = 1024
_TEXTS: Final = {
    "\xa9nam": "title",
    "\xa9alb": "show",
    "\xa9ART": "artist",
    "aART": "album_artist",
    "\xa9gen": "genre",
    "\xa9cmt": "comment",
    "ldes": "description",
    "keyw": "keywords",
    "\xa9lyr": "lyrics",
    "cprt": "copyright",
    "purl": "feed_url",
    "egid": "guid",
}
_FREE: Final = {
    "----:com.apple.iTunes:WWW": "page_url",
    "----:com.apple.iTunes:WWWSOURCE": "show_url",
    "----:columncast:provenance": "provenance",
}
_DATE: Final = "\xa9day"
_LANGUAGE: Final = "----:com.apple.iTunes:LANGUAGE"
_PODCAST: Final = 21  # media kind, as iTunes counts


def write(m4a: Path, tags: Tags) -> None:
    """Replace all tags and chapters of *m4a*."""
    _rebuild(m4a, tags)
    atoms = MP4(m4a)
    atoms.delete()
    atoms = MP4(m4a)
    if atoms.tags is None:
        atoms.add_tags()
    for name, value in _values(tags).items():
        atoms[name] = value
    atoms.save(padding=lambda _: _PADDING)


def read(m4a: Path) -> Tags:
    """Return the tags of *m4a*, as `write` wrote them."""
    atoms = MP4(m4a)
    found: dict[str, Any] = dict(atoms.tags or {})
    texts = {field: _text(found.get(name)) for name, field in (_TEXTS | _FREE).items()}
    covers = found.get("covr", [])
    chapters = read_chapters((mark.start, mark.title) for mark in atoms.chapters or ())
    return Tags(
        **texts,
        published=moment(_text(found.get(_DATE))),
        number=_place(found.get("trkn")),
        season=_place(found.get("disk")),
        language=iso639_1(_text(found.get(_LANGUAGE))),
        cover=bytes(covers[0]) if covers else b"",
        cover_mime=_mime(covers[0]) if covers else JPEG.mime,
        chapters=chapters,
        duration_s=round(atoms.info.length, 3) if chapters and atoms.info else 0.0,
    )


def _values(tags: Tags) -> dict[str, Any]:
    values: dict[str, Any] = {}
    texts = {name: getattr(tags, field) for name, field in _TEXTS.items()}
    texts["aART"] = tags.album_artist or tags.artist
    texts["desc"] = tags.description[:MP4_DESC_CHARACTERS]  # the short one; `ldes` has it whole
    if tags.published:
        texts[_DATE] = f"{tags.published.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    values |= {name: [text] for name, text in texts.items() if text}
    free = {name: getattr(tags, field) for name, field in _FREE.items()}
    free[_LANGUAGE] = iso639_2(tags.language) if tags.language else ""
    values |= {
        name: [MP4FreeForm(text.encode(), dataformat=AtomDataType.UTF8)]
        for name, text in free.items()
        if text
    }
    if tags.number is not None:
        values["trkn"] = [(tags.number, 0)]
    if tags.season is not None:
        values["disk"] = [(tags.season, 0)]
    if tags.cover:
        png = tags.cover_mime == PNG.mime
        kind = MP4Cover.FORMAT_PNG if png else MP4Cover.FORMAT_JPEG
        values["covr"] = [MP4Cover(tags.cover, imageformat=kind)]
    return values | {"pcst": True, "stik": [_PODCAST]}


def _rebuild(m4a: Path, tags: Tags) -> None:
    lines = [";FFMETADATA1"]
    for start_s, end_s, title in chapter_spans(tags):
        safe = "".join(f"\\{c}" if c in "=;#\\\n" else c for c in title)
        lines += ["[CHAPTER]", "TIMEBASE=1/1000"]
        lines += [f"START={start_s * 1000:.0f}", f"END={end_s * 1000:.0f}", f"title={safe}"]
    # Beside the file, so that a killed run's is swept with its other drafts.
    with files.scratch(m4a.parent) as folder:
        notes, rebuilt = folder / "chapters.txt", folder / "rebuilt.m4a"
        notes.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
        process.run(
            [
                *process.source(m4a),
                *process.own_text(notes),
                *("-map", "0:a", "-map_chapters", "1", "-c", "copy"),
                *("-map_metadata:g", "-1", "-map_metadata:s:a", "-1"),
                *("-f", "ipod", "-movflags", "+faststart", "-fflags", "+bitexact"),
                f"file:{rebuilt}",
            ],
            where=m4a,
        )
        shutil.copyfile(rebuilt, m4a)


def _text(value: Any) -> str:
    if not value:
        return ""
    first = value[0]
    return bytes(first).decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


def _place(value: Any) -> int | None:
    """Return the first of a pair such as (3, 12)."""
    return int(value[0][0]) if value and value[0] else None


def _mime(cover: MP4Cover) -> str:
    return PNG.mime if cover.imageformat == MP4Cover.FORMAT_PNG else JPEG.mime
