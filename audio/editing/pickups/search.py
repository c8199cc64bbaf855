"""Which sentences of a text are heard in a sound, in whatever order they are read.

One pass over the sound (token passing: Young, Russell and Thornton 1989). Each sentence is walked as the lattice has it, by all its
readings. Between sentences lies one state for all else: silence, a false word, a cough; from there any
sentence can begin, and at its end it leads back there. So the order of the text counts for nothing,
a pause within a sentence does not end it, and several can be read in one go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Floats, Spectra, cepstra
from columncast.audio.align.search.lattice import HUB, PAUSE, Clause, Ints, Lattice, build
from columncast.audio.align.search.posteriors import CONTEXT
from columncast.audio.align.search.viterbi import scored

_BEGIN = 20.0  # nats for beginning a sentence
_NEVER = np.float32(-1e9)
_BLOCK = 2000  # frames


@dataclass(frozen=True)
class Reading:
    """A sentence from one frame to another."""

    sentence: int
    start: int
    end: int


class SentenceSearch:
    """Looks for the sentences of *clauses* in any sound."""

    def __init__(self, clauses: Sequence[Clause], model: AcousticModel) -> None:
        self.model, self.lattice = model, build(clauses, model)
        firsts = [at for at, c in enumerate(clauses) if not at or _begins(clauses[at - 1], c)]
        self.sentences = [clauses[at].sentence for at in firsts]
        self.before: Ints = self.lattice.hubs[np.array(firsts, np.intp)]
        self.behind: Ints = self.lattice.hubs[np.array([*firsts[1:], len(clauses)], np.intp)]
        columns = self.lattice.columns.copy()
        columns[columns == HUB] = PAUSE  # between the clauses of a sentence
        width = 3 * len(model.phones)
        # `scored` appends four columns; one more is that of what cannot be.
        self._columns = np.where(columns < 0, width + 4 + columns, columns)
        self._hub = width + 4 + HUB
        edges = np.union1d(self.before, self.behind)
        self._columns[self.lattice.phone_states + edges] = width + 4

    def readings(self, sound: Spectra) -> list[Reading]:
        """Return what is heard in *sound*, in its order."""
        walk = _Walk(self.lattice, self._columns, self.before, self.behind)
        left = 0.0
        ended: list[int] = []
        begun: list[int] = []
        for rows in self._scores(sound, 0, sound.frames):
            for row in rows:
                waits = left + float(row[self._hub])
                place, token, best = walk.step(row, left - _BEGIN, len(ended))
                left = max(waits, best)
                ended.append(place if best > waits else -1)
                begun.append(token)
            walk.relieve(left)
            left = 0.0
        found, at = [], len(ended) - 1
        while at >= 0:
            if ended[at] < 0:
                at -= 1
                continue
            found.append(Reading(self.sentences[ended[at]], begun[at], at + 1))
            at = begun[at] - 1
        return found[::-1]

    def fits(self, sound: Spectra, start: int, end: int) -> dict[int, float]:
        """Return how well each sentence fits a stretch of *sound*, in nats a frame.

        Those that could not be said in it are left out.
        """
        walk = _Walk(self.lattice, self._columns, self.before, self.behind)
        first = True
        for rows in self._scores(sound, start, end):
            for row in rows:
                walk.step(row, 0.0 if first else float(_NEVER), 0)
                first = False
        ends = walk.node_ends / max(1, end - start)
        return {
            number: float(fit)
            for number, fit in zip(self.sentences, ends, strict=True)
            if fit > _NEVER / 1e6
        }

    def _scores(self, sound: Spectra, start: int, end: int) -> Iterator[Floats]:
        for a, b in pairwise([*range(start, end, _BLOCK), end]):
            rows = scored(self.model.log_posteriors(cepstra(sound, a, b, CONTEXT)), self.model)
            yield np.column_stack([rows, np.full(len(rows), _NEVER, np.float32)])


class _Walk:
    """What is known in one frame, and in which frame each way of getting there began."""

    def __init__(self, lattice: Lattice, columns: Ints, before: Ints, behind: Ints) -> None:
        self.lattice, self.columns, self.before, self.behind = lattice, columns, before, behind
        states = len(columns)
        self.value = np.full(states, _NEVER, np.float32)
        self.began = np.zeros(states, np.int32)
        self.node = np.full(lattice.nodes, _NEVER, np.float32)
        self.node_began = np.zeros(lattice.nodes, np.int32)
        self.reached = np.flatnonzero(np.bincount(lattice.arc_to, minlength=lattice.nodes))
        self.first_arc = np.searchsorted(lattice.arc_to, self.reached)
        self.node_ends = np.full(len(behind), _NEVER, np.float32)
        self._arriving = np.full(lattice.nodes, _NEVER, np.float32)
        self._arriving_began = np.zeros(lattice.nodes, np.int32)
        self._origin, self._origin_began = np.empty_like(self.value), np.empty_like(self.began)
        self._emitted = np.empty_like(self.value)

    def step(self, row: Floats, entry: float, frame: int) -> tuple[int, int, float]:
        """Take one *frame*; a sentence that begins in it starts with *entry* nats.

        Return which place of `behind` is reached best, since which frame, and by how many nats.
        """
        lattice, value, began = self.lattice, self.value, self.began
        origin, origin_began, phones = self._origin, self._origin_began, lattice.phone_states
        self.node[self.before], self.node_began[self.before] = entry, frame
        origin[1:phones], origin_began[1:phones] = value[: phones - 1], began[: phones - 1]
        origin[lattice.arc_first] = self.node[lattice.arc_from]
        origin_began[lattice.arc_first] = self.node_began[lattice.arc_from]
        origin[phones:], origin_began[phones:] = self.node, self.node_began
        np.copyto(began, origin_began, where=origin > value)
        np.maximum(value, origin, out=value)
        np.take(row, self.columns, out=self._emitted, mode="clip")
        value += self._emitted

        ends, arriving = value[lattice.arc_last], self._arriving
        arriving[self.reached] = np.maximum.reduceat(ends, self.first_arc)
        best = ends >= arriving[lattice.arc_to]
        self._arriving_began[lattice.arc_to[best]] = began[lattice.arc_last[best]]
        waiting = value[phones:]
        self.node = np.maximum(arriving, waiting)
        self.node_began = np.where(arriving > waiting, self._arriving_began, began[phones:])
        self.node_ends = self.node[self.behind]
        place = int(self.node_ends.argmax())
        return place, int(self.node_began[self.behind[place]]), float(self.node_ends[place])

    def relieve(self, nats: float) -> None:
        """Take *nats* off everything, which would lose precision as it grows."""
        self.value -= np.float32(nats)
        self.node -= np.float32(nats)


def _begins(one: Clause, other: Clause) -> bool:
    return one.sentence != other.sentence
