"""Which passages through the text count: the last good take of each sentence, and nothing by chance.

A passage is believed when it fits the sound clearly better than other clauses of the same text fit
by chance, and when it was spoken at about the reader's own pace.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from columncast.audio.align.features import Mask
from columncast.audio.align.lattice import Clause
from columncast.audio.align.luck import Luck
from columncast.audio.align.search import OTHER
from columncast.audio.align.windows import Visit

_UNLUCKY = 0.6  # how much worse than luck a passage may fit that stands where it must
_CLEAR = 0.35  # the part of the way from luck to what is usual that convinces by itself
_AS_GOOD = 0.6  # a take this much worse than the best one is not preferred for being the last
_SHORT_PHONES = 12
_SHORT_GAIN = 20.0  # nats by which a short passage must beat luck,
_ALONE_GAIN = 8.0  # and by which it must where it stands between two pauses
_PAUSE, _EDGE = 20, 6
_FORESEEN = 0.45  # the part of a passage that must be said as written
_BROKEN_OFF = 0.2  # the part of a clause that must be heard before it counts without its end
_APART_FRAMES = 2500


@dataclass(frozen=True)
class Fit:
    """How well this recording fits when it is the text, and when it is not; in nats a frame."""

    right: float
    luck: Luck
    pace: float
    """The reader's frames for each sound."""

    @property
    def least(self) -> float:
        """The score below which a passage is never believed."""
        return max(-OTHER - 0.1, self.luck.usual - _UNLUCKY)

    @property
    def enough(self) -> float:
        """The score from which a passage is believed wherever it is."""
        return self.luck.usual + _CLEAR * max(0.0, self.right - self.luck.usual)

    def place(self, score: float) -> float:
        """Return where *score* lies between luck (0) and what is usual here (1)."""
        return (score - self.luck.usual) / max(self.right - self.luck.usual, 0.2)


@dataclass(frozen=True)
class Take:
    """The passages that make up one reading of a sentence, in time."""

    visits: tuple[Visit, ...]
    missing_before: float
    """Sounds of the sentence that were not recognised before the first passage."""
    missing_after: float
    """The same after the last one."""
    share: float
    """How much of the sentence was recognised, by sounds."""

    @property
    def start(self) -> int:
        """The first frame."""
        return self.visits[0].start

    @property
    def end(self) -> int:
        """The frame after the last."""
        return self.visits[-1].end

    @property
    def score(self) -> float:
        """The mean score of its frames in words."""
        frames = [sum(w.end - w.start for w in v.words) for v in self.visits]
        return float(np.average([v.score for v in self.visits], weights=frames))


def fit(visits: Sequence[Visit], clauses: Sequence[Clause], by_luck: Luck) -> Fit:
    """Return what right and wrong text score in this recording, and how fast it is read."""
    long = [v for v in visits if v.complete and clauses[v.clause].phones > _SHORT_PHONES]
    right = float(np.median([v.score for v in long])) if long else -OTHER
    paces = [(v.end - v.start) / clauses[v.clause].phones for v in long]
    return Fit(right, by_luck, float(np.median(paces)) if paces else 8.0)


def heard(visit: Visit, clauses: Sequence[Clause]) -> float:
    """Return how much of its clause *visit* holds, by sounds."""
    if visit.complete:
        return 1.0
    reached = max(w.word.last_token for w in visit.words)
    slots = clauses[visit.clause].slots
    said = sum(len(w.phones[0]) for s in slots if s[0][0].token <= reached for w in s[0])
    return said / clauses[visit.clause].phones


def takes(
    visits: Sequence[Visit],
    clauses: Sequence[Clause],
    fits: Fit,
    voiced: Mask,
    headings: Container[int],
) -> dict[int, Take]:
    """Return the take that counts for each sentence that was read, by the sentence's number.

    *headings* are the numbers of those that a reader may well leave out.
    """
    by_clause: dict[int, list[Visit]] = {}
    for before, visit, after in zip([None, *visits], visits, [*visits[1:], None], strict=False):
        place = _Place(
            held=_near(before, visit) and _near(visit, after),
            joined=any(
                _near(a, b) and clear and clear.score >= fits.enough
                for a, b, clear in ((before, visit, before), (visit, after, after))
            ),
            alone=_alone(visit, voiced),
            expected=clauses[visit.clause].sentence not in headings,
        )
        if _believed(visit, place, clauses, fits):
            by_clause.setdefault(visit.clause, []).append(visit)
    numbers: dict[int, list[int]] = {}
    for number, clause in enumerate(clauses):
        numbers.setdefault(clause.sentence, []).append(number)
    found = {}
    for sentence, parts in numbers.items():
        chosen: list[Visit] = []
        for part in reversed(parts):
            following = chosen[-1].start if chosen else None
            chosen += _last_good(by_clause.get(part, []), following)
        if chosen:
            found[sentence] = _take(chosen[::-1], parts, clauses)
    return found


@dataclass(frozen=True)
class _Place:
    """How a passage stands to those before and after it."""

    held: bool
    """The text was heard on both sides of it."""
    joined: bool
    """The text goes on from, or on to, a passage that was clearly heard."""

    alone: bool
    """There is a pause before and after it, as there is around a heading."""
    expected: bool
    """It is no heading, which many readers leave to the page."""


def _near(one: Visit | None, other: Visit | None) -> bool:
    """Whether the text goes on from *one* to *other*, with at most one clause left out."""
    return one is not None and other is not None and 1 <= other.clause - one.clause <= 2


def _take(chosen: Sequence[Visit], parts: Sequence[int], clauses: Sequence[Clause]) -> Take:
    whole = sum(clauses[p].phones for p in parts)
    first, last = chosen[0].clause, chosen[-1]
    before = sum(clauses[p].phones for p in parts if p < first)
    after = sum(clauses[p].phones for p in parts if p > last.clause)
    after += round((1 - heard(last, clauses)) * clauses[last.clause].phones)
    said = sum(heard(v, clauses) * clauses[v.clause].phones for v in chosen)
    return Take(tuple(chosen), before, after, said / whole)


def _last_good(visits: Sequence[Visit], following: int | None) -> list[Visit]:
    """Return the last good one of *visits* that ends before *following*; none when there is none."""
    fitting = [
        v for v in visits if following is None or following - _APART_FRAMES < v.end <= following
    ]
    fitting = [v for v in fitting if v.complete] or fitting
    best = max((v.score for v in fitting), default=0.0)
    return [v for v in fitting if v.score > best - _AS_GOOD][-1:]


def _believed(visit: Visit, place: _Place, clauses: Sequence[Clause], fits: Fit) -> bool:
    share = heard(visit, clauses)
    phones = share * clauses[visit.clause].phones
    in_words = sum(w.end - w.start for w in visit.words)
    foreseen = sum(w.end - w.start for w in visit.words if not w.word.garbled)
    if share < _BROKEN_OFF or foreseen < _FORESEEN * in_words or visit.score < fits.least:
        return False
    slowest = 1.9 if phones > _SHORT_PHONES else 2.6
    if not 0.45 < in_words / phones / fits.pace < slowest:
        return False
    if phones > _SHORT_PHONES:
        return visit.score >= fits.enough or place.held or place.joined
    likely = place.held and (place.alone or place.expected)
    gain = (visit.score - (fits.least if likely else fits.luck.usual)) * foreseen
    return gain > (_ALONE_GAIN if place.alone else _SHORT_GAIN)


def _alone(visit: Visit, voiced: Mask) -> bool:
    before = voiced[max(0, visit.start - _PAUSE) : max(0, visit.start - _EDGE)]
    after = voiced[visit.end + _EDGE : visit.end + _PAUSE]
    return not (before.any() or after.any())
