"""The Info frame of an MP3: how long it is, where its sound begins and ends, and checksums.

It is a frame without sound in front of the others: the Xing header, and what LAME has added to it
(gabriel.mp3-tech.org/mp3infotag.html). Players seek by it, and play without a gap.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

FRAME_SAMPLES: Final = 1152
"""MPEG-1 layer III: what one frame is, in each channel."""
HEAD: Final = 4
"""The bytes of a frame's header."""

_KBITS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_HZ: Final = (44100, 48000, 32000)
_MONO: Final = 3
_CHUNK: Final = 1 << 20

# From the name of the header on.
_FRAMES_AT: Final = 8
_TOC_AT: Final = 16
_GAPS_AT: Final = 141  # 12 bits before the sound, 12 after it
_LENGTH_AT: Final = 148
_TAG_CRC_AT: Final = 154
_TAG_CRC_OVER: Final = 190
_MOST_SEEN: Final = 400  # places that ffmpeg's table of contents is made from


def side(head: bytes) -> int:
    """Return the bytes of a frame's side information."""
    return 17 if head[3] >> 6 == _MONO else 32


def length(head: bytes) -> int:
    """Return the bytes of a frame of MPEG-1 layer III.

    >>> length(bytes.fromhex("fffb70c0")), length(bytes.fromhex("fffb72c0"))
    (313, 314)
    """
    if len(head) < HEAD or head[0] != 0xFF or head[1] & 0xFE != 0xFA:
        raise ValueError("not a frame of MPEG-1 layer III")
    if head[2] >> 4 not in range(1, len(_KBITS)) or head[2] >> 2 & 3 >= len(_RATES_HZ):
        raise ValueError("a frame of no bitrate or rate that there is")
    return int(_mean_length(head)) + (head[2] >> 1 & 1)


def _mean_length(head: bytes) -> Fraction:
    bits_per_s = 1000 * _KBITS[head[2] >> 4]
    return Fraction(FRAME_SAMPLES * bits_per_s, 8 * _RATES_HZ[head[2] >> 2 & 3])


def _end_of(frame: int, mean: Fraction) -> int:
    """Return how many bytes that many frames of LAME's are; it makes the second one longer first."""
    return frame * int(mean) + ceil((frame - 1) * (mean - int(mean)))


def count(file: IO[bytes]) -> None:
    """Make the Info frame true of the frames that *file* has now; its padding stays."""
    info, tag = _read(file)
    head = bytes(info[:HEAD])
    size, crc = len(info), 0
    while chunk := file.read(_CHUNK):
        crc = _crc(chunk, crc)
        size += len(chunk)
    frames = round((size - len(info)) / _mean_length(head))
    struct.pack_into(">II", info, tag + _FRAMES_AT, frames, size)
    info[tag + _TOC_AT : tag + _TOC_AT + 100] = _contents(frames, size, head)
    struct.pack_into(">IH", info, tag + _LENGTH_AT, size, crc)
    _write(file, info, tag)


def end_at(path: Path, samples: int) -> None:
    """Say in the Info frame that the sound of *path* ends after so many *samples*.

    ffmpeg says it, too, but of one length in 25 it says up to 46 samples more.
    """
    with path.open("r+b") as file:
        info, tag = _read(file)
        gaps = slice(tag + _GAPS_AT, tag + _GAPS_AT + 3)
        delay = int.from_bytes(info[gaps]) >> 12
        (frames,) = struct.unpack_from(">I", info, tag + _FRAMES_AT)
        padding = frames * FRAME_SAMPLES - delay - samples
        info[gaps] = (delay << 12 | padding).to_bytes(3)
        _write(file, info, tag)


def _read(file: IO[bytes]) -> tuple[bytearray, int]:
    """Return the Info frame, and where in it the header has its name.

    Raises:
        ValueError: The file begins with no such frame.
    """
    file.seek(0)
    head = file.read(HEAD)
    info = bytearray(head + file.read(length(head) - HEAD))
    tag = HEAD + side(head)
    if bytes(info[tag : tag + HEAD]) not in (b"Info", b"Xing") or len(info) < _TAG_CRC_OVER:
        raise ValueError("no Info frame")
    return info, tag


def _write(file: IO[bytes], info: bytearray, tag: int) -> None:
    struct.pack_into(">H", info, tag + _TAG_CRC_AT, 0)
    struct.pack_into(">H", info, tag + _TAG_CRC_AT, _crc(bytes(info[:_TAG_CRC_OVER])))
    file.seek(0)
    file.write(info)


def _contents(frames: int, size: int, head: bytes) -> bytes:
    """Return the table of contents: where each hundredth of the time begins, in parts of 1/256 of *size*.

    It is what ffmpeg writes, which notes every so many frames where it is, at most 400 times.
    """
    every = 1
    while frames // every >= _MOST_SEEN:
        every *= 2
    info, mean = length(head), _mean_length(head)
    seen = [(n * (frames // every) // 100 + 1) * every for n in range(1, 100)]
    return bytes([0, *(min(256 * (info + _end_of(n, mean)) // size, 255) for n in seen)])


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
