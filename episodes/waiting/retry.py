"""Trying again, when a server or the line to it was only having a moment.

Bounded, with growing waits and jitter, so that many clients do not come back all at once
(aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter). A person is told once.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from columncast.episodes.errors import RemoteError

T = TypeVar("T")

TRIES = 6
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 20.0


class TemporaryError(RemoteError):
    """A server or the line to it failed in a way that another try may cure."""

    most_tries = 100
    """How often it is worth to try, however patient a run is."""

    def __init__(self, message: str, *, where: str = "", wait_s: float = 0.0) -> None:
        """Take how long the server asked us to wait, if it did."""
        self.wait_s = wait_s
        super().__init__(message, where=where)


def silent(_: str) -> None:
    """Tell nobody."""


@dataclass
class Retry:
    """How patiently one run behaves towards servers; may be used from many threads."""

    tell: Callable[[str], None] = silent
    tries: int = TRIES
    sleep: Callable[[float], object] = time.sleep
    jitter: Callable[[], float] = random.random
    """From 0 to 1."""
    _messages: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, action: Callable[[], T]) -> T:
        """Do *action*, again while it fails for a moment.

        Raises:
            RemoteError: It failed for good, or as often as we try.
        """
        for tried in range(1, self.tries + 1):
            try:
                return action()
            except TemporaryError as e:
                if tried >= min(self.tries, e.most_tries):
                    times = "once" if tried == 1 else f"{tried} times"
                    raise RemoteError(
                        f"{e.message}; tried {times}; it is safe to run again", where=e.where
                    ) from e
                self._say(e)
                self.sleep(self.wait_s(tried, e.wait_s))
        raise AssertionError("unreachable")

    def wait_s(self, tried: int, asked_s: float = 0.0) -> float:
        """Return how long to wait after *tried* tries: twice as long each time, half of it random.

        >>> [Retry(jitter=lambda: 1.0).wait_s(tried) for tried in (1, 2, 3, 9)]
        [0.5, 1.0, 2.0, 20.0]
        """
        longest: float = min(FIRST_WAIT_S * 2.0 ** (tried - 1), LONGEST_WAIT_S)
        return max(min(asked_s, LONGEST_WAIT_S), longest * (0.5 + self.jitter() / 2))

    def _say(self, error: TemporaryError) -> None:
        with self._lock:
            new = error.message not in self._messages
            self._messages.add(error.message)
        if new:
            self.tell(f"{error}; trying again")
