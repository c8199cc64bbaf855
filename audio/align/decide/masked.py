"""Which sentences noise covers, so that nobody can say whether they were read.

In a clear recording a sentence that is not heard was not read. Where noise leaves so little of the
voice that right text fits hardly better than any other sound, one that was read is missed as easily;
then only silence in its place, or too little sound, tells that it was left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from columncast.audio.align.decide.accept import Fit
from columncast.audio.align.decide.extents import Extent
from columncast.audio.align.search.features import Mask
from columncast.audio.align.search.lattice import Clause
from columncast.audio.align.search.viterbi import OTHER

_FAINT = -OTHER + 0.8  # nats a frame; in quiet, right text fits 1.5 to 3 better than other sound
_ROOM = 0.5  # of the time that the sentences would take, as for the rest of one in `extents`


def masked_in(
    clauses: Sequence[Clause], reach: Mapping[int, Extent], voiced: Mask, fits: Fit
) -> set[int]:
    """Return the sentences that are not in *reach* and may have been read all the same."""
    if fits.right > _FAINT:
        return set()
    phones = Counter[int]()
    for clause in clauses:
        phones[clause.sentence] += clause.phones
    free = voiced.copy()
    for extent in reach.values():
        free[extent.start : extent.end] = False
    found: set[int] = set()
    for heard, run in groupby(sorted(phones), key=reach.__contains__):
        if heard:
            continue
        unheard = list(run)
        before = max((reach[s].end for s in reach if s < unheard[0]), default=0)
        after = min((reach[s].start for s in reach if s > unheard[-1]), default=len(free))
        expected = fits.pace * sum(phones[s] for s in unheard)
        if int(free[before:after].sum()) >= _ROOM * expected:
            found.update(unheard)
    return found
