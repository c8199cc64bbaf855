"""Work in processes of this machine, which are ended with the one that started them."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, NoReturn, TypeVar

from columncast.episodes.building import jobs as building_jobs
from columncast.episodes.building.jobs import Outcome, Progress, on
from columncast.episodes.errors import ColumncastError

T = TypeVar("T")

_STOPPED = "the process that worked on it was killed, twice; is there enough memory for --jobs?"
_TRIES = 2
_GRACE_S = 3.0
"""So long a worker may take to clear away its drafts and its ffmpeg once it has to leave."""
_LET_GO_S = 0.05


def side_by_side(
    work: Callable[[str], T], items: Sequence[str], *, jobs: int, progress: Progress
) -> Iterator[tuple[str, Outcome[T]]]:
    """Do *work* on *items* in so many processes as *jobs* says; results come as they are ready.

    A process that is killed costs nobody else's work: what it had begun is begun again.
    """
    waiting = list(items)
    for _ in range(_TRIES):
        broken = []
        with _processes(min(jobs, len(waiting)), progress) as pool:
            for item, done in on(pool, functools.partial(_until_told_to_leave, work), waiting):
                try:
                    yield item, done.result()
                except ColumncastError as e:
                    yield item, e
                except BrokenProcessPool:
                    broken.append(item)
        waiting = broken
        if not waiting:
            return
    for item in waiting:
        yield item, ColumncastError(_STOPPED)


class _DeafProcess(SpawnProcess):
    """A process that Ctrl-C does not reach from its very first moment; see `_begin`.

    It takes a second to import what it needs, and would fill the terminal with tracebacks.
    """

    def start(self) -> None:
        """Start it as it is: what is blocked here stays blocked in what is started."""
        if not hasattr(signal, "pthread_sigmask"):  # Windows
            super().start()
            return
        resource_tracker.ensure_running()  # else it is started below, and unblocks everything
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _DeafContext(SpawnContext):
    """Spawns such processes, and knows them: a fork would share locks and open files."""

    def __init__(self) -> None:
        self.made: list[SpawnProcess] = []

    def Process(self, *arguments: Any, **named: Any) -> SpawnProcess:  # type: ignore[override] # noqa: N802
        process = _DeafProcess(*arguments, **named)
        self.made.append(process)
        return process

    def end(self) -> None:
        """Ask all of them to leave: those that only begin, too."""
        for process in self.made:
            if process.pid:
                process.terminate()


@contextmanager
def _processes(jobs: int, progress: Progress) -> Iterator[Executor]:
    """Give a pool of fresh processes that tell *progress*, and end with this block, come what may."""
    context = _DeafContext()
    # A bare pipe and no queue: a worker that is killed while it holds a queue's lock would block
    # everybody else for ever. Messages are far below PIPE_BUF, so each write is whole.
    ours, theirs = context.Pipe(duplex=False)

    def listen() -> None:
        while (message := ours.recv()) is not None:
            progress(*message)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(theirs,))
    try:
        with pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                # So that the pool has let go of what was cancelled: Python 3.11 stumbles over it.
                time.sleep(_LET_GO_S)
                context.end()
                raise
    finally:
        theirs.send(None)
        listener.join()
        ours.close()
        theirs.close()


def _begin(theirs: Connection) -> None:
    """Prepare a worker: it reports its progress, and leaves on SIGTERM or when it is left alone."""

    def tell(what: str, fraction: float) -> None:
        theirs.send((what, fraction))

    building_jobs.tell = tell
    # Ctrl-C reaches every process of a terminal; whoever started this one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):  # what was blocked until now must not be so in ffmpeg
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, _leave)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_outlive, args=(parent,), daemon=True).start()


def _leave(_signal: int, _frame: object) -> NoReturn:
    """Unwind, so that drafts and ffmpeg go; then end, whatever the pool makes of the exception.

    The loop of a pool's worker catches SystemExit as the outcome of its item and waits for the
    next one, which never comes after a broken pool (and the pool waits for the worker: from Python
    3.12 on, for ever).
    """
    ending = threading.Timer(_GRACE_S, os._exit, args=(1,))
    ending.daemon = True
    ending.start()
    raise SystemExit(1)


def _until_told_to_leave(work: Callable[[str], T], item: str) -> T:
    """Do *work* on *item* in a worker, which ends as soon as it has unwound from `_leave`."""
    try:
        return work(item)
    except SystemExit:
        os._exit(1)


def _outlive(parent: Any) -> None:
    """End this process, and the programs that it runs, when the one that started it is gone."""
    parent.join()
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(_GRACE_S)  # the main thread may be deep in a library
    os._exit(1)
