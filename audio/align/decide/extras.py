"""What is in the recording and not in the column: jingle, intro, ad-libs, retakes, outro."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from columncast.audio.align.decide.extents import Extent
from columncast.audio.align.decide.ground import Ground
from columncast.audio.align.decide.takes import Take
from columncast.audio.align.decide.voices import Voices
from columncast.audio.align.search.features import FRAMES_PER_S, Mask, Spectra, seconds
from columncast.audio.align.search.windows import Visit
from columncast.episodes.model.alignment import Extra, ExtraKind

_JOIN = 60
_LEAST = 45
_LEAST_INSIDE = 80
_LEAST_BY_A_NAME = 220  # a name that was not recognised may last this long
_SAME = 250
_MUSIC_LEAST = 4 * FRAMES_PER_S
_MUSIC_STEADINESS = 0.65  # music moves in level less than this much of what the reader's voice does


@dataclass
class _Stretch:
    start: int
    end: int
    loud: int
    kind: ExtraKind


def extras(
    ground: Ground,
    found: Mapping[int, Take],
    reach: Mapping[int, Extent],
    unused: Sequence[Visit],
) -> list[Extra]:
    """Return the extras: speech and music outside of all takes, in the order of their times.

    Noises are neither. *reach* is how far each take goes; *unused* are passages of text that did not count.
    """
    if not reach:
        return []
    order = sorted(reach.items(), key=lambda item: item[1].start)
    sound, voiced = ground.spectra, ground.voiced
    words = np.zeros(sound.frames, np.bool_)
    for extent in reach.values():
        words[extent.start : extent.end] = True
    voices = Voices(ground, words)
    spread = float(np.median([sound.level_db[e.start : e.end].std() for e in reach.values()]))
    edges = [(-1, 0), *((s, e.end) for s, e in order)]
    starts = [*(e.start for _, e in order), sound.frames]
    told = []
    for number, ((after, a), b) in enumerate(zip(edges, starts, strict=True)):
        where: ExtraKind = "ad-lib"
        if number == 0:
            where = "intro"
        elif number == len(order):
            where = "outro"
        stretches = [
            _named(s, sound, spread, where, unused) for s in _stretches(voiced, a, b, _LEAST)
        ]
        told += [_extra(s, after) for s in _merged(_said(stretches, voices))]
    for sentence, take in found.items():
        for before, behind in pairwise(take.visits):
            if behind.clause - before.clause > 1 or not before.complete:
                continue  # what sounds there is what was not recognised of the sentence
            name = before.words[-1].word.doubtful or behind.words[0].word.doubtful
            least = _LEAST_BY_A_NAME if name else _LEAST_INSIDE
            inside = _stretches(voiced, before.end, behind.start, least)
            named = [_named(s, sound, spread, "ad-lib", unused) for s in inside]
            told += [_extra(s, sentence) for s in _merged(_said(named, voices))]
    return sorted(told, key=lambda extra: extra.start_s)


def _stretches(voiced: Mask, a: int, b: int, least: int) -> list[_Stretch]:
    found: list[_Stretch] = []
    for at in (a + np.flatnonzero(voiced[a:b])).tolist() if b > a else ():
        if found and at - found[-1].end <= _JOIN:
            found[-1].end = at + 1
            found[-1].loud += 1
        else:
            found.append(_Stretch(at, at + 1, 1, "ad-lib"))
    return [s for s in found if s.loud >= least]


def _named(
    stretch: _Stretch, sound: Spectra, spread: float, where: ExtraKind, unused: Sequence[Visit]
) -> _Stretch:
    long = stretch.end - stretch.start
    again = sum(max(0, min(v.end, stretch.end) - max(v.start, stretch.start)) for v in unused)
    steady = sound.level_db[stretch.start : stretch.end].std() < _MUSIC_STEADINESS * spread
    stretch.kind = where
    if 2 * again > long:
        stretch.kind = "retake"
    elif long > _MUSIC_LEAST and steady:
        stretch.kind = "jingle"
    return stretch


def _said(stretches: Sequence[_Stretch], voices: Voices) -> list[_Stretch]:
    """Return those of *stretches* in which somebody speaks or plays."""
    return [
        s
        for s in stretches
        if (s.kind == "jingle" and voices.sing(s.start, s.end)) or voices.speak(s.start, s.end)
    ]


def _merged(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Return *stretches* with neighbours of one kind made one."""
    found: list[_Stretch] = []
    for stretch in stretches:
        near = found and stretch.start - found[-1].end <= _SAME
        if near and found[-1].kind == stretch.kind:
            found[-1].end = stretch.end
            found[-1].loud += stretch.loud
        else:
            found.append(stretch)
    return found


def _extra(stretch: _Stretch, after: int) -> Extra:
    return Extra(
        start_s=seconds(stretch.start),
        end_s=seconds(stretch.end),
        kind=stretch.kind,
        after=after,
    )
