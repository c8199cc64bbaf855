"""Episodes that are prepared beside the show: each made whole there, and renamed into it.

They lie in `episodes/` under a hidden name, so that the rename stays on one disk. A record in each
says which audio the show had of it before: what was made for an episode that never came, or for a
change that never happened, goes with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.model.asset_name import stem_of

RECORD = f"{files.BESIDE}before.json"
_PICTURES = ".columncast/pictures"
_FORMER = ".columncast/staging"
"""Where earlier versions prepared them."""


def place(root: Path) -> Path:
    """Return the folder in which the show at *root* has episodes prepared."""
    return root / "episodes" / ".columncast.staging"


@contextmanager
def prepared(root: Path, slug: str) -> Iterator[Path]:
    """Give a folder to prepare the episode *slug* in; what is still in it afterwards goes.

    Audio made for it goes too, unless its record was removed before: see `RECORD`.
    """
    folder = place(root) / slug
    try:
        files.write(folder / RECORD, msgspec.json.encode(sorted(_audio_of(root, slug))))
        yield folder
    finally:
        clear(root)


def clear(root: Path) -> None:
    """Throw away what was prepared in the show at *root* and is not in it.

    Raises:
        FolderError: The disk does not let us.
    """
    staging = place(root)
    for record in staging.glob(f"*/{RECORD}"):
        try:
            before = set(msgspec.json.decode(record.read_bytes(), type=list[str]))
        except (OSError, msgspec.DecodeError):
            continue  # nobody knows what was there, so nothing goes
        slug = record.parent.name
        if not (root / "episodes" / slug).exists():  # what was made of its pictures
            shutil.rmtree(root / _PICTURES / slug, ignore_errors=True)
        for name in _audio_of(root, slug) - before:
            with files.disk_errors(root / "audio"):
                (root / "audio" / name).unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)
    shutil.rmtree(root / _FORMER, ignore_errors=True)


def _audio_of(root: Path, slug: str) -> set[str]:
    """Return the names of the enclosures that the episode *slug* has in `audio/`."""
    return {name for name in files.names(root / "audio") if stem_of(name) == slug}
