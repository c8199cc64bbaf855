"""What every decision is made on: the recording, and what it is searched with."""

from __future__ import annotations

from dataclasses import dataclass

from columncast.audio.align.search.acoustics import AcousticModel
from columncast.audio.align.search.features import Mask, Spectra


@dataclass(frozen=True)
class Ground:
    """The recording, and what it is searched with."""

    spectra: Spectra
    voiced: Mask
    model: AcousticModel
