"""Two MP3 files become one, without decoding and without a gap: their frames follow each other.

A frame of MP3 needs the ones before it: its sound may begin in them (the bit reservoir, ISO/IEC
11172-3 2.4.2.7), and it overlaps them. So two files are joined only after a stretch of frames that
are coded alike in both: same headers, same side information (where the sound of each begins, how
long it is, its transforms and gains). Of what fills the room between them, which no one hears,
LAME makes a pattern of its own. The Info frame in front is made true of the whole, but for where
the sound ends: whoever knows that says it afterwards (see `info_frame.end_at`).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import IO, Final

from columncast.audio.mp3 import info_frame
from columncast.audio.mp3.info_frame import HEAD

_LONGEST_HEAD: Final = 36
_CHUNK: Final = 1 << 20


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
        info_frame.count(one)
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
        head = buffer[at : at + HEAD]
        if frame in frames:
            heads.append(buffer[at : at + HEAD + info_frame.side(head)])
        at += info_frame.length(head)
    return heads, base + at


def _read(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)
