"""`delete`: into the show's trash, out of the feed, and back."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from builders import files_of

from columncast.episodes.show import trash

SLUG = "what-the-masons-left"
LATER = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%dT%H:%MZ}"


class Terminal(io.StringIO):
    """A person at a terminal, who answers with these lines."""

    def isatty(self):
        return True


def below(root, place):
    return {name: data for name, data in files_of(root).items() if name.startswith(place)}


def trashed(folder):
    return [path.name.partition("-")[2] for path in (folder.episodes / ".trash").glob("*")]


def test_a_deleted_episode_leaves_the_show_with_all_its_files(columncast, one_episode):
    before = below(one_episode.root, f"episodes/{SLUG}/")

    done = columncast("delete", SLUG, "--yes", "--json")

    assert 0 == done.code, done.err
    told = json.loads(done.out)
    assert SLUG == told["deleted"]
    moved = below(one_episode.root, told["trash"])
    assert list(before.values()) == list(moved.values())
    assert {} == below(one_episode.root, f"episodes/{SLUG}/")
    assert {} == below(one_episode.root, f"feed/{SLUG}/")
    assert 0 == told["feed"]["episodes"]
    assert [] == json.loads(columncast("list", "--json").out)["episodes"]


def test_its_audio_stays_for_those_who_have_the_old_feed(columncast, one_episode):
    before = below(one_episode.root, "audio/")

    columncast("delete", SLUG, "--yes")

    assert before == below(one_episode.root, "audio/")


def test_what_was_deleted_comes_back_as_the_episode_it_was(columncast, one_episode):
    before = files_of(one_episode.root)
    columncast("delete", SLUG, "--yes")

    done = columncast("delete", SLUG, "--undo")

    assert 0 == done.code, done.err
    assert before == files_of(one_episode.root)


def test_audio_that_nobody_knows_goes_and_is_made_again(columncast, one_episode):
    columncast("edit", SLUG, "--date", LATER)
    before = below(one_episode.root, "audio/")

    deleted = columncast("delete", SLUG)
    between = below(one_episode.root, "audio/")
    columncast("delete", SLUG, "--undo")

    assert 0 == deleted.code, deleted.err
    assert {} == between
    again = below(one_episode.root, "audio/")
    assert set(again.items()) <= set(before.items())
    assert again


def test_a_published_one_is_not_deleted_where_nobody_can_be_asked(columncast, one_episode):
    before = files_of(one_episode.root)

    done = columncast("delete", SLUG)

    assert (2, "") == (done.code, done.out)
    assert f"columncast retire {SLUG}" in done.err
    assert before == files_of(one_episode.root)


@pytest.mark.parametrize(("answer", "left"), [("n\n", 1), ("\n", 1), ("y\n", 0)])
def test_a_person_at_a_terminal_is_asked_and_hears_what_apps_do(
    answer, left, columncast, one_episode, monkeypatch
):
    monkeypatch.setattr("sys.stdin", Terminal(answer))

    done = columncast("delete", SLUG)

    assert 0 == done.code
    assert "Listeners keep what they have downloaded" in done.err
    assert f"columncast retire {SLUG}" in done.err
    assert left == len(one_episode.slugs())


def test_one_that_was_never_there_or_has_its_name_taken_is_refused(columncast, one_episode):
    twin = one_episode.episodes / "twin"
    shutil.copytree(one_episode.episodes / SLUG, twin)
    columncast("delete", SLUG, "--yes")
    twin.rename(one_episode.episodes / SLUG)
    before = files_of(one_episode.root)

    unknown, taken = columncast("delete", "x", "--undo"), columncast("delete", SLUG, "--undo")
    nowhere = columncast("delete", "no-such-episode", "--yes")

    assert [3, 3, 3] == [unknown.code, taken.code, nowhere.code]
    assert f"it holds: {SLUG}" in unknown.err
    assert "--slug" in taken.err
    assert "no episode" in nowhere.err
    assert before == files_of(one_episode.root)


def test_a_guess_at_the_name_deletes_nothing_where_nobody_can_be_asked(columncast, one_episode):
    before = files_of(one_episode.root)

    done = columncast("delete", "masons", "--yes")

    assert 2 == done.code
    assert SLUG in done.err
    assert before == files_of(one_episode.root)


def test_an_empty_trash_says_so(columncast, one_episode):
    assert "it is empty" in columncast("delete", SLUG, "--undo").err


def test_two_of_one_name_lie_next_to_each_other_and_the_last_comes_back(columncast, one_episode):
    twin = one_episode.root / "twin"
    shutil.copytree(one_episode.episodes / SLUG, twin)
    columncast("delete", SLUG, "--yes")
    (twin / "note.txt").write_text("the second")
    twin.rename(one_episode.episodes / SLUG)
    columncast("delete", SLUG, "--yes")

    columncast("delete", SLUG, "--undo")

    assert [SLUG] == trashed(one_episode)
    assert (one_episode.episodes / SLUG / "note.txt").exists()


def test_a_run_that_was_killed_before_the_feed_was_built_is_completed(columncast, one_episode):
    with one_episode.locked():
        trash.delete(one_episode, SLUG)
    assert SLUG in one_episode.listed()

    done = columncast("delete", SLUG, "--yes")

    assert 0 == done.code, done.err
    assert SLUG not in one_episode.listed()
    assert [SLUG] == trashed(one_episode)


def test_one_whose_facts_are_damaged_can_be_deleted(columncast, one_episode):
    (one_episode.episodes / SLUG / "episode.toml").write_text("guid = [")

    done = columncast("delete", SLUG, "--yes")

    assert 0 == done.code, done.err
    assert [SLUG] == trashed(one_episode)
    assert 0 == columncast("check").code


def test_the_trash_is_no_part_of_the_show(columncast, one_episode, tmp_path):
    settings = one_episode.root / "show.toml"
    place = f'\n[publish.www]\nkind = "folder"\npath = "{tmp_path / "www"}"\nverify = false\n'
    settings.write_text(settings.read_text() + place)
    columncast("delete", SLUG, "--yes")

    assert 0 == columncast("build").code
    assert 0 == columncast("publish").code
    live = [path.name for path in (tmp_path / "www").rglob("*")]
    assert "feed.xml" in live
    assert not [name for name in live if name == ".trash" or name.endswith((".mp3", ".toml"))]


def test_a_clone_may_publish_a_feed_without_what_was_deleted(columncast, one_episode, tmp_path):
    settings = one_episode.root / "show.toml"
    place = f'\n[publish.www]\nkind = "folder"\npath = "{tmp_path / "www"}"\nverify = false\n'
    settings.write_text(settings.read_text() + place)
    columncast("publish")
    columncast("delete", SLUG, "--yes")
    shutil.rmtree(one_episode.cache)

    done = columncast("publish")

    assert 0 == done.code, done.err
