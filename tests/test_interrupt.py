"""Ctrl-C, pressed in the middle of whatever waits for a server: one line, exit code 130, at once."""

import os
import signal
import subprocess
import sys
import time

import pytest
from bad_hosts import bad_host_at, feed_of, took_s

from columncast.episodes.waiting.deadlines import Deadline, within
from columncast.episodes.waiting.interrupt import LINE

SOON_S = 10.0
"""Two seconds are promised; a machine that runs other tests needs more."""


@pytest.fixture
def host():
    with bad_host_at() as host:
        yield host


@pytest.fixture
def interrupted(host):
    """Start a command, press Ctrl-C when it has asked, and return exit code, stderr and seconds."""

    def run(*arguments, asked=1, **how):
        command = [sys.executable, "-m", "columncast", *map(str, arguments)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **how)
        while len(host.asked) < asked and process.poll() is None:
            time.sleep(0.02)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        said = process.communicate(timeout=30)[1]
        return process.returncode, said.strip(), took_s(began)

    return run


def test_while_the_feed_is_waited_for(interrupted, host, tmp_path):
    code, said, seconds = interrupted("import", f"{host.url}/silent/", "--to", tmp_path / "show")

    assert (130, LINE) == (code, said)
    assert seconds < SOON_S


def test_while_threads_fetch_audio(interrupted, host, tmp_path):
    kinds = ["silent", "drip", "drip-headers"] * 2
    host.files["/feed.xml"] = feed_of([f"{host.url}/{kind}/{n}" for n, kind in enumerate(kinds)])

    code, said, seconds = interrupted(
        "import", f"{host.url}/feed.xml", "--to", tmp_path / "show", "--yes", "-q", asked=5
    )

    assert (130, LINE) == (code, said)
    assert seconds < SOON_S


POOL = """
import signal, sys, time
from columncast.episodes.building.processes import side_by_side
def length(item, progress):
    return len(item)
if __name__ != "__main__":  # in a worker that still imports what it needs
    print("asked", flush=True)
    time.sleep(1)
else:
    signal.signal(signal.SIGINT, lambda *_: None)
    print(sorted(side_by_side(length, ["a", "bc"], jobs=2, progress=print)), flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows has no such signals")
def test_a_worker_that_has_only_begun_is_deaf_to_ctrl_c(tmp_path):
    """A terminal sends it to every process of a command, and what it means is for one to decide."""
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    process = subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert "[('a', 1), ('bc', 2)]" in out
    assert "" == err


SLOW = """
import threading, time
from columncast import cli, publish
def slow(*_, **__):
    print("asked", flush=True)
    threading.Thread(target=time.sleep, args=(60,)).start()
    {}
cli.list_.callback = slow
cli.main()
"""


@pytest.mark.parametrize(
    "waits",
    [
        "time.sleep(60)",
        "__import__('concurrent.futures').futures.ThreadPoolExecutor().submit(time.sleep, 60).result()",
        "exec('while True:\\n try: time.sleep(60)\\n except KeyboardInterrupt: pass')",
    ],
    ids=["a thread is left", "a pool is left", "it is ignored"],
)
def test_what_does_not_want_to_end_is_ended(waits):
    command = [sys.executable, "-c", SLOW.format(waits), "list"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert "asked" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)  # impatience changes nothing
        _, said = process.communicate(timeout=30)

    assert (130, LINE) == (process.returncode, said.strip())
    assert took_s(began) < SOON_S


def test_a_call_without_a_limit_gets_one():
    began = time.monotonic()

    with pytest.raises(TimeoutError):
        within(0.1, lambda: time.sleep(20))

    assert took_s(began) < SOON_S


def test_a_deadline_that_is_met_cuts_nothing():
    cut = []

    with Deadline(0.1, lambda: cut.append(1)) as deadline:
        deadline.extend(30, most_until=time.monotonic() + 30)
        time.sleep(0.2)
    with Deadline(0.05, lambda: cut.append(2)):
        pass
    time.sleep(0.1)

    assert not cut


AT_AN_IMPORT = """
import os, signal, sys
class PressedAt:
    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, PressedAt())
from columncast.__main__ import main
sys.argv[1:] = sys.argv[2:]
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="os.kill means something else on Windows")
@pytest.mark.parametrize(
    "module",
    ["columncast.cli", "click", "columncast.episodes.console.options", "columncast.publish"],
)
def test_while_its_own_parts_are_loaded(module, tmp_path):
    program = AT_AN_IMPORT.replace("MODULE", repr(module))
    command = [sys.executable, "-c", program, "", "demo", str(tmp_path / "demo")]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (130, LINE) == (done.returncode, done.stderr.strip())
    assert not tmp_path.joinpath("demo").exists()


def test_nothing_is_loaded_before_ctrl_c_is_answered():
    program = (
        "import enum, signal, sys; before = set(sys.modules); import columncast.__main__; "
        "print(*sorted(set(sys.modules) - before))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    # `gc` is built in, and is loaded in no time.
    assert set(loaded) <= {"columncast", "columncast.__main__", "gc", "importlib", "warnings"}
