"""`open`: the page, the feed or the folder, printed, and opened where there is a display."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from columncast.episodes.console import console

SLUG = "what-the-masons-left"
BASE = "https://cast.walls.example/"


@pytest.fixture
def opened(monkeypatch):
    """A terminal on a machine with a display; what was opened there."""
    found = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("click.launch", lambda address: found.append(address) or 0)
    monkeypatch.setattr("columncast.cli.has_display", lambda: True)
    return found


@pytest.fixture
def live(one_episode, tmp_path, columncast):
    """The show, published to a folder."""
    settings = one_episode.root / "show.toml"
    place = f'\n[publish.www]\nkind = "folder"\npath = "{tmp_path / "www"}"\nverify = false\n'
    settings.write_text(settings.read_text() + place)
    columncast("publish")
    return one_episode


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ([], "feed/"),
        ([SLUG], f"feed/{SLUG}/"),
        (["latest"], f"feed/{SLUG}/"),
        (["--feed"], "feed/feed.xml"),
    ],
)
def test_what_is_live_is_opened_at_its_public_address(words, path, live, columncast, opened):
    done = columncast("open", *words)

    assert (0, f"{BASE}{path}\n", "") == (done.code, done.out, done.err)
    assert [f"{BASE}{path}"] == opened


def test_what_was_never_published_is_the_file_here(one_episode, columncast, opened):
    done = columncast("open", SLUG)

    here = one_episode.feed / SLUG / "index.html"
    assert f"{here}\n" == done.out
    assert "not published from here yet" in done.err
    assert [str(here)] == opened


@pytest.mark.parametrize(("words", "path"), [([], "."), ([SLUG], f"episodes/{SLUG}")])
def test_the_folder_is_on_this_machine(words, path, live, columncast, opened):
    columncast("open", *words, "--folder")

    assert [str(live.root / path)] == opened


def test_a_tool_gets_the_address_and_nothing_is_opened(live, columncast, opened):
    done = columncast("open", SLUG, "--json")

    assert {"what": "page", "address": f"{BASE}feed/{SLUG}/"} == json.loads(done.out)
    assert [] == opened


def test_an_episode_has_no_feed_of_its_own(live, columncast, opened):
    done = columncast("open", SLUG, "--feed")

    assert (2, "", []) == (done.code, done.out, opened)


def test_what_is_not_in_the_feed_has_no_page(live, columncast, opened):
    columncast("edit", SLUG, "--date", f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}")

    done = columncast("open", SLUG)

    assert (3, []) == (done.code, opened)
    assert f"columncast preview {SLUG}" in done.err


@pytest.mark.parametrize(
    ("display", "terminal", "platform", "expected"),
    [
        ("", True, "linux", False),
        (":0", True, "linux", True),
        (":0", False, "linux", False),
        ("", True, "darwin", True),
        ("", True, "win32", True),
    ],
)
def test_nothing_is_opened_without_a_display_or_a_terminal(
    display, terminal, platform, expected, monkeypatch
):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.setenv(name, display)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)

    assert expected == console.has_display()
