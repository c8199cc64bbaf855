"""What the feed said when it last went live from here: what `status` compares with.

`.columncast/live/NAME.items.json` may be deleted at any time; then nobody can say without a network
what has changed since.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.errors import ColumncastError
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live.feed_index import Summary, summaries
from columncast.feed.live.local_site import items_of, local_feed


def remember_items(folder: ShowFolder, name: str) -> None:
    """Write down that the feed as built is live at the destination called *name*."""
    files.write(_file(folder, name), msgspec.json.encode(items_here(folder)))


def forget_items(folder: ShowFolder, name: str) -> None:
    """Forget what is live at *name*: another feed than the one here has gone there."""
    with files.disk_errors(_file(folder, name)):
        _file(folder, name).unlink(missing_ok=True)


def remembered_items(folder: ShowFolder, name: str) -> dict[str, Summary] | None:
    """Return by guid what went live at *name*; None where that is not written down."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(_file(folder, name).read_bytes(), type=dict[str, Summary])
    return None


def items_here(folder: ShowFolder) -> dict[str, Summary]:
    """Return by guid what the feed as built says; nothing where there is none."""
    with suppress(ColumncastError):
        return summaries(items_of(local_feed(folder).values()))
    return {}


def _file(folder: ShowFolder, name: str) -> Path:
    return folder.cache / "live" / f"{name}.items.json"
