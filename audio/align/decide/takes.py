"""Which passages make up each sentence: the last good take, as the published audio has it.

The takes that count stand in the order of the text. A reader who goes back reads on from there, so
what seems to be said again out of that order is mostly something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from columncast.audio.align.decide.accept import Believed, heard
from columncast.audio.align.decide.evidence import heaviest_chain
from columncast.audio.align.search.lattice import Clause
from columncast.audio.align.search.windows import Visit

_AS_GOOD = 0.6  # a take this much worse than the best one is not preferred for being the last
_APART_FRAMES = 2500
_WHOLE, _SHORT_PHONES = 0.99, 12  # a sentence that needs no place to be believed


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
    phones: int
    """The sounds of the whole sentence."""

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


def takes(believed: Sequence[Believed], clauses: Sequence[Clause]) -> dict[int, Take]:
    """Return the take that counts for each sentence that was read, by the sentence's number."""
    found = _chosen(believed, clauses)
    kept = in_order(found)
    for sentence, take in found.items():
        if sentence in kept:
            continue
        low = max((kept[s].end for s in kept if s < sentence), default=0)
        high = min((kept[s].start for s in kept if s > sentence), default=take.end)
        between = [
            b
            for b in believed
            if clauses[b.visit.clause].sentence == sentence
            and low <= b.visit.start
            and b.visit.end <= high
        ]
        in_its_place = _chosen(between, clauses).get(sentence)
        if in_its_place or (take.share > _WHOLE and take.phones > _SHORT_PHONES):
            kept[sentence] = in_its_place or take
    return dict(sorted(kept.items()))


def in_order(found: Mapping[int, Take]) -> dict[int, Take]:
    """Return the takes of *found* that follow each other as their sentences do, most of the text.

    They are the heaviest chain of rising starts, by recognised sounds.
    """
    order = sorted(found)
    links = [(found[s].start, found[s].share * found[s].phones) for s in order]
    return {order[at]: found[order[at]] for at in heaviest_chain(links)}


def _chosen(believed: Sequence[Believed], clauses: Sequence[Clause]) -> dict[int, Take]:
    by_clause: dict[int, list[Believed]] = {}
    for each in believed:
        by_clause.setdefault(each.visit.clause, []).append(each)
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


def _take(chosen: Sequence[Visit], parts: Sequence[int], clauses: Sequence[Clause]) -> Take:
    whole = sum(clauses[p].phones for p in parts)
    first, last = chosen[0].clause, chosen[-1]
    before = sum(clauses[p].phones for p in parts if p < first)
    after = sum(clauses[p].phones for p in parts if p > last.clause)
    after += round((1 - heard(last, clauses)) * clauses[last.clause].phones)
    said = sum(heard(v, clauses) * clauses[v.clause].phones for v in chosen)
    return Take(tuple(chosen), before, after, said / whole, whole)


def _last_good(candidates: Sequence[Believed], following: int | None) -> list[Visit]:
    """Return the last good one that ends before *following*; none when there is none.

    One where the text goes on counts before one that stands anywhere, a whole one before a part.
    """
    fitting = [
        c
        for c in candidates
        if following is None or following - _APART_FRAMES < c.visit.end <= following
    ]
    fitting = [c for c in fitting if c.in_place] or fitting
    visits = [c.visit for c in fitting]
    visits = [v for v in visits if v.complete] or visits
    best = max((v.score for v in visits), default=0.0)
    return [v for v in visits if v.score > best - _AS_GOOD][-1:]
