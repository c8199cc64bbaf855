"""SHA-256 of files, worked out once: a build of a thousand episodes reads no recording twice.

As git's index does it: a file whose size, times and inode are what they were has the bytes it had.
The cache may be deleted at any time.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from columncast.episodes import files


class Hashes:
    """Content hashes of files, kept in one JSON file between runs."""

    def __init__(self, cache: Path) -> None:
        """Load what *cache* (a file that need not exist) knows."""
        self._cache = cache
        self._known: dict[str, tuple[list[int], str]] = {}
        self._used: dict[str, tuple[list[int], str]] = {}
        try:
            kind = dict[str, tuple[list[int], str]]
            self._known = msgspec.json.decode(cache.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            pass  # nothing known, or not ours to read: everything is hashed afresh

    def of(self, path: Path) -> str:
        """Return the SHA-256 of *path* in hexadecimal."""
        stat = path.stat()
        signature = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        name = str(path.absolute())
        known = self._used.get(name) or self._known.get(name)
        if known is None or known[0] != signature:
            known = (signature, files.sha256(path))
        self._used[name] = known
        return known[1]

    def save(self) -> None:
        """Keep what is known; what was not asked for is kept too, as long as the file exists."""
        kept = {n: k for n, k in self._known.items() if n not in self._used and Path(n).exists()}
        if kept | self._used != self._known:
            files.write(self._cache, msgspec.json.encode(kept | self._used))
