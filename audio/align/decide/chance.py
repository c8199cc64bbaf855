"""What a text reaches by luck: how well it would fit this recording if it were not the one read.

Laid over enough sound, any text finds something that resembles it, and more so in some voices and
rooms than in others. The clauses read backwards, sound by sound, are as long and as hard to say
as the real ones, but nobody said them; what they score is what must be beaten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import FRAMES_PER_S, Spectra, cepstra
from columncast.audio.align.search.lattice import Clause, build
from columncast.audio.align.search.viterbi import OTHER, best_path, scored
from columncast.audio.align.search.windows import CONTEXT, visits_of

_SPANS = 3
_SPAN = 25 * FRAMES_PER_S
_MOST_PHONES = 6000
_SHORT_PHONES = 12
_UNKNOWN = -3.6  # what luck does in most recordings, where too little sound tells of this one
_ENOUGH = 5


@dataclass(frozen=True)
class Chance:
    """Scores that backward text reached, in nats a frame."""

    usual: float
    best: float
    """Better than nine of ten."""
    share: float
    """Of the sound, how much such text laid claim to."""


def measure_chance(sound: Spectra, clauses: Sequence[Clause], model: AcousticModel) -> Chance:
    """Return what *clauses* read backwards score in some spans of *sound*."""
    offered: list[Clause] = []
    phones = 0
    for clause in clauses:
        if phones < _MOST_PHONES:
            offered.append(_backwards(clause))
            phones += clause.phones
    lattice = build(offered, model)
    scores, claimed, frames = [], 0, 0
    for start in _starts(sound.frames):
        features = cepstra(sound, start, min(start + _SPAN, sound.frames), CONTEXT)
        heard = best_path(scored(model.log_posteriors(features), model), lattice, to_end=False)
        found = [
            v
            for v in visits_of(heard, lattice, 0, 0)
            if v.complete and offered[v.clause].phones > _SHORT_PHONES
        ]
        scores += [v.score for v in found]
        claimed += sum(v.end - v.start for v in found)
        frames += len(features)
    share = claimed / max(frames, 1)
    scores += unlucky(len(scores), frames)
    return Chance(float(np.median(scores)), float(np.percentile(scores, 90)), share)


def unlucky(found: int, frames: int) -> list[float]:
    """Return what to count beside *found* passages in *frames* of sound, where those are few.

    Luck that did not come where it was looked for has fitted worse than other sound does; so it is
    in noise and rooms, where right text fits no better than luck does in a quiet one.
    """
    lacking = max(0, _ENOUGH - found)
    failed = round(lacking * min(1.0, frames / (_SPANS * _SPAN)))
    return [-OTHER] * failed + [_UNKNOWN] * (lacking - failed)


def _starts(frames: int) -> list[int]:
    room = frames - _SPANS * _SPAN
    if room <= 0:
        return list(range(0, frames, _SPAN))
    return [round((k + 1) * room / (_SPANS + 1)) + k * _SPAN for k in range(_SPANS)]


def _backwards(clause: Clause) -> Clause:
    return replace(
        clause,
        slots=tuple(
            tuple(
                tuple(
                    replace(word, phones=tuple(p[::-1] for p in word.phones), doubtful=False)
                    for word in reading[::-1]
                )
                for reading in slot
            )
            for slot in clause.slots[::-1]
        ),
    )
