"""From where to where a sentence reaches, where the words at its edge were not recognised.

A name that no dictionary has, or a clause said in other words, is still speech in the right place:
sound that touches the take without a pause belongs to it, as far as it could have taken to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from columncast.audio.align.decide.accept import Fit
from columncast.audio.align.decide.takes import Take
from columncast.audio.align.search.features import Mask
from columncast.audio.align.search.viterbi import OTHER
from columncast.audio.align.search.windows import Spoken

_NAME_FRAMES = 220
_NAME_PAUSE = 24
_CLAUSE_PAUSE = 70
_SPELLED_OUT = 1.8  # how much longer than expected the unrecognised part may be
_SPOKEN = 0.5  # how much of the expected time must hold speech before it counts as said
_POOR = -OTHER + 1.0


@dataclass(frozen=True)
class Extent:
    """The whole of a sentence in the recording, in frames."""

    start: int
    end: int
    share: float
    """How much of the sentence was said, recognised or not; 1 is all of it."""


@dataclass(frozen=True)
class _Ground:
    """What there is to take: sound that no take has, and where a take forbids to go on."""

    free: Mask
    taken: Mask
    pace: float


def extents(found: Mapping[int, Take], voiced: Mask, fits: Fit) -> dict[int, Extent]:
    """Return how far each take reaches; no two of them overlap."""
    taken = np.zeros(len(voiced), bool)
    for take in found.values():
        taken[take.start : take.end] = True
    ground = _Ground(voiced & ~taken, taken, fits.pace)
    reach = {}
    for sentence, take in found.items():
        first, last = take.visits[0].words[0], take.visits[-1].words[-1]
        start, before = _reach(take.start, -1, take.missing_before, first, ground)
        end, after = _reach(take.end, 1, take.missing_after, last, ground)
        unheard = take.missing_before * (1 - before) + take.missing_after * (1 - after)
        lost = take.missing_before + take.missing_after
        whole = lost / (1 - take.share) if lost and take.share < 1 else 1.0
        share = take.share + (lost - unheard) / whole if lost else take.share
        reach[sentence] = Extent(start, end, min(1.0, share))
    return reach


def _reach(
    edge: int, step: int, missing: float, word: Spoken, ground: _Ground
) -> tuple[int, float]:
    """Return the new edge, and how much of what is missing was spoken there (0 or 1)."""
    if missing > 2:
        expected = missing * ground.pace
        far, spoken = _along(edge, step, _SPELLED_OUT * expected, _CLAUSE_PAUSE, ground)
        if spoken >= _SPOKEN * expected:
            return far, 1.0
        return edge, 0.0
    if word.word.doubtful and word.score < _POOR:
        far, _ = _along(edge, step, _NAME_FRAMES, _NAME_PAUSE, ground)
        if abs(far - edge) < _NAME_FRAMES - 1:  # without a pause in reach it is other speech
            return far, 0.0
    return edge, 0.0


def _along(edge: int, step: int, most: float, pause: int, ground: _Ground) -> tuple[int, int]:
    """Follow sound from *edge*; return where it ends, and how many frames of it there were."""
    far, spoken, quiet = edge, 0, 0
    at = edge if step > 0 else edge - 1
    while (
        0 <= at < len(ground.free)
        and abs(at - edge) < most
        and quiet < pause
        and not ground.taken[at]
    ):
        if ground.free[at]:
            spoken, quiet = spoken + 1, 0
            far = at + 1 if step > 0 else at
        else:
            quiet += 1
        at += step
    return far, spoken
