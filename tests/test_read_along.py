"""Read-along as part of every build; and a build without the extra."""

import json
from pathlib import Path

import feedparser
import pytest

from columncast import publish
from columncast.episodes.catalogue import ShowFolder

SAMPLE = Path(__file__).parent.parent / "episodes" / "sample"
SLUG = "the-ferry-that-kept-its-own-time"


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> ShowFolder:
    folder, _ = publish.demo(tmp_path_factory.mktemp("demo") / "show")
    return folder


def test_the_feed_names_transcripts_and_chapters_that_are_there(demo):
    xml = (demo.feed / "feed.xml").read_text(encoding="utf-8")

    for kind in (
        "text/vtt",
        "application/x-subrip",
        "application/json",
        "application/json+chapters",
    ):
        assert f'type="{kind}"' in xml
    for part in xml.split('podcast:transcript url="')[1:]:
        name = part.partition('"')[0].removeprefix("http://127.0.0.1:8000/")
        assert (demo.root / name).is_file()


def test_the_notes_have_the_chapters_as_lines_that_apps_link(demo):
    (item,) = feedparser.parse((demo.feed / "feed.xml").read_bytes()).entries

    assert "00:00:00 The Ferry That Kept Its Own Time" in item.summary
    assert "The clock on the pier" in item.summary


def test_the_narration_check_is_told(columncast, demo):
    column = demo.episode(SLUG).column
    before = column.read_text(encoding="utf-8")
    unread = "Nobody read this sentence out, since it was written when all had gone home.\n"
    column.write_text(before.replace("\n[^1]:", f"\n{unread}\n[^1]:"), encoding="utf-8")
    columncast("-C", demo.root, "build")

    result = columncast("-C", demo.root, "check", SLUG, "--json")

    column.write_text(before, encoding="utf-8")
    codes = [finding["code"] for finding in json.loads(result.out)["findings"]]
    assert {"paragraph-not-read", "sentence-not-read"} & set(codes), codes


def test_without_the_extra_everything_else_works_and_it_is_said(columncast, tmp_path, monkeypatch):
    monkeypatch.setattr("columncast.audio.read_along.available", lambda: False)

    result = columncast("demo", tmp_path / "show", "-v")

    assert 0 == result.code, result.err
    assert 'pip install "columncast[align]"' in result.err
    feed = feedparser.parse((tmp_path / "show" / "feed" / "feed.xml").read_bytes())
    assert 1 == len(feed.entries)
