"""Encoding, with the encoder's own output metered while it is written.

One ffmpeg encodes and, in other threads, decodes what it has just encoded (a loopback decoder)
and meters that: on a second core the check costs no time, and what is checked is what listeners
get. An ffmpeg without loopback decoders meters the file when it is done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from columncast.audio import ffmpeg, meter, voice
from columncast.audio.hearing import Hearing
from columncast.audio.survey import survey

# LAME scales what it encodes at constant bitrates (its preset table: 0.95 up to 160k, 0.97 at
# 192k), 0.45 dB that would be missing from the loudness. Undone exactly, in floats, on the way
# into the encoder.
_LOOP_FRAMES: Final = 1 << 13
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


@dataclass(frozen=True, kw_only=True)
class Track:
    """One stream to encode: 32-bit PCM, and where it goes."""

    blocks: Iterable[bytes | memoryview]
    output: Path
    hearing: Hearing
    frames: int
    """How long it is."""
    voice: Path | None = None
    """Where the encoded sound goes as `voice` has it; MP3 only."""


def encode(
    tracks: Sequence[Track],
    *,
    form: Form,
    sample_rate_hz: int,
    channels: int,
    bitrate: str,
    scale: float,
) -> None:
    """Encode *tracks*, all at the same time; each one's hearing then has heard the encoded sound.

    *scale* is what the samples are multiplied by first: the headroom, taken off in floats. More
    than one track asks for `ffmpeg.MORE_PIPES` and `ffmpeg.can_loop_back`. All are encoded by one
    program: it weighs 30 MB, a further track three.

    Raises:
        FolderError: The disk is full.
        FfmpegError: ffmpeg failed or was killed.
    """
    if form.name == "mp3":
        scale /= _LAME_SCALE.get(bitrate, _LAME_SCALE_BELOW)
    rate = form.sample_rate_hz or sample_rate_hz
    chain = f"aformat=sample_fmts=flt,volume={scale:.9f}:precision=float"
    if rate != sample_rate_hz:
        chain += f",{ffmpeg.resampled(rate)}"
    heard = ffmpeg.can_loop_back()
    command, outputs, loops = ["-v", "error", "-y"], [], []
    pipes: list[ffmpeg.Pipe] = []
    for at, track in enumerate(tracks):
        fed, pcm = "pipe:0", "pipe:1"
        if at:
            more = [
                ffmpeg.Pipe(feeds=True, work=_feeder(track.blocks)),
                ffmpeg.Pipe(feeds=False, work=track.hearing.listen),
            ]
            pipes += more
            fed, pcm = (pipe.url for pipe in more)
        command += ["-f", "s32le", "-ar", f"{sample_rate_hz}", "-ac", f"{channels}", "-i", fed]
        outputs += ["-af", chain, "-map", f"{at}:a", *form.options, "-b:a", bitrate]
        outputs += [f"file:{track.output}"]
        if heard:
            filters, more = meter.tapped(track.hearing.readings)
            pipes += more
            loops += _loop(at, track, metering=filters, pcm=pcm)
    first = tracks[0]
    _fed(
        [*command, *outputs, *loops],
        first.blocks,
        first.output,
        reader=first.hearing.listen if heard else None,
        on_line=first.hearing.readings.take,
        pipes=pipes,
    )
    if not heard:
        chain = "aformat=sample_fmts=fltp"
        seen = survey(first.output, chain=chain, sample_rate_hz=rate, channels=channels)
        first.hearing.readings = seen.readings


def _loop(at: int, track: Track, *, metering: str, pcm: str) -> list[str]:
    """Return what decodes output *at* while it is encoded, for all who listen to it."""
    # Large pieces are fewer turns between threads; timestamps that stand still keep ffmpeg from
    # making the tracks wait for each other.
    easy = f"asetnsamples=n={_LOOP_FRAMES}:p=0,asetpts=0"
    voices = f"[v{at}]" if track.voice else ""
    graph = f"[dec:{at}]asplit={2 + bool(voices)}[p{at}][m{at}]{voices};"
    graph += f"[m{at}]{metering},anullsink;[p{at}]{easy}[pcm{at}]"
    outputs = ["-map", f"[pcm{at}]", "-f", "f32le", pcm]
    if track.voice:
        graph += f";[v{at}]{voice.filters(track.frames)},{easy}[voice{at}]"
        outputs += ["-map", f"[voice{at}]", "-f", "s16le", f"file:{track.voice}"]
    return ["-dec", f"{at}:0", "-filter_complex", graph, *outputs]


def _feeder(blocks: Iterable[bytes | memoryview]) -> ffmpeg.Reader:
    return lambda pipe: pipe.writelines(blocks)


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
    pipes: Sequence[ffmpeg.Pipe] = (),
) -> None:
    """Run ffmpeg with *blocks* on its stdin; what *on_line* does not take is a complaint."""
    tail: deque[str] = deque(maxlen=20)

    def hear(line: str) -> None:
        if not on_line(line):
            tail.append(line)

    run = ffmpeg.running(command, where=output, feed=True, on_line=hear, reader=reader, pipes=pipes)
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
