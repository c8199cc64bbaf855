"""A folder as a store: a web server's root, a git checkout of pages, what rsync sends on."""

from __future__ import annotations

import filecmp
import hashlib
import os
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from columncast.episodes.disk import files
from columncast.episodes.storage.store import Content, Moved, Served, Stored, conflict

PIECE_BYTES = 1 << 20
PARTS = ("audio", "feed", ".columncast")
"""The folders that all keys begin with."""
PARTS_DEPTH = 2
"""How many folders deep they are: `.columncast/feeds/STAMP-HASH`."""


def lacks(path: Path) -> Iterator[str]:
    """Tell what keeps files from being put below *path*; nothing is written."""
    there = next(place for place in (path, *path.parents) if place.exists())
    if not there.is_dir():
        yield f"{there} is a file, and a folder is wanted there"
    elif not os.access(there, os.W_OK | os.X_OK):
        yield f"{there} cannot be written to; look at its owner and mode"


class Folder:
    """Files below one folder. Types and caching are the web server's business there."""

    at_once = 4

    def __init__(self, path: Path) -> None:
        """Take the folder; it is made when the first file comes."""
        self.path = path.resolve()
        self._renamed: set[Path] = set()
        self.label = f"{self.path}/"

    def find(self, prefix: str) -> Iterator[Stored]:
        """Every file below *prefix*, drafts apart.

        Raises:
            FolderError: A folder there cannot be read; it is not taken for an empty one.
        """
        for path in sorted(self._below(self.path / prefix)):
            ours = path.is_file() and not path.name.startswith(files.BESIDE)
            key = path.relative_to(self.path).as_posix()
            if ours and not files.leads_out(self._home(key)[0], path):
                stat = path.stat()
                yield Stored(
                    key=key,
                    length_bytes=stat.st_size,
                    modified=datetime.fromtimestamp(stat.st_mtime, UTC),
                )

    @staticmethod
    def _below(folder: Path) -> Iterator[Path]:
        def refuse(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError):
                raise error

        with files.disk_errors(folder):
            for at, _, names in os.walk(folder, onerror=refuse):
                yield from (Path(at, name) for name in names)

    def get(self, key: str) -> Content | None:
        """A small file, or None."""
        path = files.inside(*self._home(key))
        with files.disk_errors(path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                return None
        return Content(data=data, version=hashlib.sha256(data).hexdigest())

    def same(self, stored: Stored, path: Path) -> bool:
        """Whether both have the same bytes; both are here, so they are compared."""
        return filecmp.cmp(self.path / stored.key, path, shallow=False)

    def put(self, key: str, path: Path, served: Served, moved: Moved) -> None:  # noqa: ARG002 - a folder keeps no headers
        """Copy the file beside its place and rename it into it."""
        target, public = self._for_all(key)
        with (
            files.beside(target, public=public) as draft,
            path.open("rb") as f,
            draft.open("wb") as to,
        ):
            while piece := f.read(PIECE_BYTES):
                to.write(piece)
                moved(len(piece))
        self._renamed.add((self.path / key).parent)

    def put_if(self, key: str, data: bytes, served: Served, expected: str | None) -> None:  # noqa: ARG002 - as above
        """Write the file if the one there is as expected, looked at just before the rename."""
        # After a power cut, a feed must not be there without the media that it names.
        files.sync(self._renamed)
        self._renamed.clear()
        target, public = self._for_all(key)
        with files.beside(target, public=public) as draft:
            draft.write_bytes(data)
            there = self.get(key)
            if (there.version if there else None) != expected:
                raise conflict(key, self.label)
        files.sync([(self.path / key).parent])

    def delete(self, key: str) -> None:
        """Remove the file, and the folders that are empty without it."""
        path = self._at(key)
        with files.disk_errors(path):
            path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == self.path or not parent.is_dir() or parent.is_symlink():
                break
            if any(parent.iterdir()):
                break
            parent.rmdir()

    def _for_all(self, key: str) -> tuple[Path, bool]:
        """Where *key* will lie, and whether everybody may read it; makes the folder itself.

        Everything but `audio/`, `feed/` and the pages for the base address is our own record, and
        nobody else's to read.
        """
        target = self._at(key)
        with files.disk_errors(self.path):
            files.make_folder(self.path, public=True)
        public = key in files.ROOT_PAGES or key.partition("/")[0] in files.PUBLIC_PARTS
        return target, public

    def _at(self, key: str) -> Path:
        """Where *key* lies; what lies there may be a link, for it is replaced or removed itself."""
        return files.inside(*self._home(key), follow=False)

    def _home(self, key: str) -> tuple[Path, str]:
        """The folder that *key* may not lead out of, and its name there.

        `audio/` and `feed/` themselves may be links, to a larger disk for example.
        """
        part, _, name = key.partition("/")
        return (self.path / part, name) if part in files.PUBLIC_PARTS else (self.path, key)

    def sweep(self, keep: Collection[str]) -> None:  # noqa: ARG002 - what is half here is of no use
        """Remove drafts that no process of this machine writes to, and that are a day old if another does.

        Only where a show's files lie: the web root may hold more than that.
        """
        files.sweep(self.path, shared=True)  # of a page for the base address
        for part in PARTS:
            files.sweep(self.path / part, depth=PARTS_DEPTH, shared=True)

    def now(self) -> datetime:
        """The clock of this machine, which dates the files too."""
        return datetime.now(UTC)

    def close(self) -> None:
        """Nothing is held open."""
