"""A show that moves is the same show."""

from __future__ import annotations

import re

import feedparser
import pytest
from feed_builders import COVER_URL, episode, show

from columncast.episodes.show.settings import Ids
from columncast.feed.rss.document import render_rss
from columncast.feed.rss.redirects import moved, redirects

OLD, NEW = "https://old.example.org/podcast/", "https://new.example.org/letters/"


def test_the_feed_tells_its_new_address_and_keeps_its_identity():
    before = show(base_url=OLD, ids=Ids())
    there = moved(before, NEW)

    was, now = (
        feedparser.parse(render_rss(s, [episode()], cover_url=COVER_URL)) for s in (before, there)
    )

    xml = render_rss(there, [episode()], cover_url=COVER_URL).decode()
    assert f"<itunes:new-feed-url>{NEW}feed/feed.xml</itunes:new-feed-url>" in xml
    assert was.feed.podcast_guid == now.feed.podcast_guid
    assert was.entries[0].id == now.entries[0].id
    assert f"{NEW}feed/feed.xml" in [link.href for link in now.feed.links if link.rel == "self"]


@pytest.mark.parametrize("server", ["nginx", "apache"])
@pytest.mark.parametrize("old", [OLD, "https://old.example.org", "https://old.example.org/a.b/c+d"])
def test_a_redirect_leads_every_address_to_the_same_place_over_there(server, old):
    pattern, target = re.search(r"(\^\S+) (\S+?\$1)", redirects(old, NEW)[server]).groups()
    path = "/" + old.partition("example.org")[2].strip("/") + "/audio/x-1a2b3c4d.mp3"

    led = re.sub(pattern, target.replace("$1", r"\1"), path.replace("//", "/"))

    assert f"{NEW}audio/x-1a2b3c4d.mp3" == led


def test_a_move_to_no_address_is_refused():
    with pytest.raises(ValueError, match="full URL"):
        moved(show(), "new.example.org")
