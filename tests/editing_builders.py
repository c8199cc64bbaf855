"""Takes put together anew from the sentences of tests/data/align, a synthesiser's.

Each sentence lies apart in it, so that every piece of a take has a time. The noise of a room lies under
all of it.
"""

import json
import wave
from functools import cache
from pathlib import Path

import numpy as np

from columncast.audio.ffmpeg.process import decode

DATA = Path(__file__).parent / "data" / "align"
RATE = 16_000


@cache
def sentences():
    """What each sentence sounds like, its words, and some speech that is none of them."""
    truth = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))
    sound = np.frombuffer(
        b"".join(decode(DATA / "audio.opus", sample_rate_hz=RATE, channels=1)), "<i2"
    )
    told = {
        s["idx"]: (s["text"], _between(sound, s["start"], s["end"]))
        for s in truth["sentences"]
        if s["status"] == "read"
    }
    aside = next(e for e in truth["extras"] if e["kind"] == "adlib")
    return told | {"aside": ("", _between(sound, aside["start"], aside["end"]))}


def _between(sound, start_s, end_s):
    return sound[round(start_s * RATE) : round(end_s * RATE)] / 32768


def writer(said, folder):
    """What writes a take: sentences by their number, parts of them, pauses in seconds."""

    def write(*parts, name="take.wav", gain=1.0, noise=3e-4):
        rng = np.random.default_rng(3)
        sounds, times = [], []
        for part in parts:
            times.append(len(np.concatenate([np.zeros(0), *sounds])) / RATE)
            if isinstance(part, float):
                sounds.append(np.zeros(round(part * RATE)))
            elif isinstance(part, tuple):
                number, start_s, end_s = part
                sounds.append(said[number][1][round(start_s * RATE) : round(end_s * RATE)])
            else:
                sounds.append(said[part][1])
        sound = gain * np.concatenate(sounds)
        sound = sound + noise * rng.standard_normal(len(sound))
        path = folder / name
        save(sound, path)
        return path, times

    return write


def save(sound, path, rate=RATE):
    """Write mono *sound* as a WAV of 16 bits."""
    with wave.open(str(path), "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(np.rint(32767 * np.clip(sound, -1, 1)).astype("<i2").tobytes())
