"""The column as given, line by line: what was left out, what the notes took, what to look at."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.column import Block, Column, Dropped
from columncast.episodes.model.episode import ShowNotes
from columncast.episodes.model.notice import Notice, problems_in
from columncast.episodes.text.app_html import for_apps
from columncast.episodes.text.html import parse
from columncast.episodes.text.normalize import clean, fold, one_line, plain_words
from columncast.episodes.text.sentences import sentences
from columncast.feed.preview.apps.panes import lines_of
from columncast.feed.preview.places import Placed, placed

_FOOTNOTE_MARK = re.compile(r"\[\d+\]")
"""As notes write it; nobody reads it aloud."""
_FEW_WORDS = 4
"""So many may stand anywhere by chance; a heading also stands in the list of chapters."""
OWN_NAME = "the show's own name"
_TOP = 12
"""Lines in which the title is looked for; front matter may stand above it."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a line."""

    text: str
    why: str = ""
    """Why it was left out; empty when it stays."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the column; or a paragraph of one whose source has no lines."""

    number: int
    """From 1; 0 where there are none."""
    text: str
    dropped: str = ""
    """Why the line is not part of the episode; empty when it is."""
    pieces: tuple[Piece, ...] = ()
    """The line in parts, where some of it was left out; none where it stands or goes as a whole."""
    used: bool = False
    """The notes hold every word of its paragraph, in this order."""
    partly: bool = False
    """The notes hold a sentence of its paragraph, and not all of it."""
    asked: tuple[Placed, ...] = ()
    """What a person should look at here."""


def marked(
    column: Column,
    notes: ShowNotes,
    source: Sequence[str],
    notices: Sequence[Notice],
    alignment: Alignment | None = None,
) -> tuple[Line, ...]:
    """Return the lines of *source* with what became of them, and what a person should look at there.

    By an *alignment*, a warning of a second of the recording stands at the line that is heard then.

    Without a *source* that has lines, the paragraphs of *column*, after what was left out.
    """
    shown = _Shown(notes)
    if not source:
        return (*_left_out(column.dropped), *_paragraphs(column, shown))
    why: dict[int, str] = {}
    parts: dict[int, list[tuple[str, str]]] = {}
    for dropped in column.dropped:
        if at := _line_with(dropped, source):
            parts.setdefault(at, []).append((dropped.text, dropped.why))
        else:
            why |= dict(_lines_of(dropped, source))
    if title_at := _title_line(column, source):
        series = _series(source[title_at - 1], column)
        parts.setdefault(title_at, []).append((series, OWN_NAME))
    used, partly = _in_notes(column, shown, source, why)
    about: dict[int, list[Placed]] = {}
    for place in placed(problems_in(notices), column, alignment):
        about.setdefault(place.line, []).append(place)
    return tuple(
        Line(
            number=number,
            text=text,
            dropped=why.get(number, ""),
            pieces=tuple(_pieces(text, parts.get(number, ()))),
            used=number in used,
            partly=number in partly,
            asked=tuple(about.get(number, ())),
        )
        for number, text in enumerate(source, 1)
    )


def _line_with(dropped: Dropped, source: Sequence[str]) -> int:
    """The line of which *dropped* is only a part; 0 where it takes whole lines."""
    words = f" {plain_words(dropped.text)} "
    for number, text in enumerate(source[max(0, dropped.line - 1) :], max(1, dropped.line)):
        line = f" {plain_words(text)} "
        if not text.strip() or words == line:
            return 0
        if words in line and dropped.text in text:
            return number
    return 0


def _pieces(text: str, cuts: Sequence[tuple[str, str]]) -> Iterator[Piece]:
    """The parts of *text* around and in the *cuts*, each of which is a text with its reason."""
    rest = text
    for cut, why in sorted(cuts, key=lambda each: text.find(each[0])):
        before, found, after = rest.partition(cut)
        if found:
            yield from (Piece(text=before), Piece(text=found, why=why))
            rest = after
    if cuts and rest:
        yield Piece(text=rest)


class _Shown:
    """The words of the notes, to find those of a paragraph among them."""

    def __init__(self, notes: ShowNotes) -> None:
        self._words = _joined(lines_of(parse(notes.html)), apart=True)

    def holds(self, block: Block) -> bool:
        """Whether every word of *block* is there, as it is read or as apps show it."""
        if not block.text:
            return False
        as_shown = "\n".join(simple.text for simple in for_apps([block]))
        return any(
            self._has(text, apart=block.kind == "heading") for text in (block.text, as_shown)
        )

    def holds_part(self, block: Block) -> bool:
        """Whether a sentence of *block* is there, perhaps without the word that tied it on."""
        told = [_words(sentence).split() for sentence in sentences(clean(block.text))]
        long = [words for words in told if len(words) > _FEW_WORDS]
        return any(self._has(" ".join(part)) for words in long for part in (words, words[1:]))

    def _has(self, text: str, *, apart: bool = False) -> bool:
        """Whether the words of *text* are there in its lines or in one; with *apart*, in lines of their own.

        Words that begin in one paragraph of the notes and end in the next are nobody's.
        """
        words = _words(text)
        if not words:
            return False
        if apart or len(words.split()) <= _FEW_WORDS:
            return _joined(text.split("\n"), apart=True) in self._words
        return _joined(text.split("\n")) in self._words or f" {words} " in self._words


def _joined(lines: Iterable[str], *, apart: bool = False) -> str:
    """The words of *lines* with a mark where a line ends; with *apart*, around all of them as well."""
    words = " | ".join(words for line in lines if (words := _words(line)))
    return f" | {words} | " if apart else f" {words} "


@lru_cache(maxsize=5_000)  # a save changes a line or two of a long column
def _words(text: str) -> str:
    """The words of *text* alone: no marks, no case, no footnote's number.

    >>> _words("‘He said: “No\u00adbo\ufb01sh\u00a0boat”!’[1]")
    'he said nobofish boat'
    """
    return plain_words(_FOOTNOTE_MARK.sub(" ", clean(text)))


def _in_notes(
    column: Column, shown: _Shown, source: Sequence[str], dropped: Container[int]
) -> tuple[set[int], set[int]]:
    """The lines whose paragraph the notes hold, and those of which they hold a part."""
    used: set[int] = set()
    partly: set[int] = set()
    starts = sorted({block.line for block in _all_blocks(column) if block.line})
    for start, group in groupby(column.blocks, key=lambda block: block.line):
        if not 0 < start <= len(source):
            continue
        blocks = [block for block in group if block.text]
        whole = bool(blocks) and all(map(shown.holds, blocks))
        if not whole and not any(shown.holds(b) or shown.holds_part(b) for b in blocks):
            continue
        end = next((line for line in starts if line > start), len(source) + 1)
        lines = (line for line in _extent(blocks, source, end) if line not in dropped)
        (used if whole else partly).update(lines)
    return used, partly


def _all_blocks(column: Column) -> Iterator[Block]:
    yield from column.blocks
    for note in column.footnotes:
        yield from note.blocks


def _extent(blocks: Sequence[Block], source: Sequence[str], end: int) -> Iterator[int]:
    """The lines of *blocks* that hold something, up to the line *end*, where others begin."""
    for number in range(blocks[0].line, end):
        if source[number - 1].strip():
            yield number
        elif blocks[-1].kind in ("paragraph", "heading"):
            return


def _left_out(dropped: Sequence[Dropped]) -> Iterator[Line]:
    for one in dropped:
        yield Line(number=0, text=one.text, dropped=one.why)


def _paragraphs(column: Column, shown: _Shown) -> Iterator[Line]:
    for block in column.blocks:
        if block.text.strip():
            whole = shown.holds(block)
            part = not whole and shown.holds_part(block)
            yield Line(number=0, text=one_line(block.text), used=whole, partly=part)


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
