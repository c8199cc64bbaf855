"""The column line by line: green is what the notes hold, word for word, and nothing else."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from columncast.episodes.columns.door import read_column
from columncast.episodes.columns.formats.markdown import read_markdown
from columncast.episodes.columns.formats.plain import read_plain
from columncast.episodes.columns.input.decoding import decode, read_bytes
from columncast.episodes.columns.review.head import finish
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.alignment import AlignedSentence, Alignment
from columncast.episodes.model.column import Block, Column
from columncast.episodes.model.episode import ShowNotes
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.app_html import for_apps, html_of
from columncast.feed.preview.column_view import marked

GOLDEN = Path(__file__).parent / "data" / "notes"
QUOTED = """\
# The Lamp

“No boat,” he wrote — and *then*: ‘none’, on [page 3](https://e.example/3) of the ledger.[^1]

Not long before, the keeper might best be described as “patient”. In his book *The Lamp and
the Ledger*, the other keeper writes that “nobody in Skarn's harbour looked up… not once”.

> He kept it for eleven years.

The office's co\u00adefficient was 3.5, its o\ufb03cer said at 9:15; R&D cost 10\u00a0%.

## A heading that stands by itself

- Bread, and salt
- *Rope* of eleven fathoms

[^1]: The museum has it.
"""


def notes_of(html: str) -> ShowNotes:
    return ShowNotes(html=html, full_html=html, plain="")


def finished(column: Column) -> Column:
    return finish(column, show_title="Harbour Days", title="")


@cache
def columns() -> tuple[tuple[Column, tuple[str, ...]], ...]:
    """Every golden column that is text with lines, and one with all that typography has."""
    found = [(finished(read_markdown(QUOTED, timezone="UTC")), tuple(QUOTED.split("\n")))]
    for path in sorted(GOLDEN.iterdir()):
        if path.suffix in (".md", ".txt"):
            column = read_column(path, show_title="Harbour Days")
            source, _ = decode(read_bytes(path), "")
            found.append((column, tuple(source.split("\n"))))
    return tuple(found)


def readable(column: Column) -> list[Block]:
    """The paragraphs that have words of their own."""
    return [b for b in column.blocks if any(char.isalnum() for char in b.text)]


def green(column: Column, html: str, source: tuple[str, ...] = ()) -> list[bool]:
    """For each paragraph whether its line is green."""
    lines = marked(column, notes_of(html), source, ())
    if not source:
        shown = [line for line in lines if not line.dropped]
        return [line.used for line in shown if any(char.isalnum() for char in line.text)]
    return [lines[block.line - 1].used for block in readable(column)]


def in_words(column: Column, at: int) -> str:
    return " ".join(readable(column)[at].text.split())


NOISE: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "straight quotation marks": lambda text: text.translate(
        {ord("“"): "&quot;", ord("”"): "&quot;", ord("‘"): "'", ord("’"): "'"}
    ),
    "other quotation marks": lambda text: text.replace("“", "«").replace("”", "»"),
    "no-break spaces": lambda text: text.replace(", ", ",\u00a0"),
    "other dashes": lambda text: text.replace("—", "–"),
    "soft hyphens": lambda text: text.replace("keeper", "keep\u00ader"),
    "ligatures": lambda text: text.replace("ffi", "\ufb03").replace("fi", "\ufb01"),
    "capitals": lambda text: text.replace("he ", "HE "),
    "emphasis": lambda text: text.replace(" the ", " <em>the</em> "),
    "links": lambda text: text.replace(" the ", ' <a href="https://e.example/">the</a> '),
    "entities": lambda text: text.replace("é", "&eacute;").replace("o", "&#111;"),
}
"""What another program does to the text of notes without changing their words."""


def with_noise(html: str, noise: Callable[[str], str]) -> str:
    """Return *html* with its text changed and its tags and entities left alone."""
    pieces = re.split(r"(<[^>]*>|&[#\w]+;)", html)
    return "".join(p if p[:1] in ("<", "&") and p[-1:] in ">;" else noise(p) for p in pieces)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_a_paragraph_is_green_exactly_if_its_words_are_in_the_notes(data):
    column, source = data.draw(st.sampled_from(columns()))
    blocks = readable(column)
    chosen = data.draw(st.sets(st.integers(0, max(0, len(blocks) - 1)), max_size=len(blocks)))
    noise = NOISE[data.draw(st.sampled_from(sorted(NOISE)))]
    there = [at in chosen for at in range(len(blocks))]
    simple = [
        html_of(for_apps([block])) for block, is_in in zip(blocks, there, strict=True) if is_in
    ]
    others = [" ".join(in_words(column, at).split()) for at in chosen]
    expected = [
        is_in or any(in_words(column, at) in other for other in others)
        for at, is_in in enumerate(there)
    ]

    shown = with_noise("".join(simple), noise)

    lined = [block.line for block in blocks]
    if all(lined) and len(set(lined)) == len(lined):
        assert expected == green(column, shown, source)
    assert expected == green(column, shown)


def test_words_that_begin_in_one_paragraph_of_the_notes_and_end_in_the_next_are_nobodys():
    text = (
        "# The Lamp\n\nIt was lit at dusk.\n\nNobody came that night.\n\nLit at dusk nobody came.\n"
    )
    column = finished(read_markdown(text, timezone="UTC"))

    assert [True, True, False] == green(column, html_of(for_apps(column.blocks[:2])))


@pytest.mark.parametrize("at", range(6))
def test_a_word_that_is_another_in_the_notes_takes_the_green_away(at):
    column, source = columns()[0]
    blocks = readable(column)
    html = [html_of(for_apps([block])) for block in blocks]
    word = max(blocks[at].text.replace("\u00ad", "").split(), key=lambda w: w.isalpha() * len(w))
    html[at] = html[at].replace(word, f"{word}x")

    assert [each != at for each in range(len(blocks))] == green(column, "".join(html), source)


def test_a_paragraph_that_the_notes_end_in_is_not_green_and_is_told_as_a_part():
    column, source = columns()[0]
    lines = marked(
        column,
        notes_of("<p>Not long before, the keeper might best be described as “patient”.</p>"),
        source,
        (),
    )

    assert [(5, False), (6, False)] == [(n.number, n.used) for n in lines if n.partly]


def test_every_line_of_a_wrapped_paragraph_is_green():
    column, source = columns()[0]

    lines = marked(column, notes_of(html_of(for_apps(column.blocks))), source, ())

    assert [3, 5, 6, 8, 10, 12, 14, 15] == [line.number for line in lines if line.used]


def test_html_within_markdown_has_the_line_at_which_it_stands():
    text = "# The Lamp\n\nOne and two.\n\n<p>Three and\nfour at 9:15.</p>\n\n<div>\n\nFive.\n\n</div>\n"

    assert [1, 3, 5, 10] == [block.line for block in read_markdown(text, timezone="UTC").blocks]


@pytest.mark.parametrize("text", ["***", "…", "— —", "¡!"])
def test_what_has_no_words_is_never_green(text):
    try:
        column = finished(read_plain(f"The Lamp\n\n{text}\n\nIt was lit.\n"))
    except ColumnError as e:
        pytest.fail(str(e))
    lines = marked(column, notes_of(f"<p>{entities.escape(text)}</p>"), ("The Lamp", "", text), ())

    assert not any(line.used for line in lines)


def test_a_warning_of_a_time_stands_at_the_line_that_is_heard_then_and_plays_from_there():
    column, source = columns()[0]
    said = AlignedSentence(text="He kept it for eleven years.", start_s=61.5, status="read")
    notice = Notice(code="retake-left-in", message="said twice", where="1:02")

    lines = marked(
        column, notes_of(""), source, [notice], Alignment(sentences=(said,), duration_s=90.0)
    )

    (place,) = [place for line in lines for place in line.asked]
    assert (8, 62.0, said.text) == (place.line, place.second, place.sentence)
    assert [8] == [line.number for line in lines if line.asked]


def test_a_warning_of_a_line_plays_the_sentence_that_it_quotes():
    column, source = columns()[0]
    heard = [
        AlignedSentence(text=text, start_s=start_s, status="read")
        for start_s, text in ((10.0, "The office's coefficient was 3.5,"), (14.0, "R&D cost 10 %."))
    ]
    notice = Notice(code="clock-time", message="'9:15' becomes a link", where="line 10")
    found = Alignment(sentences=tuple(heard), duration_s=90.0)

    (place,) = [
        place
        for line in marked(column, notes_of(""), source, [notice], found)
        for place in line.asked
    ]

    assert 10 == place.line
    assert "9:15" in place.sentence
    assert 10.0 == place.second


def test_a_word_that_is_struck_out_is_left_out_and_its_line_is_not():
    text = "# The Lamp\n\nThe ~~ship~~ ferry left\nat ~~five~~ six, and nobody saw it.\n"
    column = finished(read_markdown(text, timezone="UTC"))

    lines = marked(column, notes_of(column.html), tuple(text.split("\n")), ())

    assert [3, 4] == [line.number for line in lines if line.used and not line.dropped]
    assert ["ship", "five"] == [p.text for line in lines for p in line.pieces if p.why]
    for line in (line for line in lines if line.pieces):
        assert line.text == "".join(piece.text for piece in line.pieces)
