"""Sentences that were read again, and what became of each.

Plain values. A file of fixes holds readings; each is placed in the recording, or not and says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reread:
    """One stretch of a file of fixes."""

    file: str
    """As it was named."""
    from_s: float
    """Where it begins in that file."""
    to_s: float
    start_s: float | None = None
    """Where it goes in the recording; the same as `end_s` where nothing is replaced."""
    end_s: float | None = None
    sentence: int | None = None
    """Index of the sentence that is read; None where it is none of them."""
    text: str = ""
    placed: bool = False
    level_db: float | None = None
    """What brings it to the level of the sentences around it."""
    floor_db: float | None = None
    """How far the noise of its room then lies over that of the narration, before that is brought down."""
    reason: str = ""
    """Why it is not placed; of one that is, what a person should listen to."""

    def as_json(self) -> dict[str, Any]:
        """Return what `pickup --json` prints of it."""
        return {
            "file": self.file,
            "from_s": round(self.from_s, 3),
            "to_s": round(self.to_s, 3),
            "start_s": _rounded(self.start_s, 3),
            "end_s": _rounded(self.end_s, 3),
            "sentence": self.sentence,
            "text": self.text,
            "placed": self.placed,
            "level_db": _rounded(self.level_db, 1),
            "floor_db": _rounded(self.floor_db, 1),
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class WhichSentence:
    """A question: a stretch of a file of fixes may be one of several sentences."""

    file: str
    from_s: float
    to_s: float
    choices: tuple[tuple[int, str, float | None], ...]
    """Index of a sentence, its text, and where it is in the recording."""


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
