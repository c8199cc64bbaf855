"""Which columncast, and which libraries, make what is made: another one may make it otherwise."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_LIBRARIES = (
    "feedgen",
    "jinja2",
    "lxml",
    "markdown-it-py",
    "mutagen",
    "nh3",
    "numpy",
    "pillow",
    "selectolax",
)
"""Those that what is published depends on; ffmpeg's version is in the measurements."""


@functools.cache
def software() -> str:
    """Return a hash of this code, its templates and its libraries' versions."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for package in ("audio", "episodes", "feed"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js", ".toml"):
                digest.update(path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {_version(library)}\n".encode())
    return digest.hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
