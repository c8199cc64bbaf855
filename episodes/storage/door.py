"""Where the public folder lives once it is published: a folder, an S3-compatible store, SFTP.

A store keeps files under keys, which are the paths of the show's folder (`audio/x.mp3`). Whatever
it is made of, a key holds either the whole of a file or nothing new: never half of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from columncast.episodes.disk.file_names import plain_key
from columncast.episodes.errors import ConflictError
from columncast.episodes.show.settings import Destination
from columncast.episodes.waiting.retry import Retry

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


def open_storage(destination: Destination, root: Path, *, retry: Retry | None = None) -> Storage:
    """Return the store that *destination* names; a folder's path starts at the show's *root*.

    It is as patient as *retry*, which also tells a person that something is tried again.

    Raises:
        SettingsError: It needs an extra that is not installed.
        RemoteError: It cannot be reached or does not let us in.
    """
    return Patient(_store(destination, root), retry or Retry())


def _store(destination: Destination, root: Path) -> Storage:
    # Each kind brings its library along, so only the one that is used is imported.
    if destination.kind == "s3":
        from columncast.episodes.storage.s3 import S3  # noqa: PLC0415

        return S3(destination)
    if destination.kind == "sftp":
        from columncast.episodes.storage.sftp import Sftp  # noqa: PLC0415

        return Sftp(destination)
    from columncast.episodes.storage.folder import Folder  # noqa: PLC0415

    return Folder(root / destination.path)


@dataclass(frozen=True)
class Patient:
    """A store that is asked again when it failed only for a moment."""

    store: Storage
    retry: Retry

    @property
    def label(self) -> str:
        """As the store's."""
        return self.store.label

    @property
    def at_once(self) -> int:
        """As the store's."""
        return self.store.at_once

    def find(self, prefix: str) -> Iterator[Stored]:
        """As the store's; a listing that broke off is begun anew.

        A key that could not be a path below a folder is none of ours, and is not worked with.
        """
        found = self.retry(lambda: list(self.store.find(prefix)))
        yield from (stored for stored in found if plain_key(stored.key))

    def get(self, key: str) -> Content | None:
        """As the store's."""
        return self.retry(lambda: self.store.get(key))

    def same(self, stored: Stored, path: Path) -> bool:
        """As the store's."""
        return self.store.same(stored, path)

    def put(self, key: str, path: Path, served: Served, moved: Moved) -> None:
        """As the store's; bytes are told once, however often they had to be sent."""
        told = 0

        def attempt() -> None:
            here = 0

            def count(more: int) -> None:
                nonlocal here, told
                here += more
                if here > told:
                    moved(here - told)
                    told = here

            self.store.put(key, path, served, count)

        self.retry(attempt)

    def put_if(self, key: str, data: bytes, served: Served, expected: str | None) -> None:
        """As the store's; a try that succeeded although its answer was lost is no conflict."""
        tried = 0

        def attempt() -> None:
            nonlocal tried
            tried += 1
            try:
                self.store.put_if(key, data, served, expected)
            except ConflictError:
                there = self.store.get(key) if tried > 1 else None
                if there is None or there.data != data:
                    raise

        self.retry(attempt)

    def delete(self, key: str) -> None:
        """As the store's."""
        self.retry(lambda: self.store.delete(key))

    def sweep(self, keep: Collection[str]) -> None:
        """As the store's."""
        self.retry(lambda: self.store.sweep(keep))

    def now(self) -> datetime:
        """As the store's."""
        return self.retry(self.store.now)

    def close(self) -> None:
        """As the store's."""
        self.store.close()


def md5(data: bytes) -> hashlib._Hash:
    """Return an MD5 of *data*: S3's name for content, and no protection against anybody."""
    return hashlib.md5(data, usedforsecurity=False)


def conflict(key: str, label: str) -> ConflictError:
    """Return the error that says somebody else has changed *key*."""
    return ConflictError("was changed by somebody else; nothing was replaced", where=label + key)
