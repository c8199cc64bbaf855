"""The rules about the rendered feed, read back from its bytes as a directory reads it.

They know nothing of the show's folder, so they judge any podcast feed: ours before it leaves the
house, and the one that is live.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from columncast.episodes.errors import FeedError
from columncast.episodes.model.notice import Notice, errors_in
from columncast.feed.rss.xml import find, find_all, parse, text_at
from columncast.feed.rules.book import RFC5005, RSS, RuleBook
from columncast.feed.rules.channel import CHANNEL, self_link
from columncast.feed.rules.item import ITEM, Item

DOCUMENT: RuleBook[bytes] = RuleBook()
LARGEST_BYTES = 5_000_000


def check_feed(
    xml: bytes, folder: Path | None = None, *, known: Collection[str] = ()
) -> list[Notice]:
    """Return what is wrong with a feed; with *folder*, whether the audio it names lies there.

    *folder* is the show's: where the feed says `…/audio/x.mp3`, `audio/x.mp3` is looked for. Items
    whose guids are *known* were found good before, just as they are.
    """
    found = DOCUMENT.check(xml, "feed.xml")
    if errors_in(found):
        return found
    root = parse(xml)
    found += CHANNEL.check(root, "feed.xml")
    own = self_link(root)
    base_url = own[: own.rfind("/feed/") + 1] if "/feed/" in own else ""
    for element in find_all(root, "channel/item"):
        guid = text_at(element, "guid")
        if guid and guid in known:
            continue
        where = guid or text_at(element, "title") or "an item"
        found += ITEM.check(Item(element=element, base_url=base_url, folder=folder), where)
    return found


@DOCUMENT.rule("error", RSS)
def feed_not_xml(xml: bytes) -> Iterator[str]:
    """The feed is well-formed XML, an RSS 2.0 document with a channel."""
    try:
        root = parse(xml)
    except FeedError as e:
        yield e.message
    else:
        if root.tag != "rss" or root.get("version") != "2.0" or find(root, "channel") is None:
            yield "is not an RSS 2.0 document with a channel"


@DOCUMENT.rule("warning", RFC5005)
def feed_heavy(xml: bytes) -> Iterator[str]:
    """A feed has at most 5 MB: apps fetch it again and again."""
    if len(xml) > LARGEST_BYTES:
        yield f"has {len(xml) / 1e6:.1f} MB; lower [feed] page_size to cut it into pages"
