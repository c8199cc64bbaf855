"""Opus comments, the tags of an Ogg Opus file (RFC 7845, xiph.org/vorbis/doc/v-comment.html).

The picture is a FLAC picture block in `METADATA_BLOCK_PICTURE`, chapters are numbered comments
(wiki.xiph.org/Chapter_Extension), and our own provenance is `COLUMNCAST_PROVENANCE`.
"""

from __future__ import annotations

import base64
import math
import re
from datetime import UTC
from pathlib import Path
from typing import Final

from mutagen.flac import Picture
from mutagen.id3 import PictureType
from mutagen.oggopus import OggOpus

from columncast.audio.tags.model import (
    Tags,
    chapter_spans,
    iso639_1,
    iso639_2,
    moment,
    number,
    read_chapters,
)
from columncast.episodes.model.media_types import JPEG
from columncast.episodes.model.timecode import in_seconds, stamp

_PADDING: Final = 1024
_TEXTS: Final = {
    "TITLE": "title",
    "ALBUM": "show",
    "ARTIST": "artist",
    "ALBUMARTIST": "album_artist",
    "GENRE": "genre",
    "COMMENT": "comment",
    "DESCRIPTION": "description",
    "KEYWORDS": "keywords",
    "LYRICS": "lyrics",
    "COPYRIGHT": "copyright",
    "CONTACT": "show_url",
    "WWW": "page_url",
    "PODCASTURL": "feed_url",
    "PODCASTID": "guid",
    "COLUMNCAST_PROVENANCE": "provenance",
}
_PICTURE: Final = "METADATA_BLOCK_PICTURE"


def write(opus: Path, tags: Tags) -> None:
    """Replace all tags of *opus*."""
    file = OggOpus(opus)
    file.delete()
    file = OggOpus(opus)
    comments = {name: getattr(tags, field) for name, field in _TEXTS.items()}
    comments["ALBUMARTIST"] = tags.album_artist or tags.artist
    comments["TRACKNUMBER"] = "" if tags.number is None else str(tags.number)
    comments["DISCNUMBER"] = "" if tags.season is None else str(tags.season)
    comments["LANGUAGE"] = iso639_2(tags.language) if tags.language else ""
    if tags.published:
        comments["DATE"] = f"{tags.published.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if tags.cover:
        comments[_PICTURE] = base64.b64encode(_picture(tags).write()).decode()
    for at, (start_s, _, title) in enumerate(chapter_spans(tags), 1):
        comments[f"CHAPTER{at:03}"] = stamp(start_s)
        comments[f"CHAPTER{at:03}NAME"] = title
    for name, text in comments.items():
        if text:
            file[name] = text
    file.save(padding=lambda _: _PADDING)


def read(opus: Path) -> Tags:
    """Return the tags of *opus*, as `write` wrote them."""
    file = OggOpus(opus)

    def text(name: str) -> str:
        return str(file.get(name, [""])[0])

    picture = Picture(base64.b64decode(text(_PICTURE))) if text(_PICTURE) else None
    names = sorted(str(key).upper() for key in file if re.fullmatch(r"(?i)chapter\d{3}", key))
    chapters = read_chapters((_seconds(text(name)), text(f"{name}NAME")) for name in names)
    return Tags(
        **{field: text(name) for name, field in _TEXTS.items()},
        published=moment(text("DATE")),
        number=number(text("TRACKNUMBER")),
        season=number(text("DISCNUMBER")),
        language=iso639_1(text("LANGUAGE")),
        cover=bytes(picture.data) if picture else b"",
        cover_mime=str(picture.mime) if picture else JPEG.mime,
        chapters=chapters,
        duration_s=round(file.info.length, 3) if chapters and file.info else 0.0,
    )


def _picture(tags: Tags) -> Picture:
    picture = Picture()
    picture.type = PictureType.COVER_FRONT
    picture.desc = "Cover"
    picture.mime = tags.cover_mime
    picture.data = tags.cover
    return picture


def _seconds(clock: str) -> float:
    """Return the seconds of a clock such as `01:02:05.500`; NaN if it is none.

    >>> _seconds("01:02:05.500"), _seconds("soon")
    (3725.5, nan)
    """
    found = re.fullmatch(r"([0-9]{1,4}):([0-9]{1,2}):([0-9]{1,2}(?:\.[0-9]{1,9})?)", clock)
    return in_seconds(int(found[1]), int(found[2]), float(found[3])) if found else math.nan
