"""The feed, read back by other libraries than the one that wrote it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import podcastparser
import pytest
from feed_builders import BASE_URL, COVER_URL, enclosure, episode, notes, show
from hypothesis import given
from hypothesis import strategies as st

from columncast.episodes.errors import FeedError
from columncast.episodes.model.episode import Chapter
from columncast.episodes.show.settings import FeedSettings
from columncast.feed.rss.document import render_pages, render_rss

DATA = Path(__file__).parent / "data" / "feeds"
NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}


def channel(xml: bytes) -> ET.Element:
    found = ET.fromstring(xml).find("channel")
    assert found is not None
    return found


def one_feed(*episodes, **said) -> bytes:
    return render_rss(show(**said), episodes or [episode()], cover_url=COVER_URL)


def links(xml: bytes) -> dict[str, str]:
    return {e.get("rel", ""): e.get("href", "") for e in channel(xml).findall("atom:link", NS)}


@pytest.mark.parametrize("said", sorted(DATA.glob("*.toml")), ids=lambda p: p.stem)
def test_each_feature_is_written_as_its_golden_feed(said: Path):
    data = tomllib.loads(said.read_text(encoding="utf-8"))
    a_show = with_said(show(), data.get("show", {}))
    episodes = [with_said(episode(i + 1), e) for i, e in enumerate(data.get("episode", [{}]))]

    xml = render_rss(a_show, episodes, cover_url=COVER_URL)

    assert said.with_suffix(".xml").read_text(encoding="utf-8") == xml.decode()


def with_said(thing, said: dict[str, Any]) -> Any:
    """The thing with what the file says about it, checked as show.toml and episode.toml are."""
    base = msgspec.to_builtins(thing)
    return msgspec.convert(base | said, type(thing), strict=False)


def test_feedparser_reads_what_was_written():
    xml = one_feed(
        episode(notes=notes("<p>Fish &amp; <a href='https://e.org/?a=1&amp;b=2'>chips</a></p>"))
    )

    parsed = feedparser.parse(xml)

    assert not parsed.bozo
    assert "Letters from a Slow Town" == parsed.feed.title
    assert "podcast@example.org" == parsed.feed.publisher_detail.email
    assert COVER_URL == parsed.feed.image.href
    item = parsed.entries[0]
    assert episode().guid == item.id
    assert not item.guidislink
    assert "https://example.org/columns/week-1" == item.link
    assert "5160000" == item.enclosures[0].length
    assert "audio/mpeg" == item.enclosures[0].type
    assert 'href="https://e.org/?a=1&amp;b=2"' in item.content[-1].value
    assert (2026, 1, 2, 6) == item.published_parsed[:4]


def test_podcastparser_reads_what_was_written():
    marked = episode(chapters=(Chapter(start_s=61, title="Rain"),))

    parsed = podcastparser.parse("https://example.org/feed.xml", io.BytesIO(one_feed(marked)))

    item = parsed["episodes"][0]
    assert episode().guid == item["guid"]
    assert 430 == item["total_time"]
    assert [{"start": 61, "title": "Rain"}] == item["chapters"]
    assert 5_160_000 == item["enclosures"][0]["file_size"]
    assert datetime(2026, 1, 2, 6, tzinfo=UTC).timestamp() == item["published"]


def test_every_tag_that_apple_spotify_psp1_and_youtube_require_is_there():
    root = channel(one_feed())

    item = root.find("item")

    for tag in ("title", "description", "link", "language", "itunes:author", "itunes:explicit"):
        assert root.findtext(tag, "", NS), tag
    assert "podcast@example.org" == root.findtext("itunes:owner/itunes:email", "", NS)
    assert {"text": "Society & Culture"} == root.find("itunes:category", NS).attrib
    assert {"text": "Personal Journals"} == root.find("itunes:category/itunes:category", NS).attrib
    assert f"{BASE_URL}feed/feed.xml" == links(one_feed())["self"]
    for tag in ("title", "guid", "pubDate", "description", "content:encoded", "itunes:duration"):
        assert item.findtext(tag, "", NS), tag
    assert "false" == item.find("guid").get("isPermaLink")


def test_newest_comes_first_whatever_the_order_given():
    xml = one_feed(episode(2), episode(3), episode(1))

    titles = [e.title for e in feedparser.parse(xml).entries]

    assert ["Week 3: the ferry", "Week 2: the ferry", "Week 1: the ferry"] == titles


def test_two_episodes_of_the_same_second_keep_their_order():
    moment = episode().published
    one, two = episode(1, published=moment), episode(2, published=moment)

    assert one_feed(one, two) == one_feed(two, one)


def test_the_build_date_is_that_of_the_newest_episode_not_now():
    xml = one_feed(episode(1), episode(2))

    assert "Fri, 09 Jan 2026 06:00:00 +0000" == channel(xml).findtext("lastBuildDate")


def test_a_show_without_episodes_has_no_build_date_rather_than_a_false_one():
    root = channel(render_rss(show(), [], cover_url=COVER_URL))

    assert root.find("lastBuildDate") is None
    assert root.findtext("title")


def test_a_cover_named_jpeg_is_not_lost():
    """feedgen's own extension drops it without a word."""
    xml = render_rss(show(), [episode()], cover_url="https://example.org/cover.jpeg")

    assert "https://example.org/cover.jpeg" == channel(xml).find("itunes:image", NS).get("href")


def test_explicit_is_true_or_false_and_an_episode_may_differ_from_its_show():
    root = channel(one_feed(episode(1), episode(2, explicit=True)))

    said = [e.text for e in root.iter(f"{{{NS['itunes']}}}explicit")]

    assert ["false", "true", "false"] == said


def test_what_is_not_said_leaves_no_empty_tag():
    empty = [e.tag for e in ET.fromstring(one_feed()).iter() if not (e.text or e.attrib or len(e))]

    assert [] == empty


@pytest.mark.parametrize("gone", ["summary", "subtitle", "keywords", "order"])
def test_deprecated_itunes_tags_are_not_written(gone):
    assert f"itunes:{gone}".encode() not in one_feed()


def test_html_is_readable_in_the_source_and_closes_its_cdata():
    xml = one_feed(episode(notes=notes("<p>]]> &amp; more</p>")))

    item = channel(xml).find("item")

    assert b"<description><![CDATA[<p>" in xml
    assert "<p>]]> &amp; more</p>" == item.findtext("description")
    assert "<p>]]> &amp; more</p>" == item.findtext("content:encoded", "", NS)


def test_full_text_goes_to_content_encoded_only():
    xml = one_feed(episode(notes=notes("<p>Hook.</p>", full_html="<p>Hook. And all the rest.</p>")))

    item = channel(xml).find("item")

    assert "<p>Hook.</p>" == item.findtext("description")
    assert "<p>Hook. And all the rest.</p>" == item.findtext("content:encoded", "", NS)


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_can_break_the_feed(text):
    """Control characters, noncharacters and lone surrogates are no XML, not even escaped."""
    odd = episode(title=f"a{text}b", notes=notes(f"<p>{text}</p>"), author=f"c{text}")

    xml = one_feed(odd, title=f"t{text}", author=text, copyright=text)

    assert channel(xml).findtext("item/title", "").startswith("a")


def test_an_emoji_in_two_halves_is_put_together():
    xml = one_feed(episode(title="Ferry \ud83d\udea2"))

    assert "Ferry 🚢" == channel(xml).findtext("item/title")


def test_a_date_without_a_zone_is_refused_with_the_episodes_name():
    naive = episode(published=datetime(2026, 1, 2))  # noqa: DTZ001 - it is the point

    with pytest.raises(FeedError, match=r"week-1.*time zone"):
        one_feed(naive)


def test_a_date_keeps_its_zone_and_a_duration_is_at_least_a_second():
    eastern = timezone(timedelta(hours=-5))
    short = episode(
        published=datetime(2026, 7, 1, 7, 30, tzinfo=eastern), enclosure=enclosure(duration_s=0.2)
    )

    item = channel(one_feed(short)).find("item")

    assert "Wed, 01 Jul 2026 07:30:00 -0500" == item.findtext("pubDate")
    assert "1" == item.findtext("itunes:duration", "", NS)


def test_up_to_300_episodes_are_in_one_document():
    files = render_pages(show(), [episode(n) for n in range(1, 301)], cover_url=COVER_URL)

    assert ["feed.xml"] == list(files)
    assert {"self"} == set(links(files["feed.xml"]))


def paged(count: int) -> dict[str, bytes]:
    small = show(feed=FeedSettings(page_size=3))
    return render_pages(small, [episode(n) for n in range(1, count + 1)], cover_url=COVER_URL)


def test_a_large_show_keeps_every_episode_once_in_pages_that_lead_to_each_other():
    files = paged(11)

    seen, file = [], "feed.xml"
    while file:
        seen += [e.id for e in feedparser.parse(files[file]).entries]
        assert BASE_URL + "feed/" + file == links(files[file])["self"]
        file = links(files[file]).get("next", "").rpartition("/")[2]

    assert [episode(n).guid for n in range(11, 0, -1)] == seen
    assert {BASE_URL + "feed/page-2.xml"} == {links(xml)["last"] for xml in files.values()}


@pytest.mark.parametrize("count", range(3, 14))
def test_one_more_episode_changes_the_first_page_and_at_most_one_more(count):
    before, after = paged(count), paged(count + 1)

    changed = [file for file in after if after[file] != before.get(file)]

    assert "feed.xml" in changed
    assert len(changed) <= 2
    assert set(before) <= set(after)


def test_a_one_word_edit_is_one_word_in_the_feed():
    before = one_feed(episode(1), episode(2, notes=notes("<p>A grey boat.</p>")))
    after = one_feed(episode(1), episode(2, notes=notes("<p>A green boat.</p>")))

    differing = [
        pair for pair in zip(before.split(), after.split(), strict=True) if pair[0] != pair[1]
    ]

    assert {(b"grey", b"green")} == set(differing)


@pytest.mark.parametrize(
    "place",
    [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "2"},
    ],
    ids=lambda p: p["TZ"],
)
def test_the_same_bytes_come_out_anywhere(place):
    code = (
        "import sys; from feed_builders import *; from columncast.feed.rss.document import render_rss;"
        "sys.stdout.buffer.write(render_rss(show(), [episode(1), episode(2)], cover_url=COVER_URL))"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])

    elsewhere = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **place, "PYTHONPATH": paths},
        capture_output=True,
        check=True,
    ).stdout

    assert one_feed(episode(1), episode(2)) == elsewhere.replace(b"\r\n", b"\n")
