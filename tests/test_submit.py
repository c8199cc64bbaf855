"""`submit`: what each directory wants, what is missing in this show, and where to go."""

import json
import re

import pytest

from columncast.episodes.show.settings import SERVICES
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.live.directories import DIRECTORIES
from columncast.feed.live.submission import ANYWHERE
from columncast.feed.rules.book import YOUTUBE
from columncast.feed.rules.show import ART, SHOW, TOGETHER

SLUG = "what-the-masons-left"


@pytest.fixture
def missing(columncast):
    """The codes of what is missing, by directory."""

    def look():
        done = columncast("submit", "--json")
        assert 0 == done.code, done.err
        return {
            entry["service"]: {notice["code"] for notice in entry["missing"]}
            for entry in json.loads(done.out)["directories"]
        }

    return look


def change(folder, pattern, text):
    settings = folder.root / "show.toml"
    settings.write_text(re.sub(pattern, text, settings.read_text(), flags=re.MULTILINE))


def test_every_directory_is_a_service_that_pages_can_link_to():
    assert {directory.service for directory in DIRECTORIES} <= set(SERVICES)
    assert {"apple", "spotify", "youtube", "amazon", "pocketcasts", "podcastindex"} <= {
        directory.service for directory in DIRECTORIES
    }
    assert all(d.address.startswith("https://") or d.service == "overcast" for d in DIRECTORIES)


def test_what_stands_in_the_way_is_a_rule_of_ours():
    rules = {rule.code for book in (SHOW, ART, TOGETHER) for rule in book}

    assert ANYWHERE.union(*(directory.stops for directory in DIRECTORIES)) <= rules


def test_a_show_that_has_it_all_misses_nothing(one_episode, missing):
    assert {directory.service: set() for directory in DIRECTORIES} == missing()


def test_each_directory_misses_what_it_wants_itself(one_episode, missing):
    change(one_episode, r"^email = .*", 'email = ""')
    change(one_episode, r"^author = .*", 'author = ""')
    change(one_episode, r"^description = .*", 'description = ""')

    found = missing()

    assert {"show-description-missing"} == found["apple"]
    assert {"show-author-missing", "show-email-missing"} == found["spotify"]
    assert {"show-email-missing"} == found["youtube"] == found["amazon"]
    assert set() == found["pocketcasts"]


def test_a_show_without_an_episode_can_be_submitted_nowhere(show, missing):
    found = missing()

    assert set() == found.pop("overcast"), "nobody can submit there"
    assert all("no-episode" in codes for codes in found.values())


def test_what_is_missing_everywhere_is_said_once(one_episode, columncast):
    change(one_episode, r"^base_url = .*", 'base_url = "http://127.0.0.1:8000/"')
    change(one_episode, r"^description = .*", 'description = ""')

    shown = columncast("submit").out

    assert 1 == shown.count("[show-address-private]")
    top, apple = shown.index("Missing everywhere:"), shown.index("Apple Podcasts:")
    assert top < shown.index("[show-address-private]") < apple
    assert apple < shown.index("Missing: there is no description") < shown.index("Spotify:")


def test_a_show_for_trying_out_can_be_submitted_nowhere(one_episode, missing):
    change(one_episode, r"^base_url = .*", 'base_url = "http://127.0.0.1:8000/"')
    (one_episode.root / "cover.jpg").write_bytes(placeholder_cover("The Long Wall"))

    found = missing()

    assert {"show-address-private", "cover-placeholder"} <= found["apple"]
    assert set() == found["overcast"]


def test_an_error_stands_in_the_way_everywhere(one_episode, missing):
    (one_episode.root / "cover.jpg").write_bytes(b"no picture")

    assert all("cover-refused" in missing()[service] for service in ("apple", "podcastindex"))


def test_where_it_is_listed_nothing_is_asked_any_more(one_episode, columncast):
    page = "https://podcasts.apple.com/us/podcast/the-long-wall/id1"
    with (one_episode.root / "show.toml").open("a") as settings:
        settings.write(f'\n[subscribe]\napple = "{page}"\n')

    shown = columncast("submit").out

    assert f"Apple Podcasts: listed at {page}\n\nSpotify: https://creators.spotify.com/" in shown


def test_a_person_reads_what_to_paste_and_that_it_has_to_be_live(one_episode, columncast):
    lines = columncast("submit").out.splitlines()

    assert "Paste this address: https://cast.walls.example/feed/feed.xml" == lines[0]
    assert "columncast publish" in lines[1]
    assert "[subscribe]" in lines[-1]
    assert f"    Its own words: {YOUTUBE}" in columncast("submit", "-v").out.splitlines()


def test_one_app_alone(one_episode, columncast):
    done = columncast("submit", "spotify", "--json")

    assert ["spotify"] == [one["service"] for one in json.loads(done.out)["directories"]]


def test_an_app_that_is_not_known_is_refused_with_the_nearest(one_episode, columncast):
    done = columncast("submit", "spotfy")

    assert 2 == done.code
    assert "did you mean spotify?" in done.err


def test_a_private_address_keeps_a_show_out_everywhere(one_episode, columncast):
    settings = one_episode.root / "show.toml"
    settings.write_text(
        settings.read_text("utf-8").replace(
            "https://cast.walls.example/", "http://127.0.0.1:8000/"
        ),
        encoding="utf-8",
    )

    done = columncast("submit", "pocketcasts")

    assert "[show-address-private]" in done.out
