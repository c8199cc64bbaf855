"""The folder `feed/`: cover, pages and feed, written so that the feed never names what is not there.

The feed is rendered and checked before anything is written, and written last; what it no longer
names goes after that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from columncast.episodes.building.records import last_aligned, own_pictures, read_along_folder
from columncast.episodes.disk import files
from columncast.episodes.disk.versions import software
from columncast.episodes.errors import FeedError, SettingsError
from columncast.episodes.model.asset_name import HASH
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.notice import Notice, errors_in
from columncast.episodes.model.picture import PUBLISHED
from columncast.episodes.model.summary import Listing, newest_first
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show
from columncast.feed.artwork.episode_cover import own_covers
from columncast.feed.artwork.small_pictures import cover_pictures
from columncast.feed.rss.document import FIRST_PAGE, STYLESHEET, plan_pages, render_rss
from columncast.feed.rss.subscribe import render_opml
from columncast.feed.rules.document import check_feed
from columncast.feed.rules.episode import check_episode
from columncast.feed.rules.show import check_episodes
from columncast.feed.serving.headers import LATEST, OEMBED_XML, SITEMAP
from columncast.feed.site import article, embed
from columncast.feed.site.assets import (
    Asset,
    OwnPictures,
    SharedFiles,
    own_picture,
    shared_files,
    times_files,
)
from columncast.feed.site.pages import (
    render_embed,
    render_feed_style,
    render_index,
    render_not_found,
    render_page,
    render_root,
    template_texts,
)
from columncast.feed.site.rendered import Rendered, everything, fingerprint
from columncast.feed.site.search import search_of
from columncast.feed.site.sitemap import render_sitemap

Load = Callable[[str], Episode]
"""Gives an episode by its slug."""
OF_PAGE = re.compile(rf"(words|sentences)-{HASH}\.json|thumbnail-{HASH}\.(webp|jpg)")
"""What a page of an episode, or an article, fetches from the episode's folder."""
OF_PAGES = re.compile(
    rf"page-\d+\.(xml|html)|thumbnail-{HASH}\.(webp|jpg)|icon-{HASH}\.png|player-{HASH}\.(css|js)"
    rf"|page-{HASH}\.js|show-{HASH}\.(css|js)|search-{HASH}\.(json|js)|readalong\.(css|js)|{re.escape(LATEST)}"
)
"""What pages fetch from `feed/`, and further pages; earlier versions had names without a hash, and a
JPEG for the thumbnail."""

MADE = "<!-- Made by: columncast build -->\n"
"""Ends a page for the base address, so that no file of somebody else in `site/` is replaced."""


def write_site(
    folder: ShowFolder,
    listed: Sequence[Listing],
    load: Load,
    *,
    rendered: Rendered | None = None,
) -> tuple[str, ...]:
    """Bring `feed/` up to date with the episodes *listed*; return the files that changed.

    *load* gives an episode by its slug; it is asked for those alone of which something is rendered,
    and for those of the same year, which are in the same files of the search.
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
    shared, assets = shared_files(show, cover_pictures(folder))
    cover_url = shared.cover_url
    common = fingerprint(software(), show, cover_url, template_texts(templates))
    beside = _neighbours(listed)
    stale = [
        e.slug
        for e in listed
        if rendered.stale(
            e.slug, fingerprint(common, e.mark, [n and (n.slug, n.title) for n in beside[e.slug]])
        )
    ]
    latest = _stale_latest(rendered, common, listed)
    plan = plan_pages(show, listed)
    feeds = [
        page
        for page in plan
        if rendered.stale(
            page.file, fingerprint(common, page.links, [e.mark for e in page.episodes])
        )
    ]
    search = search_of(folder, listed, load, rendered)
    of_first = (len(listed), search.name)
    lists = [
        page
        for page in plan
        if rendered.stale(page.html, fingerprint(common, page, "" if page.newer else of_first))
    ]
    documents = {
        page.file: render_rss(
            show, [load(e.slug) for e in page.episodes], cover_url=cover_url, links=page.links
        )
        for page in feeds
    }
    _refuse_broken(folder, listed, documents.values(), stale=stale, load=load)

    pictures: dict[str, frozenset[str]] = {}

    def site() -> Iterator[tuple[str, bytes | str]]:
        """Each file when its turn comes: the pages of ten thousand episodes fill any memory."""
        for one in (*assets, *search.assets, article.script_file()):
            yield one.name, one.content
        for page in lists:
            index = render_index(
                show,
                page,
                total=len(listed),
                files=shared,
                search="" if page.newer else search.name,
                templates=templates,
            )
            yield page.html, index
        for slug in stale:
            episode = load(slug)
            # What a page names is there before the page is.
            for path in own_pictures(folder, slug, episode.pictures):
                yield f"{slug}/{path.name}", path.read_bytes()
            pictures[slug] = frozenset(episode.pictures)
            for path in (
                *own_covers(folder, episode),
                *sorted(read_along_folder(folder, slug).glob("*.*")),
            ):
                yield f"{slug}/{path.name}", path.read_bytes()
            words, spoken = times_files(last_aligned(folder, slug), episode)
            picture = own_picture(folder, episode)
            own = (picture.page, picture.play) if picture else ()
            fetched = [one for one in (words, spoken, *own) if one]
            yield from ((f"{slug}/{one.name}", one.content) for one in fetched)
            for name, content in _player(
                show, episode, shared, picture, spoken=spoken, templates=templates
            ):
                yield f"{slug}/{name}", content
            older, newer = beside[slug]
            html = render_page(
                show,
                episode,
                files=shared,
                words=words.name if words else "",
                picture=picture.page.name if picture else "",
                previous=older,
                following=newer,
                templates=templates,
            )
            yield f"{slug}/index.html", html
            _remove_left_over(folder.feed / slug, [one.name for one in fetched])
        yield from _latest(folder, map(load, latest), shared, templates)
        yield "subscriptions.opml", render_opml(show)
        yield STYLESHEET, render_feed_style(templates)
        yield SITEMAP, render_sitemap(show, plan, listed)
        # What the feed will name is on the disk before the feed is, also after a power cut.
        files.sync([folder.audio, folder.feed, *(folder.feed / slug for slug in stale)])
        # Older pages before the first: whoever follows a link of feed.xml finds what it names.
        yield from sorted(documents.items(), key=lambda item: item[0] == FIRST_PAGE)

    changed = [
        *(f"feed/{name}" for name, data in site() if files.write(folder.feed / name, data)),
        *_write_root(folder, listed, shared, templates),
    ]
    named = {
        *(name for page in plan for name in (page.file, page.html)),
        *(one.name for one in assets),
        *search.names,
        *([LATEST] if listed else []),
        *(e.slug for e in listed),
    }
    _remove_unnamed(folder.feed, named)
    for slug, shown in pictures.items():
        _remove_pictures(folder.feed / slug, shown)
    files.sync([folder.feed])
    rendered.save(inputs)
    return tuple(changed)


def _write_root(
    folder: ShowFolder, listed: Sequence[Listing], shared: SharedFiles, templates: Path
) -> Iterator[str]:
    """Write the pages for the base address, if the show asks for them; give those that changed."""
    show = folder.show
    if not show.site.root:
        return
    newest = next(iter(newest_first(listed)), None)
    for name, html in (
        ("index.html", render_root(show, newest, files=shared, templates=templates)),
        ("404.html", render_not_found(show, files=shared, templates=templates)),
    ):
        if files.write(folder.site / name, html + MADE):
            yield f"site/{name}"


def _refuse_foreign_root(folder: ShowFolder) -> None:
    """Refuse to replace a page in `site/` that no build has made."""
    for name in files.ROOT_PAGES:
        path = files.inside(folder.site, name)
        if path.exists() and not path.read_bytes().endswith(MADE.encode()):
            raise SettingsError(
                "is not from columncast and was left untouched; move it away, or take [site] root "
                "out of show.toml",
                where=f"site/{name}",
            )


def _player(
    show: Show,
    episode: Episode,
    shared: SharedFiles,
    own: OwnPictures | None,
    *,
    spoken: Asset | None,
    templates: Path,
) -> Iterator[tuple[str, bytes | str]]:
    """Yield what articles fetch of *episode*, its player for other sites, and what oEmbed says."""
    yield article.INDEX, article.index(show, episode, spoken)
    picture = own.page.name if own else ""
    html = render_embed(show, episode, files=shared, picture=picture, templates=templates)
    yield "embed/index.html", html
    play_url = f"{episode.page_url}{own.play.name}" if own else shared.play_url
    said = embed.oembed(show, episode, picture_url=play_url)
    yield embed.OEMBED_JSON, embed.as_json(said)
    yield OEMBED_XML, embed.as_xml(said)


def _stale_latest(rendered: Rendered, common: str, listed: Sequence[Listing]) -> list[str]:
    """Return the newest episode, if the player that has it in it is to be rendered."""
    newest = newest_first(listed)[:1]
    return [e.slug for e in newest if rendered.stale(LATEST, fingerprint(common, e.mark))]


def _latest(
    folder: ShowFolder, newest: Iterable[Episode], shared: SharedFiles, templates: Path
) -> Iterator[tuple[str, str]]:
    """Yield the player that has the *newest* episode in it."""
    for episode in newest:
        own = own_picture(folder, episode)
        picture = own.page.name if own else ""
        html = render_embed(
            folder.show, episode, files=shared, picture=picture, up="", templates=templates
        )
        yield LATEST, html


def _refuse_broken(
    folder: ShowFolder,
    listed: Sequence[Listing],
    feeds: Iterable[bytes],
    *,
    stale: Sequence[str],
    load: Load,
) -> None:
    """Keep the last good feed when the new one breaks what a directory enforces.

    What is not *stale* was looked at when it was written.
    """
    show = folder.show
    if show.site.root:
        _refuse_foreign_root(folder)
    found: list[Notice] = check_episodes(show, listed)
    for episode in map(load, stale):
        found += check_episode(show, episode)
    anew = set(stale)
    known = {e.guid for e in listed if e.slug not in anew}
    for xml in feeds:
        found += check_feed(xml, known=known)
    if broken := errors_in(found):
        first, more = broken[0], len(broken) - 1
        raise FeedError(
            f"{first.message} [{first.code}, {first.source}]; the feed was left unchanged"
            + (f" ({more} more: columncast check)" if more else ""),
            where=first.where,
        )


def _neighbours(
    listed: Sequence[Listing],
) -> dict[str, tuple[Listing | None, Listing | None]]:
    """Return the episode before and the one after each of those *listed*, by its slug."""
    ordered = [None, *newest_first(listed), None]
    newer, older = ordered[:-2], ordered[2:]
    return {
        e.slug: (o, n) for e, o, n in zip(ordered[1:-1], older, newer, strict=True) if e is not None
    }


def _remove_left_over(folder: Path, named: Collection[str]) -> None:
    """Remove what an episode's page does not name any more.

    Pictures and times of an earlier page, and the HTML transcripts that an earlier version laid here.
    """
    for path in folder.iterdir():
        made = OF_PAGE.fullmatch(path.name) and path.name not in named
        if made or (path.suffix in (".htm", ".html") and path.name != "index.html"):
            path.unlink()


def _remove_pictures(folder: Path, shown: frozenset[str]) -> None:
    """Remove the pictures that the page in *folder* showed once; at places they stay for a while."""
    for name in files.names(folder):
        if PUBLISHED.fullmatch(name) and name not in shown:
            (folder / name).unlink()


def _remove_unnamed(feed: Path, named: set[str]) -> None:
    """Remove what left the feed: pages of episodes, pages of the feed; old covers stay in use."""
    for name in set(files.names(feed)) - named:
        if (feed / name / "index.html").is_file():
            files.remove_tree(feed / name)
        elif OF_PAGES.fullmatch(name):
            (feed / name).unlink()
