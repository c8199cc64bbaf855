"""Names that are no UTF-8, and names without a suffix: Linux has such files, and they are taken."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from builders import COLUMN

from columncast.episodes.importing.pairs.matching import sounds_in
from columncast.episodes.show.folder import ShowFolder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps names as bytes")
SLUG = "what-the-masons-left"


def odd(folder, name):
    """A path whose name has a byte that is no UTF-8."""
    return folder / os.fsdecode(name.encode() + b"\xff\xfe")


def test_a_recording_and_a_column_with_such_names(tmp_path, take, show, columncast):
    recording, column = odd(tmp_path, "take"), odd(tmp_path, "column")
    shutil.copy(take, recording)
    column.write_text(COLUMN, encoding="utf-8")

    done = columncast("add", recording, column, "--date", "2026-11-20T06:00Z", "--json")
    again = columncast("add", recording, column, "--date", "2026-11-20T06:00Z")

    assert (0, 0) == (done.code, again.code), done.err + again.err
    assert SLUG == json.loads(done.out)["slug"]
    source = show.episode(SLUG).facts.source
    assert "take\\udcff\\udcfe" == source.recording
    # Neither has a suffix that could be kept: what is in it says what it is.
    assert {"narration.wav", "column.txt"} < {p.name for p in show.episode(SLUG).path.iterdir()}


def test_a_change_of_the_recording_and_a_link_to_it(tmp_path, recordings, one_episode, columncast):
    recording = odd(tmp_path, "take")
    shutil.copy(recordings / "take-2.wav", recording)

    done = columncast("edit", SLUG, "--recording", recording)

    assert 0 == done.code, done.err
    assert ["narration.wav"] == [p.name for p in one_episode.episodes.glob("*/narration*")]


def test_a_folder_to_import_with_such_names(tmp_path, take, show, columncast):
    backlog = odd(tmp_path, "backlog")
    backlog.mkdir()
    shutil.copy(take, odd(backlog, "one ").with_suffix(".wav"))
    odd(backlog, "one ").with_suffix(".txt").write_text(COLUMN, encoding="utf-8")

    told = columncast("import", backlog, "--dry-run")
    document = columncast("import", backlog, "--dry-run", "--json")

    assert 0 == told.code
    (pair,) = json.loads(document.out)["pairs"]
    assert os.fsencode(pair["recording"]).endswith(b".wav")


def test_recordings_without_a_suffix_are_known_by_their_bytes(tmp_path, take):
    shutil.copy(take, tmp_path / "take-1")
    (tmp_path / "notes").write_text("no sound")

    assert ["take-1"] == [path.name for path in sounds_in(tmp_path)]


def test_a_show_in_a_folder_with_such_a_name(one_episode, tmp_path, columncast):
    root = odd(tmp_path, "show")
    shutil.copytree(one_episode.root, root)
    with (root / "show.toml").open("a", encoding="utf-8") as f:
        f.write('\n[publish.www]\nkind = "folder"\npath = "../www"\nverify = false\n')
    odd(root / "episodes" / SLUG, "memo").write_text("a file of the producer's own")

    for command in (["build", "--jobs", "1"], ["check"], ["list", "--json"], ["publish", "--json"]):
        done = columncast("-C", root, *command)

        assert 0 == done.code, done.err
    assert (tmp_path / "www" / "feed" / "feed.xml").is_file()


@pytest.mark.parametrize("name", [b"x\xff", b"my column", b"a\nb", "küste".encode()])
def test_an_episode_whose_folder_no_address_can_name_stops_no_other(name, one_episode, columncast):
    folder = one_episode.episodes / os.fsdecode(name)
    shutil.copytree(one_episode.episodes / SLUG, folder)
    facts = folder / "episode.toml"
    facts.write_text(facts.read_text().replace('guid = "', 'guid = "other-'))
    feed = (one_episode.feed / "feed.xml").read_bytes()

    built = columncast("build", "--jobs", "1")
    listed = columncast("list", "--json")

    assert 3 == built.code
    assert "the name of this folder cannot be part of an address" in built.err
    assert 1 == built.err.count("\n")
    assert 2 == len(json.loads(listed.out)["episodes"])
    assert feed == (one_episode.feed / "feed.xml").read_bytes()
    assert 0 == columncast("stats").code


def test_an_episode_whose_folder_people_have_named_is_found(one_episode, columncast):
    Path(one_episode.episodes / SLUG).rename(one_episode.episodes / "My_Column.2")

    assert 0 == columncast("build", "--jobs", "1").code
    assert 0 == columncast("show", "My_Column.2").code
    assert ["My_Column.2"] == ShowFolder(one_episode.root).slugs()
