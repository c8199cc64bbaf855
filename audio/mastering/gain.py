"""Which gain brings a recording to its target, with what the limiter takes away foreseen.

All of it is arithmetic over a `Survey`: the limiter is played through on cells of 6 ms, so that
the first encode lands where it should. What is left is found by metering the encoded file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from columncast.audio.loudness.arithmetic import READINGS_PER_S, integrated_lufs
from columncast.audio.loudness.first_pass import CELL_FRAMES, Survey, decibels_by_piece
from columncast.audio.mastering.limiter import RELEASE_DB_PER_S

MOST_LOST_LU: Final = 2.0
"""A limiter that takes away more loudness than this is heard as distortion."""
_BETWEEN_DB: Final = 0.15  # how far the true peak of speech is over its highest sample, about


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A gain, and where it will land."""

    gain_db: float
    integrated_lufs: float
    """Before the encoder."""
    lost_lu: float
    """What the limiter takes away."""


def plan(survey: Survey, *, target_lufs: float, ceiling_dbtp: float, sample_rate_hz: int) -> Plan:
    """Return the gain that lands at *target_lufs*, or as near as the limiter may bring it."""
    loudness = survey.readings.integrated_lufs

    def landing(gain_db: float) -> Plan:
        after = _limited_lufs(survey, gain_db, ceiling_dbtp, sample_rate_hz)
        return Plan(
            gain_db=gain_db, integrated_lufs=after, lost_lu=max(loudness + gain_db - after, 0.0)
        )

    low = high = target_lufs - loudness  # a limiter only ever takes away
    best = landing(low)
    if best.integrated_lufs > target_lufs - 0.005:
        return best
    high = low + MOST_LOST_LU + 1.0
    for _ in range(12):  # to a thousandth of a decibel
        middle = (low + high) / 2
        best = landing(middle)
        if best.integrated_lufs > target_lufs or best.lost_lu > MOST_LOST_LU:
            high = middle
        else:
            low = middle
    if best.lost_lu <= MOST_LOST_LU:
        return best
    low = ceiling_dbtp - 60.0  # the target itself is out of reach: come near it
    for _ in range(16):
        middle = (low + high) / 2
        best = landing(middle)
        low, high = (low, middle) if best.lost_lu > MOST_LOST_LU else (middle, high)
    return best


def _limited_lufs(
    survey: Survey, gain_db: float, ceiling_dbtp: float, sample_rate_hz: int
) -> float:
    momentary = np.asarray(survey.readings.momentary, dtype=np.float64) + gain_db
    lift = gain_db + _BETWEEN_DB - ceiling_dbtp
    highest_db = survey.readings.true_peak_dbtp - _BETWEEN_DB
    if highest_db + lift <= 0:
        return integrated_lufs(momentary)
    before = np.zeros(len(momentary))
    after = np.zeros(len(momentary))
    last = 0.0
    peaks, levels = decibels_by_piece(survey.cell_peaks), decibels_by_piece(survey.cell_levels)
    for (start, peaks_db), (_, levels_db) in zip(peaks, levels, strict=True):
        over = peaks_db + lift
        dip = _dips(over, last, RELEASE_DB_PER_S * CELL_FRAMES / sample_rate_hz)
        last = float(dip[-1])
        power = 10 ** (levels_db / 10)
        at = (np.arange(start, start + len(dip)) * CELL_FRAMES * READINGS_PER_S) // sample_rate_hz
        at = at.clip(0, len(momentary) - 1)
        np.add.at(before, at, power)
        np.add.at(after, at, power * 10 ** (-dip / 10))
    window = np.ones(4)  # a momentary reading is the mean of the last four tenths
    share = np.convolve(after, window)[: len(momentary)]
    share /= np.maximum(np.convolve(before, window)[: len(momentary)], 1e-30)
    return integrated_lufs(momentary + 10 * np.log10(np.clip(share, 1e-6, 1.0)))


def _dips(over: NDArray[np.float64], last: float, fall_db: float) -> NDArray[np.float64]:
    """Return the limiter's dip in each cell: at once before a peak, slowly after it."""
    if last <= 0 and over.max() <= 0:
        return np.zeros(len(over))
    fall = fall_db * np.arange(1, len(over) + 1)
    held = np.concatenate(([last], np.maximum(over, 0) + fall))
    dip: NDArray[np.float64] = np.maximum(np.maximum.accumulate(held)[1:] - fall, 0)
    dip[:-1] = np.maximum(dip[:-1], dip[1:] / 2)
    return dip
