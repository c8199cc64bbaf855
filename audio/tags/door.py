"""Tags: what an app shows of the file itself, in the full form of each format.

`write_tags` replaces everything that was there, so nothing of the recording's own tags (a
recorder's name, a take number, another show's picture) is published. Writing twice gives the
same bytes. The formats are in `id3`, `mp4` and `vorbis` (Opus);
these and this module are the door to mutagen.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import mutagen
from mutagen import MutagenError

from columncast.audio.tags.model import Tags
from columncast.episodes.disk import files
from columncast.episodes.errors import ColumncastError, TagError

__all__ = ["Tags", "length_s", "read_tags", "tag_lines", "write_tags"]

_SHOWN = 200
"""Characters of a long tag that a person is shown."""
_LONGEST_S = 1_000_000
"""A header that promises more than eleven days is damaged."""


_Format = tuple[Callable[[Path, Tags], None], Callable[[Path], Tags]]
_KNOWN = (".mp3", ".m4a", ".opus")


def write_tags(audio: Path, tags: Tags) -> None:
    """Replace all tags of *audio* with *tags*; beside and renamed, so it is never half-tagged.

    Raises:
        TagError: It is not in a format whose tags we know, or what is there is damaged.
        FolderError: The disk is full, or *audio* cannot be written.
    """
    write, _ = _form(audio)
    with files.beside(audio) as draft:
        shutil.copyfile(audio, draft)
        with _door(audio, "written"):
            write(draft, tags)


def read_tags(audio: Path, *, suffix: str = "") -> Tags:
    """Return the tags of *audio*; a file without tags has empty ones.

    Its name says which kind it is, unless *suffix* does.

    Raises:
        TagError: It is not in a format whose tags we know, or they are damaged.
    """
    _, read = _form(audio, suffix)
    with _door(audio, "read"):
        return read(audio)


def length_s(recording: Path) -> float:
    """Return how long *recording* says it is, in seconds; 0.0 if it does not say, or nothing known.

    A header's word is quick and can be wrong: it is good for a forecast, and for nothing else.
    """
    try:
        with _door(recording, "read"):
            known = mutagen.File(recording)
    except TagError:
        return 0.0
    # A file without tags is falsy, so it is asked for by name.
    seconds = 0.0 if known is None else float(getattr(known.info, "length", 0.0) or 0.0)
    return seconds if 0 < seconds < _LONGEST_S else 0.0


@contextmanager
def _door(audio: Path, done: str) -> Iterator[None]:
    """Turn everything that a damaged file can cause in mutagen into one clear error.

    It promises `MutagenError`; of a flipped byte it also raises ValueError, IndexError,
    UnicodeDecodeError, struct.error, RecursionError and more.

    Raises:
        TagError: The tags cannot be *done* (read or written).
        OSError: They cannot be written for the disk's sake.
    """
    try:
        yield
    except ColumncastError:
        raise
    except Exception as e:
        cause = e.args[0] if isinstance(e, MutagenError) and e.args else e
        # A jump to where no file can be is the damage's doing, not the disk's.
        if isinstance(cause, OSError) and cause.errno not in (None, 0, errno.EINVAL):
            if done == "written":
                raise cause from e
            raise TagError(f"cannot be read: {cause.strerror}", where=audio) from e
        reason = "".join(c for c in " ".join(str(e).split()) if c.isprintable())[:_SHOWN]
        raise TagError(
            f"its tags cannot be {done}: they are damaged ({reason or type(e).__name__})",
            where=audio,
        ) from e


def _form(audio: Path, suffix: str = "") -> _Format:
    """Return how the tags of *audio* are written and read; only that is loaded."""
    match (suffix or audio.suffix).lower():
        case ".mp3":
            from columncast.audio.tags import id3  # noqa: PLC0415

            return id3.write, id3.read
        case ".m4a":
            from columncast.audio.tags import mp4  # noqa: PLC0415

            return mp4.write, mp4.read
        case ".opus":
            from columncast.audio.tags import vorbis  # noqa: PLC0415

            return vorbis.write, vorbis.read
    raise TagError(
        f"has tags of a kind we do not write; known are {', '.join(_KNOWN)}", where=audio
    )


def tag_lines(audio: Path) -> list[tuple[str, str]]:
    """Return the tags of *audio* as (name, value) for people, long ones shortened.

    Raises:
        TagError: As `read_tags`.
    """
    tags = read_tags(audio)
    pairs = [(field.name.replace("_", " "), getattr(tags, field.name)) for field in fields(tags)]
    return [(name, _shown(value)) for name, value in pairs if value and name != "provenance"]


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return f"a picture, {len(value) / 1000:.0f} kB"
    if isinstance(value, tuple):
        return ", ".join(f"{c.title} ({c.start_s:.0f} s)" for c in value)
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"
