"""What a producer sees on a terminal, and what a pipe gets."""

import os
import subprocess
import sys

import pytest
from builders import DATE

from columncast.episodes.show.toml import change_settings

pty = pytest.importorskip("pty", reason="terminals are tried on POSIX")


def run_on_a_terminal(command: list[str], **environment: str) -> tuple[int, str]:
    """Run *command* with stderr on a terminal of its own; return its code and what was shown."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color", **environment},
    )
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 4096):
            shown += block
    except OSError:
        pass  # the last program on the terminal has left it
    os.close(ours)
    return run.wait(), shown.decode(errors="replace")


@pytest.fixture
def add(show, take, column):
    change_settings(show, {"language": "cy"})  # which is not aligned: to start with that takes long
    return [sys.executable, "-m", "columncast", "add", str(take), str(column), "--date", DATE]


def test_progress_is_shown_on_a_terminal(add):
    code, shown = run_on_a_terminal(add)

    assert 0 == code, shown
    assert "Mastering what-the-masons-left" in shown


def test_no_colour_is_shown_where_none_is_wanted(add):
    _, shown = run_on_a_terminal(add, NO_COLOR="1")

    assert "Mastering" in shown
    assert "\x1b[38" not in shown
    assert "\x1b[3" not in shown.replace("\x1b[3J", "")


def test_a_pipe_gets_no_progress(add):
    done = subprocess.run(add, capture_output=True, text=True, check=True)

    assert "Mastering" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_quiet_is_quiet(add):
    code, shown = run_on_a_terminal([*add, "--quiet"])

    assert 0 == code
    assert "" == shown
