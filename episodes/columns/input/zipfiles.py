"""Zip files from elsewhere: only the members that are asked for are opened, and never to disk.

Nothing is ever extracted, so a member's name can lead nowhere. A bomb is stopped where it unpacks:
a member is read up to its bound and no further, whatever size it claims to have.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from columncast.episodes.errors import ColumnError

_DIRECTORY_LIMIT = 16_000_000
"""Bytes of a zip's table of contents; some hundred thousand members."""

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")


class Archive:
    """An open zip file."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self.names = tuple(opened.namelist())

    def read(self, name: str, limit: int) -> bytes:
        """Return the member *name*.

        Raises:
            ColumnError: It is not there, is encrypted or damaged, or unpacks to more than *limit*.
        """
        try:
            with self._zip.open(name) as member:
                data = member.read(limit + 1)
        except KeyError as e:
            raise ColumnError(f"the zip file holds no {name!r}") from e
        except (RuntimeError, NotImplementedError) as e:
            raise ColumnError(
                f"{name!r} in the zip file is encrypted or packed in a rare way"
            ) from e
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as e:
            raise ColumnError(f"{name!r} in the zip file is damaged; export it again") from e
        if len(data) > limit:
            raise ColumnError(
                f"{name!r} in the zip file unpacks to more than {limit // 1_000_000} MB; "
                "is it the right file?"
            )
        return data


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open the zip file *path*.

    Raises:
        ColumnError: It is no zip file, is damaged, or has a table of contents beyond all reason.
    """
    try:
        with path.open("rb") as f:
            if _directory_size(f.seek(0, 2), path) > _DIRECTORY_LIMIT:
                raise ColumnError("the zip file holds too many files to be an export")
        with zipfile.ZipFile(path) as archive:
            yield Archive(archive)
    except (zipfile.BadZipFile, struct.error, EOFError, UnicodeDecodeError, ValueError) as e:
        raise ColumnError("is a damaged zip file; export or download it again") from e


def _directory_size(size: int, path: Path) -> int:
    """The size of the table of contents, read before anything makes objects of it."""
    with path.open("rb") as f:
        f.seek(max(0, size - 65_536 - _END.size - _LOCATOR_64.size))
        tail = f.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) < at + _END.size:
            return 0
        directory = int(_END.unpack_from(tail, at)[5])
        before = at - _LOCATOR_64.size
        if before >= 0 and tail[before : before + 4] == b"PK\x06\x07":
            f.seek(_LOCATOR_64.unpack_from(tail, before)[2])
            directory = max(int(_END_64.unpack(f.read(_END_64.size))[8]), directory % 0xFFFFFFFF)
    return directory
