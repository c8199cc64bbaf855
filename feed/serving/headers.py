"""How each public file must be served: its type, and how long it may be kept.

One truth for the server on this machine, for stores that take headers with a file, and for the
check that asks the real server.
"""

from __future__ import annotations

from pathlib import PurePath

from columncast.episodes.model.asset_name import parse, without_hash
from columncast.episodes.model.media_types import (
    CHAPTERS,
    COLUMN_PICTURES,
    CSS,
    JSON,
    SCRIPT,
    SOUNDS,
    SRT,
    TEXT,
    UNKNOWN,
    VTT,
    WAV,
    by_suffix,
)

SITEMAP = "sitemap.xml"
"""For search engines: XML, and no feed."""
_CHAPTERS_FILE = "chapters.json"
_NAMED_BY_CONTENT = (*SOUNDS, WAV, VTT, SRT, JSON, TEXT, *COLUMN_PICTURES, CSS, SCRIPT)

FOR_EVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=300, must-revalidate"


def content_type(name: str) -> str:
    """Return the Content-Type that a file of the public folder must be served with.

    >>> content_type("feed/the-ferry/chapters.json")
    'application/json+chapters'
    """
    if without_hash(PurePath(name).name) == _CHAPTERS_FILE:
        return CHAPTERS.served
    # The machine's own table differs from one system to the next.
    kind = by_suffix(PurePath(name).suffix)
    return kind.served if kind else UNKNOWN


def is_hashed(name: str) -> bool:
    """Whether the name holds a hash of the bytes, so that they can never change under it.

    >>> is_hashed("audio/the-ferry-1a2b3c4d.mp3"), is_hashed("feed/the-ferry/index.html")
    (True, False)
    """
    found = parse(PurePath(name).name)
    return found is not None and by_suffix(found.suffix, _NAMED_BY_CONTENT) is not None


def cache_control(name: str) -> str:
    """Return how long a file may be kept: for ever where its name holds a hash of its bytes.

    >>> cache_control("audio/the-ferry-1a2b3c4d.mp3")
    'public, max-age=31536000, immutable'
    >>> cache_control("feed/feed.xml")
    'public, max-age=300, must-revalidate'
    """
    return FOR_EVER if is_hashed(name) else SHORTLY
