"""What was rendered before and from what, so that a large show renders only what changed.

A file is taken as it is when its inputs are the ones that made it and nobody has touched it since.
The record may be deleted at any time: everything is rendered again, to the same bytes.
"""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from columncast.episodes import files


def fingerprint(*inputs: Any) -> str:
    """Return a hash of *inputs*: dataclasses, texts, bytes, numbers, and lists and dicts of them."""
    return hashlib.sha256(msgspec.msgpack.encode(inputs)).hexdigest()


@functools.cache
def renderer() -> str:
    """Return a hash of the code and the templates that render, so that an update renders again."""
    code = sorted(path for path in Path(__file__).parent.rglob("*") if path.is_file())
    own = [path.read_bytes() for path in code if path.suffix in (".py", ".html", ".css")]
    return fingerprint(own, [version(library) for library in ("feedgen", "lxml", "jinja2")])


class Rendered:
    """The record of one show's public files, kept in one JSON file between runs."""

    def __init__(self, cache: Path, root: Path) -> None:
        """Load what *cache* (a file that need not exist) knows of the files below *root*."""
        self._cache = cache
        self._root = root
        self._known: dict[str, tuple[str, list[int]]] = {}
        self._now: dict[str, str] = {}
        try:
            kind = dict[str, tuple[str, list[int]]]
            self._known = msgspec.json.decode(cache.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            pass  # nothing known, or not ours to read: everything is rendered afresh

    def stale(self, name: str, inputs: str) -> bool:
        """Whether the file *name* has to be rendered from what has the fingerprint *inputs*."""
        self._now[name] = inputs
        known = self._known.get(name)
        return known is None or known[0] != inputs or known[1] != self._signature(name)

    def save(self) -> None:
        """Keep what was asked about, now that the files are written."""
        now = {name: (inputs, self._signature(name)) for name, inputs in self._now.items()}
        if now != self._known:
            files.write(self._cache, msgspec.json.encode(now))

    def _signature(self, name: str) -> list[int]:
        try:
            stat = (self._root / name).stat()
        except OSError:
            return []
        return [stat.st_size, stat.st_mtime_ns, stat.st_ino]
