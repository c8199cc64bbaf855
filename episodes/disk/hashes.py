"""SHA-256 of files, worked out once: a build of a thousand episodes reads no recording twice.

As git's index does it: a file whose size, times and inode are what they were has the bytes it had.
The cache may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import as_text


def digest(*values: object) -> str:
    """Return a hash of plain values, dataclasses and collections of them, the same in every run."""
    return hashlib.sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()


class Hashes:
    """Content hashes of files, kept in one JSON file between runs."""

    def __init__(self, cache: Path) -> None:
        """Load what *cache* (a file that need not exist) knows."""
        self._cache = cache
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}
        self._used: dict[str, tuple[tuple[int, ...], str]] = {}
        try:
            kind = dict[str, tuple[tuple[int, ...], str]]
            self._known = msgspec.json.decode(cache.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            pass  # nothing known, or not ours to read: everything is hashed afresh

    def of(self, path: Path) -> str:
        """Return the SHA-256 of *path* in hexadecimal."""
        stat = path.stat()
        signature = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
        name = as_text(str(path.absolute()))
        known = self._used.get(name) or self._known.get(name)
        if known is None or known[0] != signature:
            known = (signature, files.sha256(path))
        self._used[name] = known
        return known[1]

    def save(self) -> None:
        """Keep what is known; what was not asked for is kept too, as long as the file exists."""
        if self._used.items() <= self._known.items():
            return
        others = self._known.keys() - self._used.keys()
        kept = {n: self._known[n] for n in others if os.path.exists(n)}  # noqa: PTH110 - of thousands
        self._known = kept | self._used
        files.write(self._cache, msgspec.json.encode(self._known, order="sorted"))
