"""A host that does to whoever asks what hosts do in the world, by the path that is asked for.

`/redirect/PATH` leads on, `/drip/` sends a byte now and then, `/drip-headers/` its headers so,
`/silent/` nothing at all, `/loop/` leads round in circles, `/status/N/` answers N with a body,
`/endless/` never ends, `/packed/ENCODING/PATH` packs unasked; any other path is a file.
"""

from __future__ import annotations

import contextlib
import gzip
import http.server
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

DRIP_S = 0.03
PACKINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw": lambda data: zlib.compress(data, wbits=-zlib.MAX_WBITS),
    "twice": lambda data: gzip.compress(gzip.compress(data)),
    "br": lambda data: data,
}
NAMES = {"raw": "deflate", "twice": "gzip, gzip"}


@dataclass
class BadHost:
    """What the host has, and what it was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the test has ended: what drips ends, too."""
    url: str = ""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self):
        host = self.server.host
        host.asked.append(self.path)
        kind, _, rest = self.path[1:].partition("/")
        kind = kind.partition("?")[0]  # of a question to a bucket, which has no path below
        if found := getattr(self, f"do_{kind.replace('-', '_')}", None):
            with contextlib.suppress(OSError):  # they hung up, as they should
                found(rest)
        elif self.path in host.files:
            self.answer(200, host.files[self.path])
        else:
            self.answer(404, b"<html>Not here</html>" * 50)

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_redirect(self, rest):
        to = rest if "://" in rest else f"/{rest}"
        self.answer(302, b"<html>over there</html>" * 20, Location=to)

    def do_loop(self, rest):
        self.answer(301, Location=f"/loop/{rest}x")

    def do_status(self, rest):
        self.answer(int(rest.partition("/")[0]), b"x" * 200_000)

    def do_silent(self, _):
        self.server.host.over.wait(30)
        self.close_connection = True

    def do_drip(self, _):
        self.send_response(200)
        self.end_headers()
        self.drip(self.wfile, b"ID3")

    def do_drip_headers(self, _):
        self.drip(self.wfile, b"HTTP/1.1 200 OK\r\nX-Slow: ")

    def do_drip_hundreds(self, _):
        self.drip(self.wfile, b"HTTP/1.1 100 Continue\r\n\r\n", whole=True)

    def do_endless(self, _):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while not self.server.host.over.is_set():
            self.wfile.write(b"x" * 65_536)

    def do_packed(self, rest):
        name, _, path = rest.partition("/")
        body = PACKINGS[name](self.server.host.files[f"/{path}"])
        self.answer(200, body, Content_Encoding=NAMES.get(name, name))

    def drip(self, to, start, *, whole=False):
        self.close_connection = True
        piece = b""
        while not self.server.host.over.wait(DRIP_S):
            piece = piece[1:] or start if not whole else start
            to.write(piece if whole else piece[:1])
            to.flush()
            start = start if whole else b"y"

    def log_message(self, *_):
        """Stay quiet."""


class Server(http.server.ThreadingHTTPServer):
    host: BadHost
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        """A client that hangs up is what this is about."""


@contextlib.contextmanager
def bad_host_at(address: str = "127.0.0.1") -> Iterator[BadHost]:
    """Give such a host."""
    server = Server((address, 0), Handler)
    host = server.host = BadHost(url=f"http://{address}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield host
    finally:
        host.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def feed_of(enclosures: Sequence[str], *, more: str = "", length: int = 0) -> bytes:
    """Return a podcast feed whose items have these enclosures, one each."""
    first = datetime(2024, 1, 1, tzinfo=UTC)
    items = "".join(
        f"<item><title>Letter {number}</title><guid>g{number}</guid><description>x</description>"
        f"<pubDate>{format_datetime(first + timedelta(days=number))}</pubDate>"
        f'<enclosure url="{url}" type="audio/mpeg" length="{length}"/></item>'
        for number, url in enumerate(enclosures)
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        "<title>Letters</title><link>https://letters.example/</link><language>en</language>"
        f"<description>Letters, read.</description>{more}{items}</channel></rss>"
    ).encode()


def took_s(began: float) -> float:
    """Return how long it is since *began*, of the monotonic clock."""
    return time.monotonic() - began
