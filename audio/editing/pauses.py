"""Where a recording can be cut: its pauses, read off levels of 10 ms.

A cell is 10 ms. Quiet is what lies near the floor of its surroundings; a breath, the decay of a
word and a soft first sound are not quiet, so that no cut takes any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from columncast.audio.align.search.features import Floats, Mask

CELLS_PER_S = 100
_AROUND = 45 * CELLS_PER_S
_EVERY = 10 * CELLS_PER_S
_SILENT_DB = -85.0  # what no microphone made: an editor's or a gate's silence
_OVER_FLOOR_DB = 6.0
_SHARE = 0.22  # of the way from the floor to loud speech, up to which it is quiet,
_SOFT_SHARE = 0.42  # up to which a sound is soft: a breath, the end of a decay,
_LOUD_SHARE = 0.65  # and from which it is as loud as speech
_LEAST = 12
_TONE_LEAST, _TONE_MOST = 20, 150  # cells of quiet that make room tone
_TONE_IN = 3  # from its ends inwards
_CLOSURE, _BURST, _PAUSE = 12, 22, 15  # cells: of a stop, and of the pause behind a word


@dataclass(frozen=True)
class Pauses:
    """Quiet and sound in a recording, cell by cell."""

    level_db: Floats
    floor_db: Floats
    range_db: Floats
    """From the floor to loud speech."""
    quiet: Mask

    @property
    def cells(self) -> int:
        """The length of the recording."""
        return len(self.level_db)

    def levels(self) -> bytes:
        """Return how loud it is: from 0 to 100 dB over -100 dBFS, for each five cells."""
        whole = self.level_db[: self.cells // 5 * 5].reshape(-1, 5).max(1)
        levels: bytes = np.clip(np.rint(whole + 100), 0, 100).astype(np.uint8).tobytes()
        return levels

    def outward(self, cell: int, step: int, most: int) -> int | None:
        """Return the first cell of quiet from *cell* on, in the direction *step*.

        Where there is none within *most* cells, the softest place, if it is no more than soft;
        else None.
        """
        for far in range(most):
            at = cell + step * far
            if not 0 <= at < self.cells:
                return max(0, min(at, self.cells - 1))
            if self.quiet[max(0, at - 1) : at + 2].all():
                return at
        near = [cell + step * far for far in range(max(most, _LEAST))]
        near = [at for at in near if 2 <= at < self.cells - 2]
        if not near:
            return None
        softest = min(near, key=self._loudest_around)
        soft = self.floor_db[softest] + _SOFT_SHARE * self.range_db[softest]
        return softest if self._loudest_around(softest) < soft else None

    def _loudest_around(self, cell: int) -> float:
        return float(self.level_db[max(0, cell - 1) : cell + 2].max())

    def run(self, cell: int, step: int) -> int:
        """Return the first cell in the direction *step* that is not quiet, from *cell* on."""
        while 0 <= cell < self.cells and self.quiet[cell]:
            cell += step
        return cell

    def with_stop(self, cell: int, step: int) -> int:
        """Return where a word ends (or with a *step* of -1 begins) that seems to do so at *cell*.

        Within a word it is quiet, too: before the burst of a stop, as in “March”. A short sound so
        close to the word, with a pause behind it, is the rest of it.
        """
        sound = self.run(cell, step)
        if not 0 <= sound < self.cells or abs(sound - cell) > _CLOSURE:
            return cell
        end = sound
        while 0 <= end < self.cells and not self.quiet[end]:
            end += step
        alone = abs(self.run(end, step) - end) >= _PAUSE
        return end + step if alone and abs(end - sound) <= _BURST else cell

    def with_breath(self, cell: int, least: int) -> int:
        """Return where the breath begins that ends shortly before *cell*; *cell* if there is none.

        It lies after the cell *least*.
        """
        end = cell
        while end > max(least, cell - 25) and self.quiet[end - 1]:
            end -= 1
        start = end
        while start > max(least, end - 70) and not self.quiet[start - 1] and self.soft(start - 1):
            start -= 1
        apart = start - 4 > least and self.quiet[start - 4 : start].all()
        return start - 3 if apart and end - start >= _LEAST else cell

    def soft(self, cell: int) -> bool:
        """Whether it is no louder there than a breath."""
        return bool(self.level_db[cell] < self.floor_db[cell] + _SOFT_SHARE * self.range_db[cell])

    def clean(self, start: int, end: int) -> bool:
        """Whether nothing sounds between two cells."""
        return end <= start or bool(self.quiet[start:end].mean() > 0.97)

    def sounding(self, start: int, end: int) -> int:
        """Return for how many cells something sounds."""
        return int((~self.quiet[start:end]).sum())

    def as_loud_as_speech(self, start: int, end: int) -> bool:
        """Whether something between two cells is too loud to be a breath."""
        over = self.level_db[start:end] - self.floor_db[start:end]
        return bool((over > _LOUD_SHARE * self.range_db[start:end]).any())

    def stretches(self, least: int) -> list[tuple[int, int]]:
        """Return the stretches of quiet of *least* cells and more, in order."""
        edges = np.flatnonzero(np.diff(np.concatenate(([0], self.quiet.astype(np.int8), [0]))))
        return [(int(a), int(b)) for a, b in edges.reshape(-1, 2) if b - a >= least]


def pauses_of(level_db: Floats) -> Pauses:
    """Return the pauses of a recording, by its level in dBFS in each cell."""
    count = len(level_db)
    centres = np.arange(0, max(count, 1), _EVERY)
    floors, ranges = [], []
    for centre in centres:
        near = level_db[max(0, centre - _AROUND) : centre + _AROUND]
        real = near[near > _SILENT_DB]
        low, high = np.percentile(real, [8, 95]) if len(real) else (_SILENT_DB, 0.0)
        floors.append(low)
        ranges.append(max(high - low, 1.0))
    cells = np.arange(count)
    floor_db = np.interp(cells, centres, floors).astype(np.float32)
    range_db = np.interp(cells, centres, ranges).astype(np.float32)
    gate = floor_db + np.maximum(_OVER_FLOOR_DB, _SHARE * range_db)
    below = (level_db < gate).astype(np.float32)
    steady: Mask = np.convolve(below, np.ones(5, np.float32), "same") >= 4
    return Pauses(level_db, floor_db, range_db, steady)


def room_tone(pauses: Pauses) -> tuple[float, float]:
    """Return from where to where a recording's own room tone is heard, in seconds; else 0.0 twice."""
    found = sorted(pauses.stretches(_TONE_LEAST), key=lambda s: s[0] - min(s[1], s[0] + _TONE_MOST))
    if not found:
        return 0.0, 0.0
    start, end = found[0][0] + _TONE_IN, min(found[0][1], found[0][0] + _TONE_MOST) - _TONE_IN
    return start / CELLS_PER_S, end / CELLS_PER_S
