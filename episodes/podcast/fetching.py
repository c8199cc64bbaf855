"""Fetching what an old feed names, from servers that may be slow, half gone, or gone."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from columncast.episodes.download import Progress, download, unseen
from columncast.episodes.errors import FeedError, RemoteError
from columncast.episodes.fetch import Client
from columncast.episodes.podcast.items import read_channel
from columncast.episodes.podcast.settings import next_page
from columncast.episodes.retry import Retry, TemporaryError

AT_ONCE = 4
"""Files fetched side by side: enough to fill a line, few enough not to be turned away."""

_MOST_FAILURES = 3
"""After so many failures in a row, a server is not asked again in this run."""
_MOST_PAGES = 1000
_EXTRA_BYTES = 30_000_000


@dataclass
class Fetcher:
    """One run's way to the old host; may be used from many threads."""

    folder: Path
    """Where what is fetched lies until it is taken in; a later run goes on with it."""
    client: Client = field(default_factory=lambda: Client(timeout_s=30, at_once=AT_ONCE))
    stop: threading.Event = field(default_factory=threading.Event)
    """Set where the run is to end: nobody waits for a server then."""
    _locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @cached_property
    def retry(self) -> Retry:
        """How patient it is; the next run is another try."""
        return Retry(tries=4, sleep=self.stop.wait)

    def fetched(
        self, url: str, *, apart: str = "", expected_bytes: int = 0, progress: Progress = unseen
    ) -> Path:
        """Return the file with what *url* holds; one that is here already is not fetched again.

        Two that name the same file with other words in *apart* get one each.

        Raises:
            RemoteError: There is no such file, or its server does not answer (any more).
        """
        path = self.folder / hashlib.sha256(f"{url}\n{apart}".encode()).hexdigest()[:32]
        host = urlsplit(url).hostname or ""
        with self._guard:
            lock = self._locks[path.name]
        with lock:
            if path.is_file():
                return path
            if self._failed[host] >= _MOST_FAILURES:
                raise RemoteError(
                    f"{host} did not answer {_MOST_FAILURES} times, so it is not asked again now",
                    where=url,
                )
            try:
                download(
                    self.client,
                    url,
                    path,
                    retry=self.retry,
                    expected_bytes=expected_bytes,
                    progress=progress,
                )
            except RemoteError as e:
                # A server that says no is there; one that says nothing may be gone.
                self._failed[host] += isinstance(e.__cause__, TemporaryError)
                raise
            self._failed[host] = 0
            return path

    def small(self, url: str) -> bytes:
        """Return what *url* holds, if it is no larger than a picture or a transcript can be.

        Raises:
            RemoteError: As `fetched`, or it is larger.
        """

        def bounded(done: int, whole: int) -> None:
            if max(done, whole) > _EXTRA_BYTES:
                raise RemoteError(f"is larger than {_EXTRA_BYTES // 1_000_000} MB", where=url)

        return self.fetched(url, progress=bounded).read_bytes()


def feed_pages(
    source: str, fetcher: Fetcher, *, tell: Callable[[str], None]
) -> list[tuple[Path, str]]:
    """Return the documents of the feed *source*, a file or a URL, each with its address.

    Pages with older episodes are followed (RFC 5005); one that cannot be had is told.

    Raises:
        RemoteError: The first one cannot be fetched.
        FeedError: The first one is no podcast feed.
    """
    found: list[tuple[Path, str]] = []
    seen: set[str] = set()
    wanted = source
    while wanted and wanted not in seen and len(found) < _MOST_PAGES:
        seen.add(wanted)
        url = wanted if wanted.startswith(("http://", "https://")) else ""
        try:
            path = _fresh(wanted, fetcher) if url else Path(wanted)
            channel = read_channel(path)
        except (RemoteError, FeedError) as e:
            if not found:
                raise type(e)(e.message, where=source) from e
            tell(f"page {len(found) + 1} of the feed is missing, and so are its episodes: {e}")
            break
        found.append((path, url))
        wanted = next_page(channel, base=url)
        if not url and not wanted.startswith("http"):
            wanted = ""  # a page's place beside a file is anybody's guess
    return found


def _fresh(url: str, fetcher: Fetcher) -> Path:
    """Fetch a feed as it is now, whatever an earlier run has seen of it."""
    path = fetcher.folder / f"feed-{hashlib.sha256(url.encode()).hexdigest()[:16]}.xml"
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.part").unlink(missing_ok=True)
    download(fetcher.client, url, path, retry=fetcher.retry)
    return path
