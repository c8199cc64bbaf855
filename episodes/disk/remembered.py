"""What takes a while to make, remembered in a file of the cache until its inputs are others.

The file may be deleted or damaged at any time: the value is made again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from columncast.episodes.disk import files

T = TypeVar("T")


class _Remembered(msgspec.Struct, kw_only=True):
    key: str
    value: msgspec.Raw


def remembered(path: Path, key: str, kind: type[T], make: Callable[[], T]) -> T:
    """Return the value of *kind* in the file *path* if it was made for *key*, else *make* and keep it.

    *key* is a hash of everything that the value depends on. What *make* raises keeps nothing.
    """
    with suppress(OSError, msgspec.DecodeError):  # never made, damaged, or by another version
        found = msgspec.json.decode(path.read_bytes(), type=_Remembered)
        if found.key == key:
            return msgspec.json.decode(found.value, type=kind)
    value = make()
    made = _Remembered(key=key, value=msgspec.Raw(msgspec.json.encode(value)))
    files.write(path, msgspec.json.encode(made))
    return value
