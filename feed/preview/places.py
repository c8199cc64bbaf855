"""Where a notice belongs: at which line of the column, and at which second of the recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from columncast.episodes.model.alignment import AlignedSentence, Alignment
from columncast.episodes.model.column import Block, Column
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.timecode import read_clock
from columncast.episodes.text.normalize import one_line, plain_words
from columncast.episodes.text.sentences import sentences

_LINE = re.compile(r"\blines? (\d+)")
_QUOTED = re.compile(r"'([^']+)'|“([^”]+)”")
_TIME = re.compile(r"\d+(?::\d\d){1,2}")


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A notice with its place."""

    notice: Notice
    line: int = 0
    """Of the column, from 1; 0: it is about no line."""
    second: float | None = None
    """Of the recording; None where nothing is heard of it."""
    sentence: str = ""
    """The words that it is about; empty where it is about no sentence."""


def line_of(notice: Notice) -> int:
    """Return the line that *notice* names; 0 when it names none.

    >>> line_of(Notice(code="clock-time", message="...", where="line 14"))
    14
    """
    found = _LINE.search(notice.where)
    return int(found[1]) if found else 0


def second_of(notice: Notice) -> int | None:
    """Return the second of the recording that *notice* names; None when it names none.

    >>> second_of(Notice(code="retake-left-in", message="...", where="1:02:03"))
    3723
    """
    return int(read_clock(notice.where)) if _TIME.fullmatch(notice.where) else None


def placed(
    notices: Iterable[Notice], column: Column, alignment: Alignment | None
) -> tuple[Placed, ...]:
    """Return *notices* with the line and the second of each, as far as they can be known."""
    aligned = alignment.sentences if alignment and alignment.verdict == "ok" else ()
    heard = [sentence for sentence in aligned if sentence.start_s is not None]
    return tuple(_placed(notice, column, heard) for notice in notices)


def _placed(notice: Notice, column: Column, heard: Sequence[AlignedSentence]) -> Placed:
    line, second = line_of(notice), second_of(notice)
    if second is not None:
        said = _heard_at(heard, second)
        block = _block_with(said.text, column.blocks) if said else None
        return Placed(
            notice=notice,
            line=block.line if block else 0,
            second=second,
            sentence=said.text if said else "",
        )
    found = [block for block in column.blocks if block.line and block.line <= line] if line else []
    if not found:
        return Placed(notice=notice, line=line)
    sentence = _sentence(notice, found[-1], column.language)
    start_s = next(_starts(sentence, heard), None)
    return Placed(notice=notice, line=line, second=start_s, sentence=sentence)


def _heard_at(heard: Sequence[AlignedSentence], second: float) -> AlignedSentence | None:
    """The sentence that is heard at *second*, or last before it."""
    before = [s for s in heard if s.start_s is not None and s.start_s < second + 1]
    return before[-1] if before else None


def _block_with(text: str, blocks: Sequence[Block]) -> Block | None:
    words = plain_words(text)
    return next((b for b in blocks if words and words in plain_words(b.text)), None)


def _sentence(notice: Notice, block: Block, language: str) -> str:
    """The sentence of *block* in which something stands that the message quotes; else the first."""
    told = [one_line(sentence) for sentence in sentences(block.text, language)]
    quoted = [first or second for first, second in _QUOTED.findall(notice.message)]
    return next((s for s in told if any(q in s for q in quoted)), next(iter(told), ""))


def _starts(sentence: str, heard: Sequence[AlignedSentence]) -> Iterator[float]:
    """When *sentence* is heard; an alignment may have it in parts, or as a part."""
    words = plain_words(sentence)
    for each in heard:
        said = plain_words(each.text)
        if said and (said in words or words in said) and each.start_s is not None:
            yield each.start_s
