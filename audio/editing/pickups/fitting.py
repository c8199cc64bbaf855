"""A sentence from another day made to sound like the recording around it.

Its speech is brought to the level of its neighbours and, band by band, near their spectrum. The noise
of its own room is brought down under that of the recording (Ephraim and Malah 1984, whose slow
estimate leaves no chirps), and the recording's own room tone runs under it. Sounds are frames by channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from columncast.audio.align.search.features import Floats

Bins = NDArray[np.float64]

MARGIN_S = 0.05
"""Room tone alone at either end of what is fitted, for the joins."""
_MOST_MATCH_DB = 6.0
_WINDOW_S = 0.025
_GATE_DB = 20.0  # under loud speech, from which it counts for the level
_LOUD = 60  # percentile of the frames of speech over which they tell its spectrum
_UNDER = 0.16  # of the recording's floor: how far that of the pickup is brought down
_LEAST_GAIN = 10 ** (-26 / 20)
_SUBTRACTED = 1.6
_SLOW = 0.96
_FADE_S = 0.02
_LEAST_POWER = 1e-13
_CLIP = 0.99
_SPEECH_HZ = (100.0, 6000.0)
_BANDS_HZ = tuple(125 * 2 ** (k / 3) for k in range(18))
_LEARNED_S = 1.0


@dataclass(frozen=True)
class Voice:
    """What is known of somebody's speech in some stretches of sound."""

    level_db: Floats
    """Of each 10 ms."""
    power: Bins
    """Sum of the spectra of its louder frames."""
    frames: int

    @staticmethod
    def of(sound: Floats, rate: int) -> Voice:
        """Return what *sound* tells of it."""
        spectra = _spectra(sound, rate)
        energy = spectra.sum(1)
        loud = spectra[energy >= np.percentile(energy, _LOUD)] if len(energy) else spectra
        return Voice(_levels(sound, rate), loud.sum(0), len(loud))

    @staticmethod
    def together(voices: Sequence[Voice]) -> Voice:
        """Return what all *voices* tell."""
        return Voice(
            np.concatenate([voice.level_db for voice in voices]),
            np.sum([voice.power for voice in voices], axis=0),
            sum(voice.frames for voice in voices),
        )

    @property
    def speech_db(self) -> float:
        """The mean level of what is within 20 dB of loud speech."""
        return gated_db(self.level_db)

    @property
    def spectrum(self) -> Bins:
        """The mean power in each bin."""
        return self.power / max(1, self.frames)


@dataclass(frozen=True)
class Room:
    """The sound of a room where nobody speaks."""

    power: Bins
    tones: tuple[Floats, ...]
    """Stretches of it."""

    @staticmethod
    def of(quiet: Sequence[Floats], rate: int, channels: int) -> Room:
        """Return the room that is heard in *quiet* stretches."""
        heard = [spectra for one in quiet if len(spectra := _spectra(one, rate))]
        bins = _width(rate) // 2 + 1
        power = np.median(np.concatenate(heard), axis=0) / np.log(2) if heard else np.zeros(bins)
        tones = tuple(one for one in quiet if len(one) > 2 * round(_FADE_S * rate))
        return Room(power, tones or (np.zeros((rate, channels), np.float32),))

    def tone(self, length: int, rate: int) -> Floats:
        """Return *length* frames of it."""
        lap = round(_FADE_S * rate)
        rising = np.sin(np.linspace(0, np.pi / 2, lap, dtype=np.float32))[:, None]
        made = self.tones[0]
        at = 0
        while len(made) < length:
            at += 1
            coming = self.tones[at % len(self.tones)]
            join = made[-lap:] * rising[::-1] + coming[:lap] * rising
            made = np.concatenate([made[:-lap], join, coming[lap:]])
        return made[:length]


@dataclass(frozen=True)
class Fitted:
    """What goes into the recording."""

    sound: Floats
    """With `MARGIN_S` of room tone at either end."""
    level_db: float
    """What was put on its level."""
    floor_db: float
    """How far the noise of its room then lay over that of the recording."""
    spectrum_db: float
    """How far its spectrum still is from its neighbours', on average over third octaves."""


def fit(
    sound: Floats,
    rate: int,
    *,
    own: Voice,
    own_room: Room,
    around: Voice,
    room: Room,
    lead_s: float = 0.0,
    tail_s: float = 0.0,
) -> Fitted:
    """Return *sound* as it would be had it been read with what is *around* it.

    *own* is the voice of all fixes in its file, in *own_room*. There are *lead_s* and *tail_s* seconds more
    of the recording's *room* before and after it.
    """
    match_db = matching_db(
        own.spectrum - own_room.power, around.spectrum - room.power, rate, own.frames
    )
    match = 10 ** (match_db / 20)
    by_match_db = _ratio_db((own.spectrum * match**2).sum(), own.spectrum.sum())
    gain = 10 ** ((around.speech_db - own.speech_db - by_match_db) / 20)
    noise = own_room.power * (gain * match) ** 2
    floor_db = _ratio_db(noise.sum(), room.power.sum())
    cleaned = _cleaned(sound, rate, gain * match, noise, _UNDER * room.power)
    fine_db = around.speech_db - gated_db(_levels(cleaned, rate))
    cleaned = _faded(cleaned * np.float32(10 ** (fine_db / 20)), rate)
    residual = np.minimum(noise, np.maximum(_UNDER * room.power, noise * _LEAST_GAIN**2)).sum()
    share = np.sqrt(max(0.0, 1 - residual / max(room.power.sum(), _LEAST_POWER)))
    before, after = (round((MARGIN_S + more_s) * rate) for more_s in (lead_s, tail_s))
    tone = room.tone(before + len(cleaned) + after, rate)
    gains = np.full((len(tone), 1), share, np.float32)
    lap = round(_FADE_S * rate)
    # Where there is nothing of the other room, this one is heard as it is.
    gains[:before] = 1.0
    gains[before + len(cleaned) :] = 1.0
    gains[before : before + lap, 0] = np.linspace(1, share, lap)
    gains[before + len(cleaned) - lap : before + len(cleaned), 0] = np.linspace(share, 1, lap)
    made = tone * gains
    made[before : before + len(cleaned)] += cleaned
    peak = float(np.abs(made).max(initial=0.0))
    left = Voice.of(cleaned, rate)
    return Fitted(
        made * np.float32(min(1.0, _CLIP / max(peak, _CLIP))),
        20 * float(np.log10(gain)) + fine_db,
        floor_db,
        distance_db(left.spectrum, around.spectrum, rate),
    )


def gated_db(level_db: Floats) -> float:
    """Return the mean level of the cells within 20 dB of the 95th percentile."""
    if not len(level_db):
        return -120.0
    loud = level_db[level_db >= np.percentile(level_db, 95) - _GATE_DB].astype(np.float64)
    return float(10 * np.log10((10 ** (loud / 10)).mean()))


def matching_db(own: Bins, other: Bins, rate: int, frames: int) -> Bins:
    """Return what brings the spectrum *own* near *other*: in third octaves, at most 6 dB.

    What few *frames* tell is taken for less: one sentence has its own vowels.
    """
    floor = 1e-4 * max(own.max(initial=0.0), _LEAST_POWER), 1e-4 * max(other.max(), _LEAST_POWER)
    ratio_db = 10 * np.log10(
        _third_octaves(np.maximum(other, floor[1])) / _third_octaves(np.maximum(own, floor[0]))
    )
    hz = np.arange(len(own)) * rate / _width(rate)
    speech = (hz > _SPEECH_HZ[0]) & (hz < _SPEECH_HZ[1])
    level = np.average(ratio_db[speech], weights=1 / hz[speech])
    learned_s = frames * _hop(rate) / rate
    share = learned_s / (learned_s + _LEARNED_S)
    matched: Bins = np.clip(share * (ratio_db - level), -_MOST_MATCH_DB, _MOST_MATCH_DB)
    return matched


def distance_db(one: Bins, other: Bins, rate: int) -> float:
    """Return how far two spectra differ, on average over third octaves, whatever their level."""
    hz = np.arange(len(one)) * rate / _width(rate)
    apart = []
    for centre in _BANDS_HZ:
        band = (hz >= centre / 2 ** (1 / 6)) & (hz < centre * 2 ** (1 / 6))
        if band.any() and centre * 2 ** (1 / 6) < rate / 2:
            apart.append(_ratio_db(one[band].sum(), other[band].sum()))
    return float(np.abs(np.array(apart) - np.mean(apart)).mean()) if apart else 0.0


def _third_octaves(power: Bins) -> Bins:
    """Return *power* averaged over a third of an octave around each bin."""
    summed = np.concatenate([[0.0], np.cumsum(power)])
    bins = np.arange(len(power))
    low = np.floor(bins / 2 ** (1 / 6)).astype(int)
    high = np.minimum(np.ceil(bins * 2 ** (1 / 6)).astype(int) + 1, len(power))
    averaged: Bins = (summed[high] - summed[low]) / (high - low)
    return averaged


def _cleaned(sound: Floats, rate: int, shape: Bins, noise: Bins, target: Bins) -> Floats:
    """Return *sound* shaped bin by bin, with its *noise* brought down to *target*."""
    width, hop, window = _width(rate), _hop(rate), _window(rate)
    padded = np.pad(sound, ((width, 2 * width), (0, 0)))
    count = 1 + (len(padded) - width) // hop
    least = np.clip(np.sqrt(target / np.maximum(noise, _LEAST_POWER)), _LEAST_GAIN, 1.0)
    subtracted = np.maximum(_SUBTRACTED * noise, _LEAST_POWER)
    made = np.zeros_like(padded)
    known = np.zeros(width // 2 + 1)
    for start in range(0, count * hop, hop):
        bins = np.fft.rfft(padded[start : start + width] * window[:, None], axis=0)
        bins *= shape[:, None]
        over = (np.abs(bins) ** 2).mean(1) / subtracted
        likely = _SLOW * known + (1 - _SLOW) * np.maximum(over - 1, 0)
        gains = np.maximum(likely / (1 + likely), least)
        known = gains**2 * over
        smooth = np.convolve(np.pad(gains, 1, "edge"), [0.25, 0.5, 0.25], "valid")
        back = np.fft.irfft(bins * np.where(least < 1, smooth, 1.0)[:, None], width, axis=0)
        made[start : start + width] += (back * window[:, None]).astype(np.float32)
    return made[width : width + len(sound)] / np.float32(2.0)


def _faded(sound: Floats, rate: int) -> Floats:
    lap = min(round(_FADE_S * rate), len(sound) // 2)
    gains = np.ones((len(sound), 1), np.float32)
    rising = np.sin(np.linspace(0, np.pi / 2, lap, dtype=np.float32))
    gains[:lap, 0], gains[len(sound) - lap :, 0] = rising, rising[::-1]
    return sound * gains


def _levels(sound: Floats, rate: int) -> Floats:
    cell = rate // 100
    power = (sound.astype(np.float64) ** 2).mean(1)
    cells = power[: len(power) // cell * cell].reshape(-1, cell).mean(1)
    levels: Floats = (10 * np.log10(np.maximum(cells, 1e-12))).astype(np.float32)
    return levels


def _spectra(sound: Floats, rate: int) -> Bins:
    """Return the power of each frame in each bin, mean over the channels."""
    width, hop, window = _width(rate), _hop(rate), _window(rate)
    count = 1 + (len(sound) - width) // hop
    if count < 1:
        return np.zeros((0, width // 2 + 1))
    at = np.arange(width) + hop * np.arange(count)[:, None]
    power: Bins = np.mean(
        [np.abs(np.fft.rfft(channel[at] * window)) ** 2 for channel in sound.T], axis=0
    )
    return power


def _width(rate: int) -> int:
    return int(2 ** round(np.log2(_WINDOW_S * rate)))


def _hop(rate: int) -> int:
    return _width(rate) // 4


def _window(rate: int) -> Floats:
    """Return the root of a Hann window: put on twice, a quarter apart, it adds up to 2."""
    width = _width(rate)
    window: Floats = np.sin(np.pi * (np.arange(width) + 0.5) / width).astype(np.float32)
    return window


def _ratio_db(one: float, other: float) -> float:
    return 10 * float(np.log10(max(one, _LEAST_POWER) / max(other, _LEAST_POWER)))
