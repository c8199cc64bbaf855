"""Which words of a sentence are not in the sound that should hold it.

The sentence is laid over its sound once whole and once without each word. A word that was said is missed
by tens of nats; one that was not costs as many. Measured on seven synthetic voices: 47 to 134 nats are gained without a word
that was left out, 17 at most without one that was said. Of words of one or two sounds it cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Spectra
from columncast.audio.align.search.lattice import Clause, Word
from columncast.audio.editing.pickups.search import SentenceSearch

_MISSING = 30.0  # nats
_LEAST_SOUNDS = 3

Place = tuple[int, int]
"""The first and the last token of a word, both included."""


def missing_words(
    sound: Spectra, start: int, end: int, clauses: Sequence[Clause], model: AcousticModel
) -> list[Place]:
    """Return the words of the sentence *clauses* that are not heard from frame *start* to *end*."""
    places = [_place(slot) for clause in clauses for slot in clause.slots]
    tried = [at for at, sounds in enumerate(_sounds(clauses)) if sounds >= _LEAST_SOUNDS]
    if len(places) < 2 or not tried:
        return []
    ways = [_numbered(clauses, 0)]
    ways += [_numbered(_without(clauses, at), number) for number, at in enumerate(tried, start=1)]
    search = SentenceSearch([clause for way in ways for clause in way], model)
    fits = search.fits(sound, start, end)
    whole = fits.get(0, -float("inf"))
    return [
        places[at]
        for number, at in enumerate(tried, start=1)
        if number in fits and (fits[number] - whole) * (end - start) > _MISSING
    ]


def _sounds(clauses: Sequence[Clause]) -> Iterator[int]:
    for clause in clauses:
        for slot in clause.slots:
            yield min(sum(len(word.phones[0]) for word in reading) for reading in slot)


def _place(slot: Sequence[Sequence[Word]]) -> Place:
    return slot[0][0].token, slot[0][-1].last_token


def _without(clauses: Sequence[Clause], left_out: int) -> Iterator[Clause]:
    at = 0
    for clause in clauses:
        slots = tuple(
            slot for number, slot in enumerate(clause.slots, start=at) if number != left_out
        )
        at += len(clause.slots)
        if slots:
            yield replace(clause, slots=slots)


def _numbered(clauses: Iterable[Clause], number: int) -> list[Clause]:
    return [replace(clause, sentence=number) for clause in clauses]
