"""What commands say that put a show live, bring a former feed back, or tidy up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from columncast.episodes.console.console import Console
from columncast.episodes.errors import ColumncastError
from columncast.episodes.format import count
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live import destinations, history
from columncast.feed.live import prune as live_prune
from columncast.feed.live.destinations import Published


def go_live(
    publishing: Iterator[Published], folder: ShowFolder, console: Console
) -> tuple[dict[str, Any], ColumncastError | None]:
    """Say what *publishing* does at each place; return it for tools, and what ended it early.

    Raises:
        ColumncastError: Nothing was done at any place.
    """
    plans, done = [], []
    failure: ColumncastError | None = None
    try:
        for published in publishing:
            plans.append(published.plan)
            done += [published.done] if published.done else []
    except ColumncastError as e:
        failure = e
    if failure and not plans:
        raise failure
    for plan in plans:
        console.say(*plan.lines())
        console.notices(plan.notices)
    for live in done:
        console.notices(live.notices)
    if done:
        console.say(f"Live      {folder.show.feed_url}, {count(done[-1].episodes, 'episode')}")
    document = {"plans": [p.as_json() for p in plans], "live": [live.as_json() for live in done]}
    return document, failure


def go_back(
    folder: ShowFolder, console: Console, *, to: str, feed: str = "", dry_run: bool
) -> None:
    """Bring a former feed back live at each place, and say what that changed."""
    done: list[history.RolledBack] = []
    failure: ColumncastError | None = None
    try:
        for rolled_back in destinations.roll_back(folder, to=to, feed=feed, dry_run=dry_run):
            done.append(rolled_back)  # noqa: PERF402 - what was done before a failure counts
    except ColumncastError as e:
        failure = e
    if done:
        console.document(history.as_json(done, dry_run=dry_run))
        console.say(*history.lines(done, dry_run=dry_run))
    if failure:
        raise failure


def list_former_feeds(folder: ShowFolder, console: Console, *, to: str) -> None:
    """Say which feeds `go_back` can bring back."""
    places = destinations.former_feeds(folder, to=to)
    console.document(history.former_as_json(places))
    console.say(*history.former_lines(places))


def tidy_up(folder: ShowFolder, console: Console, *, to: str, dry_run: bool) -> None:
    """Remove what has had no use for 30 days, and say what it was."""
    done = destinations.prune(folder, to=to, dry_run=dry_run)
    console.document(live_prune.as_json(done))
    console.say(*live_prune.lines(done, dry_run=dry_run))
