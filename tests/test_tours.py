"""What the documents have a newcomer type works, word for word, and answers as they say."""

import shutil
from pathlib import Path

import pytest
from typed_documents import Step, settled, steps, type_into

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


def test_the_tour_of_the_readme(checkout, columncast, monkeypatch, served):
    tour = steps(ROOT / "README.md")

    for step in tour:
        answer = type_into(step, columncast, monkeypatch, checkout)
        if step.answer.strip():
            assert settled(step.answer) == settled(answer), step.command

    typed = {tuple(step.command.split()[:2]) for step in tour}
    assert {("columncast", word) for word in ("init", "add", "serve", "check")} <= typed
    assert [8000] == served


def test_a_promise_that_is_not_kept_is_seen():
    page_says = Step(command="columncast list", answer="PUBLISHED  SLUG\n")

    assert settled(page_says.answer) != settled("SLUG  PUBLISHED\n")
    assert settled("audio/a-0123abcd.mp3 2026-11-23 17:29 UTC\n") == settled(
        "audio/a-ffffffff.mp3 2027-01-01 06:00 UTC"
    )
