"""What a narrator reads of a column, and what the column calls the parts that were found."""

from __future__ import annotations

from dataclasses import replace

from columncast.episodes.model.alignment import Alignment, Aside, Unit
from columncast.episodes.model.column import Column, spans_text


def units(column: Column) -> list[Unit]:
    """Return what a narrator reads of *column*: its own title and date, headings, paragraphs.

    The title is the text's: a recording says what it said, whatever the episode is called since.
    Embeds and rules have nothing to be read. Tables, code and captions may be read aloud or not;
    footnotes are left to the page.
    """
    found = [Unit(text=column.own_title, heading=True)] if column.own_title else []
    if column.story_date:  # like a heading: some read it out, some do not
        found.append(Unit(text=column.story_date, heading=True))
    for number, block in enumerate(column.blocks, start=1):
        optional = block.kind in ("table", "code", "image")
        text = spans_text(block.spans) if block.kind == "image" else block.text
        if text := text.strip():
            heading = block.kind == "heading"
            kind = Aside if optional else Unit
            found.append(kind(text=text, heading=heading, paragraph=number))
    return found


def with_chapters_of(alignment: Alignment, column: Column) -> Alignment:
    """Return *alignment* with the chapters that *column* has: none for the date of its story.

    The one that begins with the text's own title has the title that the episode goes by.
    """
    chapters = [c for c in alignment.chapters if c.title != column.story_date]
    if len(chapters) < 2:  # players show one alone as none
        return replace(alignment, chapters=())
    first = next((at for at, c in enumerate(chapters) if c.title == column.own_title), None)
    if first is not None and alignment.sentences[0].text == column.own_title:
        chapters[first] = replace(chapters[first], title=column.title)
    return replace(alignment, chapters=tuple(chapters))
