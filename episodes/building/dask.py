"""Work on a cluster: a Dask scheduler and its workers, by the interface of `concurrent.futures`.

Dask runs an item again when its worker dies; here it is only reached, asked what it is made of, and
its troubles are put into words. docs/how-to/cluster.md says how to set one up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from columncast.episodes.building.jobs import Outcome, on
from columncast.episodes.errors import ColumncastError, RemoteError, UsageError
from columncast.episodes.format import how_to_install
from columncast.episodes.waiting.deadlines import within

T = TypeVar("T")

SCHEME = "dask://"
_PATIENCE_S = 10
_ANSWER_S = 30.0
"""For one answer of the scheduler; work itself takes as long as it takes."""
_GONE = "the Dask scheduler does not answer any more; what is done is kept: run again"
_KILLED = "the workers that worked on it died, one after the other; have they enough memory?"


def on_cluster(
    work: Callable[[str], T],
    items: Sequence[str],
    *,
    address: str,
    versions: Callable[[], Mapping[str, str]],
    tell: Callable[[str], None],
) -> Iterator[tuple[str, Outcome[T]]]:
    """Do *work* on *items* on the cluster at *address* (`dask://HOST:PORT`).

    *versions* is asked here and on every worker; *tell* gets a line for each that differs.

    Raises:
        UsageError: The extra `[dask]` is not installed, or *address* is no such address.
        RemoteError: No scheduler answers there, it has no workers, or they have no columncast.
    """
    with _connected(address) as client:
        for line in _differences(client, versions):
            tell(line)
        # Impure: whether a thing must be done again is not for Dask to guess.
        with client.get_executor(pure=False) as pool:
            try:
                for item, done in on(pool, work, items, look=lambda: _workers(client)):
                    yield item, _outcome(done)
            except BaseException:
                pool.shutdown(wait=False)
                raise


def _outcome(done: Any) -> Any:
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        return done.result()
    except ColumncastError as e:
        return e
    except CancelledError as e:  # nobody else cancels what has been sent
        raise RemoteError(_GONE) from e
    except KilledWorker:
        return ColumncastError(_KILLED)


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as e:
        raise UsageError(f"--executor needs Dask; run: {how_to_install('distributed')}") from e
    host = address.removeprefix(SCHEME)
    if not address.startswith(SCHEME) or not host:
        raise UsageError(f"the executor {address!r} must be local, or like dask://cluster.lan:8786")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said here
    try:
        connect: Any = Client  # its own types stop half-way
        client = within(
            _ANSWER_S,
            lambda: connect(f"tcp://{host}", timeout=_PATIENCE_S, set_as_default=False),
        )
    except (OSError, TimeoutError, ValueError) as e:
        raise RemoteError(
            f"no Dask scheduler answers at {host}; start one (dask scheduler), and run again"
        ) from e
    try:
        if not _workers(client):
            raise RemoteError(
                f"the Dask scheduler at {host} has no workers; start some (dask worker {host} "
                "--nthreads 1), and run again"
            )
        yield client
    finally:
        with suppress(TimeoutError):
            within(_ANSWER_S, client.close)


def _workers(client: Any) -> Any:
    """Ask the scheduler for its workers.

    Raises:
        RemoteError: It does not answer.
    """
    try:
        return within(_ANSWER_S, lambda: client.scheduler_info()["workers"])
    except (OSError, TimeoutError) as e:
        raise RemoteError(_GONE) from e


def _differences(client: Any, versions: Callable[[], Mapping[str, str]]) -> Iterator[str]:
    """Say where a worker has other versions than we have here."""
    here = versions()
    try:
        answers = within(2 * _ANSWER_S, lambda: client.run(versions, on_error="return"))
    except TimeoutError as e:
        raise RemoteError("a worker of the Dask scheduler does not answer; start it anew") from e
    for worker, there in sorted(answers.items()):
        if isinstance(there, OSError):
            continue  # it has just left; what it would have done goes to another one
        if isinstance(there, Exception):
            raise RemoteError(
                f"the worker {worker} cannot work ({there}); install columncast there as it is here"
            )
        for name, version in here.items():
            if there.get(name) != version:
                yield (
                    f"the worker {worker} has {name} {there.get(name) or '(none)'}, here it is "
                    f"{version}: what it makes may differ"
                )
