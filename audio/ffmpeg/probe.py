"""What a recording is, by its headers: a look that costs no decoding.

The wheel that brings ffmpeg brings no ffprobe, so what `ffmpeg -i` prints is read. How long a
recording *should* be is read off its own header where ffmpeg would paper over a cut-off file.
"""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from columncast.audio.ffmpeg import process
from columncast.audio.ffmpeg.messages import NO_DECODER, sentence
from columncast.episodes.errors import RecordingError
from columncast.episodes.model.containers import container_of
from columncast.episodes.model.timecode import in_seconds
from columncast.episodes.text.normalize import clean

_STREAM: Final = r"^ +Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\((?P<language>[\w-]+)\))?"
"""How ffmpeg begins the line about a stream; a tag's text has its name in front of it."""
_NAMED: Final = re.compile(r" +(title|handler_name) +: (.+)")
_NO_NAME: Final = re.compile("handler|core media", re.IGNORECASE)
"""What cameras and programs call every track of theirs."""
_UNKNOWN_BYTES: Final = 0x7FFF_0000
_MOST_CHUNKS: Final = 10_000
"""Of a WAV, before its sound; more are no header but damage."""


@dataclass(frozen=True, kw_only=True)
class Track:
    """One of the audio tracks of a recording."""

    number: int
    """From 1; audio tracks alone are counted."""
    codec: str
    sample_rate_hz: int
    channels: int
    language: str = ""
    """As the file has it, mostly three letters (ISO 639-2); empty when it does not say."""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What the headers of a recording say."""

    container: str
    """As `containers` calls it: `wav`, `flac`, `mp3`, `mov`."""
    track: int
    """Which of its audio tracks is meant, from 1."""
    tracks: tuple[Track, ...]
    """All audio tracks that can be decoded; at least one."""
    promised_s: float | None
    """How long it should be by its own header; None when it does not say."""
    film: bool
    """It has moving pictures, whose length need not be that of the sound."""

    @property
    def codec(self) -> str:
        """Of the track that is meant."""
        return self._meant.codec

    @property
    def sample_rate_hz(self) -> int:
        """Of the track that is meant."""
        return self._meant.sample_rate_hz

    @property
    def channels(self) -> int:
        """Of the track that is meant."""
        return self._meant.channels

    @property
    def _meant(self) -> Track:
        return next(track for track in self.tracks if track.number == self.track)


def probe(recording: Path, *, track: int = 0) -> Recording:
    """Return what the headers of *recording* say; *track* is the one that is meant, 0 the first.

    Raises:
        RecordingError: It is missing, empty, no audio, a video without sound, or has no such track.
    """
    lines = _lines(recording)
    said = "\n".join(lines)
    if not re.search(r"^Input #0, ", said, re.MULTILINE):
        raise RecordingError(sentence(lines), where=recording)
    tracks = tuple(_tracks(lines))
    if not tracks:
        if re.search(_STREAM + ": Audio: ", said, re.MULTILINE):
            raise RecordingError(sentence([NO_DECODER]), where=recording)
        video = re.search(_STREAM + ": Video: ", said, re.MULTILINE)
        what = "video without sound" if video else "file without sound"
        raise RecordingError(
            f"is a {what}; export the sound of the recording and use that", where=recording
        )
    if track and track not in [known.number for known in tracks]:
        numbers = ", ".join(str(known.number) for known in tracks)
        raise RecordingError(f"has no audio track {track}; it has {numbers}", where=recording)
    container = container_of(recording)
    return Recording(
        container=container,
        track=track or tracks[0].number,
        tracks=tracks,
        promised_s=_promised_s(recording, container, said),
        film=any(
            re.match(_STREAM + ": Video: ", line) and "attached pic" not in line for line in lines
        ),
    )


def _tracks(lines: list[str]) -> Iterator[Track]:
    """Yield the audio tracks that can be decoded; an iPhone's second one, say, cannot."""
    number = 0
    for at, line in enumerate(lines):
        if not re.match(_STREAM + ": Audio: ", line):
            continue
        number += 1
        sound = re.match(
            _STREAM + r": Audio: (?P<codec>[^\s,]+).*?, (?P<rate>\d+) Hz, (?P<layout>[^,\n]+)", line
        )
        if not sound or sound["codec"] in ("none", "unknown"):
            continue
        about = itertools.takewhile(lambda line: not re.match(_STREAM, line), lines[at + 1 :])
        named = {m[1]: m[2] for m in map(_NAMED.match, about) if m}
        handler = named.get("handler_name", "")
        title = named.get("title", "" if _NO_NAME.search(handler) else handler)
        yield Track(
            number=number,
            codec=sound["codec"],
            sample_rate_hz=int(sound["rate"]),
            channels=_channels(sound["layout"]),
            language="" if sound["language"] in (None, "und") else sound["language"],
            title=clean(title.strip()),
        )


def glance(recording: Path) -> tuple[str, float]:
    """Return the title in the tags of *recording*, and about how long it is in seconds.

    A look for telling recordings apart: of a file that cannot be read it is ("", 0.0).
    """
    try:
        said = "\n".join(_lines(recording))
    except RecordingError:
        return "", 0.0
    title = re.search(r"^\s+title\s*: (.+)$", said, re.MULTILINE | re.IGNORECASE)
    duration = re.search(r"^ +Duration: (\d+):(\d\d):(\d\d\.\d+)", said, re.MULTILINE)
    return title[1].strip() if title else "", in_seconds(
        int(duration[1]), int(duration[2]), float(duration[3])
    ) if duration else 0.0


def _lines(recording: Path) -> list[str]:
    lines: list[str] = []
    command = ["-v", "info", *process.source(recording)]
    with process.running(command, where=recording, on_line=lines.append):
        pass
    return lines


def _channels(layout: str) -> int:
    """Return the number of channels of ffmpeg's name for a layout.

    >>> [_channels(text) for text in ("mono", "stereo", "5.1(side)", "3 channels", "quad")]
    [1, 2, 6, 3, 4]
    """
    layout = layout.strip()
    named = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "hexagonal": 6, "octagonal": 8}
    if layout.split("(")[0] in named:
        return named[layout.split("(")[0]]
    if counted := re.match(r"(\d+) channels?", layout):
        return int(counted[1])
    return sum(int(n) for n in re.findall(r"\d", layout.split("(")[0])) or 2


def _promised_s(recording: Path, container: str, said: str) -> float | None:
    if container in ("wav", "mp3"):
        read = _wav_s if container == "wav" else _xing_s
        with recording.open("rb") as file:
            try:
                return read(file)
            except (struct.error, ValueError, IndexError, OSError):  # damaged: it promises nothing
                return None
    if container == "w64":
        return None
    duration = re.search(r"^ +Duration: (\d+):(\d\d):(\d\d\.\d+)", said, re.MULTILINE)
    if not duration or "Estimating duration from bitrate" in said:
        return None
    return in_seconds(int(duration[1]), int(duration[2]), float(duration[3]))


def _wav_s(file: BinaryIO) -> float | None:
    """Return the length that a WAV or RF64 header promises (EBU Tech 3306).

    ffmpeg silently measures a cut-off WAV by its bytes instead.
    """
    riff, _, kind = struct.unpack("<4sI4s", file.read(12))
    long_bytes = bytes_per_s = 0
    if riff not in (b"RIFF", b"RF64", b"BW64") or kind != b"WAVE":
        return None
    for _ in range(_MOST_CHUNKS):
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"ds64":
            _, long_bytes = struct.unpack("<QQ", file.read(16))
            length -= 16
        elif name == b"fmt ":
            _, _, _, bytes_per_s = struct.unpack("<HHII", file.read(12))
            length -= 12
        elif name == b"data":
            # A recorder that streams, or never came back to fill it in, writes 0 or the most.
            data_bytes = long_bytes or (length if length < _UNKNOWN_BYTES else 0)
            return data_bytes / bytes_per_s if data_bytes and bytes_per_s else None
        file.seek(length + length % 2, 1)
    return None


def _xing_s(file: BinaryIO) -> float | None:
    """Return the length that the Xing header of an MP3 promises, if the header can be believed.

    Many an MP3 was cut or joined by a tool that left the header as it was. Only a header that
    promises more *bytes* than there are says that the file was cut off.
    """
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3":
        a, b, c, d = head[6:10]
        start = 10 + (a << 21 | b << 14 | c << 7 | d)
    file.seek(start)
    frame = file.read(4096)
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 4 or len(frame) < at + 16:
        return None
    flags, frames, length_bytes = struct.unpack(">III", frame[at + 4 : at + 16])
    sync = frame.find(b"\xff")
    if flags & 3 != 3 or not 0 <= sync < at:
        return None
    there = file.seek(0, 2) - start
    if length_bytes <= there + length_bytes // 200:
        return None
    version = frame[sync + 1] >> 3 & 3
    rate = (44100, 48000, 32000, 0)[frame[sync + 2] >> 2 & 3] >> {3: 0, 2: 1, 0: 2}.get(version, 0)
    return frames * (1152 if version == 3 else 576) / rate if rate else None
