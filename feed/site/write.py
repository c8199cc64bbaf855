"""The folder `feed/`: cover, pages and feed, written so that the feed never names what is not there.

The feed is rendered and checked before anything is written, and written last; what it no longer
names goes after that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from columncast.episodes.building.records import last_aligned, read_along_folder
from columncast.episodes.disk import files
from columncast.episodes.disk.versions import software
from columncast.episodes.errors import FeedError
from columncast.episodes.model.asset_name import name_for
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.notice import Notice, errors_in
from columncast.episodes.model.summary import Listing
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show
from columncast.feed.artwork.cover import read_cover
from columncast.feed.artwork.episode_cover import own_covers
from columncast.feed.rss.document import FIRST_PAGE, STYLESHEET, plan_pages, render_rss
from columncast.feed.rss.subscribe import render_opml
from columncast.feed.rules.document import check_feed
from columncast.feed.rules.episode import check_episode
from columncast.feed.rules.show import check_episodes
from columncast.feed.site.pages import render_feed_style, render_index, render_page, template_texts
from columncast.feed.site.readalong import static_files
from columncast.feed.site.rendered import Rendered, everything, fingerprint

Load = Callable[[str], Episode]
"""Gives an episode by its slug."""


def write_site(
    folder: ShowFolder,
    listed: Sequence[Listing],
    load: Load,
    *,
    rendered: Rendered | None = None,
) -> tuple[str, ...]:
    """Bring `feed/` up to date with the episodes *listed*; return the files that changed.

    *load* gives an episode by its slug; it is asked for those alone of which something is rendered.
    Paths are from the show's folder, with forward slashes.

    Raises:
        FeedError: The feed would break a rule that directories enforce; nothing was written.
        SettingsError: A template of the show's own is wrong; the feed is the last good one.
        FolderError: The disk is full or not ours to write; the feed is the last good one.
    """
    show = folder.show
    templates = folder.root / "templates"
    rendered = rendered or Rendered(folder)
    inputs = everything(folder, listed)
    cover = read_cover(folder.cover)
    # A changed cover has a changed name: apps and directories keep pictures by address.
    cover_name = name_for(cover.content, "cover", cover.suffix)
    cover_url = f"{show.base_url}feed/{cover_name}"
    common = fingerprint(software(), show, cover_url, template_texts(templates))
    stale = [e.slug for e in listed if rendered.stale(e.slug, fingerprint(common, e.mark))]
    plan = plan_pages(show, listed)
    feeds = [
        page
        for page in plan
        if rendered.stale(
            page.file, fingerprint(common, page.links, [e.mark for e in page.episodes])
        )
    ]
    lists = [
        page
        for page in plan
        if rendered.stale(page.html, fingerprint(common, page, "" if page.newer else len(listed)))
    ]
    documents = {
        page.file: render_rss(
            show, [load(e.slug) for e in page.episodes], cover_url=cover_url, links=page.links
        )
        for page in feeds
    }
    _refuse_broken(show, listed, map(load, stale), documents.values())

    def site() -> Iterator[tuple[str, bytes | str]]:
        """Each file when its turn comes: the pages of ten thousand episodes fill any memory."""
        yield cover_name, cover.content
        for page in lists:
            index = render_index(
                show, page, total=len(listed), cover_url=cover_url, templates=templates
            )
            yield page.html, index
        for slug in stale:
            episode = load(slug)
            html = render_page(
                show,
                episode,
                cover_url=cover_url,
                alignment=last_aligned(folder, slug),
                templates=templates,
            )
            yield f"{slug}/index.html", html
            _remove_foreign_pages(folder.feed / slug)
            for path in (
                *own_covers(folder, episode),
                *sorted(read_along_folder(folder, slug).glob("*.*")),
            ):
                yield f"{slug}/{path.name}", path.read_bytes()
        yield "subscriptions.opml", render_opml(show)
        yield STYLESHEET, render_feed_style(templates)
        yield from static_files().items()
        # What the feed will name is on the disk before the feed is, also after a power cut.
        files.sync([folder.audio, folder.feed, *(folder.feed / slug for slug in stale)])
        # Older pages before the first: whoever follows a link of feed.xml finds what it names.
        yield from sorted(documents.items(), key=lambda item: item[0] == FIRST_PAGE)

    changed = [f"feed/{name}" for name, data in site() if files.write(folder.feed / name, data)]
    pages = {name for page in plan for name in (page.file, page.html)}
    _remove_unnamed(folder.feed, pages | {e.slug for e in listed})
    files.sync([folder.feed])
    rendered.save(inputs)
    return tuple(changed)


def _refuse_broken(
    show: Show, listed: Sequence[Listing], changed: Iterable[Episode], feeds: Iterable[bytes]
) -> None:
    """Keep the last good feed when the new one breaks what a directory enforces.

    What did not change was looked at when it was written.
    """
    found: list[Notice] = check_episodes(show, listed)
    for episode in changed:
        found += check_episode(show, episode)
    for xml in feeds:
        found += check_feed(xml)
    if broken := errors_in(found):
        first, more = broken[0], len(broken) - 1
        raise FeedError(
            f"{first.message} [{first.code}, {first.source}]; the feed was left as it was"
            + (f" ({more} more: columncast check)" if more else ""),
            where=first.where,
        )


def _remove_foreign_pages(folder: Path) -> None:
    """Remove the HTML transcripts that an earlier version laid beside an episode's page."""
    for path in folder.glob("*.htm*"):
        if path.name != "index.html":
            path.unlink()


def _remove_unnamed(feed: Path, named: set[str]) -> None:
    """Remove what left the feed: pages of episodes, pages of the feed; old covers stay in use."""
    for name in set(files.names(feed)) - named:
        if (feed / name / "index.html").is_file():
            files.remove_tree(feed / name)
        elif re.fullmatch(r"page-\d+\.(xml|html)", name):
            (feed / name).unlink()
