"""`sitemap.xml`: every page of a show, for search engines (sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from columncast.episodes.model.summary import Listing
from columncast.episodes.show.settings import Show
from columncast.feed.rss.document import Page
from columncast.feed.rss.xml import add, document, written

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
"""Addresses that one sitemap may hold."""


def render_sitemap(show: Show, plan: Sequence[Page], listed: Iterable[Listing]) -> bytes:
    """Return the sitemap of a show with the pages of *plan* and the episodes *listed*."""
    root = document("urlset", xmlns=NAMESPACE)
    for address, changed in islice(_pages(show, plan, listed), MOST):
        url = add(root, "url")
        add(url, "loc", address)
        if changed:
            add(url, "lastmod", changed)
    return written(root)


def _pages(
    show: Show, plan: Sequence[Page], listed: Iterable[Listing]
) -> Iterator[tuple[str, str]]:
    home = f"{show.base_url}feed/"
    for page in plan:
        newest = page.episodes[0].published.isoformat() if page.episodes else ""
        yield home + (page.html if page.newer else ""), newest
    for episode in listed:
        yield f"{home}{episode.slug}/", episode.published.isoformat()
