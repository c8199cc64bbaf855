"""The extras of the installation: what each is for, and what of it is missing here."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires, version

EXTRAS = {
    "audience": "listeners, counted in access logs",
    "s3": "publishing to S3 and stores like it",
    "sftp": "publishing to a server by ssh",
    "dask": "building on a cluster",
}
"""What each is for."""


def missing(extra: str) -> list[str]:
    """Return the packages of *extra* that are not installed.

    >>> missing("no-such-extra")
    []
    """
    marker = re.compile(rf"extra == [\"']{re.escape(extra)}[\"']")
    names = [
        found[0]
        for line in requires("columncast") or ()
        if marker.search(line) and (found := re.match(r"[\w.-]+", line))
    ]
    return [name for name in dict.fromkeys(names) if not _installed(name)]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
