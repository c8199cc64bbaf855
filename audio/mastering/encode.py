"""From the recording to the encoded file, which is metered while it is written.

One ffmpeg decodes the recording, encodes what was made of it here and, in other threads, decodes
what it has just encoded (a loopback decoder) and meters that: on a second core the check costs no
time, and what is checked is what listeners get. It weighs 30 MB, so a second one is started only
where one cannot do all of it (see `process.at_once`); an ffmpeg without loopback decoders meters
the file when it is done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from columncast.audio.ffmpeg import process as ffmpeg_process
from columncast.audio.ffmpeg import speech_pcm
from columncast.audio.ffmpeg.messages import writing_failed
from columncast.audio.loudness import meter
from columncast.audio.loudness.first_pass import survey
from columncast.audio.loudness.monitor import Hearing
from columncast.audio.mastering import pcm as mastering_pcm
from columncast.audio.mastering.codecs import Form
from columncast.audio.mastering.limiter import HOP

_LOOP_FRAMES: Final = 1 << 13  # large pieces are fewer turns between threads
_VOICE_FRAMES: Final = 1 << 11


@dataclass(frozen=True, kw_only=True)
class Track:
    """One stream on its way from the recording to an encoded file."""

    recording: Path
    graph: str
    """From a track such as `[0:a:0]` to `[pcm]`, 32-bit, at the pace of `process.at_own_pace`."""
    decoded: int
    """The frames that come out of it; exactly so many."""
    work: Callable[[Iterator[bytes]], Iterable[bytes | memoryview]]
    """What is made of them before they are encoded."""
    output: Path
    hearing: Hearing
    frames: int
    """How long the encoded sound is."""
    speech_pcm: Path | None = None
    """Where the encoded sound goes as `speech_pcm` has it; MP3 only."""


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
    than one track asks for `process.at_once`.

    Raises:
        RecordingError: Nothing of the recording can be decoded.
        FolderError: The disk is full.
        FfmpegError: ffmpeg failed or was killed.
    """
    rate = form.sample_rate_hz or sample_rate_hz
    volume = scale / form.scales.get(bitrate, 1.0)
    chain = f"aformat=sample_fmts=flt,volume={volume:.9f}:precision=float"
    if rate != sample_rate_hz:
        chain += f",{ffmpeg_process.resampled(rate)}"
    raw = ["-f", "s32le", "-ar", f"{sample_rate_hz}", "-ac", f"{channels}", "-i"]
    first, heard = tracks[0], ffmpeg_process.can_loop_back()
    program = _Program()
    with ExitStack() as apart:
        for track in tracks:
            if ffmpeg_process.at_once():
                pcm = program.decode(track, channels)
            else:
                pcm = apart.enter_context(closing(_decoded(track, sample_rate_hz, channels)))
            blocks = track.work(pcm)
            if track is first:
                own, fed, out = blocks, "pipe:0", "pipe:1"
            else:
                fed = program.pipe(feeds=True, work=_feeder(blocks)).url
                out = program.pipe(feeds=False, work=track.hearing.listen).url
            at = program.takes([*raw, fed])
            file = program.gives(
                # Nothing of the recording's own words goes along.
                ["-map", f"{at}:a", "-map_metadata", "-1", "-map_chapters", "-1", "-af", chain],
                [*form.options, "-b:a", bitrate, f"file:{track.output}"],
            )
            if heard:
                program.hear(track, file, pcm=out)
        _fed(
            program.arguments,
            own,
            first.output,
            reader=first.hearing.listen if heard else None,
            on_line=first.hearing.readings.take,
            pipes=program.pipes,
        )
    if not heard:
        chain = "aformat=sample_fmts=fltp"
        seen = survey(first.output, chain=chain, sample_rate_hz=rate, channels=channels)
        first.hearing.readings = seen.readings


@dataclass
class _Program:
    """The one ffmpeg for all tracks, as it is put together: what goes in, and what comes out."""

    inputs: list[list[str]] = field(default_factory=list)
    outputs: list[list[str]] = field(default_factory=list)
    pipes: list[ffmpeg_process.Pipe] = field(default_factory=list)

    @property
    def arguments(self) -> list[str]:
        # What cannot be decoded was told when the recording was looked at.
        words = [["-v", "error", "-y", "-max_error_rate", "1"], *self.inputs, *self.outputs]
        return [word for part in words for word in part]

    def takes(self, words: list[str]) -> int:
        """Add an input; return which one it is."""
        self.inputs.append(words)
        return len(self.inputs) - 1

    def gives(self, *parts: list[str]) -> int:
        """Add an output; return which one it is."""
        self.outputs.append([word for part in parts for word in part])
        return len(self.outputs) - 1

    def pipe(
        self, *, feeds: bool, work: ffmpeg_process.Reader | None = None
    ) -> ffmpeg_process.Pipe:
        self.pipes.append(ffmpeg_process.Pipe(feeds=feeds, work=work))
        return self.pipes[-1]

    def decode(self, track: Track, channels: int) -> Iterator[bytes]:
        """Return what comes of the recording of *track*."""
        at, pipe = self.takes(ffmpeg_process.source(track.recording)), self.pipe(feeds=False)
        graph = track.graph.replace("[0:a:", f"[{at}:a:").replace("[pcm]", f"[in{at}]")
        few = ["-thread_queue_size", "1"]  # pieces that wait are memory
        self.gives(["-filter_complex", graph, "-map", f"[in{at}]", *few, "-f", "s32le", pipe.url])
        return _pieces(pipe.ours, track.decoded, channels)

    def hear(self, track: Track, file: int, *, pcm: str) -> None:
        """Decode output *file* while it is encoded, for all who listen to it."""
        metering, pipes = meter.tapped(track.hearing.readings)
        self.pipes += pipes
        voices = f"[v{file}]" if track.speech_pcm else ""
        pace = ffmpeg_process.at_own_pace(_LOOP_FRAMES)
        graph = f"[dec:{self._decoders}]asplit={2 + bool(voices)}[p{file}][m{file}]{voices};"
        graph += f"[m{file}]{metering},anullsink;[p{file}]{pace}[pcm{file}]"
        if track.speech_pcm:
            pace = ffmpeg_process.at_own_pace(_VOICE_FRAMES)
            graph += f";[v{file}]{speech_pcm.filters(track.frames)},{pace}[voice{file}]"
        self.gives(
            ["-dec", f"{file}:0", "-filter_complex", graph],
            ["-map", f"[pcm{file}]", "-f", "f32le", pcm],
        )
        if track.speech_pcm:
            self.gives(["-map", f"[voice{file}]", "-f", "s16le", f"file:{track.speech_pcm}"])

    @property
    def _decoders(self) -> int:
        return sum("-dec" in output for output in self.outputs)


def _decoded(track: Track, sample_rate_hz: int, channels: int) -> Generator[bytes, None, None]:
    """Return what comes of the recording of *track*, decoded by a program of its own."""
    return ffmpeg_process.decode(
        track.recording,
        sample_rate_hz=sample_rate_hz,
        channels=channels,
        sample_format="s32le",
        block_frames=HOP,
        filters=track.graph,
    )


def _pieces(pipe: IO[bytes], frames: int, channels: int) -> Iterator[bytes]:
    """Yield so many *frames* from a *pipe* that stays open after them."""
    frame_bytes = channels * mastering_pcm.SAMPLE_BYTES
    left = frames * frame_bytes
    while left and (piece := pipe.read(min(HOP * frame_bytes, left))):
        left -= len(piece)
        yield piece


def _feeder(blocks: Iterable[bytes | memoryview]) -> ffmpeg_process.Reader:
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


def write_recording(
    blocks: Iterable[bytes | memoryview],
    output: Path,
    *,
    sample_rate_hz: int,
    channels: int,
    codec: str,
) -> None:
    """Write 32-bit float PCM to *output* as what *codec* of ffmpeg makes of it, a WAV or a FLAC.

    Raises:
        FolderError: The disk is full.
        FfmpegError: ffmpeg failed or was killed.
    """
    command = ["-v", "error", "-y"]
    command += ["-f", "f32le", "-ar", f"{sample_rate_hz}", "-ac", f"{channels}", "-i", "pipe:0"]
    command += ["-fflags", "+bitexact", "-c:a", codec]
    command += ["-sample_fmt", "s32"] if codec == "flac" else ["-rf64", "auto"]
    _fed([*command, f"file:{output}"], blocks, output)


def _fed(
    command: list[str],
    blocks: Iterable[bytes | memoryview],
    output: Path,
    *,
    reader: ffmpeg_process.Reader | None = None,
    on_line: Callable[[str], bool] = lambda _: False,
    pipes: Sequence[ffmpeg_process.Pipe] = (),
) -> None:
    """Run ffmpeg with *blocks* on its stdin; what *on_line* does not take is a complaint."""
    tail: deque[str] = deque(maxlen=20)

    def hear(line: str) -> None:
        if not on_line(line):
            tail.append(line)

    run = ffmpeg_process.running(
        command, where=output, feed=True, on_line=hear, reader=reader, pipes=pipes
    )
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
        raise writing_failed(tail, output)
