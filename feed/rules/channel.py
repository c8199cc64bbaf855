"""The rules about the channel of a rendered feed, and about all its items together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from columncast.episodes.model.codes import category_path, language_tag
from columncast.feed.rss.xml import NAMESPACES, Element, find, find_all, text_at
from columncast.feed.rules.book import (
    APPLE,
    APPLE_ART,
    NAMESPACE,
    PSP1,
    RFC5005,
    RSS,
    SPOTIFY,
    YOUTUBE,
    RuleBook,
    is_secure,
    quoted,
    split_url,
    url_trouble,
)
from columncast.feed.rules.item import date_of

CHANNEL: RuleBook[Element] = RuleBook()
"""About the root of the document."""
DEPRECATED = ("itunes:summary", "itunes:subtitle", "itunes:keywords", "itunes:order")


@CHANNEL.rule("error", PSP1)
def feed_namespace(root: Element) -> Iterator[str]:
    """Namespaces are written letter by letter as Apple and PSP-1 give them."""

    def alike(uri: str) -> str:
        return uri.lower().partition("://")[2].rstrip("/")

    known = {alike(uri): uri for uri in NAMESPACES.values()}
    for uri in dict.fromkeys(e.tag[1:].partition("}")[0] for e in _elements(root) if "}" in e.tag):
        right = known.get(alike(uri))
        if right and right != uri:
            yield f"the namespace {uri} must be written {right}"


@CHANNEL.rule("error", APPLE)
def feed_required(root: Element) -> Iterator[str]:
    """The channel has every tag that Apple or PSP-1 requires."""
    for tag in ("title", "description", "link", "language", "itunes:explicit"):
        if not text_at(root, f"channel/{tag}"):
            yield f"<{tag}> is missing"
    if find(root, "channel/itunes:category") is None:
        yield "<itunes:category> is missing"


@CHANNEL.rule("error", APPLE_ART)
def feed_art(root: Element) -> Iterator[str]:
    """The channel names its cover, a JPEG or a PNG at a full address."""
    image = find(root, "channel/itunes:image")
    url = image.get("href") if image is not None else ""
    if not url:
        yield "<itunes:image> is missing"
    elif trouble := url_trouble(url):
        yield f"the cover {quoted(url)} {trouble}"
    elif not split_url(url).path.lower().endswith((".jpg", ".jpeg", ".png")):
        yield f"the cover {quoted(url)} is neither .jpg nor .png"


@CHANNEL.rule("error", PSP1)
def feed_self(root: Element) -> Iterator[str]:
    """The channel says its own address by `atom:link rel="self"`."""
    if url_trouble(self_link(root)):
        yield 'there is no <atom:link rel="self"> with the full address of the feed'


@CHANNEL.rule("error", SPOTIFY)
def feed_author(root: Element) -> Iterator[str]:
    """The channel names an author."""
    if not text_at(root, "channel/itunes:author"):
        yield "<itunes:author> is missing; Spotify requires it"


@CHANNEL.rule("warning", YOUTUBE)
def feed_owner(root: Element) -> Iterator[str]:
    """The channel has an owner's address, to which YouTube and Amazon send their code."""
    if not text_at(root, "channel/itunes:owner/itunes:email"):
        yield "<itunes:owner> has no e-mail address; YouTube refuses such a feed"


@CHANNEL.rule("error", APPLE)
def feed_language(root: Element) -> Iterator[str]:
    """The language is an ISO 639 code."""
    language = text_at(root, "channel/language")
    try:
        language_tag(language or "en")
    except ValueError as e:
        yield str(e)


@CHANNEL.rule("error", APPLE)
def feed_category(root: Element) -> Iterator[str]:
    """Categories are Apple's, in Apple's spelling."""
    for main in find_all(root, "channel/itunes:category"):
        subs = [sub.get("text") for sub in find_all(main, "itunes:category")] or [""]
        for sub in subs:
            path = [part for part in (main.get("text"), sub) if part]
            try:
                right = list(category_path(" > ".join(path)))
            except ValueError as e:
                yield str(e)
            else:
                if right != path:
                    yield f"the category {' > '.join(path)} must be spelled {' > '.join(right)}"


@CHANNEL.rule("error", APPLE)
def feed_values(root: Element) -> Iterator[str]:
    """Tags of few values have one of them: any other is ignored, often without a word."""
    few = {
        "itunes:explicit": "true|false",
        "itunes:block": "Yes",
        "itunes:complete": "Yes",
        "itunes:type": "episodic|serial",
        "itunes:episodeType": "full|trailer|bonus",
        "itunes:season": r"[1-9]\d*",
        "itunes:episode": r"[1-9]\d*",
        "podcast:locked": "yes|no",
        "podcast:block": "yes|no",
        "podcast:guid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    }
    for tag, values in few.items():
        for element in find_all(root, f".//{tag}"):
            if not re.fullmatch(values, element.text or ""):
                yield f"<{tag}> is {quoted(element.text or '')}, which readers do not know"


@CHANNEL.rule("warning", APPLE)
def feed_deprecated(root: Element) -> Iterator[str]:
    """Tags that Apple gave up are not used: some apps prefer them to the real notes."""
    for tag in DEPRECATED:
        if find(root, f".//{tag}") is not None:
            yield f"<{tag}> is deprecated"


@CHANNEL.rule("error", APPLE)
def feed_order(root: Element) -> Iterator[str]:
    """Episodes are in order, the newest first."""
    dates = [date_of(text_at(item, "pubDate")) for item in find_all(root, "channel/item")]
    known = [date for date in dates if date is not None]
    if any(later > earlier for earlier, later in pairwise(known)):
        yield "the episodes are not in order, the newest first"


@CHANNEL.rule("error", RSS)
def feed_unique(root: Element) -> Iterator[str]:
    """Every guid and every audio address is there once."""
    items = find_all(root, "channel/item")
    for name, values in {
        "guid": [text_at(item, "guid") for item in items],
        "audio": [e.get("url") for item in items for e in find_all(item, "enclosure")],
    }.items():
        for value, count in Counter(values).items():
            if count > 1:
                yield f"the {name} {quoted(value)} is there {count} times"


@CHANNEL.rule("error", APPLE)
def feed_addresses(root: Element) -> Iterator[str]:
    """Every address in the feed is full and plain ASCII."""
    for tag, url in _addresses(root):
        if trouble := url_trouble(url):
            yield f"<{tag}> {quoted(url)} {trouble}"


@CHANNEL.rule("warning", NAMESPACE)
def feed_not_https(root: Element) -> Iterator[str]:
    """Every address in the feed is https."""
    hosts = {
        split_url(url).netloc: url
        for _, url in _addresses(root)
        if url.startswith("http:") and not is_secure(url)
    }
    for url in hosts.values():
        yield f"{url} is not https, nor are others of that server"


@CHANNEL.rule("error", RFC5005)
def feed_pages(root: Element) -> Iterator[str]:
    """A feed in pages leads to its first and its last page."""
    rels = {link.get("rel"): link.get("href") for link in find_all(root, "channel/atom:link")}
    if ("next" in rels or "last" in rels) and not {"first", "last"} <= set(rels):
        yield "a feed in pages must name its first and its last page"
    if rels.get("next") and rels["next"] == rels.get("self"):
        yield "the next page is this page"


def _elements(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def _addresses(root: Element) -> Iterator[tuple[str, str]]:
    for tag in ("link", "docs", "url"):
        for element in root.iter(tag):
            yield tag, (element.text or "").strip()
    for element in _elements(root):
        tag = element.tag.rpartition("}")[2]
        for name in ("href", "url", "uri", "img", "feedUrl"):
            # In our own block for browsers an address may open an app.
            if element.get(name) and not element.tag.startswith(f"{{{NAMESPACES['xhtml']}}}"):
                yield tag, element.get(name)


def self_link(root: Element) -> str:
    """Return the address that the feed says is its own; empty when it says none."""
    links = find_all(root, "channel/atom:link")
    return next((link.get("href") for link in links if link.get("rel") == "self"), "")
