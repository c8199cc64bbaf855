"""When the next scheduled episode is due, as the last build knew it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.show.folder import ShowFolder


def record_next_due(folder: ShowFolder, next_due: datetime | None) -> None:
    """Write down when the next episode is due; None: no episode waits."""
    files.write(_next_due_file(folder), msgspec.json.encode(next_due))


def nothing_due(folder: ShowFolder, *, now: datetime | None = None) -> bool:
    """Whether the last build knew of no episode that is due by now; a quick look at one file."""
    try:
        next_due = msgspec.json.decode(_next_due_file(folder).read_bytes(), type=datetime | None)
    except (OSError, msgspec.DecodeError):
        return False  # never built, or the cache is gone: a build will tell
    return next_due is None or next_due > (now or datetime.now(UTC))


def _next_due_file(folder: ShowFolder) -> Path:
    return folder.cache / "next-due.json"
