"""What killed runs leave half-written is removed by the next run, and nobody's work under way is."""

import os
import subprocess
import sys
import time

import boto3
import pytest
from builders import files_of

from columncast.episodes.building.mirror import Mirror
from columncast.episodes.disk import files
from columncast.episodes.disk.journal import JOURNAL, complete, together
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.episodes.storage.folder import Folder

SLUG = "what-the-masons-left"
DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def dead_name():
    """The name of a draft whose process has ended."""
    code = "from columncast.episodes.disk import files; print(files.draft_name('a.mp3'))"
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


@pytest.mark.parametrize(("age_s", "stays"), [(3600, True), (DAY_S + 60, False)])
def test_at_an_sftp_server_a_draft_stays_for_a_day(ssh, tmp_path, age_s, stays):
    root = ssh.folder / tmp_path.name
    left = lay(root / "audio", ".columncast-0123456789ab-week-1-0a1b2c3d.mp3", age_s=age_s)
    to_be_resumed = lay(
        root / "audio", ".columncast-0123456789ab-week-2-0a1b2c3d.mp3", age_s=2 * DAY_S
    )
    store = open_storage(
        Destination(kind="sftp", host="127.0.0.1", port=ssh.port, user=ssh.user, path=str(root)),
        tmp_path,
    )

    list(store.find("audio/"))
    store.sweep({"audio/week-2-0a1b2c3d.mp3"})
    store.close()

    assert stays == left.exists()
    assert to_be_resumed.exists()


@pytest.mark.parametrize("age_s", [DAY_S, 100 * 366 * DAY_S])
def test_at_s3_an_upload_that_nobody_finishes_is_given_up_after_a_day(
    s3_server, bucket, tmp_path, monkeypatch, age_s
):
    client = boto3.client("s3", endpoint_url=s3_server)
    keys = ["audio/week-1-0a1b2c3d.mp3", "audio/week-2-0a1b2c3d.mp3", "films/holiday-0a1b2c3d.mp4"]
    for key in keys:
        client.create_multipart_upload(Bucket=bucket, Key=f"pod/{key}")
    # This server says of each that it was begun in 2010, so it is the day that is made longer.
    monkeypatch.setattr("columncast.episodes.storage.s3.FOREIGN_S", age_s)
    store = open_storage(
        Destination(kind="s3", bucket=bucket, prefix="pod", endpoint_url=s3_server), tmp_path
    )

    store.sweep({keys[1]})
    store.close()

    left = client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    assert {f"pod/{key}" for key in (keys[1:] if age_s == DAY_S else keys)} == {
        u["Key"] for u in left
    }


def test_publishing_leaves_no_draft_of_a_killed_run(columncast, one_episode, dead_name, tmp_path):
    with (one_episode.root / "show.toml").open("a") as f:
        f.write(f'\n[publish.web]\nkind = "folder"\npath = "{tmp_path}/www"\nverify = false\n')
    for place in ("audio", f"feed/{SLUG}"):
        lay(tmp_path / "www" / place, dead_name)

    tried = columncast("publish", "--dry-run")
    before = list((tmp_path / "www").rglob(f"{files.BESIDE}*"))
    done = columncast("publish")

    assert (0, 0) == (tried.code, done.code), done.err
    assert 2 == len(before)  # a dry run changes nothing
    assert not list((tmp_path / "www").rglob(f"{files.BESIDE}*"))


def test_what_is_mirrored_for_workers_is_swept_and_drafts_are_never_fetched(
    one_episode, dead_name, tmp_path
):
    audio = next(one_episode.audio.iterdir()).stem
    there = Mirror(f"file://{tmp_path}/mirror")
    lay(tmp_path / "mirror/audio", dead_name)
    lay(tmp_path / f"mirror/episodes/{SLUG}", dead_name)
    under_way = lay(tmp_path / "mirror", ".columncast-0000feed-7-0123abcd-show.toml")

    there.send(one_episode, [SLUG])
    with there.worked_on(SLUG) as folder:
        found = sorted(path.name for path in folder.root.iterdir() if path.is_file())

    left = list((tmp_path / "mirror").rglob(f"{files.BESIDE}*"))
    assert [under_way] == left
    assert audio in {path.stem for path in (tmp_path / "mirror/audio").iterdir()}
    assert not [name for name in found if name.startswith(files.BESIDE)]


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
        patched.setattr("columncast.episodes.disk.journal.complete", lambda _: 1 / 0)
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


def test_a_rename_may_be_asked_for_again(columncast, one_episode):
    first = columncast("edit", SLUG, "--slug", "masons")

    again = columncast("edit", SLUG, "--slug", "masons")

    assert (0, 0) == (first.code, again.code), again.err
    assert ["masons"] == one_episode.slugs()
