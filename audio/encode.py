"""Encoding, with the encoder's own output metered while it is written.

One ffmpeg encodes and, in other threads, decodes what it has just encoded (a loopback decoder)
and meters that: on a second core the check costs no time, and what is checked is what listeners
get.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from columncast.audio import ffmpeg, meter
from columncast.audio.meter import Readings

# LAME scales what it encodes at constant bitrates (its preset table: 0.95 up to 160k, 0.97 at
# 192k), 0.45 dB that would be missing from the loudness. Undone exactly, in floats, on the way
# into the encoder.
_LAME_SCALE: Final = {"192k": 0.97}
_LAME_SCALE_BELOW: Final = 0.95
_LAME_OVERSHOOT_DB: Final = {
    "64k": 1.4,
    "80k": 0.8,
    "96k": 0.8,
    "112k": 0.8,
    "128k": 0.7,
    "160k": 0.4,
    "192k": 0.2,
}


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way of encoding."""

    name: str
    suffix: str
    mime_type: str
    codec: tuple[str, ...]
    container: tuple[str, ...]
    encoder: str
    overshoot_db: dict[str, float]
    """By bitrate: how far encoding lifts peaks that were limited, measured on speech."""


FORMS: Final = {
    ".mp3": Form(
        name="mp3",
        suffix=".mp3",
        mime_type="audio/mpeg",
        codec=("-c:a", "libmp3lame"),
        # No tags: they are written by `tags`. The Xing header tells players where the sound
        # begins and ends (gapless) and how long it is.
        container=("-f", "mp3", "-id3v2_version", "0", "-write_id3v1", "0", "-write_xing", "1"),
        encoder="LAME",
        overshoot_db=_LAME_OVERSHOOT_DB,
    ),
}


def encode(
    blocks: Iterable[bytes],
    output: Path,
    *,
    form: Form,
    sample_rate_hz: int,
    channels: int,
    bitrate: str,
    scale: float,
) -> Readings:
    """Encode 32-bit PCM to *output* and return what a meter reads on the encoded sound.

    *scale* is what the samples are multiplied by first: the headroom, taken off in floats.

    Raises:
        FolderError: The disk is full.
        FfmpegError: ffmpeg failed or was killed.
    """
    readings = Readings()
    tail: deque[str] = deque(maxlen=20)
    if form.name == "mp3":
        scale /= _LAME_SCALE.get(bitrate, _LAME_SCALE_BELOW)
    command = ["-v", "error", "-y"]
    command += ["-f", "s32le", "-ar", f"{sample_rate_hz}", "-ac", f"{channels}", "-i", "pipe:0"]
    command += ["-af", f"aformat=sample_fmts=flt,volume={scale:.9f}:precision=float"]
    command += ["-map", "0:a", *form.codec, "-b:a", bitrate, *form.container, f"file:{output}"]
    command += ["-dec", "0:0", "-filter_complex", f"[dec:0]{meter.filters(peak=True, to=1)}[m]"]
    command += ["-map", "[m]", "-f", "null", "-"]
    run = ffmpeg.running(
        command, where=output, feed=True, on_line=tail.append, on_output=readings.take
    )
    try:
        with run as process:
            if process.stdin:
                process.stdin.writelines(blocks)
                process.stdin.close()
            failed = process.wait() != 0
    except BrokenPipeError:  # it went away while it was fed; it has said why
        failed = True
    if failed:
        raise ffmpeg.failed(tail, output)
    return readings
