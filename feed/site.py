"""The folder `feed/`: cover, pages and feed, written so that the feed never names what is not there.

Everything is rendered and checked before anything is written; the feed is written last, and what
it no longer names goes after that.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from columncast.episodes import files
from columncast.episodes.catalogue import ShowFolder
from columncast.episodes.model import Episode
from columncast.feed.cover import Cover
from columncast.feed.pages import render_index, render_page
from columncast.feed.rss import FIRST_PAGE, render_pages


def write_site(folder: ShowFolder, listed: Sequence[Episode], *, cover: Cover) -> tuple[str, ...]:
    """Bring `feed/` up to date with the episodes *listed*; return the files that changed.

    Paths are from the show's folder, with forward slashes.

    Raises:
        FeedError: The feed would break a rule that directories enforce; nothing was written.
        SettingsError: A template of the show's own is wrong; nothing was written.
        FolderError: The disk is full or not ours to write; the feed is the last good one.
    """
    show = folder.show
    templates = folder.root / "templates"
    # A changed cover has a changed name: apps and directories keep pictures by address.
    cover_name = f"cover-{hashlib.sha256(cover.content).hexdigest()[:8]}{cover.suffix}"
    cover_url = f"{show.base_url}feed/{cover_name}"
    feeds = render_pages(show, listed, cover_url=cover_url)
    site: dict[str, bytes | str] = {cover_name: cover.content}
    for episode in listed:
        site[f"{episode.slug}/index.html"] = render_page(
            show, episode, cover_url=cover_url, templates=templates
        )
    site["index.html"] = render_index(show, listed, cover_url=cover_url, templates=templates)
    # Older pages before the first: whoever follows a link of feed.xml finds what it names.
    site |= {name: feeds[name] for name in sorted(feeds, key=lambda name: name == FIRST_PAGE)}
    changed = [f"feed/{name}" for name in site if files.write(folder.feed / name, site[name])]
    _remove_unnamed(folder.feed, {name.partition("/")[0] for name in site})
    return tuple(changed)


def _remove_unnamed(feed: Path, named: set[str]) -> None:
    """Remove the pages of episodes that left the feed; old covers stay, since apps keep them."""
    for page in feed.glob("*/index.html"):
        if page.parent.name not in named:
            shutil.rmtree(page.parent, ignore_errors=True)
