"""What nobody has approved of that which would go live, where show.toml asks for an approval.

An episode that is live as it is here needs none: only what is new, or another than before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing, suppress

from columncast.episodes.building.records import guid_of
from columncast.episodes.errors import ColumncastError, FeedError, ReviewError
from columncast.episodes.remarks.approval import Approval, approval_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.episodes.waiting.retry import Retry, silent
from columncast.feed.live.feed_index import Summary, live_documents, read_feed, summaries
from columncast.feed.live.local_site import items_of, local_feed
from columncast.feed.live.remembered import items_here, remembered_items


def refuse_unapproved(
    folder: ShowFolder,
    places: Mapping[str, Destination],
    *,
    tell: Callable[[str], None] = silent,
) -> None:
    """Refuse to put live what has to be approved first, at any of *places* that hold the feed.

    Where they hold audio alone, the show's other places tell what is live. *tell* gets a line, once,
    when a place has to be asked again.

    Raises:
        ReviewError: An episode that is new or changed is not approved as it is now.
        RemoteError: A place cannot be asked what is live there.
    """
    if not folder.show.needs_approval:
        return
    asked = _with_feed(places) or _with_feed(folder.show.destinations)
    here = summaries(items_of(local_feed(folder).values()))
    fresh: set[str] = set()
    for destination in asked.values():
        fresh |= _fresh(here, _live(folder, destination, Retry(tell=tell)))
    missing = [
        (one.slug, approval)
        for one in folder.all()
        if fresh and guid_of(folder, one) in fresh
        if (approval := approval_of(folder, one)).state != "approved"
    ]
    if missing:
        slug, approval = missing[0]
        others = f" (and {len(missing) - 1} more)" if missing[1:] else ""
        raise ReviewError(
            f"{approval.why}{others}, and [publish] asks for an approval; nothing was published; "
            f"approve it in: columncast preview {slug}, or send it to a colleague: "
            f"columncast preview {slug} --export {slug}.html",
            where=slug,
        )


def to_approve(folder: ShowFolder) -> dict[str, Approval]:
    """Return by slug what somebody has to approve, as far as is written down here; nobody is asked.

    That is what would go live, and what is scheduled.
    """
    if not folder.show.needs_approval:
        return {}
    here, listed = items_here(folder), folder.listed()
    fresh: set[str] = set()
    for name in _with_feed(folder.show.destinations):
        fresh |= _fresh(here, remembered_items(folder, name) or {})
    found = {}
    for one in folder.all():
        try:
            waits = one.slug not in listed and not (one.facts.retired or one.facts.draft)
            if not waits and guid_of(folder, one) not in fresh:
                continue
            approval = approval_of(folder, one)
        except ColumncastError as e:
            approval = Approval(state="none", problem=str(e))
        if approval.state != "approved":
            found[one.slug] = approval
    return found


def _with_feed(places: Mapping[str, Destination]) -> dict[str, Destination]:
    return {name: place for name, place in places.items() if "feed" in place.holds}


def _fresh(here: Mapping[str, Summary], there: Mapping[str, Summary]) -> set[str]:
    """The guids of what is new or changed *here*."""
    return {guid for guid, item in here.items() if there.get(guid) != item}


def _live(folder: ShowFolder, destination: Destination, retry: Retry) -> dict[str, Summary]:
    """What is live at *destination*; nothing where that is no feed, which publishing will judge."""
    with closing(open_storage(destination, folder.root, retry=retry)) as storage:
        stored = {one.key for one in storage.find("feed/")}
        documents = live_documents(storage, stored)
    with suppress(FeedError):
        read = [read_feed(found.data, folder.show, where=key) for key, found in documents.items()]
        return summaries(items_of(read))
    return {}
