"""One rule, one pair: a column in `tests/data/notes` and the notes that it gives.

Each `.html` holds the notes as they are published, a line a block, and below them what was told.
"""

import re
from pathlib import Path

import pytest

from columncast.episodes.columns.door import read_column
from columncast.episodes.notes.compose import show_notes
from columncast.episodes.show.settings import Show
from columncast.episodes.text.html import gate

DATA = Path(__file__).parent / "data" / "notes"
SHOW = Show(
    title="Harbour Days", site_url="https://example.org/", base_url="https://cdn.example.org/"
)
SOURCES = sorted(path for path in DATA.iterdir() if path.suffix != ".html")


def written_out(source: Path) -> str:
    column = read_column(source, show_title=SHOW.title)
    notes = show_notes(column, SHOW, link=column.source_url or "https://example.org/p/column")
    lines = re.sub(r"(</(?:p|ul|ol)>)(?=<(?:p|ul|ol)>)", "\\1\n", notes.html)
    told = (f"<!-- {n.code} {n.where}".rstrip() + " -->" for n in column.notices + notes.notices)
    return "\n".join([f"<!-- title: {column.title} -->", lines, *told, ""])


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_notes_of_a_column(source):
    expected = source.with_suffix(".html").read_text(encoding="utf-8")

    assert expected == written_out(source)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_last_gate_finds_nothing_to_do(source):
    column = read_column(source)
    notes = show_notes(column, SHOW, link="https://example.org/p/column")

    assert notes.html == gate(notes.html)
    assert column.html == gate(column.html, page=True)


def test_there_is_a_pair_for_every_rule():
    assert len(SOURCES) >= 80
    assert {path.stem for path in SOURCES} == {path.stem for path in DATA.glob("*.html")}
