"""Two MP3 files become one between two frames, without decoding: every frame stays as it was.

Both must be encodes of the same sound by the same encoder at the same constant bitrate, the second
from some frame of the first on. A frame's sound may begin in the frames before it (ISO/IEC 11172-3,
2.4.2.7: `main_data_begin`, the bit reservoir). So the second file's frame can follow the first's
where it reaches no further back than the frame whose place it takes: then the first file's frames
leave that room free, and what the second's frame needs is written there. Players see a legal
stream.
"""

from __future__ import annotations

import itertools
import shutil
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

FRAME_SAMPLES: Final = 1152
"""MPEG-1 layer III: what one frame is, in each channel."""

_HEAD: Final = 4
_SIDE: Final = {1: 17, 2: 32}
_KBITS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_HZ: Final = (44100, 48000, 32000)
_MONO: Final = 3
_MOST_BACK: Final = 511  # nine bits
_REACH: Final = 32
"""Frames; no reservoir reaches back so far (at 32 kbit/s, seven)."""
_CHUNK: Final = 1 << 20

# The Xing header and LAME's extension of it (gabriel.mp3-tech.org/mp3infotag.html), from its name.
_FRAMES_AT: Final = 8
_TOC_AT: Final = 16
_GAPS_AT: Final = 141
_LENGTH_AT: Final = 148
_TAG_CRC_AT: Final = 154
_TAG_CRC_OVER: Final = 190


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame: where it lies, how far back its sound begins, and its transforms."""

    at: int
    length: int
    data_at: int
    back: int
    blocks: tuple[int, ...]

    @property
    def end(self) -> int:
        return self.at + self.length


def join(first: Path, second: Path, *, shift: int, at: Sequence[int]) -> int | None:
    """Put *second* onto *first* at the first frame of *at* that allows it; return which.

    The first frame of *second* is frame *shift* of *first*. With None, none of *at* allows it and
    nothing was changed.
    """
    low, high = min(at) - _REACH, max(at) + 1
    with first.open("r+b") as one, second.open("rb") as other:
        ours = dict(zip(range(low, high), _frames(one, low, high), strict=False))
        theirs = dict(
            zip(range(low, high), _frames(other, low - shift, high - shift), strict=False)
        )
        here = next((k for k in at if _fits(ours, theirs, k)), None)
        if here is None:
            return None
        back = theirs[here].back
        needed = b"".join(_read(other, *piece) for piece in _reservoir(theirs, here, back))
        for start, length in _reservoir(ours, here, back):
            one.seek(start)
            one.write(needed[:length])
            needed = needed[length:]
        one.seek(ours[here].at)
        one.truncate()
        other.seek(theirs[here].at)
        shutil.copyfileobj(other, one, _CHUNK)
        _write_info(one, other)
    return here


def _fits(ours: dict[int, _Frame], theirs: dict[int, _Frame], k: int) -> bool:
    """Return whether frame *k* may be theirs after ours: there is room, the transforms match."""
    if not {k - 1, k} <= ours.keys() & theirs.keys():
        return False
    alike = all(ours[at].blocks == theirs[at].blocks for at in (k - 1, k))
    return alike and theirs[k].back <= ours[k].back


def _reservoir(frames: dict[int, _Frame], k: int, count: int) -> list[tuple[int, int]]:
    """Return where the last *count* bytes of sound before frame *k* lie: (start, length), in order."""
    pieces: list[tuple[int, int]] = []
    while count:
        k -= 1
        length = min(count, frames[k].end - frames[k].data_at)
        pieces.insert(0, (frames[k].end - length, length))
        count -= length
    return pieces


def _frames(file: IO[bytes], low: int, high: int) -> Iterable[_Frame]:
    """Yield the frames from *low* to *high*, counted from 0 after the Info frame."""
    file.seek(0)
    buffer, base, at = file.read(_CHUNK), 0, 0
    for number in itertools.count(-1):
        if number >= high:
            return
        if at + _HEAD + max(_SIDE.values()) > len(buffer):
            base += at
            file.seek(base)
            buffer, at = file.read(_CHUNK), 0
            if len(buffer) < _HEAD + max(_SIDE.values()):
                return
        length = _length(buffer[at : at + _HEAD])
        if number >= low:
            yield _frame(buffer, at, base, length)
        at += length


def _length(head: bytes) -> int:
    """Return the bytes of a frame of MPEG-1 layer III.

    >>> _length(bytes.fromhex("fffb70c0")), _length(bytes.fromhex("fffb72c0"))
    (313, 314)
    """
    if head[0] != 0xFF or head[1] & 0xFE != 0xFA:
        raise ValueError("not a frame of MPEG-1 layer III")
    bits_per_s = 1000 * _KBITS[head[2] >> 4]
    return FRAME_SAMPLES // 8 * bits_per_s // _RATES_HZ[head[2] >> 2 & 3] + (head[2] >> 1 & 1)


def _channels(head: bytes) -> int:
    return 1 if head[3] >> 6 == _MONO else 2


def _frame(buffer: bytes, at: int, base: int, length: int) -> _Frame:
    channels = _channels(buffer[at : at + _HEAD])
    side_at = at + _HEAD + (0 if buffer[at + 1] & 1 else 2)
    side = buffer[side_at : side_at + _SIDE[channels]]
    bits = int.from_bytes(side)
    width = 8 * len(side)

    def read(start: int, count: int) -> int:
        return bits >> (width - start - count) & ((1 << count) - 1)

    granules = [(18 if channels == 1 else 20) + 59 * n for n in range(2 * channels)]
    return _Frame(
        at=base + at,
        length=length,
        data_at=base + side_at + len(side),
        back=read(0, 9),
        # 0 for a long block; else its type and whether it is mixed.
        blocks=tuple(read(g + 34, 3) if read(g + 33, 1) else 0 for g in granules),
    )


def _read(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _write_info(one: IO[bytes], other: IO[bytes]) -> None:
    """Make the Info frame of *one* true of its new frames; the end's padding is that of *other*."""
    one.seek(0)
    head = one.read(_HEAD)
    info = bytearray(head + one.read(_length(head) - _HEAD))
    tag = _HEAD + _SIDE[_channels(head)]
    other.seek(0)
    theirs = other.read(len(info))
    one.seek(len(info))
    frames, size, crc = 0, len(info), 0
    while chunk := one.read(_CHUNK):
        crc = _crc(chunk, crc)
        size += len(chunk)
    frames = round((size - len(info)) / _mean_length(head))
    struct.pack_into(">II", info, tag + _FRAMES_AT, frames, size)
    info[tag + _TOC_AT : tag + _TOC_AT + 100] = bytes(256 * n // 100 for n in range(100))
    delay = int.from_bytes(info[tag + _GAPS_AT : tag + _GAPS_AT + 3]) >> 12
    padding = int.from_bytes(theirs[tag + _GAPS_AT : tag + _GAPS_AT + 3]) & 0xFFF
    info[tag + _GAPS_AT : tag + _GAPS_AT + 3] = (delay << 12 | padding).to_bytes(3)
    struct.pack_into(">IHH", info, tag + _LENGTH_AT, size, crc, 0)
    struct.pack_into(">H", info, tag + _TAG_CRC_AT, _crc(bytes(info[:_TAG_CRC_OVER])))
    one.seek(0)
    one.write(info)


def _mean_length(head: bytes) -> float:
    bits_per_s = 1000 * _KBITS[head[2] >> 4]
    return FRAME_SAMPLES / 8 * bits_per_s / _RATES_HZ[head[2] >> 2 & 3]


def _table() -> NDArray[np.uint16]:
    """Return what eight bits do to a CRC-16 (polynomial 0x8005, lowest bit first)."""
    table = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ 0xA001, table >> 1).astype(np.uint16)
    return table


_CRC_TABLE: Final = _table()
_LANE: Final = 512


def _crc(data: bytes, before: int = 0) -> int:
    """Return the CRC-16 of LAME's tag over *data*, going on from *before*.

    Python is slow byte by byte, so many lanes are worked on at once: a CRC is linear, and what
    the bytes of a lane do to the state before it is a sum over the state's bits.

    >>> hex(_crc(b"123456789")), _crc(bytes(range(256)) * 8) == _crc(bytes(range(256)) * 7, _crc(bytes(range(256))))
    ('0xbb3d', True)
    """
    whole = len(data) - len(data) % _LANE
    lanes = np.frombuffer(data, dtype=np.uint8, count=whole).reshape(-1, _LANE)
    # The last rows see no data: what is left of each single bit after a lane of zeros.
    state = np.concatenate((np.zeros(len(lanes)), 1 << np.arange(16))).astype(np.uint16)
    columns = np.zeros((_LANE, len(state)), dtype=np.uint16)
    columns[:, : len(lanes)] = lanes.T
    for column in columns:
        state = state >> 8 ^ _CRC_TABLE[(state ^ column) & 0xFF]
    after = state[len(lanes) :].tolist()
    crc = before
    for own in state[: len(lanes)].tolist():
        moved = own
        for bit in range(16):
            if crc >> bit & 1:
                moved ^= after[bit]
        crc = moved
    table = _CRC_TABLE.tolist()
    for byte in data[whole:]:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc
