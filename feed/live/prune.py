"""Tidying up: what this show has put at its places, and no feed of the last 30 days names.

A file goes only if all of this holds: this show's inventory at the place lists it, or a former
feed of an earlier version proves it; its bytes are those that were put; no other show lists it; and
no feed that is live at *any* of the show's places, or was within 30 days, names it, nor does what
such a feed leads to. Every place is read before anything is removed anywhere.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from columncast.episodes.disk.files import ROOT_PAGES
from columncast.episodes.errors import ConflictError, FeedError, FolderError, RemoteError
from columncast.episodes.model.asset_name import keeps_promise
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Destination, Show
from columncast.episodes.storage.store import Content, Storage, Stored
from columncast.feed.live import history
from columncast.feed.live.feed_index import FEED, PAGE, live_documents, read_feed, slug_of
from columncast.feed.live.inventory import (
    Entry,
    Inventory,
    Sheet,
    change,
    own_feed,
    read_inventory,
)
from columncast.feed.live.local_site import local_feed
from columncast.feed.live.naming import Names
from columncast.feed.live.state import digest
from columncast.feed.serving.headers import is_hashed

KEPT_DAYS = 30
"""An app that was switched off for so long still finds everything its copy of the feed names."""
READ_BYTES = 4 << 20
"""Of files up to this size the bytes are compared before they go; of larger ones, the length."""
UNLISTED_READ_BYTES = 256 << 20
"""The same of files that are on no inventory, so that nothing says their length."""
LEADS_ON = re.compile(r"feed/.+\.(html|json|css|js|xml|rss|atom|xsl|opml|svg)")
"""Files that may name others: pages, chapters with their pictures, style sheets, other feeds."""
EPISODE_PAGE = re.compile(r"(index|transcript|chapters|align)\.(html|vtt|srt|json|txt)")
PARTS = ("audio/", "feed/")


UNTOUCHED = "nothing was removed anywhere"


@contextmanager
def untouched() -> Iterator[None]:
    """Say of a place that cannot be read that nothing was removed, at any place.

    Raises:
        RemoteError: It cannot be read: a server, the line to it, or a folder here.
    """
    try:
        yield
    except (RemoteError, FolderError) as e:
        raise RemoteError(f"{e.message}; {UNTOUCHED}", where=e.where) from e
    except OSError as e:
        why = e.strerror or str(e)
        raise RemoteError(f"cannot be read: {why}; {UNTOUCHED}", where=e.filename or "") from e


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What was removed at a place, or would be."""

    removed: tuple[str, ...]
    length_bytes: int
    kept: str = ""
    """Why nothing could be removed."""
    label: str = ""
    """The place."""


def lines(done: Sequence[Pruned], *, dry_run: bool) -> Iterator[str]:
    """Say to a person what was removed, or on a dry run would be, and why nothing was."""
    for pruned in done:
        yield from (f"Removed   {key}" for key in pruned.removed)
        if pruned.kept:
            yield f"Nothing was removed at {pruned.label}: {pruned.kept}"
        elif not pruned.removed:
            yield f"Nothing to remove at {pruned.label}"
    if dry_run and any(pruned.removed for pruned in done):
        yield "This was a dry run; nothing was removed."


def as_json(done: Sequence[Pruned]) -> dict[str, object]:
    """Return what a tool is told, of all places together and of each."""
    return {
        "removed": [key for pruned in done for key in pruned.removed],
        "kept": next((pruned.kept for pruned in done if pruned.kept), ""),
        "places": [dataclasses.asdict(pruned) for pruned in done],
    }


@dataclass(frozen=True, kw_only=True)
class Place:
    """Everything that is known of one place before anything is removed at any."""

    name: str
    store: Storage
    feeds: bool
    """Whether the show's feed is live here."""
    listed: Mapping[str, Stored]
    known: Inventory
    live: Mapping[str, Content]
    former: tuple[history.Former, ...]
    now: datetime
    since: datetime | None
    """Since when the former feeds are complete."""


@dataclass(frozen=True, kw_only=True)
class Former:
    """A former feed, as far as tidying up asks."""

    stamp: datetime
    documents: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True)
class _Doomed:
    """What is to be done at one place."""

    keys: tuple[str, ...]
    stopped: Mapping[str, str]
    """Since when other files of the show have no use; empty for those that have one."""


def prune(
    folder: ShowFolder,
    places: Mapping[str, tuple[Destination, Storage]],
    *,
    at: Collection[str] = (),
    dry_run: bool = False,
) -> list[Pruned]:
    """Remove what has had no use for 30 days at the places called *at*; else at all of them.

    *places* are all that the show has: what is live at one of them counts at every other.

    Raises:
        RemoteError: A place cannot be read; nothing was removed anywhere.
        ConflictError: Somebody is publishing; nothing was removed anywhere.
    """
    with untouched():
        looked = [_look(folder, name, *place) for name, place in places.items()]
    chosen = [place for place in looked if not at or place.name in at]
    if why := _too_early(looked):
        if not dry_run:
            _begin_history(looked)
        return [
            Pruned(removed=(), length_bytes=0, kept=why, label=place.store.label)
            for place in chosen
        ]
    with untouched():
        former = [
            Former(stamp=f.stamp, documents=history.documents(place.store, f))
            for place in looked
            for f in place.former
        ]
        doomed = [_judge(folder, place, looked, former) for place in chosen]
        if not dry_run:
            _refuse_if_changed(folder, looked)
    if not dry_run:
        for place, going in zip(chosen, doomed, strict=True):
            _remove(folder, place, going)
    return [
        Pruned(
            removed=going.keys,
            length_bytes=sum(place.listed[key].length_bytes for key in going.keys),
            label=place.store.label,
        )
        for place, going in zip(chosen, doomed, strict=True)
    ]


def _look(folder: ShowFolder, name: str, destination: Destination, store: Storage) -> Place:
    """Read everything at a place that says which of its files have a use.

    Raises:
        RemoteError: It cannot be read, or its feed is not there.
    """
    feeds = "feed" in destination.holds
    listed = {stored.key: stored for part in PARTS for stored in store.find(part)}
    live = live_documents(store, listed)
    known = read_inventory(store, folder.show)
    for key in set(ROOT_PAGES) & set(known.sheet.files):
        if content := store.get(key):
            listed[key] = Stored(key=key, length_bytes=len(content.data), modified=store.now())
    if feeds and FEED not in live:
        raise RemoteError(
            "holds no feed, so it is not known which files listeners' apps have a use for; is it "
            "the right place, and was the show published to it?",
            where=store.label,
        )
    for key in live if feeds else ():
        try:
            read_feed(live[key].data, folder.show, where=store.label + key)
        except FeedError as e:
            raise RemoteError(f"the live feed cannot be read: {e.message}", where=e.where) from e
    return Place(
        name=name,
        store=store,
        feeds=feeds,
        listed=listed,
        known=known,
        live=live,
        former=tuple(history.former_feeds(store)),
        now=store.now(),
        since=history.complete_since(store),
    )


def _too_early(places: Collection[Place]) -> str:
    """Return why nothing can be judged yet; empty if it can."""
    feeding = [place for place in places if place.feeds]
    if not feeding:
        return "no place in show.toml holds the feed, so what it names is not known"
    for place in feeding:
        if place.since is None:
            return f"which feeds were live at {place.store.label} is recorded only from now on"
        if place.since > place.now - timedelta(days=KEPT_DAYS):
            return (
                f"which feeds were live at {place.store.label} is known only since "
                f"{place.since:%Y-%m-%d}; it takes {KEPT_DAYS} days of that"
            )
    return ""


def _begin_history(places: Collection[Place]) -> None:
    for place in places:
        if place.feeds and place.since is None:
            history.begin(place.store)


def _judge(
    folder: ShowFolder, place: Place, places: Collection[Place], former: Collection[Former]
) -> _Doomed:
    """Say which files of this show at *place* have had no use for 30 days.

    Raises:
        RemoteError: Something that was there a moment ago cannot be read.
    """
    horizon = place.now - timedelta(days=KEPT_DAYS)
    proved = proved_ours(
        folder.show, (d for f in former for d in f.documents.values()), place.listed
    )
    owned = {**{key: Entry(length_bytes=-1) for key in proved}, **place.known.sheet.files}
    never = {*_site(folder), *place.known.sheet.foreign, *place.known.of_others}
    unsure = {key for key in owned if key in place.listed} - never
    recent = [f.documents for f in former if f.stamp >= horizon]
    # No feed names a page of the base address; whether it has a use, show.toml says.
    unsure -= _in_use(folder, unsure - set(ROOT_PAGES), places, recent)
    older = [d for f in former if f.stamp < horizon for d in f.documents.values()]
    named_once = Names(*older, odd=unsure) if unsure and older else Names()
    now = f"{place.now:%Y%m%dT%H%M%SZ}"
    gone = []
    stopped = {key: "" for key in owned if key not in unsure}
    for key in sorted(unsure):
        entry = owned[key]
        # The newest feed that named it was replaced so long ago; or none did, and it was noted.
        named = key not in ROOT_PAGES and named_once.name(key)
        if named or (entry.stopped and history.stamp(entry.stopped) < horizon):
            if _is_as_put(place.store, place.listed[key], entry):
                gone.append(key)
        else:
            stopped[key] = entry.stopped or now
    return _Doomed(keys=tuple(gone), stopped=stopped)


def _in_use(
    folder: ShowFolder,
    unsure: Collection[str],
    places: Collection[Place],
    recent: Collection[Mapping[str, bytes]],
) -> set[str]:
    """Return which of the *unsure* files a feed names that is live or was *recently*.

    What such a feed leads to counts as well: the pages of its episodes, chapters with pictures.
    """
    used: set[str] = set()
    if not unsure:
        return used
    everywhere = {key for place in places for key in place.listed} | set(unsure)
    feeds = [*recent, *({key: c.data for key, c in place.live.items()} for place in places)]
    names = Names(*(data for feed in feeds for data in feed.values()), odd=everywhere)
    for key in _site(folder):
        if LEADS_ON.fullmatch(key):
            names.read((folder.root / key).read_bytes())
    reachable = {key for key in everywhere if not PAGE.fullmatch(key)}.union(*map(_pages, feeds))
    looked: set[tuple[str, str]] = set()
    while True:
        used |= {key for key in unsure if key in reachable and names.name(key)}
        onward = [
            (place, key)
            for place in places
            for key in place.listed
            if LEADS_ON.fullmatch(key)
            and key not in place.live
            and (place.name, key) not in looked
            and (key in used or names.name(key) or (key not in unsure and _is_other_feed(key)))
        ]
        if not onward or used == set(unsure):
            return used
        looked |= {(place.name, key) for place, key in onward}
        for data in _contents(folder, onward):
            names.read(data)


def _is_other_feed(key: str) -> bool:
    """Whether *key* may be a feed that somebody else has put there: `feed/rss.xml`, say."""
    return key.endswith((".xml", ".rss", ".atom")) and not PAGE.fullmatch(key)


def _contents(folder: ShowFolder, files: list[tuple[Place, str]]) -> Iterator[bytes]:
    """Give the bytes of *files*, but for those that lie here just so and were read already."""

    def fetch(one: tuple[Place, str]) -> bytes:
        place, key = one
        here = folder.root / key
        if here.is_file() and (
            place.listed[key].length_bytes == here.stat().st_size
            and (is_hashed(key) or place.store.same(place.listed[key], here))
        ):
            return b""
        content = place.store.get(key)
        return content.data if content else b""

    with ThreadPoolExecutor(max(place.store.at_once for place, _ in files)) as pool:
        yield from pool.map(fetch, files)


def _pages(feed: Mapping[str, bytes]) -> set[str]:
    """Return which documents of a feed are found by going from feed.xml to page after page.

    One that a show which has grown smaller left behind names only itself and its neighbours.
    """
    found: set[str] = set()
    waiting = {FEED} & set(feed)
    while waiting:
        key = waiting.pop()
        found.add(key)
        names = Names(feed[key])
        waiting |= {k for k in feed if k not in found and names.name(k)}
    return found


def proved_ours(show: Show, documents: Iterable[bytes], listed: Collection[str]) -> set[str]:
    """Return which of the files *listed* were certainly put by this show, by its feeds' *documents*.

    Those that a feed of it names as an episode's, a transcript, chapters or a picture, under names
    that hold a hash; and the pages of the episodes in it. An earlier version kept no inventory.
    """
    keys: set[str] = set()
    slugs: set[str] = set()
    for document in set(documents):
        feed = own_feed(document, show)
        if feed is None:
            continue
        keys |= {named.path for named in feed.named if is_hashed(named.path)}
        slugs |= {slug_of(item.enclosure.path) for item in feed.items if item.enclosure.path}
    for key in listed:
        match key.split("/"):
            case ["feed", slug, name] if slug in slugs and EPISODE_PAGE.fullmatch(name):
                keys.add(key)
    return keys & set(listed)


def _is_as_put(store: Storage, stored: Stored, entry: Entry) -> bool:
    """Whether a file still has the bytes that this show put there."""
    if entry.length_bytes >= 0 and stored.length_bytes != entry.length_bytes:
        return False
    listed = entry.length_bytes >= 0
    if stored.length_bytes > (READ_BYTES if listed else UNLISTED_READ_BYTES):
        return listed
    if not (entry.sha256 or is_hashed(stored.key)):
        return True
    content = store.get(stored.key)
    if content is None:
        return False
    found = digest(content.data)
    if entry.sha256:
        return found == entry.sha256
    return keeps_promise(Path(stored.key).name, found)


def _site(folder: ShowFolder) -> set[str]:
    """Return what is to be live by the show as it is here: its feed, and the files of its pages."""
    files = {p.relative_to(folder.root).as_posix() for p in folder.feed.rglob("*") if p.is_file()}
    named = {n.path for document in local_feed(folder).values() for n in document.named if n.path}
    root = ROOT_PAGES if folder.show.site.root else ()
    return {*files, *root, *(path for path in named if (folder.root / path).is_file())}


def _refuse_if_changed(folder: ShowFolder, places: Collection[Place]) -> None:
    """Look again, right before the first file goes: somebody may have begun to publish.

    Raises:
        ConflictError: A feed is another, or a run has written down what it is about to put.
    """
    for place in places:
        again = read_inventory(place.store, folder.show)
        live = live_documents(place.store, place.live)
        if again != place.known or live != place.live:
            raise ConflictError(
                f"somebody is publishing here right now; {UNTOUCHED}; run again",
                where=place.store.label,
            )


def _remove(folder: ShowFolder, place: Place, going: _Doomed) -> None:
    for key in going.keys:
        place.store.delete(key)

    def noted(sheet: Sheet) -> Sheet:
        return msgspec.structs.replace(
            sheet,
            files={
                key: msgspec.structs.replace(entry, stopped=going.stopped.get(key, entry.stopped))
                for key, entry in sheet.files.items()
                if key not in going.keys
            },
        )

    if place.known.sheet.files:
        change(place.store, folder.show, noted)
    history.forget(place.store, place.former, before=place.now - timedelta(days=KEPT_DAYS))
