"""What the documents have a newcomer type works, word for word, and answers as they say."""

import shutil
from pathlib import Path

import feedparser
import pytest
from PIL import Image
from typed_documents import Edit, Step, settled, steps, type_into

ROOT = Path(__file__).parent.parent


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """As much of a fresh clone as the tours use, and the current folder."""
    clone = tmp_path / "columncast"
    shutil.copytree(ROOT / "episodes" / "sample", clone / "episodes" / "sample")
    monkeypatch.chdir(clone)
    return clone


@pytest.fixture
def served(monkeypatch) -> list[int]:
    """The ports that `columncast serve` was asked to serve at; it says so and ends at once."""
    ports: list[int] = []

    def serve(folder, *, port, root, ready):
        assert (folder / "feed" / "feed.xml").exists()
        ports.append(port)
        ready(f"http://127.0.0.1:{port}/")

    monkeypatch.setattr("columncast.feed.serving.server.serve", serve)
    return ports


@pytest.fixture
def type_out(checkout, columncast, monkeypatch):
    """Do what a document says, in order, and hold each answer against the one that it promises."""

    def run(page: Path) -> list[str]:
        tour = steps(page)
        for step in tour:
            if isinstance(step, Edit):
                step.make()
                continue
            answer = type_into(step, columncast, monkeypatch, checkout)
            assert "Error" not in answer, step.command
            if step.answer.strip():
                assert settled(step.answer) == settled(answer), step.command
        return [" ".join(step.command.split()[:2]) for step in tour if isinstance(step, Step)]

    return run


def test_the_tour_of_the_readme(type_out, served):
    typed = type_out(ROOT / "README.md")

    assert {f"columncast {word}" for word in ("init", "add", "serve", "check")} <= set(typed)
    assert [8000] == served


def test_the_tutorial_leads_to_a_feed_that_apps_read(type_out, served, checkout, monkeypatch):
    Image.new("RGB", (1400, 1400), "teal").save(checkout / "my-cover.jpg")
    # The server is not here; test_live_check asks real ones.
    monkeypatch.setattr("columncast.feed.live.check.check_live", lambda _: [])

    typed = type_out(ROOT / "docs" / "tutorial.md")

    www = checkout.parent / "harbour-podcast"
    (entry,) = feedparser.parse((www / "feed" / "feed.xml").read_bytes()).entries
    (enclosure,) = entry.enclosures
    base = "https://ines.github.io/harbour-podcast/"
    assert enclosure.href.startswith(f"{base}audio/")
    assert (www / enclosure.href.removeprefix(base)).stat().st_size == int(enclosure.length)
    assert {"columncast publish", "git -C"} <= set(typed)
    assert "open.spotify.com" in (www / "feed" / "index.html").read_text(encoding="utf-8")
    assert [8000] == served


def test_a_promise_that_is_not_kept_is_seen():
    page_says = Step(command="columncast list", answer="PUBLISHED  SLUG\n")

    assert settled(page_says.answer) != settled("SLUG  PUBLISHED\n")
    assert settled("audio/a-0123abcd.mp3 2026-11-23 17:29 UTC\n") == settled(
        "audio/a-ffffffff.mp3 2027-01-01 06:00 UTC"
    )
