"""Unpacking what a server has packed unasked, within a bound: a kilobyte may unpack to a gigabyte.

We ask for things as they are (`Accept-Encoding: identity`); some servers and caches pack them all
the same, and say so in Content-Encoding (RFC 9110, 8.4.1).
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator

from columncast.episodes.errors import RemoteError
from columncast.episodes.waiting.retry import TemporaryError

_PIECE_BYTES = 1 << 18
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_GZIP = b"\x1f\x8b"
_MOST_LAYERS = 2
_KNOWN = frozenset({"gzip", "x-gzip", "deflate"})


def layers(encoding: str) -> list[str]:
    """Return how a Content-Encoding header says that something is packed, the last step first.

    >>> layers("identity"), layers("deflate, GZIP")
    ([], ['gzip', 'deflate'])
    """
    names = [name.strip().lower() for name in encoding.split(",")]
    return [name for name in reversed(names) if name not in ("", "identity")]


def can_unpack(encoding: str) -> bool:
    """Whether we know how to unpack it, and it is packed no oftener than anybody does it."""
    names = layers(encoding)
    return len(names) <= _MOST_LAYERS and set(names) <= _KNOWN


def unpacked(
    pieces: Iterator[bytes], encoding: str, *, most_bytes: int, where: str
) -> Iterator[bytes]:
    """Yield what *pieces* unpack to; memory grows with neither.

    Raises:
        RemoteError: It is packed in a way we don't know, damaged, or larger than *most_bytes*.
    """
    names = layers(encoding)
    if not can_unpack(encoding):
        raise RemoteError(
            f"is sent packed ({encoding}) although it was asked for as it is; "
            "the host must turn compression off for this file",
            where=where,
        )
    for _ in names:
        pieces = _inflated(pieces, where)
    done = 0
    for piece in pieces:
        done += len(piece)
        if done > most_bytes:
            raise RemoteError(f"unpacks to more than {most_bytes // 1_000_000} MB", where=where)
        yield piece


def _inflated(pieces: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Unpack gzip (several members, too), zlib, and what some servers call deflate: raw."""
    start = b""
    while len(start) < 2 and (piece := next(pieces, b"")):
        start += piece
    if not start:
        return
    inflater = zlib.decompressobj(_window(start))
    try:
        for each in itertools.chain((start,), pieces):
            data = each
            while data:
                if inflater.eof:
                    if not data.startswith(_GZIP):
                        return  # zeros, or whatever else stands behind: gzip itself ignores it
                    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
                yield inflater.decompress(data, _PIECE_BYTES)
                data = inflater.unused_data or inflater.unconsumed_tail
        while not inflater.eof and (out := inflater.decompress(b"", _PIECE_BYTES)):
            yield out  # what zlib still held
    except zlib.error as e:
        raise RemoteError("is packed, and damaged", where=where) from e
    if not inflater.eof:
        raise TemporaryError("is packed, and broke off", where=where)


def _window(start: bytes) -> int:
    """Return what zlib calls the format that begins with *start* (RFC 1950 and 1952)."""
    header = start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:2]) % 31 == 0
    return _GZIP_OR_ZLIB if header or start.startswith(_GZIP) else _RAW_DEFLATE
