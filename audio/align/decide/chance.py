"""What a text reaches by luck: how well it would fit this recording if it were not the one read.

Laid over enough sound, any text finds something that resembles it, and more so in some voices and
rooms than in others. The clauses read backwards, sound by sound, are as long and as hard to say
as the real ones, but nobody said them; what they score is what must be beaten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from columncast.audio.align.search.lattice import Clause, build
from columncast.audio.align.search.posteriors import BLOCK, Posteriors
from columncast.audio.align.search.viterbi import OTHER, Search, best_paths, scored
from columncast.audio.align.search.windows import visits_of

_SPANS = 3
_ENOUGH_PHONES = 1200  # the path that luck takes never came to half of them in one span
_SHORT_PHONES = 12
_UNKNOWN = -3.6  # what luck does in most recordings, where too little sound tells of this one
_ENOUGH = 5


@dataclass(frozen=True)
class Chance:
    """Scores that backward text reached, in nats a frame."""

    usual: float
    best: float
    """Better than nine of ten."""


def measure_chance(sound: Posteriors, clauses: Sequence[Clause]) -> Chance:
    """Return what *clauses* read backwards score in some spans of *sound*."""
    offered: list[Clause] = []
    phones = 0
    for clause in clauses:
        if phones < _ENOUGH_PHONES:
            offered.append(backwards(clause))
            phones += clause.phones
    lattice = build(offered, sound.model)
    searches = [Search(scored(sound.block(n), sound.model), lattice) for n in spans(sound.blocks)]
    found = [
        visit
        for heard in best_paths(searches)
        for visit in visits_of(heard, lattice, 0, 0)
        if visit.complete and offered[visit.clause].phones > _SHORT_PHONES
    ]
    frames = sum(len(search.scores) for search in searches)
    scores = [v.score for v in found]
    scores += unlucky(len(scores), frames)
    return Chance(float(np.median(scores)), float(np.percentile(scores, 90)))


def unlucky(found: int, frames: int) -> list[float]:
    """Return what to count beside *found* passages in *frames* of sound, where those are few.

    Luck that did not come where it was looked for has fitted worse than other sound does; so it is
    in noise and rooms, where right text fits no better than luck does in a quiet one.
    """
    lacking = max(0, _ENOUGH - found)
    failed = round(lacking * min(1.0, frames / (_SPANS * BLOCK)))
    return [-OTHER] * failed + [_UNKNOWN] * (lacking - failed)


def spans(blocks: int) -> list[int]:
    """Return the blocks, of so many, in which luck is tried: some, spread over the recording.

    >>> spans(2), spans(24)
    ([0, 1], [5, 11, 18])
    """
    room = blocks - _SPANS
    if room <= 0:
        return list(range(blocks))
    return [round((k + 1) * room / (_SPANS + 1)) + k for k in range(_SPANS)]


def backwards(clause: Clause) -> Clause:
    """Return *clause* read backwards, sound by sound."""
    return replace(
        clause,
        slots=tuple(
            tuple(
                tuple(
                    replace(word, phones=tuple(p[::-1] for p in word.phones), doubtful=False)
                    for word in reading[::-1]
                )
                for reading in slot
            )
            for slot in clause.slots[::-1]
        ),
    )
