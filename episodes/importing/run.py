"""Taking episodes over, one by one: each is made beside the show and renamed into it when whole.

So a run that is killed is completed by the next one, and one episode that cannot be had stops no
other. What only the audio and the feed side can tell of a file comes in as `MediaInspector`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from columncast.episodes.building.runner import ALL
from columncast.episodes.disk import files
from columncast.episodes.errors import ColumncastError, FolderError, InputError
from columncast.episodes.importing.episode import (
    Job,
    MediaInspector,
    Move,
    Progress,
    Terms,
    reason,
    unexpected,
)
from columncast.episodes.importing.feed.episode import OldEpisode, read_episodes
from columncast.episodes.importing.fetcher import AT_ONCE, Fetcher
from columncast.episodes.importing.plan import Entry, Import, Plan, refuse_full_disk
from columncast.episodes.importing.posts import lay_ready
from columncast.episodes.model.notice import Notice
from columncast.episodes.private_urls import scrubbed
from columncast.episodes.show import staging
from columncast.episodes.show.folder import ShowFolder


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of one episode."""

    slug: str
    title: str
    error: str = ""
    """Why it was not taken over; empty if it was."""
    notices: tuple[Notice, ...] = ()


def take_over(
    planned: Import,
    terms: Terms,
    *,
    create_show: Callable[[], Imported],
    inspector: MediaInspector,
    progress: Progress,
) -> Iterator[Imported]:
    """Take a podcast over as *planned*; yield what became of each episode, as they are done.

    *create_show* makes the show where there is none; what it returns comes first.

    Raises:
        FolderError: The disk cannot hold it, is full or not ours to write.
    """
    folder, plan, fetcher = planned.folder, planned.plan, planned.fetcher
    refuse_full_disk(plan, folder.root)
    with folder.locked():
        if planned.new:
            yield create_show()
        # Read anew: there was no show before.
        terms = replace(terms, fetch_pictures=ShowFolder(folder.root).show.feed.fetch_pictures)
        whole = True
        episodes = _take_all(folder, plan, fetcher, inspector, terms, progress=progress)
        for number, episode in enumerate(episodes, 1):
            whole &= not episode.error
            progress(episode.slug, 1.0)
            progress(ALL, number / len(plan.entries))
            yield episode
        if whole:
            shutil.rmtree(fetcher.folder, ignore_errors=True)


def _take_all(
    folder: ShowFolder,
    plan: Plan,
    fetcher: Fetcher,
    inspector: MediaInspector,
    terms: Terms,
    *,
    progress: Progress,
) -> Iterator[Imported]:
    with files.disk_errors(folder.episodes):
        folder.episodes.mkdir(parents=True, exist_ok=True)

    def tell(slug: str, share: float) -> None:
        if fetcher.stop.is_set():
            raise InputError("was interrupted")
        progress(slug, share)

    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    running: set[Future[Imported]] = set()
    try:
        job = Job(
            folder=folder,
            plan=plan,
            fetcher=fetcher,
            inspector=inspector,
            terms=terms,
            posts=lay_ready(
                plan.entries,
                folder.staging / ".posts",
                site_url=terms.site_url or str(plan.show.settings["site_url"]),
                paid_text=terms.paid_text,
                progress=tell,
            ),
            progress=tell,
        )
        for entry, old in _with_notes(plan):
            running.add(pool.submit(_take, job, entry, old))
            while len(running) >= 2 * AT_ONCE:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    finally:
        fetcher.end()
        pool.shutdown(cancel_futures=True)
        staging.clear(folder.root)


def _with_notes(plan: Plan) -> Iterator[tuple[Entry, OldEpisode]]:
    """The entries in the order of the feed, each with its notes read again."""
    waiting = {entry.old.guid: entry for entry in plan.entries}
    for path, url in plan.pages:
        for old in read_episodes(path, base=url or plan.show.feed_url):
            if isinstance(old, OldEpisode) and old.guid in waiting:
                yield waiting.pop(old.guid), old


def _take(job: Job, entry: Entry, old: OldEpisode) -> Imported:
    """Take one over; what goes wrong with it is told, not raised, unless it would be so with all."""
    move = Move(job, entry, old)
    try:
        move.done()
    except FolderError:
        raise
    except (ColumncastError, OSError) as e:
        error = reason(e)
    except Exception as e:  # noqa: BLE001 - of one episode; it stands in the list at the end
        error = unexpected(e)
    else:
        return Imported(slug=entry.slug, title=old.title, notices=old.notices + tuple(move.notices))
    shutil.rmtree(move.staged.path, ignore_errors=True)
    return Imported(slug=entry.slug, title=old.title, error=scrubbed(error, job.plan.show.keys))
