"""What a store is: a place for published files, under keys.

Keys are the paths of the show's folder (`audio/x.mp3`). Whatever a store is made of, a key holds
either the whole of a file or nothing new: never half of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from columncast.episodes.errors import ConflictError

Moved = Callable[[int], None]
"""Told how many further bytes are there; bytes that were there from an earlier run count too."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file as a store lists it."""

    key: str
    length_bytes: int
    modified: datetime
    """By the store's clock."""
    etag: str = ""
    """What the store itself tells of the content, where it does."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A small file, whole."""

    data: bytes
    version: str
    """Changes whenever the bytes do; `put_if` takes it."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """How a file is to be served, for stores that keep that with it."""

    content_type: str
    cache_control: str


class Storage(Protocol):
    """A place for published files. Every method may be called from many threads at once.

    Every method raises `RemoteError` where the store refuses, and `TemporaryError`, a child of
    it, where another try may help; a folder on this machine raises `FolderError`.
    """

    @property
    def label(self) -> str:
        """How a person knows it: `s3://walls/podcast/`."""

    @property
    def at_once(self) -> int:
        """How many files it takes at the same time with profit."""

    def find(self, prefix: str) -> Iterator[Stored]:
        """Every file whose key starts with *prefix*, which ends in a slash."""

    def get(self, key: str) -> Content | None:
        """A small file, or None if there is none."""

    def same(self, stored: Stored, path: Path) -> bool:
        """Whether *stored* is known to have the bytes of *path*, without fetching them."""

    def put(self, key: str, path: Path, served: Served, moved: Moved) -> None:
        """Store the bytes of *path*; what an earlier try left of a large file is used."""

    def put_if(self, key: str, data: bytes, served: Served, expected: str | None) -> None:
        """Replace the version *expected* of a small file; None: there must be none yet.

        Raises:
            ConflictError: Something else is there. Where a store can't compare and write in one
                step, it is compared just before.
        """

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is no error."""

    def sweep(self, keep: Collection[str]) -> None:
        """Remove what killed runs have left half-stored, unless somebody may still be at it.

        What was begun of the keys in *keep* stays: it is about to be gone on with.
        """

    def now(self) -> datetime:
        """The store's clock, for its own files' dates: this machine's may be wrong."""

    def close(self) -> None:
        """Let go of connections."""


def md5(data: bytes) -> hashlib._Hash:
    """Return an MD5 of *data*: S3's name for content, and no protection against anybody."""
    return hashlib.md5(data, usedforsecurity=False)


def conflict(key: str, label: str) -> ConflictError:
    """Return the error that says somebody else has changed *key*."""
    return ConflictError("was changed by somebody else; nothing was replaced", where=label + key)
