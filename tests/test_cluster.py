"""The same work on a Dask cluster: a real scheduler and three real workers, on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from builders import files_of, speech_like, write_wav
from live_servers import free_port
from test_build import lay_episode

from columncast import publish
from columncast.episodes.building import dask
from columncast.episodes.errors import ColumncastError, RemoteError
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_settings

distributed = pytest.importorskip("distributed")

SLUGS = [f"week-{n}" for n in range(1, 7)]


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.host = f"127.0.0.1:{free_port()}"
        self.address = f"dask://{self.host}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start("scheduler", "--host", "127.0.0.1", "--port", self.host.rpartition(":")[2])

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        command = (sys.executable, "-m", "distributed.cli.dask_" + command[0], *command[1:])
        self.home.mkdir(exist_ok=True)
        with (self.home / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "--no-dashboard"], stdout=log, stderr=log, cwd=self.home
            )
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        place = self.home / f"worker-{len(self.processes)}"
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(place))
        return self.start("worker", f"tcp://{self.host}", *options)

    def wait_for(self, workers: int) -> None:
        with distributed.Client(f"tcp://{self.host}", timeout=30, set_as_default=False) as client:
            if workers:
                client.wait_for_workers(workers, timeout=60)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    for _ in range(2):
        running.worker()
    running.wait_for(2)
    yield running
    running.end()


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("take") / "take.wav", speech_like(3))


@pytest.fixture
def unbuilt(show, take):
    """A scratch show of six weeks in a language that is not aligned; nothing of it is built."""
    change_settings(show, {"language": "da"})
    for week, slug in enumerate(SLUGS):
        lay_episode(show.root, slug, take, week=week)
    return ShowFolder(show.root)


@pytest.fixture
def local(unbuilt, tmp_path):
    """A copy of it that was built on this machine."""
    root = tmp_path / "local"
    shutil.copytree(unbuilt.root, root)
    publish.build(ShowFolder(root), jobs=1)
    return root


def public(root: Path) -> dict[str, bytes]:
    return {name: data for name, data in files_of(root).items() if name != "show.toml"}


def test_workers_on_a_shared_disk_make_the_same_bytes(unbuilt, local, workers):
    told = []

    publish.build(unbuilt, executor=workers.address, tell=told.append)

    assert files_of(local) == files_of(unbuilt.root)
    assert [] == told


def test_workers_that_see_the_show_by_a_url_make_the_same_bytes(unbuilt, local, workers, tmp_path):
    change_settings(unbuilt, {"build.workers_see": (tmp_path / "bucket").as_uri()})

    publish.build(ShowFolder(unbuilt.root), executor=workers.address)

    assert public(local) == public(unbuilt.root)
    assert {} == publish.build(ShowFolder(unbuilt.root)).reasons
    assert not list((tmp_path / "bucket").rglob("*.*.????????*"))


def test_a_recording_that_fails_there_is_told_as_it_would_be_here(unbuilt, workers, columncast):
    (unbuilt.episodes / "week-2" / "narration.wav").write_bytes(b"this is no sound")

    done = columncast("build", "--executor", workers.address)

    assert 3 == done.code
    assert "Error: week-2:" in done.err
    assert "is not audio" in done.err
    assert 5 == len(list(unbuilt.audio.glob("*.mp3")))


def test_a_worker_that_is_killed_at_work_loses_nothing(show, workers, tmp_path):
    change_settings(show, {"language": "da"})
    long = write_wav(tmp_path / "long.wav", np.tile(speech_like(10), 2))
    for week, slug in enumerate(SLUGS):
        lay_episode(show.root, slug, long, week=week)
    folder, local = ShowFolder(show.root), tmp_path / "local"
    shutil.copytree(show.root, local)
    third = workers.worker()
    workers.wait_for(3)
    command = [sys.executable, "-m", "columncast", "-C", str(show.root), "build", "-v"]
    build = subprocess.Popen(
        [*command, "--executor", workers.address], stderr=subprocess.PIPE, text=True
    )
    while not _works(third.pid):
        assert build.poll() is None, "it was never seen at work"
        time.sleep(0.01)

    os.kill(third.pid, signal.SIGKILL)
    said = build.communicate(timeout=120)[1]
    third.wait()

    assert (0, "") == (build.returncode, said)
    assert 6 == len(list(folder.audio.glob("*.mp3")))
    publish.build(ShowFolder(local), jobs=2)
    assert files_of(local) == files_of(folder.root)


def test_a_worker_with_another_version_is_told(monkeypatch, workers):
    told = []
    monkeypatch.setattr(publish, "software", lambda: "another-columncast")  # here, and not there

    done = list(
        dask.on_cluster(
            len, ["four"], address=workers.address, versions=publish.versions, tell=told.append
        )
    )

    assert [("four", 4)] == done
    assert 2 == len(told)
    assert all("here it is another-colu: what it makes may differ" in line for line in told)


def test_a_worker_without_columncast_is_told(workers):
    with pytest.raises(RemoteError, match=r"cannot work .* install columncast there"):
        list(
            dask.on_cluster(
                len, ["four"], address=workers.address, versions=_only_here, tell=lambda _: None
            )
        )


def _only_here() -> dict[str, str]:
    """Cannot be found by a worker, as no part of columncast could be that is not installed there."""
    return {}


def test_without_a_scheduler_nothing_is_changed(unbuilt, columncast, monkeypatch):
    monkeypatch.setattr(dask, "_PATIENCE_S", 0.5)
    before = files_of(unbuilt.root)

    done = columncast("build", "--executor", f"dask://127.0.0.1:{free_port()}")

    assert 4 == done.code
    assert "no Dask scheduler answers at 127.0.0.1:" in done.err
    assert before == files_of(unbuilt.root)


def test_a_scheduler_without_workers_is_told(unbuilt, columncast, tmp_path):
    running = Cluster(tmp_path / "empty")
    try:
        running.wait_for(0)
        done = columncast("build", "--executor", running.address)
    finally:
        running.end()

    assert 4 == done.code
    assert "has no workers; start some (dask worker" in done.err


@pytest.mark.parametrize("address", ["dask://", "spark://there:7077", "there"])
def test_an_executor_that_cannot_be_is_refused(unbuilt, columncast, address):
    done = columncast("build", "--executor", address)

    assert 2 == done.code
    assert "must be local, or like dask://cluster.lan:8786" in done.err


def test_an_item_that_kills_every_worker_is_given_up(monkeypatch):
    class Died:
        def result(self):
            raise distributed.KilledWorker("week-1", None, 3)

    outcome = dask._outcome(Died())

    assert isinstance(outcome, ColumncastError)
    assert "the workers that worked on it died" in str(outcome)


def _works(pid: int) -> bool:
    """Whether a process has a child that is ffmpeg at a recording."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                if b"narration.wav" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return True
    except OSError:
        pass
    return False
