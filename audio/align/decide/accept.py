"""Which passages through the text are believed, and which are luck.

A passage must fit the sound better than the same text read backwards does (`chance`), and be spoken
at about the reader's own pace. What follows on from a passage that was heard needs less proof than
what stands anywhere; a short passage needs more than a long one.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from columncast.audio.align.decide.chance import Chance
from columncast.audio.align.search.features import Mask
from columncast.audio.align.search.lattice import Clause
from columncast.audio.align.search.viterbi import OTHER
from columncast.audio.align.search.windows import Visit

_UNLUCKY = 0.6  # how much worse a short one may fit, which is rarely lucky there
_CLEAR = 0.35  # the part of the way from luck to what is usual that convinces by itself
_IN_PLACE = 0.3  # how much worse than luck a long passage may fit where the text goes on
_SHORT_PHONES = 12
_SHORT_GAIN = 20.0  # nats by which a short passage must beat luck,
_ALONE_GAIN = 8.0  # and by which it must where it stands between two pauses
_PAUSE, _AROUND = 12, 45
_CROWD = 60  # frames of other sound around a passage
_FORESEEN = 0.45  # the part of a passage that must be said as written
_AGAIN = 0.5  # the part of that way for going back in the text without going on from there
_AHEAD = 3  # clauses; further on is another place
_BROKEN_OFF = 0.2  # the part of a clause that must be heard before it counts without its end


@dataclass(frozen=True)
class Fit:
    """How well this recording fits when it is the text, and when it is not; in nats a frame."""

    right: float
    chance: Chance
    pace: float
    """The reader's frames for each sound."""

    @property
    def least(self) -> float:
        """The score below which a passage is never believed."""
        return max(-OTHER - 0.1, self.chance.usual - _UNLUCKY)

    @property
    def enough(self) -> float:
        """The score from which a passage is believed wherever it is."""
        return self.chance.usual + _CLEAR * max(0.0, self.right - self.chance.usual)

    def place(self, score: float) -> float:
        """Return where *score* lies between luck (0) and what is usual here (1)."""
        return (score - self.chance.usual) / max(self.right - self.chance.usual, 0.2)


def fit(visits: Sequence[Visit], clauses: Sequence[Clause], by_chance: Chance) -> Fit:
    """Return what right and wrong text score in this recording, and how fast it is read."""
    long = [v for v in visits if v.complete and clauses[v.clause].phones > _SHORT_PHONES]
    right = float(np.median([v.score for v in long])) if long else -OTHER
    paces = [(v.end - v.start) / clauses[v.clause].phones for v in long]
    return Fit(right, by_chance, float(np.median(paces)) if paces else 8.0)


@dataclass(frozen=True)
class Believed:
    """A passage that counts."""

    visit: Visit
    in_place: bool
    """The text goes on from it, or to it."""


def believed(
    visits: Sequence[Visit],
    clauses: Sequence[Clause],
    fits: Fit,
    voiced: Mask,
    headings: Container[int],
) -> list[Believed]:
    """Return those of *visits* that count; *headings* are sentences that may well be left out."""
    found = []
    visits = [
        visit
        for run in _runs(visits)
        if run.goes_on or fits.place(run.score) >= _AGAIN
        for visit in run.visits
    ]
    for before, visit, after in zip([None, *visits], visits, [*visits[1:], None], strict=False):
        beside = [v for v in (before, after) if v and v.complete and _near(v, visit)]
        place = _Place(
            held=len(beside) == 2,
            joined=any(v.score >= fits.enough for v in beside),
            beside=bool(beside),
            alone=_alone(visit, voiced),
            crowded=_unclaimed(before, visit, voiced) + _unclaimed(visit, after, voiced) > _CROWD,
            expected=clauses[visit.clause].sentence not in headings,
        )
        if _convinces(visit, place, clauses, fits):
            around = [abs(v.clause - visit.clause) for v in (before, after) if v]
            found.append(Believed(visit, in_place=min(around, default=0) <= _AHEAD))
    return found


@dataclass(frozen=True)
class _Place:
    """How a passage stands to those before and after it."""

    held: bool
    """The text was heard on both sides of it."""
    joined: bool
    """The text goes on from, or on to, a passage that was clearly heard."""
    beside: bool
    """The text was heard on one side of it at least."""
    alone: bool
    """There is a pause before and after it, as there is around a heading."""
    crowded: bool
    """It may be a piece of something else that is said there."""
    expected: bool
    """It is no heading, which many readers leave to the page."""


@dataclass(frozen=True)
class _Run:
    """Passages in the order of the text, hardly any left out between them."""

    visits: tuple[Visit, ...]
    goes_on: bool
    """It holds something that was not heard before."""

    @property
    def score(self) -> float:
        """The mean score of its frames."""
        return float(
            np.average(
                [v.score for v in self.visits], weights=[v.end - v.start for v in self.visits]
            )
        )


def _runs(visits: Sequence[Visit]) -> list[_Run]:
    """Cut *visits* where the reader, or the search, goes back or far ahead."""
    runs: list[_Run] = []
    begun: list[Visit] = []
    furthest = -1
    for visit, following in zip_longest(visits, visits[1:]):
        begun.append(visit)
        if following is None or not 1 <= following.clause - visit.clause <= _AHEAD:
            runs.append(_Run(tuple(begun), goes_on=visit.clause > furthest))
            furthest = max(furthest, visit.clause)
            begun = []
    return runs


def _near(beside: Visit, visit: Visit) -> bool:
    """Whether the text goes on between them, with at most one clause left out."""
    earlier, later = sorted((beside, visit), key=lambda v: v.start)
    return 1 <= later.clause - earlier.clause <= 2


def _convinces(visit: Visit, place: _Place, clauses: Sequence[Clause], fits: Fit) -> bool:
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
        enough = fits.chance.usual if place.beside else fits.enough
        if (place.held or place.joined) and not place.crowded:
            enough -= _IN_PLACE
        return visit.score >= enough
    likely = place.held and (place.alone or (place.expected and not place.crowded))
    gain = (visit.score - (fits.least if likely else fits.chance.usual)) * foreseen
    return gain > (_ALONE_GAIN if place.alone else _SHORT_GAIN)


def _alone(visit: Visit, voiced: Mask) -> bool:
    before = voiced[max(0, visit.start - _AROUND) : visit.start]
    after = voiced[visit.end : visit.end + _AROUND]
    return _longest_quiet(before) >= _PAUSE and _longest_quiet(after) >= _PAUSE


def _unclaimed(one: Visit | None, other: Visit | None, voiced: Mask) -> int:
    """Return for how many frames something else sounds between two passages."""
    return int(voiced[one.end : other.start].sum()) if one and other else 0


def _longest_quiet(voiced: Mask) -> int:
    sounds = np.flatnonzero(np.concatenate([[True], voiced, [True]]))
    return int(np.diff(sounds).max()) - 1


def heard(visit: Visit, clauses: Sequence[Clause]) -> float:
    """Return how much of its clause *visit* holds, by sounds."""
    if visit.complete:
        return 1.0
    reached = max(w.word.last_token for w in visit.words)
    slots = clauses[visit.clause].slots
    said = sum(len(w.phones[0]) for s in slots if s[0][0].token <= reached for w in s[0])
    return said / clauses[visit.clause].phones
