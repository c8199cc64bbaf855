"""HTTP as a client: one request, one answer, bounded in time and bytes. The door to urllib3.

urllib3 was chosen because it is small, has no dependencies, and is kept well: pip, boto3 and
requests stand on it. Redirects are told, not followed, because here they are what is looked at.

Three things are ours. A deadline for the whole of an answer, its headers included: however it
drips, the line is cut under it. The address that a name stands for is looked up once, judged (see
`networks`), and connected to: it cannot be another one a moment later; the certificate is still
checked by the name. And what is packed unasked is unpacked within the same bounds.
"""

from __future__ import annotations

import contextvars
import http.client
import re
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

import certifi
import urllib3

from columncast.episodes.errors import InputError, RemoteError
from columncast.episodes.http.networks import Network, network_of
from columncast.episodes.http.unpacking import can_unpack, layers, unpacked
from columncast.episodes.waiting.deadlines import Deadline, within
from columncast.episodes.waiting.retry import TemporaryError

USER_AGENT = "columncast (podcast publisher)"
BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that another try may cure (RFC 9110, 15; RFC 6585 for 429)."""
_PIECE_BYTES = 1 << 18
_DRAINED_BYTES = 1 << 16
"""So much that nobody wants is read, since a new connection would take longer."""
_CONNECT_S = 10.0
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
"""What has a meaning in a URL (RFC 3986), and `%`: what is quoted stays so."""
_LOOK_UP_S = 15.0
"""Resolvers try twice for five seconds."""

Resolve = Callable[[str], Sequence[str]]
"""Looks up the addresses of a name, as text."""


class NoConnectionError(TemporaryError):
    """Nobody is there: the name is not known, or nothing listens. Else something did answer."""


class SlowError(TemporaryError):
    """Too little came in too long a time."""

    most_tries = 2


class ForbiddenNetworkError(RemoteError):
    """A stranger named an address inside of a network that is not public."""

    exit_code = InputError.exit_code


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered."""

    url: str
    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    content: bytes
    """Unpacked, where it is `packed` in a way that we know."""
    whole: bool = True
    """False: there was more than we were willing to take."""

    def header(self, name: str) -> str:
        """Return a header, empty if there is none."""
        return self.headers.get(name.lower(), "")

    @property
    def length_bytes(self) -> int | None:
        """What Content-Length says; it is the length of the packed bytes where it is `packed`.

        RFC 9112, 6.3: it counts for nothing where a Transfer-Encoding says where the content ends.
        """
        return None if self.header("transfer-encoding") else number(self.header("content-length"))

    @property
    def packed(self) -> str:
        """How the bytes were packed on their way (`gzip`); empty if they came as they are."""
        return ", ".join(layers(self.header("content-encoding")))

    @property
    def readable(self) -> bool:
        """Whether `content` is unpacked, or never was packed."""
        return can_unpack(self.packed)

    @property
    def mime_type(self) -> str:
        """The type without its parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def redirect(self) -> str:
        """Where the server sends us instead, as an absolute URL; empty if it does not.

        Raises:
            RemoteError: It is no URL at all.
        """
        if self.status not in (301, 302, 303, 307, 308) or not self.header("location"):
            return ""
        # Many servers send UTF-8 here, unquoted; http.client gives bytes as Latin-1.
        named = quote(self.header("location").encode("latin-1", "replace"), safe=_URL_SAFE)
        try:
            return urljoin(self.url, named)
        except ValueError as e:
            raise RemoteError("redirects to what is not a URL", where=self.url) from e


@dataclass(frozen=True, kw_only=True)
class Stream:
    """An answer whose content is still coming."""

    answer: Answer
    """Without its content."""
    pieces: Iterator[bytes]
    """As they come: what is packed is not unpacked."""
    network: Network = Network.PUBLIC
    """Where the server is."""


@dataclass(frozen=True)
class Client:
    """Asks servers; may be used from many threads, and keeps connections between questions."""

    timeout_s: float = 30.0
    """For one answer as a whole; of a `Stream`, for its headers."""
    at_once: int = 8
    """How many connections to one server are kept for the next question."""
    stall_s: float = 20.0
    """How long a `Stream` may take for each `least_bytes`."""
    least_bytes: int = 1 << 16
    """With the above, 3 kB/s: a quarter of what the smallest of podcasts plays at."""
    networks: frozenset[Network] | None = None
    """Where servers may be; None: anywhere, for what a person has named, or owns."""
    resolve: Resolve = field(default_factory=lambda: look_up)
    _lines: set[_Line] = field(default_factory=set, init=False, repr=False, compare=False)
    _stopped: threading.Event = field(
        default_factory=threading.Event, init=False, repr=False, compare=False
    )
    _proxied: dict[str, urllib3.PoolManager] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def only(self, networks: frozenset[Network]) -> Client:
        """Return a client that asks servers in *networks* alone."""
        return replace(self, networks=networks)

    def stop(self) -> None:
        """Cut what is under way in other threads, and ask nothing any more."""
        self._stopped.set()
        for line in list(self._lines):
            line.cut()

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
        body = urlencode(form).encode() if form else None
        sent = dict(headers or {})
        if body:
            sent["content-type"] = "application/x-www-form-urlencoded"
        with self._asked(url, method, sent, body, seconds=self.timeout_s) as (response, line):
            content, done = bytearray(), False
            # Small reads that return what is there: a slow drip must not outlast the deadline.
            while not done and len(content) < most_bytes:
                piece = line.read(response, min(65_536, most_bytes - len(content)))
                content += piece
                done = not piece
            answer = Answer(
                url=url, status=response.status, headers=_named(response), content=bytes(content)
            )
            length = answer.length_bytes
            whole = method == "HEAD" or (
                done or not most_bytes if length is None else len(content) == length
            )
        answer = replace(answer, whole=whole)
        # A part of what is packed cannot be unpacked (RFC 9110, 14.2: ranges are of packed bytes).
        if not (answer.packed and content and whole) or answer.status == 206:
            return answer
        if not answer.readable:
            return answer
        plain = b"".join(
            unpacked(iter([answer.content]), answer.packed, most_bytes=most_bytes, where=url)
        )
        return replace(answer, content=plain)

    @contextmanager
    def open(
        self, url: str, *, headers: Mapping[str, str] | None = None, whole_s: float = 86_400.0
    ) -> Iterator[Stream]:
        """Give the answer to one GET while it comes, for files of any size.

        It ends with an error when less than `least_bytes` come in `stall_s`, or after *whole_s*.

        Raises:
            TemporaryError: There was no answer, or it broke off, or it is too slow.
            RemoteError: The server's certificate is not trusted, or the URL cannot be asked.
        """
        ends = time.monotonic() + whole_s
        with self._asked(url, "GET", dict(headers or {}), seconds=min(self.timeout_s, whole_s)) as (
            response,
            line,
        ):
            answer = Answer(
                url=url, status=response.status, headers=_named(response), content=b"", whole=False
            )

            def pieces() -> Iterator[bytes]:
                line.slow = f"sent less than {self.least_bytes >> 10} KiB in {self.stall_s:g} s"
                line.deadline.extend(self.stall_s, most_until=ends)
                came = 0
                while piece := line.read(response, _PIECE_BYTES):
                    came += len(piece)
                    if came >= self.least_bytes:
                        line.deadline.extend(self.stall_s, most_until=ends)
                        if line.deadline.until == ends:
                            line.slow = f"takes longer than {whole_s / 60:.0f} minutes"
                        came = 0
                    yield piece

            yield Stream(answer=answer, pieces=pieces(), network=line.network)

    def certificate_ends(self, url: str) -> datetime:
        """Return when the certificate of an https server ends.

        Raises:
            RemoteError: It is not trusted, or there is no answer.
        """
        with self._line(url, self.timeout_s) as line:
            try:
                split = urlsplit(url)
                with (
                    line.connect(split.hostname or "", split.port or 443) as plain,
                    trust().wrap_socket(plain, server_hostname=split.hostname) as secure,
                ):
                    certificate = secure.getpeercert() or {}
            except (OSError, ValueError) as e:
                raise line.failure(e) from e
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)

    @contextmanager
    def _line(self, url: str, seconds: float) -> Iterator[_Line]:
        line = _Line(self, url, seconds)
        self._lines.add(line)
        try:
            if self._stopped.is_set():
                line.cut()
            with line.deadline:
                yield line
        except BaseException:
            line.cut()  # the error may keep the connection alive for as long as it is looked at
            raise
        finally:
            self._lines.discard(line)
            line.close()

    @contextmanager
    def _asked(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        seconds: float,
    ) -> Iterator[tuple[urllib3.BaseHTTPResponse, _Line]]:
        """Send a request; give its answer, and let go of the connection come what may."""
        sent = {"user-agent": USER_AGENT, "accept-encoding": "identity"}
        sent |= credentials(url) | dict(headers)
        with self._line(url, seconds) as line:
            response = self._begun(line, method, sent, body)
            try:
                yield response, line
                _drain(response, line)
            except BaseException:
                response.close()
                raise
            finally:
                response.release_conn()

    def _begun(
        self, line: _Line, method: str, headers: Mapping[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        current = _current.set(line)
        try:
            return self._pool(line).request(
                method,
                line.url,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(
                    connect=min(_CONNECT_S, self.timeout_s), read=self.timeout_s
                ),
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as e:
            raise line.failure(e) from e
        finally:
            _current.reset(current)

    def _pool(self, line: _Line) -> urllib3.PoolManager:
        scheme, host = refuse_other(line.url)
        proxy = urllib.request.getproxies().get(scheme)
        if not proxy or urllib.request.proxy_bypass(host):
            return self._direct
        line.judge_for_proxy(host)
        if proxy not in self._proxied:
            self._proxied[proxy] = _ours(
                urllib3.ProxyManager(proxy, maxsize=self.at_once, ssl_context=trust())
            )
        return self._proxied[proxy]

    @cached_property
    def _direct(self) -> urllib3.PoolManager:
        # Not `block`: who asks from many threads gets as many connections, and waits for none.
        return _ours(urllib3.PoolManager(maxsize=self.at_once, ssl_context=trust()))


class _Line:
    """One question on its way: where it may lead, and the hand that cuts it when time is up."""

    def __init__(self, client: Client, url: str, seconds: float) -> None:
        self.client, self.url = client, url
        self.deadline = Deadline(seconds, self.cut)
        self.network = Network.PUBLIC
        self.slow = f"no whole answer in {seconds:g} s"
        """What to say when the deadline passes."""
        self._by_proxy = False
        self._lock = threading.Lock()
        self._grip: socket.socket | None = None
        self._is_cut = False

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection to *host*, at an address where this line may lead.

        Raises:
            ForbiddenNetworkError: It has no such address.
            NoConnectionError: It has no address, or nobody is there.
        """
        error: OSError = OSError("no address")
        for address in self._addresses(host.strip("[]")):
            entry = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
            sock = socket.socket(entry[0], socket.SOCK_STREAM)
            try:
                sock.settimeout(min(_CONNECT_S, max(0.01, self.deadline.left_s)))
                self.hold(sock)
                sock.connect(entry[4])
            except OSError as e:
                error = e
                sock.close()
                if self._is_cut:
                    break
            else:
                sock.settimeout(self.client.timeout_s)
                self.network = network_of(address)
                return sock
        if self._is_cut:
            raise self.failure(error)
        if isinstance(error, TimeoutError):
            raise NoConnectionError("did not answer in time", where=self.url) from error
        raise NoConnectionError(f"did not answer ({_reason(error)})", where=self.url) from error

    def _addresses(self, host: str) -> list[str]:
        found = self._look_up(host)
        if self.client.networks is None or self._by_proxy:
            return list(found)
        open_ = [text for text in found if network_of(text) in self.client.networks]
        if found and not open_:
            raise self._forbidden(host, found[0])
        return open_

    def _look_up(self, host: str) -> Sequence[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:  # a name, or one of the other ways to write a number
            pass
        try:
            return self.client.resolve(host)
        except NoConnectionError as e:
            raise NoConnectionError(e.message, where=self.url) from e

    def judge_for_proxy(self, host: str) -> None:
        """Refuse *host* where a proxy would connect to it, as far as we can look it up here.

        Which address it connects to is the proxy's business, so every one must be open to us.
        """
        self._by_proxy = True
        try:
            found = self._look_up(host.strip("[]"))
        except NoConnectionError:
            return  # only the proxy knows this name
        if found:
            self.network = network_of(found[0])
        for text in found:
            if self.client.networks is not None and network_of(text) not in self.client.networks:
                raise self._forbidden(host, text)

    def _forbidden(self, host: str, address: str) -> ForbiddenNetworkError:
        at = f"{host} ({address})" if host != address else host
        return ForbiddenNetworkError(
            f"{at} is {network_of(address).value}, where a feed from elsewhere may not lead; "
            "if you trust it, add --allow-private",
            where=self.url,
        )

    def hold(self, sock: socket.socket) -> None:
        """Keep a second hold on the connection, to cut it while another thread waits for it.

        urllib3 puts TLS over the first, and lets go of it as it likes.
        """
        with self._lock:
            if self._grip:
                self._grip.close()
            self._grip = sock.dup()
            if self._is_cut:
                raise TimeoutError

    def cut(self) -> None:
        """End the connection under whoever waits for it."""
        with self._lock:
            self._is_cut = True
            if self._grip:
                with suppress(OSError):  # not connected yet, or not any more
                    self._grip.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._grip:
                self._grip.close()
                self._grip = None

    def read(self, response: urllib3.BaseHTTPResponse, most_bytes: int) -> bytes:
        """Return what has come, at most so much; nothing at the end.

        Raises:
            TemporaryError: It broke off, or was cut.
        """
        try:
            piece = response.read1(most_bytes, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError) as e:
            raise self.failure(e) from e
        if self._is_cut:  # which looks like an end where no length was announced
            raise self.failure(TimeoutError())
        return piece or b""

    def failure(self, error: Exception) -> RemoteError:
        """Return one line on why there was no answer, or not all of it."""
        if self.deadline.passed:
            return SlowError(self.slow, where=self.url)
        if self._is_cut:
            return RemoteError("was interrupted", where=self.url)
        return _failed(self.url, error)


_current: contextvars.ContextVar[_Line] = contextvars.ContextVar("_current")
"""The question that urllib3 makes, or finds, a connection for."""


class _Held(urllib3.connection.HTTPConnection):
    """A connection to an address that was judged, which its current line can cut."""

    _spare: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        sock = _current.get().connect(self._dns_host, self.port)
        for option in self.socket_options or ():
            sock.setsockopt(*option)
        if self._spare:
            self._spare.close()
        self._spare = sock.dup()
        return sock

    def putrequest(
        self,
        method: str,
        url: str,
        skip_host: bool = False,  # noqa: FBT001, FBT002 - http.client's signature
        skip_accept_encoding: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        if self._spare and self.sock:  # one that was kept from an earlier question
            _current.get().hold(self._spare)
        super().putrequest(method, url, skip_host, skip_accept_encoding)

    def close(self) -> None:
        super().close()
        if self._spare:
            self._spare.close()
            self._spare = None


class _HeldSecure(_Held, urllib3.connection.HTTPSConnection):
    """The same with TLS, whose certificate must be that of the name."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Held


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HeldSecure


def _ours(manager: urllib3.PoolManager) -> urllib3.PoolManager:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager


def _drain(response: urllib3.BaseHTTPResponse, line: _Line) -> None:
    """Read a short rest, so that the connection can be used again; close it before a long one."""
    rest = number(response.headers.get("content-length", ""))
    if rest is None or rest > _DRAINED_BYTES:
        response.close()
        return
    with suppress(RemoteError):
        while line.read(response, _DRAINED_BYTES):
            pass
        return
    response.close()


def number(text: str) -> int | None:
    """Return the number that a header says; None where it says none, or one that nothing has.

    >>> [number(text) for text in ("24507", " 0 ", "-1", "1e3", "\u00b2", "9" * 5000)]
    [24507, 0, None, None, None, None]
    """
    return int(text) if re.fullmatch(r"\s*[0-9]{1,18}\s*", text) else None


def _named(response: urllib3.BaseHTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def refuse_other(url: str) -> tuple[str, str]:
    """Return the scheme and the host of *url*, if it can be asked: no file:, ftp: or data:.

    Raises:
        RemoteError: It cannot.
    """
    try:
        split = urlsplit(url)
        host = split.hostname
        if split.scheme in ("http", "https") and host and split.port != 0:
            return split.scheme, host
    except ValueError:  # brackets that are not closed, a port that is no number
        pass
    raise RemoteError("is not a URL that can be fetched", where=url)


def look_up(host: str) -> Sequence[str]:
    """Return the addresses of *host*, as the system has them.

    Raises:
        NoConnectionError: There is none, or nobody knows in time.
    """
    try:
        found = within(_LOOK_UP_S, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as e:
        raise NoConnectionError(f"the name {host} is not known", where=host) from e
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def credentials(url: str) -> dict[str, str]:
    """Return the header that says who asks, where *url* names a user (RFC 7617).

    >>> credentials("https://ines:p%40ss@a.example/feed"), credentials("https://a.example/feed")
    ({'authorization': 'Basic aW5lczpwQHNz'}, {})
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return {}
    if not parts.username:
        return {}
    name, password = unquote(parts.username), unquote(parts.password or "")
    return urllib3.make_headers(basic_auth=f"{name}:{password}".encode().decode("latin-1"))


def trust() -> ssl.SSLContext:
    """Return what certificates are checked against: the system's, and certifi's where it has none."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not context.get_ca_certs() and not (paths.cafile or paths.capath):
        context.load_verify_locations(certifi.where())
    return context


def _failed(url: str, error: Exception) -> RemoteError:  # noqa: PLR0911 - a line for each reason
    """Return one line on why there was no answer."""
    reason = _innermost(error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return RemoteError(
            f"the certificate is not trusted ({reason.verify_message}); apps will refuse it too",
            where=url,
        )
    if isinstance(reason, urllib3.exceptions.ProxySchemeUnknown):
        return RemoteError("the proxy is of a kind that is not known here; use http://", where=url)
    if isinstance(reason, urllib3.exceptions.LocationValueError | ValueError):
        return RemoteError("is not a URL that can be fetched", where=url)
    if isinstance(reason, urllib3.exceptions.TimeoutError | TimeoutError):
        return TemporaryError("did not answer in time", where=url)
    if isinstance(reason, http.client.IncompleteRead):
        return TemporaryError("broke off before its end", where=url)
    if isinstance(reason, http.client.HTTPException) and not isinstance(reason, ConnectionError):
        return TemporaryError("answers something else than HTTP", where=url)
    return TemporaryError(f"did not answer ({_reason(reason)})", where=url)


def _reason(error: BaseException) -> str:
    return str(error).rpartition(": ")[2].strip(" .)'\"") or type(error).__name__


def _innermost(error: BaseException) -> BaseException:
    """Return what urllib3 has wrapped, however it did it."""
    for inner in (getattr(error, "reason", None), error.__cause__, *error.args):
        if isinstance(inner, BaseException) and inner is not error:
            return _innermost(inner)
    return error
