"""The pages for the base address: put there by one show alone, over nothing but its own.

The base address often has a page already, of the publisher or of another show. So what lies there
is replaced only if it holds the very bytes that this show has put, by the inventory of the place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from columncast.episodes.errors import ColumncastError, ConflictError, RemoteError
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.settings import Show
from columncast.episodes.storage.store import Content, Storage
from columncast.episodes.waiting.retry import TemporaryError
from columncast.feed.live.inventory import Sheet, read_inventory
from columncast.feed.live.local_site import Step
from columncast.feed.live.state import digest


@dataclass(frozen=True, kw_only=True)
class RootPages:
    """What is to be done at the base address."""

    put: tuple[Step, ...] = ()
    wanted: frozenset[str] = frozenset()
    """The keys that are this show's, those already there included."""
    notices: tuple[Notice, ...] = ()


def look(steps: Sequence[Step], storage: Storage, show: Show) -> RootPages:
    """Look at what lies where the pages *steps* are to go.

    Raises:
        TemporaryError: The store could not be asked.
    """
    put, wanted, notices = [], set(), []
    for step in steps:
        try:
            there = storage.get(step.key)
            ours = there is None or _is_ours(step.key, there, _sheet(storage, show))
        except TemporaryError:
            raise
        except ColumncastError:  # a folder, a link to elsewhere, something huge: not from here
            there, ours = None, False
        same = there is not None and there.data == step.path.read_bytes()
        if ours:
            wanted.add(step.key)
            if not same:
                put.append(dataclasses.replace(step, new=there is None, replaces=there))
        elif not same:
            notices.append(_not_ours(step.key, storage))
    return RootPages(put=tuple(put), wanted=frozenset(wanted), notices=tuple(notices))


def put(store: Storage, steps: Sequence[Step]) -> Iterator[Notice]:
    """Put the pages, each only if what it replaces is still there; give a warning for the others.

    Raises:
        RemoteError: A page could not be put.
    """
    for step in steps:
        expected = step.replaces.version if step.replaces else None
        try:
            store.put_if(step.key, step.path.read_bytes(), step.served, expected)
        except ConflictError:
            yield _not_ours(step.key, store)


def _sheet(storage: Storage, show: Show) -> Sheet:
    try:
        return read_inventory(storage, show).sheet
    except TemporaryError:
        raise
    except RemoteError:
        return Sheet()  # damaged: whose the page is, nobody knows


def _is_ours(key: str, there: Content, sheet: Sheet) -> bool:
    entry = sheet.files.get(key)
    return entry is not None and digest(there.data) in (entry.sha256, sheet.replacing.get(key))


def _not_ours(key: str, storage: Storage) -> Notice:
    return Notice(
        code="root-page-not-ours",
        message="this show did not put the page that is there, so it was left untouched; delete "
        "it there to have it replaced, or take [site] root out of show.toml",
        where=storage.label + key,
    )
