"""The forms in which a narration is published: MP3, AAC and Opus, each encoded by ffmpeg."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

# LAME scales what it encodes at constant bitrates (its preset table: 0.95 up to 160k, 0.97 at
# 192k), 0.45 dB that would be missing from the loudness. Undone exactly, in floats, on the way
# into the encoder.
_LAME_SCALE: Final = {
    **dict.fromkeys(("64k", "80k", "96k", "112k", "128k", "160k"), 0.95),
    "192k": 0.97,
}
_LAME_OVERSHOOT_DB: Final = {
    "64k": 0.8,
    "80k": 0.6,
    "96k": 0.5,
    "112k": 0.5,
    "128k": 0.5,
    "160k": 0.3,
    "192k": 0.2,
}


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way of encoding."""

    name: str
    encoder: str
    options: tuple[str, ...]
    overshoot_db: float | dict[str, float]
    """How far encoding lifts peaks that were limited, by bitrate; measured on speech."""
    scales: dict[str, float] = field(default_factory=dict)
    """What the encoder multiplies the sound by before it begins, by bitrate; else nothing."""
    sample_rate_hz: int | None = None
    """The only rate that it knows; None when it takes 44.1 and 48 kHz."""

    @property
    def codec(self) -> str:
        """What ffmpeg calls its encoder."""
        return self.options[self.options.index("-c:a") + 1]

    def headroom_db(self, bitrate: str) -> float:
        """Return how far under the ceiling to limit, so that encoding does not exceed it."""
        if isinstance(self.overshoot_db, dict):
            return self.overshoot_db[bitrate]
        return self.overshoot_db


# Without these, ffmpeg writes its version and (Ogg) a random serial number; equal sound must be
# equal bytes.
_EXACT: Final = ("-fflags", "+bitexact", "-flags:a", "+bitexact")

FORMS: Final = {
    ".mp3": Form(
        name="mp3",
        encoder="LAME",
        # No tags: they are written by `tags`. The Xing header tells players where the sound
        # begins and ends (gapless) and how long it is.
        options=(
            *("-c:a", "libmp3lame", "-f", "mp3"),
            *("-id3v2_version", "0", "-write_id3v1", "0", "-write_xing", "1"),
        ),
        overshoot_db=_LAME_OVERSHOOT_DB,
        scales=_LAME_SCALE,
    ),
    ".m4a": Form(
        name="m4a",
        encoder="AAC-LC (ffmpeg)",
        # The index in front, so that a player can start before it has the whole file.
        options=("-c:a", "aac", "-f", "ipod", "-movflags", "+faststart", *_EXACT),
        overshoot_db=1.0,
    ),
    ".opus": Form(
        name="opus",
        encoder="Opus (libopus)",
        options=("-c:a", "libopus", "-f", "opus", *_EXACT),
        overshoot_db=1.0,
        sample_rate_hz=48000,
    ),
}
