"""One file that shows an episode to a colleague: opened from an e-mail, without a server."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from columncast.episodes.disk import files
from columncast.episodes.errors import CoverError, OutsideError
from columncast.episodes.model.media_types import JPEG
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.text.template import safe, shipped
from columncast.feed.artwork.cover import read_cover, thumbnail
from columncast.feed.preview.draft import Draft, read_draft
from columncast.feed.preview.page import (
    BESIDE,
    FIRST,
    PACKAGE,
    SECTIONS,
    exported_parts,
    fill,
)

SHARED = tuple(
    pair for pair in SECTIONS if pair[0] in ("apps", "warnings", "column", "listen", "notes")
)
"""What a colleague gets to see; the editor's fields, tags and comparisons stay at home."""


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
    style, script = shipped(PACKAGE, "preview.css"), shipped(PACKAGE, "preview.js")
    parts = exported_parts(draft, audio=_audio(draft, embed=embed_audio))
    body = fill("episode.html", parts=parts, sections=SHARED, first=FIRST, beside=BESIDE)
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


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
