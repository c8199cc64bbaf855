"""The names of public files that hold a hash of their bytes: `the-ferry-1a2b3c4d.mp3`.

Other bytes have another name, so such a file may be kept for ever by whoever has fetched it:
apps and directories never ask again for an address that they know. The hash is the first eight
digits of the SHA-256, in small letters.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

_DIGITS: Final = 8
HASH: Final = f"[0-9a-f]{{{_DIGITS}}}"
"""A regular expression for the hash alone."""
_NAME: Final = re.compile(rf"(.+)-({HASH})(\.\w+)", re.ASCII)


class AssetName(NamedTuple):
    """A name, taken apart."""

    stem: str
    """What it would be called without the hash: an episode's slug, `cover`, `transcript.de`."""
    hash: str
    suffix: str
    """With its dot."""


def short_hash(sha256: str) -> str:
    """Return the part of a SHA-256, in hexadecimal digits, that a name holds."""
    return sha256[:_DIGITS]


def asset_name(stem: str, sha256: str, suffix: str) -> str:
    """Return the name of a file whose bytes have the hash *sha256*.

    >>> asset_name("the-ferry", "1a2b3c4d5e6f", ".opus")
    'the-ferry-1a2b3c4d.opus'
    """
    return f"{stem}-{short_hash(sha256)}{suffix}"


def name_for(content: bytes, stem: str, suffix: str) -> str:
    """Return the name of a file that holds *content*.

    >>> name_for(b"WEBVTT", "transcript", ".vtt")
    'transcript-06527510.vtt'
    """
    return asset_name(stem, hashlib.sha256(content).hexdigest(), suffix)


def parse(name: str) -> AssetName | None:
    """Take the file name *name* apart; None where it holds no hash.

    >>> parse("the-ferry-1a2b3c4d.opus")
    AssetName(stem='the-ferry', hash='1a2b3c4d', suffix='.opus')
    >>> parse("the-ferry.opus")
    """
    found = _NAME.fullmatch(name)
    return AssetName(*found.groups()) if found else None


def stem_of(name: str) -> str:
    """Return what the file *name* is called before its hash; empty where it holds none."""
    found = parse(name)
    return found.stem if found else ""


def without_hash(name: str) -> str:
    """Return *name* as it was before the hash came in.

    >>> without_hash("chapters-1a2b3c4d.json"), without_hash("chapters.json")
    ('chapters.json', 'chapters.json')
    """
    found = parse(name)
    return found.stem + found.suffix if found else name


def keeps_promise(name: str, sha256: str) -> bool:
    """Whether the hash in *name* is that of the bytes, whose SHA-256 is *sha256*."""
    found = parse(name)
    return found is not None and found.hash == short_hash(sha256)


def glob_of(stem: str, suffix: str = ".*") -> str:
    """Return a pattern for `glob` that finds the files of *stem* and of no longer name.

    >>> from fnmatch import fnmatch
    >>> [fnmatch(f"ferry{rest}-1a2b3c4d.mp3", glob_of("ferry", ".mp3")) for rest in ("", "-two")]
    [True, False]
    """
    return f"{stem}-{'[0-9a-f]' * _DIGITS}{suffix}"
