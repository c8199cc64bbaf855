"""The folder `feed/`: cover, pages and feed, written so that the feed never names what is not there.

Everything is rendered and checked before anything is written; the feed is written last, and what
it no longer names goes after that.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from columncast.episodes import files
from columncast.episodes.catalogue import ShowFolder
from columncast.episodes.errors import FeedError
from columncast.episodes.model import Episode
from columncast.episodes.settings import Show
from columncast.episodes.written import read_along_folder
from columncast.feed.apps import render_opml
from columncast.feed.cover import Cover
from columncast.feed.episode_rules import check_episode
from columncast.feed.feed_rules import check_feed
from columncast.feed.pages import render_feed_style, render_index, render_page
from columncast.feed.rss import FIRST_PAGE, STYLESHEET, render_pages
from columncast.feed.rules import Finding, refused
from columncast.feed.show_rules import check_episodes


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
        for path in sorted(read_along_folder(folder, episode.slug).glob("*.*")):
            site[f"{episode.slug}/{path.name}"] = path.read_bytes()
    site["index.html"] = render_index(show, listed, cover_url=cover_url, templates=templates)
    site["subscriptions.opml"] = render_opml(show)
    site[STYLESHEET] = render_feed_style(templates)
    # Older pages before the first: whoever follows a link of feed.xml finds what it names.
    site |= {name: feeds[name] for name in sorted(feeds, key=lambda name: name == FIRST_PAGE)}
    _refuse_broken(show, listed, feeds)
    changed = [f"feed/{name}" for name in site if files.write(folder.feed / name, site[name])]
    _remove_unnamed(folder.feed, {name.partition("/")[0] for name in site})
    return tuple(changed)


def _refuse_broken(show: Show, listed: Sequence[Episode], feeds: Mapping[str, bytes]) -> None:
    """Keep the last good feed when the new one breaks what a directory enforces."""
    found: list[Finding] = check_episodes(show, listed)
    for episode in listed:
        found += check_episode(show, episode)
    for xml in feeds.values():
        found += check_feed(xml)
    if broken := refused(found):
        first, more = broken[0], len(broken) - 1
        raise FeedError(
            f"{first.message} [{first.code}, {first.source}]; the feed was left as it was"
            + (f" ({more} more: columncast check)" if more else ""),
            where=first.where,
        )


def _remove_unnamed(feed: Path, named: set[str]) -> None:
    """Remove the pages of episodes that left the feed; old covers stay, since apps keep them."""
    for page in feed.glob("*/index.html"):
        if page.parent.name not in named:
            shutil.rmtree(page.parent, ignore_errors=True)
