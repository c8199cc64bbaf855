"""Where a show, an episode or the feed can be looked at: on the web once it is live, else here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from columncast.episodes.errors import EpisodeError
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live.state import read_state

What = Literal["page", "feed", "folder"]


@dataclass(frozen=True, kw_only=True)
class Address:
    """Something to look at."""

    address: str
    """A URL, or a path on this machine."""
    remark: str = ""
    """Why it is not the one that was expected."""


def address_of(folder: ShowFolder, slug: str, what: What) -> Address:
    """Return where *what* of the episode *slug*, or of the show, can be looked at.

    A page that was never published from this folder is the file here.

    Raises:
        EpisodeError: There is no such episode, or it has no page because the feed does not list it.
    """
    if what == "folder":
        return Address(address=str(folder.episode(slug).path if slug else folder.root))
    if slug and folder.episode(slug).slug not in folder.listed():
        raise EpisodeError(
            f"{slug} is not in the feed, so it has no page; to look at it: columncast preview {slug}"
        )
    path = "feed/feed.xml" if what == "feed" else f"feed/{slug}/" if slug else "feed/"
    if any(read_state(folder, name).feed for name in folder.show.destinations):
        return Address(address=folder.show.base_url + path)
    here = folder.root / (path if what == "feed" else f"{path}index.html")
    if not here.is_file():
        raise EpisodeError("there is no such page yet; run: columncast build", where=path)
    return Address(address=str(here), remark="not published from here yet, so this is the file")
