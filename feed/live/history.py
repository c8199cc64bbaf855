"""The feeds that were live before: to go back to one, and to know what may be removed.

They lie at the destination, so every machine knows them: `.columncast/feeds/STAMP-HASH/feed.xml`
is a feed as it was when it was replaced. `.columncast/since` says since when that is complete.
All dates are by the store's clock: a wrong one here must not remove anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from columncast.episodes.errors import ConflictError, InputError, RemoteError
from columncast.episodes.format import moment
from columncast.episodes.model.asset_name import HASH, short_hash
from columncast.episodes.model.media_types import RSS
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show
from columncast.episodes.storage.store import Content, Served, Storage
from columncast.feed.live.feed_index import FEED, differences, live_documents, read_feed
from columncast.feed.live.local_site import items_of
from columncast.feed.live.remembered import forget_items
from columncast.feed.live.state import PublishState, digest, read_state, write_state
from columncast.feed.serving.headers import cache_control, content_type

FEEDS = ".columncast/feeds/"
SINCE = ".columncast/since"
ENTRY = re.compile(rf"\.columncast/feeds/(\d{{8}}T\d{{6}}Z)-({HASH})/(feed\.xml|page-\d+\.xml)")
KEPT_FEEDS = 10
"""Are kept for `rollback`, however old."""
FEED_FILE = PurePosixPath(FEED).name
PRIVATE = Served(content_type=RSS.served, cache_control="no-store")


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
class FormerFeeds:
    """The feeds that one place can go back to, the last one first."""

    place: str
    feeds: tuple[Former, ...]


def lines(done: Sequence[RolledBack], *, dry_run: bool) -> Iterator[str]:
    """Say to a person what came back, or on a dry run would come back."""
    again = "would be live again; nothing was changed." if dry_run else "is live again."
    for back in done:
        yield f"The feed {back.to} {again}"
        yield from (f"  {line}" for line in back.diff)


def as_json(done: Sequence[RolledBack], *, dry_run: bool) -> dict[str, object]:
    """Return the same for tools: the first place, and where there are several, each of them."""
    key = "would_roll_back_to" if dry_run else "rolled_back_to"
    places = [{key: back.to, "changes": list(back.diff)} for back in done]
    return places[0] | ({"places": places} if len(places) > 1 else {})


def former_lines(places: Sequence[FormerFeeds]) -> Iterator[str]:
    """Say to a person which feeds can come back, and where."""
    for place in places:
        for feed in place.feeds:
            yield f"{feed.name}  replaced {moment(feed.stamp)} at {place.place}"
        if not place.feeds:
            yield f"No former feed at {place.place}."


def former_as_json(places: Sequence[FormerFeeds]) -> dict[str, object]:
    """Return the same for tools."""
    return {
        "places": [
            {
                "place": place.place,
                "feeds": [
                    {"name": feed.name, "replaced": feed.stamp.isoformat()} for feed in place.feeds
                ],
            }
            for place in places
        ]
    }


def record(store: Storage, live: Mapping[str, Content]) -> None:
    """Keep the *live* feed, which is about to be replaced.

    Raises:
        RemoteError: The store failed.
    """
    now = f"{store.now():%Y%m%dT%H%M%SZ}"
    if store.get(SINCE) is None:
        _put_new(store, SINCE, now.encode())
    if FEED in live:
        folder = f"{FEEDS}{now}-{short_hash(digest(live[FEED].data))}/"
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


def rollback(
    folder: ShowFolder, store: Storage, *, name: str, to: str = "", dry_run: bool = False
) -> RolledBack:
    """Bring the feed back live that was there before, or the one called *to*.

    Doing it twice brings back what was there first. The show's folder is not changed: the next
    `publish` brings its feed live again. With *dry_run* nothing is changed anywhere.

    Raises:
        InputError: There is no former feed, or it names a file that is there no more.
        ConflictError: Somebody else has changed the live feed meanwhile.
    """
    live = live_documents(store, {s.key for s in store.find("feed/")})
    now = short_hash(digest(live[FEED].data)) if FEED in live else ""
    known = former_feeds(store)
    chosen = next((f for f in known if (f.name == to if to else f.hash8 != now)), None)
    if chosen is None:
        names = ", ".join(f.name for f in known[:KEPT_FEEDS]) or "none"
        raise InputError(
            f"there is no former feed to go back to; known are: {names}", where=store.label
        )
    former = documents(store, chosen)
    _refuse_missing(folder.show, store, former, chosen.name)
    show = folder.show
    before = items_of(read_feed(content.data, show) for content in live.values())
    after = items_of(read_feed(data, show) for data in former.values())
    done = RolledBack(to=chosen.name, diff=tuple(differences(before, after)))
    if dry_run:
        return done
    record(store, live)
    state = read_state(folder, name)
    write_state(
        folder, name, PublishState(feed=state.feed, pending=digest(former[FEED]), hub=state.hub)
    )
    for key in sorted(former, key=lambda key: key == FEED):
        there = live.get(key)
        if there is None or there.data != former[key]:
            served = Served(content_type=content_type(key), cache_control=cache_control(key))
            store.put_if(key, former[key], served, there.version if there else None)
    write_state(folder, name, PublishState(feed=digest(former[FEED]), pending="", hub=""))
    forget_items(folder, name)
    return done


def documents(store: Storage, former: Former) -> dict[str, bytes]:
    """Return the documents of a *former* feed, by the key that they were live under.

    Raises:
        RemoteError: The store failed, or one of them is gone.
    """
    return {key: _read(store, kept) for key, kept in former.keys.items()}


def complete_since(store: Storage) -> datetime | None:
    """Return since when the former feeds at *store* are complete; None where nothing says so."""
    since = store.get(SINCE)
    return None if since is None else stamp(since.data.decode(errors="replace"))


def begin(store: Storage) -> None:
    """Write down that from now on every feed which is replaced is kept."""
    _put_new(store, SINCE, f"{store.now():%Y%m%dT%H%M%SZ}".encode())


def forget(store: Storage, former: Sequence[Former], *, before: datetime) -> None:
    """Remove the *former* feeds that nobody goes back to any more, the last one given first."""
    for old in former[KEPT_FEEDS:]:
        if old.stamp < before:
            for key in sorted(old.keys.values(), key=lambda key: not key.endswith(FEED_FILE)):
                store.delete(key)  # feed.xml first: what is left without it is no record


def stamp(text: str) -> datetime:
    """Return the date that a stamp says; one that says none is not over yet."""
    try:
        return datetime.strptime(text.strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)


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
