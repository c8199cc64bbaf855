"""Where a remark belongs now: its sentence is found again by its words, then by its time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from columncast.episodes.model.alignment import AlignedSentence
from columncast.episodes.model.review import Remark, Review
from columncast.episodes.model.timecode import position
from columncast.episodes.text.words import said

_LIKE = 0.6
"""How much two sentences have in common, of 1, when the one is the other after small changes."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A remark with whose it is and where it belongs."""

    remark: Remark
    review: Review
    number: int
    """Its index in the review, from 0."""
    index: int | None = None
    """Of its sentence, among those of the text as it is; None: it has none."""
    at_s: float | None = None
    """Where to listen, in seconds of the audio file; None: nowhere in particular."""
    changed: bool = False
    """Its sentence has other words than the one that was remarked on."""

    @property
    def lost(self) -> bool:
        """Whether it was about a sentence that the text does not have any more."""
        return bool(self.remark.sentence) and self.index is None

    @property
    def where(self) -> str:
        """Where it belongs, in words."""
        if self.lost:
            told = f"of a sentence that is no longer in the text: “{self.remark.sentence}”"
        elif self.remark.sentence:
            told = f"“{self.remark.sentence}”" + (", since changed" if self.changed else "")
        else:
            told = "" if self.remark.at_s is not None else "of the whole"
        clock = "" if self.at_s is None else position(self.at_s)
        return ", ".join(filter(None, (clock, told)))

    def as_json(self) -> dict[str, Any]:
        """Return what `review show --json` prints."""
        return {
            **self.remark.as_json(),
            "name": self.review.name,
            "sent": self.review.sent.isoformat(),
            "review": self.review.id,
            "audio_s": None if self.at_s is None else round(self.at_s, 3),
            "found": not self.lost,
            "changed": self.changed,
        }


def place(
    reviews: Sequence[Review],
    sentences: Sequence[AlignedSentence],
    *,
    heard_s: Callable[[float], float],
) -> tuple[Placed, ...]:
    """Return every remark of *reviews*, in the order of the text; what belongs nowhere comes last.

    *heard_s* turns a second of the recording into one of the audio file.
    """
    text = _Text(sentences)
    found = [
        _placed(review, number, text, heard_s)
        for review in reviews
        for number in range(len(review.remarks))
    ]
    last = len(sentences)
    return tuple(sorted(found, key=lambda one: last if one.index is None else one.index))


class _Text:
    """The sentences of the text as it is, and their words."""

    def __init__(self, sentences: Sequence[AlignedSentence]) -> None:
        self.sentences = sentences
        self.keys = [said(one.text) for one in sentences]

    def find(self, wanted: list[str], at_s: float | None) -> int | None:
        """The index of the sentence with the words that are *wanted*, or most of them; None: none."""
        likeness = [_likeness(wanted, key) for key in self.keys]
        best = max(likeness, default=0.0)
        if best < _LIKE:
            return None
        # One that stands there twice is meant where it was heard.
        equal = [at for at, like in enumerate(likeness) if like == best]
        return min(equal, key=lambda at: abs((self.sentences[at].start_s or 0.0) - (at_s or 0.0)))

    def spoken(self, at_s: float | None) -> int | None:
        """The index of the sentence that is being spoken, or was last; None: there is none."""
        begun = [
            (one.start_s, at)
            for at, one in enumerate(self.sentences)
            if at_s is not None and one.start_s is not None and one.start_s <= at_s
        ]
        return max(begun)[1] if begun else None


def _placed(review: Review, number: int, text: _Text, heard_s: Callable[[float], float]) -> Placed:
    remark = review.remarks[number]
    at_s = None if remark.at_s is None else heard_s(remark.at_s)
    wanted = said(remark.sentence)
    index = text.find(wanted, at_s) if wanted else text.spoken(at_s)
    changed = index is not None and bool(wanted) and text.keys[index] != wanted
    if at_s is None and index is not None:
        at_s = text.sentences[index].start_s
    return Placed(
        remark=remark, review=review, number=number, index=index, at_s=at_s, changed=changed
    )


def _likeness(wanted: list[str], key: list[str]) -> float:
    if wanted == key:
        return 1.0
    matcher = SequenceMatcher(None, wanted, key, autojunk=False)
    if matcher.real_quick_ratio() < _LIKE or matcher.quick_ratio() < _LIKE:
        return 0.0
    return min(matcher.ratio(), 0.999)
