"""What a file of one column holds, kept so that another title or date reads it no second time.

The cache may be deleted at any time. It is asked for by the bytes of the column and by everything
else that its reading depends on.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from columncast.episodes.columns.input.decoding import read_bytes
from columncast.episodes.disk.hashes import digest
from columncast.episodes.disk.remembered import remembered
from columncast.episodes.disk.versions import software
from columncast.episodes.model.column import Column


def kept_or_read(
    path: Path, kind: Literal["text", "word"], kept: Path | None, *, timezone: str, paid: bool
) -> Column:
    """Return what the file *path* holds as a column, before anybody has looked for its title.

    *kept* is the cache's file for it; without one it is read, and nothing is written.

    Raises:
        ColumnError: It cannot be read.
    """
    data = read_bytes(path)

    def read() -> Column:
        return _read(path, data, kind, timezone=timezone, paid=paid)

    if kept is None:
        return read()
    how = (hashlib.sha256(data).hexdigest(), kind, path.suffix, timezone, paid, software())
    return remembered(kept, digest(how), Column, read)


def _read(
    path: Path, data: bytes, kind: Literal["text", "word"], *, timezone: str, paid: bool
) -> Column:
    # The readers are loaded where something is to be read.
    if kind == "word":
        from columncast.episodes.columns.formats.word import read_word  # noqa: PLC0415 - as above

        return read_word(path)
    from columncast.episodes.columns.formats.text import read_text  # noqa: PLC0415 - as above

    return read_text(data, path.suffix, timezone=timezone, paid=paid)
