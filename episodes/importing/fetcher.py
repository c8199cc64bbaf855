"""Fetching what an old feed names, from servers that may be slow, half gone, or gone.

A feed is a stranger's word. What it names is fetched from the public internet alone, at every
redirect, or from the kind of network where the feed itself is: a feed on this machine may name
files on this machine, and no router. A feed that is a local file counts as public.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from columncast.episodes.errors import ColumncastError, FeedError, RemoteError
from columncast.episodes.http.client import Client, NoConnectionError, Stream, credentials
from columncast.episodes.http.download import Progress, download, forget, unseen
from columncast.episodes.http.networks import Network
from columncast.episodes.importing.feed.discovery import named_feeds
from columncast.episodes.importing.feed.episode import is_podcast
from columncast.episodes.importing.feed.show import next_page
from columncast.episodes.importing.feed.xml import read_channel
from columncast.episodes.model import bounds
from columncast.episodes.model.bounds import Bound
from columncast.episodes.private_urls import without_keys
from columncast.episodes.text.xml_bytes import charset_of, settle_encoding
from columncast.episodes.waiting.retry import Retry, TemporaryError

AT_ONCE = 4
"""Files fetched side by side: enough to fill a line, few enough not to be turned away."""

_TRIES = 4
_MOST_FAILURES = 3
"""After so many failures in a row, a server is not asked again in this run where nobody was there;
where somebody answers, yet badly, the others of its files are tried once."""
_PUBLIC = frozenset({Network.PUBLIC})


@dataclass
class Fetcher:
    """One run's way to the old host; may be used from many threads."""

    folder: Path
    """Where what is fetched lies until it is taken in; a later run goes on with it."""
    client: Client = field(default_factory=lambda: Client(timeout_s=30, at_once=AT_ONCE))
    allow_private: bool = False
    """Whether a feed may lead anywhere, into private networks, too."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set where the run is to end: nobody waits for a server then."""
    _locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _absent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By server: how often in a row nobody was there."""
    _troubled: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By server: how many files in a row were not to be had although somebody was there."""
    _credentials: dict[str, dict[str, str]] = field(default_factory=dict)
    """By server: the header that says who asks, where the feed's address does."""

    def end(self) -> None:
        """Stop waiting for servers, in all threads."""
        self.stop.set()
        self.client.stop()

    def fetched(
        self,
        url: str,
        *,
        apart: str = "",
        bound: Bound | None = None,
        expected_bytes: int = 0,
        progress: Progress = unseen,
    ) -> Path:
        """Return the file with what *url* holds; one that is here already is not fetched again.

        Two that name the same file with other words in *apart* get one each.

        Raises:
            RemoteError: There is no such file, it is larger than *bound* (of audio, if there is
                none), its server does not answer (any more), or is where the feed may not lead.
        """
        # An address that is signed anew every day is that of the same file of the same episode.
        known_by = without_keys(url) if apart else url
        path = self.folder / hashlib.sha256(f"{known_by}\n{apart}".encode()).hexdigest()[:32]
        with self._guard:
            lock = self._locks[path.name]
        with lock:
            if not path.is_file():
                self._fetch(
                    url, path, bound=bound, expected_bytes=expected_bytes, progress=progress
                )
            return path

    def small(self, url: str, bound: Bound) -> bytes:
        """Return what *url* holds.

        Raises:
            RemoteError: As `fetched`.
        """
        return self.fetched(url, bound=bound).read_bytes()

    @contextmanager
    def open(
        self, url: str, *, headers: Mapping[str, str] | None = None, whole_s: float
    ) -> Iterator[Stream]:
        """Ask a server, unless it is known that nobody is there; see `Client.open`."""
        server = _server(url)
        if self._absent[server] >= _MOST_FAILURES:
            raise RemoteError(
                f"{server} did not answer {_MOST_FAILURES} times, so it is not asked again now",
                where=url,
            )
        headers = {**self._credentials.get(server, {}), **(headers or {})}
        with self.client.open(url, headers=headers, whole_s=whole_s) as stream:
            self._absent[server] = 0
            yield stream

    def page(self, url: str, *, typed: bool, whole_s: float) -> Path:
        """Fetch a page of the feed as it is now, whatever an earlier run has seen of it.

        Afterwards, the feed leads where this page leads. A *typed* address is a person's own word:
        it may be anywhere, and what it redirects to may be there, too.

        Raises:
            RemoteError: As `fetched`.
        """
        path = self._pages / f"feed-{hashlib.sha256(url.encode()).hexdigest()[:16]}.xml"
        forget(path)
        if typed and (who := credentials(url)):
            self._credentials[_server(url)] = who
        way = _Way(self, url if typed and self.client.networks is None else "")
        bound = replace(bounds.FEED, whole_s=min(whole_s, bounds.FEED.whole_s))
        download(way, url, path, retry=Retry(tries=_TRIES, sleep=self.stop.wait), bound=bound)
        self.lead(way.network)
        settle_encoding(path, served_as=way.charset)
        return path

    @cached_property
    def _pages(self) -> Path:
        """Where the feed itself lies: outside of the show, for it holds the keys of a private one."""
        folder = Path(tempfile.mkdtemp(prefix="columncast-feed-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def lead(self, network: Network) -> None:
        """Let the feed, which is in *network*, lead there and to the public internet only."""
        open_ = frozenset({network}) | _PUBLIC
        if not self.allow_private:
            self.client = self.client.only(open_ & (self.client.networks or open_))

    def _fetch(
        self, url: str, path: Path, *, bound: Bound | None, expected_bytes: int, progress: Progress
    ) -> None:
        server = _server(url)
        tries = 1 if self._troubled[server] >= _MOST_FAILURES else _TRIES
        try:
            download(
                self,
                url,
                path,
                retry=Retry(tries=tries, sleep=self.stop.wait),
                bound=bound,
                expected_bytes=expected_bytes,
                progress=progress,
            )
        except RemoteError as e:
            # A server that says no is there; one that says nothing may be gone.
            if isinstance(e.__cause__, NoConnectionError):
                self._absent[_server(e.__cause__.where)] += 1
            elif isinstance(e.__cause__, TemporaryError):
                self._troubled[server] += 1
            raise
        self._troubled[server] = 0


@dataclass
class _Way:
    """The way to a page of a feed, and where it ends."""

    fetcher: Fetcher
    typed: str
    """The address that may be anywhere; empty if it is no person's word."""
    network: Network = Network.PUBLIC
    """Where the last server on it was."""
    charset: str = ""
    """The one that the last server named."""
    _begun: bool = False

    @contextmanager
    def open(
        self, url: str, *, headers: Mapping[str, str] | None = None, whole_s: float
    ) -> Iterator[Stream]:
        client = self.fetcher.client
        if self.typed and self._begun and url != self.typed and not self.fetcher.allow_private:
            client = client.only(_PUBLIC | {self.network})
        with client.open(url, headers=headers, whole_s=whole_s) as stream:
            self.network, self._begun = stream.network, True
            self.charset = charset_of(stream.answer.header("content-type"))
            yield stream


def feed_pages(
    source: str, fetcher: Fetcher, *, tell: Callable[[str], None]
) -> list[tuple[Path, str]]:
    """Return the documents of the feed *source*, a file or a URL, each with its address.

    Where *source* is a web page, the podcast is taken whose feed it names. Pages with older episodes
    are followed (RFC 5005); one that cannot be had is told.

    Raises:
        RemoteError: The first one cannot be fetched.
        FeedError: The first one is no podcast feed, and names none.
    """
    found: list[tuple[Path, str]] = []
    seen: set[str] = set()
    wanted = source
    ends, length_bytes = time.monotonic() + bounds.ALL_PAGES_S, 0
    while wanted and wanted not in seen:
        seen.add(wanted)
        url = wanted if wanted.startswith(("http://", "https://")) else ""
        try:
            _refuse_endless(len(found), length_bytes, ends)
            path = Path(wanted)
            if url and not found:
                path, url = _first_page(url, fetcher, ends)
            elif url:
                path = fetcher.page(url, typed=False, whole_s=max(1.0, ends - time.monotonic()))
            else:
                fetcher.lead(Network.PUBLIC)
            channel = read_channel(path)
            length_bytes += path.stat().st_size if url else 0
        except (RemoteError, FeedError) as e:
            if not found:
                raise type(e)(e.message, where=source) from e
            tell(f"page {len(found) + 1} of the feed is missing, and so are its episodes: {e}")
            break
        found.append((path, url))
        seen.add(url)
        wanted = next_page(channel, base=url)
        if not wanted.startswith(("http://", "https://")):
            wanted = ""  # no feed names a file here; a page's place beside one is anybody's guess
    return found


def _first_page(url: str, fetcher: Fetcher, ends: float) -> tuple[Path, str]:
    """Fetch the feed at *url*, or the first podcast that the web page there names.

    Raises:
        RemoteError: It cannot be fetched.
        FeedError: It is a web page, and names no podcast.
    """
    path = fetcher.page(url, typed=True, whole_s=max(1.0, ends - time.monotonic()))
    named = named_feeds(path, base=url)
    if not named:
        return path, url
    reason: ColumncastError | None = None
    for other in named:
        try:
            page = fetcher.page(other, typed=False, whole_s=max(1.0, ends - time.monotonic()))
            if is_podcast(page):
                return page, other
        except (RemoteError, FeedError) as e:
            reason = reason or e
    tried = ", ".join(without_keys(other) for other in named)
    because = f" ({reason.message})" if reason else ""
    raise FeedError(f"is a web page, and the feeds that it names are no podcast{because}: {tried}")


def _refuse_endless(pages: int, length_bytes: int, ends: float) -> None:
    """Refuse one more page of a feed that has so many.

    Raises:
        FeedError: It has too many, too large ones, or sends them too slowly.
    """
    if pages >= bounds.FEED_PAGES:
        raise FeedError(f"more than {bounds.FEED_PAGES} pages are not followed")
    if length_bytes > bounds.ALL_PAGES_BYTES:
        raise FeedError(
            f"its pages have more than {bounds.ALL_PAGES_BYTES // bounds.MB} MB together"
        )
    if time.monotonic() > ends:
        raise FeedError(
            f"its pages take longer than {bounds.ALL_PAGES_S / 60:.0f} minutes together"
        )


def _server(url: str) -> str:
    """Return host and port, as far as *url* has them: one machine may have several servers."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""
