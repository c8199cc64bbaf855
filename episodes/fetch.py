"""HTTP as a client: one request, one answer, bounded in time and bytes. The door to urllib3.

urllib3 was chosen because it is small, has no dependencies, and is kept well: pip, boto3 and
requests stand on it. Redirects are told, not followed, because here they are what is looked at.
"""

from __future__ import annotations

import socket
import ssl
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import urlencode, urljoin, urlsplit

import certifi
import urllib3

from columncast.episodes.errors import RemoteError
from columncast.episodes.retry import TemporaryError

USER_AGENT = "columncast (podcast publisher)"
BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that another try may cure (RFC 9110, 15; RFC 6585 for 429)."""
_PIECE_BYTES = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered."""

    url: str
    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    content: bytes
    whole: bool = True
    """False: there was more than we were willing to take."""

    def header(self, name: str) -> str:
        """Return a header, empty if there is none."""
        return self.headers.get(name.lower(), "")

    @property
    def length_bytes(self) -> int | None:
        """What Content-Length says."""
        text = self.header("content-length")
        return int(text) if text.isascii() and text.isdigit() else None

    @property
    def mime_type(self) -> str:
        """The type without its parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def redirect(self) -> str:
        """Where the server sends us instead, as an absolute URL; empty if it does not."""
        if self.status in (301, 302, 303, 307, 308) and self.header("location"):
            return urljoin(self.url, self.header("location"))
        return ""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """An answer whose content is still coming."""

    answer: Answer
    """Without its content."""
    pieces: Iterator[bytes]


@dataclass(frozen=True)
class Client:
    """Asks servers; may be used from many threads, and keeps connections between questions."""

    timeout_s: float = 30.0
    """For one answer as a whole, however slowly it drips."""
    at_once: int = 8

    def ask(
        self,
        url: str,
        method: str = "GET",
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        most_bytes: int = 50_000_000,
    ) -> Answer:
        """Return the answer to one request, whatever its status, with at most so much content.

        Raises:
            TemporaryError: There was no answer, or not all of it in time.
            RemoteError: The server's certificate is not trusted, or the URL cannot be asked.
        """
        until = time.monotonic() + self.timeout_s
        sent = {"user-agent": USER_AGENT, "accept-encoding": "identity", **(headers or {})}
        body = urlencode(form).encode() if form else None
        if body:
            sent["content-type"] = "application/x-www-form-urlencoded"
        response = self._begun(url, method, sent, body)
        whole = False
        try:
            content = bytearray()
            while len(content) < most_bytes:
                # Small reads that return what is there: a slow drip must not outlast the deadline.
                piece = response.read1(min(65_536, most_bytes - len(content)))
                if not piece:
                    break
                content += piece
                if time.monotonic() > until:
                    raise TemporaryError(f"no whole answer in {self.timeout_s:.0f} s", where=url)
            named = {name.lower(): value for name, value in response.headers.items()}
            length = named.get("content-length", "")
            whole = method == "HEAD" or not length.isdigit() or len(content) == int(length)
        except (urllib3.exceptions.HTTPError, OSError) as e:
            raise _failed(url, e) from e
        finally:
            if whole:
                response.release_conn()
            else:
                response.close()  # the rest is not wanted: drop the line instead of draining it
        return Answer(
            url=url, status=response.status, headers=named, content=bytes(content), whole=whole
        )

    @contextmanager
    def open(self, url: str, *, headers: Mapping[str, str] | None = None) -> Iterator[Stream]:
        """Give the answer to one GET while it comes, for files of any size.

        Only the wait for the next bytes is bounded by `timeout_s`, not the whole.

        Raises:
            TemporaryError: There was no answer, or it broke off.
            RemoteError: The server's certificate is not trusted, or the URL cannot be asked.
        """
        sent = {"user-agent": USER_AGENT, "accept-encoding": "identity", **(headers or {})}
        response = self._begun(url, "GET", sent)
        named = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(url=url, status=response.status, headers=named, content=b"", whole=False)

        def pieces() -> Iterator[bytes]:
            try:
                while piece := response.read1(_PIECE_BYTES):
                    yield piece
            except (urllib3.exceptions.HTTPError, OSError) as e:
                raise _failed(url, e) from e

        try:
            yield Stream(answer=answer, pieces=pieces())
        finally:
            response.close()  # what was not read is not wanted

    def certificate_ends(self, url: str) -> datetime:
        """Return when the certificate of an https server ends.

        Raises:
            RemoteError: It is not trusted, or there is no answer.
        """
        split = urlsplit(url)
        address = (split.hostname or "", split.port or 443)
        try:
            with (
                socket.create_connection(address, timeout=min(10, self.timeout_s)) as plain,
                trust().wrap_socket(plain, server_hostname=split.hostname) as secure,
            ):
                certificate = secure.getpeercert() or {}
        except OSError as e:
            raise _failed(url, e) from e
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)

    def _begun(
        self, url: str, method: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool(url).request(
                method,
                url,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=min(10, self.timeout_s), read=self.timeout_s),
            )
        except urllib3.exceptions.HTTPError as e:
            raise _failed(url, e) from e

    def _pool(self, url: str) -> urllib3.PoolManager:
        split = urlsplit(url)
        proxy = urllib.request.getproxies().get(split.scheme)
        if proxy and not urllib.request.proxy_bypass(split.hostname or ""):
            return self._proxies(proxy)
        return self._direct

    @cached_property
    def _direct(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(maxsize=self.at_once, block=True, ssl_context=trust())

    def _proxies(self, proxy: str) -> urllib3.PoolManager:
        return urllib3.ProxyManager(proxy, maxsize=self.at_once, ssl_context=trust())


def trust() -> ssl.SSLContext:
    """Return what certificates are checked against: the system's, and certifi's where it has none."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not context.get_ca_certs() and not (paths.cafile or paths.capath):
        context.load_verify_locations(certifi.where())
    return context


def _failed(url: str, error: Exception) -> RemoteError:
    """Return one line on why there was no answer."""
    reason = _innermost(error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return RemoteError(
            f"the certificate is not trusted ({reason.verify_message}); apps will refuse it too",
            where=url,
        )
    if isinstance(reason, urllib3.exceptions.LocationValueError):
        return RemoteError("is not a URL that can be asked", where=url)
    if isinstance(reason, socket.gaierror | urllib3.exceptions.NameResolutionError):
        return TemporaryError(f"the name {urlsplit(url).hostname} is not known", where=url)
    if isinstance(reason, urllib3.exceptions.TimeoutError | TimeoutError):
        return TemporaryError("did not answer in time", where=url)
    text = str(reason).rpartition(": ")[2].strip(" .)'\"") or type(reason).__name__
    return TemporaryError(f"did not answer ({text})", where=url)


def _innermost(error: BaseException) -> BaseException:
    """Return what urllib3 has wrapped, however it did it."""
    for inner in (getattr(error, "reason", None), error.__cause__, *error.args[:1]):
        if isinstance(inner, BaseException) and inner is not error:
            return _innermost(inner)
    return error
