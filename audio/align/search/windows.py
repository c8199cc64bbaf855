"""A recording of any length, aligned window by window.

The lattice of a whole book would not fit into memory, so some minutes of sound are laid against a
stretch of text that is longer than could be read in them. What is certain is kept up to an
*anchor*, a clause that was clearly read with another one after it, and the next window starts there.
Where no anchor is found (a long talk, a left-out chapter), more text is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import FRAMES_PER_S, Floats
from columncast.audio.align.search.lattice import Clause, Lattice, Word, build
from columncast.audio.align.search.outline import FRAMES_PER_PHONE, pieces
from columncast.audio.align.search.posteriors import Posteriors
from columncast.audio.align.search.viterbi import Heard, Search, best_paths, scored

_WINDOW = 200 * FRAMES_PER_S
_OVERLAP = 20 * FRAMES_PER_S
_MORE_TEXT = 1.8
_AGAIN_CLAUSES = 30  # how far back a retake may go
_CLEAR = -3.8
_CLEAR_PHONES = 10


@dataclass(frozen=True)
class Spoken:
    """A word in the recording; times in frames."""

    word: Word
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Visit:
    """One passage through a clause, complete or broken off."""

    clause: int
    words: tuple[Spoken, ...]
    complete: bool

    @property
    def start(self) -> int:
        """The first frame of its first word."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """The frame after its last word."""
        return self.words[-1].end

    @property
    def score(self) -> float:
        """The mean score of the frames in words that were said as foreseen."""
        frames = [0 if w.word.garbled else w.end - w.start for w in self.words]
        return (
            float(np.average([w.score for w in self.words], weights=frames))
            if any(frames)
            else -9.0
        )


def follow(
    sound: Posteriors, clauses: Sequence[Clause], progress: Callable[[float], None]
) -> tuple[Visit, ...]:
    """Return where *clauses* are spoken in *sound*; *progress* gets the share that is done."""
    visits: list[Visit] = []
    at, clause, failures = 0, 0, 0
    while clauses and at < sound.frames:
        end = min(at + _WINDOW, sound.frames)
        if sound.frames - end < _WINDOW // 3:
            end = sound.frames
        low, high = _stretch(clauses, clause, end - at, failures)
        scores = scored(sound.between(at, end), sound.model)
        last = end == sound.frames
        window = Window(scores, at, clauses[low:high], low, clause - low, last)
        found = found_in(window, sound.model)
        keep = len(found)
        if not last:
            anchor = _anchor(found, clauses, at, end)
            failures = 0 if anchor else failures + 1
            if anchor:
                keep, clause = anchor, found[anchor - 1].clause + 1
                end = found[anchor - 1].end
            else:
                end = _gap(found, end - _OVERLAP, at)
                keep = sum(v.end <= end for v in found)
        visits += found[:keep]
        at = end
        progress(at / sound.frames)
    return tuple(visits)


@dataclass(frozen=True)
class Window:
    """Some minutes of sound, and the text that can be heard in them."""

    scores: Floats
    at: int
    """Its first frame."""
    clauses: Sequence[Clause]
    low: int
    """The number of the first of them."""
    start: int
    """The one before which the path begins, counted from there."""
    last: bool
    """Whether the recording ends with it."""


def found_in(window: Window, model: AcousticModel) -> list[Visit]:
    """Return where the clauses of *window* are spoken: roughly first, then piece by piece."""
    parts = pieces(window.scores, window.clauses, model, start=window.start, to_end=window.last)
    searches = [
        Search(
            window.scores[part.start : part.end],
            build(window.clauses[part.clauses.start : part.clauses.stop], model),
            part.first - part.clauses.start,
            None if part.last is None else part.last - part.clauses.start,
        )
        for part in parts
    ]
    return [
        visit
        for part, search, heard in zip(parts, searches, best_paths(searches), strict=True)
        for visit in visits_of(
            heard, search.lattice, window.low + part.clauses.start, window.at + part.start
        )
    ]


def _stretch(clauses: Sequence[Clause], clause: int, frames: int, failures: int) -> tuple[int, int]:
    """Return which clauses may be heard in *frames* after *clause*, and the retakes before it."""
    wanted = _MORE_TEXT * 2**failures * frames / FRAMES_PER_PHONE
    high, phones = clause, 0
    while high < len(clauses) and phones < wanted:
        phones += clauses[high].phones
        high += 1
    return max(0, min(clause, len(clauses) - 1) - _AGAIN_CLAUSES), max(high, clause)


def visits_of(heard: Sequence[Heard], lattice: Lattice, low: int, at: int) -> list[Visit]:
    """Return what was *heard* clause by clause, numbered from *low*, in frames from *at*."""
    visits: list[Visit] = []
    run: list[Heard] = []
    for this, following in zip_longest(heard, heard[1:]):
        run.append(this)
        if following is None or (
            lattice.arc_from[following.arc] != lattice.arc_to[this.arc]
            or lattice.arc_clause[following.arc] != lattice.arc_clause[this.arc]
        ):
            clause = int(lattice.arc_clause[this.arc])
            complete = (
                lattice.arc_from[run[0].arc] == lattice.hubs[clause]
                and lattice.arc_to[this.arc] == lattice.hubs[clause + 1]
            )
            words = tuple(
                Spoken(lattice.arc_word[h.arc], at + h.start, at + h.end, h.score) for h in run
            )
            visits.append(Visit(low + clause, words, bool(complete)))
            run = []
    return visits


def _anchor(found: Sequence[Visit], clauses: Sequence[Clause], at: int, end: int) -> int:
    """Return how many of *found* to keep, up to the last clear one; 0 when there is none."""

    def clear(visit: Visit) -> bool:
        long = clauses[visit.clause].phones >= _CLEAR_PHONES
        return visit.complete and long and visit.score > _CLEAR

    for i in range(len(found) - 1, 0, -1):
        one, other = found[i - 1], found[i]
        near = 0 <= other.clause - one.clause <= 3
        if clear(one) and clear(other) and near and at < one.end < end - _OVERLAP // 2:
            return i
    return 0


def _gap(found: Sequence[Visit], latest: int, at: int) -> int:
    """Return the last frame up to *latest* at which nothing of the text is being said."""
    for visit in reversed(found):
        if visit.start < latest < visit.end:
            latest = visit.start
    return max(latest, at + _OVERLAP)
