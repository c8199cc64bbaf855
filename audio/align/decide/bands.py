"""How far to trust the place of a sentence that was read.

A start is as sure as what can be heard of it: text that fits well does not help where its first sound
drowns in noise, or where words were crowded into less time than anybody could say them in.
"""

from __future__ import annotations

import numpy as np

from columncast.audio.align.decide.accept import Fit
from columncast.audio.align.decide.extents import Extent
from columncast.audio.align.decide.ground import Ground
from columncast.audio.align.decide.takes import Take
from columncast.episodes.model.alignment import Band

_SURE, _PROBABLE = 0.6, 0.4  # of the way from luck to what is usual here
_WHOLE = 0.8
_FIRST_WORD = 0.3  # of that way for the word that decides the start
_ONSET_DB = 8.0  # above the noise around it, in the first tenth of a second
_ONSET, _AROUND = 10, 300  # frames
_BEFORE = 6  # frames of other sound before it, from which the start may lie in them
_CROWDED = 2.5  # times the reader's own pace,
_CROWD_PHONES = 14  # kept up for so many sounds


def band(take: Take, extent: Extent, fits: Fit, ground: Ground) -> Band:
    """Return how far to trust *take*: by its place between luck and what is usual, and its edges."""
    place = fits.place(take.score)
    if crowded(take, fits.pace):
        return "look"
    recognised = take.share > 0.99 and (extent.start, extent.end) == (take.start, take.end)
    if place >= _SURE and recognised and _sets_in(take, fits, ground):
        return "sure"
    return "probable" if place >= _PROBABLE and take.share >= _WHOLE else "look"


def _sets_in(take: Take, fits: Fit, ground: Ground) -> bool:
    """Whether the start can be heard: a word that fits, above the noise, and nothing just before."""
    start, level_db = take.start, ground.spectra.level_db
    first = take.visits[0].words[0]
    around = level_db[max(0, start - _AROUND) : start + _AROUND]
    onset_db = level_db[start : start + _ONSET].mean() - np.percentile(around, 10)
    before = ground.voiced[max(0, start - _BEFORE) : start]
    runs_on = len(before) == _BEFORE and bool(before.all())
    return fits.place(first.score) >= _FIRST_WORD and onset_db >= _ONSET_DB and not runs_on


def crowded(take: Take, pace: float) -> bool:
    """Whether some words in a row are faster than anybody reads; *pace* is in frames a sound."""
    words = [w for v in take.visits for w in v.words if not w.word.garbled]
    phones = [len(w.word.phones[0]) for w in words]
    first, sounds = 0, 0
    for last, count in enumerate(phones):
        sounds += count
        while sounds - phones[first] >= _CROWD_PHONES:
            sounds -= phones[first]
            first += 1
        frames = sum(w.end - w.start for w in words[first : last + 1])
        if sounds >= _CROWD_PHONES and frames * _CROWDED < sounds * pace:
            return True
    return False
