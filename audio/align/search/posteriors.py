"""What the acoustic model makes of a recording, block by block, on the other core.

numpy lets go of the interpreter in the long parts, so threads are enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import FRAMES_PER_S, Floats, Spectra, cepstra

BLOCK = 25 * FRAMES_PER_S
CONTEXT = 60 * FRAMES_PER_S
"""What noise and level are judged by on either side of a block, in frames."""
_BLOCKS_AHEAD = 8


class Posteriors:
    """The log posteriors of a recording, worked out ahead of where they are asked for.

    Blocks that lie behind are forgotten, except those *kept*.
    """

    def __init__(self, sound: Spectra, model: AcousticModel, pool: ThreadPoolExecutor) -> None:
        self.sound, self.model = sound, model
        self.kept: Collection[int] = ()
        self._pool = pool
        self._blocks: dict[int, Future[Floats]] = {}

    @property
    def frames(self) -> int:
        """The length of the recording."""
        return self.sound.frames

    @property
    def blocks(self) -> int:
        """How many blocks it has; the last one may be shorter than the others."""
        return -(-self.sound.frames // BLOCK)

    def between(self, start: int, end: int) -> Floats:
        """Return the log posteriors from frame *start* to *end*, and go on with what follows."""
        first, last = start // BLOCK, (end - 1) // BLOCK
        for number in range(first, min(last + 1 + _BLOCKS_AHEAD, self.blocks)):
            self._ask_for(number)
        needless = [n for n in self._blocks if n < first and n not in self.kept]
        for number in needless:
            del self._blocks[number]
        joined = np.concatenate([self.block(n) for n in range(first, last + 1)])
        return joined[start - first * BLOCK : end - first * BLOCK]

    def block(self, number: int) -> Floats:
        """Return the log posteriors of one block."""
        self._ask_for(number)
        return self._blocks[number].result()

    def _ask_for(self, number: int) -> None:
        if number not in self._blocks:
            self._blocks[number] = self._pool.submit(self._work_out, number)

    def _work_out(self, number: int) -> Floats:
        start = number * BLOCK
        end = min(start + BLOCK, self.sound.frames)
        return self.model.log_posteriors(cepstra(self.sound, start, end, CONTEXT))


@contextmanager
def posteriors(sound: Spectra, model: AcousticModel) -> Iterator[Posteriors]:
    """Give the log posteriors of *sound* for as long as they are needed."""
    with ThreadPoolExecutor(2) as pool:
        yield Posteriors(sound, model, pool)
