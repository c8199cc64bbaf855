"""Work in processes of this machine, which are ended with the one that started them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.queues import SimpleQueue
from typing import Any, TypeVar

from columncast.episodes import execution
from columncast.episodes.errors import ColumncastError
from columncast.episodes.execution import Outcome, Progress, on

T = TypeVar("T")

_STOPPED = "the process that worked on it was killed, twice; is there enough memory for --jobs?"
_TRIES = 2
_GRACE_S = 1.0


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
            for item, done in on(pool, work, waiting):
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


@contextmanager
def _processes(jobs: int, progress: Progress) -> Iterator[Executor]:
    """Give a pool of fresh processes that tell *progress*, and end with this block, come what may."""
    context = multiprocessing.get_context("spawn")  # a fork would share locks and open files
    heard: SimpleQueue[Any] = context.SimpleQueue()
    workers: set[int] = set()

    def listen() -> None:
        while (told := heard.get()) is not None:
            if isinstance(told, int):
                workers.add(told)
            else:
                progress(*told)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(heard,))
    try:
        with pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in workers:
                    with contextlib.suppress(OSError):  # gone already
                        os.kill(worker, signal.SIGTERM)
                raise
    finally:
        heard.put(None)
        listener.join()


def _begin(heard: SimpleQueue[Any]) -> None:
    """Prepare a worker: it tells of itself, and goes when it is told to or when it is left alone."""

    def told(what: str, fraction: float) -> None:
        heard.put((what, fraction))

    def leave(_signal: int, _frame: object) -> None:
        raise SystemExit(1)

    execution.tell = told
    # Ctrl-C reaches every process of a terminal; whoever started this one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, leave)
    heard.put(os.getpid())
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_outlive, args=(parent,), daemon=True).start()


def _outlive(parent: Any) -> None:
    """End this process, and the programs that it runs, when the one that started it is gone."""
    parent.join()
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(
            _GRACE_S
        )  # its drafts go, and ffmpeg; then it would wait for work that never comes
    os._exit(1)
