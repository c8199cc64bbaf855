"""The places that a show is published to, one after the other."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

from columncast.episodes.errors import FeedError, RemoteError, SettingsError, UsageError
from columncast.episodes.http.networks import Network, network_of, open_to_all
from columncast.episodes.model.notice import Notice, errors_in
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Destination, Show
from columncast.episodes.storage.door import host_of, open_storage
from columncast.episodes.waiting.deadlines import within
from columncast.episodes.waiting.retry import Retry, silent
from columncast.feed.live import history, upload
from columncast.feed.live import plan as live_plan
from columncast.feed.live import prune as live_prune
from columncast.feed.live.prune import UNTOUCHED, untouched
from columncast.feed.live.upload import Progress, quiet
from columncast.feed.live.verify import Servers


def destinations(show: Show, to: str = "") -> dict[str, Destination]:
    """Return where *show* is published, by name: all of its places, or the one called *to*.

    Those that hold audio come before those that hold the feed which names it.

    Raises:
        SettingsError: show.toml names none, or none called *to*.
    """
    known = show.destinations
    if not known:
        raise SettingsError("names no place to publish to: add [publish.NAME]", where="show.toml")
    if to and to not in known:
        raise SettingsError(
            f"has no [publish.{to}]; known are: {', '.join(known)}", where="show.toml"
        )
    names = [to] if to else sorted(known, key=lambda name: "audio" not in known[name].holds)
    return {name: known[name] for name in names}


@dataclass(frozen=True, kw_only=True)
class Published:
    """What was, or on a dry run would be, done at one destination."""

    plan: live_plan.Plan
    done: upload.Live | None = None


def publish_all(
    folder: ShowFolder,
    notices: Collection[Notice],
    *,
    to: str = "",
    dry_run: bool = False,
    replace_live: bool = False,
    force: bool = False,
    progress: Progress = quiet,
    tell: Callable[[str], None] = silent,
) -> Iterator[Published]:
    """Put the public folder live, and give each destination as it is done.

    *notices* are what a check of the show found. An episode that cannot be read has its last good
    version in the feed: the others go live, and only then it is said. *tell* gets a line, once, when something has to be tried again.

    Raises:
        SettingsError: show.toml does not say where.
        FeedError: There is an error among *notices*; or, without *force*, one that says that the show
            is not ready for everybody, and everybody can reach a destination.
        RemoteError: A server failed; the feed there is as it was, and a second run is safe.
        ConflictError: Somebody else has changed the live feed.
    """
    errors = errors_in(notices)
    damaged = [error for error in errors if error.code == "episode-broken"]
    _refuse([error for error in errors if error not in damaged])
    if not force:
        _refuse_unready(notices, destinations(folder.show, to))
    retry = Retry(tell=tell)
    servers = Servers(retry=retry)
    for name, destination in destinations(folder.show, to).items():
        with closing(open_storage(destination, folder.root, retry=retry)) as storage:
            plan = live_plan.plan(folder, destination, storage, name=name, replace=replace_live)
            if not dry_run:
                storage.sweep({step.key for step in plan.steps})
            if dry_run or plan.nothing:
                yield Published(plan=plan)
            else:
                done = upload.go_live(folder, storage, plan, servers=servers, progress=progress)
                yield Published(plan=plan, done=done)
    if damaged:
        raise FeedError(
            f"{damaged[0].message}; all other episodes are done, see: columncast check",
            where=damaged[0].where,
        )


_FOR_TRYING_OUT = ("show-address-private", "cover-placeholder")
"""What is right on one's own machine, and never where everybody gets it."""
_LOOK_UP_S = 5.0


def _refuse_unready(notices: Iterable[Notice], places: Mapping[str, Destination]) -> None:
    """Refuse to put what is for trying out only at one of *places* that everybody can reach."""
    unready = [notice for notice in notices if notice.code in _FOR_TRYING_OUT]
    for name, destination in places.items() if unready else ():
        host = host_of(destination)
        if host and _is_global(host):
            first = unready[0]
            raise FeedError(
                f"{first.message} [{first.code}]; [publish.{name}] is at {host}, open to everybody; "
                "nothing was published; if it is meant so: --force",
                where=first.where,
            )


def _is_global(host: str) -> bool:
    """Whether *host* has an address that everybody can reach; a name that nobody knows may have."""
    if not open_to_all(host):
        return False
    try:
        found = within(_LOOK_UP_S, lambda: socket.getaddrinfo(host, None))
        networks = {network_of(str(entry[4][0]).partition("%")[0]) for entry in found}
    except (OSError, ValueError):  # not to be looked up here and now
        return True
    return Network.PUBLIC in networks


def _refuse(errors: Sequence[Notice]) -> None:
    if errors:
        first, more = errors[0], len(errors) - 1
        others = f" (and {more} more)" if more else ""
        raise FeedError(
            f"{first.message} [{first.code}]{others}; nothing was published, see: columncast check",
            where=first.where,
        )


def roll_back(
    folder: ShowFolder, *, to: str = "", feed: str = "", dry_run: bool = False
) -> Iterator[history.RolledBack]:
    """Bring the former feed, or the one called *feed*, back live at each destination that holds it.

    Raises:
        SettingsError: show.toml does not say where.
        UsageError: There is none, or the one called *to* holds no feed.
        InputError: There is no such former feed.
    """
    chosen = _with_feed(folder, to)
    with folder.locked():
        for name, destination in chosen.items():
            with closing(open_storage(destination, folder.root)) as storage:
                yield history.rollback(folder, storage, name=name, to=feed, dry_run=dry_run)
                if not dry_run:
                    storage.sweep(())


def former_feeds(folder: ShowFolder, *, to: str = "") -> list[history.FormerFeeds]:
    """Return the feeds that `roll_back` can bring back, at each destination that holds the feed.

    Raises:
        SettingsError: show.toml does not say where.
        UsageError: There is none, or the one called *to* holds no feed.
    """
    found = []
    for name, destination in _with_feed(folder, to).items():
        with closing(open_storage(destination, folder.root)) as storage:
            feeds = tuple(history.former_feeds(storage))
            found.append(history.FormerFeeds(place=name, feeds=feeds))
    return found


def _with_feed(folder: ShowFolder, to: str) -> dict[str, Destination]:
    chosen = destinations(folder.show, to)
    holding = {name: place for name, place in chosen.items() if "feed" in place.holds}
    if not holding:
        where = f"[publish.{to}]" if to else "what show.toml names"
        raise UsageError(f"{where} holds no feed, so there is none to go back to")
    return holding


def prune(folder: ShowFolder, *, to: str = "", dry_run: bool = False) -> list[live_prune.Pruned]:
    """Remove, at each destination or the one called *to*, what has had no use for 30 days.

    What is live at any of them counts, so all of them are read first.

    Raises:
        SettingsError: show.toml does not say where.
        RemoteError: A destination cannot be read; nothing was removed anywhere.
        ConflictError: Somebody is publishing.
    """
    chosen = destinations(folder.show, to)
    with folder.locked(), ExitStack() as stack:
        places = {}
        for name, destination in destinations(folder.show).items():
            path = folder.root / destination.path
            if destination.kind == "folder" and not path.is_dir():
                raise RemoteError(
                    f"cannot be read: there is no such folder; {UNTOUCHED}", where=path
                )
            with untouched():
                storage = stack.enter_context(closing(open_storage(destination, folder.root)))
            places[name] = (destination, storage)
        done = live_prune.prune(folder, places, at=chosen, dry_run=dry_run)
        for name in chosen if not dry_run else ():
            places[name][1].sweep(())
        return done
