"""Going live: media, asked for at their public addresses, then pages, then the feed.

Whatever is killed at whatever point, the live feed names only what is there; another run goes on
with what is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from columncast.episodes.disk import files
from columncast.episodes.errors import ConflictError, FeedError, RemoteError
from columncast.episodes.http.client import Client
from columncast.episodes.model.asset_name import keeps_promise
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.storage.store import Storage
from columncast.feed.live import foreign_pages, history, inventory, root_pages
from columncast.feed.live.feed_index import FEED, live_documents, read_feed
from columncast.feed.live.local_site import Step, items_of, local_feed, turn
from columncast.feed.live.plan import Plan
from columncast.feed.live.prune import proved_ours
from columncast.feed.live.remembered import remember_items
from columncast.feed.live.state import PublishState, changed, digest, read_state, write_state
from columncast.feed.live.verify import Servers, is_audio, read_back, verify

Progress = Callable[[str, float], None]
"""Told the file being put and how much of it is there, 0 to 1; from several threads."""


def quiet(_key: str, _fraction: float) -> None:
    """Show no progress."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """What going live did."""

    put: tuple[str, ...]
    verified: int
    """How many files were asked for at their public addresses."""
    feed_changed: bool
    episodes: int
    """How many the feed lists."""
    pinged: bool
    notices: tuple[Notice, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as tools read it."""
        return asdict(self) | {"notices": [notice.as_json() for notice in self.notices]}


def go_live(
    folder: ShowFolder,
    store: Storage,
    plan: Plan,
    *,
    servers: Servers | None = None,
    progress: Progress = quiet,
) -> Live:
    """Do what *plan* says.

    Raises:
        FeedError: A file here is not the one that its name says.
        RemoteError: A server failed, or serves a new file in a way that apps would stumble over;
            the feed was not touched.
        LiveFeedChangedError: Somebody else has changed the live feed meanwhile.
    """
    servers = servers or Servers()
    notices: list[Notice] = []
    _refuse_misnamed(plan.at("media"))
    if plan.steps or plan.claims:
        _write_down(folder, store, plan)
    put_all(store, plan.at("media"), progress)
    media = [named for named in plan.verify if is_audio(named)]
    others = [named for named in plan.verify if named not in media]
    notices += verify(folder, servers, media, at_once=store.at_once)
    for _, together in groupby(plan.at("page"), key=lambda step: turn(step.key)):
        put_all(store, list(together), progress)
    notices += verify(folder, servers, others, at_once=store.at_once)
    if plan.changes_feed:
        _put_feed(folder, store, plan)
        notices += read_back(folder, store, plan, servers)
    refused = list(root_pages.put(store, plan.at("root")))
    notices += refused
    if plan.steps:
        inventory.note_what_stopped(store, folder.show, plan.wanted)
    if plan.foreign_pages:
        notices += foreign_pages.replace(folder, store, plan.foreign_pages)
    pinged = False
    if plan.hub and (plan.changes_feed or plan.ping_only):
        told = ping(servers.client, plan.hub, plan.feed_url)
        pinged = told is None
        notices += [told] if told else []
    _remember(folder, plan, pinged=pinged)
    return Live(
        put=tuple(
            s.key for s in plan.steps if store.label + s.key not in {n.where for n in refused}
        ),
        verified=len(plan.verify),
        feed_changed=plan.changes_feed,
        episodes=len(items_of(local_feed(folder).values())),
        pinged=pinged,
        notices=tuple(notices),
    )


def put_all(store: Storage, steps: Sequence[Step], progress: Progress) -> None:
    """Put files, several at once; the first failure ends it, and Ctrl-C ends it at once.

    Raises:
        RemoteError: A file could not be put.
    """
    stop = threading.Event()

    def put(step: Step) -> None:
        there = 0

        def moved(more: int) -> None:
            nonlocal there
            if stop.is_set():
                raise RemoteError("was stopped", where=step.key)
            there += more
            progress(step.key, there / step.length_bytes if step.length_bytes else 1.0)

        if not stop.is_set():
            store.put(step.key, step.path, step.served, moved)

    with ThreadPoolExecutor(store.at_once, thread_name_prefix="put") as pool:
        try:
            _finish([pool.submit(put, step) for step in steps])
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def ping(client: Client, hub: str, feed_url: str) -> Notice | None:
    """Tell a WebSub hub that the feed has changed (w3.org/TR/websub, 7); a failure is a notice."""
    try:
        form = {"hub.mode": "publish", "hub.url": feed_url, "hub.topic": feed_url}
        answer = client.ask(hub, "POST", form=form, most_bytes=10_000)
        why = "" if 200 <= answer.status < 300 else f"it answered {answer.status}"
    except RemoteError as e:
        why = e.message
    if not why:
        return None
    return Notice(
        code="hub-not-told",
        message=f"the hub did not accept the ping ({why}); apps will find the new feed when they poll",
        where=hub,
    )


def _write_down(folder: ShowFolder, store: Storage, plan: Plan) -> None:
    """Write into the inventory at *store* what *plan* is about to put, before anything is."""

    def named_before() -> set[str]:
        """What an earlier version, which kept no inventory, has put: by the feeds that were live."""
        former = [
            d for f in history.former_feeds(store) for d in history.documents(store, f).values()
        ]
        documents = [*(content.data for content in plan.live.values()), *former]
        return proved_ours(folder.show, documents, plan.wanted) | set(plan.live)

    inventory.note_before_putting(
        store, folder.show, plan.steps, plan.wanted, named_before=named_before
    )


def _finish(futures: Sequence[Future[None]]) -> None:
    done, _ = wait(futures, return_when=FIRST_EXCEPTION)
    for future in done:
        future.result()


def _refuse_misnamed(steps: Sequence[Step]) -> None:
    """A name that holds a hash promises the bytes; nothing else may ever be put under it."""
    for step in (step for step in steps if step.named):
        if not keeps_promise(step.path.name, files.sha256(step.path)):
            raise FeedError(
                "is not the file that its name says; delete it and run: columncast build",
                where=step.key,
            )


def _put_feed(folder: ShowFolder, store: Storage, plan: Plan) -> None:
    """Replace the feed's documents, feed.xml last, each only if it is still what was read."""
    steps = plan.at("feed")
    history.record(store, plan.live)
    state = read_state(folder, plan.name)
    local = digest((folder.root / FEED).read_bytes())
    write_state(folder, plan.name, PublishState(feed=state.feed, pending=local, hub=state.hub))
    for step in steps:
        there = plan.live.get(step.key)
        try:
            store.put_if(
                step.key, step.path.read_bytes(), step.served, there.version if there else None
            )
        except ConflictError as e:
            raise _changed_meanwhile(folder, store) from e


def _changed_meanwhile(folder: ShowFolder, store: Storage) -> ConflictError:
    live = live_documents(store, {s.key for s in store.find("feed/")})
    try:
        there = items_of(read_feed(live[key].data, folder.show) for key in live)
    except FeedError:
        there = []
    return changed(there, items_of(local_feed(folder).values()), store.label)


def _remember(folder: ShowFolder, plan: Plan, *, pinged: bool) -> None:
    if FEED in plan.live or plan.changes_feed:
        local = digest((folder.root / FEED).read_bytes())
        hub = local if pinged or not plan.hub else read_state(folder, plan.name).hub
        write_state(folder, plan.name, PublishState(feed=local, pending=local, hub=hub))
        remember_items(folder, plan.name)
