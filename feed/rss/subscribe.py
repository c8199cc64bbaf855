"""How a listener subscribes: links that open a podcast app on the feed, and an OPML file."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from columncast.episodes.show.settings import SERVICES, Show
from columncast.feed.rss.xml import add, document, legal_line, written


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


def service_links(show: Show) -> list[AppLink]:
    """Return the links to the show's own pages at services, as `[subscribe]` has them."""
    return [
        AppLink(SERVICES[service][0] if service in SERVICES else service, address)
        for service, address in show.subscribe.items()
    ]


def other_app_links(show: Show) -> list[AppLink]:
    """Return `subscribe_links` without the apps that `[subscribe]` has a page of the show for."""
    named = {link.app for link in service_links(show)}
    return [link for link in subscribe_links(show.feed_url) if link.app not in named]


def render_opml(show: Show) -> bytes:
    """Return an OPML 2.0 file (opml.org/spec2.opml) with this show and those it recommends.

    Every podcast app can import one, also those that no link opens.
    """
    opml = document("opml", version="2.0")
    add(add(opml, "head"), "title", legal_line(show.title))
    body = add(opml, "body")
    add(
        body,
        "outline",
        type="rss",
        text_=show.title,
        title=show.title,
        description=show.description,
        xmlUrl=show.feed_url,
        htmlUrl=show.site_url,
        language=show.language,
    )
    for other in show.podcast.podroll:
        if other.feed_url:
            name = other.title or other.feed_url
            add(body, "outline", type="rss", text_=name, title=name, xmlUrl=other.feed_url)
    return written(opml)
