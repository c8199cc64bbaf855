"""Where somebody speaks: phrases and the pauses between them, read off levels.

From it follow where a recording may be trimmed, and how much nearer its phrases can be brought to
each other. A gain changes only in pauses, never within a phrase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from columncast.audio.loudness.first_pass import CELL_FRAMES, Survey, decibels_by_piece
from columncast.episodes.model.episode import Silence

_STEP_S: Final = 0.05
_UNDER_VOICE_DB: Final = 30.0  # the softest consonant that belongs to a word, under its voice
_OVER_NOISE_DB: Final = 8.0
_PAUSE_S: Final = 0.3  # shorter silences are within a word, or its stop consonants
_WORD_S: Final = 0.1  # shorter sounds are clicks
_SILENCE_S: Final = 1.0  # shorter ones are how somebody reads
_SILENCES: Final = 5
_PHRASE_S: Final = 1.0  # shorter ones are levelled with their neighbour: one word is no phrase


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A stretch of speech."""

    start_s: float
    end_s: float
    level_db: float
    """Of its louder parts, in dBFS."""


def phrases(survey: Survey, *, sample_rate_hz: int) -> list[Phrase]:
    """Return the phrases of a recording, in order; at least one when it is not silent."""
    levels = _steps(survey.cell_levels, sample_rate_hz)
    if not levels.size:
        return []
    heard = levels[levels > -90]
    if not heard.size:
        return []
    voice_db = _mean_db(heard[heard >= np.percentile(heard, 50)])
    noise_db = float(np.percentile(heard, 5))
    floor_db = max(voice_db - _UNDER_VOICE_DB, min(noise_db + _OVER_NOISE_DB, voice_db - 12))
    spans = _joined(_runs(levels > floor_db), _PAUSE_S)
    spans = [(a, b) for a, b in spans if (b - a) * _STEP_S >= _WORD_S]
    return [
        Phrase(start_s=a * _STEP_S, end_s=b * _STEP_S, level_db=_loud_db(levels[a:b], floor_db))
        for a, b in spans
    ]


def silences(survey: Survey, *, sample_rate_hz: int) -> tuple[Silence, ...]:
    """Return the longest stretches without speech, longest first; to about 50 ms.

    At most five, of at least a second; before the first phrase and after the last one, too.
    """
    spoken = phrases(survey, sample_rate_hz=sample_rate_hz)
    starts = [0.0, *(phrase.end_s for phrase in spoken)]
    ends = [*(phrase.start_s for phrase in spoken), survey.frames / sample_rate_hz]
    found = [
        Silence(start_s=round(start, 2), duration_s=round(end - start, 2))
        for start, end in zip(starts, ends, strict=True)
        if end - start >= _SILENCE_S
    ]
    return tuple(sorted(found, key=lambda s: (-s.duration_s, s.start_s))[:_SILENCES])


def levelling(
    found: list[Phrase], *, most_db: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the times in seconds and the gains in dB between which the gain moves in a line.

    Every phrase keeps one gain from its start to its end.
    """
    grouped = _grouped(found)
    if not grouped:
        return np.zeros(1), np.zeros(1)
    lengths = np.array([phrase.end_s - phrase.start_s for phrase in grouped])
    powers = 10 ** (np.array([phrase.level_db for phrase in grouped]) / 10)
    aim_db = 10 * np.log10(np.average(powers, weights=lengths))
    gains = np.clip(aim_db - 10 * np.log10(powers), -most_db, most_db)
    times = np.array([(phrase.start_s, phrase.end_s) for phrase in grouped]).ravel()
    return times, np.repeat(gains, 2)


def _grouped(found: list[Phrase]) -> list[Phrase]:
    grouped: list[Phrase] = []
    for phrase in found:
        last = grouped[-1] if grouped else None
        short = phrase.end_s - phrase.start_s < _PHRASE_S
        if last and (short or last.end_s - last.start_s < _PHRASE_S):
            grouped[-1] = Phrase(
                start_s=last.start_s,
                end_s=phrase.end_s,
                level_db=max(last.level_db, phrase.level_db),
            )
        else:
            grouped.append(phrase)
    return grouped


def _steps(cells: bytes, sample_rate_hz: int) -> NDArray[np.float64]:
    """Return levels in steps of 50 ms."""
    if not cells:
        return np.zeros(0)
    steps = int((len(cells) - 1) * CELL_FRAMES / sample_rate_hz // _STEP_S) + 1
    count, total = np.zeros(steps), np.zeros(steps)
    for start, levels_db in decibels_by_piece(cells):
        at = (np.arange(len(levels_db)) + start) * CELL_FRAMES / sample_rate_hz // _STEP_S
        np.add.at(count, at.astype(np.intp), 1)
        np.add.at(total, at.astype(np.intp), 10 ** (levels_db / 10))
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(total / np.maximum(count, 1), 1e-12))
    return levels


def _runs(loud: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _joined(spans: list[tuple[int, int]], pause_s: float) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and (start - joined[-1][1]) * _STEP_S < pause_s:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _loud_db(levels: NDArray[np.float64], floor_db: float) -> float:
    return _mean_db(levels[levels > floor_db])


def _mean_db(levels: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(10 ** (levels / 10))))
