"""The pictures of a column brought into its episode's folder, when the column comes in.

A column is somebody's word, and its pictures lie anywhere: beside it, in the export that it is a
post of, within itself, on the web. Each is taken by itself, and one that cannot be had stops
nothing: a note in its place says why, for the build to report. What is taken is judged by its
header first, and lies in the folder as it came; what a page shows of it is made by the build.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from columncast.episodes.columns.input.zipfiles import opened
from columncast.episodes.disk import files
from columncast.episodes.errors import (
    ColumncastError,
    ColumnError,
    FolderError,
    OutsideError,
    PictureError,
    RemoteError,
)
from columncast.episodes.http.client import Client, ForbiddenNetworkError
from columncast.episodes.http.download import download, forget
from columncast.episodes.http.networks import Network
from columncast.episodes.model import bounds
from columncast.episodes.model.bounds import Bound
from columncast.episodes.model.column import Column
from columncast.episodes.model.picture import Reference
from columncast.episodes.pictures.names import LEFT_OUT, kept_picture, source_stem
from columncast.episodes.waiting.retry import Retry, TemporaryError

MOST_BYTES = bounds.COLUMN_PICTURE.most_bytes
_UPLOADS = re.compile(r"(?:^|/)((?:content/images|wp-content/uploads)/.+)")
"""Where Ghost and WordPress keep pictures, also in the folder that is exported with the posts."""
_SCHEME = re.compile(r"[a-z][\w+.-]*:", re.IGNORECASE)
"""Also of a drive (`C:`) and of e-mail (`cid:`)."""

Fetch = Callable[[str, Path, Bound], None]
"""Fetches an address to a file within bounds; raises a RemoteError."""


@dataclass(frozen=True, kw_only=True)
class Gatherer:
    """How the pictures of columns are taken along."""

    judge: Callable[[Path], str]
    """Returns the suffix that fits a picture; raises a PictureError if no page can show it."""
    fetch: Fetch | None = None
    """None: what is on the web stays there."""
    progress: Callable[[float], None] = field(default=lambda _: None)

    def gather(
        self,
        references: Sequence[Reference],
        origin: Path,
        folder: Path,
        *,
        former: Path | None = None,
    ) -> None:
        """Bring the pictures that a column names by *references* into *folder*.

        *origin* is the file that the column was read from: itself, or an export of many. What the
        web does not give any more is taken from the *former* folder, if it came along to there.

        Raises:
            FolderError: The disk is full or not ours to write.
        """
        within = _Bounds()
        for number, reference in enumerate(references):
            self.progress(number / len(references))
            stem = source_stem(reference)
            try:
                within.refuse(number)
                with files.scratch_file(folder / stem) as draft:
                    if self._bring(reference, origin, draft, within):
                        files.copy(draft, folder / f"{stem}{self.judge(draft)}")
            except FolderError:
                raise
            except (ColumncastError, OSError, ValueError) as e:
                kept = kept_picture(former, reference) if former and reference.src else None
                if kept:
                    files.copy(kept, folder / kept.name)
                else:
                    files.write(folder / f"{stem}{LEFT_OUT}", f"{_reason(e)}\n")

    def _bring(self, reference: Reference, origin: Path, draft: Path, within: _Bounds) -> bool:
        """Write the picture to *draft*; whether it was to be had."""
        if reference.file.startswith("data:"):
            draft.write_bytes(_inside(reference.file))
            return True
        for name in _names_near(reference):
            if found := _found(origin, name):
                draft.write_bytes(found)
                return True
        if reference.src and self.fetch:
            self.fetch(reference.src, draft, within.left())
            within.took(draft.stat().st_size)
            return True
        if reference.src:
            return False
        _refuse_elsewhere(reference.file)
        raise PictureError("is not there")


class _Bounds:
    """What the pictures of one column may cost."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + bounds.COLUMN_PICTURES_S
        self._bytes = 0

    def refuse(self, number: int) -> None:
        if number >= bounds.COLUMN_PICTURES:
            raise PictureError(f"is one of more than {bounds.COLUMN_PICTURES}")

    def left(self) -> Bound:
        """How much the next one may have."""
        left_s = self._ends - time.monotonic()
        if left_s <= 0 or self._bytes > bounds.COLUMN_PICTURES_BYTES:
            raise PictureError("was not fetched, since the others took too long or too much")
        whole_s = min(bounds.COLUMN_PICTURE.whole_s, left_s)
        return replace(bounds.COLUMN_PICTURE, whole_s=whole_s)

    def took(self, length_bytes: int) -> None:
        self._bytes += length_bytes


def from_web(client: Client | None = None) -> Fetch:
    """Return how pictures are fetched that a column names: from the public internet alone.

    A server that did not answer once is not asked again for the next picture.
    """
    asks = client or Client(timeout_s=20, networks=frozenset({Network.PUBLIC}))
    silent: dict[str, str] = {}

    def fetch(url: str, path: Path, bound: Bound) -> None:
        server = _server(url)
        if server in silent:
            raise RemoteError(silent[server])
        try:
            download(asks, url, path, retry=Retry(tries=2), bound=bound)
        except ForbiddenNetworkError as e:
            raise PictureError("is not on the public internet; put it next to the column") from e
        except RemoteError as e:
            forget(path)
            if isinstance(e.__cause__, TemporaryError):  # tried again, and given up
                silent[server] = e.__cause__.message
                raise RemoteError(silent[server]) from e
            raise

    return fetch


def lay_again(column: Column, origin: Path, folder: Path) -> list[tuple[str, str]]:
    """Put pictures that lie near *origin* as near to *folder*, under the names that *column* has.

    No file that is there is replaced. Returns those left out, each with the reason.
    """
    left_out = []
    for reference in column.pictures:
        if reference.src or reference.file.startswith("data:"):
            continue
        try:
            name = _plain_path(reference.file)
            found = _found(origin, name) if name else None
            if found is None:
                _refuse_elsewhere(reference.file)
                raise PictureError("is not there")
            path = files.inside(folder, name, follow=False)
            if files.is_there(path) and not files.holds(path, found):
                raise PictureError("has the name of another file in the folder")
            files.write(path, found)
        except FolderError:
            raise
        except (ColumncastError, OSError, ValueError) as e:
            left_out.append((reference.file, _reason(e)))
    return left_out


def _names_near(reference: Reference) -> Iterator[str]:
    """Where a picture may lie, seen from the column or from the export."""
    if reference.file and (name := _plain_path(reference.file)):
        yield name
    with suppress(ValueError):
        if uploaded := _UPLOADS.search(urlsplit(reference.src or reference.file).path):
            yield _plain_path(uploaded[1])


def _plain_path(named: str) -> str:
    """The path that a column's text means; empty where it leads out of its folder."""
    path = unquote(re.split(r"[?#]", named, maxsplit=1)[0]).replace("\\", "/")
    steps = PurePosixPath(path)
    if steps.is_absolute() or ".." in steps.parts or _SCHEME.match(path) or not path.isprintable():
        return ""
    return steps.as_posix() if steps.parts else ""


def _refuse_elsewhere(named: str) -> None:
    if not _plain_path(named):
        raise PictureError(
            "has a name that leads out of the column's folder; put it next to the column"
        )


def _found(origin: Path, name: str) -> bytes | None:
    """What lies as *name* near *origin*: beside a file, within an archive; None: nothing does."""
    if not name:
        return None
    if zipfile.is_zipfile(origin):
        return _member(origin, name)
    path = origin.parent / name
    if not files.is_there(path):
        return None
    try:
        path = files.inside(origin.parent, name)
    except OutsideError as e:
        raise PictureError("is a link that leads out of the column's folder") from e
    if not path.is_file():
        raise PictureError("is a folder or a device")
    if path.stat().st_size > MOST_BYTES:
        raise PictureError(f"has over {MOST_BYTES // bounds.MB} MB; save it smaller")
    return path.read_bytes()


def _member(origin: Path, name: str) -> bytes | None:
    """The member of a zip file that a post means: from where the posts lie, or from the top."""
    with opened(origin) as archive:
        for member in archive.names:
            if member in (name, f"posts/{name}") or member.endswith(f"/{name}"):
                return archive.read(member, MOST_BYTES)
    return None


def _inside(named: str) -> bytes:
    """The picture that a page carries in itself (RFC 2397)."""
    head, _, data = named.partition(",")
    if not head.lower().endswith(";base64"):
        raise PictureError("is written in a way that is not read here; save it as a file")
    try:
        return base64.b64decode("".join(unquote(data).split()), validate=True)
    except (binascii.Error, ValueError) as e:
        raise PictureError("is damaged; save it as a file") from e


def _server(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _reason(error: Exception) -> str:
    """What is wrong, in a few words that go on after "it"."""
    if isinstance(error, ColumnError):
        return f"cannot be taken from the export: {error.message}"
    if isinstance(error, RemoteError):
        return f"could not be fetched: {error.message}"
    if isinstance(error, ColumncastError):
        return error.message
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"
