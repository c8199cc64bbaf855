"""The best way through a lattice for the sound that was recorded (Viterbi).

Nothing is pruned, so neither a jingle nor a left-out page can lose the place. What is not in the
text is paid for by the frame in a hub; going on later in the text, going back, and breaking off
inside a clause each have a price, in nats. Prices and their effect: docs/measurements/alignment.md.
"""

from __future__ import annotations

import itertools
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
_GARBLED = 4.6  # for each frame of a word that is said otherwise than foreseen,
_SWITCH = 24.6  # and for its first
_WORST = 9.0  # no frame may count for more against a phone, so a click cannot cost a sentence
_SKIP = 24.0  # for each clause left out
_BACK = 50.0  # for going back to say something again
_BREAK_OFF = 50.0  # for leaving a clause before its end
_ROUNDING = np.float32(1e-3)
_NEVER = np.float32(-1e9)


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
    switch, garbled = np.full_like(quiet, -_SWITCH), np.full_like(quiet, -_GARBLED)
    phones = np.maximum(log_posteriors, -_WORST)
    return np.column_stack([phones, pause, hub, switch, garbled]).astype(np.float32)


def best_path(
    scores: Floats, lattice: Lattice, *, start: int = 0, to_end: bool = True
) -> list[Heard]:
    """Return what is heard in *scores*, beginning before clause *start* of the lattice.

    With *to_end* the path ends behind the last clause (having skipped what it must), else wherever
    the sound breaks off.
    """
    walk = _Walk(lattice, start, len(scores))
    columns = np.where(lattice.columns < 0, lattice.columns + scores.shape[1], lattice.columns)
    for t in range(len(scores)):
        walk.step(t, scores[t], columns)
    path = walk.back(to_end=to_end)
    return _passages(path, lattice, scores[np.arange(len(path)), columns[path]])


class _Walk:
    """The forward pass and what it must remember for the way back."""

    def __init__(self, lattice: Lattice, start: int, frames: int) -> None:
        self.lattice = lattice
        self.frames = frames
        states, arcs, hubs = len(lattice.columns), len(lattice.arc_first), len(lattice.hubs)
        self.reached = np.flatnonzero(np.bincount(lattice.arc_to, minlength=lattice.nodes))
        self.first_arc = np.searchsorted(lattice.arc_to, self.reached)
        self.skip = np.arange(hubs, dtype=np.float32) * np.float32(_SKIP)

        self.value = np.full(states, _NEVER, np.float32)
        self.node = np.full(lattice.nodes, _NEVER, np.float32)
        self.node[lattice.hubs] = -np.abs(self.skip - self.skip[start])
        self.node[lattice.hubs[:start]] = -_BACK

        self.moved = np.zeros((frames, (states + 7) // 8), np.uint8)
        self.arrived = np.zeros((frames, (lattice.nodes + 7) // 8), np.uint8)
        self.chosen = np.zeros((frames, (arcs + 7) // 8), np.uint8)
        self.at_hubs = np.empty((frames, hubs), np.float32)
        self.broke_off = np.full((frames, hubs), -1, np.int32)
        self._from = np.empty(states, np.float32)
        self._emitted = np.empty(states, np.float32)
        self._arriving = np.full(lattice.nodes, _NEVER, np.float32)

    def step(self, t: int, row: Floats, columns: Ints) -> None:
        lattice, value, origin = self.lattice, self.value, self._from
        phones = lattice.phone_states
        origin[1:phones] = value[: phones - 1]
        origin[lattice.arc_first] = self.node[lattice.arc_from]
        origin[phones:] = self.node
        self.moved[t] = np.packbits(origin > value)
        np.maximum(value, origin, out=value)
        np.take(row, columns, out=self._emitted, mode="clip")
        value += self._emitted

        ends = value[lattice.arc_last]
        arriving = self._arriving
        arriving[self.reached] = np.maximum.reduceat(ends, self.first_arc)
        self.chosen[t] = np.packbits(ends >= arriving[lattice.arc_to])
        waiting = value[phones:]
        self.arrived[t] = np.packbits(arriving > waiting)
        self.node = np.maximum(arriving, waiting)
        self._relax(t)

    def _relax(self, t: int) -> None:
        """Let the hubs be reached by breaking off, by skipping and by going back."""
        hubs, node = self.lattice.hubs, self.node
        here = node[hubs]
        node[hubs] = _NEVER
        inside = np.maximum.reduceat(node, hubs[:-1]) - np.float32(_BREAK_OFF)
        for i in np.flatnonzero(inside > here[:-1]):
            at = slice(int(hubs[i]), int(hubs[i + 1]))
            self.broke_off[t, i] = at.start + int(node[at].argmax())
            here[i] = inside[i]
        self.at_hubs[t] = here
        skipped = np.maximum.accumulate(here + self.skip) - self.skip
        again = np.maximum.accumulate(here[::-1])[::-1] - np.float32(_BACK)
        node[hubs] = np.maximum(np.maximum(here, skipped), again)

    def _jumped_from(self, hub: int, t: int) -> int:
        """Return the hub from which *hub* was reached in frame *t*; mostly itself."""
        here = self.at_hubs[t]
        skipped = here[: hub + 1] - (self.skip[hub] - self.skip[: hub + 1])
        again = here[hub:] - np.float32(_BACK)
        ahead, back = int(skipped.argmax()), hub + int(again.argmax())
        if max(skipped[ahead], again[back - hub]) <= here[hub] + _ROUNDING:
            return hub
        return ahead if skipped[ahead] >= again[back - hub] else back

    def back(self, *, to_end: bool) -> Ints:
        lattice = self.lattice
        firsts = set(lattice.arc_first.tolist())
        phones = lattice.phone_states
        path = np.empty(self.frames, np.intp)
        state = int(self.value.argmax())
        if to_end and self.frames:
            state = self._leave(int(lattice.hubs[-1]), self.frames - 1)
        for t in range(self.frames - 1, -1, -1):
            path[t] = state
            if t == 0 or not _bit(self.moved[t], state):
                continue
            if state >= phones:
                state = self._leave(state - phones, t - 1)
            elif state in firsts:
                arc = int(np.searchsorted(lattice.arc_first, state))
                state = self._leave(int(lattice.arc_from[arc]), t - 1)
            else:
                state -= 1
        return path

    def _leave(self, node: int, t: int) -> int:
        """Return the state of frame *t* from which *node* had its value."""
        hub = int(np.searchsorted(self.lattice.hubs, node))
        if hub < len(self.lattice.hubs) and self.lattice.hubs[hub] == node:
            hub = self._jumped_from(hub, t)
            node = int(self.lattice.hubs[hub])
            if self.broke_off[t, hub] >= 0:
                node = int(self.broke_off[t, hub])
        if not _bit(self.arrived[t], node):
            return self.lattice.phone_states + node
        a, b = np.searchsorted(self.lattice.arc_to, [node, node + 1])
        arc = next(i for i in range(int(a), int(b)) if _bit(self.chosen[t], i))
        return int(self.lattice.arc_last[arc])


def _bit(row: NDArray[np.uint8], i: int) -> int:
    return int(row[i >> 3] >> (7 - (i & 7))) & 1


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
