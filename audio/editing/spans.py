"""What of a recording stays: each sentence's take, less what is in it and not the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Mask, cepstra
from columncast.audio.align.search.lattice import Clause
from columncast.audio.align.search.posteriors import CONTEXT
from columncast.audio.editing.listening import Listened
from columncast.audio.editing.pauses import CELLS_PER_S
from columncast.audio.editing.restarts import (
    GIVEN_UP,
    Jump,
    Retraced,
    Slot,
    Spoken,
    a_pause_before,
    retrace,
    slots_of,
)
from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra
from columncast.episodes.model.cuts import CutKind

Frames = NDArray[np.intp]

_GAIN = 12.0  # nats that a restart must explain better than reading straight on
_WHOLE = 0.8  # of a sentence must be found in the last passages
_STUTTER_WORDS = 2
_BEFORE, _BEHIND, _BESIDE = 12, 15, 4  # frames around a take and around what is cut out of it
_APART = 60
_NEAR = 8
_NEXT, _LONGEST_BEGUN = 150, 600  # cells
_LONGEST_SENTENCE = 60 * CELLS_PER_S


@dataclass(frozen=True, kw_only=True)
class Restart:
    """Why two spans of one sentence have something between them."""

    kind: CutKind
    text: str
    halts: bool
    """Whether there is a pause before the reader goes back."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch that stays; start and end in cells."""

    start: int
    end: int
    sentence: int
    first: int
    """Index of its first token."""
    last: int
    """Index of its last token, included."""
    restart: Restart | None = None
    """What lies before it, where the reader went back within the sentence."""


def cell_of(seconds: float) -> int:
    """Return the cell in which a time lies.

    >>> cell_of(1.51)
    151
    """
    return round(seconds * CELLS_PER_S)


class SpanFinder:
    """Looks into each sentence's take for what is not to stay."""

    def __init__(
        self,
        heard: Listened,
        alignment: Alignment,
        clauses: Sequence[Clause],
        model: AcousticModel,
    ) -> None:
        self.heard, self.alignment, self.model = heard, alignment, model
        self.clauses: dict[int, list[Clause]] = {}
        for clause in clauses:
            self.clauses.setdefault(clause.sentence, []).append(clause)

    def spans(self) -> list[Span]:
        """Return what stays, in time."""
        found: list[Span] = []
        placed = [
            (s.start_s, at)
            for at, s in enumerate(self.alignment.sentences)
            if s.start_s is not None
        ]
        for _, number in sorted(placed):
            found += self._of(number, self.alignment.sentences[number])
        return found

    def _of(self, number: int, sentence: AlignedSentence) -> list[Span]:
        parts = _without(self.alignment.extras, sentence)
        whole = [
            Span(start=a, end=b, sentence=number, first=first, last=last)
            for a, b, first, last in parts
        ]
        if not whole or number not in self.clauses:
            return whole
        slots = slots_of(self.clauses[number])
        if len(whole) > 1 and (again := self._with_what_is_inside(whole, slots)):
            return again
        found, frames = self._retraced(whole, slots)
        if begun := self._begun_before(whole[0]):
            wider = [replace(whole[0], start=begun), *whole[1:]]
            if split := self._split(wider, whole, slots, found):
                return split
        if found.gain < _GAIN:
            return whole
        return self._reading(found, slots, frames, whole).spans(whole) or whole

    def _with_what_is_inside(self, whole: Sequence[Span], slots: Sequence[Slot]) -> list[Span]:
        """Return a sentence in whose middle the reader went back; nothing where that is not so.

        What was taken for sound beside the text there may be a phrase of it, said again.
        """
        if whole[-1].end - whole[0].start > _LONGEST_SENTENCE:
            return []
        joined = [replace(whole[0], end=whole[-1].end, last=whole[-1].last)]
        found, frames = self._retraced(joined, slots)
        if found.gain < _GAIN:
            return []
        return self._reading(found, slots, frames, joined).spans(joined)

    def _split(
        self, wider: Sequence[Span], whole: Sequence[Span], slots: Sequence[Slot], own: Retraced
    ) -> list[Span]:
        """Return a sentence whose first words lie in what was taken for a false start; else nothing.

        That must explain the sound better than a beginning that is given up and the sentence as
        it stands.
        """
        found, frames = self._retraced(wider, slots)
        apart = frames[frames < whole[0].start - _BEFORE]
        first = [w for run in found.last_passages() for w in run if frames[w.end - 1] < apart[-1]]
        if not first or all(slots[w.slot].doubtful for w in first):
            return []
        begun, _ = self._scored(apart, slots)
        if found.score < own.score + begun.score_begun - GIVEN_UP + _GAIN:
            return []
        return self._reading(found, slots, frames, wider).spans(wider)

    def _reading(
        self, found: Retraced, slots: Sequence[Slot], frames: Frames, whole: Sequence[Span]
    ) -> _Reading:
        tokens = self.alignment.sentences[whole[0].sentence].text.split()
        return _Reading(found, slots, tokens, frames, self.heard.pauses.quiet)

    def _begun_before(self, span: Span) -> int | None:
        """Return where the sound before a sentence begins that may be its first words."""
        for extra in self.alignment.extras:
            start, end = cell_of(extra.start_s), cell_of(extra.end_s)
            if 0 <= span.start - end < _NEXT and end - start < _LONGEST_BEGUN:
                return start
        return None

    def _retraced(self, parts: Sequence[Span], slots: Sequence[Slot]) -> tuple[Retraced, Frames]:
        return self._scored(_frames(parts, self.heard.spectra.frames), slots)

    def _scored(self, frames: Frames, slots: Sequence[Slot]) -> tuple[Retraced, Frames]:
        features = cepstra(self.heard.spectra, int(frames[0]), int(frames[-1]) + 1, CONTEXT)
        inside = features[frames - frames[0]]
        return retrace(self.model.log_posteriors(inside), slots, self.model), frames


def _without(extras: Sequence[Extra], sentence: AlignedSentence) -> list[tuple[int, int, int, int]]:
    """Return the parts of *sentence* between the *extras* in it: cells, and first and last token."""
    start_s, end_s = sentence.start_s or 0.0, sentence.end_s or 0.0
    inside = [e for e in extras if e.start_s > start_s + 0.1 and e.end_s < end_s - 0.05]
    words = [
        (cell_of(w.start_s), cell_of(w.end_s or w.start_s), token)
        for token, w in enumerate(sentence.words)
        if w.start_s is not None
    ]
    edges = [cell_of(start_s)]
    for extra in sorted(inside, key=lambda e: e.start_s):
        edges += [cell_of(extra.start_s), cell_of(extra.end_s)]
    edges.append(cell_of(end_s))
    parts = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        within = [w for w in words if w[0] >= a - _NEAR and w[1] <= b + _NEAR]
        if not within:
            continue
        # Next to an extra a part is no wider than its words.
        low = a if a == edges[0] else within[0][0]
        high = b if b == edges[-1] else within[-1][1]
        parts.append((low, high, within[0][2], within[-1][2]))
    return parts


def _frames(parts: Sequence[Span], count: int) -> Frames:
    """Return the frames of a sentence's own take: what lies outside is none of its business."""
    wanted = [
        np.arange(
            part.start - (_BESIDE if at else _BEFORE),
            part.end + (_BEHIND if at == len(parts) - 1 else _BESIDE),
        )
        for at, part in enumerate(parts)
    ]
    frames = np.unique(np.concatenate(wanted)).astype(np.intp)
    return frames[(frames >= 0) & (frames < count)]


def _doubtful(jump: Jump, slots: Sequence[Slot]) -> bool:
    """Whether what seems to be said twice is one broken word of a kind that is often said otherwise."""
    return jump.said - jump.back_to <= 0.5 and slots[min(jump.back_to, len(slots) - 1)].doubtful


@dataclass(frozen=True)
class _Reading:
    """A sentence as it was said in its take."""

    found: Retraced
    slots: Sequence[Slot]
    tokens: Sequence[str]
    frames: Frames
    """Those of the take, which are counted from 0 in *found*."""
    quiet: Mask

    def spans(self, whole: Sequence[Span]) -> list[Span]:
        """Return the last passages as spans; none where too little of the sentence is in them.

        *whole* is what the sentence was taken for.
        """
        runs = self._apart(self._trusted())
        if sum(map(len, runs)) < _WHOLE * len(self.slots):
            return []
        spans = []
        for run, former in zip(runs, [None, *runs], strict=False):
            first, last = run[0], run[-1]
            begins = first.slot == 0 and former is None
            ends = last.slot == len(self.slots) - 1
            spans.append(
                Span(
                    start=whole[0].start if begins else int(self.frames[first.start]),
                    end=whole[-1].end if ends else int(self.frames[last.end - 1]) + 2,
                    sentence=whole[0].sentence,
                    first=self.slots[first.slot].first,
                    last=self.slots[last.slot].last,
                    restart=self._restart(former, run) if former else None,
                )
            )
        return spans

    def _trusted(self) -> list[list[Spoken]]:
        """Return the last passages, joined where the reader only seems to go back between them."""
        runs: list[list[Spoken]] = []
        for run in self.found.last_passages():
            between = self._jumps(runs[-1], run) if runs else []
            if between and all(_doubtful(jump, self.slots) for jump in between):
                runs[-1] += run
            else:
                runs.append(run)
        return runs

    def _apart(self, runs: Sequence[Sequence[Spoken]]) -> list[list[Spoken]]:
        """Cut runs where an extra lies in them."""
        found: list[list[Spoken]] = []
        for run in runs:
            found.append([run[0]])
            for before, word in pairwise(run):
                gap = int(self.frames[word.start]) - int(self.frames[before.end - 1])
                if gap > _APART:
                    found.append([])
                found[-1].append(word)
        return found

    def _jumps(self, former: Sequence[Spoken], run: Sequence[Spoken]) -> list[Jump]:
        return [j for j in self.found.jumps if former[-1].end <= j.frame <= run[0].start]

    def _restart(self, former: Sequence[Spoken], run: Sequence[Spoken]) -> Restart | None:
        between = self._jumps(former, run)
        if not between:
            return None
        first = min(j.back_to for j in between)
        behind = int(np.ceil(max(j.said for j in between)))
        said = self.slots[first:behind]
        return Restart(
            kind="stutter" if behind - first <= _STUTTER_WORDS else "restart",
            text=" ".join(self.tokens[said[0].first : said[-1].last + 1]) if said else "",
            halts=all(a_pause_before(j.frame, self.quiet, self.frames) for j in between),
        )
