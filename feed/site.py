"""The folder `feed/`: cover, pages and feed, written so that the feed never names what is not there.

The feed is rendered and checked before anything is written, and written last; what it no longer
names goes after that.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from columncast.episodes import files
from columncast.episodes.catalogue import ShowFolder
from columncast.episodes.errors import FeedError
from columncast.episodes.model import Episode
from columncast.episodes.settings import Show
from columncast.episodes.written import last_aligned, read_along_folder
from columncast.feed.apps import render_opml
from columncast.feed.cover import Cover
from columncast.feed.episode_cover import own_covers
from columncast.feed.episode_rules import check_episode
from columncast.feed.feed_rules import check_feed
from columncast.feed.pages import render_feed_style, render_index, render_page, template_texts
from columncast.feed.readalong import static_files
from columncast.feed.rendered import Rendered, fingerprint, renderer
from columncast.feed.rss import FIRST_PAGE, STYLESHEET, plan_pages, render_rss
from columncast.feed.rules import Finding, refused
from columncast.feed.show_rules import check_episodes


def write_site(folder: ShowFolder, listed: Sequence[Episode], *, cover: Cover) -> tuple[str, ...]:
    """Bring `feed/` up to date with the episodes *listed*; return the files that changed.

    Paths are from the show's folder, with forward slashes.

    Raises:
        FeedError: The feed would break a rule that directories enforce; nothing was written.
        SettingsError: A template of the show's own is wrong; the feed is the last good one.
        FolderError: The disk is full or not ours to write; the feed is the last good one.
    """
    show = folder.show
    templates = folder.root / "templates"
    # A changed cover has a changed name: apps and directories keep pictures by address.
    cover_name = f"cover-{hashlib.sha256(cover.content).hexdigest()[:8]}{cover.suffix}"
    cover_url = f"{show.base_url}feed/{cover_name}"
    rendered = Rendered(folder.cache / "rendered.json", folder.feed)
    common = fingerprint(renderer(), show, cover_url, template_texts(templates))
    marks = {episode.slug: fingerprint(common, episode) for episode in listed}
    stale = [e for e in listed if rendered.stale(f"{e.slug}/index.html", marks[e.slug])]
    plan = plan_pages(show, listed)
    feeds = {
        page.file: render_rss(show, page.episodes, cover_url=cover_url, links=page.links)
        for page in plan
        if rendered.stale(
            page.file, fingerprint(common, page.links, [marks[e.slug] for e in page.episodes])
        )
    }
    waiting = {
        name: path
        for episode in listed
        for path in (
            *own_covers(folder, episode),
            *sorted(read_along_folder(folder, episode.slug).glob("*.*")),
        )
        if rendered.stale(name := f"{episode.slug}/{path.name}", marks[episode.slug])
    }
    _refuse_broken(show, listed, stale, feeds.values())

    def site() -> Iterator[tuple[str, bytes | str]]:
        """Each file when its turn comes: the pages of ten thousand episodes fill any memory."""
        yield cover_name, cover.content
        if rendered.stale("index.html", fingerprint(common, list(marks.values()))):
            index = render_index(show, listed, cover_url=cover_url, templates=templates)
            yield "index.html", index
        for episode in stale:
            page = render_page(
                show,
                episode,
                cover_url=cover_url,
                alignment=last_aligned(folder, episode.slug),
                templates=templates,
            )
            yield f"{episode.slug}/index.html", page
        for name, path in waiting.items():
            yield name, path.read_bytes()
        yield "subscriptions.opml", render_opml(show)
        yield STYLESHEET, render_feed_style(templates)
        yield from static_files().items()
        # Older pages before the first: whoever follows a link of feed.xml finds what it names.
        yield from sorted(feeds.items(), key=lambda item: item[0] == FIRST_PAGE)

    changed = [f"feed/{name}" for name, data in site() if files.write(folder.feed / name, data)]
    _remove_unnamed(folder.feed, {*marks, *(page.file for page in plan)})
    rendered.save()
    return tuple(changed)


def _refuse_broken(
    show: Show, listed: Sequence[Episode], changed: Iterable[Episode], feeds: Iterable[bytes]
) -> None:
    """Keep the last good feed when the new one breaks what a directory enforces.

    What did not change was looked at when it was written.
    """
    found: list[Finding] = check_episodes(show, listed)
    for episode in changed:
        found += check_episode(show, episode)
    for xml in feeds:
        found += check_feed(xml)
    if broken := refused(found):
        first, more = broken[0], len(broken) - 1
        raise FeedError(
            f"{first.message} [{first.code}, {first.source}]; the feed was left as it was"
            + (f" ({more} more: columncast check)" if more else ""),
            where=first.where,
        )


def _remove_unnamed(feed: Path, named: set[str]) -> None:
    """Remove what left the feed: pages of episodes, pages of the feed; old covers stay in use."""
    for page in feed.glob("*/index.html"):
        if page.parent.name not in named:
            shutil.rmtree(page.parent, ignore_errors=True)
    for page in feed.glob("page-*.xml"):
        if page.name not in named:
            page.unlink()
