"""The door to ffmpeg: a program is started here, watched, and ended with everything it holds.

ffmpeg comes as a wheel (imageio-ffmpeg), so nothing has to be on PATH. What it complains about
becomes one sentence; an exception, Ctrl-C or a full disk never leaves a process behind.
"""

from __future__ import annotations

import functools
import io
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Literal

import imageio_ffmpeg

from columncast.audio.ffmpeg.messages import (
    NO_AUDIO,
    FfmpegError,
    has_failed,
    sentence,
    writing_failed,
)
from columncast.audio.ffmpeg.standstill import STILL_S, End, Program, Watch
from columncast.episodes.errors import ColumncastError, RecordingError
from columncast.episodes.model.containers import MP4, container_of, what_else
from columncast.episodes.waiting import interrupt

SampleFormat = Literal["s16le", "s32le", "f32le"]
Listener = Callable[[str], object]
"""Is called with each line that a program says."""
Reader = Callable[[IO[bytes]], None]
"""Reads a pipe to its end, or writes all that goes into it."""
MORE_PIPES: Final = os.name == "posix"
"""Whether a program can be given more pipes than stdin, stdout and stderr."""
LAYOUTS = {1: "mono", 2: "stereo"}
SAMPLE_BYTES: dict[SampleFormat, int] = {"s16le": 2, "s32le": 4, "f32le": 4}
_MOST_PIXELS: Final = 40_000_000
"""Of a picture in a recording, which ffmpeg unpacks to look at it: one frame of an 8K film."""
_GROUP: Final = 0 if os.name == "posix" else None
"""One of its own: Ctrl-C comes to us alone, and what a script in ffmpeg's place starts ends with it."""
_BOUNDS: Final = ("-protocol_whitelist", "file", "-max_pixels", f"{_MOST_PIXELS}")


@dataclass
class Pipe:
    """One more pipe to a program that is started by `running` (where `MORE_PIPES`).

    *work* reads or feeds it, in a thread of its own; without it, whoever starts the program does.
    """

    feeds: bool
    """It goes to the program, not from it."""
    work: Reader | None = None
    end: End = field(init=False)
    ours: IO[bytes] = field(init=False)
    theirs: int = field(init=False)

    def __post_init__(self) -> None:
        read, write = os.pipe()
        self.theirs = read if self.feeds else write
        self.end, self.ours = _buffered(write, "wb") if self.feeds else _buffered(read, "rb")

    @property
    def url(self) -> str:
        """What ffmpeg calls it."""
        return f"pipe:{self.theirs}"


@functools.cache
def executable() -> str:
    """Return the ffmpeg that the wheel brought, or the one that IMAGEIO_FFMPEG_EXE names.

    Raises:
        FfmpegError: There is none for this machine.
    """
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as e:
        raise FfmpegError(
            "no ffmpeg for this machine; install ffmpeg, or set IMAGEIO_FFMPEG_EXE to its path"
        ) from e


@functools.cache
def version() -> str:
    """Return the version of ffmpeg, such as '7.1' or '9.0.2-static'.

    >>> "." in version()
    True
    """
    first = _asked("-version").stdout.decode("utf-8", "replace")
    return first.split()[2] if len(first.split()) > 2 else "unknown"


def missing_encoders(names: Iterable[str]) -> list[str]:
    """Return those of *names* (as ffmpeg spells encoders) that this ffmpeg does not have."""
    listed = _asked("-hide_banner", "-encoders").stdout.decode("utf-8", "replace")
    known = {line.split()[1] for line in listed.splitlines() if len(line.split()) > 1}
    return [name for name in names if name not in known]


@functools.cache
def can_loop_back() -> bool:
    """Return whether this ffmpeg can decode its own output while it encodes (7.1 and later)."""
    said = _asked("-hide_banner", "-v", "error", "-dec", "0:0").stderr
    return b"Unrecognized option" not in said


def _asked(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Return what ffmpeg says about itself."""
    command = [executable(), *arguments]
    try:
        return subprocess.run(  # noqa: S603 - our own ffmpeg, fixed arguments
            command, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=STILL_S
        )
    except subprocess.TimeoutExpired as e:
        raise FfmpegError(f"{command[0]} does not answer; set IMAGEIO_FFMPEG_EXE to another") from e


def at_once() -> bool:
    """Return whether one program can decode, encode, and decode again what it has encoded."""
    return MORE_PIPES and can_loop_back()


def source(recording: Path) -> list[str]:
    """Return the arguments that name *recording* as an input, whatever its name looks like.

    ffmpeg may use the one reader for the container that its bytes show (`containers`): a playlist
    or a list of files is never read, so no other file of this machine is opened. `file:` keeps
    ffmpeg from reading a protocol or an option into the name, and neither the network nor another
    file that an MP4 refers to is within its reach.

    Raises:
        RecordingError: It is missing, empty, or no recording.
    """
    container = _container(recording)
    reader = ["-f", container, "-format_whitelist", container]
    if container == MP4:
        reader += ["-enable_drefs", "0", "-use_absolute_path", "0"]
    return [*_BOUNDS, *reader, "-i", f"file:{recording}"]


def own_text(notes: Path) -> list[str]:
    """Return the arguments that name *notes*, metadata that we wrote, as an input."""
    reader = ["-f", "ffmetadata", "-format_whitelist", "ffmetadata"]
    return [*_BOUNDS, *reader, "-i", f"file:{notes}"]


def _container(recording: Path) -> str:
    if recording.is_dir():
        raise RecordingError("is a folder, not a recording", where=recording)
    try:
        container = container_of(recording)
        other = "" if container else what_else(recording)
        empty = not container and not recording.stat().st_size
    except FileNotFoundError as e:
        raise RecordingError("no such file", where=recording) from e
    except OSError as e:
        raise RecordingError(f"cannot be read: {e.strerror}", where=recording) from e
    if empty:
        raise RecordingError("is empty (0 bytes); copy or export it again", where=recording)
    if other:
        raise RecordingError(
            f"is {other}; export the sound of the recording and use that", where=recording
        )
    if not container:
        raise RecordingError(sentence([NO_AUDIO]), where=recording)
    return container


@contextmanager
def running(
    arguments: list[str],
    *,
    where: Path,
    on_line: Listener,
    reader: Reader | None = None,
    feed: bool = False,
    pipes: Sequence[Pipe] = (),
) -> Iterator[Program]:
    """Run ffmpeg with *arguments* while the block lasts; its stdout (and stdin) are pipes.

    Every line of its stderr goes to *on_line*, and its stdout is read by *reader* when that is
    given, in threads of their own, as the work of further *pipes* is done. Leaving the block
    waits for ffmpeg to end; leaving it by an exception kills ffmpeg first. One that gets nowhere
    is killed, too (see `standstill`).

    Raises:
        FfmpegError: It cannot be started, something killed it, or it stood still.
        FolderError: It stood still because the disk is full.
        RecordingError: It computed without end on what it reads.
    """
    process = _start(arguments, feed=feed, where=where, pipes=pipes)
    troubles: list[Exception] = []
    said: deque[str] = deque(maxlen=20)
    files = [Path(word.removeprefix("file:")) for word in arguments if word.startswith("file:")]
    watch = Watch(process, files)

    def hear(line: str) -> None:
        said.append(line)
        watch.failed = watch.failed or has_failed(line)
        on_line(line)

    heard = [(process.stderr, lines(hear)), (process.stdout, reader)]
    heard += [(pipe.ours, pipe.work) for pipe in pipes]
    listeners = [
        threading.Thread(target=_listen, args=(pipe, work, troubles), daemon=True)
        for pipe, work in heard
        if pipe and work
    ]
    for listener in listeners:
        listener.start()
    with watch:
        try:
            yield process
        except BaseException as e:
            process.kill()
            if watch.found and isinstance(e, Exception):
                raise _stood_still(watch, said, where, feed=feed) from e
            raise
        finally:
            _close([process.stdin])
            _close(pipe for pipe, work in heard if not work)
            for listener in listeners:
                listener.join()
            _close(pipe for pipe, _ in heard)
            process.wait()
    if watch.found:
        raise _stood_still(watch, said, where, feed=feed)
    if troubles:
        raise troubles[0]
    if process.returncode < 0:
        raise FfmpegError(
            f"ffmpeg was stopped from outside (signal {-process.returncode}); run again",
            where=where,
        )


def _start(arguments: list[str], *, feed: bool, where: Path, pipes: Sequence[Pipe]) -> Program:
    try:
        process = Program(
            [executable(), "-hide_banner", "-nostdin", "-nostats", *arguments],
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=[pipe.theirs for pipe in pipes],
            process_group=_GROUP,
        )
    except OSError as e:
        for pipe in pipes:
            pipe.ours.close()
        raise FfmpegError(f"ffmpeg cannot be started: {e.strerror}", where=where) from e
    finally:
        for pipe in pipes:
            os.close(pipe.theirs)
    interrupt.programs.add(process)
    process.ends = [pipe.end for pipe in pipes]
    for name in ("stdin", "stdout", "stderr"):
        if raw := getattr(process, name):
            end, ours = _buffered(os.dup(raw.fileno()), "wb" if name == "stdin" else "rb")
            raw.close()
            setattr(process, name, ours)
            process.ends.append(end)
    for end in process.ends:
        _widen(end)
    return process


def _buffered(descriptor: int, mode: Literal["rb", "wb"]) -> tuple[End, IO[bytes]]:
    end = End(descriptor, mode)
    return end, io.BufferedReader(end) if mode == "rb" else io.BufferedWriter(end)


def _stood_still(watch: Watch, said: deque[str], where: Path, *, feed: bool) -> ColumncastError:
    if watch.failed:
        return writing_failed(said, where)
    if watch.found == "fruitless" and not feed:
        return RecordingError(
            "ffmpeg gets nowhere with it; export it as WAV or FLAC, and use that", where=where
        )
    return FfmpegError("ffmpeg stood still and was stopped; run again", where=where)


def _close(pipes: Iterable[IO[bytes] | None]) -> None:
    for pipe in pipes:
        if pipe:
            with suppress(OSError):  # it died with bytes of ours still unsent
                pipe.close()


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a megabyte where the system can do that: fewer turns between programs."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - not on every system

        with suppress(OSError):  # the user's limit; the usual 64 KiB work as well
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def lines(on_line: Listener) -> Reader:
    """Return what reads a pipe line by line and gives each to *on_line*."""

    def read(pipe: IO[bytes]) -> None:
        for line in pipe:
            on_line(line.decode("utf-8", "replace").rstrip())

    return read


def _listen(pipe: IO[bytes], work: Reader, troubles: list[Exception]) -> None:
    try:
        work(pipe)
    except BrokenPipeError:  # it went away while it was fed; its exit code tells
        pass
    except Exception as e:  # noqa: BLE001 - raised by `running`; a thread has nobody to tell
        troubles.append(e)
    if pipe.readable():
        while pipe.read(1 << 16):  # else ffmpeg would wait for ever
            pass
    else:
        with suppress(OSError):  # as above
            pipe.close()


def run(arguments: list[str], *, where: Path) -> None:
    """Run ffmpeg to its end; *where* names the file in errors.

    Raises:
        FolderError: The disk is full.
        FfmpegError: It failed, was killed, or could not be started.
    """
    tail: deque[str] = deque(maxlen=20)
    command = ["-v", "error", "-y", *arguments]
    with running(command, where=where, on_line=tail.append) as process:
        failure = process.wait() != 0
    if failure:
        raise writing_failed(tail, where)


def decode(
    recording: Path,
    *,
    sample_rate_hz: int,
    channels: int,
    sample_format: SampleFormat = "s16le",
    block_frames: int = 1 << 16,
    track: int = 1,
    filters: str = "",
    start_s: float = 0.0,
    duration_s: float = 0.0,
    on_line: Listener | None = None,
    pipes: Sequence[Pipe] = (),
) -> Generator[bytes, None, None]:
    """Yield the sound of *recording* as interleaved PCM, block by block.

    It is that of the audio track with the number *track*, unless *filters* name another. Each block holds *block_frames* frames, the last one fewer. A recording that is damaged
    half-way yields what can be decoded. *filters* is ffmpeg's filter graph from such as `[0:a:0]`
    to `[pcm]`, when more than a change of rate and channels is wanted; *on_line* gets every line
    that ffmpeg writes to stderr, and *pipes* are further ones that the graph names. With a *duration_s*,
    no more than that is decoded, from *start_s* on.

    Raises:
        RecordingError: Nothing of it can be decoded; the message says why.
        FfmpegError: ffmpeg was killed or could not be started.
    """
    graph = filters or f"{of_track(track)}{converted(sample_rate_hz, channels=channels)}[pcm]"
    part = ["-ss", f"{start_s:.3f}", "-t", f"{duration_s:.3f}"] if duration_s else []
    command = ["-v", "error", *part, *source(recording), "-filter_complex", graph]
    command += ["-map", "[pcm]", "-f", sample_format, "pipe:1"]
    block_bytes = block_frames * channels * SAMPLE_BYTES[sample_format]
    tail: deque[str] = deque(maxlen=20)
    anything = False
    heard = _both(tail.append, on_line)
    with running(command, on_line=heard, where=recording, pipes=pipes) as process:
        while process.stdout and (block := process.stdout.read(block_bytes)):
            anything = True
            process.awaited = False
            yield block
            process.awaited = True
    if not anything:
        raise RecordingError(sentence(tail), where=recording)


def of_track(track: int) -> str:
    """Return what a filter graph calls the audio track with the number *track*, from 1."""
    return f"[0:a:{track - 1}]"


def at_own_pace(frames: int) -> str:
    """Return the filters that give sound in pieces of *frames*, as quickly as they are taken.

    ffmpeg holds back every output that is ahead of another by its timestamps, and each that has
    begun until all have. So time stands still here: raw sound does not say its rate, and at this
    one a piece lasts next to nothing.
    """
    return f"asetnsamples=n={frames}:p=0,asetrate=10000000,asetpts=0"


def resampled(sample_rate_hz: int) -> str:
    """Return the filter that brings sound to *sample_rate_hz* by soxr; a no-op at that rate."""
    return f"aresample={sample_rate_hz}:resampler=soxr:precision=28"


def converted(sample_rate_hz: int, *, channels: int) -> str:
    """Return the filters that bring sound to a rate and a number of channels."""
    mixed = f"aformat=channel_layouts={LAYOUTS[channels]}"
    return f"aformat=sample_fmts=fltp,{resampled(sample_rate_hz)},{mixed}"


def _both(one: Listener, other: Listener | None) -> Listener:
    if other is None:
        return one

    def call(line: str) -> None:
        one(line)
        other(line)

    return call
