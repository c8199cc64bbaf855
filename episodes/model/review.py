"""A colleague's review of an episode: remarks, and perhaps an approval of what it was then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What somebody says of one sentence, of a moment of the recording, or of the whole."""

    text: str
    sentence: str = ""
    """The sentence that it is about, as it stood; empty: none."""
    at_s: float | None = None
    """Seconds of the recording, before anything is cut from it; None: no moment is meant."""
    done: bool = False
    """Somebody has seen to it."""

    def as_json(self) -> dict[str, Any]:
        """Return the remark as `review show --json` prints it."""
        return {
            "text": self.text,
            "sentence": self.sentence,
            "at_s": self.at_s,
            "done": self.done,
        }


@dataclass(frozen=True, kw_only=True)
class Content:
    """What an approval is for: a SHA-256 of each of three things, in hexadecimal."""

    words: str
    """The words of the column, whatever typography they are set in."""
    recording: str
    """The bytes of the recording."""
    edits: str = ""
    """The edits that are heard; empty: the recording sounds as it was given."""


@dataclass(frozen=True, kw_only=True)
class Review:
    """What one person sent at one time."""

    name: str
    sent: datetime
    """Aware."""
    remarks: tuple[Remark, ...] = ()
    approves: Content | None = None
    """None: it is no approval."""
    id: str = ""
    """A hash of what was sent, by which it is known when it comes again."""

    @property
    def open(self) -> int:
        """How many of the remarks nobody has seen to yet."""
        return sum(not remark.done for remark in self.remarks)
