"""The `known_hosts` files of OpenSSH: which host has which key, and which keys are revoked.

As sshd(8) describes them under SSH_KNOWN_HOSTS FILE FORMAT: a marker or none, names, a kind, a key,
a comment. Names may be patterns, be negated, or be hashed. A line that says none of this is passed
over, as ssh does it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from columncast.episodes.errors import SettingsError

SSH_PORT = 22
HASHED = "|1|"
Verdict = Literal["known", "revoked", "other", "authority", "unknown"]
"""`other`: the host is known with another key of the kind. `authority`: only by its certificates."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line that says something of a key."""

    marker: str
    """`@revoked`, `@cert-authority`, or nothing."""
    hosts: str
    kind: str
    """`ssh-ed25519`, for example."""
    key: bytes
    """As it goes over the wire."""


def read_lines(files: Iterable[Path]) -> list[Line]:
    """Return what *files* say; one that is not there says nothing.

    Raises:
        SettingsError: A file is there and cannot be read.
    """
    found: list[Line] = []
    for path in files:
        try:
            text = path.read_bytes().decode("utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
        except OSError as e:
            raise SettingsError(f"cannot be read: {e.strerror}", where=path) from e
        found += _lines(text)
    return found


def judge(lines: Sequence[Line], host: str, port: int, kind: str, key: bytes) -> Verdict:
    """Say whether *host* may have this *key*.

    A port other than 22 is looked for as `[host]:port`; where nothing is known of that, a key which
    is known of the host itself is as good, as it is for ssh.
    """
    at_port = host if port == SSH_PORT else f"[{host}]:{port}"
    if any(
        line.marker == "@revoked"
        and line.key == key
        and (_is_of(line, at_port) or _is_of(line, host))
        for line in lines
    ):
        return "revoked"
    named = [line for line in lines if _is_of(line, at_port)]
    plain = [line for line in named if not line.marker]
    if any(line.key == key for line in plain):
        return "known"
    if any(line.kind == kind for line in plain):
        return "other"
    if any(not line.marker and line.key == key and _is_of(line, host) for line in lines):
        return "known"
    if any(line.marker == "@cert-authority" for line in named):
        return "authority"
    return "unknown"


def kinds(lines: Sequence[Line], host: str, port: int) -> list[str]:
    """Return the kinds of the keys that are known of *host*: those are asked for first."""
    at_port = host if port == SSH_PORT else f"[{host}]:{port}"
    for name in (at_port, host):
        if found := [line.kind for line in lines if not line.marker and _is_of(line, name)]:
            return list(dict.fromkeys(found))
    return []


def _lines(text: str) -> Iterator[Line]:
    for raw in text.split("\n"):  # and at no other mark: a comment may hold any
        words = raw.split()
        if not words or words[0].startswith("#"):
            continue
        marker = words.pop(0).lower() if words[0].startswith("@") else ""
        if marker not in ("", "@revoked", "@cert-authority") or len(words) < 3:
            continue
        hosts, kind, key = words[:3]
        try:
            blob = base64.b64decode(key, validate=True)
        except (binascii.Error, ValueError):
            continue
        # The key says its own kind, after its length; one that says another is damaged.
        if blob[4 : 4 + len(kind)] == kind.encode():
            yield Line(marker=marker, hosts=hosts, kind=kind, key=blob)


def _is_of(line: Line, name: str) -> bool:
    """Whether the line is about *name*; a negated pattern that matches excludes it.

    >>> line = Line(marker="", hosts="*.example,!old.example", kind="", key=b"")
    >>> _is_of(line, "Walls.example"), _is_of(line, "old.example")
    (True, False)
    """
    name = name.lower()
    if line.hosts.startswith(HASHED):
        return _is_hash_of(line.hosts, name)
    found = False
    for pattern in line.hosts.lower().split(","):
        # In a pattern of ssh only * and ? are special, and `[host]:port` is no set of letters.
        plain = pattern.removeprefix("!").replace("[", "[[]")
        if fnmatchcase(name, plain):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def _is_hash_of(hashed: str, name: str) -> bool:
    salt, _, proof = hashed.removeprefix(HASHED).partition("|")
    try:
        made = hmac.new(base64.b64decode(salt), name.encode(), hashlib.sha1).digest()
        return hmac.compare_digest(made, base64.b64decode(proof))
    except (binascii.Error, ValueError):
        return False
