"""What killed runs leave half-written is removed by the next run, and nobody's work under way is."""

import os
import subprocess
import sys
import time

import pytest
from builders import files_of

from columncast.episodes import files
from columncast.episodes.changes import JOURNAL, complete, together
from columncast.episodes.storage.folder import Folder

SLUG = "what-the-masons-left"
DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def dead_name():
    """The name of a draft whose process has ended."""
    code = "from columncast.episodes import files; print(files.draft_name('a.mp3'))"
    return subprocess.check_output([sys.executable, "-c", code], text=True).strip()


def lay(folder, name, *, age_s=0.0):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (time.time() - age_s,) * 2)
    return path


@pytest.mark.parametrize(
    "place",
    [
        ".",
        "audio",
        "feed",
        "episodes",
        f"episodes/{SLUG}",
        f"feed/{SLUG}",
        ".columncast",
        ".columncast/measured",
    ],
)
def test_drafts_of_dead_runs_leave_a_show_with_the_next_build(
    columncast, one_episode, dead_name, place
):
    before = files_of(one_episode.root)
    of_ours = lay(one_episode.root / place, dead_name)
    of_an_earlier_version = lay(one_episode.root / place, ".columncast-k3j9_x1z.mp3")
    under_way = lay(one_episode.root / place, files.draft_name("b.mp3"))

    result = columncast("build")

    assert 0 == result.code, result.err
    assert not of_ours.exists()
    assert not of_an_earlier_version.exists()
    assert under_way.exists()
    under_way.unlink()
    assert before == files_of(one_episode.root)


def test_after_a_kill_drafts_are_looked_for_everywhere(columncast, one_episode, dead_name):
    (one_episode.cache / "at-work").touch()  # as a killed run leaves it
    left = lay(one_episode.cache / "read-along" / SLUG, dead_name)
    folder = one_episode.cache / "covers" / dead_name
    folder.mkdir(parents=True)

    columncast("build")

    assert not left.exists()
    assert not folder.exists()
    assert not (one_episode.cache / "at-work").exists()


@pytest.mark.parametrize(
    ("name", "age_s", "stays"),
    [
        (".columncast-k3j9_x1z.mp3", 0, True),  # nobody knows whose
        (".columncast-k3j9_x1z.mp3", DAY_S + 60, False),
        (".columncast-0000feed-7-0123abcd-x.mp3", 3600, True),  # of another machine
        (".columncast-0000feed-7-0123abcd-x.mp3", DAY_S + 60, False),
        ("holiday.mp3", 400 * DAY_S, True),  # no draft at all
    ],
)
def test_below_a_web_root_a_draft_that_may_be_somebody_elses_stays_for_a_day(
    tmp_path, name, age_s, stays
):
    left = lay(tmp_path / "www/audio", name, age_s=age_s)

    Folder(tmp_path / "www").sweep(())

    assert stays == left.exists()


def test_below_a_web_root_what_a_dead_run_of_this_machine_left_goes_at_once(tmp_path, dead_name):
    left = [
        lay(tmp_path / "www" / place, dead_name)
        for place in ("audio", "feed", "feed/week-1", ".columncast/feeds/20260101T000000Z-0a1b2c3d")
    ]
    elsewhere = lay(tmp_path / "www/blog", dead_name)
    (tmp_path / "away").mkdir()
    behind_a_link = lay(tmp_path / "away", dead_name)
    (tmp_path / "www/feed/link").symlink_to(tmp_path / "away")

    Folder(tmp_path / "www").sweep(())

    assert not [path for path in left if path.exists()]
    assert elsewhere.exists()
    assert behind_a_link.exists()


def test_a_process_that_has_the_number_of_a_dead_one_keeps_nothing(tmp_path):
    """As in a container, where every run may be process 7."""
    name = files.draft_name("a.mp3")
    machine, process, run = name.removeprefix(files.BESIDE).split("-")[:3]
    left = lay(tmp_path, f"{files.BESIDE}{machine}-{process}-{'0' * len(run)}-x.mp3")
    ours = lay(tmp_path, name)

    files.sweep(tmp_path, shared=True)

    assert not left.exists()
    assert ours.exists()


# Several files at once


def narrate_anew(show, fail=lambda: None):
    episode = show.episode(SLUG)
    with together(show.root) as change:
        change.write(episode.path / "narration.flac", b"new")
        change.remove(episode.narration)
        fail()


@pytest.fixture
def pending(one_episode, monkeypatch):
    """A show in which a run was killed right after it wrote the journal of a change of two files."""
    with monkeypatch.context() as patched:
        patched.setattr("columncast.episodes.changes.complete", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            narrate_anew(one_episode)
    return one_episode


def names(show):
    return sorted(path.name for path in (show.episodes / SLUG).iterdir())


@pytest.mark.parametrize(
    "command",
    [
        ["list"],
        ["show", SLUG],
        ["stats"],
        ["check", SLUG],
        ["preview", SLUG, "--text"],
        ["build", "--dry-run"],
    ],
    ids=lambda command: command[0],
)
def test_commands_that_only_read_complete_a_change_first(columncast, pending, command):
    assert (pending.root / JOURNAL).is_file()

    result = columncast(*command)

    assert "there 2 times" not in result.err
    assert ["column.txt", "episode.toml", "narration.flac"] == names(pending)
    assert not (pending.root / JOURNAL).exists()


def test_a_change_that_is_made_twice_is_made_once(pending):
    journal = (pending.root / JOURNAL).read_bytes()
    complete(pending.root)
    (pending.root / JOURNAL).write_bytes(journal)  # killed before it went

    complete(pending.root)

    assert ["column.txt", "episode.toml", "narration.flac"] == names(pending)
    assert b"new" == (pending.episodes / SLUG / "narration.flac").read_bytes()


def test_what_a_person_put_there_since_is_not_removed(pending):
    narration = pending.episodes / SLUG / "narration.wav"
    narration.write_bytes(b"a new take, laid there by hand")

    complete(pending.root)

    assert b"a new take, laid there by hand" == narration.read_bytes()


def test_a_change_that_fails_before_its_journal_changes_nothing(one_episode):
    before = files_of(one_episode.root)

    with pytest.raises(ZeroDivisionError):
        narrate_anew(one_episode, fail=lambda: 1 / 0)

    assert before == files_of(one_episode.root)


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"not JSON",
        b'[{"do": "rename", "path": "audio/../../outside", "to": "audio/x.mp3"}]',
        b'[{"do": "remove", "path": "../outside", "sha256": ""}]',
        b'[{"do": "remove", "path": "/etc/hostname", "sha256": ""}]',
        b'[{"do": "rename", "path": "show.toml", "to": "../stolen.toml"}]',
        b'[{"do": "rename", "path": "show.toml", "to": ""}]',
    ],
)
def test_a_journal_of_somebody_else_reaches_nothing_outside_of_the_show(
    columncast, one_episode, journal
):
    outside = one_episode.root.parent / "outside"
    outside.write_bytes(b"")
    before = files_of(one_episode.root)
    (one_episode.root / JOURNAL).write_bytes(journal)

    result = columncast("list")

    assert 0 == result.code, result.err
    assert outside.exists()
    assert not (one_episode.root.parent / "stolen.toml").exists()
    assert before == files_of(one_episode.root)


def test_a_move_that_was_killed_tells_its_redirects_when_it_is_asked_for_again(
    columncast, one_episode
):
    first = columncast("edit", "--move-to", "https://new.example/")

    again = columncast("edit", "--move-to", "https://new.example/")

    assert "rewrite ^/(.*)$ https://new.example/$1 permanent" in first.out
    assert first.out.partition("# nginx")[2] == again.out.partition("# nginx")[2]
