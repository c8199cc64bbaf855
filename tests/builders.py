"""Material for tests, made on the spot: nothing is downloaded, every level is known."""

from __future__ import annotations

import functools
import io
import wave
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

RATE_HZ = 44_100
DATE = "2026-01-05T06:00Z"

COLUMN = """\
The Long Wall: What the Masons Left

March 9, 1911

Listen to the audio narration of the column above!

The wall was never finished, and nobody in the valley could say who had asked for it.

Every spring the masons came back, added a yard, and were paid in cheese.
"""


def speech_like(duration_s: float, *, level_dbfs: float = -26.0, seed: int = 1) -> np.ndarray:
    """Return mono samples with the loudness pattern of reading: syllables, phrases, pauses."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(duration_s * RATE_HZ)) / RATE_HZ
    voice = sum(np.sin(2 * np.pi * 130 * k * t) / k for k in range(1, 12))
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * t)
    phrases = (t % 2.4 < 1.9).astype(float)
    x = voice * syllables * phrases + rng.normal(0, 0.002, len(t))
    return x / np.sqrt(np.mean(x**2)) * 10 ** (level_dbfs / 20)


def write_wav(path: Path, samples: np.ndarray, *, rate_hz: int = RATE_HZ) -> Path:
    """Write mono or (n, 2) samples of -1..1 as 16-bit WAV."""
    pcm = (np.clip(samples, -1, 1) * 32767).round().astype("<i2")
    with wave.open(str(path), "wb") as f:
        f.setnchannels(1 if pcm.ndim == 1 else pcm.shape[1])
        f.setsampwidth(2)
        f.setframerate(rate_hz)
        f.writeframes(pcm.tobytes())
    return path


@functools.cache
def plain_cover() -> bytes:
    """Return a cover that is as small as directories accept, and of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (1400, 1400), "teal").save(out, "JPEG")
    return out.getvalue()


def files_of(root: Path) -> dict[str, bytes]:
    """Return every file below *root* with its bytes, caches and the lock apart."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".columncast" not in path.relative_to(root).parts
    }


@functools.cache
def packed_zeros(megabytes: int, start: bytes = b"") -> bytes:
    """Return a zlib stream of *start* and so many MB of zeros, packed a thousandfold."""
    zeros = bytes(1 << 20)
    packer = zlib.compressobj(9)
    data = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    # Packed once, since what follows a full flush is packed the same each time.
    data += (packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)) * megabytes
    total = zlib.adler32(start)
    for _ in range(megabytes):
        total = zlib.adler32(zeros, total)
    return data + b"\x03\0" + total.to_bytes(4)  # an empty last block, and the sum
