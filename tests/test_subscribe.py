"""`[subscribe]`: the show's own pages at services are checked before a listener is sent there."""

from __future__ import annotations

import re

import pytest
from feed_builders import show

from columncast.feed.rss.subscribe import other_app_links, service_links, subscribe_links
from columncast.feed.site.qr import qr_svg


def test_a_service_has_the_name_that_people_know():
    ours = show(subscribe={"youtube": "https://www.youtube.com/playlist?list=PL1"})

    assert [("YouTube", "https://www.youtube.com/playlist?list=PL1")] == service_links(ours)


def test_amazon_is_the_same_service_in_every_country():
    addresses = [f"https://music.amazon.{end}/podcasts/x" for end in ("com", "de", "co.uk")]

    shows = [show(subscribe={"amazon": address}) for address in addresses]

    assert ["Amazon Music"] * 3 == [service_links(one)[0].app for one in shows]


@pytest.mark.parametrize(
    ("service", "address", "why"),
    [
        ("spotify", "http://open.spotify.com/show/a", "not an address like https"),
        ("spotify", "open.spotify.com/show/a", "not an address like https"),
        ("spotify", "https://open.spotify.com/show/a b", "not an address like https"),
        ("spotify", "https://open.spotify.com/show/ä", "not an address like https"),
        ("spotify", "javascript:alert(1)", "not an address like https"),
        ("spotify", "https://me:secret@open.spotify.com/show/a", "without a user's name"),
        ("spotify", "https://podcasts.apple.com/x", r"not an address of Spotify \(open.spotify"),
        ("apple", "https://podcasts.apple.com.walls.example/x", "not an address of Apple"),
        ("spotfy", "https://open.spotify.com/show/a", "did you mean spotify"),
        ("Spotify", "https://open.spotify.com/show/a", "did you mean spotify"),
        ("walls", "https://walls.example/radio", "known are: apple, spotify"),
    ],
)
def test_a_wrong_line_is_refused_with_its_reason(service, address, why):
    with pytest.raises(ValueError, match=why) as refused:
        show(subscribe={service: address})

    assert f"[subscribe] {service}" in str(refused.value)


def test_the_feed_has_the_links_by_its_address_whatever_the_show_says():
    ours = show(subscribe={"apple": "https://podcasts.apple.com/x"})

    by_address = [link.app for link in subscribe_links(ours.feed_url)]

    assert "Apple Podcasts" in by_address
    assert [app for app in by_address if app != "Apple Podcasts"] == [
        link.app for link in other_app_links(ours)
    ]


def test_a_code_is_the_same_every_time_and_black_on_white_in_the_dark_too():
    first, second = (qr_svg("https://example.org/feed/", 'A "code" & <more>') for _ in range(2))

    assert first == second
    assert 'aria-label="A &quot;code&quot; &amp; &lt;more>"' in first
    assert {"#fff", "#000"} == set(re.findall(r"#\w+", first))
