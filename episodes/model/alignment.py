"""What aligning a column with its recording tells: when each word is spoken, and what differs.

Plain values, ready for JSON and for worker processes. Times are seconds of the audio file that was
given; texts are exactly those of the column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from columncast.episodes.model.episode import Chapter

Status = Literal["read", "missing", "unsure"]
"""`missing` is not in the recording; `unsure` was placed, but a person should listen."""

Band = Literal["sure", "probable", "look"]
"""How far to trust a placed sentence; docs/measurements/alignment.md says what each band meant when measured."""

ExtraKind = Literal["jingle", "intro", "ad-lib", "retake", "outro"]
"""Sound that is not the column: music, speech before, within or after it, a sentence said twice."""

Verdict = Literal[
    "ok", "hard", "too-noisy", "not-this-text", "no-speech", "language", "other-language"
]
"""Whether the times may be published; anything but `ok` comes with a message and no transcript.

With `hard` the text is in the recording and its sentences have times, but too many are in doubt.
"""


@dataclass(frozen=True)
class Unit:
    """A heading or a paragraph that a narrator reads, exactly as in the column."""

    text: str
    heading: bool = False
    paragraph: int = 0
    optional: ClassVar[bool] = False


@dataclass(frozen=True)
class Aside(Unit):
    """What some read aloud and others leave to the page, or say otherwise: a table, a caption."""

    optional: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class TimedWord:
    """A word as the column prints it, punctuation included."""

    text: str
    start_s: float | None = None
    """None where the word was not heard, or is not a spoken one."""
    end_s: float | None = None
    heard: bool = False
    """Whether it was recognised by itself; else its time is what lay between its neighbours."""


@dataclass(frozen=True, kw_only=True)
class AlignedSentence:
    """A sentence or heading of the column, in the order of the text."""

    text: str
    start_s: float | None = None
    end_s: float | None = None
    status: Status = "missing"
    band: Band = "look"
    words: tuple[TimedWord, ...] = ()
    paragraph: int = 0
    heading: bool = False
    optional: bool = False
    """Need not be read: a table, a caption, code."""


@dataclass(frozen=True, kw_only=True)
class Extra:
    """A stretch of the recording that is not in the column."""

    start_s: float
    end_s: float
    kind: ExtraKind
    after: int = -1
    """Index of the sentence before it; -1 at the start."""


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """A column and its recording, laid side by side."""

    sentences: tuple[AlignedSentence, ...]
    extras: tuple[Extra, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    verdict: Verdict = "ok"
    message: str = ""
    """Why the verdict is not `ok`, and what to do; else empty."""
    duration_s: float = 0.0
    language: str = "en"

    @property
    def spoken(self) -> tuple[AlignedSentence, ...]:
        """The sentences that have times, in the order in which they are heard."""
        placed = [s for s in self.sentences if s.start_s is not None]
        return tuple(sorted(placed, key=lambda s: s.start_s or 0.0))


def report(alignment: Alignment) -> dict[str, Any]:
    """Return what `transcribe --json` prints."""
    return {
        "sentences": [
            {
                "text": s.text,
                "start_s": s.start_s,
                "end_s": s.end_s,
                "status": s.status,
                "band": s.band,
            }
            for s in alignment.sentences
        ],
        "extras": [
            {"start_s": e.start_s, "end_s": e.end_s, "kind": e.kind} for e in alignment.extras
        ],
        "chapters": [{"start_s": c.start_s, "title": c.title} for c in alignment.chapters],
        "verdict": alignment.verdict,
        "message": alignment.message,
    }
