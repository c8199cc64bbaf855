"""The feeds that a web page names, for people who know the address of a podcast's site.

`<link rel="alternate" type="application/rss+xml">` (rssboard.org/rss-autodiscovery).
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

from columncast.episodes.importing.feed.xml import Document
from columncast.episodes.model.media_types import FEEDS
from columncast.episodes.text import html
from columncast.episodes.text.normalize import fold

_TYPES = frozenset(kind.mime for kind in FEEDS)
_LONGEST_PAGE = 4_000_000
"""Characters; feeds are named in a page's head."""
_MOST = 5
_LATER = ("comment", "kommentar", "commentaire", "comentario")
"""Feeds of what readers say stand beside those of a podcast."""


def named_feeds(path: Path, *, base: str) -> list[str]:
    """Return the feeds that the web page *path*, fetched from *base*, names; the likeliest first.

    Empty where it is no web page.

    Raises:
        FeedError: It cannot be read.
    """
    text, root = Document(path).head
    if root is not None or "<link" not in text.lower():
        return []
    found: dict[str, bool] = {}
    for element in html.parse(text[:_LONGEST_PAGE]).walk():
        kind = element.attrs.get("type", "").partition(";")[0].strip().lower()
        rel = element.attrs.get("rel", "").lower().split()
        if element.tag == "link" and "alternate" in rel and kind in _TYPES:
            title = fold(f"{element.attrs.get('title', '')} {element.attrs.get('href', '')}")
            url = _absolute(base, element.attrs.get("href", ""))
            if url.startswith(("http://", "https://")):
                found.setdefault(url, any(word in title for word in _LATER))
    return sorted(found, key=lambda url: found[url])[:_MOST]


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""
