"""Two MP3 files become one, without decoding and without a gap: their frames follow each other.

A frame of MP3 needs the ones before it: its sound may begin in them (the bit reservoir, ISO/IEC
11172-3 2.4.2.7), and it overlaps them. So two files are joined only after a stretch of frames that
are coded alike in both: same headers, same side information (where the sound of each begins, how
long it is, its transforms and gains). Of what fills the room between them, which no one hears,
LAME makes a pattern of its own. The Info frame in front is made true of the whole.
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

FRAME_SAMPLES: Final = 1152
"""MPEG-1 layer III: what one frame is, in each channel."""

_HEAD: Final = 4
_LONGEST_HEAD: Final = 36
_KBITS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_HZ: Final = (44100, 48000, 32000)
_MONO: Final = 3
_CHUNK: Final = 1 << 20

# The Xing header and LAME's extension of it (gabriel.mp3-tech.org/mp3infotag.html), from its name.
_FRAMES_AT: Final = 8
_TOC_AT: Final = 16
_GAPS_AT: Final = 141
_LENGTH_AT: Final = 148
_TAG_CRC_AT: Final = 154
_TAG_CRC_OVER: Final = 190
_MOST_SEEN: Final = 400  # places that ffmpeg's table of contents is made from


def join(first: Path, second: Path, *, shift: int, common: range) -> bool:
    """Put *second* onto *first* after the frames in *common*, if both are coded alike there.

    Frames are counted from 0 in *first*; the first of *second* is its frame *shift*. Return
    whether it was done; if not, nothing was changed.
    """
    with first.open("r+b") as one, second.open("rb") as other:
        ours, end = _heads(one, common)
        theirs, start = _heads(other, range(common.start - shift, common.stop - shift))
        if ours != theirs:
            return False
        one.seek(end)
        one.truncate()
        other.seek(start)
        shutil.copyfileobj(other, one, _CHUNK)
        _write_info(one, other)
    return True


def _heads(file: IO[bytes], frames: range) -> tuple[list[bytes], int]:
    """Return header and side information of each of *frames*, and where the next one begins."""
    heads: list[bytes] = []
    buffer, base, at = _read(file, 0, _CHUNK), 0, 0
    for frame in range(-1, frames.stop):  # the Info frame is before frame 0
        if at + _LONGEST_HEAD > len(buffer):
            base += at
            buffer, at = _read(file, base, _CHUNK), 0
            if len(buffer) < _LONGEST_HEAD:
                break
        head = buffer[at : at + _HEAD]
        if frame in frames:
            heads.append(buffer[at : at + _HEAD + _side(head)])
        at += _length(head)
    return heads, base + at


def _read(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _side(head: bytes) -> int:
    """Return the bytes of a frame's side information."""
    return 17 if head[3] >> 6 == _MONO else 32


def _length(head: bytes) -> int:
    """Return the bytes of a frame of MPEG-1 layer III.

    >>> _length(bytes.fromhex("fffb70c0")), _length(bytes.fromhex("fffb72c0"))
    (313, 314)
    """
    if head[0] != 0xFF or head[1] & 0xFE != 0xFA:
        raise ValueError("not a frame of MPEG-1 layer III")
    return int(_mean_length(head)) + (head[2] >> 1 & 1)


def _mean_length(head: bytes) -> float:
    bits_per_s = 1000 * _KBITS[head[2] >> 4]
    return FRAME_SAMPLES * bits_per_s / 8 / _RATES_HZ[head[2] >> 2 & 3]


def _write_info(one: IO[bytes], other: IO[bytes]) -> None:
    """Make the Info frame of *one* true of its new frames; its end is padded as that of *other*."""
    head = _read(one, 0, _HEAD)
    info = bytearray(_read(one, 0, _length(head)))
    tag = _HEAD + _side(head)
    gaps = slice(tag + _GAPS_AT, tag + _GAPS_AT + 3)  # 12 bits before the sound, 12 after it
    delay = int.from_bytes(info[gaps]) & 0xFFF000
    padding = int.from_bytes(_read(other, 0, len(info))[gaps]) & 0xFFF
    one.seek(len(info))
    size, crc = len(info), 0
    while chunk := one.read(_CHUNK):
        crc = _crc(chunk, crc)
        size += len(chunk)
    frames = round((size - len(info)) / _mean_length(head))
    struct.pack_into(">II", info, tag + _FRAMES_AT, frames, size)
    info[tag + _TOC_AT : tag + _TOC_AT + 100] = _contents(frames, size, head)
    info[gaps] = (delay | padding).to_bytes(3)
    struct.pack_into(">IHH", info, tag + _LENGTH_AT, size, crc, 0)
    struct.pack_into(">H", info, tag + _TAG_CRC_AT, _crc(bytes(info[:_TAG_CRC_OVER])))
    one.seek(0)
    one.write(info)


def _contents(frames: int, size: int, head: bytes) -> bytes:
    """Return the table of contents: where each hundredth of the time begins, in 256ths of *size*.

    It is what ffmpeg writes, which notes every so many frames where it is, at most 400 times.
    """
    every = 1
    while frames // every >= _MOST_SEEN:
        every *= 2
    mean = _mean_length(head)
    seen = [(n * (frames // every) // 100 + 1) * every for n in range(1, 100)]
    return bytes([0, *(min(256 * int(_length(head) + n * mean) // size, 255) for n in seen)])


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

    >>> hex(_crc(b"123456789"))
    '0xbb3d'
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
