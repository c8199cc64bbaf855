"""Whatever a name, a title or a server says: a terminal shows it, and one message stays one line."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from builders import COLUMN
from hypothesis import given
from hypothesis import strategies as st

from columncast.episodes.text.terminal import plain, plain_json

ROOT = Path(__file__).parent.parent
EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\nError: all is well\u202e\u2028\x7f"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def is_harmless(result):
    return not OBEYED.search(result.out + result.err)


@given(st.text(alphabet=st.characters()))
def test_any_text_becomes_one_line_that_can_be_printed(text):
    line = plain(text)

    assert not OBEYED.search(line)
    assert "\n" not in line
    line.encode()


@pytest.mark.parametrize(
    "text", ["Der Kühlschrank — 山田 😀", "שלום עולם", "👨‍👩‍👧 می‌خواهم", "C:\\new"]
)
def test_text_that_is_only_text_stays_as_it_is(text):
    assert text == plain(text)


@given(st.recursive(st.text(alphabet=st.characters()), lambda inner: st.lists(inner, max_size=3)))
def test_json_stays_json_and_says_the_same(value):
    for only_ascii in (False, True):
        document = plain_json(value, only_ascii=only_ascii)

        assert value == json.loads(document)
        assert not OBEYED.search(document)
        document.encode()


def test_everything_is_printed_in_one_place():
    """A call of print or click.echo elsewhere would let a name through."""
    # Of what is chosen from, the text is fixed; a default that is shown is what the person typed.
    allowed = {"put": 1, "document": 1, "asks": 1, "asks_for": 1, "chooses": 1}
    found = {}

    paths = [ROOT / "cli.py", ROOT / "publish.py", ROOT / "__main__.py"]
    for part in ("episodes", "audio", "feed"):
        paths += (ROOT / part).rglob("*.py")
    for path in paths:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call):
                        name = ast.unparse(call.func)
                        if name == "print" or re.fullmatch(r"click\.(s?echo|confirm|prompt)", name):
                            found[function.name] = found.get(function.name, 0) + 1

    assert allowed == found


def evil_name(folder, suffix):
    """A file whose name holds all that a Linux file name can."""
    return folder / f"take{EVIL.replace('/', '')}{suffix}"


def test_the_name_of_a_file_that_is_wrong(tmp_path, show, column, columncast):
    recording = evil_name(tmp_path, ".wav")
    recording.write_bytes(b"no sound at all, and that for quite some bytes" * 9)

    done = columncast("add", recording, column)

    assert 3 == done.code
    assert is_harmless(done)
    assert 1 == done.err.count("\n")
    assert "\\x1b[2J" in done.err


def test_the_name_of_a_file_that_is_not_there(tmp_path, show, column, columncast):
    done = columncast("add", evil_name(tmp_path, ".wav"), column)

    assert 2 == done.code
    assert is_harmless(done)
    assert 1 == len([line for line in done.err.splitlines() if line.startswith("Error:")])


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", EVIL],
        ["build", EVIL],
        [EVIL],
        ["list", f"--{EVIL}"],
        ["-C", f"/nowhere{EVIL}", "list"],
    ],
)
def test_what_was_typed(arguments, show, columncast):
    done = columncast(*arguments)

    assert done.code in (2, 3)
    assert is_harmless(done)
    assert 1 == len([line for line in done.err.splitlines() if line.startswith("Error:")])


def test_names_in_a_folder_of_recordings_and_columns(tmp_path, show, take, columncast):
    folder = tmp_path / "backlog"
    folder.mkdir()
    evil_name(folder, ".wav").write_bytes(take.read_bytes())
    evil_name(folder, ".txt").write_text(COLUMN)
    (folder / "other\x1b[1m.txt").write_text(COLUMN.replace("masons", "tilers"))
    (folder / "broken\x1b[1m.txt").write_bytes(b"%PDF")

    told = columncast("import", folder, "--dry-run")
    document = columncast("import", folder, "--dry-run", "--json")

    assert is_harmless(told)
    assert is_harmless(document)
    assert "\\u001b[2J" in document.out


def test_titles_and_slugs_of_an_export(tmp_path, columncast):
    posts = [
        {
            "title": f"One{EVIL}",
            "slug": f"two{EVIL}",
            "html": f"<p>{COLUMN}</p>",
            "status": "published",
        }
    ]
    source = tmp_path / "ghost.json"
    source.write_text(json.dumps({"db": [{"data": {"posts": posts}}]}))

    to = ["--to", tmp_path / "to"]
    for more in (["--list"], ["--list", "--json"], ["--all", *to], ["--post", EVIL, *to]):
        done = columncast("import", source, *more)
        assert 2 != done.code
        assert is_harmless(done)


def test_what_a_setting_says(show, columncast):
    settings = show.root / "show.toml"
    text = settings.read_text(encoding="utf-8")
    escaped = json.dumps(EVIL).replace("\x7f", "\\u007f")
    settings.write_text(f"{escaped} = 1\n{text}", encoding="utf-8")

    done = columncast("check")

    assert 2 == done.code
    assert is_harmless(done)
    assert 1 == done.err.count("\n")


def test_a_stream_without_the_letters_gets_them_spelled_out(show):
    settings = show.root / "show.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("The Long Wall", "Die Mauer — 山田"), encoding="utf-8")
    command = [sys.executable, "-X", "utf8=0", "-m", "columncast", "-C", str(show.root), "stats"]

    for more in ([], ["--json"]):
        done = subprocess.run(
            [*command, *more],
            env={"PYTHONIOENCODING": "ascii", "PATH": ""},
            capture_output=True,
            check=False,
        )

        assert 0 == done.returncode, done.stderr
    assert "Die Mauer — 山田" in json.dumps(json.loads(done.stdout), ensure_ascii=False)
