"""Work that takes a while, done for the page one piece at a time, with its progress to be asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from columncast.episodes.building.jobs import Progress
from columncast.episodes.errors import BusyError, ColumncastError


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a piece of work."""

    lines: Sequence[str]
    """For people, as the command prints them."""
    basis: str = ""
    """What the lines are true of; an agreement to them names it."""
    slug: str = ""
    """The episode that was made."""
    failure: ColumncastError | None = None
    """What ended it early, after the lines."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A piece of work, as far as it is done."""

    number: int
    name: str
    slug: str
    running: bool = True
    step: str = ""
    share: float = 0.0
    lines: tuple[str, ...] = ()
    error: str = ""
    basis: str = ""
    made: str = ""
    """The episode that was made."""

    def as_json(self) -> dict[str, Any]:
        """The task for the page."""
        return vars(self) | {"share": round(self.share, 3), "lines": list(self.lines)}


Work = Callable[[Progress], Outcome]


class Bench:
    """The place where work is done; it may be asked from several threads."""

    def __init__(self, done: Callable[[str], None]) -> None:
        """Take whom to tell that a piece is *done*, with its episode."""
        self._done = done
        self._lock = threading.Lock()
        self._task: Task | None = None

    @property
    def task(self) -> Task | None:
        """The last piece of work, which may still be going on; None: there was none."""
        with self._lock:
            return self._task

    def begin(self, name: str, slug: str, work: Work) -> Task:
        """Begin *work* for the episode *slug*, and return at once.

        Raises:
            BusyError: Another piece is not done yet.
        """
        with self._lock:
            if self._task and self._task.running:
                raise BusyError(f"{self._task.name} is still at work; wait for it to end")
            number = self._task.number + 1 if self._task else 1
            self._task = begun = Task(number=number, name=name, slug=slug)
        threading.Thread(target=self._run, args=[work], name=name, daemon=True).start()
        return begun

    def _run(self, work: Work) -> None:
        try:
            outcome = work(self._progress)
        except ColumncastError as e:
            outcome = Outcome(lines=(), failure=e)
        except Exception:
            # The terminal gets the traceback; the page must not wait for ever.
            self._end(error="something went wrong here; the terminal of the preview says what")
            raise
        self._end(
            lines=tuple(outcome.lines),
            error=str(outcome.failure or ""),
            basis=outcome.basis,
            made=outcome.slug,
        )

    def _end(
        self, *, error: str, lines: tuple[str, ...] = (), basis: str = "", made: str = ""
    ) -> None:
        with self._lock:
            if self._task:
                self._task = ended = replace(
                    self._task,
                    running=False,
                    share=1.0,
                    lines=lines,
                    error=error,
                    basis=basis,
                    made=made,
                )
        self._done(made or ended.slug)

    def _progress(self, step: str, share: float) -> None:
        with self._lock:
            if self._task:
                self._task = replace(self._task, step=step, share=share)
