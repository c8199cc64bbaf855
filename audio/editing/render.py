"""The recording without what was cut: streamed from one end to the other, joined inside pauses.

Each join is a crossfade at equal power, half of it on either side of the cut, so that a sound is as
much shorter as its cuts are long. Nothing but a second of room tone is held in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from columncast.audio.align.search.features import Floats
from columncast.audio.ffmpeg import process
from columncast.audio.ffmpeg.messages import of_the_sound
from columncast.audio.ffmpeg.probe import Recording
from columncast.audio.ffmpeg.process import Listener
from columncast.audio.mastering.encode import write_recording
from columncast.audio.mastering.recording import Decoded
from columncast.episodes.model.cuts import Cut, RecordingEdits

OUTPUTS: Final = (".wav", ".flac")
_JOIN_S: Final = 0.012
_BLOCK_FRAMES: Final = 1 << 16
_KEPT_FRAMES: Final = 1 << 13  # more than a join lasts at any rate
_MOST_COMPLAINTS: Final = 20
_SIXTEEN_BITS: Final = ("pcm_s16", "pcm_u8", "pcm_s8", "pcm_mulaw", "pcm_alaw")


@dataclass(frozen=True)
class Piece:
    """A stretch of the recording; seconds."""

    start_s: float
    end_s: float
    tone: bool = False
    """It is room tone, which lies anywhere."""
    file: Path | None = None
    """Where it is from, if not from the recording; then it lies anywhere, too."""

    @property
    def apart(self) -> bool:
        """Whether it does not follow what is before it in the recording."""
        return self.tone or self.file is not None


def pieces_of(cuts: Sequence[Cut], duration_s: float, tone: tuple[float, float]) -> list[Piece]:
    """Return what is left of a recording without the *cuts* that are applied, in its order.

    Its *tone* is where its room tone is heard.
    """
    edits = RecordingEdits(
        duration_s=duration_s, tone_start_s=tone[0], tone_end_s=tone[1], cuts=tuple(cuts)
    )
    return pieces_with(edits, Path)


def pieces_with(edits: RecordingEdits, where: Callable[[str], Path]) -> list[Piece]:
    """Return a recording as *edits* have it, in its order; *where* the file of a pickup is."""
    pieces, at = [], 0.0
    readings = iter(sorted(edits.pickups, key=lambda one: (one.start_s, one.end_s)))
    for stretch in edits.times.stretches:
        if stretch.start_s > at:
            pieces.append(Piece(at, stretch.start_s))
        if stretch.reading:
            pickup = next(readings)
            pieces.append(Piece(pickup.from_s, pickup.to_s, file=where(pickup.file)))
        elif stretch.heard_s:
            pieces += _filled(stretch.heard_s, edits.tone_start_s, edits.tone_end_s)
        at = stretch.end_s
    return [*pieces, Piece(at, edits.duration_s)] if edits.duration_s > at else pieces


def _filled(wanted_s: float, start_s: float, end_s: float) -> list[Piece]:
    """Return pieces of room tone that last *wanted_s* together."""
    pieces = []
    while end_s > start_s and wanted_s > 2 * _JOIN_S:
        pieces.append(Piece(start_s, start_s + min(wanted_s, end_s - start_s), tone=True))
        wanted_s -= end_s - start_s
    return pieces


@dataclass(frozen=True)
class Spliced:
    """A recording as its *edits* have it, for mastering: a `Splice`; pickups lie beside it."""

    edits: RecordingEdits

    def write(
        self,
        recording: Path,
        known: Recording,
        output: Path,
        progress: Callable[[float], None],
    ) -> Decoded:
        """Write what is heard of *recording* to *output*, a WAV.

        Raises:
            RecordingError: It cannot be decoded.
            FolderError: The disk is full.
        """
        pieces = pieces_with(self.edits, recording.parent.joinpath)
        return render(recording, known, pieces, output, progress=progress)


def render(
    audio: Path,
    known: Recording,
    pieces: Sequence[Piece],
    output: Path,
    *,
    progress: Callable[[float], None] = lambda _: None,
) -> Decoded:
    """Write *pieces* of *audio* to *output*, a WAV or a FLAC, at its own rate; return what *audio* gave.

    Raises:
        RecordingError: It cannot be decoded.
        FolderError: The disk is full.
    """
    rate, channels = known.sample_rate_hz, min(known.channels, 2)
    complaints: list[str] = []

    def hear(line: str) -> None:
        if len(complaints) < _MOST_COMPLAINTS and of_the_sound(line):
            complaints.append(line)

    def decoded(
        file: Path = audio, filters: str = "", on_line: Listener | None = None
    ) -> Generator[bytes, None, None]:
        return process.decode(
            file,
            sample_rate_hz=rate,
            channels=channels,
            sample_format="f32le",
            block_frames=_BLOCK_FRAMES,
            track=known.track,
            filters=filters,
            on_line=on_line,
        )

    def sound(piece: Piece) -> Floats:
        """Return a short piece, looked for by itself."""
        start, end = (round(at * rate) for at in (piece.start_s, piece.end_s))
        cut = f"atrim=start_sample={start}:end_sample={end}"
        track = process.of_track(1 if piece.file else known.track)
        graph = f"{track}{process.converted(rate, channels=channels)},{cut}"
        pcm = b"".join(decoded(piece.file or audio, f"{graph}[pcm]"))
        return np.frombuffer(pcm, "<f4").reshape(-1, channels)

    last = rate * max([1.0, *(piece.end_s for piece in pieces if not piece.apart)])
    blocks = _Blocks(
        decoded(on_line=hear), channels, lambda frames: progress(min(1.0, frames / last))
    )
    try:
        write_recording(
            (block.tobytes() for block in spliced(pieces, blocks.between, sound, rate)),
            output,
            sample_rate_hz=rate,
            channels=channels,
            codec=_codec(output, known.codec),
        )
        frames = blocks.to_the_end()
    finally:
        blocks.close()
    return Decoded(duration_s=frames / rate, complaints=tuple(complaints))


def _codec(output: Path, codec: str) -> str:
    """Return how *output* is written, so that nothing of a recording in *codec* is lost."""
    if output.suffix.lower() == ".flac":
        return "flac"
    if codec.startswith(_SIXTEEN_BITS):
        return "pcm_s16le"
    return "pcm_f32le" if codec.startswith(("pcm_f32", "pcm_f64")) else "pcm_s24le"


class _Blocks:
    """Decoded sound, read forwards; the last frames are kept, for where two pieces meet in them."""

    def __init__(
        self,
        decoded: Generator[bytes, None, None],
        channels: int,
        on_frames: Callable[[int], None],
    ) -> None:
        self._decoded, self._channels, self._on_frames = decoded, channels, on_frames
        self._at, self._rest = 0, np.empty((0, channels), np.float32)
        self._last = self._rest

    def between(self, start: int, end: int) -> Iterator[Floats]:
        """Yield the frames from *start* to *end*, or to where the sound ends."""
        if self._at - len(self._last) <= start < self._at:
            yield self._last[start - self._at :][: end - start]
        while self._at < end:
            if not len(self._rest):
                block = next(self._decoded, b"")
                if not block:
                    return
                self._rest = np.frombuffer(block, "<f4").reshape(-1, self._channels)
                self._on_frames(self._at)
            used = min(end - self._at, len(self._rest))
            if wanted := self._rest[max(0, start - self._at) : used].shape[0]:
                yield self._rest[used - wanted : used]
            self._last = np.concatenate([self._last, self._rest[:used]])[-_KEPT_FRAMES:]
            self._rest, self._at = self._rest[used:], self._at + used

    def to_the_end(self) -> int:
        """Read what nobody wants; return of how many frames all of it was."""
        self._at += len(self._rest)
        self._rest = self._rest[:0]
        self._at += sum(len(block) for block in self._decoded) // (4 * self._channels)
        return self._at

    def close(self) -> None:
        """End the program that decodes."""
        self._decoded.close()


def spliced(
    pieces: Sequence[Piece],
    between: Callable[[int, int], Iterable[Floats]],
    apart: Callable[[Piece], Floats],
    sample_rate_hz: int,
) -> Iterator[Floats]:
    """Yield *pieces* joined to each other: of the sound *between* two frames, and those *apart*."""
    half = round(_JOIN_S * sample_rate_hz / 2)
    tones: dict[Piece, Floats] = {}

    def blocks(piece: Piece, *, first: bool, last: bool) -> Iterable[Floats]:
        lead, tail = (0 if first else half), (0 if last else half)
        if piece.apart:
            wider = replace(
                piece,
                start_s=piece.start_s - lead / sample_rate_hz,
                end_s=piece.end_s + tail / sample_rate_hz,
            )
            if not piece.tone:
                return [apart(wider)]
            if wider not in tones:
                tones[wider] = apart(wider)
            return [tones[wider]]
        start, end = (round(at * sample_rate_hz) for at in (piece.start_s, piece.end_s))
        return between(start - lead, end + tail)

    count = len(pieces)
    return _lapped(
        (blocks(p, first=at == 0, last=at == count - 1) for at, p in enumerate(pieces)), 2 * half
    )


def _lapped(pieces: Iterable[Iterable[Floats]], lap: int) -> Iterator[Floats]:
    """Yield *pieces* one after the other, each begun *lap* frames before the last has ended."""
    rising = np.sin(np.linspace(0, np.pi / 2, lap, dtype=np.float32))
    tail: Floats | None = None
    for piece in pieces:
        held: Floats | None = None
        for block in piece:
            held = block if held is None else np.concatenate([held, block])
            if tail is not None:
                if len(held) < lap:
                    continue
                held = np.concatenate([_mixed(tail, held[:lap], rising), held[lap:]])
                tail = None
            if len(held) > lap:
                yield held[:-lap]
                held = held[-lap:]
        if held is not None:
            if tail is not None:  # the sound breaks off amid a join
                yield tail
            tail = held
    if tail is not None:
        yield tail


def _mixed(going: Floats, coming: Floats, rising: Floats) -> Floats:
    gains = rising[-len(going) :].reshape(-1, *[1] * (going.ndim - 1))
    mixed: Floats = going * gains[::-1] + coming[-len(going) :] * gains
    return mixed
