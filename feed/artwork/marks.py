"""How the placeholder for a cover is told from a cover: by a comment in the file."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

PLACEHOLDER = b"columncast: a placeholder until there is a cover"
_HEAD_BYTES = 2_000
"""Of a JPEG; the comment stands before the picture."""


def is_placeholder(cover: Path) -> bool:
    """Whether *cover* is what `init` has drawn; of a file that cannot be read, no."""
    with suppress(OSError), cover.open("rb") as picture:
        return PLACEHOLDER in picture.read(_HEAD_BYTES)
    return False
