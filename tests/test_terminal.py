"""What a producer sees on a terminal, and what a pipe gets."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from builders import DATE
from rich.cells import cell_len

from columncast.episodes.console import colour
from columncast.episodes.console.console import Console
from columncast.episodes.model.notice import Notice
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
    for step in ("Measuring", "Encoding", "Tagging"):
        assert f"{step} what-the-masons-left" in shown
    assert "100%" not in shown, "the feed was still to be written"


def test_no_colour_is_shown_where_none_is_wanted(add):
    _, shown = run_on_a_terminal(add, NO_COLOR="1")

    assert "Encoding" in shown
    assert "\x1b[38" not in shown
    assert "\x1b[3" not in shown.replace("\x1b[3J", "")


def test_a_pipe_gets_no_progress(add):
    done = subprocess.run(add, capture_output=True, text=True, check=True)

    assert "Encoding" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_quiet_is_quiet(add):
    code, shown = run_on_a_terminal([*add, "--quiet"])

    assert 0 == code
    assert "" == shown


# Colour and weight


class Screen(io.StringIO):
    """A terminal that remembers what was shown."""

    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    """The terminal of this process: so many columns wide, in colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(colour, "_chosen", "auto")

    def show(columns=80):
        shown = Screen()
        monkeypatch.setattr("sys.stdout", shown)
        monkeypatch.setattr("sys.stderr", shown)
        monkeypatch.setenv("COLUMNS", str(columns))
        return shown

    return show


RED, YELLOW, GREEN, CYAN, BOLD = "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;32m", "\x1b[36m", "\x1b[1m"


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("error: line 3: no text [no-text]", f"{RED}error:"),
        ("Error: there is no show here", f"{RED}Error:"),
        ("warning: line 3: a slip [slip]", f"{YELLOW}warning:"),
        ("Made      audio/week-1-1a2b3c4d.mp3", f"{GREEN}Made"),
        ("Made      audio/week-1-1a2b3c4d.mp3", f"{CYAN}audio/week-1-1a2b3c4d.mp3"),
        ("Title     What the Masons Left", f"{BOLD}Title"),
        ("Enclosure https://a.example/b.mp3", f"{BOLD}Enclosure"),
        ("Enclosure https://a.example/b.mp3", f"{CYAN}https://a.example/b.mp3"),
    ],
)
def test_a_line_is_coloured_by_its_meaning(screen, line, part):
    shown = screen()

    Console().say(line)

    assert part in shown.getvalue()


@pytest.mark.parametrize("label", ["Next up", "Title"])
def test_the_further_lines_of_a_text_stand_under_its_first_one(screen, monkeypatch, label):
    shown = screen(60)
    monkeypatch.setenv("NO_COLOR", "1")

    Console().say(f"{label:<9} {'the ferry that kept its own time ' * 4}")

    first, *more = shown.getvalue().splitlines()
    assert first.startswith(f"{label:<9} the ferry")
    assert more
    assert all(re.match(r" {10}\S", line) and len(line) <= 60 for line in more)


def test_a_title_that_is_said_is_not_taken_for_a_warning(screen):
    shown = screen()

    Console().say("Title     warning: ice ahead")

    assert YELLOW not in shown.getvalue()


@pytest.mark.parametrize("kind", ["NO_COLOR", "TERM"])
def test_a_terminal_that_wants_no_colour_gets_none(screen, monkeypatch, kind):
    shown = screen()
    monkeypatch.setenv(kind, "dumb")

    Console().say("Made      audio/a.mp3")

    assert "Made      audio/a.mp3\n" == shown.getvalue()


def test_a_person_may_have_colours_in_a_pipe_and_none_on_a_terminal(columncast, show, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    always = columncast("--color", "always", "check").out
    never = columncast("--color", "never", "check").out

    assert YELLOW in always
    assert "\x1b" not in never


def test_what_a_pipe_gets_has_no_colour(columncast, show):
    assert "\x1b" not in columncast("check").out


# What fits


ROWS = [
    (
        "2026-11-20 06:00 UTC",
        "published",
        "1:37",
        f"the-slug-of-week-{n}",
        "A Title That Is Long " * 4,
    )
    for n in range(3)
]
HEADS = ("PUBLISHED", "STATUS", "LENGTH", "SLUG", "TITLE")


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_a_table_fits_the_terminal(screen, columns):
    shown = screen(columns)

    Console().table(ROWS, HEADS)

    lines = colour_free(shown.getvalue()).splitlines()
    assert len(ROWS) + 1 == len(lines)
    assert columns >= max(map(cell_len, lines))
    assert all("2026-11-20 06:00" in line for line in lines[1:]), "the date gives way last"


def colour_free(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_wide_script_is_measured_as_it_is_shown(screen):
    shown = screen(60)

    Console().table([("灯塔守护人的最后一封信与港口的故事灯塔守护人", "x")], ("TITLE", "SLUG"))

    assert 60 >= max(map(cell_len, colour_free(shown.getvalue()).splitlines()))


def test_a_pipe_gets_a_table_whole(columncast, one_episode):
    assert "What the Masons Left" in columncast("list").out


def test_a_long_line_goes_on_under_its_text(screen):
    shown = screen(40)

    Console().say("Loudness  -22.4 -> -16.0 LUFS, gain +6.4 dB   (as heard)")

    assert "gain +6.4\n          dB" in colour_free(shown.getvalue())


def test_what_is_pasted_elsewhere_is_not_broken(screen):
    shown = screen(40)
    line = '<iframe src="https://a.example/feed/week-1/embed/" width="100%" height="180"></iframe>'

    Console().say(line)

    assert line in colour_free(shown.getvalue())


# One line for many


def test_many_of_a_kind_are_one_line_and_all_of_them_with_v(capsys):
    several = [
        Notice(code="sentence-not-read", message="not read", where=f"line {n}") for n in range(26)
    ]

    Console().notices(several)
    briefly = capsys.readouterr().err.splitlines()
    Console(verbose=True).notices(several)
    at_length = capsys.readouterr().err.splitlines()

    assert [
        "warning: line 0: not read, and 25 more of this kind (-v lists them) [sentence-not-read]"
    ] == briefly
    assert 26 == len(at_length)


def test_a_show_without_https_hears_of_it_once(columncast, one_episode):
    toml = one_episode.root / "show.toml"
    toml.write_text(toml.read_text("utf-8").replace("https://", "http://"), encoding="utf-8")
    columncast("build")

    said = columncast("check").out

    assert 1 == said.count(" not https"), said


def test_errors_come_before_warnings_and_nothing_comes_twice(capsys):
    slip = Notice(code="slip", message="a slip")
    fault = Notice(code="fault", message="a fault", severity="error")

    Console().notices([slip, fault, slip])

    assert [
        "error: a fault [fault]",
        "warning: a slip [slip]",
    ] == capsys.readouterr().err.splitlines()


# The pictures of all this


PICTURES = sorted((Path(__file__).parent.parent / "docs" / "pictures").glob("terminal-*.svg"))


def test_there_is_a_picture_of_each_for_light_and_for_dark():
    named = {path.stem for path in PICTURES}

    assert named == {
        f"terminal-{name}-{look}"
        for name in ("add", "check", "list", "status")
        for look in ("dark", "light")
    }


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_a_picture_loads_nothing_from_elsewhere(picture):
    text = picture.read_text(encoding="utf-8")

    assert "url(http" not in text
    assert "href=" not in text
