"""One run from a recording to an encoded file: decoded, with its gain, limited, encoded, heard.

A long MP3 is made in two halves (see `mp3_halves`), everything else in one piece.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock, get_ident

from columncast.audio.ffmpeg import process
from columncast.audio.loudness.meter import Readings
from columncast.audio.loudness.monitor import Hearing
from columncast.audio.mastering import mp3_halves
from columncast.audio.mastering import pcm as mastering_pcm
from columncast.audio.mastering.codecs import Form
from columncast.audio.mastering.encode import Track, encode
from columncast.audio.mastering.limiter import Limiter
from columncast.audio.mastering.mp3_halves import Halves
from columncast.audio.mastering.pcm import AudioSegment
from columncast.audio.mastering.recording import Source
from columncast.audio.mp3 import info_frame

Progress = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What was heard of the encoded file, and what the limiter did."""

    readings: Readings
    limited: Counter[int]
    """In how many frames of each second."""


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """How to make the encoded file of *source*."""

    source: Source
    frames: int
    form: Form
    bitrate: str
    gain_db: float
    doublings: int
    """How often the samples are halved, for headroom, until they are encoded."""
    ceiling: float
    """In the units of the samples."""
    speech_pcm: Path | None = None
    """Where the published sound goes as `speech_pcm` has it, if it is wanted."""

    def render(self, output: Path, progress: Progress) -> Rendered:
        """Write *output* and return what came of it.

        Raises:
            FolderError: The disk is full.
            FfmpegError: ffmpeg failed or was killed.
        """
        cut = mp3_halves.halves(self.frames, self.source.sample_rate_hz)
        mp3 = self.form.name == "mp3"
        done = None
        if cut and mp3 and process.can_loop_back():
            done = self._in_halves(cut, output, progress)
        if done is None:
            done = self._in_one(output, progress)
        if mp3:
            info_frame.end_at(output, self.frames)
        return done

    def _in_one(self, output: Path, progress: Progress) -> Rendered:
        hearing = Hearing(self.source.channels)
        part = _Part(
            range(self.frames), output, hearing, self._limiter(), speech_pcm=self.speech_pcm
        )
        self._encode([part], _Meter(self.frames, progress))
        return Rendered(readings=part.hearing.readings, limited=part.limiter.limited)

    def _in_halves(self, cut: Halves, output: Path, progress: Progress) -> Rendered | None:
        """Return None if the halves cannot be joined."""
        second = output.with_name(f"{output.stem}-2{output.suffix}")
        voices = self.speech_pcm, self.speech_pcm and self.speech_pcm.with_suffix(".second")
        heard = mp3_halves.hearings(cut, self.source.channels)
        first, last = (
            _Part(span, path, hearing, self._limiter(span.start), speech_pcm=voice)
            for span, path, hearing, voice in zip(
                cut.spans, (output, second), heard, voices, strict=True
            )
        )
        last.skipped = cut.start - cut.feed
        told = _Meter(sum(map(len, cut.spans)), progress)
        try:
            for parts in [[first, last]] if process.at_once() else [[first], [last]]:
                self._encode(parts, told)
            readings = mp3_halves.join(cut, output, second, heard)
            if readings and voices[0] and voices[1]:
                mp3_halves.join_voices(cut, voices[0], voices[1])
        finally:
            for done in (second, voices[1]):
                if done:
                    done.unlink(missing_ok=True)
        if not readings:
            return None
        limited = mp3_halves.limited(cut, first.limiter, last.limiter)
        return Rendered(readings=readings, limited=limited)

    def _limiter(self, start: int = 0) -> Limiter:
        return Limiter(
            sample_rate_hz=self.source.sample_rate_hz,
            channels=self.source.channels,
            ceiling=self.ceiling,
            start=start,
        )

    def _encode(self, parts: Sequence[_Part], meter: _Meter) -> None:
        tracks = [
            Track(
                recording=self.source.recording,
                graph=self.source.graph(part.span, doublings=self.doublings),
                decoded=len(part.span),
                work=partial(self._worked, part, meter),
                output=part.output,
                hearing=part.hearing,
                frames=len(part.span) - part.skipped,
                speech_pcm=part.speech_pcm,
            )
            for part in parts
        ]
        encode(
            tracks,
            form=self.form,
            sample_rate_hz=self.source.sample_rate_hz,
            channels=self.source.channels,
            bitrate=self.bitrate,
            scale=2.0**self.doublings,
        )

    def _worked(self, part: _Part, meter: _Meter, pcm: Iterable[bytes]) -> Iterator[memoryview]:
        return part.limited(self.source.segments(pcm, gain_db=self.gain_db), meter)


@dataclass
class _Part:
    """A part of the sound on its way; *skipped* frames of it are limited but not encoded."""

    span: range
    output: Path
    hearing: Hearing
    limiter: Limiter
    skipped: int = 0
    speech_pcm: Path | None = None

    def limited(self, sound: Iterator[AudioSegment], meter: _Meter) -> Iterator[memoryview]:
        """Yield *sound*, limited."""
        left = self.skipped
        for piece in sound:
            block = mastering_pcm.frames(piece)
            meter.add(len(block))
            out = self.limiter.push(block)
            yield out[left:].data
            left = max(left - len(out), 0)
        yield self.limiter.finish()[left:].data


class _Meter:
    """Progress over parts that go on in threads of their own; told in the caller's."""

    def __init__(self, frames: int, progress: Progress) -> None:
        self._lock = Lock()
        self._caller = get_ident()
        self._progress = progress
        self._whole = frames
        self._done = 0

    def add(self, frames: int) -> None:
        """Count that so many more are done."""
        with self._lock:
            self._done += frames
        if get_ident() == self._caller:
            self._progress(min(self._done / self._whole, 1.0))
