"""Drafts: in the show, previewed, and never in the feed."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from builders import COLUMN, DATE

from columncast import publish
from columncast.episodes.show.folder import ShowFolder

SLUG = "what-the-masons-left"


@pytest.fixture(scope="module")
def begun(empty_show, recordings, tmp_path_factory):
    """A show whose only episode is a draft that was begun long ago."""
    root = tmp_path_factory.mktemp("begun") / "show"
    shutil.copytree(empty_show, root)
    column = root.parent / "column.txt"
    column.write_text(COLUMN, encoding="utf-8")
    publish.add(ShowFolder(root), recordings / "take.wav", column, date=DATE, draft=True)
    return root


@pytest.fixture
def draft(begun, tmp_path, monkeypatch):
    """A copy of it, and the current folder."""
    root = tmp_path / "show"
    shutil.copytree(begun, root)
    monkeypatch.chdir(root)
    return ShowFolder(root)


def public(folder):
    """Everything that a listener or a search engine can read, but for audio."""
    texts = [p for p in folder.feed.rglob("*") if p.is_file() and p.suffix not in (".png", ".jpg")]
    return "".join(path.read_text("utf-8", errors="replace") for path in texts)


def test_a_draft_is_nowhere_that_anybody_can_read(draft, columncast, tmp_path):
    settings = draft.root / "show.toml"
    www = f'\n[publish.www]\nkind = "folder"\npath = "{tmp_path / "www"}"\nverify = false\n'
    settings.write_text(settings.read_text() + www)

    published = columncast("publish")

    assert 0 == published.code, published.err
    assert SLUG not in public(draft)
    assert "Masons" not in public(draft)
    assert not [p for p in (tmp_path / "www").rglob("*") if SLUG in p.name]
    assert list(draft.audio.glob(f"{SLUG}-*.mp3")), "it is made all the same"


def test_a_draft_can_be_listed_shown_and_previewed(draft, columncast):
    (row,) = json.loads(columncast("list", "--json").out)["episodes"]
    shown = columncast("show", SLUG)
    preview = columncast("preview", SLUG, "--text")

    assert "draft" == row["status"]
    assert "Status    draft" in shown.out
    assert "masons came back" in preview.out
    assert "1 in draft" in columncast("stats").out


def test_a_draft_that_is_ready_comes_out_now_and_not_on_the_day_it_was_begun(draft, columncast):
    before = datetime.now(UTC) - timedelta(seconds=1)

    done = columncast("edit", SLUG, "--no-draft", "--json")

    assert 0 == done.code, done.err
    told = json.loads(done.out)
    assert "published" == told["status"]
    assert before <= datetime.fromisoformat(told["published"]) <= datetime.now(UTC)
    assert SLUG in draft.listed()
    assert "draft" not in draft.episode(SLUG).facts_file.read_text()


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--no-draft", "--date", "2026-01-06"], "published"),
        (["--clear", "draft", "--date", "2026-01-06"], "published"),
        (["--date", "2026-01-06"], "draft"),
    ],
)
def test_a_date_that_is_given_counts(options, status, draft, columncast):
    told = json.loads(columncast("edit", SLUG, *options, "--json").out)

    assert status == told["status"]
    assert "2026-01-06T00:00:00+00:00" == told["published"]


def test_a_scheduled_episode_that_becomes_a_draft_waits_for_its_editor(draft, columncast):
    soon = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%dT%H:%MZ}"
    scheduled = json.loads(columncast("edit", SLUG, "--no-draft", "--date", soon, "--json").out)

    again = json.loads(columncast("edit", SLUG, "--draft", "--json").out)

    assert ("scheduled", "draft") == (scheduled["status"], again["status"])
    assert "scheduled" == json.loads(columncast("edit", SLUG, "--no-draft", "--json").out)["status"]


def test_what_is_there_and_no_draft_is_told_by_which_edit_it_becomes_one(
    draft, columncast, take, column
):
    soon = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%dT%H:%MZ}"
    again = columncast("add", take, column, "--draft")
    columncast("edit", SLUG, "--no-draft", "--date", soon)
    other = columncast("add", take, column, "--draft")

    assert 0 == again.code, again.err
    assert 2 == other.code
    assert f"columncast edit {SLUG} --draft; nothing was changed" in other.err


def test_a_column_that_calls_itself_a_draft_is_taken_as_one(columncast, show, take, tmp_path):
    column = tmp_path / "column.md"
    column.write_text("---\ntitle: The Wall\ndraft: true\n---\n\nThe wall was never finished.\n")

    refused = columncast("add", take, column)
    taken = columncast("add", take, column, "--draft", "--json")

    assert 3 == refused.code
    assert "--draft" in refused.err
    assert 0 == taken.code, taken.err
    assert "draft" == json.loads(taken.out)["status"]
    assert set() == show.listed()


def test_a_draft_that_is_unfinished_stops_nothing(draft, columncast):
    audio = next(draft.audio.glob("*.mp3"))
    audio.write_bytes(audio.read_bytes()[:1000])

    done = columncast("check")

    assert 0 == done.code, done.out
    assert re.search(rf"warning: {SLUG}: .*\[file-length\]", done.out)
