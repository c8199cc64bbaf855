"""Where roughly each clause is read: a first search in large steps, for the true one to follow.

Three frames are one step, a sound is one state, a clause one chain of them in its likeliest
reading; prices are those of `viterbi`. That is a thirtieth of the work, and enough to see which
clauses are read one after another with a pause between them. There the recording is cut, and
`viterbi` searches each piece by itself for its own clauses: a path through the whole that passes
these pauses is made of the best paths through the pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Floats
from columncast.audio.align.search.lattice import HUB, PAUSE, Clause, Ints
from columncast.audio.align.search.viterbi import BACK, GARBLED, NEVER, ROUNDING, SKIP, Bits

STEP = 3
"""Frames of a step: the fewest that a sound can last."""
_RELAX = 2  # steps from one chance to skip or go back to the next
_CLEAR = -2.9  # nats a frame, of a clause that was read; others reach -3.5
_CLEAR_PHONES = 10
_LEAST_PAUSE = 12  # frames
_QUIET = -1.5  # nats a frame in a pause; what else is said costs more
_LEAST_PIECE = 600  # frames
_BESIDE = 2  # clauses before and after those that were seen
FRAMES_PER_PHONE = 7.5
"""Of a reader at 160 words a minute."""


@dataclass(frozen=True)
class Seen:
    """A passage through a whole clause, in frames."""

    clause: int
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Piece:
    """A stretch of sound from one pause to another, and the clauses that can be heard in it."""

    start: int
    end: int
    clauses: range
    first: int
    """The clause before which it begins."""
    last: int | None
    """The clause before which it ends; None where the sound breaks off."""


def pieces(
    scores: Floats, clauses: Sequence[Clause], model: AcousticModel, *, start: int, to_end: bool
) -> list[Piece]:
    """Return the pieces in which *scores* can be searched for *clauses*, from clause *start* on.

    With *to_end* the last of them ends behind the last clause that it may hold.
    """
    seen = _Outline(scores, clauses, model).seen(start, to_end=to_end) if len(scores) else []
    edges = [_Cut(0, start), *_cuts(seen, clauses, scores, model), _Cut(len(scores), None)]
    return [_piece(a, b, seen, clauses, to_end=to_end) for a, b in pairwise(edges)]


@dataclass(frozen=True)
class _Cut:
    """A frame in a pause, and the clause that is read next."""

    frame: int
    clause: int | None


def _piece(
    a: _Cut, b: _Cut, seen: Sequence[Seen], clauses: Sequence[Clause], *, to_end: bool
) -> Piece:
    first = a.clause or 0
    inside = [s.clause for s in seen if s.end > a.frame and s.start < b.frame]
    low = max(0, min([*inside, first]) - _BESIDE)
    if b.clause is not None:
        high = min(len(clauses), max([*inside, b.clause - 1]) + 1 + _BESIDE)
        return Piece(a.frame, b.frame, range(low, high), first, b.clause)
    high = max([*inside, first - 1]) + 1
    after = max((s.end for s in seen), default=0)
    unheard, wanted = 0, (b.frame - max(a.frame, after)) / FRAMES_PER_PHONE
    least = high + _BESIDE
    while high < len(clauses) and (unheard < wanted or high < least):
        unheard += clauses[high].phones
        high += 1
    return Piece(a.frame, b.frame, range(low, high), first, high if to_end else None)


def _cuts(
    seen: Sequence[Seen], clauses: Sequence[Clause], scores: Floats, model: AcousticModel
) -> list[_Cut]:
    """Return the pauses between two clauses that were clearly read one after the other."""
    silence = model.state("SIL")
    cuts: list[_Cut] = []
    latest = 0
    for one, other in pairwise(seen):
        goes_on = other.clause == one.clause + 1 and _clear(one, clauses) and _clear(other, clauses)
        if not goes_on or other.start - one.end < _LEAST_PAUSE:
            continue
        quiet = scores[one.end : other.start, silence : silence + 3].max(1)
        middle = (one.end + other.start) // 2
        if quiet.mean() > _QUIET and middle - latest >= _LEAST_PIECE:
            cuts.append(_Cut(middle, other.clause))
            latest = middle
    return cuts


def _clear(seen: Seen, clauses: Sequence[Clause]) -> bool:
    return seen.score > _CLEAR and clauses[seen.clause].phones >= _CLEAR_PHONES


class _Outline:
    """The chains of all clauses, one after the other, and the search through them."""

    def __init__(self, scores: Floats, clauses: Sequence[Clause], model: AcousticModel) -> None:
        self.phones = len(model.phones)
        self.rows, self.hub = self._in_steps(scores)
        chains = [self._chain(clause, model) for clause in clauses]
        ends = np.cumsum([0, *map(len, chains)])
        self.columns: Ints = np.concatenate([np.array(chain, np.intp) for chain in chains])
        self.first: Ints = ends[:-1].astype(np.intp)
        self.last: Ints = (ends[1:] - 1).astype(np.intp)

    def _in_steps(self, scores: Floats) -> tuple[Floats, Floats]:
        """Return the scores of each sound, in each of the four roles of `_chain`; and the hub's."""
        steps = len(scores) // STEP
        whole = scores[: steps * STEP]
        count = self.phones
        states = (whole[:, k : 3 * count : 3] for k in range(3))
        best = next(states)
        for state in states:
            best = np.maximum(best, state)
        sound = best.reshape(steps, STEP, count).sum(1)
        pause = whole[:, PAUSE].reshape(steps, STEP).sum(1)[:, None]
        hub = whole[:, HUB].reshape(steps, STEP).sum(1)
        ends = np.maximum(sound, pause)
        least = np.float32(-STEP * GARBLED)
        rows = [sound, ends, np.maximum(sound, least), np.maximum(ends, least)]
        return np.concatenate(rows, axis=1), hub

    def _chain(self, clause: Clause, model: AcousticModel) -> list[int]:
        """Return the columns of *clause*, one a sound: plain, before a pause, and both in doubt."""
        columns = []
        for slot in clause.slots:
            doubt = 2 if any(word.doubtful for reading in slot for word in reading) else 0
            for word in slot[0]:
                found = [doubt * self.phones + model.phones.index(p) for p in word.phones[0]]
                found[-1] += self.phones
                columns += found
        return columns

    def seen(self, start: int, *, to_end: bool) -> list[Seen]:
        """Return the clauses that the best path passes, beginning before clause *start*."""
        steps, hubs, states = len(self.hub), len(self.first) + 1, len(self.columns)
        skip = np.arange(hubs, dtype=np.float32) * np.float32(SKIP)
        node = -np.abs(skip - skip[start])
        node[:start] = -BACK
        value = np.full(states, NEVER, np.float32)
        origin, emitted = np.empty_like(value), np.empty_like(value)
        moved = Bits(steps, states)
        arrived = np.zeros((steps, hubs), np.bool_)
        at_hubs = np.empty((steps, hubs), np.float32)
        for t in range(steps):
            origin[1:] = value[:-1]
            origin[self.first] = node[:-1]
            moved.put(t, origin > value)
            np.maximum(value, origin, out=value)
            self.rows[t].take(self.columns, out=emitted, mode="clip")
            value += emitted
            node = node + self.hub[t]
            ends = value.take(self.last)
            np.greater(ends, node[1:], out=arrived[t, 1:])
            np.maximum(ends, node[1:], out=node[1:])
            at_hubs[t] = node
            if t % _RELAX == 0:
                skipped = np.maximum.accumulate(node + skip) - skip
                again = np.maximum.accumulate(node[::-1])[::-1] - np.float32(BACK)
                node = np.maximum(np.maximum(node, skipped), again)
        return self._way_back(_Trace(moved, arrived, at_hubs, skip), value, node, to_end=to_end)

    def _way_back(self, trace: _Trace, value: Floats, node: Floats, *, to_end: bool) -> list[Seen]:
        found: list[Seen] = []
        t, hub = len(trace.at_hubs) - 1, len(node) - 1 if to_end else int(node.argmax())
        if not to_end and value.max() > node[hub]:
            found.append(self._passage(int(value.argmax()), t, trace))
            t, hub = found[-1].start // STEP - 1, found[-1].clause
        while t >= 0:
            if t % _RELAX == 0:
                hub = trace.jumped_from(hub, t)
            if trace.arrived[t, hub]:
                found.append(self._passage(int(self.last[hub - 1]), t, trace))
                t, hub = found[-1].start // STEP - 1, found[-1].clause
            else:
                t -= 1
        return found[::-1]

    def _passage(self, state: int, t: int, trace: _Trace) -> Seen:
        """Return the passage through a clause that is in *state* in step *t*."""
        clause = int(np.searchsorted(self.first, state, side="right")) - 1
        begins, end, total = int(self.first[clause]), t + 1, 0.0
        while True:
            total += float(self.rows[t, self.columns[state]])
            if t == 0 or (trace.moved.get(t, state) and state == begins):
                return Seen(clause, STEP * t, STEP * end, total / (STEP * (end - t)))
            state -= trace.moved.get(t, state)
            t -= 1


@dataclass(frozen=True)
class _Trace:
    """What the way back needs of the way there."""

    moved: Bits
    arrived: NDArray[np.bool_]
    at_hubs: Floats
    skip: Floats

    def jumped_from(self, hub: int, t: int) -> int:
        """Return the hub from which *hub* was reached in step *t*; mostly itself."""
        here = self.at_hubs[t]
        skipped = here[: hub + 1] - (self.skip[hub] - self.skip[: hub + 1])
        again = here[hub:] - np.float32(BACK)
        ahead, back = int(skipped.argmax()), hub + int(again.argmax())
        if max(skipped[ahead], again[back - hub]) <= here[hub] + ROUNDING:
            return hub
        return ahead if skipped[ahead] >= again[back - hub] else back
