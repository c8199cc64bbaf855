"""`edit` for every fact of episode.toml: an option for each, one to clear them, and an editor."""

from __future__ import annotations

import dataclasses
import io
import json
import sys
import xml.etree.ElementTree as ET

import pytest
from builders import files_of
from PIL import Image

from columncast import read_episode
from columncast.cli import cli
from columncast.episodes.console.facts import CLEARED, FACT_OPTIONS
from columncast.episodes.console.options import name_of
from columncast.episodes.errors import SettingsError
from columncast.episodes.model.editor import Editor
from columncast.episodes.model.podcast20 import EpisodeTags
from columncast.episodes.show.fact_sheet import read_sheet, sheet
from columncast.episodes.show.fact_table import FACTS
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.toml import change_facts

SLUG = "what-the-masons-left"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
NOT_SET_BY_PEOPLE = {"guid", "source", "retired", "podcast", "notes"}


def item(folder):
    return ET.parse(folder.root / "feed" / "feed.xml").find("channel/item")


def picture(path, colour="teal", side_px=1400):
    Image.new("RGB", (side_px, side_px), colour).save(path, "PNG")
    return path


# --- options ------------------------------------------------------------------------------------


def test_there_is_an_option_or_a_line_in_the_editor_for_every_fact():
    keys = {field.name for field in dataclasses.fields(Facts)} - NOT_SET_BY_PEOPLE
    keys |= {f"podcast.{field.name}" for field in dataclasses.fields(EpisodeTags)}
    keys |= {f"notes.{field.name}" for field in dataclasses.fields(Editor)}

    assert keys == {fact.key for fact in FACTS}
    options = {name_of(parameter) for parameter in cli.commands["edit"].params}
    assert {*FACT_OPTIONS, "--date"} <= options


def test_what_is_set_by_options_is_in_the_feed(columncast, one_episode, tmp_path):
    cover = picture(tmp_path / "a picture")

    done = columncast(
        *("edit", SLUG, "--hook", "A wall, and cheese.", "--subtitle", "On masons"),
        *("--author", "Ann Lowe", "--narrator", "Mina  Bell", "--link", "https://walls.example/7"),
        *("--explicit", "--block", "--season", "2", "--season-name", "The River"),
        *("--episode-display", "Ch. 7", "--number", "7", "--license", "cc-by-4.0"),
        *("--ai-content", "--cover", cover, "--cover-alt", "A boat from the hill"),
    )

    assert 0 == done.code, done.err
    told = item(one_episode)
    assert "A wall, and cheese." in told.findtext("description")
    assert "On masons" == read_episode(one_episode, SLUG).episode.subtitle
    assert {"Ann Lowe", "Mina Bell"} == {e.text for e in told.findall(f"{PODCAST}person")}
    assert "https://walls.example/7" == told.findtext("link")
    assert "true" == told.findtext(f"{ITUNES}explicit")
    assert "Yes" == told.findtext(f"{ITUNES}block")
    assert "The River" == told.find(f"{PODCAST}season").get("name")
    assert "Ch. 7" == told.find(f"{PODCAST}episode").get("display")
    assert "cc-by-4.0" == told.findtext(f"{PODCAST}license")
    assert "A boat from the hill" == told.find(f"{PODCAST}image").get("alt")
    assert cover.read_bytes() == (one_episode.episodes / SLUG / "cover.png").read_bytes()


def test_everything_that_is_set_can_be_cleared(columncast, one_episode, tmp_path):
    before = files_of(one_episode.root)["feed/feed.xml"]
    columncast("edit", SLUG, "--hook", "A wall.", "--no-explicit", "--season", "2")
    columncast("edit", SLUG, "--cover", picture(tmp_path / "c.png"), "--cover-alt", "Teal")

    cleared = [word for name in CLEARED for word in ("--clear", name)]
    done = columncast("edit", SLUG, *cleared)

    assert 0 == done.code, done.err
    assert before == files_of(one_episode.root)["feed/feed.xml"]
    assert not list((one_episode.episodes / SLUG).glob("cover.*"))


def test_the_words_of_a_cover_do_not_stay_for_another_one(columncast, one_episode, tmp_path):
    columncast("edit", SLUG, "--cover", picture(tmp_path / "c.png"), "--cover-alt", "Teal")

    columncast("edit", SLUG, "--cover", picture(tmp_path / "d.png", "navy"))

    assert "" == one_episode.episode(SLUG).facts.cover_alt
    assert item(one_episode).find(f"{PODCAST}image").get("alt") is None


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--hook", "x", "--clear", "hook"], 2, "--hook and --clear hook exclude each other"),
        (["--clear", "date"], 2, "'date' is not one of"),
        (["--license", "mine"], 2, "license_url"),
        (["--cover", "SMALL"], 3, "small.png: the cover is 300 x 300 pixels"),
        (["--cover", "TEXT"], 3, "column.txt: "),
    ],
)
def test_what_cannot_be_set_changes_nothing(
    options, code, told, columncast, one_episode, tmp_path, column
):
    files = {"SMALL": picture(tmp_path / "small.png", side_px=300), "TEXT": column}
    before = files_of(one_episode.root)

    done = columncast("edit", SLUG, *(files.get(word, word) for word in options))

    assert (code, "") == (done.code, done.out)
    assert told in done.err
    assert before == files_of(one_episode.root)


# --- the sheet that the editor opens ------------------------------------------------------------


@pytest.fixture
def episode(one_episode):
    change_facts(
        one_episode.episode(SLUG),
        {
            "season": 2,
            "explicit": False,
            "notes.hook": 'A "wall"\t\x7f, and cheese.',
            "notes.chapter_titles": {"One: the wall": "Stones"},
            "podcast.location": [{"name": "Lyon", "country": "fr"}],
        },
    )
    return one_episode.episode(SLUG)


def test_a_sheet_that_nobody_touched_changes_nothing(episode):
    given = sheet(episode, "Europe/Berlin")

    for text in (given, "", " \n\n"):
        changes = read_sheet(text, given)
        assert ({}, "") == (changes.facts, changes.date)


def test_every_example_on_the_sheet_can_be_taken_up(episode):
    given = sheet(episode, "Europe/Berlin")
    lines = [line.removeprefix("#") if " = " in line else line for line in given.splitlines()]

    changes = read_sheet("\n".join(lines), given)

    already = {"season", "explicit", "notes.hook", "notes.chapter_titles", "podcast.location"}
    assert {f.key for f in FACTS if f.kind != "date"} - already - {"type"} <= set(changes.facts)


def test_a_sheet_says_what_was_changed_and_nothing_else(episode):
    given = sheet(episode, "Europe/Berlin")
    assert "2026-01-05T07:00:00+01:00" in given

    changes = read_sheet(
        given.replace("season = 2", "# season = 2")
        .replace("published = 2026-01-05T07:00:00+01:00", 'published = "2026-01-06"')
        .replace('#narrator = "Mina Bell"', 'narrator = "Jo"'),
        given,
    )

    assert {"season": None, "notes.narrator": "Jo"} == changes.facts
    assert "2026-01-06" == changes.date


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("season = 2", "season = two", "TOML"),
        ("season = 2", 'season = "two"', "season"),
        ("season = 2", "seeson = 2", "did you mean 'season'"),
        ("season = 2", "season = 0", "count from 1"),
        ("season = 2", "published = 2", "Cannot overwrite a value"),
        ("season = 2", 'guid = "x"', "guid is not changed here"),
        ("season = 2", "retired = true", "retired is not changed here"),
        ('#license = "cc-by-4.0"', 'license = "mine"', "license_url"),
    ],
)
def test_what_cannot_be_is_told_with_its_line(old, new, told, one_episode):
    change_facts(one_episode.episode(SLUG), {"season": 2})
    given = sheet(one_episode.episode(SLUG), "UTC")
    line = given.splitlines().index(old) + 1

    with pytest.raises(SettingsError, match=told) as caught:
        read_sheet(given.replace(old, new), given)

    assert f"line {line}" == caught.value.where


def test_a_sheet_without_a_date_is_refused(episode):
    given = sheet(episode, "UTC")

    with pytest.raises(SettingsError, match="published must be a date"):
        read_sheet(given.replace("published = ", "# "), given)


# --- the editor ---------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A person at a terminal, who answers the questions with these lines."""

    def isatty(self):
        return True


@pytest.fixture
def editor(monkeypatch, tmp_path, one_episode):
    """Let the person's editor be a Python program that gets the sheet as *path* and *text*."""

    def use(*programs: str, answers: str = ""):
        lines = ["import sys, os, pathlib", "path = pathlib.Path(sys.argv[1])"]
        lines += ["text = path.read_text('utf-8')", "turn = pathlib.Path(sys.argv[0] + '.turn')"]
        lines += [
            "n = len(turn.read_text()) if turn.exists() else 0",
            "turn.write_text('x' * (n + 1))",
        ]
        for number, program in enumerate(programs):
            lines += [f"if n == {number}:", *(f"    {line}" for line in program.splitlines())]
        script = tmp_path / "an editor.py"
        script.write_text("\n".join(lines))
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"'{sys.executable}' -I -S '{script}'")
        monkeypatch.setattr("sys.stdin", Terminal(answers))
        return one_episode

    return use


def drafts(folder):
    return [p for p in folder.root.rglob(".columncast-*") if p.is_dir() or p.suffix == ".toml"]


def test_a_saved_sheet_changes_the_episode(editor, columncast):
    folder = editor("path.write_text(text.replace('#title = ', 'title = '))")

    done = columncast("edit", SLUG)

    assert 0 == done.code, done.err
    assert "The Last Ferry" == item(folder).findtext("title")
    assert [] == drafts(folder)


@pytest.mark.parametrize(
    "program", ["pass", "path.write_text('')", "path.write_text(text + '\\n#')"]
)
def test_a_sheet_that_changes_nothing_does_nothing(program, editor, columncast):
    folder = editor(program)
    before = files_of(folder.root)

    done = columncast("edit", SLUG)

    assert (0, "Nothing changed.\n") == (done.code, done.out)
    assert before == files_of(folder.root)


def test_what_is_wrong_is_asked_about_and_can_be_put_right(editor, columncast):
    folder = editor(
        "path.write_text(text.replace('#season = 2', 'season = two'))",
        "path.write_text(text.replace('season = two', 'season = 3'))",
        answers="y\n",
    )

    done = columncast("edit", SLUG, "--json")

    assert 0 == done.code, done.err
    assert "this is not TOML" in done.err
    assert 3 == json.loads(done.out)["season"]
    assert "3" == item(folder).findtext(f"{ITUNES}season")


WRONG = {
    "what cannot be": (
        "path.write_text(text.replace('#season = 2', 'season = 0'))",
        "count from 1",
    ),
    "no UTF-8": ("path.write_bytes(b'\\xff\\xfe')", "not text in UTF-8"),
    "no end": ("path.write_text('# ' + 'x' * 6_000_000)", "not text in UTF-8"),
    "no file": ("path.unlink()", "the editor left no file"),
    "a folder": ("path.unlink(); path.mkdir(); (path / 'x').touch()", "the editor left no file"),
    "a pipe": ("path.unlink(); os.mkfifo(path)", "the editor left no file"),
    "a link": ("path.unlink(); path.symlink_to('/etc/passwd')", "the editor left no file"),
    "a failure": ("sys.exit(3)", "Editing failed"),
    "a kill": ("os.kill(os.getpid(), 9)", "Editing failed"),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_editor_that_leaves_something_else_changes_nothing(what, editor, columncast):
    program, told = WRONG[what]
    folder = editor(program, answers="n\n")
    before = files_of(folder.root)

    done = columncast("edit", SLUG)

    assert 2 == done.code
    assert told in done.err
    assert before == files_of(folder.root)
    assert [] == drafts(folder)


@pytest.mark.parametrize("name", ["/nowhere/an-editor", "'unbalanced"])
def test_an_editor_that_is_not_there_is_one_line(name, editor, columncast, monkeypatch):
    folder = editor("pass")
    monkeypatch.setenv("EDITOR", name)
    before = files_of(folder.root)

    done = columncast("edit", SLUG)

    assert (2, 1) == (done.code, done.err.count("\n"))
    assert "EDITOR=nano" in done.err
    assert before == files_of(folder.root)
    assert [] == drafts(folder)


def test_without_a_terminal_no_editor_is_opened(columncast, one_episode):
    done = columncast("edit", SLUG)

    assert (2, "") == (done.code, done.out)
    assert f"columncast edit {SLUG} --title" in done.err
    assert 1 == done.err.count("\n")
