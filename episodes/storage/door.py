"""Opening a store: a folder, an S3-compatible store or SFTP, and asking it again when it stumbles."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from columncast.episodes.disk.file_names import plain_key
from columncast.episodes.errors import ConflictError
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.store import Content, Moved, Served, Storage, Stored
from columncast.episodes.waiting.retry import Retry


def open_storage(destination: Destination, root: Path, *, retry: Retry | None = None) -> Storage:
    """Return the store that *destination* names; a folder's path starts at the show's *root*.

    It is as patient as *retry*, which also tells a person that something is tried again.

    Raises:
        SettingsError: It needs an extra that is not installed.
        RemoteError: It cannot be reached or does not let us in.
    """
    return Patient(_store(destination, root), retry or Retry())


def host_of(destination: Destination) -> str:
    """Return the server that *destination* is on, as it is called; of a folder, "".

    Raises:
        SettingsError: It needs an extra that is not installed, or its settings cannot be read.
    """
    if destination.kind == "s3":
        named = destination.endpoint_url or next(
            filter(None, map(os.environ.get, ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"))), ""
        )
        return urlsplit(named).hostname or "s3.amazonaws.com"
    if destination.kind == "sftp":
        from columncast.episodes.storage import sftp  # noqa: PLC0415

        return sftp.host_of(destination)
    return ""


def lacks(destination: Destination, root: Path) -> list[str]:
    """Return what is missing on this machine to put files at *destination*; nobody is asked.

    Raises:
        SettingsError: It needs an extra that is not installed, or its settings cannot be read.
    """
    if destination.kind == "s3":
        from columncast.episodes.storage import s3  # noqa: PLC0415

        return list(s3.lacks(destination))
    if destination.kind == "sftp":
        from columncast.episodes.storage import sftp  # noqa: PLC0415

        return list(sftp.lacks(destination))
    from columncast.episodes.storage import folder  # noqa: PLC0415

    return list(folder.lacks((root / destination.path).resolve()))


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
