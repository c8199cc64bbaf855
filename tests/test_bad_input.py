"""A bad input is one clear line, the right exit code, and nothing changed on disk."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from builders import DATE, files_of, speech_like, write_wav
from PIL import Image


@pytest.fixture
def refused(columncast, show):
    """Run a command that must fail with *code*, say one line, and change nothing."""

    def run(code, *arguments):
        before = files_of(show.root)

        result = columncast(*arguments)

        assert code == result.code, result
        assert not result.out
        line = result.err.rstrip("\n")
        assert "\n" not in line, line
        assert line.startswith("Error: ")
        assert "Traceback" not in line
        assert before == files_of(show.root)
        return line

    return run


def test_no_show_here(columncast, tmp_path, take, column, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = columncast("add", take, column)

    assert 2 == result.code
    assert "no show.toml in" in result.err
    assert "columncast init" in result.err


# Recordings


def test_a_recording_that_is_no_audio(refused, tmp_path, column):
    recording = tmp_path / "notes.mp3"
    recording.write_text("Remember to record the column.\n" * 50)

    assert "notes.mp3" in refused(3, "add", recording, column)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("which", ["recording", "column"])
def test_a_pipe_that_nobody_fills_is_not_waited_for(refused, tmp_path, take, column, which):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    given = {"recording": take, "column": column, which: pipe}

    line = refused(3, "add", given["recording"], given["column"])

    assert "is a device or a pipe; save it to a file first" in line


def test_an_empty_recording(refused, tmp_path, column):
    recording = tmp_path / "take.wav"
    recording.touch()

    assert "empty" in refused(3, "add", recording, column)


def test_a_silent_recording(refused, tmp_path, column):
    recording = write_wav(tmp_path / "take.wav", np.zeros(44_100 * 5))

    assert "silent" in refused(3, "add", recording, column)


def test_a_truncated_recording(refused, tmp_path, column, take, ffmpeg):
    whole = tmp_path / "whole.flac"
    ffmpeg("-i", take, whole)
    recording = tmp_path / "take.flac"
    recording.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    line = refused(3, "add", recording, column)

    assert "--force" in line


def test_a_video_without_sound(refused, tmp_path, column, ffmpeg):
    recording = tmp_path / "clip.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=size=64x64:duration=1", recording)

    assert "without sound" in refused(3, "add", recording, column)


def test_a_hopelessly_quiet_recording(refused, tmp_path, column):
    recording = write_wav(tmp_path / "take.wav", speech_like(6, level_dbfs=-66))

    assert "max_gain_db" in refused(3, "add", recording, column)


@pytest.fixture
def too_long(tmp_path):
    """A column that nobody reads in the few seconds of a take."""
    column = tmp_path / "long.txt"
    column.write_text("A Long One\n\n" + "word after word follows here. " * 300)
    return column


@pytest.mark.parametrize("more", [(), ("-q",), ("--json",), ("--draft",)])
def test_a_recording_of_another_column(refused, take, too_long, more):
    said = refused(3, "add", take, too_long, *more)

    assert "which nobody reads" in said
    assert "--force" in said


def test_a_recording_far_too_long_for_its_column(refused, tmp_path):
    column = tmp_path / "short.txt"
    column.write_text("A Short One\n\nFive words are read here.\n")
    recording = write_wav(tmp_path / "minute.wav", speech_like(60))

    assert "which nobody reads" in refused(3, "add", recording, column)


def test_a_recording_of_another_column_that_is_meant(columncast, show, take, too_long):
    done = columncast("add", take, too_long, "--force")

    assert 0 == done.code
    assert "is this the right recording?" in done.out
    assert "pace-wrong" in done.err
    assert "0 errors" in columncast("check").out


@pytest.mark.parametrize("more", [(), ("-q",)])
def test_another_column_in_the_place_of_the_right_one(one_episode, columncast, too_long, more):
    before = files_of(one_episode.root)

    done = columncast("edit", "masons", "--column", too_long, *more)

    assert 3 == done.code
    assert "which nobody reads" in done.err
    assert before == files_of(one_episode.root)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--date", "2026-01-06T06:00Z"),
        ("--title", "What They Left"),
        ("--slug", "masons"),
        ("--number", "7"),
        ("--season", "2"),
        ("--type", "bonus"),
    ],
)
def test_the_same_again_with_another_fact(one_episode, columncast, take, column, option, value):
    before = files_of(one_episode.root)

    done = columncast("add", take, column, option, value)

    assert 2 == done.code
    assert f"columncast edit what-the-masons-left {option} " in done.err
    assert "nothing was changed" in done.err
    assert before == files_of(one_episode.root)


def test_the_edit_that_is_named_can_be_typed(one_episode, columncast, take, column):
    done = columncast("add", take, column, "--title", "It's what they left", "--number", 3)

    command = done.err.partition("columncast edit")[2].partition("; nothing")[0]

    assert 0 == columncast("edit", *shlex.split(command)).code
    assert "It's what they left" in columncast("show", "masons").out


def test_the_same_again_with_the_same_facts(one_episode, columncast, take, column):
    same = ("--date", DATE, "--title", "What the Masons Left", "--slug", "what-the-masons-left")

    done = columncast("add", take, column, *same)

    assert 0 == done.code, done.err
    assert "already" in done.out


def test_a_recording_that_is_a_folder(columncast, show, tmp_path, column):
    result = columncast("add", tmp_path, column)

    assert 2 == result.code


# Columns


def test_an_empty_column(refused, tmp_path, take):
    column = tmp_path / "column.txt"
    column.write_text(" \n\n")

    assert "empty" in refused(3, "add", take, column)


def test_a_binary_column(refused, tmp_path, take):
    column = tmp_path / "column.txt"
    column.write_bytes(bytes(range(256)) * 20)

    assert "column.txt" in refused(3, "add", take, column)


def test_an_unquoted_colon_in_the_front_matter(refused, tmp_path, take):
    column = tmp_path / "column.md"
    column.write_text("---\ntitle: The Long Wall: A Beginning\n---\n\nText.\n")

    line = refused(3, "add", take, column)

    assert 'title: "The Long Wall: A Beginning"' in line


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252"])
def test_another_encoding_is_read_with_a_notice(columncast, show, tmp_path, take, encoding):
    column = tmp_path / "column.txt"
    text = "The Wall’s End\n\nNobody knew the mason’s name, and the café kept no books of it.\n"
    column.write_bytes(text.encode(encoding))

    result = columncast("add", take, column, "--date", "2026-01-05", "-v", "--force")

    assert 0 == result.code, result.err
    assert "The Wall’s End" in result.out
    assert encoding in result.err.lower()


# Settings and options


def test_an_unknown_category(refused, tmp_path):
    line = refused(2, "init", tmp_path / "new", *required(), "--category", "Hstory")

    assert "did you mean 'History'" in line
    assert not (tmp_path / "new").exists()


def test_an_unknown_language(refused, tmp_path):
    line = refused(2, "init", tmp_path / "new", *required(), "--language", "klingon")

    assert "ISO 639-1" in line
    assert not (tmp_path / "new").exists()


def test_a_show_that_is_there_already(refused, show):
    assert "already" in refused(2, "init", show.root, *required())


@pytest.mark.parametrize(
    ("size", "mode", "kind", "says"),
    [
        ((1000, 1000), "RGB", "JPEG", "1400"),
        ((1500, 1400), "RGB", "PNG", "square"),
        (None, None, None, "picture"),
    ],
)
def test_a_wrong_cover(refused, tmp_path, size, mode, kind, says):
    cover = tmp_path / "art.png"
    if kind:
        Image.new(mode, size).save(cover, kind)
    else:
        cover.write_text("no picture")

    assert says in refused(3, "init", tmp_path / "new", *required(), "--cover", cover)
    assert not (tmp_path / "new" / "show.toml").exists()


@pytest.mark.parametrize("slug", ["../../outside", "/etc/passwd", "A Slug", "a--b", "x" * 200])
def test_a_slug_that_cannot_name_a_folder(refused, take, column, slug):
    assert "a-z" in refused(2, "add", take, column, "--slug", slug)


@pytest.mark.parametrize("date", ["some day", "1958-07-31", "2099-01-01"])
def test_a_publication_date_that_cannot_be(refused, take, column, date):
    assert date in refused(2, "add", take, column, "--date", date)


def test_a_setting_misspelled(columncast, show):
    settings = show.root / "show.toml"
    settings.write_text(settings.read_text().replace("bitrate", "bit_rate"))

    result = columncast("build")

    assert 2 == result.code
    assert "did you mean 'bitrate'" in result.err


def test_no_such_episode(columncast, one_episode):
    result = columncast("show", "what-the-masons-lft")

    assert 3 == result.code
    assert "what-the-masons-left" in result.err


# The disk


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_to_write(refused, show, take, column):
    (show.root / "audio").chmod(0o555)

    assert "permission" in refused(1, "add", take, column)


def test_a_full_disk(columncast, show, take, column, small_disk):
    root = small_disk / "show"
    shutil.copytree(show.root, root)
    before = files_of(root)
    with (small_disk / "filler").open("wb") as f:
        free = shutil.disk_usage(small_disk).free
        f.write(b"\0" * (free - 200_000))

    result = columncast("-C", root, "add", take, column)

    assert 1 == result.code, result
    assert "full" in result.err
    assert 1 == len(result.err.splitlines())
    assert before == files_of(root)


def test_a_read_only_disk(columncast, show, take, column, small_disk):
    root = small_disk / "show"
    shutil.copytree(show.root, root)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    result = columncast("-C", root, "add", take, column)

    assert 1 == result.code
    assert "read-only" in result.err
    assert 1 == len(result.err.splitlines())


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes; needs the right to mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system cannot be mounted here (it needs root)")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def required() -> list[str]:
    return ["--title", "The Long Wall", "--site-url", "https://walls.example"]


def test_a_show_without_a_name_is_refused(refused, tmp_path):
    site = required()[2:]

    said = refused(2, "init", tmp_path / "new", "--title", " ", *site)

    assert "the show needs a name: --title" in said
    assert not (tmp_path / "new").exists()


def test_nothing_half_made_is_left_behind(refused, show, tmp_path, column):
    recording = tmp_path / "take.mp3"
    recording.write_text("no audio")

    refused(3, "add", recording, column)

    left = [p for p in show.root.rglob("*") if p.is_file() and ".columncast-" in p.name]
    assert not left
    assert not list(Path(show.root / "episodes").iterdir())
