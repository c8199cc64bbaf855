"""All the ways of reading a text, as a lattice of sounds.

Between words lie nodes. A pause may be made at each of them; at the nodes between clauses, the
*hubs*, anything may be heard instead: a jingle, an ad-lib, a cough. Each word has one arc for each
of its pronunciations, each arc three states for each phone; and one more for being said in some
way that nobody foresaw. See `viterbi` for how it is walked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.text.clauses import clauses
from columncast.audio.align.text.spoken import Slot, Tongue, core_of, slots

_NAME_PHONES = 5

Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Word:
    """One spoken word in one of the readings of a slot, and where it was written."""

    spelling: str
    phones: tuple[tuple[str, ...], ...]
    sentence: int
    token: int
    last_token: int
    doubtful: bool
    """Whether it may well be said otherwise: a name, a numeral, a word that no dictionary has."""
    shortest: int = 0
    """For a garbled word, the fewest frames that it can last."""

    @property
    def garbled(self) -> bool:
        """Whether it stands for something else said in the place of the written."""
        return not self.phones


@dataclass(frozen=True)
class Clause:
    """What lies between two hubs: slots, each with its readings, each of them words."""

    sentence: int
    index: int
    """Its place in the sentence."""
    slots: tuple[tuple[tuple[Word, ...], ...], ...]

    @property
    def phones(self) -> int:
        """The number of sounds in the likeliest reading."""
        return sum(len(w.phones[0]) for slot in self.slots for w in slot[0])


def spoken_clauses(
    sentences: Sequence[Sequence[str]], tongue: Tongue, pronunciation: Mapping[str, str]
) -> list[Clause]:
    """Return the clauses of *sentences*, given as their tokens; what cannot be said is left out."""
    found = []
    for number, tokens in enumerate(sentences):
        said = slots(tokens, tongue, pronunciation)
        starts = clauses(list(tokens))
        for index, (a, b) in enumerate(zip(starts, [*starts[1:], len(tokens)], strict=True)):
            inside = [s for s in said if a <= s.first < b]
            ways = tuple(said_so for s in inside if (said_so := _ways(s, tokens, number, tongue)))
            if ways:
                found.append(Clause(number, index, ways))
    return found


def _ways(
    slot: Slot, tokens: Sequence[str], sentence: int, tongue: Tongue
) -> tuple[tuple[Word, ...], ...]:
    """Return the readings of *slot* as words that have sounds; a reading without any is none."""
    written = tokens[slot.first]
    after = core_of(tokens[slot.last + 1]) if slot.last + 1 < len(tokens) else ""
    named = core_of(written)[:1].isupper()
    found: list[tuple[Word, ...]] = []
    for reading in slot.readings:
        words: list[Word] = []
        for spelling, following in zip(reading, (*reading[1:], after), strict=True):
            if phones := tuple(tongue.phones(spelling, following)):
                name = named and len(phones[0]) >= _NAME_PHONES
                doubtful = name or any(c.isdigit() for c in written) or not tongue.knows(spelling)
                words.append(Word(spelling, phones, sentence, slot.first, slot.last, doubtful))
        if words:
            found.append(tuple(words))
    return tuple(found)


def _garbled(slot: tuple[tuple[Word, ...], ...]) -> Word:
    first, last = slot[0][0], slot[0][-1]
    shortest = 3 * min(sum(len(w.phones[0]) for w in reading) for reading in slot)
    return Word(
        "", (), first.sentence, first.token, last.last_token, doubtful=True, shortest=shortest
    )


@dataclass(frozen=True)
class Lattice:
    """The lattice of some clauses as flat arrays, ready for `viterbi`.

    States come first the phones' (arc by arc), then one for each node, where time is spent
    between words. Arcs are sorted by the node that they lead to.
    """

    clauses: tuple[Clause, ...]
    columns: Ints
    """For each state: which column of the scores it takes (`PAUSE` and `HUB` for nodes)."""
    arc_first: Ints
    arc_last: Ints
    arc_from: Ints
    arc_to: Ints
    arc_word: tuple[Word, ...]
    arc_clause: Ints
    hubs: Ints
    """The nodes before each clause, and the one after the last."""
    nodes: int

    @property
    def phone_states(self) -> int:
        """The number of states that are not nodes'."""
        return len(self.columns) - self.nodes


PAUSE, HUB, SWITCH, OTHERWISE = -4, -3, -2, -1
"""Columns that `viterbi` appends to the acoustic scores; the last two are those of a garbled word."""


def build(clauses_: Sequence[Clause], model: AcousticModel) -> Lattice:
    """Return the lattice of *clauses_* in their order."""
    arcs: list[tuple[int, int, Word, tuple[str, ...], int]] = []  # from, to, word, phones, clause
    hubs, nodes = [0], 1
    for number, clause in enumerate(clauses_):
        here = hubs[-1]
        for slot in clause.slots:
            inner = nodes
            nodes += sum(len(reading) - 1 for reading in slot)
            there, nodes = nodes, nodes + 1
            for reading in slot:
                stops = [here, *range(inner, inner + len(reading) - 1), there]
                inner += len(reading) - 1
                for word, a, b in zip(reading, stops, stops[1:], strict=False):
                    arcs += [(a, b, word, phones, number) for phones in word.phones]
            if any(word.doubtful for reading in slot for word in reading):
                arcs.append((here, there, _garbled(slot), (), number))
            here = there
        hubs.append(here)
    arcs.sort(key=lambda arc: arc[1])

    columns: list[int] = []
    first, last = [], []
    starts = {phone: model.state(phone) for phone in model.phones}
    for _, _, word, phones, _ in arcs:
        first.append(len(columns))
        states = [starts[p] + k for p in phones for k in range(3)]
        columns += states or [SWITCH] + [OTHERWISE] * (word.shortest - 1)
        last.append(len(columns) - 1)
    ends = np.full(nodes, PAUSE, np.intp)
    ends[hubs] = HUB
    return Lattice(
        clauses=tuple(clauses_),
        columns=np.concatenate([np.array(columns, np.intp), ends]),
        arc_first=np.array(first, np.intp),
        arc_last=np.array(last, np.intp),
        arc_from=np.array([a[0] for a in arcs], np.intp),
        arc_to=np.array([a[1] for a in arcs], np.intp),
        arc_word=tuple(a[2] for a in arcs),
        arc_clause=np.array([a[4] for a in arcs], np.intp),
        hubs=np.array(hubs, np.intp),
        nodes=nodes,
    )
