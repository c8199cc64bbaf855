"""A build does what changed and nothing else, says why, side by side, and can be ended at any time."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from builders import files_of, speech_like, write_wav

from columncast import publish
from columncast.audio.enclosures import forecast
from columncast.audio.ffmpeg import process
from columncast.episodes.building.ledger import Ledger, Reason
from columncast.episodes.building.records import last_built, record_file
from columncast.episodes.building.runner import ALL
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import Hashes
from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_settings, new_facts

WEEKS = ("week-1", "week-2", "week-3")
FIRST = datetime(2026, 1, 5, 6, tzinfo=UTC)


def lay_episode(root: Path, slug: str, recording: Path, *, week: int = 1) -> Path:
    """Lay an episode into a show's folder, as `add` does before it builds."""
    folder = root / "episodes" / slug
    folder.mkdir(parents=True)
    text = f"# Letter {slug}\n\n" + "The lamp was lit at noon. " * 12
    (folder / "column.md").write_text(text, encoding="utf-8")
    (folder / "narration.wav").write_bytes(recording.read_bytes())
    source = Provenance(
        recording="take.wav", recording_sha256="0" * 64, column="c.md", column_sha256="0" * 64
    )
    facts = new_facts(source, FIRST + timedelta(days=7 * week), guid=f"guid-{slug}")
    (folder / "episode.toml").write_text(facts, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def weeks(tmp_path_factory):
    """Short recordings, all different."""
    folder = tmp_path_factory.mktemp("weeks")
    return [write_wav(folder / f"{n}.wav", speech_like(4, seed=n)) for n in range(1, 4)]


def lay_weeks(root: Path, weeks: list[Path]) -> ShowFolder:
    """Lay three weeks into an empty show, in a language that is not aligned."""
    change_settings(ShowFolder(root), {"language": "da"})
    for week, (slug, recording) in enumerate(zip(WEEKS, weeks, strict=True)):
        lay_episode(root, slug, recording, week=week)
    return ShowFolder(root)


@pytest.fixture
def unbuilt(show, weeks):
    """A scratch show of three weeks; nothing of it is built."""
    return lay_weeks(show.root, weeks)


@pytest.fixture(scope="session")
def built_weeks(empty_show, weeks, tmp_path_factory):
    """The same show, built; copied for each test, since mastering takes its time."""
    root = tmp_path_factory.mktemp("built-weeks") / "show"
    shutil.copytree(empty_show, root)
    publish.build(lay_weeks(root, weeks), jobs=1)
    return root


@pytest.fixture
def built(built_weeks, tmp_path, monkeypatch):
    """A scratch show that is built, and the current folder."""
    root = tmp_path / "show"
    shutil.copytree(built_weeks, root)
    monkeypatch.chdir(root)
    publish.build(ShowFolder(root), jobs=1)  # copies are new files: looked at, and written down
    return ShowFolder(root)


def reasons(folder: ShowFolder) -> dict[str, tuple[str, ...]]:
    return told(publish.build(ShowFolder(folder.root), jobs=1).reasons)


def planned(folder: ShowFolder) -> dict[str, tuple[str, ...]]:
    """Return why a build would look at what it looks at; where it would master, that is spared."""
    return told(publish.plan(ShowFolder(folder.root)).due)


def told(due: Mapping[str, Sequence[Reason]]) -> dict[str, tuple[str, ...]]:
    return {slug: tuple(map(str, why)) for slug, why in due.items()}


def test_a_new_episode_is_looked_at_because_it_is_not_built(unbuilt):
    assert dict.fromkeys(WEEKS, ("not built yet",)) == reasons(unbuilt)


def test_a_second_build_looks_at_nothing_and_changes_nothing(built):
    before = files_of(built.root)

    found = publish.build(ShowFolder(built.root))

    assert ({}, ()) == (found.reasons, found.changed)
    assert before == files_of(built.root)


def test_a_build_that_finds_nothing_to_do_loads_no_library_for_sound_or_pages(built):
    code = (
        "import sys; from columncast.cli import main; sys.argv = ['columncast', 'build']\n"
        "try: main()\n"
        "except SystemExit: print([m for m in ('numpy', 'lxml', 'PIL', 'jinja2', 'feedgen')"
        " if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=built.root
    )

    assert "Nothing changed" in done.stdout
    assert "[]" == done.stdout.splitlines()[-1]


def test_touched_files_with_the_same_content_are_no_reason(built):
    for path in built.episodes.rglob("*.*"):
        os.utime(path, (1, 1))

    assert {} == reasons(built)


def test_touched_files_are_read_once_and_not_by_every_build_that_follows(built, monkeypatch):
    for path in built.episodes.rglob("*.*"):
        os.utime(path, (1, 1))
    publish.build(ShowFolder(built.root))
    monkeypatch.setattr(Hashes, "of", lambda _, path: pytest.fail(f"{path} was read again"))

    assert {} == reasons(built)


def test_other_content_of_the_same_size_and_time_is_a_reason(built):
    column = built.episodes / "week-2" / "column.md"
    stat = column.stat()
    column.write_text(column.read_text(encoding="utf-8").replace("lamp", "lump"), encoding="utf-8")
    os.utime(column, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert {"week-2": ("column.md changed",)} == reasons(built)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": "The Long Way"}, "show.toml changed"),
        ({"audio.bitrate": "64k"}, "[audio] in show.toml changed"),
    ],
)
def test_a_change_of_the_show_is_a_reason_for_each_episode(built, change, why):
    change_settings(built, change)

    assert dict.fromkeys(WEEKS, (why,)) == planned(built)


def test_of_a_second_change_only_that_change_is_the_reason(built):
    change_settings(built, {"title": "Letters from the Hill"})
    publish.build(ShowFolder(built.root), jobs=2)

    change_settings(built, {"audio.bitrate": "128k"})

    assert dict.fromkeys(WEEKS, ("[audio] in show.toml changed",)) == planned(built)


def test_where_a_show_goes_live_is_no_reason(built):
    change_settings(built, {"publish.live.kind": "folder", "publish.live.path": "../live"})

    assert {} == reasons(built)


def test_a_lost_enclosure_is_a_reason_and_comes_back_the_same(built):
    before = files_of(built.audio)
    lost = next(built.audio.glob("week-1-*"))
    lost.unlink()

    assert {"week-1": (f"audio/{lost.name} is gone",)} == reasons(built)
    assert before == files_of(built.audio)


def test_a_lost_page_comes_back_without_a_look_at_any_episode(built):
    page = built.feed / "week-3" / "index.html"
    before = page.read_bytes()
    page.unlink()

    found = publish.build(ShowFolder(built.root))

    assert ({}, ("feed/week-3/index.html",)) == (found.reasons, found.changed)
    assert before == page.read_bytes()


def test_without_its_ledger_a_show_is_looked_at_again_and_comes_out_the_same(built):
    before = files_of(built.root)
    (built.cache / "ledger.json").write_text("{", encoding="utf-8")

    found = publish.build(ShowFolder(built.root), jobs=1)

    assert set(WEEKS) == set(found.reasons)
    assert () == found.changed
    assert before == files_of(built.root)


def test_records_of_an_earlier_version_are_read_and_nothing_is_encoded_again(built, monkeypatch):
    """Up to version 0.1 a note was recorded as `info`, without a source and a cure."""
    column = built.episodes / "week-1" / "column.md"
    column.write_text(f"{column.read_text()}\n\n![](https://a.example/lamp.png)\n")
    recorded = publish.build(built, jobs=1).find("week-1")
    feed, audio = files_of(built.feed), files_of(built.audio)
    file = record_file(built, "week-1")
    now = file.read_bytes()
    then = now.replace(b'"note","source":"","cure":null', b'"info"')
    file.write_bytes(then)
    (built.cache / "ledger.json").unlink()

    def encode(*_arguments, **_options):
        pytest.fail("an encoder was started")

    monkeypatch.setattr(process, "running", encode)

    read = last_built(built, "week-1")
    publish.build(built, jobs=1)

    assert now != then
    assert recorded == read
    assert feed == files_of(built.feed)
    assert audio == files_of(built.audio)


def test_a_retired_episode_leaves_and_one_that_is_deleted_is_forgotten(built):
    publish.retire(ShowFolder(built.root), "week-1")

    found = publish.build(ShowFolder(built.root))

    assert ["week-3", "week-2"] == [e.slug for e in found.feed]
    assert {} == found.reasons


def test_a_folder_that_has_lost_its_facts_is_no_episode_any_more(built):
    (built.episodes / "week-1" / "episode.toml").unlink()
    (built.episodes / ".week-2").mkdir()

    found = publish.build(ShowFolder(built.root))

    assert ["week-3", "week-2"] == [e.slug for e in found.feed]


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_file_whose_name_is_no_unicode_is_seen_as_any_other(tmp_path):
    before = files.signature(tmp_path)

    (tmp_path / os.fsdecode(b"Brief \xff.md")).touch()

    assert before != files.signature(tmp_path)


def test_side_by_side_gives_the_same_bytes_as_one_by_one(unbuilt, tmp_path):
    other = tmp_path / "other"
    subprocess.run(["cp", "-r", unbuilt.root, other], check=True)

    publish.build(unbuilt, jobs=1)
    publish.build(ShowFolder(other), jobs=3)

    assert files_of(unbuilt.root) == files_of(other)


def test_one_bad_recording_is_told_at_the_end_and_stops_nothing_else(unbuilt, columncast):
    (unbuilt.episodes / "week-2" / "narration.wav").write_bytes(b"this is no sound")

    done = columncast("build", "--jobs", "2")

    assert 3 == done.code
    assert done.err.startswith("Error: week-2:")
    assert "is not audio" in done.err
    assert 1 == done.err.count("Error")
    assert ["week-1", "week-3"] == sorted(p.name for p in unbuilt.feed.glob("week-*"))


def test_progress_tells_each_episode_and_the_whole(unbuilt):
    heard = []

    publish.build(unbuilt, jobs=2, progress=lambda what, share: heard.append((what, share)))

    items = {what.partition(": ")[0] for what, _ in heard}
    assert {*WEEKS, ALL, "the feed and its pages"} == items
    assert [1 / 3, 2 / 3, 1.0] == [share for what, share in heard if what == ALL]


def test_explain_says_why(built, columncast):
    (built.episodes / "week-1" / "column.md").write_text("# Anew\n\nA lamp.", encoding="utf-8")

    assert "week-1    column.md changed" in columncast("build", "--explain").out


def test_a_dry_run_says_what_how_long_and_how_much_and_does_nothing(unbuilt, columncast):
    before = files_of(unbuilt.root)

    said = columncast("build", "--dry-run").out
    document = json.loads(columncast("build", "--dry-run", "--json").out)

    assert "3 of 3 to look at" in said
    assert "3 recordings to master, 0:12" in said
    assert {slug: ["not built yet"] for slug in WEEKS} == document["due"]
    assert dict.fromkeys(WEEKS, 4.0) == document["audio"]
    # 12 s at 96 kbit/s, and what is under way: drafts, and what aligning hears
    assert 144_000 < document["length_bytes"] < 600_000
    assert document["seconds"] > 0
    assert before == files_of(unbuilt.root)


def test_a_dry_run_tells_a_look_from_an_encode(built, columncast):
    change_settings(built, {"title": "The Long Way"})

    document = json.loads(columncast("build", "--dry-run", "--json").out)

    assert 3 == len(document["due"])
    assert {} == document["audio"]


def test_a_disk_that_is_too_small_is_told_before_anything_is_done(unbuilt, columncast, monkeypatch):
    small = SimpleNamespace(total=10**6, used=10**6 - 10, free=10)
    monkeypatch.setattr(forecast.shutil, "disk_usage", lambda _: small)
    before = files_of(unbuilt.root)

    done = columncast("build")

    assert 1 == done.code
    assert "10" not in done.out
    assert "are free; nothing was changed" in done.err
    assert before == files_of(unbuilt.root)


def running_build(root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "columncast", "-C", str(root), "build", "--jobs", "2"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def processes_of(build: subprocess.Popen[str]) -> list[int]:
    """Return the living processes of the session that *build* began: workers name no show."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile
            state, _, _, session = _stat(entry)[:4]
            if int(session) == build.pid and state not in "ZX":
                found.append(int(entry.name))
    return found


def wait_until(there, *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.fixture
def long_weeks(unbuilt, long_take):
    """The same show with recordings that take a moment each."""
    for slug in WEEKS:
        (unbuilt.episodes / slug / "narration.wav").write_bytes(long_take.read_bytes())
    return unbuilt


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_build_that_is_ended_leaves_nobody_working_and_is_completed_by_the_next(long_weeks, how):
    process = running_build(long_weeks.root)
    wait_until(lambda: any("ffmpeg" in _name(pid) for pid in processes_of(process)))

    process.send_signal(how)
    said = process.communicate(timeout=30)[1]
    wait_until(lambda: not processes_of(process))

    if how == signal.SIGINT:
        assert 130 == process.returncode
        assert "Interrupted" in said
        assert "Traceback" not in said
    found = publish.build(ShowFolder(long_weeks.root))
    assert 3 == len(found.feed)
    assert not list(long_weeks.root.rglob(".columncast-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_worker_that_is_killed_costs_nobody_elses_work(long_weeks):
    process = running_build(long_weeks.root)
    workers: set[int] = set()
    wait_until(lambda: workers.update(_at_ffmpeg(process) - {process.pid}) or workers)

    os.kill(min(workers), signal.SIGKILL)
    process.communicate(timeout=60)

    assert 0 == process.returncode
    assert 3 == len(list(long_weeks.audio.glob("week-*.mp3")))


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/exe").resolve().name
    except OSError:
        return ""


def _at_ffmpeg(build: subprocess.Popen[str]) -> set[int]:
    """Return the processes of *build* that have ffmpeg at work."""
    found = set()
    for pid in processes_of(build):
        if "ffmpeg" in _name(pid):
            with contextlib.suppress(OSError):  # ended meanwhile
                found.add(int(_stat(Path(f"/proc/{pid}"))[1]))
    return found


def _stat(entry: Path) -> list[str]:
    """Return state, parent, group, session and more of a process (proc_pid_stat(5))."""
    return (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".opus"])
def test_an_episode_whose_audio_is_there_is_not_forecast_as_sound_to_make(unbuilt, suffix):
    due = {slug: [Reason("column.md", "changed")] for slug in WEEKS}
    unbuilt.audio.mkdir(exist_ok=True)
    (unbuilt.audio / f"week-2-1a2b3c4d{suffix}").touch()

    assert ["week-1", "week-3"] == Ledger(unbuilt).unheard(due)
