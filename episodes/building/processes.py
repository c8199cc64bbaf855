"""Work in processes of this machine, which end with the one that started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Literal, NoReturn, TypeVar

from columncast.episodes.building.jobs import Outcome, Progress
from columncast.episodes.errors import ColumncastError

T = TypeVar("T")

_STOPPED = "the process that worked on it was killed, twice; is there enough memory for --jobs?"
_TRIES = 2
_GRACE_S = 3.0
"""So long a worker may take to clear away its drafts and its ffmpeg once it has to leave."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a worker sends to whoever started it, by name."""

    name: Literal["progress", "result", "refusal", "fault", "death"]
    """A refusal is an error with a message for people; a fault is any other one. A death is what
    shows on the line when the worker is gone."""
    value: Any = None
    """What is under way and its share, 0 to 1; what the work returned; the error that it raised."""


def side_by_side(
    work: Callable[[str, Progress], T], items: Sequence[str], *, jobs: int, progress: Progress
) -> Iterator[tuple[str, Outcome[T]]]:
    """Do *work* on *items* in so many processes as *jobs* says; results come as they are ready.

    *work* gets an item and whom to report its progress to. A process that is killed costs nobody
    else's work: what it had begun is begun again.
    """
    waiting, killed = list(items), Counter[str]()
    with _workers() as workers:
        while waiting or any(worker.item for worker in workers):
            _hand_out(work, waiting, workers, jobs=jobs)
            for worker in _ready(workers):
                message = worker.receive()
                match message.name:
                    case "progress":
                        progress(*message.value)
                    case "result" | "refusal":
                        item, worker.item = worker.item, ""
                        yield item, message.value
                    case "fault":
                        raise message.value
                    case "death":
                        workers.remove(worker)
                        worker.end()
                        killed[worker.item] += 1
                        if killed[worker.item] < _TRIES:
                            waiting.append(worker.item)
                        else:
                            yield worker.item, ColumncastError(_STOPPED)


@contextmanager
def _workers() -> Iterator[list[_Worker]]:
    """Give a list for the workers, which leave when this block ends, and at once if it fails."""
    workers: list[_Worker] = []
    try:
        yield workers
    except BaseException:
        for worker in workers:
            worker.terminate()
        raise
    finally:
        for worker in workers:
            worker.end()


def _hand_out(
    work: Callable[[str, Progress], object], items: list[str], workers: list[_Worker], *, jobs: int
) -> None:
    """Take from *items* one for each idle worker, and for new ones as long as there may be more."""
    idle = [worker for worker in workers if not worker.item]
    while items and (idle or len(workers) < jobs):
        if not idle:
            idle.append(_Worker(work))
            workers.append(idle[-1])
        idle.pop().begin(items.pop(0))


def _ready(workers: Sequence[_Worker]) -> list[_Worker]:
    """Wait until any of *workers* that has work sends a message or dies; return those."""
    lines = {worker.line: worker for worker in workers if worker.item}
    return [worker for line, worker in lines.items() if line in wait(list(lines))]


class _Worker:
    """A process that does the work, and the line to it; each end sees when the other is gone."""

    def __init__(self, work: Callable[[str, Progress], object]) -> None:
        self.item = ""
        """What it works on; empty while it is idle."""
        self.line, theirs = multiprocessing.Pipe()
        self.process = _DeafProcess(target=_serve, args=(work, theirs))
        self.process.start()
        theirs.close()

    def begin(self, item: str) -> None:
        """Let it work on *item*."""
        self.item = item
        with suppress(OSError):  # it is dead, which shows as soon as it is listened to
            self.line.send(item)

    def receive(self) -> Message:
        """Return its next message."""
        try:
            message: Message = self.line.recv()
        except (EOFError, OSError):
            return Message(name="death")
        return message

    def terminate(self) -> None:
        """Ask it to leave now: one that only begins, too."""
        self.process.terminate()

    def end(self) -> None:
        """Wait until it has left, which it does when it is idle and nobody is on the line."""
        self.line.close()
        self.process.join()


class _DeafProcess(SpawnProcess):
    """A process that Ctrl-C does not reach from its very first moment; see `_serve`.

    It takes a second to import what it needs, and would fill the terminal with tracebacks.
    """

    def start(self) -> None:
        """Start it: what is blocked here stays blocked in what is started."""
        if not hasattr(signal, "pthread_sigmask"):  # Windows
            super().start()
            return
        resource_tracker.ensure_running()  # else it is started below, and unblocks everything
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(work: Callable[[str, Progress], object], line: Connection) -> None:
    """Do *work* on each item that comes down the *line*, until nobody is there any more.

    A worker leaves on SIGTERM, too, and when whoever started it is gone.
    """
    # Ctrl-C reaches every process of a terminal; whoever started this one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):  # what was blocked until now must not be so in ffmpeg
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, _leave)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_outlive, args=(parent,), daemon=True).start()
    one_at_a_time = threading.Lock()

    def send(message: Message) -> None:
        with one_at_a_time:  # parts of one episode are worked on in several threads
            line.send(message)

    def report(what: str, share: float) -> None:
        send(Message(name="progress", value=(what, share)))

    with suppress(EOFError, OSError):  # nobody is on the line
        while item := line.recv():
            try:
                send(Message(name="result", value=work(item, report)))
            except ColumncastError as e:
                send(Message(name="refusal", value=e))
            except Exception as e:  # noqa: BLE001 - whatever it is, it is raised where it matters
                e.add_note(traceback.format_exc())  # a traceback itself cannot be sent
                send(Message(name="fault", value=e))


def _leave(_signal: int, _frame: object) -> NoReturn:
    """Unwind, so that drafts and ffmpeg go; end all the same when that takes too long."""
    ending = threading.Timer(_GRACE_S, os._exit, args=(1,))
    ending.daemon = True
    ending.start()
    raise SystemExit(1)


def _outlive(parent: Any) -> None:
    """End this process, and the programs that it runs, when the one that started it is gone."""
    parent.join()
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(_GRACE_S)  # the main thread may be deep in a library
    os._exit(1)
