"""How each public file must be served: its type, how long it may be kept, who may frame it.

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
    OEMBED_ANSWER,
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
OEMBED_XML = "oembed.xml"
"""Text, as oEmbed 1.0 has it, and no feed either."""
LATEST = "latest.html"
"""The player for other sites with the newest episode in it; no episode's folder has such a name."""
_CHAPTERS_FILE = "chapters.json"
_NAMED_BY_CONTENT = (*SOUNDS, WAV, VTT, SRT, JSON, TEXT, *COLUMN_PICTURES, CSS, SCRIPT)

FOR_EVER = "public, max-age=31536000, immutable"
FRAMED = "frame-ancestors *"
"""As a Content-Security-Policy: any site may show the page in a frame."""
NOT_FRAMED = "frame-ancestors 'self'"
SHORTLY = "public, max-age=300, must-revalidate"


def content_type(name: str) -> str:
    """Return the Content-Type that a file of the public folder must be served with.

    >>> content_type("feed/the-ferry/chapters.json")
    'application/json+chapters'
    """
    if without_hash(PurePath(name).name) == _CHAPTERS_FILE:
        return CHAPTERS.served
    if PurePath(name).name == OEMBED_XML:
        return OEMBED_ANSWER
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


def frames(name: str) -> str:
    """Return the Content-Security-Policy of a file: the players for other sites may be framed.

    >>> frames("feed/the-ferry/embed/index.html"), frames("feed/the-ferry/index.html")
    ('frame-ancestors *', "frame-ancestors 'self'")
    """
    path = PurePath(name)
    player = path.name == LATEST or path.parts[-2:] == ("embed", "index.html")
    return FRAMED if player else NOT_FRAMED
