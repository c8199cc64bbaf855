"""Loudness as arithmetic: what the 100 ms readings of a meter say about a whole recording.

Levels follow ITU-R BS.1770-5: integrated loudness in LUFS by 400 ms blocks that overlap by 75 %,
gated at -70 LUFS and at 10 LU under the mean. Loudness range in LU follows EBU Tech 3342 (3 s
windows, gated at -70 LUFS and 20 LU under the mean, 10th to 95th percentile). Nothing here reads
audio; see `meter`. A linear gain moves every reading by itself, so a level after gain needs no
second measurement.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from columncast.episodes.model.limits import MONO_OFFSET_LU

SILENT_LUFS = -70.0
"""The absolute gate: a recording that never rises above it has no loudness."""
READINGS_PER_S = 10
"""Momentary and short-term loudness are read every 100 ms (EBU Tech 3341)."""

_BLOCK = 4  # 400 ms
_WINDOW = 30  # 3 s


def integrated_lufs(momentary: ArrayLike) -> float:
    """Return the integrated loudness of momentary readings; -inf when all of it is silence.

    The first three readings are left out: their 400 ms began before the recording did.

    >>> integrated_lufs([-120, -120, -120, -23, -23, -23, -23])
    -23.0
    >>> integrated_lufs([-120] * 10)
    -inf
    """
    blocks = np.asarray(momentary, dtype=np.float64)[_BLOCK - 1 :]
    loud = _power(blocks[blocks > SILENT_LUFS])
    if not loud.size:
        return -math.inf
    gated = loud[loud > loud.mean() / 10]
    return round(10 * math.log10(float(gated.mean())), 4)


def range_lu(short_term: ArrayLike) -> float:
    """Return the loudness range of short-term readings; 0.0 for less than 3 s of sound.

    >>> range_lu([-120] * 29 + [-20] * 100 + [-30] * 100)
    10.0
    """
    windows = np.asarray(short_term, dtype=np.float64)[_WINDOW - 1 :]
    heard = windows[windows > SILENT_LUFS]
    if not heard.size:
        return 0.0
    gated = np.sort(heard[heard > 10 * math.log10(float(_power(heard).mean())) - 20])
    # Tech 3342 counts the nearest rank; interpolating would blur a two-level signal.
    low, high = (gated[round((gated.size - 1) * share)] for share in (0.10, 0.95))
    return round(float(high - low), 4)


def each_second(short_term: Sequence[float] | NDArray[np.float64]) -> tuple[float, ...]:
    """Return one short-term reading a second, to 0.1 LU, for a picture.

    The first window that lies wholly within the recording ends at 3 s; before it, and for
    silence, the value is the gate. A meter may read NaN in the midst of digital silence.

    >>> each_second([-20.0] * 10 + [float("nan")] * 10)
    (-20.0, -70.0)
    """
    readings = np.asarray(short_term, dtype=np.float64)[READINGS_PER_S - 1 :: READINGS_PER_S]
    return tuple(float(f"{np.fmax(value, SILENT_LUFS):.1f}") for value in readings)


def meter_target_lufs(as_heard_lufs: float, channels: int) -> float:
    """Return what a meter should read on the file for it to be heard at *as_heard_lufs*.

    >>> meter_target_lufs(-16, channels=1), meter_target_lufs(-16, channels=2)
    (-19.0, -16.0)
    """
    return as_heard_lufs - (MONO_OFFSET_LU if channels == 1 else 0.0)


def amplitude(db: float) -> float:
    """Return the factor that *db* decibels are.

    >>> round(amplitude(-6.0206), 4)
    0.5
    """
    return float(10 ** (db / 20))


def decibels(factor: float) -> float:
    """Return the decibels of a factor; -inf for zero.

    >>> round(decibels(0.5), 2)
    -6.02
    """
    return 20 * math.log10(factor) if factor > 0 else -math.inf


def _power(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    power: NDArray[np.float64] = 10 ** (levels / 10)
    return power
