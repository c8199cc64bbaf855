"""A move from another host, as two clients that keep a state see it: old feed, then new feed."""

from __future__ import annotations

import http.server
import threading
from typing import Any

import pytest
from old_hosts import Server
from test_histories import client  # noqa: F401 - a fixture

PLACES = {"substack": "/feed/podcast/77001.rss", "powerpress": "/feed/podcast/"}


class Moving(http.server.BaseHTTPRequestHandler):
    """One address with what it serves now; the old one leads to the new one after the move."""

    server: Any

    def do_GET(self):
        body = self.server.files.get(self.path)
        if isinstance(body, str):
            self.send_response(301)
            self.send_header("Location", body)
            body = b""
        else:
            self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        """Stay quiet."""


@pytest.fixture
def address():
    """A server for the old and the new feed."""
    server: Any = Server(("127.0.0.1", 0), Moving)
    server.files = {}
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("layout", PLACES)
def test_subscribers_see_no_episode_twice_and_none_lost(
    client,  # noqa: F811
    columncast,
    address,
    old_host,
    tmp_path,
    layout,
):
    old = old_host.files[PLACES[layout]]
    if layout == "powerpress":
        # Apps that follow no pages see one document, so the old host's has all of it here.
        more = old_host.files["/feed/podcast/?paged=2"]
        items = more[more.index(b"<item>") : more.rindex(b"</item>") + 7]
        old = old.replace(b"</channel>", items + b"</channel>").replace(b'rel="next"', b'rel="x"')
    address.files["/old.xml"] = old
    app = client(f"{address.url}/old.xml")
    app.update()
    app.mark_all()
    before = sorted(app.episodes())

    show, new = tmp_path / "show", f"{address.url}/new/"
    taken = columncast("import", f"{address.url}/old.xml", "--to", show, "--base-url", new, "--yes")
    built = columncast("-C", show, "build", "--jobs", "1")
    address.files["/new/feed/feed.xml"] = (show / "feed" / "feed.xml").read_bytes()
    address.files["/old.xml"] = f"{new}feed/feed.xml"
    app.update()
    after = sorted(app.episodes())

    assert (0, 0) == (taken.code, built.code), taken.err + built.err
    audio = [guid for guid, _ in before if "a-picture" not in guid]
    assert [(guid, True) for guid in audio] == [e for e in after if "a-picture" not in e[0]]
    assert len(set(audio)) == len(audio) == 3
