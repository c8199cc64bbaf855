"""A second look at what was not found, where it should be.

The search weighs the whole recording at once, and a heading that resembles a bar of the jingle may
be lost to it. Between two sentences that were heard there is nothing else to weigh.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from columncast.audio.align.decide.ground import Ground
from columncast.audio.align.decide.takes import Take
from columncast.audio.align.search.features import cepstra
from columncast.audio.align.search.lattice import Clause, build
from columncast.audio.align.search.posteriors import CONTEXT
from columncast.audio.align.search.viterbi import Search, best_paths, scored
from columncast.audio.align.search.windows import Visit, visits_of

_LEAST_VOICED = 25
_LONGEST = 6000


@dataclass(frozen=True)
class Gap:
    """What lies between two sentences that were heard."""

    start: int
    end: int
    clauses: range
    """Those that should be heard in it."""


def look_again(
    visits: Sequence[Visit],
    found: Mapping[int, Take],
    clauses: Sequence[Clause],
    sound: Ground,
) -> tuple[Visit, ...]:
    """Return *visits*, those in the gaps between the takes *found* replaced by a second search."""
    gaps = [
        gap
        for gap in _gaps(found, clauses)
        if sound.voiced[gap.start : gap.end].sum() >= _LEAST_VOICED
        # else it is a retake of something else that sounds there
        and all(v.clause in gap.clauses for v in visits if v.end > gap.start and v.start < gap.end)
    ]
    searches = [_search(gap, clauses, sound) for gap in gaps]
    kept = list(visits)
    for gap, search, heard in zip(gaps, searches, best_paths(searches), strict=True):
        kept = [v for v in kept if v.end <= gap.start or v.start >= gap.end]
        kept += visits_of(heard, search.lattice, gap.clauses.start, gap.start)
    return tuple(sorted(kept, key=lambda visit: visit.start))


def _search(gap: Gap, clauses: Sequence[Clause], sound: Ground) -> Search:
    lattice = build([clauses[i] for i in gap.clauses], sound.model)
    features = cepstra(sound.spectra, gap.start, gap.end, CONTEXT)
    scores = scored(sound.model.log_posteriors(features), sound.model)
    return Search(scores, lattice, end=len(gap.clauses))


def _gaps(found: Mapping[int, Take], clauses: Sequence[Clause]) -> Iterator[Gap]:
    sentences = [clause.sentence for clause in clauses]  # they rise
    for before, after in pairwise(sorted(found)):
        missed = range(bisect_right(sentences, before), bisect_left(sentences, after))
        gap = Gap(found[before].end, found[after].start, missed)
        if missed and 0 < gap.end - gap.start < _LONGEST:
            yield gap
