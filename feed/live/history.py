"""The feeds that were live before: to go back to one, and to know what may be removed.

They lie at the destination, so every machine knows them: `.columncast/feeds/STAMP-HASH/feed.xml`
is a feed as it was when it was replaced. `.columncast/since` says since when that is complete.
All dates are by the store's clock: a wrong one here must not remove anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from columncast.episodes.catalogue import ShowFolder
from columncast.episodes.errors import ConflictError, InputError, RemoteError
from columncast.episodes.settings import Show
from columncast.episodes.storage import Content, Served, Storage
from columncast.feed.headers import cache_control, content_type, is_hashed
from columncast.feed.live.local import items_of, local_feed
from columncast.feed.live.planning import live_documents
from columncast.feed.live.reading import FEED, differences, read_feed
from columncast.feed.live.seen import Seen, digest, read_seen, write_seen

FEEDS = ".columncast/feeds/"
SINCE = ".columncast/since"
ENTRY = re.compile(r"\.columncast/feeds/(\d{8}T\d{6}Z)-([0-9a-f]{8})/(feed\.xml|page-\d+\.xml)")
ADDRESS = re.compile(rb"(?:audio|feed)/[A-Za-z0-9._~/-]+")
EPISODE_PAGE = re.compile(r"feed/[^/]+/(index|transcript|chapters)\.(html|vtt|srt|json|txt)")
KEPT_FEEDS = 10
"""Are kept for `rollback`, however old."""
KEPT_DAYS = 30
"""An app that was switched off for so long still finds everything its copy of the feed names."""
PRIVATE = Served(content_type="application/xml", cache_control="no-store")


@dataclass(frozen=True, kw_only=True)
class Former:
    """A feed that was live."""

    stamp: datetime
    """When it was replaced."""
    hash8: str
    """Of its feed.xml."""
    keys: Mapping[str, str]
    """Where its documents are kept, by the key that they were live under."""

    @property
    def name(self) -> str:
        """How a person calls it."""
        return f"{self.stamp:%Y%m%dT%H%M%SZ}-{self.hash8}"


@dataclass(frozen=True, kw_only=True)
class RolledBack:
    """What going back did."""

    to: str
    diff: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What was removed, or would be."""

    removed: tuple[str, ...]
    length_bytes: int
    kept: str = ""
    """Why nothing could be removed."""


def record(store: Storage, live: Mapping[str, Content]) -> None:
    """Keep the *live* feed, which is about to be replaced.

    Raises:
        RemoteError: The store failed.
    """
    stamp = f"{store.now():%Y%m%dT%H%M%SZ}"
    if store.get(SINCE) is None:
        _put_new(store, SINCE, stamp.encode())
    if FEED in live:
        folder = f"{FEEDS}{stamp}-{digest(live[FEED].data)[:8]}/"
        # feed.xml last: a record without it was broken off, and is none.
        for key in sorted(live, key=lambda key: key == FEED):
            _put_new(store, folder + PurePosixPath(key).name, live[key].data)


def former_feeds(store: Storage) -> list[Former]:
    """Return the feeds that were live before, the last one first."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for stored in store.find(FEEDS):
        if match := ENTRY.fullmatch(stored.key):
            stamp, hash8, name = match.groups()
            found.setdefault((stamp, hash8), {})[f"feed/{name}"] = stored.key
    return [
        Former(
            stamp=datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
            hash8=hash8,
            keys=keys,
        )
        for (stamp, hash8), keys in sorted(found.items(), reverse=True)
        if FEED in keys
    ]


def rollback(folder: ShowFolder, store: Storage, *, name: str, to: str = "") -> RolledBack:
    """Bring the feed back live that was there before, or the one called *to*.

    Doing it twice brings back what was there first. The show's folder is not changed: the next
    `publish` brings its feed live again.

    Raises:
        InputError: There is no former feed, or it names a file that is there no more.
        ConflictError: Somebody else has changed the live feed meanwhile.
    """
    live = live_documents(store, {s.key for s in store.find("feed/")})
    now = digest(live[FEED].data)[:8] if FEED in live else ""
    known = former_feeds(store)
    chosen = next((f for f in known if (f.name == to if to else f.hash8 != now)), None)
    if chosen is None:
        names = ", ".join(f.name for f in known[:KEPT_FEEDS]) or "none"
        raise InputError(
            f"there is no former feed to go back to; known are: {names}", where=store.label
        )
    documents = {key: _read(store, kept) for key, kept in chosen.keys.items()}
    _refuse_missing(folder.show, store, documents, chosen.name)
    show = folder.show
    before = items_of(read_feed(content.data, show) for content in live.values())
    after = items_of(read_feed(data, show) for data in documents.values())
    record(store, live)
    seen = read_seen(folder, name)
    write_seen(folder, name, Seen(feed=seen.feed, going=digest(documents[FEED]), told=seen.told))
    for key in sorted(documents, key=lambda key: key == FEED):
        there = live.get(key)
        if there is None or there.data != documents[key]:
            served = Served(content_type=content_type(key), cache_control=cache_control(key))
            store.put_if(key, documents[key], served, there.version if there else None)
    write_seen(folder, name, Seen(feed=digest(documents[FEED]), going="", told=""))
    return RolledBack(to=chosen.name, diff=tuple(differences(before, after)))


def prune(folder: ShowFolder, store: Storage, *, dry_run: bool = False) -> Pruned:
    """Remove files that no feed of the last 30 days named, and which are at least so old.

    Only what columncast itself puts is looked at: files with a hash in their name, and the pages
    of episodes that are gone.

    Raises:
        RemoteError: The store failed.
    """
    now = store.now()
    horizon = now - timedelta(days=KEPT_DAYS)
    since = store.get(SINCE)
    if since is None:
        if not dry_run:
            _put_new(store, SINCE, f"{now:%Y%m%dT%H%M%SZ}".encode())
        return Pruned(
            removed=(), length_bytes=0, kept="which feeds were live is recorded only from now on"
        )
    begun = _stamp(since.data)
    if begun > horizon:
        return Pruned(
            removed=(),
            length_bytes=0,
            kept=f"which feeds were live is known only since {begun:%Y-%m-%d}; "
            f"it takes {KEPT_DAYS} days of that",
        )
    former = former_feeds(store)
    keep = _kept(folder, store, [f for f in former if f.stamp >= horizon])
    gone = [
        stored
        for part in ("audio/", "feed/")
        for stored in store.find(part)
        if stored.key not in keep and stored.modified < horizon and _ours(stored.key)
    ]
    old = [f for f in former[KEPT_FEEDS:] if f.stamp < horizon]
    records = [key for f in old for key in f.keys.values()]
    if not dry_run:
        for key in [*(stored.key for stored in gone), *records]:
            store.delete(key)
    return Pruned(
        removed=tuple(stored.key for stored in gone),
        length_bytes=sum(stored.length_bytes for stored in gone),
    )


def _kept(folder: ShowFolder, store: Storage, recent: Iterable[Former]) -> set[str]:
    """Return what the live feed, the one here, and those of the last 30 days name.

    Addresses are looked at from `audio/` or `feed/` on, since the show may have moved meanwhile.
    """
    live = live_documents(store, {s.key for s in store.find("feed/")})
    xmls = [content.data for content in live.values()]
    xmls += [_read(store, kept) for former in recent for kept in former.keys.values()]
    xmls += [(folder.root / key).read_bytes() for key in local_feed(folder)]
    named = {match.decode() for xml in xmls for match in ADDRESS.findall(xml)}
    site = {p.relative_to(folder.root).as_posix() for p in folder.feed.rglob("*") if p.is_file()}
    return named | site


def _ours(key: str) -> bool:
    return is_hashed(key) or bool(EPISODE_PAGE.fullmatch(key))


def _refuse_missing(show: Show, store: Storage, documents: Mapping[str, bytes], name: str) -> None:
    named = {n.path for xml in documents.values() for n in read_feed(xml, show).named if n.path}
    parts = {path.partition("/")[0] for path in named}
    there = {stored.key for part in parts for stored in store.find(f"{part}/")}
    if "audio" in parts and not any(key.startswith("audio/") for key in there):
        named = {path for path in named if not path.startswith("audio/")}  # kept elsewhere
    if missing := sorted(named - there):
        raise InputError(
            f"the feed {name} names {missing[0]}, which is not there any more; nothing was changed",
            where=store.label,
        )


def _put_new(store: Storage, key: str, data: bytes) -> None:
    try:
        store.put_if(key, data, PRIVATE, None)
    except ConflictError:
        there = store.get(key)
        if there is None:
            raise  # it was removed again: somebody is tidying up there


def _read(store: Storage, key: str) -> bytes:
    content = store.get(key)
    if content is None:
        raise RemoteError("was there a moment ago, and is gone; run again", where=store.label + key)
    return content.data


def _stamp(data: bytes) -> datetime:
    try:
        return datetime.strptime(data.decode().strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
