"""Warnings that an editor lets be: everywhere the same, until the text that they are about changes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from preview_builders import COLUMN, SLUG, make_show

from columncast.cli import cli
from columncast.episodes.entry.accepted import accept, looked_over, take_back
from columncast.episodes.entry.lookup import look_up
from columncast.episodes.errors import SettingsError, UsageError
from columncast.episodes.model.alignment import AlignedSentence, Alignment
from columncast.episodes.model.column import Block, Column, words
from columncast.episodes.model.notice import (
    Acceptance,
    Notice,
    counts,
    gathered,
    problem_counts,
    problems_in,
    with_acceptances,
)
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview.draft import read_draft

TIMED = COLUMN.replace("a quarter past nine", "9:15")


@pytest.fixture(scope="module")
def template(tmp_path_factory, ffmpeg) -> Path:
    folder = tmp_path_factory.mktemp("accepted")
    ffmpeg("-f", "lavfi", "-i", "sine=440:duration=36", "-b:a", "64k", "-ac", "1", folder / "t.mp3")
    make_show(folder / "show", folder / "t.mp3")
    return folder


@pytest.fixture
def folder(template, tmp_path) -> ShowFolder:
    shutil.copytree(template / "show", tmp_path / "show")
    column = tmp_path / "show/episodes" / SLUG / "column.md"
    column.write_text(TIMED, encoding="utf-8")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def run(folder):
    def called(*arguments: str):
        return CliRunner().invoke(cli, ["-C", str(folder.root), *arguments])

    return called


def notices(folder) -> list[Notice]:
    return [n for n in read_draft(folder.root, SLUG).notices if n.code == "clock-time"]


def accepted(folder, reason="It is the name of a train.") -> None:
    accept(folder.episode(SLUG), notices(folder), reason=reason)


def test_an_accepted_warning_is_listed_as_such_with_its_reason_and_is_no_problem(folder):
    accepted(folder)

    (notice,) = notices(folder)

    assert "It is the name of a train." == notice.accepted
    assert [] == problems_in([notice])
    assert notice.line.startswith("accepted: line 16: ")
    assert "(accepted: It is the name of a train.)" in notice.line
    assert "It is the name of a train." == notice.as_json()["accepted"]


def test_it_comes_back_when_the_text_that_it_is_about_changes(folder):
    accepted(folder)
    column = folder.episodes / SLUG / "column.md"

    column.write_text(TIMED.replace("on a Sunday", "on a Monday"), encoding="utf-8")

    assert [""] == [notice.accepted for notice in notices(folder)]


def test_it_stays_accepted_when_other_text_changes_and_when_it_moves(folder):
    accepted(folder)
    column = folder.episodes / SLUG / "column.md"

    column.write_text(
        TIMED.replace("## The ledger", "Another paragraph.\n\n## The ledger"), encoding="utf-8"
    )

    (notice,) = notices(folder)
    assert "line 18" == notice.where
    assert notice.accepted


def test_it_can_be_taken_back(folder):
    accepted(folder)

    take_back(folder.episode(SLUG), {notice.mark for notice in notices(folder)})

    assert [""] == [notice.accepted for notice in notices(folder)]
    assert "accepted" not in folder.episode(SLUG).facts_file.read_text(encoding="utf-8")


def test_to_accept_is_nothing_to_build(folder):
    before = read_draft(folder.root, SLUG)

    accepted(folder)

    after = read_draft(folder.root, SLUG)
    assert before.unbuilt == after.unbuilt


def test_comments_of_the_file_stay_and_another_reason_takes_the_place_of_the_first(folder):
    accepted(folder)
    accepted(folder, reason="Another.")

    text = folder.episode(SLUG).facts_file.read_text(encoding="utf-8")

    assert "# a note of Ida's" in text
    assert 1 == text.count("[[accepted]]")
    assert "Another." in text


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_without_a_reason_nothing_is_accepted(folder, reason):
    before = folder.episode(SLUG).facts_file.read_bytes()

    with pytest.raises(UsageError, match="reason"):
        accepted(folder, reason=reason)

    assert before == folder.episode(SLUG).facts_file.read_bytes()


@pytest.mark.parametrize("severity", ["error", "note"])
def test_an_error_and_a_note_cannot_be_accepted(folder, severity):
    with pytest.raises(UsageError, match="nobody can accept"):
        accept(
            folder.episode(SLUG),
            [Notice(code="x", message="m", severity=severity)],
            reason="why not",
        )


def test_an_error_stays_one_whatever_the_file_says():
    error = Notice(code="pace-wrong", message="900 words a minute", severity="error")
    known = Acceptance(code=error.code, mark=error.mark, reason="so what")

    assert (error,) == with_acceptances([error], [known])


def test_a_warning_of_a_time_is_about_the_sentence_that_is_heard_there():
    said = Notice(code="extra-speech", message="something is said", where="0:12")
    sentences = [
        AlignedSentence(text="One.", start_s=1.0, end_s=3.0, status="read"),
        AlignedSentence(text="Two.", start_s=11.5, end_s=14.0, status="read"),
    ]
    column = Column(title="T", slug="t", blocks=(Block(spans=words("One. Two."), line=3),))

    def about(*heard: AlignedSentence) -> str:
        facts = type("F", (), {"accepted": ()})()
        found = Alignment(sentences=heard, duration_s=20.0)
        (notice,) = looked_over([said], facts, column, found)
        return notice.about

    assert "Two." == about(*sentences)
    assert "" == about()


def test_the_places_that_a_message_names_are_no_part_of_what_it_says():
    first = Notice(code="name-spelled-two-ways", message="'A' (line 11, line 21) and 'B' (line 5)")
    moved = replace(first, message="'A' (line 12, line 22) and 'B' (line 6)", where="line 12")

    assert first.mark == moved.mark
    assert first.mark != replace(first, message="'A' (line 11, line 21) and 'C' (line 5)").mark


def test_what_is_accepted_is_counted_apart():
    said = [Notice(code="a", message=str(n)) for n in range(3)]
    said[0] = replace(said[0], accepted="why")

    assert "2 warnings, 1 accepted" == problem_counts(said)
    assert "0 errors, 2 warnings, 1 accepted" == counts(said)
    assert 3 == len(gathered(said))


def test_check_accepts_by_code_and_says_so(folder, run):
    refused = run("check", SLUG, "--accept", "no-such-code", "--reason", "x")
    done = run("check", SLUG, "--accept", "clock-time", "--reason", "It is a train.", "--json")
    shown = run("check", SLUG)

    assert isinstance(refused.exception, UsageError)
    assert "there is no warning 'no-such-code'" in str(refused.exception)
    found = json.loads(done.stdout)
    assert ["It is a train."] == [f["accepted"] for f in found["findings"] if "accepted" in f]
    assert 1 == found["accepted"]
    assert "accepted: the-lamp-on-the-mole line 16" in shown.stdout
    assert "1 accepted" in shown.stdout


def test_show_tells_what_is_accepted_now_and_not_when_it_was_built(folder, run):
    record = folder.cache / "built" / f"{SLUG}.json"
    said = json.loads(record.read_text(encoding="utf-8"))
    said["notices"] = [{"code": "odd", "message": "It is odd.", "severity": "warning"}]
    record.write_text(json.dumps(said), encoding="utf-8")

    accept(folder.episode(SLUG), look_up(folder, SLUG).episode.notices, reason="So be it.")

    told = json.loads(run("show", SLUG, "--json").stdout)
    assert [("odd", "So be it.")] == [(w["code"], w["accepted"]) for w in told["warnings"]]


def test_a_broken_entry_is_named(folder):
    facts = folder.episode(SLUG).facts_file
    facts.write_text(facts.read_text() + '\n[[accepted]]\ncode = "x"\nmark = "1"\nreason = ""\n')

    with pytest.raises(SettingsError, match="a reason"):
        _ = folder.episode(SLUG).facts
