"""`init` at a terminal: it asks for what was not said, checks each answer, and writes at the end."""

import io
import json

import click
import pytest
from builders import files_of
from PIL import Image

from columncast.cli import cli
from columncast.episodes.show.folder import ShowFolder

ANSWERS = {
    "title": "Letters from the Harbour",
    "author": "Ines Halloran",
    "email": "post@letters.example",
    "site": "letters.example",
    "served": "",
    "language": "en-gb",
    "category": "history",
    "cover": "",
    "folder": "",
    "make": "y",
}


class Terminal(io.StringIO):
    """A person at a terminal, who answers with these lines."""

    def isatty(self):
        return True


@pytest.fixture
def person(monkeypatch, tmp_path):
    """Let a person in an empty folder answer so; a list is said one after the other."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)

    def answer(*, without=(), **more):
        said = {key: text for key, text in (ANSWERS | more).items() if key not in without}
        lines = [
            line for text in said.values() for line in ([text] if isinstance(text, str) else text)
        ]
        terminal = Terminal("".join(f"{line}\n" for line in lines))
        monkeypatch.setattr("sys.stdin", terminal)
        return terminal

    return answer


def test_a_show_is_made_of_the_answers(person, columncast, tmp_path):
    left = person()

    done = columncast("init", "--json")

    assert 0 == done.code, done.err
    show = ShowFolder(tmp_path / "place").show
    assert ("Letters from the Harbour", "Ines Halloran") == (show.title, show.author)
    assert "post@letters.example" == show.email
    assert "https://letters.example" == show.site_url.rstrip("/")
    assert "https://letters.example/podcast/" == show.base_url
    assert ("en-gb", ("History",)) == (show.language, show.category)
    assert json.loads(done.out)["feed_url"] == show.feed_url
    assert "" == left.read()
    assert "use a role address" in done.err


def test_what_an_option_says_is_not_asked(person, columncast, tmp_path):
    left = person(without=("title", "author", "language", "folder"))

    done = columncast(
        *("init", "new", "--title", "The Wall", "--author", "Ruth Calder", "--language", "de")
    )

    assert 0 == done.code, done.err
    show = ShowFolder(tmp_path / "place" / "new").show
    assert ("The Wall", "Ruth Calder", "de") == (show.title, show.author, show.language)
    assert "Author:" not in done.err
    assert "" == left.read()


def test_nothing_is_asked_when_title_and_site_are_said(person, columncast, tmp_path):
    left = person()

    done = columncast("init", "--title", "The Wall", "--site-url", "https://walls.example/")

    assert 0 == done.code, done.err
    assert "" == done.err
    assert left.read().startswith("Letters")


@pytest.mark.parametrize(
    ("question", "answers", "told"),
    [
        ("email", ["nobody", "post@letters.example"], "is not an address like name@example.org"),
        ("site", ["http://", "letters.example"], "is not a full URL"),
        ("language", ["english", "en"], "language"),
        ("category", ["zzzz", "History"], "Apple Podcasts has no category"),
        ("cover", ["/nowhere.png", ""], "/nowhere.png"),
        ("cover", ["SMALL", ""], "300 x 300"),
        ("folder", ["TAKEN", "fresh"], "there is a show here already"),
    ],
)
def test_an_answer_that_cannot_be_is_told_and_asked_again(
    question, answers, told, person, columncast, tmp_path
):
    small, taken = tmp_path / "small.png", tmp_path / "taken"
    Image.new("RGB", (300, 300)).save(small)
    taken.mkdir()
    (taken / "show.toml").touch()
    words = {"SMALL": str(small), "TAKEN": str(taken)}
    left = person(**{question: [words.get(answer, answer) for answer in answers]})

    done = columncast("init")

    assert 0 == done.code, done.err
    assert told in done.err
    assert "" == left.read()


def test_a_category_is_found_by_a_word(person, columncast, tmp_path):
    person(category=["film", "3"])

    done = columncast("init")

    assert "  3  TV & Film > Film History" in done.err
    assert ("TV & Film > Film History",) == ShowFolder(tmp_path / "place").show.category


def test_a_cover_may_be_dropped_onto_the_terminal(person, columncast, tmp_path):
    picture = tmp_path / "my cover.png"
    Image.new("RGB", (1400, 1400), "teal").save(picture)
    person(cover=f"'{picture}'")

    done = columncast("init")

    assert 0 == done.code, done.err
    assert picture.read_bytes() == (tmp_path / "place" / "cover.png").read_bytes()
    assert "placeholder;" not in done.out


def test_a_folder_with_files_in_it_is_not_filled_unasked(person, columncast, tmp_path):
    person()
    (tmp_path / "place" / "take.wav").touch()

    columncast("init")

    assert (tmp_path / "place" / "letters-from-the-harbour" / "show.toml").is_file()


@pytest.mark.parametrize("answered", range(len(ANSWERS)))
def test_an_end_before_the_last_answer_leaves_nothing(answered, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    answers = [*ANSWERS.values()][:answered]
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{answer}\n" for answer in answers)))

    # Not by `main`, which ends this process as far as Ctrl-C is concerned.
    with pytest.raises(click.Abort):
        cli.main(["init"], standalone_mode=False)

    assert {} == files_of(tmp_path)


def test_no_is_an_answer(person, columncast, tmp_path):
    person(make="n")

    done = columncast("init")

    assert (0, "Nothing was made.\n") == (done.code, done.out)
    assert {} == files_of(tmp_path)


def test_a_show_that_is_there_is_told_before_anything_is_asked(person, columncast, tmp_path):
    left = person()
    (tmp_path / "place" / "show.toml").touch()

    done = columncast("init", ".")

    assert (2, 1) == (done.code, done.err.count("\n"))
    assert left.read().startswith("Letters")


@pytest.mark.parametrize(
    "options", [[], ["--title", "The Wall"], ["--site-url", "https://x.example"]]
)
def test_without_a_terminal_it_says_what_it_needs(options, columncast, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    done = columncast("init", *options)

    assert (2, "", 1) == (done.code, done.out, done.err.count("\n"))
    assert "--title and --site-url are needed" in done.err
    assert {} == files_of(tmp_path)
