"""`status`: what is built, scheduled, in draft and live, what changed since, and what comes next."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

SLUG = "what-the-masons-left"
LATER = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"


@pytest.fixture
def status(columncast):
    """What `status` tells tools and people."""

    def look(*options):
        told, shown = columncast("status", "--json", *options), columncast("status", *options)
        assert (told.code, told.err) == (shown.code, shown.err)
        return json.loads(told.out) | {"shown": shown.out, "code": shown.code, "err": shown.err}

    return look


@pytest.fixture
def built(one_episode, columncast):
    """A show that was built where it lies."""
    columncast("build")
    return one_episode


@pytest.fixture
def www(built, tmp_path):
    """A folder that the show is published to."""
    settings = built.root / "show.toml"
    table = f'\n[publish.www]\nkind = "folder"\npath = "{tmp_path / "www"}"\nverify = false\n'
    settings.write_text(settings.read_text() + table)
    return tmp_path / "www"


def place(told):
    (only,) = told["places"]
    return only["state"], only["behind"], only["changes"]


def test_an_empty_show_says_how_to_begin(show, status):
    told = status()

    assert "columncast add RECORDING COLUMN" == told["next"]
    assert "none yet" in told["shown"]


def test_a_show_without_a_place_to_publish_to_says_so(built, status):
    told = status()

    assert {"published": 1, "scheduled": 0, "draft": 0, "retired": 0, "unbuilt": 0} == told[
        "episodes"
    ]
    assert [] == told["places"]
    assert "Next      add [publish.NAME] to show.toml" in told["shown"]


def test_what_is_to_be_built_is_named_with_the_reason(built, status):
    (built.episodes / SLUG / "column.txt").write_text("The Wall\n\nIt was never finished.\n")

    told = status()

    assert {SLUG: ["column.txt changed"]} == told["due"]
    assert "columncast build" == told["next"]
    assert f"To build  {SLUG}   (column.txt changed)" in told["shown"]


def test_what_is_scheduled_and_in_draft_is_named(built, columncast, status):
    columncast("edit", SLUG, "--date", LATER)
    scheduled = status()
    columncast("edit", SLUG, "--draft")
    draft = status()

    assert f"Next up   {LATER} 00:00 UTC   {SLUG}" in scheduled["shown"]
    assert f"Draft     {SLUG}   What the Masons Left" in draft["shown"]
    assert [SLUG] == [row["slug"] for row in draft["drafts"]]


def test_it_knows_without_a_network_what_changed_since_it_went_live(www, columncast, status):
    never = status()
    columncast("publish")
    www.rename(www.with_name("unreachable"))
    same = status()
    columncast("edit", SLUG, "--title", "The Masons")
    titled = status()

    assert ("never published from this folder", True, []) == place(never)
    assert "columncast publish" == never["next"]
    assert ("as built", False, []) == place(same)
    assert "" == same["next"]
    assert same["shown"].endswith("Next      nothing to do\n")
    assert (
        "behind by 1 episode",
        True,
        ["~ What the Masons Left -> The Masons"],
    ) == place(titled)
    assert "  ~ What the Masons Left -> The Masons" in titled["shown"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (["--explicit"], ["~ What the Masons Left   (other text or files)"]),
        (["--date", LATER], ["- What the Masons Left   (leaves the feed)"]),
    ],
)
def test_each_kind_of_change_is_told(change, told, www, columncast, status):
    columncast("publish")
    columncast("edit", SLUG, *change)

    assert told == place(status())[2]
    assert (
        told
        == json.loads(columncast("publish", "--dry-run", "--json").out)["plans"][0]["feed"][
            "changes"
        ]
    )


def test_records_may_be_deleted_and_a_rollback_is_not_hidden(www, built, columncast, status):
    columncast("publish")
    columncast("edit", SLUG, "--title", "The Masons")
    columncast("publish")
    columncast("rollback")
    back = status()
    shutil.rmtree(built.cache / "live")
    forgotten = status()

    assert "what differs is not known without --live" in place(back)[0]
    assert ("never published from this folder", True, []) == place(forgotten)


def test_the_places_themselves_are_asked_with_live(www, columncast, status):
    columncast("publish")
    same = status("--live")
    columncast("edit", SLUG, "--title", "The Masons")
    behind = status("--live")
    foreign = www / "feed" / "feed.xml"
    foreign.write_text(foreign.read_text().replace("Masons", "Others"))
    changed = status("--live")

    assert ("as built", False, []) == place(same)
    state, is_behind, told = place(behind)
    assert state.endswith("files to put")
    assert is_behind
    assert ["~ What the Masons Left -> The Masons"] == told
    assert 5 == changed["code"]
    assert "not the one last published" in changed["err"]


def test_a_place_for_audio_alone_is_no_reason_to_publish(built, status):
    settings = built.root / "show.toml"
    table = '\n[publish.cdn]\nkind = "folder"\npath = "../cdn"\nholds = ["audio"]\nverify = false\n'
    settings.write_text(settings.read_text() + table)

    assert ("holds audio alone", False, []) == place(status())


def test_what_is_damaged_comes_first(built, status):
    (built.episodes / SLUG / "episode.toml").write_text("guid = [")

    told = status()

    assert "columncast check" == told["next"]
    assert "Damaged   episodes/" in told["shown"]
