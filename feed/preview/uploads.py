"""Files that come from the page: one at a time, no larger than of use, under names of our own.

They lie where `import` keeps what it fetches, and go when they are used or old.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from columncast.episodes.columns.input.decoding import PAGE_LIMIT
from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import file_name, plain_name, suffix_of
from columncast.episodes.errors import BusyError, InputError, UsageError
from columncast.episodes.model import bounds
from columncast.episodes.show.folder import ShowFolder

Kind = Literal["recording", "column", "cover"]
MOST_BYTES: dict[str, int] = {
    "recording": bounds.AUDIO_MOST_BYTES,
    "column": 4 * PAGE_LIMIT,
    "cover": bounds.PICTURE.most_bytes,
}
"""Of each kind of file; a column may be an export."""


class Uploads:
    """What has come in during one session."""

    def __init__(self, root: Path) -> None:
        """Take the show's folder."""
        self._folder = ShowFolder(root).fetched / "uploads"
        self._one = threading.Lock()

    async def take(self, kind: str, name: str, chunks: AsyncIterator[bytes]) -> str:
        """Write what comes in *chunks* to a file of this *kind*; return what it is called here.

        Raises:
            UsageError: There is no such *kind* of file.
            BusyError: Another file is on its way.
            InputError: It is too large, or empty.
            FolderError: The disk is full or not ours to write.
        """
        if kind not in MOST_BYTES:
            raise UsageError(f"{kind!r} is no kind of file that the page takes")
        if not self._one.acquire(blocking=False):
            raise BusyError("another file is being uploaded; wait for it to end")
        place = self._folder / secrets.token_urlsafe(12).replace("-", "_")
        kept = place / f"{file_name(Path(name).stem)}{suffix_of(Path(name))}"
        done = False
        try:
            with files.disk_errors(kept):
                place.mkdir(parents=True)
                length = 0
                with kept.open("wb") as f:
                    async for chunk in chunks:
                        length += len(chunk)
                        if length > MOST_BYTES[kind]:
                            most = MOST_BYTES[kind] // 1_000_000
                            raise InputError(f"{name} is larger than {most:,} MB")
                        f.write(chunk)
            if not length:
                raise InputError(f"{name} is empty")
            done = True
        finally:
            if not done:
                files.remove_tree(place)
            self._one.release()
        return f"{place.name}/{kept.name}"

    def find(self, called: str) -> Path:
        """Return the file that is *called* so here.

        Raises:
            UsageError: There is none.
        """
        place, _, name = called.partition("/")
        path = self._folder / place / name
        if not (plain_name(place) and plain_name(name) and path.is_file()):
            raise UsageError("the uploaded file is not here any more; choose it again")
        return path

    def together(self, first: str, second: str) -> tuple[Path, Path]:
        """Return two files that were uploaded, in one folder.

        Raises:
            UsageError: One of them is not here.
        """
        one, two = self.find(first), self.find(second)
        target = one.with_name(two.name) if two.name != one.name else one.with_name(f"2-{two.name}")
        files.move(two, target)
        files.remove_tree(two.parent)
        return one, target

    def drop(self, called: str) -> None:
        """Remove a file that is of no use any more."""
        files.remove_tree(self.find(called).parent)

    def clear(self) -> None:
        """Remove all that earlier sessions have left."""
        if self._folder.is_dir():
            files.remove_tree(self._folder)
