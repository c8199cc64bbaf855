"""The sounds of another language, heard by the English acoustic model.

Each sound of the language is a set of English states that come near it. What the recording makes of
them is added up, 10 ms by 10 ms, and shared out among all sounds of the language: then the best of
them stands out as clearly as an English one does in English. No training, and no other model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from columncast.audio.align.languages.book import sounds
from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Floats

_NOISES = ("+NSN+", "+SPN+")
_LEAST = np.float32(-60)


@dataclass(frozen=True)
class MappedModel:
    """The sounds of a language, and silence."""

    phones: tuple[str, ...]
    english: AcousticModel
    mixture: Floats
    """For each English state: how much it counts for each state of ours, and for noises at the end."""

    def state(self, phone: str) -> int:
        """Return the first of the three states of *phone*."""
        return 3 * self.phones.index(phone)

    def log_posteriors(self, features: Floats) -> Floats:
        """Return the log posterior of each state in each frame of *features*."""
        english = np.exp(np.maximum(self.english.log_posteriors(features), _LEAST))
        shared = english @ self.mixture
        shared /= shared.sum(1, keepdims=True)
        ours: Floats = np.log(np.maximum(shared[:, : 3 * len(self.phones)], np.float32(1e-12)))
        return ours


def mapped(english: AcousticModel, inventory: Sequence[str]) -> MappedModel:
    """Return the sounds of *inventory*, names in `languages/sounds.toml`, as *english* hears them."""
    known = sounds()
    columns: list[Floats] = []
    for name in inventory:
        for third in known[name]:
            states = [english.state(s[:-1]) + int(s[-1]) for s in third.split()]
            # A sound with many likenesses would else be as unlikely as the mean of them.
            columns.append(_column(english, states, 1 / np.sqrt(len(states))))
    for name in ("SIL", *_NOISES):
        columns += [_column(english, [english.state(name) + k], 1.0) for k in range(3)]
    return MappedModel((*inventory, "SIL"), english, np.stack(columns, axis=1))


def _column(english: AcousticModel, states: Sequence[int], weight: float) -> Floats:
    column = np.zeros(3 * len(english.phones), np.float32)
    column[list(states)] = weight
    return column
