"""Somebody else's feed, read: what apps overlook is overlooked, what identifies an episode is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from columncast.episodes.errors import FeedError
from columncast.episodes.importing.feed.episode import OldEpisode, is_podcast, read_episodes
from columncast.episodes.importing.feed.show import read_show_of
from columncast.episodes.importing.feed.xml import BrokenItem, read_channel, read_items
from columncast.episodes.importing.kind import source_kind
from columncast.episodes.importing.pairs.matching import Text, match_audio, match_columns

HEAD = (
    '<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" '
    'xmlns:i="http://www.itunes.com/DTDs/Podcast-1.0.dtd" '
    'xmlns:p="https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md">'
    "<channel><title>The Weir</title><link>https://weir.example</link>{more}"
)
SOUND = '<enclosure url="https://weir.example/{n}.mp3" length="9" type="audio/mpeg"/>'
DATED = "<pubDate>Mon, 05 Jan 2026 06:00:00 GMT</pubDate>"


@pytest.fixture
def feed(tmp_path):
    """Write a feed of items, each given as what is in it."""

    def write(*items, more="", encoding="utf-8", whole=True):
        text = HEAD.format(encoding=encoding, more=more)
        text += "".join(f"<item>{item}</item>" for item in items)
        path = tmp_path / "feed.xml"
        path.write_bytes((text + ("</channel></rss>" if whole else "")).encode(encoding))
        return path

    return write


def item(n=1, more="", guid="", title="One"):
    named = f"<guid>{guid}</guid>" if guid else ""
    return f"<title>{title}</title>{named}{DATED}{SOUND.format(n=n)}{more}"


def one(path, **how):
    (found,) = read_episodes(path, **how)
    return found


def codes(episode):
    return [notice.code for notice in episode.notices]


# the XML


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Bread & butter", "Bread & butter"),
        ("Caf&eacute;&nbsp;2", "Café\xa02".replace("\xa0", " ")),
        ("<![CDATA[Bread & <b>butter</b>]]>", "Bread & butter"),
        ("<![CDATA[</item><item>]]>", "</item><item>"),
        ("Fish \x08 chips", "Fish chips"),
    ],
)
def test_what_feed_readers_overlook_is_overlooked(feed, text, read):
    (found, *_) = read_episodes(feed(item(title=text)))

    assert isinstance(found, OldEpisode)
    assert read == found.title


def test_an_item_that_ends_in_a_comment_is_broken(feed):
    (found, *_) = read_episodes(feed(item(title="A </item> in a comment<!-- </item> -->")))

    assert isinstance(found, BrokenItem)


def test_a_broken_item_harms_no_other(feed):
    path = feed(item(1, guid="a"), "<title>Half</title><guid>b</item>", item(3, guid="c"))

    found = list(read_episodes(path))

    assert ["a", "c"] == [e.guid for e in found if isinstance(e, OldEpisode)]
    assert any(isinstance(e, BrokenItem) and "Half" in e.where for e in found)


def test_a_feed_that_breaks_off_gives_what_is_whole(feed):
    path = feed(item(1, guid="a"), item(2, guid="b"), whole=False)
    path.write_bytes(path.read_bytes()[:-40])

    found = list(read_episodes(path))

    assert isinstance(found[0], OldEpisode)
    assert "a" == found[0].guid
    assert isinstance(found[1], BrokenItem)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encoding_is_the_one_that_it_names(feed, encoding):
    assert "Ämter" == one(feed(item(title="Ämter"), encoding=encoding)).title


def test_namespaces_count_by_their_address_not_by_their_prefix(feed):
    more = '<i:season>2</i:season><p:transcript url="https://weir.example/1.vtt" type="text/vtt"/>'

    found = one(feed(item(more=more)))

    assert 2 == found.season
    assert "https://weir.example/1.vtt" == found.transcripts[0].url


def test_a_prefix_that_was_never_declared_means_what_it_always_means(feed):
    assert 7 == one(feed(item(more="<itunes:episode>7</itunes:episode>"))).number


def test_entities_are_refused(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text('<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item/></channel></rss>')

    for read in (read_channel, lambda p: list(read_items(p))):
        with pytest.raises(FeedError, match="entities"):
            read(path)


@pytest.mark.parametrize("text", ["", "nothing", "<html></html>", "<feed/>", "{}", "<rss>"])
def test_what_is_no_feed_is_said_in_one_line(tmp_path, text):
    path = tmp_path / "x.xml"
    path.write_text(text)

    with pytest.raises(FeedError) as caught:
        read_channel(path)

    assert "\n" not in str(caught.value)


def test_an_item_that_fills_memory_is_left_out(feed, monkeypatch):
    monkeypatch.setattr("columncast.episodes.importing.feed.xml.LARGEST", 2_000_000)
    path = feed(item(1, guid="a"), f"<title>{'x' * 3_000_000}</title>", item(3, guid="c"))

    found = list(read_episodes(path))

    assert ["a", "c"] == [e.guid for e in found if isinstance(e, OldEpisode)]


# who an episode is


def test_a_guid_is_kept_but_for_the_space_around_it(feed):
    assert (
        "tag:weir.example,2026: one" == one(feed(item(guid="\n tag:weir.example,2026: one "))).guid
    )


def test_without_a_guid_the_link_stands_in(feed):
    found = one(feed(item(more="<link>https://weir.example/one</link>")))

    assert "https://weir.example/one" == found.guid
    assert ["import-no-guid"] == codes(found)


def test_a_link_that_several_share_stands_in_for_none(feed):
    same = "<link>https://weir.example/</link>"

    found = list(read_episodes(feed(item(1, same), item(2, same))))

    assert ["https://weir.example/1.mp3", "https://weir.example/2.mp3"] == [
        e.guid for e in found if isinstance(e, OldEpisode)
    ]


def test_a_permalink_is_the_link_where_there_is_no_other(feed):
    assert "https://weir.example/p" == one(feed(item(guid="https://weir.example/p"))).link


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("Mon, 05 Jan 2026 06:00:00 +0100", "2026-01-05T06:00:00+01:00"),
        ("5 Jan 2026 06:00 EST", "2026-01-05T06:00:00-05:00"),
        ("Montag, 05 Jan 2026 06:00:00 GMT", "2026-01-05T06:00:00+00:00"),
        ("2026-01-05T06:00:00Z", "2026-01-05T06:00:00+00:00"),
    ],
)
def test_dates_are_read_as_hosts_write_them(feed, told, read):
    xml = f"<title>x</title><guid>g</guid><pubDate>{told}</pubDate>{SOUND.format(n=1)}"

    assert read == one(feed(xml)).published.isoformat()


@pytest.mark.parametrize("told", ["", "soon", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_without_a_date_its_place_in_the_feed_gives_one(feed, told):
    undated = f"<title>x</title><guid>g</guid><pubDate>{told}</pubDate>{SOUND.format(n=2)}"

    _, found = read_episodes(feed(item(1, guid="a"), undated))

    assert isinstance(found, OldEpisode)
    assert datetime(2026, 1, 5, 5, 59, tzinfo=UTC) == found.published
    assert ["import-no-date"] == codes(found)


def test_items_without_a_sound_are_no_episodes(feed):
    picture = '<title>A</title><enclosure url="https://weir.example/a.jpg" type="image/jpeg"/>'

    assert [] == list(read_episodes(feed(picture, "<title>B</title>")))
    assert not is_podcast(feed(picture))
    assert is_podcast(feed(picture, item()))


def test_audio_is_known_by_its_name_where_the_type_says_nothing(feed):
    xml = '<title>A</title><guid>a</guid><enclosure url="https://w.example/a.MP3?x=1" type=""/>'

    assert "https://w.example/a.MP3?x=1" == one(feed(xml + DATED)).audio_url


def test_what_a_rule_does_not_let_be_is_left_out_and_told(feed):
    more = (
        '<p:person role="wizard">Ada Mill</p:person><p:soundbite startTime="1" duration="3"/>'
        '<p:location geo="here">The lock</p:location><i:episode>0</i:episode>'
    )

    found = one(feed(item(guid="g", more=more)))

    assert [("Ada Mill", "host")] == [(p.name, p.role) for p in found.persons]
    assert (None, ()) == (found.number, found.podcast.soundbite)
    assert {"import-left-out"} == set(codes(found))


# the show


def test_settings_that_cannot_be_are_mended_and_told(feed):
    more = (
        "<language>english</language><description>&lt;p&gt;A &lt;b&gt;weir&lt;/b&gt;.&lt;/p&gt;"
        '</description><i:category text="Zoology"/><i:category text="Games &amp; Hobbies">'
        '<i:category text="Video Games"/></i:category><p:guid>none</p:guid>'
        "<i:owner><i:email>not an address</i:email></i:owner><i:explicit>clean</i:explicit>"
    )

    show = read_show_of(read_channel(feed(more=more)), url="https://weir.example/feed")

    assert "en" == show.settings["language"]
    assert "A weir." == show.settings["description"]
    assert ["Leisure > Video Games"] == show.settings["category"]
    assert "email" not in show.settings
    assert "ids.guid" not in show.settings
    assert 5 == len(show.notices)


def test_a_lock_and_a_move_are_noticed(feed):
    more = (
        '<p:locked owner="w@mail.example">yes</p:locked>'
        "<i:new-feed-url>https://other.example/feed</i:new-feed-url>"
    )

    show = read_show_of(read_channel(feed(more=more)), url="https://weir.example/feed")

    assert ("w@mail.example", "https://other.example/feed") == (show.locked_by, show.moved_to)


def test_a_show_without_a_site_asks_for_it(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text("<rss><channel><title>T</title></channel></rss>")

    with pytest.raises(FeedError, match="--site-url"):
        read_show_of(read_channel(path))


# what is given to import


def test_the_kind_of_a_source_is_what_it_holds(feed, tmp_path):
    posts = "<title>A</title><description>Text</description>"

    assert "feed" == source_kind("https://weir.example/feed")
    assert "folder" == source_kind(str(tmp_path))
    assert "feed" == source_kind(str(feed(item())))
    assert "posts" == source_kind(str(feed(item())), posts=True)
    assert "posts" == source_kind(str(feed(posts)))


# matching


def old(title, day=1, **said):
    date = datetime(2026, 1, day, tzinfo=UTC)
    made = {"guid": f"{title}-{day}", "audio_url": f"https://weir.example/{day}.mp3"}
    return OldEpisode(**{"title": title, "published": date, **made, **said})


def text(path, title, day=1, **said):
    return Text(path=path, title=title, published=datetime(2026, 1, day, tzinfo=UTC), **said)


def test_episodes_find_their_columns_by_link_title_and_date(tmp_path):
    episodes = [
        old("Anything", link="https://www.weir.example/p/the-gate/?utm_source=x"),
        old("Listen: Low Water"),
        old("News", day=3),
        old("News", day=10),
        old("The Gate That Sang (Part One)", day=20),
        old("Of nothing that was written", day=25),
    ]
    texts = [
        text(tmp_path / "a", "The Gate", slug="the-gate"),
        text(tmp_path / "b", "Low Water", day=30),
        text(tmp_path / "c", "News", day=3),
        text(tmp_path / "d", "News", day=10),
        text(tmp_path / "e", "The Gate That Sang: Part 1", day=21),
    ]

    found = match_columns(episodes, texts, show_title="The Weir")

    told = [(m.title, m.text.path.name, m.by, m.sure) for m in found]
    assert [
        ("Anything", "a", "link", True),
        ("Listen: Low Water", "b", "title", True),
        ("News", "c", "title and date", True),
        ("News", "d", "title and date", True),
        ("The Gate That Sang (Part One)", "e", "like title, date", False),
    ] == told


def test_audio_that_two_episodes_may_have_is_no_ones(tmp_path):
    twins = [old("A", 1, audio_url="https://w.example/a/audio.mp3"), old("B", 2, audio_url="https://w.example/b/audio.mp3")]  # fmt: skip
    (tmp_path / "audio.mp3").write_bytes(b"x")

    assert {} == match_audio(twins, [tmp_path / "audio.mp3"])
