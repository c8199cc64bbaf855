"""How long published files last, by decoding them; remembered by the hash of their bytes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from columncast.audio.ffmpeg import process
from columncast.episodes.disk import files

_RATE_HZ = 8000
"""Enough to count by; each frame is an eighth of a millisecond."""


class Durations:
    """Decoded durations in seconds, kept in one JSON file that may be deleted at any time."""

    def __init__(self, cache: Path) -> None:
        """Load what *cache* (a file that need not exist) knows."""
        self._cache = cache
        self._known: dict[str, float] = {}
        with suppress(OSError, msgspec.DecodeError):  # nothing known, or not ours to read
            self._known = msgspec.json.decode(cache.read_bytes(), type=dict[str, float])

    def of(self, audio: Path, sha256: str) -> float:
        """Return how long *audio* lasts, whose bytes have the hash *sha256*.

        Raises:
            RecordingError: It cannot be decoded.
        """
        if files.sha256(audio) != sha256:
            return decoded_s(audio)
        if sha256 not in self._known:
            self._known[sha256] = decoded_s(audio)
        return self._known[sha256]

    def save(self) -> None:
        """Keep what is known."""
        files.write(self._cache, msgspec.json.encode(self._known, order="sorted"))


def decoded_s(audio: Path) -> float:
    """Return how long *audio* lasts when it is decoded from beginning to end, in seconds.

    Raises:
        RecordingError: It cannot be decoded.
    """
    length = sum(
        len(pcm)
        for pcm in process.decode(audio, sample_rate_hz=_RATE_HZ, channels=1, sample_format="s16le")
    )
    return length / process.SAMPLE_BYTES["s16le"] / _RATE_HZ
