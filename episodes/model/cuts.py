"""What is edited in a recording: said again, broken off, said aside, coughed, waited too long.

Plain values. Times are seconds of the recording, which itself is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from columncast.episodes.model.time_map import Stretch, TimeMap, without_overlaps

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
    kept: bool = False
    """Somebody has decided that it stays."""

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


@dataclass(frozen=True, kw_only=True)
class Pickup:
    """A sentence, or several, that was read again later and takes its place in the recording."""

    file: str
    """Below the episode's folder, as in `pickups/3f2a90c1.wav`."""
    from_s: float
    """Where in that file the sound begins that is used; `to_s` is where it ends."""
    to_s: float
    start_s: float
    """Where in the recording the sound begins that goes; `end_s` is where it ends.

    They are the same where the sentence was never read."""
    end_s: float
    sentence: int
    """Index in the text, of the first where there are several."""
    text: str
    level_db: float = 0.0
    """What is put on its level, to bring it to that of its neighbours."""


@dataclass(frozen=True, kw_only=True)
class RecordingEdits:
    """What people chose to edit in one recording; `edits.toml` beside it holds it."""

    recording_sha256: str = ""
    duration_s: float = 0.0
    """Of the recording."""
    tone_start_s: float = 0.0
    """Where its room tone is, which fills pauses; the same as `tone_end_s` where there is none."""
    tone_end_s: float = 0.0
    cuts: tuple[Cut, ...] = ()
    """In time: those that are `applied`, and those that somebody `kept`."""
    pickups: tuple[Pickup, ...] = ()
    """In time."""

    @property
    def applied(self) -> tuple[Cut, ...]:
        """The cuts that are made."""
        return tuple(cut for cut in self.cuts if cut.applied)

    @property
    def is_heard(self) -> bool:
        """Whether the sound is any other than the recording's."""
        return bool(self.applied or self.pickups)

    @property
    def sound(self) -> object:
        """Plain values that tell one sound from another; None where it is the recording's own.

        Reasons, texts and what is kept make no sound.
        """
        if not self.is_heard:
            return None
        cuts = [(cut.start_s, cut.end_s, cut.fill_s) for cut in self.applied]
        tone = (self.tone_start_s, self.tone_end_s) if self.tone_is_heard else None
        pickups = [(p.file, p.from_s, p.to_s, p.start_s, p.end_s, p.level_db) for p in self.pickups]
        return cuts, tone, pickups

    @property
    def tone_is_heard(self) -> bool:
        """Whether its room tone fills anything."""
        return bool(self.pickups) or any(cut.fill_s for cut in self.applied)

    @property
    def times(self) -> TimeMap:
        """The map from the recording's time to that of the edited sound, before intro and trimming."""
        return TimeMap(
            without_overlaps(
                (Stretch(start_s=c.start_s, end_s=c.end_s, heard_s=c.fill_s) for c in self.applied),
                (
                    Stretch(
                        start_s=p.start_s, end_s=p.end_s, heard_s=p.to_s - p.from_s, reading=True
                    )
                    for p in self.pickups
                ),
            )
        )


def with_decisions(proposed: Iterable[Cut], decided: Sequence[Cut]) -> tuple[Cut, ...]:
    """Return the cuts *proposed* with those that somebody has *decided* about in their place."""
    open_ = [
        cut
        for cut in proposed
        if not any(cut.start_s < one.end_s and one.start_s < cut.end_s for one in decided)
    ]
    return tuple(sorted([*open_, *decided], key=lambda cut: (cut.start_s, cut.end_s)))
