"""The rules about the rendered feed, read back from its bytes as a directory reads it.

They know nothing of the show's folder, so they judge any podcast feed: ours before it leaves the
house, and the one that is live.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from columncast.episodes.codes import category_path, language_tag
from columncast.episodes.errors import FeedError
from columncast.feed.episode_rules import AUDIO_TYPES, TRANSCRIPT_TYPES
from columncast.feed.markup import read_markup
from columncast.feed.rules import (
    APPLE,
    APPLE_ART,
    NAMESPACE,
    PSP1,
    RFC5005,
    RSS,
    SPOTIFY,
    YOUTUBE,
    Finding,
    RuleBook,
    is_secure,
    quoted,
    refused,
    url_trouble,
)
from columncast.feed.xml import NAMESPACES, Element, find, find_all, parse, text_at


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item of a feed, with the folder in which its audio should lie, if there is one."""

    element: Element
    base_url: str
    folder: Path | None


DOCUMENT: RuleBook[bytes] = RuleBook()
CHANNEL: RuleBook[Element] = RuleBook()
ITEM: RuleBook[Item] = RuleBook()
LARGEST_BYTES = 5_000_000
DEPRECATED = ("itunes:summary", "itunes:subtitle", "itunes:keywords", "itunes:order")


def check_feed(xml: bytes, folder: Path | None = None) -> list[Finding]:
    """Return what is wrong with a feed; with *folder*, whether the audio it names lies there.

    *folder* is the show's: where the feed says `…/audio/x.mp3`, `audio/x.mp3` is looked for.
    """
    found = DOCUMENT.check(xml, "feed.xml")
    if refused(found):
        return found
    root = parse(xml)
    found += CHANNEL.check(root, "feed.xml")
    own = _self_link(root)
    base_url = own[: own.rfind("/feed/") + 1] if "/feed/" in own else ""
    for element in find_all(root, "channel/item"):
        where = text_at(element, "guid") or text_at(element, "title") or "an item"
        found += ITEM.check(Item(element=element, base_url=base_url, folder=folder), where)
    return found


@DOCUMENT.rule("feed-not-xml", "error", RSS)
def _(xml: bytes) -> Iterator[str]:
    """The feed is well-formed XML, an RSS 2.0 document with a channel."""
    try:
        root = parse(xml)
    except FeedError as e:
        yield e.message
    else:
        if root.tag != "rss" or root.get("version") != "2.0" or find(root, "channel") is None:
            yield "is not an RSS 2.0 document with a channel"


@DOCUMENT.rule("feed-heavy", "warning", RFC5005)
def _(xml: bytes) -> Iterator[str]:
    """A feed has at most 5 MB: apps fetch it again and again."""
    if len(xml) > LARGEST_BYTES:
        yield f"has {len(xml) / 1e6:.1f} MB; lower [feed] page_size to cut it into pages"


@CHANNEL.rule("feed-namespace", "error", PSP1)
def _(root: Element) -> Iterator[str]:
    """Namespaces are written letter by letter as Apple and PSP-1 give them."""

    def alike(uri: str) -> str:
        return uri.lower().partition("://")[2].rstrip("/")

    known = {alike(uri): uri for uri in NAMESPACES.values()}
    for uri in dict.fromkeys(e.tag[1:].partition("}")[0] for e in _elements(root) if "}" in e.tag):
        right = known.get(alike(uri))
        if right and right != uri:
            yield f"the namespace {uri} must be written {right}"


@CHANNEL.rule("feed-required", "error", APPLE)
def _(root: Element) -> Iterator[str]:
    """The channel has every tag that Apple or PSP-1 requires."""
    for tag in ("title", "description", "link", "language", "itunes:explicit"):
        if not text_at(root, f"channel/{tag}"):
            yield f"<{tag}> is missing"
    if find(root, "channel/itunes:category") is None:
        yield "<itunes:category> is missing"


@CHANNEL.rule("feed-art", "error", APPLE_ART)
def _(root: Element) -> Iterator[str]:
    """The channel names its cover, a JPEG or a PNG at a full address."""
    image = find(root, "channel/itunes:image")
    url = image.get("href") if image is not None else ""
    if not url:
        yield "<itunes:image> is missing"
    elif trouble := url_trouble(url):
        yield f"the cover {quoted(url)} {trouble}"
    elif not urlsplit(url).path.lower().endswith((".jpg", ".jpeg", ".png")):
        yield f"the cover {quoted(url)} is neither .jpg nor .png"


@CHANNEL.rule("feed-self", "error", PSP1)
def _(root: Element) -> Iterator[str]:
    """The channel says its own address by `atom:link rel="self"`."""
    if url_trouble(_self_link(root)):
        yield 'there is no <atom:link rel="self"> with the full address of the feed'


@CHANNEL.rule("feed-author", "error", SPOTIFY)
def _(root: Element) -> Iterator[str]:
    """The channel names an author."""
    if not text_at(root, "channel/itunes:author"):
        yield "<itunes:author> is missing; Spotify requires it"


@CHANNEL.rule("feed-owner", "warning", YOUTUBE)
def _(root: Element) -> Iterator[str]:
    """The channel has an owner's address, to which YouTube and Amazon send their code."""
    if not text_at(root, "channel/itunes:owner/itunes:email"):
        yield "<itunes:owner> has no e-mail address; YouTube refuses such a feed"


@CHANNEL.rule("feed-language", "error", APPLE)
def _(root: Element) -> Iterator[str]:
    """The language is an ISO 639 code."""
    language = text_at(root, "channel/language")
    try:
        language_tag(language or "en")
    except ValueError as e:
        yield str(e)


@CHANNEL.rule("feed-category", "error", APPLE)
def _(root: Element) -> Iterator[str]:
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


@CHANNEL.rule("feed-values", "error", APPLE)
def _(root: Element) -> Iterator[str]:
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


@CHANNEL.rule("feed-deprecated", "warning", APPLE)
def _(root: Element) -> Iterator[str]:
    """Tags that Apple gave up are not used: some apps prefer them to the real notes."""
    for tag in DEPRECATED:
        if find(root, f".//{tag}") is not None:
            yield f"<{tag}> is deprecated"


@CHANNEL.rule("feed-order", "error", APPLE)
def _(root: Element) -> Iterator[str]:
    """Episodes are in order, the newest first."""
    dates = [_date(text_at(item, "pubDate")) for item in find_all(root, "channel/item")]
    known = [date for date in dates if date is not None]
    if any(later > earlier for earlier, later in pairwise(known)):
        yield "the episodes are not in order, the newest first"


@CHANNEL.rule("feed-unique", "error", RSS)
def _(root: Element) -> Iterator[str]:
    """Every guid and every audio address is there once."""
    items = find_all(root, "channel/item")
    for name, values in {
        "guid": [text_at(item, "guid") for item in items],
        "audio": [e.get("url") for item in items for e in find_all(item, "enclosure")],
    }.items():
        for value, count in Counter(values).items():
            if count > 1:
                yield f"the {name} {quoted(value)} is there {count} times"


@CHANNEL.rule("feed-addresses", "error", APPLE)
def _(root: Element) -> Iterator[str]:
    """Every address in the feed is full and plain ASCII."""
    for tag, url in _addresses(root):
        if trouble := url_trouble(url):
            yield f"<{tag}> {quoted(url)} {trouble}"


@CHANNEL.rule("feed-not-https", "warning", NAMESPACE)
def _(root: Element) -> Iterator[str]:
    """Every address in the feed is https."""
    hosts = {
        urlsplit(url).netloc: url
        for _, url in _addresses(root)
        if url.startswith("http:") and not is_secure(url)
    }
    for url in hosts.values():
        yield f"{url} is not https, nor are others of that server"


@CHANNEL.rule("feed-pages", "error", RFC5005)
def _(root: Element) -> Iterator[str]:
    """A feed in pages leads to its first and its last page."""
    rels = {link.get("rel"): link.get("href") for link in find_all(root, "channel/atom:link")}
    if ("next" in rels or "last" in rels) and not {"first", "last"} <= set(rels):
        yield "a feed in pages must name its first and its last page"
    if rels.get("next") and rels["next"] == rels.get("self"):
        yield "the next page is this page"


@ITEM.rule("item-required", "error", APPLE)
def _(item: Item) -> Iterator[str]:
    """An item has title, guid, date and notes."""
    for tag in ("title", "guid", "pubDate", "description"):
        if not text_at(item.element, tag):
            yield f"<{tag}> is missing"


@ITEM.rule("item-guid", "error", RSS)
def _(item: Item) -> Iterator[str]:
    """A guid that is no address says so by `isPermaLink="false"`."""
    guid = find(item.element, "guid")
    if (
        guid is not None
        and guid.get("isPermaLink", "true") == "true"
        and url_trouble(guid.text or "")
    ):
        yield f'the guid {quoted(guid.text or "")} must say isPermaLink="false"'


@ITEM.rule("item-date", "error", RSS)
def _(item: Item) -> Iterator[str]:
    """A date is written by RFC 2822, with its zone."""
    told = text_at(item.element, "pubDate")
    if told and _date(told) is None:
        yield f"the date {quoted(told)} is not written like ‘Fri, 02 Jan 2026 06:00:00 +0000’"


@ITEM.rule("item-text-length", "error", APPLE)
def _(item: Item) -> Iterator[str]:
    """A title has at most 255 characters, a description at most 4,000 bytes."""
    if len(text_at(item.element, "title")) > 255:
        yield "the title is longer than 255 characters"
    length = len(text_at(item.element, "description").encode())
    if length > 4000:
        yield f"<description> has {length} bytes; directories cut it after 4000"


@ITEM.rule("item-notes", "error", PSP1)
def _(item: Item) -> Iterator[str]:
    """The notes are whole HTML without anything that runs."""
    for tag in ("description", "content:encoded"):
        found = read_markup(text_at(item.element, tag))
        yield from (f"<{left}> in <{tag}> is not closed" for left in found.open_tags)
        yield from (f"{quoted(danger)} has no place in <{tag}>" for danger in found.dangers)


@ITEM.rule("item-enclosure", "error", RSS)
def _(item: Item) -> Iterator[str]:
    """An item has one enclosure, whose length is a number and whose type fits its name."""
    files = find_all(item.element, "enclosure")
    if len(files) != 1:
        yield f"there are {len(files)} enclosures; there must be one"
    for file in files:
        kind, path = file.get("type"), urlsplit(file.get("url")).path.lower()
        if not re.fullmatch(r"[1-9]\d*", file.get("length")):
            yield f"the length of the enclosure is {quoted(file.get('length'))}"
        if kind.startswith("audio/") and not path.endswith(AUDIO_TYPES.get(kind, ("",))):
            yield f"the enclosure {quoted(path)} is said to be {kind}"
        elif not kind.startswith(("audio/", "video/")):
            yield f"the enclosure is said to be {quoted(kind)}"


@ITEM.rule("item-duration", "error", APPLE)
def _(item: Item) -> Iterator[str]:
    """The duration is a number of seconds above 0."""
    told = text_at(item.element, "itunes:duration")
    if told and not re.fullmatch(r"[1-9]\d*", told):
        yield f"the duration {quoted(told)} is not a whole number of seconds"


@ITEM.rule("item-transcript", "error", f"{NAMESPACE}#transcript")
def _(item: Item) -> Iterator[str]:
    """A transcript has an address and a type that apps know."""
    for transcript in find_all(item.element, "podcast:transcript"):
        if not transcript.get("url") or transcript.get("type") not in TRANSCRIPT_TYPES:
            yield f"a transcript is said to be {quoted(transcript.get('type'))}"


@ITEM.rule("item-audio", "error", RSS)
def _(item: Item) -> Iterator[str]:
    """The audio lies where the feed says, with as many bytes."""
    file = find(item.element, "enclosure")
    if item.folder is None or file is None or not item.base_url:
        return
    inside = file.get("url").removeprefix(item.base_url)
    if inside == file.get("url"):
        return  # served from elsewhere
    path = item.folder / inside
    if not path.is_file():
        yield f"{inside} is missing"
    elif str(path.stat().st_size) != file.get("length"):
        yield f"{inside} has {path.stat().st_size} bytes, the feed says {file.get('length')}"


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


def _self_link(root: Element) -> str:
    links = find_all(root, "channel/atom:link")
    return next((link.get("href") for link in links if link.get("rel") == "self"), "")


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return date if date.tzinfo else None
