"""How a listener subscribes: links that open a podcast app on the feed."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote


class AppLink(NamedTuple):
    """A link that opens an app."""

    app: str
    url: str


def subscribe_links(feed_url: str) -> list[AppLink]:
    """Return the links that open podcast apps on *feed_url*, most used first.

    Each app registers its own scheme; Overcast and AntennaPod want the whole address as a
    parameter, the others the address without `https://`. Pocket Casts looks the feed up in its
    directory, so a show must have been submitted there once.

    >>> subscribe_links("https://example.org/feed/feed.xml")[0].url
    'podcast://example.org/feed/feed.xml'
    """
    bare = feed_url.partition("://")[2]
    whole = quote(feed_url, safe="")
    return [
        AppLink("Apple Podcasts", f"podcast://{bare}"),
        AppLink("Pocket Casts", f"pktc://subscribe/{bare}"),
        AppLink("Overcast", f"overcast://x-callback-url/add?url={whole}"),
        AppLink("AntennaPod", f"https://antennapod.org/deeplink/subscribe?url={whole}"),
        AppLink("Castro", f"castros://subscribe/{bare}"),
        AppLink("Podcast Addict", f"podcastaddict://{bare}"),
    ]
