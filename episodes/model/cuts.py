"""What is cut out of a recording: said again, broken off, said aside, coughed, waited too long.

Plain values. Times are seconds of the recording, which itself is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

CutKind = Literal["retake", "restart", "stutter", "aside", "noise", "long pause"]
"""A whole sentence that is read again; one broken off; a word or two said twice; speech that is not
the text; a cough or a click; a pause far over the reader's own."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One stretch that may go."""

    start_s: float
    end_s: float
    kind: CutKind
    sure: bool
    """Nothing of the text can be lost by it, and both ends lie in pauses."""
    text: str = ""
    """The words of the text that are heard in it; empty where there are none."""
    reason: str = ""
    """Why it may go; where it is not sure, why a person should listen."""
    before: int = -1
    """Index of the sentence that is heard before it; -1 at the start."""
    after: int = -1
    """Index of the sentence that is heard after it; -1 at the end."""
    fill_s: float = 0.0
    """Room tone that takes its place, so that the pause is as long as the reader's own."""
    applied: bool = False

    @property
    def saved_s(self) -> float:
        """By how much the sound becomes shorter."""
        return self.end_s - self.start_s - self.fill_s

    def as_json(self) -> dict[str, Any]:
        """Return what `cut --json` prints of it."""
        return {
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "kind": self.kind,
            "sure": self.sure,
            "applied": self.applied,
            "text": self.text,
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class Edits:
    """All cuts of a recording, in their order."""

    cuts: tuple[Cut, ...]
    duration_s: float
    """Of the recording."""
    lost: tuple[str, ...] = ()
    """Words of the text that are no longer heard, by cuts that a person asked for all the same."""

    @property
    def cut_s(self) -> float:
        """By how much the sound is shorter than the recording."""
        return sum(cut.saved_s for cut in self.cuts if cut.applied)

    def as_json(self) -> dict[str, Any]:
        """Return what `cut --json` prints."""
        return {
            "cuts": [cut.as_json() for cut in self.cuts],
            "duration_s": round(self.duration_s, 3),
            "cut_s": round(self.cut_s, 3),
            "lost": list(self.lost),
        }
