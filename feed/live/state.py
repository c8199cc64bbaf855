"""What was last seen live, so that nobody's feed is replaced unknowingly.

`.columncast/live/NAME.json` may be deleted at any time: without it, a live feed may be replaced as
long as no episode would be lost, which is what a fresh clone or a runner of CI needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from columncast.episodes.building.records import guid_of
from columncast.episodes.disk import files
from columncast.episodes.errors import ConflictError
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.trash import in_trash
from columncast.episodes.storage.store import Content
from columncast.feed.live.feed_index import FEED, Item, differences


class LiveFeedChangedError(ConflictError):
    """The live feed is not the one that this show last published.

    Attributes:
        diff: What replacing it would change for listeners, a line for each episode.
    """

    def __init__(self, message: str, *, where: str, diff: tuple[str, ...]) -> None:
        """Take the difference beside the message."""
        self.diff = diff
        super().__init__(message, where=where)


class PublishState(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"pending": "going", "hub": "told"},
):
    """`.columncast/live/NAME.json`: what this machine last saw there. It may be deleted."""

    feed: str = ""
    """The SHA-256 of the live feed.xml."""
    pending: str = ""
    """That of the feed which was last put, or about to be: a kill in between is no conflict."""
    hub: str = ""
    """That of the feed which the hub was last told of."""


def read_state(folder: ShowFolder, name: str) -> PublishState:
    """Return what was last seen at the destination called *name*; empty when that is not known."""
    try:
        return msgspec.json.decode(_file(folder, name).read_bytes(), type=PublishState)
    except (OSError, msgspec.DecodeError):
        return PublishState()


def write_state(folder: ShowFolder, name: str, state: PublishState) -> None:
    """Remember what was seen."""
    files.write(_file(folder, name), msgspec.json.encode(state))


def refuse_foreign(
    folder: ShowFolder,
    state: PublishState,
    live: Mapping[str, Content],
    *,
    there: Sequence[Item],
    here: Sequence[Item],
    label: str,
) -> None:
    """Refuse to replace a *live* feed that this show does not know.

    Raises:
        LiveFeedChangedError: It is not the one last seen; or that was never recorded, and an
            episode would be lost that is nowhere in this show.
    """
    xml = live[FEED].data
    if digest(xml) in (state.feed, state.pending) or xml == (folder.root / FEED).read_bytes():
        return
    if not state.feed:
        lost = {item.guid for item in there} - {item.guid for item in here}
        deleted = [EpisodeFolder(path=gone.path) for gone in in_trash(folder)]
        if not lost or lost <= {guid_of(folder, each) for each in (*folder.all(), *deleted)}:
            return
    raise changed(there, here, label)


def changed(there: Sequence[Item], here: Sequence[Item], label: str) -> LiveFeedChangedError:
    """Return the error that says what replacing the live feed would change."""
    return LiveFeedChangedError(
        "the live feed is not the one last published from here; look at the difference, and if "
        "this show is right: columncast publish --replace",
        where=label + FEED,
        diff=tuple(differences(there, here)),
    )


def digest(data: bytes) -> str:
    """Return the SHA-256 of *data* in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _file(folder: ShowFolder, name: str) -> Path:
    return folder.cache / "live" / f"{name}.json"
