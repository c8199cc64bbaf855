"""Cepstra of speech, as the acoustic model was trained on them.

The front end of CMU Sphinx (feat.params of the model: 25 mel bands from 130 to 6800 Hz, cosine
transform, lifter 22, cepstra with first and second differences), computed in two steps: band
energies once for the whole recording, and from them cepstra window by window, so that a noise
floor or a level that changes during a recording is followed. Frames are 10 ms apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from columncast.audio.ffmpeg.speech_pcm import SAMPLE_RATE_HZ

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

FRAMES_PER_S = 100
_STEP = SAMPLE_RATE_HZ // FRAMES_PER_S
_WIDTH = 410
_FFT = 512
_BANDS = 25
_CEPSTRA = 13
_LIFTER = 22
_PRE_EMPHASIS = 0.97
_DITHER = 1.3  # what half a bit of white noise leaves in each band; keeps digital silence finite
_EMPTY_DB = 40.0  # half of what one bit of noise makes: digital silence, also through an MP3
_GATE_STEP = 5 * FRAMES_PER_S
_GATE_AROUND = 30 * FRAMES_PER_S
_SOUND, _SPEECH = 0.25, 0.3  # of the way from pauses to loud speech, that counts as either
_USUAL_SPREAD = np.array(  # of the model's cepstra where somebody speaks
    [9.5, 18.3, 14.0, 18.9, 18.0, 14.8, 16.0, 15.2, 14.5, 14.7, 13.2, 12.4, 11.7], np.float32
)
_ADAPTED = 0.6  # of the way, in the logarithm
_FLOOR = 0.2  # how much of a band is kept where the noise floor takes it all


@dataclass(frozen=True)
class Spectra:
    """What is kept of a recording: 28 numbers for each 10 ms, whatever its length."""

    bands: Floats
    """Mel band energies, one row a frame."""
    level_db: Floats
    """Energy of each frame, on the scale of 16-bit samples."""

    @property
    def frames(self) -> int:
        """The recording's length in frames."""
        return len(self.level_db)


def spectra(blocks: Iterable[Floats]) -> Spectra:
    """Return the spectra of a mono recording at 16 kHz, given as blocks of samples of 16-bit scale."""
    filters, window = _filters(), np.hamming(_WIDTH).astype(np.float32)
    bands, levels = [], []
    kept, last = np.empty(0, np.float32), np.float32(0)
    for block in blocks:
        if not len(block):
            continue
        flat = np.append(block[:1] - _PRE_EMPHASIS * last, block[1:] - _PRE_EMPHASIS * block[:-1])
        last = block[-1]
        samples = np.concatenate([kept, flat.astype(np.float32)])
        whole = max(0, 1 + (len(samples) - _WIDTH) // _STEP)
        kept = samples[whole * _STEP :]
        for a in range(0, whole, 4000):
            at = np.arange(_WIDTH) + _STEP * np.arange(a, min(whole, a + 4000))[:, None]
            power = np.abs(np.fft.rfft(samples[at] * window, _FFT)).astype(np.float32) ** 2
            bands.append(power @ filters + np.float32(_DITHER))
            levels.append(10 * np.log10(power.sum(1) + 1))
    if not bands:
        return Spectra(np.empty((0, _BANDS), np.float32), np.empty(0, np.float32))
    return Spectra(np.concatenate(bands), np.concatenate(levels).astype(np.float32))


def seconds(frame: float) -> float:
    """Return the time at which *frame* begins to count, to a hundredth.

    A frame tells of the middle of its window, which is wider than the step from one to the next.

    >>> seconds(0), seconds(250)
    (0.01, 2.51)
    """
    return round((frame * _STEP + (_WIDTH - _STEP) / 2) / SAMPLE_RATE_HZ, 2)


def sounding(sound: Spectra) -> Mask:
    """Return for each frame whether it is above the pauses around it."""
    n = sound.frames
    centres = range(0, max(n, 1), _GATE_STEP)
    loud, gates = np.empty(n, np.float32), []
    for centre in centres:
        a, b = max(0, centre - _GATE_AROUND), min(n, centre + _GATE_AROUND)
        around = _loudness_db(np.log(_denoised(sound.bands[a:b], sound.level_db[a:b])))
        here = slice(centre, centre + _GATE_STEP)
        loud[here] = around[centre - a : centre - a + _GATE_STEP]
        gates.append(_gate_db(around[_recorded(sound.level_db[a:b])], _SOUND))
    gate = np.interp(np.arange(n), np.array(centres), gates)
    heard = (loud > gate) & _recorded(sound.level_db)
    steady: Mask = np.convolve(heard, np.ones(5) / 5, "same") > 0.5
    return steady


def below_1_khz_db(sound: Spectra) -> Floats:
    """Return how much of each frame lies where voices have their pitch and first formant."""
    deep = _denoised(sound.bands, sound.level_db)[:, _edges_hz()[1:-1] < 1000].sum(1)
    low: Floats = 10 * np.log10(np.maximum(deep, np.float32(_DITHER)))
    return low


def _recorded(level_db: Floats) -> Mask:
    """Return for each frame whether a microphone made it.

    What an editor or a noise gate put there is no pause in the room: measured by it, breaths and
    the noise of the room beside it would be speech.
    """
    return level_db > _EMPTY_DB


def _loudness_db(cleaned: Floats) -> Floats:
    """Return how loud each frame is, all bands alike.

    Without the noise a soft sound in quiet bands stands out; in the power of the whole it drowns.
    """
    loud: Floats = cleaned.mean(1) * np.float32(10 / np.log(10))
    return loud


def _gate_db(loud_db: Floats, share: float) -> float:
    """Return the level that is *share* of the way from pauses to loud speech."""
    low, high = np.percentile(loud_db, [10, 95]) if len(loud_db) else (0, 0)
    return float(low + share * (high - low))


def cepstra(sound: Spectra, start: int, end: int, context: int) -> Floats:
    """Return 39 numbers for each frame from *start* to *end*.

    The noise floor, the mean and the spread are taken from *context* frames on either side as
    well, so that a short window is judged by its surroundings. Noise narrows the spread of
    cepstra, and some voices are more marked than those that the model knows; both are brought a
    part of the way to what it was trained on.
    """
    a, b = max(0, start - context), min(sound.frames, end + context)
    bands, level = sound.bands[a:b], sound.level_db[a:b]
    cleaned = np.log(_denoised(bands, level))
    static = cleaned @ _transform()
    loud = _loudness_db(cleaned)
    speech = _recorded(level) & (loud > _gate_db(loud[_recorded(level)], _SPEECH))
    if speech.any():
        static = static - static[speech].mean(0)
        narrower = _USUAL_SPREAD / np.maximum(static[speech].std(0), 1)
        static *= np.clip(narrower, 0.5, 3.0) ** _ADAPTED
    around = np.pad(static, ((3, 3), (0, 0)), "edge")
    n = len(static)
    at = {k: around[3 + k : 3 + k + n] for k in (-3, -2, -1, 1, 2, 3)}
    first, second = at[2] - at[-2], (at[3] - at[-1]) - (at[1] - at[-3])
    joined = np.concatenate([static, first, second], axis=1).astype(np.float32)
    kept: Floats = joined[start - a : end - a]
    return kept


def _denoised(bands: Floats, level_db: Floats) -> Floats:
    """Subtract the noise floor of each band, softly (Boll 1979); digital silence is not a floor."""
    real = _recorded(level_db)
    if not real.any():
        return bands
    quiet = real & (level_db <= np.percentile(level_db[real], 10))
    floor = bands[quiet].mean(0)
    cleaned: Floats = np.maximum(bands - floor, np.float32(_FLOOR) * bands)
    return cleaned


def _edges_hz() -> NDArray[np.float64]:
    low, high = _mel(130.0), _mel(6800.0)
    edges: NDArray[np.float64] = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    return edges


def _filters() -> Floats:
    hz = _edges_hz()
    hz = np.round(hz * _FFT / SAMPLE_RATE_HZ) * SAMPLE_RATE_HZ / _FFT
    bins = (np.arange(_FFT // 2 + 1) * SAMPLE_RATE_HZ / _FFT)[:, None]
    rising = (bins - hz[:-2]) / (hz[1:-1] - hz[:-2])
    falling = (hz[2:] - bins) / (hz[2:] - hz[1:-1])
    shape = np.maximum(0, np.minimum(rising, falling)) * 2 / (hz[2:] - hz[:-2])
    return shape.astype(np.float32)


def _mel(hz: float) -> float:
    return float(2595 * np.log10(1 + hz / 700))


def _transform() -> Floats:
    k, n = np.arange(_CEPSTRA)[:, None], np.arange(_BANDS) + 0.5
    cosines = np.cos(np.pi * k * n / _BANDS) * np.sqrt(2 / _BANDS)
    cosines[0] /= np.sqrt(2)
    lifter = 1 + _LIFTER / 2 * np.sin(np.arange(_CEPSTRA) * np.pi / _LIFTER)
    liftered: Floats = (cosines * lifter[:, None]).T.astype(np.float32)
    return liftered
