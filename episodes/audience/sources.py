"""Where logs come from: files, folders, patterns, standard input, a bucket; read in blocks of lines.

Nothing of a log is written anywhere, and no more than a block of it is in memory. What a file is
tells its first bytes, never its name.
"""

from __future__ import annotations

import bz2
import glob
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from columncast.episodes.disk.files import explained
from columncast.episodes.errors import InputError, RemoteError, SettingsError
from columncast.episodes.show.settings import Destination, Show
from columncast.episodes.storage.door import open_storage
from columncast.episodes.storage.store import Storage

BLOCK_BYTES = 4 << 20
"""How much of a log is read at a time; with what is made of it, some 40 MB are in memory."""
LONGEST_LINE = 64 << 10
"""A line that is longer is no request: servers take 8 kB of headers each, 32 kB in all."""
_OBJECTS_AT_ONCE = 1_000
"""Of a bucket, whose logs are small; each is fetched whole."""

_PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
}
_REFUSED = {
    b"PK\x03\x04": "is a zip archive, whatever its name says; unpack it first",
    b"\x28\xb5\x2f\xfd": "is packed by zstd; unpack it first: zstd -d",
    b"PAR1": "is a Parquet file; let the service write JSON or text, which can be read here",
}


@dataclass(kw_only=True)
class Block:
    """Some whole lines of one log."""

    lines: list[str]
    overlong: int = 0
    """Lines that were left out for their length."""


@dataclass(kw_only=True)
class Log:
    """One log, or many small ones of one place that are read as one."""

    name: str
    asked: bool = True
    """It was named itself; else it was found in a folder, where other files may lie."""
    path: Path | None = None
    storage: Storage | None = None
    keys: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    """What is wrong with it, once it was read: cut short."""

    def blocks(self, size: int = BLOCK_BYTES) -> Iterator[Block]:
        """Read it, some lines at a time.

        Raises:
            InputError: It is in a form that is not read.
            FolderError: It cannot be read at all.
        """
        if self.storage:
            try:
                yield from self._stored(self.storage, size)
            finally:
                self.storage.close()
            return
        try:
            stream: Any = open(self.path, "rb") if self.path else sys.stdin.buffer  # noqa: PTH123, SIM115 - closed below; stdin is not
            try:
                yield from _lines(self._unpacked(stream), size, self.notes)
            finally:
                if self.path:
                    stream.close()
        except OSError as e:
            raise explained(e) from e

    def _unpacked(self, stream: Any) -> Any:
        if not hasattr(stream, "peek"):
            stream = io.BufferedReader(stream)
        head = stream.peek(8)[:8]
        for start, reason in _REFUSED.items():
            if head.startswith(start):
                raise InputError(f"{reason}; nothing was counted", where=self.name)
        return _opened(head, stream)

    def _stored(self, storage: Storage, size: int) -> Iterator[Block]:
        with ThreadPoolExecutor(storage.at_once) as pool:
            for first in range(0, len(self.keys), _OBJECTS_AT_ONCE):
                some = self.keys[first : first + _OBJECTS_AT_ONCE]
                kept: list[Block] = []
                for key, content in zip(some, pool.map(storage.get, some), strict=True):
                    if content is None:
                        self.notes.append(f"{storage.label}{key} went while it was read")
                        continue
                    stream: Any = io.BufferedReader(io.BytesIO(content.data))  # with a peek
                    kept += _lines(_opened(stream.peek(8)[:8], stream), size, self.notes)
                yield from _joined(kept, size)


def find_logs(named: Sequence[str], show: Show, root: Path) -> list[Log]:
    """Return the logs that *named* stand for: files, folders, patterns, `-`, `s3://…`.

    Each file is there once, whatever names it. Relative names in show.toml start at *root*.

    Raises:
        InputError: A name stands for nothing.
        SettingsError: A bucket needs an extra that is not installed.
        RemoteError: A bucket cannot be listed.
    """
    found: dict[str, Log] = {}
    for name in named:
        logs = list(_logs_of(name, show, root))
        if not logs:
            raise InputError("there is no such log; nothing was counted", where=name)
        for log in logs:
            found.setdefault(os.path.realpath(log.path) if log.path else log.name, log)
    return list(found.values())


def _logs_of(name: str, show: Show, root: Path) -> Iterator[Log]:
    if name == "-":
        yield Log(name="standard input")
        return
    if name.startswith("s3://"):
        yield _bucket(name, show, root)
        return
    path = root / Path(name).expanduser()
    if path.is_dir():
        names = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        yield from (Log(name=str(p), path=p, asked=False) for p in names)
    elif path.exists():
        yield Log(name=name, path=path)
    else:
        matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - patterns may be absolute
        yield from (Log(name=m, path=Path(m), asked=False) for m in matches if Path(m).is_file())


def _bucket(name: str, show: Show, root: Path) -> Log:
    bucket, _, prefix = name.removeprefix("s3://").partition("/")
    near = [d for d in show.destinations.values() if d.kind == "s3"]
    like = next((d for d in near if d.bucket == bucket), near[0] if near else None)
    try:
        place = Destination(
            kind="s3",
            bucket=bucket,
            prefix=prefix.strip("/"),
            endpoint_url=like.endpoint_url if like else "",
            region=like.region if like else "",
            profile=like.profile if like else "",
        )
    except ValueError as e:
        raise SettingsError(f"[audience] logs {name!r}: {e}", where="show.toml") from e
    storage = open_storage(place, root)
    keys = tuple(stored.key for stored in storage.find(""))
    if not keys:
        raise RemoteError("there are no logs; nothing was counted", where=name)
    return Log(name=name, storage=storage, keys=keys)


def _opened(head: bytes, stream: Any) -> Any:
    packed = next((kind for start, kind in _PACKED.items() if head.startswith(start)), "")
    if packed == "gzip":
        return gzip.GzipFile(fileobj=stream)
    if packed == "bzip2":
        return bz2.BZ2File(stream)
    return lzma.LZMAFile(stream) if packed == "xz" else stream


def _lines(stream: Any, size: int, notes: list[str]) -> Iterator[Block]:
    """Cut *stream* into blocks of whole lines; what breaks off is read as far as it goes."""
    rest, skipping, overlong = b"", False, 0
    while True:
        read = _read(stream, size, notes)
        if skipping and read:  # until the line ends that was too long
            end = read.find(b"\n")
            if end < 0:
                continue
            read, skipping = read[end + 1 :], False
        whole, cut, new = (rest + read).rpartition(b"\n") if read else (rest, b"", b"")
        rest = new
        if len(rest) > LONGEST_LINE:
            rest, skipping, overlong = b"", True, overlong + 1
        if whole or overlong:
            lines = whole.decode("utf-8", "replace").split("\n")
            if max(map(len, lines)) > LONGEST_LINE:
                kept = [line for line in lines if len(line) <= LONGEST_LINE]
                overlong += len(lines) - len(kept)
                lines = kept
            yield Block(lines=lines, overlong=overlong)
            overlong = 0
        if not read and not cut:
            return


def _read(stream: Any, size: int, notes: list[str]) -> bytes:
    """Read about *size* bytes; of something packed that breaks off, all that comes before."""
    parts: list[bytes] = []
    length = 0
    while length < size:
        try:
            part = stream.read1(size - length)
        except (EOFError, zlib.error, lzma.LZMAError, OSError) as e:
            if getattr(e, "errno", None):  # the disk's trouble, not the file's
                raise
            notes.append("is cut short or damaged; it was read as far as it goes")
            break
        if not part:
            break
        parts.append(part)
        length += len(part)
    return b"".join(parts)


def _joined(blocks: Iterable[Block], size: int) -> Iterator[Block]:
    """Put small blocks together."""
    lines: list[str] = []
    length = overlong = 0
    for block in blocks:
        lines += block.lines
        length += sum(map(len, block.lines))
        overlong += block.overlong
        if length >= size:
            yield Block(lines=lines, overlong=overlong)
            lines, length, overlong = [], 0, 0
    if lines or overlong:
        yield Block(lines=lines, overlong=overlong)
