"""What ffmpeg complains about, as one sentence that a person can do something with.

It has no error codes for most of what can be wrong with a recording, so its words are read.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from columncast.episodes.errors import ColumncastError, FolderError

# The first words that match tell what to say.
_UNKNOWN: Final = "is not audio that can be read; export it as WAV, FLAC or MP3"
_NO_DECODER: Final = "is in a format that ffmpeg cannot decode; export it as WAV or FLAC"
NO_AUDIO: Final = "invalid data found"
"""What ffmpeg says of a file that is no audio."""
NO_DECODER: Final = "no decoder"
"""What ffmpeg says of a form that it does not know."""
_NO_INDEX: Final = (
    "is an MP4 file whose index is missing: it was cut off while being recorded or copied; "
    "copy or export it again"
)
_NO_SOUND: Final = "holds no sound: it has no audio track; export the sound and use that"
_NO_REST: Final = "ends before its sound begins: it was cut off; copy or export it again"
_SENTENCES: Final = {
    "moov atom not found": _NO_INDEX,
    "matches no streams": _NO_SOUND,
    "does not contain any stream": _NO_SOUND,
    "no space left on device": "the disk is full; free some space and run again",
    "permission denied": "cannot be read: no permission",
    "decoder not found": _NO_DECODER,
    NO_DECODER: _NO_DECODER,
    NO_AUDIO: _UNKNOWN,
    "failed to find two consecutive": _UNKNOWN,
    "input files: end of file": _NO_REST,
}


class FfmpegError(ColumncastError):
    """ffmpeg itself failed: it was killed, or could not be started."""


def sentence(lines: Iterator[str] | deque[str] | list[str]) -> str:
    """Return what ffmpeg's complaints mean to a person.

    >>> sentence(["[mov] moov atom not found", "Invalid data found when processing input"])[:36]
    'is an MP4 file whose index is missin'
    >>> sentence(["something new"])
    'cannot be decoded (something new)'
    """
    said = [line for line in lines if line.strip()]
    everything = "\n".join(said).lower()
    for words, meaning in _SENTENCES.items():
        if words in everything:
            return meaning
    return f"cannot be decoded ({said[-1]})" if said else "holds no sound; nothing came out of it"


def has_failed(line: str) -> bool:
    """Return whether *line* says that ffmpeg has given up, and is about to end.

    >>> has_failed("[out#1/mp3 @ 0x55] Task finished with error code: -28 (No space left …)")
    True
    """
    return "Task finished with error code" in line


def of_the_sound(line: str) -> bool:
    """Return whether *line* complains about the sound: a picture beside it is not looked at.

    >>> of_the_sound("[png @ 0x55] [IMGUTILS @ 0x7f] Picture size 9000x9000 exceeds specified …")
    False
    """
    return "Picture size" not in line


def plain(line: str) -> str:
    """Return one of ffmpeg's lines without the addresses that it puts in front.

    >>> plain("[flac @ 0x55f431fdd900] invalid residual")
    'flac: invalid residual'
    """
    return re.sub(r"\[([\w:/#.]+) @ 0x[0-9a-f]+\] ", r"\1: ", line)


def writing_failed(lines: deque[str], output: Path) -> ColumncastError:
    """Return the error for an encode that ended badly, from what ffmpeg said."""
    everything = "\n".join(lines).lower()
    if "no space left" in everything:
        return FolderError("the disk is full; free some space and run again", where=output)
    reason = f" ({plain(lines[-1])})" if lines else ""
    return FfmpegError(f"ffmpeg stopped while it was writing{reason}; run again", where=output)
