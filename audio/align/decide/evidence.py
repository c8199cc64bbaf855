"""How much speaks for a text in a recording, and how much for one that nobody read there.

What a passage gains over being taken for any other sound is counted in nats, along the heaviest chain of
passages in the order of the text. An accent, a room or noise lowers that of the right text, and that of an
impostor in the same sound as well; so the two are compared.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from columncast.audio.align.decide.chance import backwards
from columncast.audio.align.decide.ground import Ground
from columncast.audio.align.search.features import FRAMES_PER_S, Floats, Mask, cepstra
from columncast.audio.align.search.lattice import Clause, build
from columncast.audio.align.search.posteriors import CONTEXT
from columncast.audio.align.search.viterbi import OTHER, Search, best_paths, scored
from columncast.audio.align.search.windows import Visit, visits_of

_SPANS, _SPAN = 3, 20 * FRAMES_PER_S
# Nats for each frame that sounds; the second number counts for less the more frames there are.
_PLAIN = (0.7, 200.0)  # from there it is this text; others reach two thirds of it
_FAINT = (0.3, 200.0)  # less is never this text
_TIMES = (2.5, 900.0)  # what an impostor gains, the text must gain so often
_IMPOSTOR = (0.1, 40.0)  # which gains this much at least
_DULL = 0.2  # nats for each frame that sounds: what luck brings


@dataclass(frozen=True)
class Evidence:
    """What speaks for a text in the stretch of sound where most does."""

    start: int
    end: int
    voiced: int
    """Frames in it that sound."""
    gain: float
    """Nats."""

    @property
    def density(self) -> float:
        """Nats for each frame that sounds."""
        return self.gain / max(self.voiced, 1)

    def least(self, limit: tuple[float, float]) -> float:
        """Return a limit for as much sound as there is."""
        always, brief = limit
        return always + brief / max(self.voiced, 1)


def evidence(visits: Sequence[Visit], voiced: Mask) -> Evidence:
    """Return what the passages *visits* are evidence of."""
    gains = np.zeros(len(voiced))
    for visit in _chain([visit for visit in visits if _gain(visit) > 0]):
        gains[visit.start : visit.end] += _gain(visit) / (visit.end - visit.start)
    surplus = np.concatenate([[0.0], np.cumsum(gains - _DULL * voiced)])
    above = surplus - np.minimum.accumulate(surplus)
    end = int(above.argmax())
    start = int(surplus[: end + 1].argmin())
    return Evidence(start, end, int(voiced[start:end].sum()), float(gains[start:end].sum()))


def _gain(visit: Visit) -> float:
    """Return by how much *visit* fits better than any other sound; words said otherwise do not count."""
    return sum((w.score + OTHER) * (w.end - w.start) for w in visit.words if not w.word.garbled)


def _chain(visits: Sequence[Visit]) -> list[Visit]:
    order = sorted(visits, key=lambda visit: (visit.clause, -visit.start))
    chosen = heaviest_chain([(visit.start, _gain(visit)) for visit in order])
    return [order[number] for number in chosen]


def standing(claimed: Evidence, rival: Callable[[], float]) -> float:
    """Return how *claimed* stands to what it must be for the text to be this one; 1 is enough.

    *rival* is what an impostor gains there, which is only asked for where it matters.
    """
    plain = claimed.density / claimed.least(_PLAIN)
    if plain >= 1 or claimed.density < claimed.least(_FAINT):
        return plain
    times = claimed.density / max(rival(), claimed.least(_IMPOSTOR))
    return max(plain, times / claimed.least(_TIMES))


def of_impostor(clauses: Sequence[Clause], claimed: Evidence, ground: Ground) -> float:
    """Return what *clauses*, which nobody reads, gain in the sound that a text claims.

    That is nats for each frame that sounds, of the best of three tries, in some spans of it.
    """
    half = len(clauses) // 2
    orders = (clauses, [*clauses[half:], *clauses[:half]], [backwards(c) for c in clauses])
    lattices = [build(order, ground.model) for order in orders]
    spans = list(_spans(claimed.start, claimed.end))
    scores = [_scores(span, ground) for span in spans]
    searches = [Search(heard, lattice) for lattice in lattices for heard in scores]
    gains = np.array([
        sum(map(_gain, _chain([v for v in visits_of(heard, lattice, 0, 0) if _gain(v) > 0])))
        for heard, lattice in zip(
            best_paths(searches), (search.lattice for search in searches), strict=True
        )
    ])  # fmt: skip
    voiced = sum(int(ground.voiced[span.start : span.stop].sum()) for span in spans)
    return float(gains.reshape(len(lattices), len(spans)).sum(1).max()) / max(voiced, 1)


def _spans(start: int, end: int) -> Iterator[range]:
    """Return up to some spans, spread from *start* to *end*."""
    count = min(_SPANS, -(-(end - start) // _SPAN))
    for number in range(count):
        at = start + (end - start - _SPAN) * number // (count - 1) if count > 1 else start
        yield range(at, min(at + _SPAN, end))


def _scores(span: range, ground: Ground) -> Floats:
    features = cepstra(ground.spectra, span.start, span.stop, CONTEXT)
    return scored(ground.model.log_posteriors(features), ground.model)


def heaviest_chain(links: Sequence[tuple[int, float]]) -> list[int]:
    """Return which of *links*, each a start and a weight, rise from one to the next and weigh most.

    >>> heaviest_chain([(1, 1.0), (5, 3.0), (2, 1.0), (3, 1.5)])
    [0, 1]
    """
    starts: list[int] = []  # where the best chains of their weight end; both rise
    weights: list[float] = []
    last: list[int] = []
    before: list[int | None] = []
    for number, (start, own) in enumerate(links):
        at = bisect_left(starts, start)
        weight = own + (weights[at - 1] if at else 0.0)
        before.append(last[at - 1] if at else None)
        past = at
        while past < len(weights) and weights[past] <= weight:
            past += 1
        if past > at or at == len(starts) or starts[at] > start:
            starts[at:past], weights[at:past], last[at:past] = [start], [weight], [number]
    chain = []
    link = last[-1] if last else None
    while link is not None:
        chain.append(link)
        link = before[link]
    return chain[::-1]
