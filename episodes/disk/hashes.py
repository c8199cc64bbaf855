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
        """Keep what is known, of files that were not asked for, too.

        Those that are gone are looked for whenever it has become twice as many: never more than half
        of it is of no use, and a file more among thirty thousand costs no look at each of them.
        """
        if self._used.items() <= self._known.items():
            return
        before = len(self._known)
        self._known |= self._used
        if len(self._known).bit_length() > before.bit_length():
            there = os.path.exists
            self._known = {name: one for name, one in self._known.items() if there(name)}
        files.write(self._cache, msgspec.json.encode(self._known, order="sorted"))
