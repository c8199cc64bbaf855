"""Encoding, with the encoder's own output metered while it is written.

One ffmpeg encodes and, in other threads, decodes what it has just encoded (a loopback decoder)
and meters that: on a second core the check costs no time, and what is checked is what listeners
get. An ffmpeg without loopback decoders meters the file when it is done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np

from columncast.audio import ffmpeg, meter
from columncast.audio.meter import Readings
from columncast.audio.survey import survey
from columncast.audio.truepeak import PeakMeter

# LAME scales what it encodes at constant bitrates (its preset table: 0.95 up to 160k, 0.97 at
# 192k), 0.45 dB that would be missing from the loudness. Undone exactly, in floats, on the way
# into the encoder.
_BLOCK_FRAMES: Final = 1 << 15
_LAME_SCALE: Final = {"192k": 0.97}
_LAME_SCALE_BELOW: Final = 0.95
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
    mime_type: str
    encoder: str
    options: tuple[str, ...]
    overshoot_db: float | dict[str, float]
    """How far encoding lifts peaks that were limited, by bitrate; measured on speech."""
    sample_rate_hz: int | None = None
    """The only rate that it knows; None when it takes 44.1 and 48 kHz."""

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
        mime_type="audio/mpeg",
        encoder="LAME",
        # No tags: they are written by `tags`. The Xing header tells players where the sound
        # begins and ends (gapless) and how long it is.
        options=(
            *("-c:a", "libmp3lame", "-f", "mp3"),
            *("-id3v2_version", "0", "-write_id3v1", "0", "-write_xing", "1"),
        ),
        overshoot_db=_LAME_OVERSHOOT_DB,
    ),
    ".m4a": Form(
        name="m4a",
        mime_type="audio/mp4",
        encoder="AAC-LC (ffmpeg)",
        # The index in front, so that a player can start before it has the whole file.
        options=("-c:a", "aac", "-f", "ipod", "-movflags", "+faststart", *_EXACT),
        overshoot_db=1.0,
    ),
    ".opus": Form(
        name="opus",
        mime_type="audio/ogg",
        encoder="Opus (libopus)",
        options=("-c:a", "libopus", "-f", "opus", *_EXACT),
        overshoot_db=1.0,
        sample_rate_hz=48000,
    ),
}


def encode(
    blocks: Iterable[bytes | memoryview],
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
    if form.name == "mp3":
        scale /= _LAME_SCALE.get(bitrate, _LAME_SCALE_BELOW)
    command = ["-v", "error", "-y"]
    command += ["-f", "s32le", "-ar", f"{sample_rate_hz}", "-ac", f"{channels}", "-i", "pipe:0"]
    chain = f"aformat=sample_fmts=flt,volume={scale:.9f}:precision=float"
    if form.sample_rate_hz not in (None, sample_rate_hz):
        chain += f",{ffmpeg.resampled(form.sample_rate_hz)}"
    command += ["-af", chain]
    command += ["-map", "0:a", *form.options, "-b:a", bitrate, f"file:{output}"]
    rate = form.sample_rate_hz or sample_rate_hz
    if not ffmpeg.can_loop_back():
        _fed(command, blocks, output)
        chain = "aformat=sample_fmts=fltp"
        return survey(output, chain=chain, sample_rate_hz=rate, channels=channels).readings
    readings = Readings()
    true_peak = PeakMeter(channels)

    def read_pcm(pipe: IO[bytes]) -> None:
        while pcm := pipe.read(_BLOCK_FRAMES * channels * 4):
            true_peak.push(np.frombuffer(pcm, dtype="<f4").reshape(-1, channels))
        true_peak.finish()

    graph = f"[dec:0]asplit[pcm][m];[m]{meter.filters(to=2)},anullsink"
    command += ["-dec", "0:0", "-filter_complex", graph]
    command += ["-map", "[pcm]", "-f", "f32le", "pipe:1"]
    _fed(command, blocks, output, reader=read_pcm, on_line=readings.take)
    readings.true_peak = true_peak.highest
    return readings


def write_flac(
    blocks: Iterable[bytes | memoryview], output: Path, *, sample_rate_hz: int, channels: int
) -> None:
    """Write 32-bit PCM to *output* as 24-bit FLAC: a work file, so quick rather than small.

    Raises:
        FolderError: The disk is full.
        FfmpegError: ffmpeg failed or was killed.
    """
    command = ["-v", "error", "-y"]
    command += ["-f", "s32le", "-ar", f"{sample_rate_hz}", "-ac", f"{channels}", "-i", "pipe:0"]
    command += ["-c:a", "flac", "-sample_fmt", "s32", "-compression_level", "0", f"file:{output}"]
    _fed(command, blocks, output)


def _fed(
    command: list[str],
    blocks: Iterable[bytes | memoryview],
    output: Path,
    *,
    reader: ffmpeg.Reader | None = None,
    on_line: Callable[[str], bool] = lambda _: False,
) -> None:
    """Run ffmpeg with *blocks* on its stdin; what *on_line* does not take is a complaint."""
    tail: deque[str] = deque(maxlen=20)

    def hear(line: str) -> None:
        if not on_line(line):
            tail.append(line)

    run = ffmpeg.running(command, where=output, feed=True, on_line=hear, reader=reader)
    try:
        with run as process:
            if process.stdin:
                process.stdin.writelines(blocks)
                process.stdin.close()
            failed = process.wait() != 0
    except BrokenPipeError:  # it went away while it was fed; it has said why
        failed = True
    finally:
        close = getattr(blocks, "close", None)
        if close:  # a generator holds the program that decodes for it
            close()
    if failed:
        raise ffmpeg.failed(tail, output)
