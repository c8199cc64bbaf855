"""The show's folder as it should be live: the feed, what it names, and the site's files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from columncast.episodes.building.records import guid_of
from columncast.episodes.disk import files
from columncast.episodes.errors import FeedError, OutsideError
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.settings import Part
from columncast.episodes.storage.store import Content, Served
from columncast.feed.live.feed_index import (
    FEED,
    PAGE,
    FeedDocument,
    Item,
    Named,
    read_feed,
    slug_of,
)
from columncast.feed.serving.headers import SITEMAP, cache_control, content_type, is_hashed

Stage = Literal["media", "page", "feed", "root"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One file to put."""

    key: str
    path: Path
    length_bytes: int
    stage: Stage
    new: bool
    """False: it takes the place of other bytes."""
    named: bool = True
    """Whether the feed names it; if not, it belongs to the site's pages."""
    replaces: Content | None = None
    """Of a page for the base address: what this show has put there before."""

    @property
    def served(self) -> Served:
        """How it is to be served."""
        return Served(content_type=content_type(self.key), cache_control=cache_control(self.key))


def local_feed(folder: ShowFolder) -> dict[str, FeedDocument]:
    """Return the feed on disk and its further pages, by key, feed.xml first.

    Raises:
        FeedError: There is none, or it cannot be read.
    """
    documents: dict[str, FeedDocument] = {}
    key = FEED
    while key and key not in documents:
        try:
            xml = public_file(folder, key).read_bytes()
        except OSError as e:
            raise FeedError("is missing; run: columncast build", where=key) from e
        documents[key] = read_feed(xml, folder.show, where=key)
        key = documents[key].following
    return documents


def public_file(folder: ShowFolder, key: str) -> Path:
    """Return the file that is published under *key*.

    Raises:
        OutsideError: It leads out of `audio/`, `feed/` or `site/`, by its name or by a link. `audio/` itself
            may lie on another disk.
    """
    part, _, name = ("site", "/", key) if key in files.ROOT_PAGES else key.partition("/")
    home = folder.root / part
    if home != folder.audio and files.leads_out(folder.root, home):
        raise OutsideError("is a link that leads out of the show; put a folder there", where=part)
    return files.inside(home, name)


def wanted(
    folder: ShowFolder, documents: Mapping[str, FeedDocument], holds: Collection[Part]
) -> Iterator[Step]:
    """Every file that has to be live, in the order in which it goes there.

    Raises:
        FeedError: The feed names a file that is missing here, or other than it says.
    """
    named = {n.path: n for document in documents.values() for n in document.named if n.path}
    pages = _pages(folder, documents)
    # What the feed names goes before the pages that only link to it.
    for path in [*sorted(named), *sorted(pages - set(named), key=lambda key: (turn(key), key))]:
        if path.partition("/")[0] in holds and path not in documents:
            yield _step(folder, path, "media" if is_hashed(path) else "page", named.get(path))
    if "feed" in holds and folder.show.site.root:
        for key in files.ROOT_PAGES:
            yield _step(folder, key, "root", None)
    if "feed" in holds:
        # Older pages before the first, which names the next of them.
        for key in reversed(list(documents)):
            yield _step(folder, key, "feed", None)


def turn(key: str) -> tuple[bool, int]:
    """Return when a file of the site goes up, compared with others: after what it leads to.

    Data goes before pages, a player before the page of its episode, and that before the show's.
    """
    leads = key.endswith((".html", SITEMAP))
    return leads, -key.count("/") if leads else 0


def _pages(folder: ShowFolder, documents: Mapping[str, FeedDocument]) -> set[str]:
    """Return the site's files below `feed/`, without what belongs to an episode not listed."""
    listed = {slug_of(n.path) for d in documents.values() for n in d.named if n.path}
    guids = {item.guid for item in items_of(documents.values())}
    found: set[str] = set()
    for path in folder.feed.rglob("*"):
        inner = path.relative_to(folder.root)
        key, slug = inner.as_posix(), slug_of(inner.as_posix())
        if path.is_file() and not any(part.startswith(".") for part in inner.parts):
            unlisted = slug and slug not in listed and not _is_listed(folder, slug, guids)
            stale = PAGE.fullmatch(key) and key not in documents
            found.update(() if unlisted or stale else (key,))
    return found


def _is_listed(folder: ShowFolder, slug: str, guids: Collection[str]) -> bool:
    """Whether *slug* is an episode of the feed, or no episode at all but a folder of the site."""
    source = EpisodeFolder(path=folder.episodes / slug)
    return not files.may_be_there(source.facts_file) or guid_of(folder, source) in guids


def _step(folder: ShowFolder, key: str, stage: Stage, named: Named | None) -> Step:
    path = public_file(folder, key)
    try:
        length_bytes = path.stat().st_size
    except OSError as e:
        said = "is missing" if stage == "root" else "the feed names it, but it is not there"
        where = f"site/{key}" if stage == "root" else key
        raise FeedError(f"{said}; run: columncast build", where=where) from e
    if named and named.length_bytes not in (None, length_bytes):
        raise FeedError(
            f"has {length_bytes} bytes, but the feed says {named.length_bytes}; run: columncast build",
            where=key,
        )
    return Step(
        key=key,
        path=path,
        length_bytes=length_bytes,
        stage=stage,
        new=True,
        named=named is not None,
    )


def items_of(documents: Iterable[FeedDocument]) -> list[Item]:
    """Return the episodes of all pages."""
    return [item for document in documents for item in document.items]
