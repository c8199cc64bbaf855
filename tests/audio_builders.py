"""Sound made for tests: what is measured about it is known before it is measured."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np

from columncast.audio.ffmpeg import process

RATE = 44100


def sine(frequency_hz=1000.0, *, level_dbfs=-20.0, duration_s=3.0, rate=RATE):
    at = np.arange(round(duration_s * rate)) / rate
    return 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * frequency_hz * at)


def speech(duration_s=8.0, *, level_dbfs=-20.0, peaky=1.0, rate=RATE, seed=7):
    """Noise in the rhythm and colour of a voice: syllables, pauses between phrases, peaks."""
    rng = np.random.default_rng(seed)
    count = round(duration_s * rate)
    at = np.arange(count) / rate
    pitch = 110 + 15 * np.sin(2 * np.pi * 0.7 * at)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    voice = sum(np.sin(k * phase + k) / k for k in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 2.1 * at) + 0.4, 0, None) ** 1.5
    phrases = (np.sin(2 * np.pi * at / 3.5) > -0.7).astype(float)
    sound = voice * syllables * phrases + 0.05 * rng.standard_normal(count) * syllables * phrases
    bursts = (rng.random(count) < 2.0 / rate) * peaky
    sound += np.convolve(bursts, np.hanning(64) * np.cos(np.arange(64)), "same") * 4
    sound += 2e-4 * rng.standard_normal(count)
    loudest = np.sqrt(np.mean(sound[syllables * phrases > 0.5] ** 2))
    return sound * 10 ** (level_dbfs / 20) / loudest


def wav(path: Path, samples, *, rate=RATE) -> Path:
    """Write *samples* (frames, or frames by channels, 1.0 is full scale) as 16-bit WAV."""
    samples = np.atleast_2d(samples.T).T
    with wave.open(str(path), "wb") as f:
        f.setnchannels(samples.shape[1])
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def run_ffmpeg(*arguments, data: bytes | None = None) -> bytes:
    done = subprocess.run(
        [process.executable(), "-v", "error", "-y", *map(str, arguments)],
        input=data,
        capture_output=True,
        check=True,
    )
    return done.stdout


def recording(path: Path, samples, *arguments, rate=RATE) -> Path:
    """Write *samples* to *path* by ffmpeg, in the format of its suffix or of *arguments*."""
    samples = np.atleast_2d(samples.T).T
    data = samples.astype("<f4").tobytes()
    source = ["-f", "f32le", "-ar", rate, "-ac", samples.shape[1], "-i", "pipe:0"]
    run_ffmpeg(*source, *arguments, path, data=data)
    return path


def decoded(path: Path, *, rate=RATE, channels=1):
    """Return the sound of *path*, frames by channels, decoded by a plain ffmpeg."""
    data = run_ffmpeg(
        "-i", path, "-f", "f32le", "-ar", rate, "-ac", channels, "pipe:1"
    )  # fmt: skip
    return np.frombuffer(data, "<f4").reshape(-1, channels)


def metered(path: Path):
    """Return (integrated LUFS, true peak dBTP) of *path* by libebur128, not by our own meter."""
    import pyebur128  # noqa: PLC0415 - has no wheel for the newest Pythons

    stereo = b"stereo" in run_stderr(path)
    channels = 2 if stereo else 1
    sound = decoded(path, channels=channels)
    mode = pyebur128.MeasurementMode
    state = pyebur128.R128State(channels, RATE, mode.MODE_I | mode.MODE_TRUE_PEAK)
    state.add_frames(sound.astype("f8").ravel(), len(sound))
    peak = max(pyebur128.get_true_peak(state, channel) for channel in range(channels))
    return pyebur128.get_loudness_global(state), 20 * np.log10(peak)


def run_stderr(path: Path) -> bytes:
    command = [process.executable(), "-hide_banner", "-i", str(path)]
    return subprocess.run(command, capture_output=True, check=False).stderr
