"""One file that shows an episode to a colleague: opened from an e-mail, without a server."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from columncast.episodes.building.records import pictures_folder
from columncast.episodes.disk import files
from columncast.episodes.errors import CoverError, OutsideError
from columncast.episodes.model.media_types import COLUMN_PICTURES, JPEG, by_suffix
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.text.html import parse
from columncast.episodes.text.template import safe, shipped
from columncast.feed.artwork.cover import read_cover, thumbnail
from columncast.feed.preview.draft import Draft, read_draft
from columncast.feed.preview.page import (
    BESIDE,
    FIRST,
    SECTIONS,
    exported_parts,
    fill,
    part,
)
from columncast.feed.preview.scripts import PACKAGE, in_one_text

SHARED = tuple(
    pair for pair in SECTIONS if pair[0] in ("apps", "warnings", "column", "listen", "notes")
)
"""What a colleague gets to see; the editor's fields, tags and comparisons stay at home."""
PICTURES = ("pictures", "The column's pictures")
"""Within the file: at their public address there may be nothing yet."""


def export(folder: ShowFolder, slug: str, out: Path, *, embed_audio: bool) -> None:
    """Write the preview of the episode called *slug* to *out*, one file that needs no other.

    The audio is linked at its public address, or with *embed_audio* in the file itself, which is
    then a third larger than the audio.

    Raises:
        ColumncastError: As publishing would for what cannot be read.
    """
    files.write_out(out, exported(read_draft(folder.root, slug), embed_audio=embed_audio))


def exported(draft: Draft, *, embed_audio: bool) -> str:
    """Return that file; the same draft gives the same text."""
    style, script = shipped(PACKAGE, "preview.css"), in_one_text()
    parts = exported_parts(draft, audio=_audio(draft, embed=embed_audio))
    sections = SHARED
    if pictures := list(_pictures(draft)):
        parts["pictures"] = part("pictures", pictures=pictures)
        sections = (*SHARED, PICTURES)
    body = fill("episode.html", parts=parts, sections=sections, first=FIRST, beside=BESIDE)
    return fill(
        "layout.html",
        title=f"{draft.column.title} · {draft.show.title}",
        show=draft.show.title,
        body=safe(body),
        slug=draft.slug,
        around=[],
        cover=_cover(draft),
        live=False,
        policy=_policy(style, script),
        style=safe(style),
        script=safe(script),
    )


def _policy(style: str, script: str) -> str:
    """What the file may do: its own style and script, sound from where the show is served."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; media-src data: https: http:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    """A hash of an inline element's text, as policies name it (w3.org/TR/CSP3)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _audio(draft: Draft, *, embed: bool) -> str:
    if draft.built is None:
        return ""
    enclosure = draft.built.enclosure
    if not embed or draft.audio is None:
        return enclosure.url
    return f"data:{enclosure.mime_type};base64,{_encoded(draft.audio.read_bytes())}"


def _cover(draft: Draft) -> str:
    try:
        picture = thumbnail(read_cover(draft.folder.cover), side_px=120)
    except (CoverError, OutsideError):
        return ""  # the preview of notes is no place to refuse a cover
    return f"data:{JPEG.mime};base64,{_encoded(picture)}"


def _pictures(draft: Draft) -> Iterator[dict[str, str]]:
    """Yield each picture of the column: as small as its page has it, and standing still."""
    if draft.episode is None:
        return
    there = files.names(pictures_folder(draft.folder, draft.slug))
    still = ""  # of one that moves
    for shown in parse(draft.episode.text_html).walk():
        smallest = shown.attrs.get("srcset", "").partition(" ")[0]
        if shown.tag == "source":
            still = smallest
        if shown.tag != "img":
            continue
        name, still = still or smallest or shown.attrs.get("src", ""), ""
        kind = by_suffix(Path(name).suffix, COLUMN_PICTURES)
        if kind and name in there:
            path = pictures_folder(draft.folder, draft.slug) / name
            src = f"data:{kind.mime};base64,{_encoded(path.read_bytes())}"
            yield {"src": src} | {
                key: shown.attrs.get(key, "") for key in ("alt", "width", "height")
            }


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
