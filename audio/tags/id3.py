"""ID3v2.3, the tags of an MP3 that every player reads (id3.org/id3v2.3.0).

v2.4 is newer, but Windows and many cars read only v2.3. Where podcasts have frames of their own
(Apple's PCST, TGID, TDES, TKWD, WFED), they are written too.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mutagen.apev2 import delete as delete_ape
from mutagen.id3 import (
    APIC,
    CHAP,
    COMM,
    CTOC,
    ID3,
    PCST,
    PRIV,
    TALB,
    TCON,
    TCOP,
    TDAT,
    TDES,
    TDRL,
    TGID,
    TIME,
    TIT2,
    TKWD,
    TLAN,
    TPE1,
    TPE2,
    TPOS,
    TRCK,
    TYER,
    USLT,
    WFED,
    WOAF,
    WOAS,
    CTOCFlags,
    Encoding,
    Frame,
    ID3NoHeaderError,
    PictureType,
    _frames,
)

from columncast.audio.tags.model import (
    Tags,
    chapter_spans,
    iso639_1,
    iso639_2,
    moment,
    number,
    read_chapters,
)
from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.media_types import JPEG

_OWNER: Final = "columncast"
_PADDING: Final = 1024  # always the same, so that the same tags are the same bytes
_UTF16: Final = Encoding.UTF16  # v2.3 knows no UTF-8


class _Packed:
    """Stands in for `zlib` in mutagen, which unpacks whatever a frame holds: 1 MB may be 1 GB.

    No program is known to pack frames; one that is packed is left out as a damaged one is.
    """

    error = zlib.error

    @staticmethod
    def decompress(_data: bytes) -> bytes:
        raise zlib.error("packed frames are not read")


_frames.zlib = _Packed  # type: ignore[attr-defined, assignment]


def write(mp3: Path, tags: Tags) -> None:
    """Replace all tags of *mp3*."""
    delete_ape(mp3)
    ID3().delete(mp3)
    frames = ID3()
    for frame in [*_names(tags), *_texts(tags), *_links(tags), *_chapters(tags)]:
        frames.add(frame)
    frames.save(mp3, v1=0, v2_version=3, padding=lambda _: _PADDING)


def read(mp3: Path) -> Tags:
    """Return the tags of *mp3*, as `write` wrote them."""
    try:
        # Without translation v2.3 frames stay what they are.
        frames = ID3(mp3, translate=False)
    except ID3NoHeaderError:
        return Tags(title="", show="", artist="")
    covers = frames.getall("APIC")
    return Tags(
        title=_text(frames, "TIT2"),
        show=_text(frames, "TALB"),
        artist=_text(frames, "TPE1"),
        album_artist=_text(frames, "TPE2"),
        published=_published(frames),
        genre=_text(frames, "TCON"),
        number=number(_text(frames, "TRCK")),
        season=number(_text(frames, "TPOS")),
        language=_language(frames),
        comment=_text(frames, "COMM"),
        description=_text(frames, "TDES"),
        keywords=_text(frames, "TKWD"),
        lyrics=_text(frames, "USLT"),
        cover=bytes(covers[0].data) if covers else b"",
        cover_mime=str(covers[0].mime) if covers else JPEG.mime,
        page_url=_text(frames, "WOAF"),
        show_url=_text(frames, "WOAS"),
        feed_url=_text(frames, "WFED"),
        copyright=_text(frames, "TCOP"),
        guid=_text(frames, "TGID"),
        chapters=_read_chapters(frames),
        duration_s=max((chap.end_time / 1000 for chap in frames.getall("CHAP")), default=0.0),
        provenance=_provenance(frames),
    )


def _names(tags: Tags) -> list[Frame]:
    texts: dict[Callable[..., Frame], str] = {
        TIT2: tags.title,
        TALB: tags.show,
        TPE1: tags.artist,
        TPE2: tags.album_artist or tags.artist,
        TCON: tags.genre,
        TRCK: str(tags.number) if tags.number is not None else "",
        TPOS: str(tags.season) if tags.season is not None else "",
        TCOP: tags.copyright,
        TGID: tags.guid,
        TDES: tags.description,
        TKWD: tags.keywords,
        # The region is a part of the feed's tag that ISO 639-2 cannot say.
        TLAN: iso639_2(tags.language) if tags.language else "",
    }
    if tags.published:
        at = tags.published.astimezone(UTC)
        texts |= {TYER: f"{at:%Y}", TDAT: f"{at:%d%m}", TIME: f"{at:%H%M}"}
        texts |= {TDRL: f"{at:%Y-%m-%dT%H:%M:%S}"}
    return [frame(encoding=_UTF16, text=text) for frame, text in texts.items() if text]


def _texts(tags: Tags) -> list[Frame]:
    language = iso639_2(tags.language)
    frames: list[Frame] = [PCST(value=0)]
    if tags.comment:
        frames.append(COMM(encoding=_UTF16, lang=language, desc="", text=tags.comment))
    if tags.lyrics:
        frames.append(USLT(encoding=_UTF16, lang=language, desc="", text=tags.lyrics))
    if tags.cover:
        frames.append(
            APIC(
                encoding=Encoding.LATIN1,
                mime=tags.cover_mime,
                type=PictureType.COVER_FRONT,
                desc="Cover",
                data=tags.cover,
            )
        )
    if tags.provenance:
        frames.append(PRIV(owner=_OWNER, data=tags.provenance.encode()))
    return frames


def _links(tags: Tags) -> list[Frame]:
    urls: dict[Callable[..., Frame], str] = {
        WOAF: tags.page_url,
        WOAS: tags.show_url,
        WFED: tags.feed_url,
    }
    return [frame(url=url) for frame, url in urls.items() if url]


def _chapters(tags: Tags) -> list[Frame]:
    """Return the chapters and their table (id3.org/id3v2-chapters-1.0)."""
    spans = chapter_spans(tags)
    if not spans:
        return []
    frames: list[Frame] = [
        CHAP(
            element_id=f"chp{at}",
            start_time=round(start_s * 1000),
            end_time=round(end_s * 1000),
            start_offset=0xFFFFFFFF,
            end_offset=0xFFFFFFFF,
            sub_frames=[TIT2(encoding=_UTF16, text=title)],
        )
        for at, (start_s, end_s, title) in enumerate(spans)
    ]
    frames.append(
        CTOC(
            element_id="toc",
            flags=CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED,
            child_element_ids=[f"chp{at}" for at in range(len(spans))],
            sub_frames=[],
        )
    )
    return frames


def _text(frames: ID3, name: str) -> str:
    found = frames.getall(name)
    if not found:
        return ""
    value = found[0].url if hasattr(found[0], "url") else found[0].text
    return str(value if isinstance(value, str) else "\n".join(str(part) for part in value))


def _language(frames: ID3) -> str:
    return iso639_1(_text(frames, "TLAN"))


def _published(frames: ID3) -> datetime | None:
    found = moment(_text(frames, "TDRL").replace(" ", "T"))
    return found.replace(tzinfo=UTC) if found else None


def _provenance(frames: ID3) -> str:
    """Return what we wrote; another program's bytes under our name are not ours."""
    data = next((priv.data for priv in frames.getall("PRIV") if priv.owner == _OWNER), b"")
    return bytes(data).decode("utf-8", "replace")


def _read_chapters(frames: ID3) -> tuple[Chapter, ...]:
    # Other programs put a picture or a link beside the title.
    return read_chapters(
        (chap.start_time / 1000, chap.sub_frames.get("TIT2", "")) for chap in frames.getall("CHAP")
    )
