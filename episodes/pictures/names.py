"""What a picture of a column is called in the folder of its episode.

The name holds a hash of how the column names the picture, so a build finds it again without the
network and without the folder that the column came from. Where it could not be had, a note of the
same name says why.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from columncast.episodes.disk.journal import Changes
from columncast.episodes.model.media_types import COLUMN_PICTURES
from columncast.episodes.model.picture import Reference
from columncast.episodes.text.normalize import clip, one_line

SUFFIXES = tuple(kind.suffix for kind in COLUMN_PICTURES)
SOURCE = re.compile(r"picture-[a-z0-9-]+-[0-9a-f]{10}(?:\.left-out)?\.\w+")
"""What lies in an episode's folder because its column has pictures."""
LEFT_OUT = ".left-out.txt"
_LONGEST = 40


def public_stem(reference: Reference) -> str:
    """Return how the names begin under which a picture is published.

    >>> public_stem(Reference(src="", file="images/Old%20Quay.JPG"))
    'picture-old-quay'
    >>> public_stem(Reference(src="https://w.example/a?id=7", file=""))
    'picture-a'
    """
    return f"picture-{_plain(reference)}"


def source_stem(reference: Reference) -> str:
    """Return what it is called in the episode's folder, without a suffix.

    >>> source_stem(Reference(src="", file="images/quay.jpg"))
    'picture-quay-46f705f927'
    """
    known_by = hashlib.sha256(reference.key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{public_stem(reference)}-{known_by[:10]}"


def shown(key: str) -> str:
    """Return how a person knows the picture that is named by an address, a file or itself.

    >>> shown("images/quay.jpg"), shown("data:image/png;base64,iVBORw0KGgo")
    ('images/quay.jpg', 'that is part of the column')
    """
    return "that is part of the column" if key.startswith("data:") else clip(one_line(key), 80)


def kept_picture(folder: Path, reference: Reference) -> Path | None:
    """Return the picture in the episode's *folder*; None if it did not come along."""
    stem = source_stem(reference)
    for suffix in SUFFIXES:
        if (path := folder / f"{stem}{suffix}").is_file():
            return path
    return None


def why_left_out(folder: Path, reference: Reference) -> str:
    """Return why it did not come along; empty if that was never tried."""
    try:
        text = (folder / f"{source_stem(reference)}{LEFT_OUT}").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    return " ".join(text.split())[:300]


def pictures_in(folder: Path) -> list[Path]:
    """Return all that lies in an episode's *folder* because its column has pictures."""
    return sorted(path for path in folder.glob("picture-*") if SOURCE.fullmatch(path.name))


def put_pictures_in_place(changes: Changes, folder: Path, new: Path) -> None:
    """Let the pictures in the folder *new* take the place of those in an episode's *folder*."""
    staying = pictures_in(new)
    for path in staying:
        changes.copy(path, folder / path.name)
    names = {path.name for path in staying}
    for path in pictures_in(folder):
        if path.name not in names:
            changes.remove(path)


def _plain(reference: Reference) -> str:
    """The name that a person gave it, in letters that every system and address takes."""
    named = reference.file or reference.src
    if named.startswith("data:"):
        return "inside"
    try:
        path = urlsplit(named).path if reference.src else named.partition("?")[0]
    except ValueError:
        path = ""
    last = re.split(r"[/\\]", unquote(path).rstrip("/"))[-1].partition(".")[0]
    letters = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters)[:_LONGEST].strip("-") or "of-the-column"
