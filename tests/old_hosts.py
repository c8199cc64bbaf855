"""Podcasts at their old hosts: feeds in the layouts of Substack and of PowerPress, really served.

The server knows ranges, ETags and redirects, and can be told to misbehave.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from builders import speech_like, write_wav
from PIL import Image

DATA = Path(__file__).parent / "data" / "podcasts"

CHAPTERS = b"""{"version": "1.2.0",
 "chapters": [{"startTime": 0, "title": "The hinge", "img": "https://weir.example/hinge.jpg"},
              {"startTime": 3.25, "title": "Other repairs", "url": "https://weir.example/r"}]}"""
VTT = b"WEBVTT\r\n\r\n00:00:00.000 --> 00:00:02.500\r\nA hinge was oiled.\r\n"
SRT = b"1\r\n00:00:00,000 --> 00:00:02,500\r\nA hinge was oiled.\r\n"
SOUNDS = {
    "clerk.mp3": 4.0,
    "gas.mp3": 5.0,
    "trailer.mp3": 3.0,
    "gate.mp3": 6.0,
    "low.m4a": 5.0,
    "counts.mp3": 5.0,
}
PLACES = {
    "/feed/podcast/190000003/9b1c0d4e7a.mp3": "clerk.mp3",
    "/feed/podcast/190000002/77e0aa12b3.mp3": "gas.mp3",
    "/feed/podcast/180000001/0c0ffee000.mp3": "trailer.mp3",
    "/weir/WEIR-003%20final.mp3": "gate.mp3",
    "/media/weir-002.m4a": "low.m4a",
    "/media/weir-001.mp3": "counts.mp3",
    "/art/show.jpg": "show.jpg",
    "/art/clerk.jpg": "clerk.jpg",
    "/wp-content/uploads/powerpress/weir.png": "show.png",
    "/wp-content/uploads/2026/02/gate-small.png": "small.png",
}


@dataclass
class OldHost:
    """A server of files by their paths; what was asked of it is noted."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and Range of each question."""
    drop_after: dict[str, int] = field(default_factory=dict)
    """How many bytes of a file are sent before the line drops, once."""
    stall_after: dict[str, int] = field(default_factory=dict)
    """How many bytes of a file are sent before nothing more comes, once."""
    stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    no_ranges: bool = False
    types: dict[str, str] = field(default_factory=dict)
    """The Content-Type of files that have one."""
    user: str = ""
    """Who may ask, as `name:password`; empty: everybody."""
    url: str = ""

    def feed(self, name: str, **changes: str) -> bytes:
        """Return a feed of the data folder with this host's address and the files' lengths."""
        text = (DATA / name).read_text(encoding="utf-8").replace("@HOST@", self.url)
        for was, becomes in changes.items():
            text = text.replace(was, becomes)
        lengths = {sound: len(self.files[path]) for path, sound in PLACES.items()}
        return re.sub(r"@LENGTH:(\S+?)@", lambda m: str(lengths[m[1]]), text).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self):
        host, span = self.server.host, self.headers.get("Range", "")
        host.asked.append((self.path, span))
        if self.path.startswith("/count/redirect.mp3"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/count/redirect.mp3"))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        wanted = f"Basic {base64.b64encode(host.user.encode()).decode()}"
        if host.user and self.headers.get("Authorization") != wanted:
            self.send_error(401)
            return
        body = host.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        start = 0
        if span and not host.no_ranges and self.headers.get("If-Range") == etag:
            start = int(span.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("ETag", etag)
        if self.path in host.types:
            self.send_header("Content-Type", host.types[self.path])
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        if (stall := host.stall_after.pop(self.path, None)) is not None:
            self.wfile.write(body[start:stall])
            self.wfile.flush()
            host.stalled.set()
            host.go_on.wait(30)
            return
        stop = host.drop_after.pop(self.path, len(body))
        self.wfile.write(body[start:stop])
        if stop < len(body):
            self.wfile.flush()
            self.connection.close()
            self.close_connection = True

    def log_message(self, *_):
        """Stay quiet."""


class Server(http.server.ThreadingHTTPServer):
    host: OldHost
    daemon_threads = True

    def handle_error(self, *_):
        """A client that hangs up is no news."""


@pytest.fixture(scope="session")
def old_files(tmp_path_factory, ffmpeg) -> dict[str, bytes]:
    """The files of both podcasts: small, and each a different sound."""
    folder = tmp_path_factory.mktemp("old")
    made: dict[str, bytes] = {}
    for number, (name, duration_s) in enumerate(SOUNDS.items()):
        wav = write_wav(folder / "x.wav", speech_like(duration_s, seed=number + 5))
        bits = "64k" if name.endswith("mp3") else "48k"
        ffmpeg("-i", wav, "-b:a", bits, "-metadata", f"title=Old {number}", folder / name)
        made[name] = (folder / name).read_bytes()
    for name, size, colour in (
        ("show.jpg", (1400, 1400), "navy"),
        ("clerk.jpg", (1500, 1500), "olive"),
        ("show.png", (1400, 1400), "teal"),
        ("small.png", (300, 300), "maroon"),
    ):
        Image.new("RGB", size, colour).save(folder / name)
        made[name] = (folder / name).read_bytes()
    return made


@contextmanager
def old_host_with(old_files: dict[str, bytes]) -> Iterator[OldHost]:
    """Serve both podcasts at their old address."""
    host = OldHost()
    server = Server(("127.0.0.1", 0), Handler)
    server.host = host
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    host.files = {path: old_files[name] for path, name in PLACES.items()}
    host.files |= {
        "/wp-content/uploads/2026/02/weir-003.vtt": VTT,
        "/wp-content/uploads/2026/02/weir-003.srt": SRT,
        "/wp-content/uploads/2026/02/weir-003.json": CHAPTERS,
    }
    host.files["/feed/podcast/77001.rss"] = host.feed("substack.xml")
    host.files["/feed/podcast/"] = host.feed("powerpress.xml")
    host.files["/feed/podcast/?paged=2"] = host.feed("powerpress-2.xml")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield host
    host.go_on.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def old_host(old_files) -> Iterator[OldHost]:
    """Both podcasts at their old address, for one test."""
    with old_host_with(old_files) as host:
        yield host
