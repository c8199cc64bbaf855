"""A GIF without what people do not see: remarks, XMP, and blocks that only one program knows.

The frames stay what they are, byte for byte; how often they repeat as well (w3.org/Graphics/GIF).
"""

from __future__ import annotations

from columncast.episodes.errors import PictureError

_REPEATS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_DAMAGED = "is a damaged GIF; save it again"


def without_remarks(data: bytes) -> bytes:
    """Return the GIF *data* with its frames alone; what follows its end goes as well.

    Raises:
        PictureError: It is damaged.
    """
    try:
        return _frames_of(data)
    except IndexError as e:
        raise PictureError(_DAMAGED) from e


def _frames_of(data: bytes) -> bytes:
    at = 13 + _colours(data[10])
    kept = bytearray(data[:at])
    while data[at] != 0x3B:
        if data[at] == 0x2C:  # a frame: where it is, its colours, its pixels
            start, at = at, at + 10 + _colours(data[at + 9]) + 1
            at = _after_blocks(data, at)
            kept += data[start:at]
        elif data[at] == 0x21:
            start, label, at = at, data[at + 1], _after_blocks(data, at + 2)
            repeats = label == 0xFF and data[start + 3 : start + 14] in _REPEATS
            if label == 0xF9 or repeats:
                kept += data[start:at]
        else:
            raise PictureError(_DAMAGED)
    return bytes(kept) + b"\x3b"


def _colours(flags: int) -> int:
    """The bytes of a table of colours, as the flags before it say."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """Where the blocks that begin *at* end: each says its length, and the last one has none."""
    while data[at]:
        at += data[at] + 1
    return at + 1
