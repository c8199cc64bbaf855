"""Doing one piece of work for many items: here, or wherever an executor leads.

An item is a short name; the work is a function of it that can be pickled. Results come as they are
ready, each under its item's name; an item that fails with a message for people stops no other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar, Union

from columncast.episodes.errors import ColumncastError

if TYPE_CHECKING:  # takes longer to import than a build that finds nothing to do
    from concurrent.futures import Executor, Future

T = TypeVar("T")

Progress = Callable[[str, float], None]
"""Called with the item that is worked on, or `item: step`, and how far the item is, 0 to 1."""

STEPS = {
    "fetching pictures": (0.0, 0.05),
    "measuring": (0.05, 0.15),
    "encoding": (0.15, 0.55),
    "aligning": (0.55, 0.97),
    "tagging": (0.97, 1.0),
}
"""The steps that make an episode, and from where to where each takes the whole."""

Outcome = Union[T, ColumncastError]  # noqa: UP007 - `|` makes no generic alias here
"""What came of an item: its result, or why there is none."""


_LOOK_S = 30.0


def quiet(_what: str, _fraction: float) -> None:
    """Show no progress."""


def in_steps(progress: Progress, item: str) -> Progress:
    """Return what to call with a step of *item* and how far that step is, 0 to 1."""

    def tell(step: str, share: float) -> None:
        start, end = STEPS[step]
        # The end of the last step is said when everything of the item is done.
        progress(f"{item}: {step}", min(start + (end - start) * share, 0.99))

    return tell


def one_by_one(work: Callable[[str], T], items: Sequence[str]) -> Iterator[tuple[str, Outcome[T]]]:
    """Do *work* on each of *items* here, in order."""
    for item in items:
        try:
            yield item, work(item)
        except ColumncastError as e:
            yield item, e


def on(
    executor: Executor,
    work: Callable[[str], T],
    items: Sequence[str],
    *,
    look: Callable[[], object] = lambda: None,
) -> Iterator[tuple[str, Future[T]]]:
    """Do *work* on *items* by *executor*; what is done comes as it is ready, failed or not.

    *look* is called when nothing has been done for a while, and raises if nothing will be.
    """
    from concurrent.futures import FIRST_COMPLETED, wait  # noqa: PLC0415 - as above

    futures: dict[Future[T], str] = {executor.submit(work, item): item for item in items}
    try:
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            for future in done:
                yield futures[future], future
            if not done:
                look()
    finally:
        for future in futures:
            future.cancel()
