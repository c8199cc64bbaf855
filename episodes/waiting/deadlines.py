"""Waiting with an end: nothing of ours waits for a server, a name or a store without a limit.

A timeout of a socket bounds the wait for the next byte, so a server that sends one now and then is
waited for for ever. A `Deadline` bounds the whole: when it passes, the line is cut under whoever
reads from it. `within` bounds calls that know no timeout at all, such as looking a name up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")

_IDLE_S = 5.0
"""How long the thread that watches outlives the last deadline."""


class Deadline:
    """A time by which the block must end; when it passes, *cut* ends what the block waits for.

    *cut* runs in another thread, once, and never after the block. It must not wait for anything.
    """

    def __init__(self, seconds: float, cut: Callable[[], object]) -> None:
        """Take how long the block may last; the time starts now."""
        self.until = time.monotonic() + seconds
        self.passed = False
        self._cut = cut
        self._over = False
        self._lock = threading.Lock()

    @property
    def left_s(self) -> float:
        """How much of the time is left, 0 or more."""
        return max(0.0, self.until - time.monotonic())

    def extend(self, seconds: float, *, most_until: float) -> None:
        """Let it pass *seconds* from now, but never after *most_until* (of the monotonic clock)."""
        before, self.until = self.until, min(time.monotonic() + seconds, most_until)
        if self.until < before:
            _watch.look()

    def __enter__(self) -> Self:
        """Begin to watch."""
        _watch.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Stop watching; *cut* has run or never will."""
        _watch.remove(self)
        with self._lock:
            self._over = True

    def fire(self) -> None:
        """Cut, unless the block has ended."""
        with self._lock:
            if not self._over:
                self._over = self.passed = True
                self._cut()


class _Watch:
    """The one thread that looks at all deadlines."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._deadlines: set[Deadline] = set()
        self._thread: threading.Thread | None = None

    def add(self, deadline: Deadline) -> None:
        with self._changed:
            self._deadlines.add(deadline)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            self._changed.notify()

    def look(self) -> None:
        with self._changed:
            self._changed.notify()

    def remove(self, deadline: Deadline) -> None:
        with self._changed:
            self._deadlines.discard(deadline)

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._deadlines:
                    self._changed.wait(_IDLE_S)
                if not self._deadlines:
                    self._thread = None
                    return
                now = time.monotonic()
                due = [deadline for deadline in self._deadlines if deadline.until <= now]
                self._deadlines.difference_update(due)
                if not due:
                    self._changed.wait(min(d.until for d in self._deadlines) - now)
            for deadline in due:
                deadline.fire()


_watch = _Watch()


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what *work* returns, or what it raises, if that comes within *seconds*.

    For calls that nothing can cut. One that takes longer goes on in a thread that no end of the
    process waits for, and what becomes of it is of no interest. Ctrl-C ends the wait.

    >>> within(5, lambda: 6 * 7)
    42

    Raises:
        TimeoutError: It takes longer.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as e:  # noqa: BLE001 - raised again where it is waited for
            done.set_exception(e)

    threading.Thread(target=run, name="within", daemon=True).start()
    return done.result(seconds)
