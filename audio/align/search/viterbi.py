"""The best way through a lattice for the sound that was recorded (Viterbi).

Nothing is pruned, so neither a jingle nor a left-out page can lose the place. What is not in the
text is paid for by the frame in a hub; going on later in the text, going back, and breaking off
inside a clause each have a price, in nats. Prices and their effect: docs/measurements/alignment.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Floats
from columncast.audio.align.search.lattice import Ints, Lattice

OTHER = 4.3
"""Nats below the best phone at which sound stops being taken for the text: the price of a hub."""
_HALT = 0.25  # for each frame of a pause inside a clause, so that a pause rather lies between two
_STUMBLE = 5.5  # the same inside a clause: a breath, an "uh", a cough between two words
GARBLED = 4.6  # for each frame of a word that is said otherwise than foreseen,
_SWITCH = 24.6  # and for its first
_WORST = 9.0  # no frame may count for more against a phone, so a click cannot cost a sentence
SKIP = 24.0  # for each clause left out
BACK = 50.0  # for going back to say something again
_BREAK_OFF = 50.0  # for leaving a clause before its end
ROUNDING = np.float32(1e-3)
_STATES_AT_ONCE = 40_000
NEVER = np.float32(-1e9)


@dataclass(frozen=True)
class Heard:
    """One passage of the path through an arc: a word, from one frame to another."""

    arc: int
    start: int
    end: int
    score: float
    """Mean of the scores of its frames, in nats."""


def scored(log_posteriors: Floats, model: AcousticModel) -> Floats:
    """Return the scores that `best_path` takes: phones, then the columns that `lattice` names."""
    silence = model.state("SIL")
    quiet = log_posteriors[:, silence : silence + 3].max(1)
    pause = np.maximum(quiet - _HALT, -_STUMBLE)
    hub = np.maximum(quiet, -OTHER)
    switch, garbled = np.full_like(quiet, -_SWITCH), np.full_like(quiet, -GARBLED)
    phones = np.maximum(log_posteriors, -_WORST)
    return np.column_stack([phones, pause, hub, switch, garbled]).astype(np.float32)


@dataclass(frozen=True)
class Search:
    """A stretch of sound, and the text that it is laid against."""

    scores: Floats
    lattice: Lattice
    start: int = 0
    """The clause before which the path begins."""
    end: int | None = None
    """The clause before which it ends, having skipped what it must; None for anywhere."""


def best_path(
    scores: Floats, lattice: Lattice, *, start: int = 0, to_end: bool = True
) -> list[Heard]:
    """Return what is heard in *scores*, beginning before clause *start* of the lattice.

    With *to_end* the path ends behind the last clause (having skipped what it must), else wherever
    the sound breaks off.
    """
    end = len(lattice.clauses) if to_end else None
    return best_paths([Search(scores, lattice, start, end)])[0]


def best_paths(searches: Sequence[Search]) -> list[list[Heard]]:
    """Return what is heard in each of *searches*.

    They are walked side by side, since a step costs much the same for one as for many. Those that
    last about as long are put together.
    """
    found: dict[int, list[Heard]] = {}
    order = sorted(range(len(searches)), key=lambda number: len(searches[number].scores))
    while order:
        together = [order.pop()]
        states = len(searches[together[0]].lattice.columns)
        while order and states + len(searches[order[-1]].lattice.columns) <= _STATES_AT_ONCE:
            states += len(searches[order[-1]].lattice.columns)
            together.append(order.pop())
        walk = _Walk([searches[number] for number in together])
        found |= zip(together, walk.heard(), strict=True)
    return [found[number] for number in range(len(searches))]


class _Walk:
    """The forward pass through some lattices side by side, and what the way back needs of it.

    Their states, arcs and nodes are numbered through: the states of all phones come first, then
    those of all nodes, and a last node that leads nowhere.
    """

    def __init__(self, searches: Sequence[Search]) -> None:
        lattices = [search.lattice for search in searches]
        self.searches = searches
        self.phones = _starts([lattice.phone_states for lattice in lattices])
        self.nodes = _starts([lattice.nodes for lattice in lattices])
        self.arcs = _starts([len(lattice.arc_first) for lattice in lattices])
        self.arc_first = _joined([lattice.arc_first for lattice in lattices], self.phones)
        self.arc_last = _joined([lattice.arc_last for lattice in lattices], self.phones)
        self.arc_from = _joined([lattice.arc_from for lattice in lattices], self.nodes)
        self.arc_to = _joined([lattice.arc_to for lattice in lattices], self.nodes)
        self.hubs = _joined([lattice.hubs for lattice in lattices], self.nodes)
        self.reached = np.flatnonzero(np.bincount(self.arc_to, minlength=int(self.nodes[-1])))
        self.first_arc = np.searchsorted(self.arc_to, self.reached)

        counts = [len(lattice.hubs) for lattice in lattices]
        self.first_hub = _starts(counts)
        place = np.concatenate([np.arange(count) for count in counts])
        self.cell = np.repeat(np.arange(len(counts)), counts) * max(counts) + place
        self.skip = np.arange(max(counts), dtype=np.float32) * np.float32(SKIP)
        self.frames = max(len(search.scores) for search in searches)

        phones, nodes, hubs = int(self.phones[-1]), int(self.nodes[-1]) + 1, len(self.hubs)
        self.value = np.full(phones + nodes, NEVER, np.float32)
        self.node = np.full(nodes, NEVER, np.float32)
        for search, a, b in zip(searches, self.first_hub, self.first_hub[1:], strict=False):
            skip = self.skip[: b - a]
            self.node[self.hubs[a:b]] = -np.abs(skip - skip[search.start])
            self.node[self.hubs[a : a + search.start]] = -BACK

        self.moved = Bits(self.frames, phones + nodes)
        self.arrived = Bits(self.frames, nodes)
        self.chosen = Bits(self.frames, len(self.arc_first))
        self.at_hubs = np.empty((self.frames, hubs), np.float32)
        self.broke_off = np.full((self.frames, hubs), -1, np.int32)
        self._from = np.empty(phones + nodes, np.float32)
        self._emitted = np.empty(phones + nodes, np.float32)
        self._arriving = np.full(nodes, NEVER, np.float32)
        self._grid = np.full((len(counts), max(counts)), NEVER, np.float32)

    def heard(self) -> list[list[Heard]]:
        """Walk, and return what is heard in each search."""
        columns, scores = self._columns(), self._scores()
        ends: dict[int, int] = {}
        for t in range(self.frames):
            self._step(t, scores[t], columns)
            for number, search in enumerate(self.searches):
                if t == len(search.scores) - 1:
                    ends[number] = self._end(number, t)
        return [self._heard(number, ends.get(number, 0)) for number in range(len(self.searches))]

    def _columns(self) -> Ints:
        """Return for each state which number it takes from a row of `_scores`."""
        width = self.searches[0].scores.shape[1]
        found = [s.lattice.columns % width + n * width for n, s in enumerate(self.searches)]
        phones = [c[: s.lattice.phone_states] for c, s in zip(found, self.searches, strict=True)]
        nodes = [c[s.lattice.phone_states :] for c, s in zip(found, self.searches, strict=True)]
        return np.concatenate([*phones, *nodes, [0]])

    def _scores(self) -> Floats:
        if len(self.searches) == 1:
            return self.searches[0].scores
        width = self.searches[0].scores.shape[1]
        rows = np.zeros((self.frames, len(self.searches) * width), np.float32)
        for number, search in enumerate(self.searches):
            rows[: len(search.scores), number * width : (number + 1) * width] = search.scores
        return rows

    def _step(self, t: int, row: Floats, columns: Ints) -> None:
        value, origin, phones = self.value, self._from, int(self.phones[-1])
        origin[1:phones] = value[: phones - 1]
        origin[self.arc_first] = self.node.take(self.arc_from)
        origin[phones:] = self.node
        self.moved.put(t, origin > value)
        np.maximum(value, origin, out=value)
        row.take(columns, out=self._emitted, mode="clip")
        value += self._emitted

        ends = value.take(self.arc_last)
        arriving = self._arriving
        arriving[self.reached] = np.maximum.reduceat(ends, self.first_arc)
        self.chosen.put(t, ends >= arriving.take(self.arc_to))
        waiting = value[phones:]
        self.arrived.put(t, arriving > waiting)
        np.maximum(arriving, waiting, out=self.node)
        self._relax(t)

    def _relax(self, t: int) -> None:
        """Let the hubs be reached by breaking off, by skipping and by going back."""
        hubs, node, grid = self.hubs, self.node, self._grid
        here = node.take(hubs)
        node[hubs] = NEVER
        inside = np.maximum.reduceat(node, hubs)
        inside -= np.float32(_BREAK_OFF)
        for i in (inside > here).nonzero()[0].tolist():
            at = int(hubs[i])
            self.broke_off[t, i] = at + int(node[at : int(hubs[i + 1])].argmax())
            here[i] = inside[i]
        self.at_hubs[t] = here
        grid.reshape(-1)[self.cell] = here
        best = np.maximum.accumulate(grid + self.skip, axis=1)
        best -= self.skip
        again = np.maximum.accumulate(grid[:, ::-1], axis=1)[:, ::-1] - np.float32(BACK)
        np.maximum(best, again, out=best)
        np.maximum(best, grid, out=best)
        node[hubs] = best.reshape(-1)[self.cell]

    def _end(self, number: int, t: int) -> int:
        """Return the state in which the path of a search ends in its last frame, *t*."""
        wanted = self.searches[number].end
        if wanted is not None:
            return self._leave(int(self.hubs[self.first_hub[number] + wanted]), t)
        first, end = int(self.phones[number]), int(self.phones[number + 1])
        node, last = (int(self.phones[-1] + self.nodes[k]) for k in (number, number + 1))
        spoken = first + int(self.value[first:end].argmax()) if end > first else node
        waiting = node + int(self.value[node:last].argmax())
        return spoken if self.value[spoken] >= self.value[waiting] else waiting

    def _jumped_from(self, hub: int, t: int) -> int:
        """Return the hub from which *hub* was reached in frame *t*; mostly itself."""
        number = int(np.searchsorted(self.first_hub, hub, side="right")) - 1
        first, end = int(self.first_hub[number]), int(self.first_hub[number + 1])
        here, skip = self.at_hubs[t], self.skip[: hub + 1 - first]
        skipped = here[first : hub + 1] - (skip[-1] - skip)
        again = here[hub:end] - np.float32(BACK)
        ahead, back = first + int(skipped.argmax()), hub + int(again.argmax())
        if max(skipped[ahead - first], again[back - hub]) <= here[hub] + ROUNDING:
            return hub
        return ahead if skipped[ahead - first] >= again[back - hub] else back

    def _heard(self, number: int, end: int) -> list[Heard]:
        """Return what is heard in a search whose path ends in the state *end*."""
        search = self.searches[number]
        lattice, scores = search.lattice, search.scores
        if not len(scores):
            return []
        path = self._way_back(end, len(scores))
        spoken = path < self.phones[-1]
        own = self.phones[-1] + self.nodes[number] - lattice.phone_states
        path -= np.where(spoken, self.phones[number], own)
        columns = lattice.columns % scores.shape[1]
        return _passages(path, lattice, scores[np.arange(len(path)), columns[path]])

    def _way_back(self, state: int, frames: int) -> Ints:
        phones, moved = int(self.phones[-1]), self.moved
        arcs = dict(zip(self.arc_first.tolist(), self.arc_from.tolist(), strict=True))
        path = np.empty(frames, np.intp)
        for t in range(frames - 1, -1, -1):
            path[t] = state
            if t == 0 or not moved.get(t, state):
                continue
            if state >= phones:
                state = self._leave(state - phones, t - 1)
            elif state in arcs:
                state = self._leave(arcs[state], t - 1)
            else:
                state -= 1
        return path

    def _leave(self, node: int, t: int) -> int:
        """Return the state of frame *t* from which *node* had its value."""
        hub = int(np.searchsorted(self.hubs, node))
        if hub < len(self.hubs) and self.hubs[hub] == node:
            hub = self._jumped_from(hub, t)
            node = int(self.hubs[hub])
            if self.broke_off[t, hub] >= 0:
                node = int(self.broke_off[t, hub])
        if not self.arrived.get(t, node):
            return int(self.phones[-1]) + node
        a, b = np.searchsorted(self.arc_to, [node, node + 1])
        arc = next(i for i in range(int(a), int(b)) if self.chosen.get(t, i))
        return int(self.arc_last[arc])


class Bits:
    """A bit for each of *width* in each of some frames."""

    def __init__(self, frames: int, width: int) -> None:
        self._rows = np.zeros((frames, (width + 7) // 8), np.uint8)
        self._read = self._rows.data  # quicker than the array, one at a time

    def put(self, t: int, row: NDArray[np.bool_]) -> None:
        self._rows[t] = np.packbits(row)

    def get(self, t: int, i: int) -> int:
        byte: int = self._read[t, i >> 3]
        return byte >> (7 - (i & 7)) & 1


def _starts(counts: Sequence[int]) -> Ints:
    """Return where each of some stretches begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)


def _joined(parts: Sequence[Ints], starts: Ints) -> Ints:
    """Return *parts* in one, each moved by its start."""
    return np.concatenate([part + start for part, start in zip(parts, starts, strict=False)])


def _passages(path: Ints, lattice: Lattice, gained: Floats) -> list[Heard]:
    spoken = path < lattice.phone_states
    arc = np.where(spoken, np.searchsorted(lattice.arc_first, path, side="right") - 1, -1)
    cuts = np.flatnonzero((np.diff(arc) != 0) | ((np.diff(path) < 0) & (arc[1:] >= 0))) + 1
    edges = [0, *cuts.tolist(), len(path)]
    return [
        Heard(int(arc[a]), a, b, float(gained[a:b].mean()))
        for a, b in itertools.pairwise(edges)
        if b > a and arc[a] >= 0
    ]
