"""The column as given, line by line: what was left out, what the notes took, what to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from columncast.episodes.model.column import Block, Column, Dropped
from columncast.episodes.model.episode import ShowNotes
from columncast.episodes.model.notice import Notice, problems_in
from columncast.episodes.text.html import parse
from columncast.episodes.text.normalize import fold, one_line, sentences
from columncast.feed.preview.apps.panes import lines_of

_LINE = re.compile(r"\blines? (\d+)")
_SHORT = 40
"""Characters by which a sentence is known again."""
_TOP = 12
"""Lines in which the title is looked for; front matter may stand above it."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the column; or a paragraph of one whose source has no lines."""

    number: int
    """From 1; 0 where there are none."""
    text: str
    dropped: str = ""
    """Why the line is not part of the episode; empty when it is."""
    struck: str = ""
    """A part that was taken off: the show's name before the title."""
    used: bool = False
    """The notes show it, or begin with it."""
    asked: tuple[Notice, ...] = ()
    """What a person should look at here."""

    @property
    def around(self) -> tuple[str, str]:
        """What stands before and after `struck`."""
        before, _, after = self.text.partition(self.struck) if self.struck else (self.text, "", "")
        return before, after


def line_of(notice: Notice) -> int:
    """Return the line that *notice* is about; 0 when it names none.

    >>> line_of(Notice(code="clock-time", message="...", where="line 14"))
    14
    """
    found = _LINE.search(notice.where)
    return int(found[1]) if found else 0


def marked(
    column: Column, notes: ShowNotes, source: Sequence[str], notices: Sequence[Notice]
) -> tuple[Line, ...]:
    """Return the lines of *source* with what became of them.

    Without a *source* that has lines, the paragraphs of *column*, after what was left out.
    """
    shown = [fold(line) for line in lines_of(parse(notes.html))]
    if not source:
        return (*_left_out(column.dropped), *_paragraphs(column, shown))
    why = {at: what for dropped in column.dropped for at, what in _lines_of(dropped, source)}
    used = {b.line for b in column.blocks if b.line and _is_shown(b, shown)}
    about: dict[int, list[Notice]] = {}
    for notice in problems_in(notices):
        about.setdefault(line_of(notice), []).append(notice)
    title_at = _title_line(column, source)
    return tuple(
        Line(
            number=number,
            text=text,
            dropped=why.get(number, ""),
            struck=_series(text, column) if number == title_at else "",
            used=number in used,
            asked=tuple(about.get(number, ())),
        )
        for number, text in enumerate(source, 1)
    )


def _left_out(dropped: Sequence[Dropped]) -> Iterator[Line]:
    for one in dropped:
        yield Line(number=0, text=one.text, dropped=one.why)


def _paragraphs(column: Column, shown: Sequence[str]) -> Iterator[Line]:
    for block in column.blocks:
        if block.text.strip():
            yield Line(number=0, text=one_line(block.text), used=_is_shown(block, shown))


def _lines_of(dropped: Dropped, source: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines that *dropped* takes: one, or more of a text that is wrapped hard."""
    if not 0 < dropped.line <= len(source):
        return
    yield dropped.line, dropped.why
    rest = fold(dropped.text).removeprefix(fold(source[dropped.line - 1])).strip()
    for number, text in enumerate(source[dropped.line :], dropped.line + 1):
        line = fold(text)
        if not line or not rest.startswith(line):
            return
        yield number, dropped.why
        rest = rest.removeprefix(line).strip()


def _is_shown(block: Block, shown: Sequence[str]) -> bool:
    """Whether the notes show the first sentence; its beginning may have been changed for a hook."""
    first = fold(next(iter(sentences(block.text)), ""))
    if len(first) < _SHORT:  # a heading, say, whose words may stand anywhere
        return bool(first) and first in shown
    return any(first[-_SHORT:] in line for line in shown)


def _title_line(column: Column, source: Sequence[str]) -> int:
    if column.series:
        for number, text in enumerate(source[:_TOP], 1):
            if _series(text, column):
                return number
    return 0


def _series(text: str, column: Column) -> str:
    """The part of a title line that is the show's name, up to the title."""
    start, end = text.find(column.series), text.find(column.title)
    return text[start:end] if 0 <= start < end else ""
