"""A recording of any length, aligned window by window.

The lattice of a whole book would not fit into memory, so some minutes of sound are laid against a
stretch of text that is longer than could be read in them. What is certain is kept up to an
*anchor*, a clause that was clearly read with another one after it, and the next window starts there.
Where no anchor is found (a long talk, a left-out chapter), more text is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import FRAMES_PER_S, Floats, Spectra, cepstra
from columncast.audio.align.search.lattice import Clause, Lattice, Word, build
from columncast.audio.align.search.viterbi import Heard, best_path, scored

_WINDOW = 200 * FRAMES_PER_S
_BLOCK = 25 * FRAMES_PER_S
_BLOCKS_AHEAD = 8
_OVERLAP = 20 * FRAMES_PER_S
CONTEXT = 60 * FRAMES_PER_S
"""What noise and level are judged by on either side of a window, in frames."""
_FRAMES_PER_PHONE = 7.5  # of a reader at 160 words a minute
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
    sound: Spectra,
    clauses: Sequence[Clause],
    model: AcousticModel,
    progress: Callable[[float], None],
) -> tuple[Visit, ...]:
    """Return where *clauses* are spoken in *sound*; *progress* is told the share that is done."""
    with ThreadPoolExecutor(2) as pool:
        return tuple(_follow(sound, clauses, _Ahead(sound, model, pool), progress))


def _follow(
    sound: Spectra, clauses: Sequence[Clause], ahead: _Ahead, progress: Callable[[float], None]
) -> list[Visit]:
    visits: list[Visit] = []
    at, clause, failures = 0, 0, 0
    while clauses and at < sound.frames:
        end = min(at + _WINDOW, sound.frames)
        if sound.frames - end < _WINDOW // 3:
            end = sound.frames
        low, high = _stretch(clauses, clause, end - at, failures)
        lattice = build(clauses[low:high], ahead.model)
        scores = scored(ahead.between(at, end), ahead.model)
        last = end == sound.frames
        heard = best_path(scores, lattice, start=clause - low, to_end=last)
        found = visits_of(heard, lattice, low, at)
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
    return visits


class _Ahead:
    """Scores of the acoustic model, worked out on the other core while a window is searched.

    numpy lets go of the interpreter in the long parts, so a thread is enough.
    """

    def __init__(self, sound: Spectra, model: AcousticModel, pool: ThreadPoolExecutor) -> None:
        self._sound, self._pool = sound, pool
        self.model = model
        self._blocks: dict[int, Future[Floats]] = {}

    def between(self, start: int, end: int) -> Floats:
        """Return the scores from frame *start* to *end*, and go on with what comes after."""
        first, last = start // _BLOCK, (end - 1) // _BLOCK
        for number in range(first, last + 1 + _BLOCKS_AHEAD):
            if number * _BLOCK < self._sound.frames and number not in self._blocks:
                self._blocks[number] = self._pool.submit(self._scores, number)
        self._blocks = {n: block for n, block in self._blocks.items() if n >= first}
        joined = np.concatenate([self._blocks[n].result() for n in range(first, last + 1)])
        return joined[start - first * _BLOCK : end - first * _BLOCK]

    def _scores(self, number: int) -> Floats:
        start = number * _BLOCK
        end = min(start + _BLOCK, self._sound.frames)
        return self.model.log_posteriors(cepstra(self._sound, start, end, CONTEXT))


def _stretch(clauses: Sequence[Clause], clause: int, frames: int, failures: int) -> tuple[int, int]:
    """Return which clauses may be heard in *frames* after *clause*, and the retakes before it."""
    wanted = _MORE_TEXT * 2**failures * frames / _FRAMES_PER_PHONE
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
