"""Feeds that were damaged at random: read or refused in one line, in bounded time and memory."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from feed_mutations import mutated

from columncast.episodes.errors import FeedError
from columncast.episodes.importing.feed import tree, xml
from columncast.episodes.importing.feed.episode import OldEpisode, read_episodes, silent_items
from columncast.episodes.importing.feed.show import next_page, read_show_of
from columncast.episodes.importing.feed.xml import BrokenItem, read_outside
from columncast.episodes.importing.pairs.matching import address, audio_name, last_step

DATA = Path(__file__).parent / "data" / "podcasts"
SAMPLES = [*DATA.glob("*.xml"), *(DATA / "kinds").glob("*.xml")]
EACH = 3


def read(path):
    """Read everything of a feed; return what became of each item, or why it is refused."""
    try:
        outside = read_outside(path)
        read_show_of(outside.channel, url="https://old.example/feed", site_url="https://a.example")
        next_page(outside.channel, base="https://old.example/feed")
        silent_items(path)
        found = list(read_episodes(path, base="https://old.example/feed"))
    except FeedError as e:
        return [BrokenItem("feed", str(e))]
    for episode in found:
        if isinstance(episode, OldEpisode):
            (address(episode.link), last_step(episode.link), audio_name(episode.audio_url))
    return found


def assert_lines(found):
    assert all(isinstance(one, OldEpisode | BrokenItem) for one in found)
    broken = [one for one in found if isinstance(one, BrokenItem)]
    assert not any("\n" in one.where + one.why for one in broken)


@pytest.mark.parametrize("sample", sorted(SAMPLES), ids=lambda path: path.stem)
def test_a_damaged_feed_is_read_or_refused_in_one_line(sample, tmp_path):
    dice = random.Random(sample.stem)  # the same every time
    path = tmp_path / "feed.xml"
    for _ in range(EACH):
        path.write_bytes(mutated(sample.read_bytes(), dice))
        began = time.process_time()
        assert_lines(read(path))
        assert time.process_time() - began < 5


MONSTERS = {
    "comments nobody closes": b"<!--" * 100_000,
    "CDATA nobody closes": b"<rss><channel><item>" + b"<![CDATA[" * 50_000,
    "CDATA within an item": b"<rss><channel><item><title>" + b"<![CDATA[x]]>" * 20_000 + b"</item>",
    "tags nobody closes": b"<rss><channel><item>" + b"<p>" * 100_000 + b"</item></channel></rss>",
    "a million elements": b"<rss><channel><item>" + b"<p/>" * 100_000 + b"</item></channel></rss>",
    "one attribute": b'<rss><channel><item a="' + b"x" * 500_000 + b'"/></channel></rss>',
    "many attributes": b"<rss><channel><item>"
     b"<p " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b"/></item></channel></rss>",
    "ampersands": b"<rss><channel><item><title>" + b"&" * 100_000 + b"</title></item></channel></rss>",
    "prefixes": b"<rss><channel><item>"
    + b"".join(b"<p%d:q/>" % n for n in range(10_000)) + b"</item></channel></rss>",
    "items": b"<rss><channel><title>x</title>" + b"<item/>" * 20_000 + b"</channel></rss>",
    "angles": b"<rss><channel><item><title>" + b"<" * 200_000 + b"</title></item></channel></rss>",
    "quotes": b"<rss><channel><item><a b='" + b'<c d="' * 300_000 + b"</item></channel></rss>",
    "spaces": b" " * 1_500_000 + b"<rss>",
    "a laugh": b"<!DOCTYPE rss [" + b'<!ENTITY a "aaaa">' * 20_000 + b"]><rss><channel/></rss>",
    "a date": b"<rss><channel><item><enclosure url='https://a.example/1.mp3'/><pubDate>"
    + b"1 Jan " * 50_000 + b"</pubDate></item></channel></rss>",
    "escapes": b"<rss><channel><item><enclosure url='https://a.example/1.mp3'/><title>"
    + b"&amp;amp;" * 30_000 + b"</title><description>" + b"&amp;lt;p " * 20_000
    + b"</description></item></channel></rss>",
}  # fmt: skip


@pytest.mark.parametrize("monster", MONSTERS)
def test_a_feed_made_to_fill_memory_or_time_does_neither(monster, tmp_path, monkeypatch):
    monkeypatch.setattr(xml, "MOST_ITEMS", 1000)
    monkeypatch.setattr(tree, "MOST_NODES", 10_000)
    path = tmp_path / "feed.xml"
    path.write_bytes(MONSTERS[monster])
    began = time.process_time()

    assert_lines(read(path))

    assert time.process_time() - began < 10
