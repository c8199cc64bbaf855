"""What a narrator has to read again: a list for the terminal, and a page to read from.

Each sentence comes with the one before it, to catch its intonation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from columncast.episodes.format import count
from columncast.episodes.model.alignment import AlignedSentence, Alignment
from columncast.episodes.model.timecode import position
from columncast.episodes.text.template import render, shipped


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why one sentence should be read again."""

    sentence: int
    """Its index in the text."""
    why: str


@dataclass(frozen=True, kw_only=True)
class ReadAgain:
    """A sentence to be read again."""

    sentence: int
    text: str
    before: str
    """The sentence before it; empty at the start."""
    at_s: float | None
    """Where it is heard, or else where it is missing; None where that is not known."""
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what `pickup --sheet --json` prints of it."""
        return {
            "sentence": self.sentence,
            "text": self.text,
            "before": self.before,
            "at_s": self.at_s,
            "reasons": list(self.reasons),
        }

    @property
    def place(self) -> str:
        """Its time in words; empty where it has none."""
        return "" if self.at_s is None else position(self.at_s)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What is to be read again of one text."""

    title: str
    language: str
    rows: tuple[ReadAgain, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what `pickup --sheet --json` prints."""
        return {"title": self.title, "sentences": [row.as_json() for row in self.rows]}

    def lines(self) -> Iterator[str]:
        """Yield it for a terminal."""
        for number, row in enumerate(self.rows, start=1):
            yield "  ".join(filter(None, (f"{number}.", row.place, "; ".join(row.reasons))))
            if row.before:
                yield f"    … {row.before}"
            yield f"    {row.text}"
            yield ""
        if not self.rows:
            yield "Nothing is to be read again: each sentence was heard."

    def page(self) -> str:
        """Return it as one page to read from, for the screen and for paper; it loads nothing."""
        return render(
            shipped("columncast.episodes.narration", "sheet.html"),
            where="sheet.html",
            rows=self.rows,
            title=self.title,
            language=self.language,
            how_many=count(len(self.rows), "sentence"),
        )


def to_read_again(alignment: Alignment, reasons: Sequence[Reason] = ()) -> tuple[ReadAgain, ...]:
    """Return what is to be read again, in the order of the text.

    That is what the *alignment* misses in the recording, and what other *reasons* name.
    """
    sentences = alignment.sentences
    why: dict[int, list[str]] = {}
    for reason in (*_not_read(sentences), *reasons):
        if 0 <= reason.sentence < len(sentences):
            why.setdefault(reason.sentence, []).append(reason.why)
    return tuple(
        ReadAgain(
            sentence=number,
            text=sentences[number].text,
            before=sentences[number - 1].text if number else "",
            at_s=_at_s(sentences, number),
            reasons=tuple(dict.fromkeys(why[number])),
        )
        for number in sorted(why)
    )


def _not_read(sentences: Sequence[AlignedSentence]) -> Iterator[Reason]:
    """Yield what was not read as it is written.

    Headings, tables and captions are left to the page by many readers.
    """
    for number, sentence in enumerate(sentences):
        if sentence.optional or (sentence.heading and sentence.status == "missing"):
            continue
        if sentence.status == "missing":
            yield Reason(sentence=number, why="was not read")
        elif sentence.status == "unsure" and sentence.start_s is None:
            yield Reason(sentence=number, why="could not be heard for the noise")
        elif sentence.status == "unsure":
            yield Reason(sentence=number, why="was read in part, or in other words")


def _at_s(sentences: Sequence[AlignedSentence], number: int) -> float | None:
    """Return when a sentence begins, or where it is missing: at the end of the one read before it."""
    if sentences[number].start_s is not None:
        return sentences[number].start_s
    before = [s.end_s for s in sentences[:number] if s.end_s is not None]
    return before[-1] if before else None
