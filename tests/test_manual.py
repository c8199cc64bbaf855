"""The manual that travels with the command: `columncast help`, and the pages for `man`."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from columncast import __file__ as package
from columncast.cli import cli
from columncast.episodes.console.console import Console
from columncast.episodes.manual.commands import pages, roff
from columncast.episodes.manual.topics import names, topic, topics


def test_help_lists_every_document(columncast):
    listed = columncast("help").out

    assert [] == [one.title for one in topics() if one.title not in listed]
    assert "columncast help TOPIC" in listed


def test_help_shows_a_document_as_plain_text_where_nobody_looks(columncast):
    shown = columncast("help", "weekly").out

    assert shown.startswith("# ")
    assert "\x1b" not in shown
    assert "columncast add" in shown


def test_a_document_refers_to_the_others_as_a_reader_of_this_one_finds_them():
    text = topic("weekly").text

    assert "columncast help columns" in text
    assert "](" not in text.replace("](http", "")


def test_no_picture_is_left_in_what_a_terminal_shows():
    assert [] == [one.name for one in topics() if re.search(r"!\[[^\]]*\]\(", one.text)]


def test_a_command_of_no_document_is_explained_too(columncast):
    shown = columncast("help", "import", "feed").out

    assert "columncast import feed" in shown
    assert "--dry-run" in shown


def test_an_unknown_topic_gets_the_nearest_ones(columncast):
    result = columncast("help", "weekley")

    assert 2 == result.code
    assert "did you mean weekly" in result.err


def test_every_topic_that_the_program_names_is_there():
    root = Path(package).parent
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for part in ("cli.py", "publish.py", "episodes", "audio", "feed")
        for path in ([root / part] if part.endswith(".py") else (root / part).rglob("*.py"))
    )

    named = set(re.findall(r"columncast help ([a-z][a-z-]+)", text))
    commands = {page.words[0] for page in pages(cli) if page.words}
    assert {"publish", "hosting"} <= named <= {*names(), *commands}


def test_tools_get_the_list_and_a_document(columncast):
    listed = json.loads(columncast("help", "--json").out)["topics"]
    text = json.loads(columncast("help", "glossary", "--json").out)["text"]

    assert names() == [one["name"] for one in listed]
    assert text.startswith("# Glossary")


def test_no_two_documents_have_one_name():
    assert len(names()) == len(set(names()))


def test_on_a_terminal_a_document_is_set_and_paged(monkeypatch):
    paged = []
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.echo_via_pager", paged.append)

    Console().page("# A head\n\nSome **bold** words.\n")

    assert "bold" in paged[0]
    assert "**" not in paged[0]


@pytest.mark.parametrize("page", list(pages(cli)), ids=lambda page: page.name)
def test_a_manual_page_has_what_the_command_is_called_with(page):
    text = roff(page, version="1.2.3")

    assert text.startswith(f'.TH "{page.name.upper().replace(" ", "-")}" "1"')
    for options, _ in page.options:
        first = options.split(",")[0].split()[0].replace("-", "\\-")
        assert first in text
    assert (".SH EXAMPLE" in text) == bool(page.example)


def has_man() -> bool:
    """Whether `man` is here; minimal systems have a stand-in that says where to get it."""
    if not shutil.which("man"):
        return False
    done = subprocess.run(["man", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.startswith("man ")


@pytest.mark.skipif(not has_man(), reason="man is not installed")
def test_man_can_set_a_page_without_a_complaint(tmp_path):
    page = next(page for page in pages(cli) if page.words == ("add",))
    file = tmp_path / "columncast-add.1"
    file.write_text(roff(page, version="1.2.3"), encoding="utf-8")

    done = subprocess.run(
        ["man", "--warnings", "--local-file", file], capture_output=True, text=True, check=True
    )

    assert "columncast-add - Make an episode" in done.stdout
    assert "" == done.stderr


def test_what_a_sentence_holds_is_no_request_to_roff():
    page = next(pages(cli))
    changed = type(page)(
        words=("x",),
        usage=".usage",
        summary=".It's a \\ test.",
        more=(),
        example="",
        options=(),
        commands=(),
    )

    text = roff(changed, version="1")

    assert "\\&.It\\(aqs a \\e test." in text
    assert "\n.usage" not in text


def test_the_help_lists_each_command_on_one_line_of_eighty_columns_under_its_heading(columncast):
    lines = columncast("--help").out.partition("Every week:")[2].splitlines()

    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    commands = [name for name, command in cli.commands.items() if not command.hidden]
    assert sorted(commands) == sorted(listed)
    assert "Further commands:" not in lines
    assert max(map(len, lines)) <= 80
    assert all(line.endswith(".") for line in lines if line.startswith("  "))
