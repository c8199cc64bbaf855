"""What tests share: a scratch show, recordings made on the spot, and the command itself."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from builders import COLUMN, DATE, plain_cover, speech_like, write_wav
from hypothesis import settings

from columncast import publish
from columncast.audio.ffmpeg.process import executable
from columncast.audio.mastering import mp3_halves
from columncast.cli import main
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.artwork.small_pictures import cover_pictures
from columncast.feed.site.create import create_show

pytest_plugins = ["browser_builders", "live_servers", "old_hosts"]
"""Fixtures of what is started once for the whole run, and not once for each module."""

READ = Path(__file__).parent / "data" / "align"

# A slow machine is no failure: timing is for benchmarks.
settings.register_profile("columncast", deadline=None)
settings.load_profile("columncast")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `./run.sh test-kills` asks for."""
    text = "fail every call that changes a file and every step of publishing, not one of each kind"
    parser.addoption("--all-kills", action="store_true", help=text)


@pytest.hookimpl(optionalhook=True)  # without xdist, too
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of the time a test waits, for a browser or a server."""
    return (os.cpu_count() or 1) + 1


def pytest_configure() -> None:
    """Let Ctrl-C reach what the tests start: a shell's background jobs are begun deaf to it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Nobody pulls the plug of a test, and to wait for the disk took a seventh of the run.
    # `test_kills` fails this call, too, in processes of its own.
    os.fsync = lambda fd: None  # noqa: ARG005 - as it is called


def pytest_collection_finish() -> None:
    """Leave thousands of tests out of every search for garbage."""
    gc.freeze()


@dataclass(frozen=True)
class Result:
    """What the command said and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def columncast(capsys, monkeypatch):
    """Run `columncast ARGUMENTS` in this process; quick, and with its real messages and codes."""

    def run(*arguments: object) -> Result:
        monkeypatch.setattr("sys.argv", ["columncast", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        # A command that was interrupted leaves its process, which is the tests' here, deaf to Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        said = capsys.readouterr()
        code = ended.value.code or 0
        assert isinstance(code, int)
        return Result(code=code, out=said.out, err=said.err)

    return run


@pytest.fixture(scope="session")
def recordings(tmp_path_factory) -> Path:
    """A folder with one take, 12 s long, and a second one that is a second longer."""
    folder = tmp_path_factory.mktemp("recordings")
    write_wav(folder / "take.wav", speech_like(12))
    write_wav(folder / "take-2.wav", speech_like(13, seed=2))
    return folder


@pytest.fixture(scope="session")
def long_take(tmp_path_factory) -> Path:
    """A take of 20 s, for what has to be met while it is at work."""
    sound = np.tile(speech_like(10), 2)
    return write_wav(tmp_path_factory.mktemp("long") / "take.wav", sound)


@pytest.fixture
def halves_of_16_s(monkeypatch) -> None:
    """A reading is worth two halves from a minute on; here from less, for the time it takes."""
    monkeypatch.setattr(mp3_halves, "_SHORTEST_S", 16)


@pytest.fixture(scope="session")
def ffmpeg():
    """Run the real ffmpeg; return what it said."""

    def run(*arguments: object) -> str:
        command = [executable(), "-hide_banner", "-nostdin", "-y", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stderr

    return run


@pytest.fixture
def take(recordings) -> Path:
    return recordings / "take.wav"


@pytest.fixture
def column(tmp_path) -> Path:
    path = tmp_path / "column.txt"
    path.write_text(COLUMN, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def empty_show(tmp_path_factory) -> Path:
    """A show with no episode; copied for each test, as what pages show of its cover is made."""
    folder = create_show(
        tmp_path_factory.mktemp("empty") / "show",
        title="The Long Wall",
        description="A column on things people build.",
        author="Ruth Calder",
        email="wall@walls.example",
        site_url="https://walls.example/",
        base_url="https://cast.walls.example/",
        category=["History"],
    )
    folder.cover.write_bytes(plain_cover())
    cover_pictures(folder)
    return folder.root


@pytest.fixture
def show(empty_show, tmp_path, monkeypatch) -> ShowFolder:
    """A scratch show with no episode, and the current folder."""
    root = tmp_path / "show"
    shutil.copytree(empty_show, root)
    monkeypatch.chdir(root)
    return ShowFolder(root)


@pytest.fixture(scope="session")
def built_show(empty_show, recordings, tmp_path_factory) -> Path:
    """A show with one published episode; copied for each test."""
    root = tmp_path_factory.mktemp("built") / "show"
    shutil.copytree(empty_show, root)
    column = root.parent / "column.txt"
    column.write_text(COLUMN, encoding="utf-8")
    publish.add(ShowFolder(root), recordings / "take.wav", column, date=DATE)
    return root


@pytest.fixture(scope="session")
def reading(tmp_path_factory, ffmpeg) -> tuple[Path, Path]:
    """A recording of 24 s in which a voice reads a title and a paragraph, and their text."""
    folder = tmp_path_factory.mktemp("reading")
    take, column = folder / "take.wav", folder / "column.md"
    ffmpeg("-i", READ / "audio.opus", "-t", "24", take)
    title, opening, *_ = (READ / "text.md").read_text(encoding="utf-8").split("\n\n")
    column.write_text(f"{title}\n\n{opening}\n", encoding="utf-8")
    return take, column


@pytest.fixture(scope="session")
def demo_show(tmp_path_factory) -> Path:
    """The demo, read aloud by a person and aligned; copied by who changes it."""
    folder, _ = publish.demo(tmp_path_factory.mktemp("demo") / "show")
    return folder.root


@pytest.fixture
def one_episode(built_show, tmp_path, monkeypatch) -> ShowFolder:
    """A scratch show with the episode `what-the-masons-left`, and the current folder."""
    root = tmp_path / "show"
    shutil.copytree(built_show, root)
    monkeypatch.chdir(root)
    return ShowFolder(root)


@pytest.fixture(scope="session")
def part():
    """Return the path of a program that only tests need, or skip; in CI it must be there."""

    def find(*names: str) -> str:
        for name in names:
            if path := shutil.which(name):
                return path
        if os.environ.get("CI"):
            pytest.fail(f"{names[0]} is not installed; tests/debian-packages.txt should bring it")
        pytest.skip(f"{names[0]} is not installed; ./run.sh test-all installs it")

    return find
