"""Where a reader goes back within a sentence: a stutter, a phrase begun anew.

The search of a whole recording lets a reader start again between clauses only. This one looks at
the frames of one sentence's own take, and lets the reader break off anywhere and go on from any
earlier word. What the text itself says twice is walked as written, so it is no restart.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Floats, Mask
from columncast.audio.align.search.lattice import Clause, Ints, Word

_WORST = 9.0  # nats; as in `viterbi`: no frame may count for more against a phone
_HALT = 0.25
_OTHER, _ENTER = 4.3, 12.0  # for each frame of sound that is no word, and for its first
GIVEN_UP = 20.0
"""Nats for going back to an earlier word."""
_BREAK_OFF = 14.0  # for doing so within a word, more
_NEVER = np.float32(-1e9)
_MOST_WAYS = 12
_NO_WORD, _ARRIVE = 1, 2  # else the reader stays, in silence


@dataclass(frozen=True)
class Slot:
    """One place in the sentence: some tokens, and the ways of saying them."""

    first: int
    last: int
    """Index of the last token, included."""
    ways: tuple[tuple[str, ...], ...]
    doubtful: bool


def slots_of(clauses: Sequence[Clause]) -> list[Slot]:
    """Return the places of a sentence, given as its clauses."""
    return [_slot(readings) for clause in clauses for readings in clause.slots]


def _slot(readings: Sequence[Sequence[Word]]) -> Slot:
    ways = [
        tuple(itertools.chain.from_iterable(said))
        for words in readings
        for said in itertools.islice(itertools.product(*(w.phones for w in words)), _MOST_WAYS)
    ]
    words = [word for reading in readings for word in reading]
    return Slot(
        words[0].token,
        words[0].last_token,
        tuple(dict.fromkeys(ways))[:_MOST_WAYS],
        any(word.doubtful for word in words),
    )


@dataclass(frozen=True)
class Spoken:
    """A place of the sentence in one passage; from one frame of the take to another."""

    slot: int
    start: int
    end: int


@dataclass(frozen=True)
class Jump:
    """Where the reader goes back."""

    frame: int
    said: float
    """The slot after the last one said; half a slot more where that was broken off."""
    back_to: int


@dataclass(frozen=True)
class Retraced:
    """What was said, in its order, and how much better that explains the sound."""

    spoken: tuple[Spoken, ...]
    jumps: tuple[Jump, ...]
    gain: float
    """Nats over the same sentence read straight on."""
    score: float
    """Nats of the whole sentence, up to its end."""
    score_begun: float
    """Nats of the best beginning of it, wherever that ends."""

    def last_passages(self) -> list[list[Spoken]]:
        """Return each place as it was said last, in runs that nothing interrupts."""
        kept: dict[int, int] = {}
        for at, one in enumerate(self.spoken):
            for slot in [slot for slot in kept if slot >= one.slot]:
                del kept[slot]
            kept[one.slot] = at
        runs: list[list[int]] = []
        for slot in sorted(kept):
            at = kept[slot]
            if runs and at == runs[-1][-1] + 1:
                runs[-1].append(at)
            else:
                runs.append([at])
        return [[self.spoken[at] for at in run] for run in runs]


def retrace(log_posteriors: Floats, slots: Sequence[Slot], model: AcousticModel) -> Retraced:
    """Return how the sentence *slots* is said in the frames of *log_posteriors*."""
    scores = _scores(log_posteriors, model)
    graph = _graph(slots, model)
    free = _Walk(scores, graph, may_go_back=True)
    spoken, jumps = free.path()
    straight = _Walk(scores, graph, may_go_back=False) if jumps else free
    return Retraced(
        tuple(spoken),
        tuple(jumps),
        free.score - straight.score,
        free.score,
        float(free.node.max()),
    )


@dataclass(frozen=True)
class _Scores:
    phones: Floats
    silence: Floats


def _scores(log_posteriors: Floats, model: AcousticModel) -> _Scores:
    state = model.state("SIL")
    phones = np.maximum(log_posteriors, np.float32(-_WORST))
    return _Scores(phones, phones[:, state : state + 3].max(1) - np.float32(_HALT))


@dataclass(frozen=True)
class _Graph:
    """Arcs from each place to the next, one a way of saying it; arcs rise by their start."""

    nodes: int
    columns: Ints
    arc_of: Ints
    """For each state."""
    first: Ints
    last: Ints
    arc_from: Ints
    node_arcs: Ints
    """The first arc of each node but the last."""
    breaks: Ints
    """The last state of each phone, where a word may be broken off."""
    node_breaks: Ints
    """The first of them for each node but the last."""


def _graph(slots: Sequence[Slot], model: AcousticModel) -> _Graph:
    columns: list[int] = []
    arc_of: list[int] = []
    arc_from: list[int] = []
    first, last = [], []
    for number, slot in enumerate(slots):
        for way in slot.ways:
            first.append(len(columns))
            for phone in way:
                columns += [model.state(phone) + k for k in range(3)]
            arc_of += [len(arc_from)] * (len(columns) - len(arc_of))
            last.append(len(columns) - 1)
            arc_from.append(number)
    starts = np.array(arc_from, np.intp)
    breaks = np.arange(2, len(columns), 3)
    owners = starts[np.array(arc_of, np.intp)[breaks]]
    places = np.arange(len(slots))
    return _Graph(
        len(slots) + 1,
        np.array(columns, np.intp),
        np.array(arc_of, np.intp),
        np.array(first, np.intp),
        np.array(last, np.intp),
        starts,
        np.searchsorted(starts, places),
        breaks,
        np.searchsorted(owners, places),
    )


class _Walk:
    """The forward pass, and the way back through what it remembers."""

    def __init__(self, scores: _Scores, graph: _Graph, *, may_go_back: bool) -> None:
        self.scores, self.graph, self.may_go_back = scores, graph, may_go_back
        frames, states = len(scores.phones), len(graph.columns)
        self.frames = frames
        self.value = np.full(states, _NEVER, np.float32)
        self.node = np.full(graph.nodes, _NEVER, np.float32)
        self.node[0] = 0.0
        self.other = self.node.copy()
        self.moved = np.zeros((frames, states), bool)
        self.entered = np.zeros((frames, graph.nodes), bool)
        self.came_by = np.zeros((frames, graph.nodes), np.int8)
        self.best_arc = np.zeros((frames, len(graph.first)), bool)
        self.jumped = np.zeros((frames, graph.nodes), bool)
        # What could be gone back from in each frame: looked into on the way back only.
        self.whole = np.empty((frames, graph.nodes - 1), np.float32)
        self.inside = np.empty((frames, len(graph.breaks)), np.float32)
        for frame in range(frames):
            self._step(frame)

    @property
    def score(self) -> float:
        """Of the best path to the end of the sentence."""
        return float(self.node[-1])

    def _step(self, frame: int) -> None:
        graph, value = self.graph, self.value
        origin = np.empty_like(value)
        origin[1:] = value[:-1]
        origin[graph.first] = self.node[graph.arc_from]
        self.moved[frame] = origin > value
        np.maximum(value, origin, out=value)
        value += self.scores.phones[frame][graph.columns]

        entering = self.node - np.float32(_ENTER)
        self.entered[frame] = entering > self.other
        self.other = np.maximum(entering, self.other) - np.float32(_OTHER)

        node = self.node + self.scores.silence[frame]
        by = np.zeros(graph.nodes, np.int8)
        by[self.other > node] = _NO_WORD
        node = np.maximum(node, self.other)
        ends = value[graph.last]
        arriving = np.maximum.reduceat(ends, graph.node_arcs)
        self.best_arc[frame] = ends >= arriving[graph.arc_from]
        by[1:][arriving > node[1:]] = _ARRIVE
        node[1:] = np.maximum(node[1:], arriving)
        self.came_by[frame] = by
        if self.may_go_back:
            self._go_back(frame, node)
        self.node = node

    def _go_back(self, frame: int, node: Floats) -> None:
        """Let each node be reached from any later one, and from within any word after it."""
        graph, whole, inside = self.graph, self.whole[frame], self.inside[frame]
        np.subtract(node[1:], np.float32(GIVEN_UP), out=whole)
        np.subtract(self.value[graph.breaks], np.float32(GIVEN_UP + _BREAK_OFF), out=inside)
        best = np.maximum(whole, np.maximum.reduceat(inside, graph.node_breaks))
        best = np.maximum.accumulate(best[::-1])[::-1]
        np.greater(best, node[:-1], out=self.jumped[frame, :-1])
        np.maximum(node[:-1], best, out=node[:-1])

    def _gone_back_from(self, frame: int, node: int) -> tuple[int, int]:
        """Return from which node, or from within which word's state, *node* was gone back to; else -1."""
        graph = self.graph
        whole, inside = self.whole[frame, node:], self.inside[frame, graph.node_breaks[node] :]
        if whole.max() >= inside.max():
            return node + 1 + int(whole.argmax()), -1
        words = np.maximum.reduceat(inside, graph.node_breaks[node:] - graph.node_breaks[node])
        word = node + int(words.argmax())
        low = int(graph.node_breaks[word])
        more = word + 1 < len(graph.node_breaks)
        high = int(graph.node_breaks[word + 1]) if more else len(graph.breaks)
        return -1, int(graph.breaks[low + int(self.inside[frame, low:high].argmax())])

    def path(self) -> tuple[list[Spoken], list[Jump]]:
        """Return what was said and where the reader went back, in time."""
        graph, node, frame = self.graph, self.graph.nodes - 1, self.frames - 1
        spoken: list[Spoken] = []
        jumps: list[Jump] = []
        while frame >= 0:
            if self.jumped[frame, node]:
                origin, state = self._gone_back_from(frame, node)
                if origin < 0:
                    arc = int(graph.arc_of[state])
                    jumps.append(Jump(frame + 1, int(graph.arc_from[arc]) + 0.5, node))
                    node, frame = self._through(state, frame, spoken)
                    continue
                jumps.append(Jump(frame + 1, float(origin), node))
                node = origin
            by = self.came_by[frame, node]
            if by == _ARRIVE:
                low = int(graph.node_arcs[node - 1])
                arc = low + int(self.best_arc[frame, low:].argmax())
                node, frame = self._through(int(graph.last[arc]), frame, spoken)
                continue
            if by == _NO_WORD:
                while frame > 0 and not self.entered[frame, node]:
                    frame -= 1
            frame -= 1
        return spoken[::-1], jumps[::-1]

    def _through(self, state: int, frame: int, spoken: list[Spoken]) -> tuple[int, int]:
        """Go back through the word of *state*; return the node before it, and the frame there."""
        arc, end = int(self.graph.arc_of[state]), frame + 1
        first = int(self.graph.first[arc])
        while frame > 0 and not (state == first and self.moved[frame, state]):
            state -= int(self.moved[frame, state])
            frame -= 1
        place = int(self.graph.arc_from[arc])
        spoken.append(Spoken(place, frame, end))
        return place, frame - 1


def a_pause_before(frame: int, quiet: Mask, frames: NDArray[np.intp]) -> bool:
    """Whether the reader halts before going back at *frame* of the take: for 50 ms at least."""
    at = int(frames[min(frame, len(frames) - 1)])
    return int(quiet[max(0, at - 25) : at + 8].sum()) >= 5
