"""What a listener sees while a show lives: no step makes a duplicate, loses an episode or a mark.

Feeds of a show's history are read, one after the other, by two clients that keep a state: `reader`
and gPodder's own core (through its command line and its database).
"""

from __future__ import annotations

import dataclasses
import http.server
import os
import sqlite3
import subprocess
import threading
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from feed_builders import COVER_URL, enclosure, episode, show
from reader import make_reader

from columncast.feed.rss.document import render_pages
from columncast.feed.rss.redirects import moved, redirects
from columncast.feed.serving import loopback
from columncast.feed.serving.server import public

ONE, TWO, THREE = episode(1), episode(2), episode(3)
RETITLED = dataclasses.replace(TWO, title="The ferry, once more")
RE_SLUGGED = dataclasses.replace(
    RETITLED,
    slug="once-more",
    link="https://example.org/columns/once-more",
    page_url="https://example.org/podcast/feed/once-more/",
)
RE_DATED = dataclasses.replace(RE_SLUGGED, published=TWO.published + timedelta(days=40))
RE_RECORDED = dataclasses.replace(
    RE_DATED, enclosure=enclosure("once-more-77cc66dd.mp3", length_bytes=99, duration_s=441.0)
)
NEXT = episode(9)

HISTORY = {
    "three episodes": [ONE, TWO, THREE],
    "a title is changed": [ONE, RETITLED, THREE],
    "its slug and pages are changed": [ONE, RE_SLUGGED, THREE],
    "its date is changed": [ONE, RE_DATED, THREE],
    "it is recorded again": [ONE, RE_RECORDED, THREE],
    "it is retired": [ONE, THREE],
    "it returns": [ONE, RE_RECORDED, THREE],
    "the next one comes": [ONE, RE_RECORDED, THREE, NEXT],
}


class Old(http.server.BaseHTTPRequestHandler):
    """The old address, after the move: its server does what `redirects` says."""

    server: Any

    def do_GET(self):
        line = redirects(self.server.was, self.server.now)["netlify"]
        pattern, target, status = line.split()
        self.send_response(int(status.rstrip("!")))
        rest = self.path.removeprefix(pattern.rstrip("*"))
        self.send_header("Location", target.replace(":splat", rest))
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 - the name is the library's

    def log_message(self, *_):
        """Stay quiet."""


class Address:
    """A server whose feed changes from step to step, and which can move away."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "feed").mkdir(parents=True)
        self.listening = loopback.listen(loopback.LOOPBACK, 0)
        self.base_url = f"http://{loopback.LOOPBACK}:{self.listening.getsockname()[1]}/"
        started = threading.Event()
        self.server = loopback.server(
            public(folder, lambda _: None), self.listening, lambda _: started.set()
        )
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listening]})
        self.thread.start()
        started.wait(20)

    def publish(self, a_show, episodes):
        for name, xml in render_pages(a_show, episodes, cover_url=COVER_URL).items():
            (self.folder / "feed" / name).write_bytes(xml)

    def stop(self):
        self.server.should_exit = True
        self.thread.join(20)


class Reader:
    """The library `reader` with its database in memory; it keeps what it has seen."""

    forgets = False

    def __init__(self, url, _home):
        self.reader = make_reader(":memory:")
        self.reader.add_feed(url)

    def update(self):
        self.reader.update_feeds(scheduled=False)  # at once, not in an hour

    def mark_all(self):
        for entry in self.reader.get_entries():
            self.reader.mark_entry_as_read(entry)

    def episodes(self):
        """The guids, with whether each is marked."""
        return [(entry.id, entry.read) for entry in self.reader.get_entries()]

    def close(self):
        self.reader.close()


class GPodder:
    """gPodder by its command line; its marks are in its database.

    It forgets an episode that left the feed before it was downloaded, so one that returns is new
    to it: no feed can prevent that.
    """

    forgets = True

    def __init__(self, url, home):
        self.home = home
        self.run("subscribe", url)

    def run(self, *command):
        where = {**os.environ, "GPODDER_HOME": str(self.home)}
        subprocess.run(
            ["gpo", *command],
            env=where,
            check=True,
            timeout=60,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )

    def query(self, sql):
        with closing(sqlite3.connect(self.home / "Database")) as connection, connection:
            return connection.execute(sql).fetchall()

    def update(self):
        self.run("update")

    def mark_all(self):
        self.query("update episode set is_new = 0")

    def episodes(self):
        return [(guid, not new) for guid, new in self.query("select guid, is_new from episode")]

    def url(self):
        return self.query("select url from podcast")[0][0]

    def close(self):
        """Nothing runs on."""


@pytest.fixture(params=[Reader, GPodder], ids=["reader", "gpodder"])
def client(request, tmp_path, part):
    """Make a client that is subscribed to an address."""
    if request.param is GPodder:
        part("gpo")
    made = []

    def subscribed(url):
        made.append(request.param(url, tmp_path / "client"))
        return made[0]

    yield subscribed
    for one in made:
        one.close()


@pytest.fixture
def address(tmp_path):
    """The show's address."""
    server = Address(tmp_path / "old")
    yield server
    server.stop()


def test_no_step_of_a_shows_life_makes_a_duplicate_or_loses_a_mark(client, address):
    ours = show(base_url=address.base_url)
    address.publish(ours, HISTORY["three episodes"])
    app = client(ours.feed_url)
    app.update()
    app.mark_all()
    seen = {}

    for step, episodes in HISTORY.items():
        address.publish(ours, episodes)
        app.update()
        there = dict(app.episodes())
        seen[step] = (
            len(app.episodes()) == len(there),
            {e.guid for e in episodes} <= set(there),
            [e.slug for e in episodes if not there.get(e.guid)],
        )

    unmarked = {"the next one comes": ["week-9"]}
    if app.forgets:
        unmarked = {"it returns": ["once-more"], "the next one comes": ["once-more", "week-9"]}
    assert seen == {step: (True, True, unmarked.get(step, [])) for step in HISTORY}


def test_a_move_to_another_address_keeps_every_episode_and_mark(client, address, tmp_path):
    ours = show(base_url=address.base_url)
    address.publish(ours, [ONE, TWO, THREE])
    app = client(ours.feed_url)
    app.update()
    app.mark_all()
    port = address.listening.getsockname()[1]
    new = Address(tmp_path / "new")
    address.stop()
    old: Any = http.server.ThreadingHTTPServer((loopback.LOOPBACK, port), Old)
    old.was, old.now = address.base_url, new.base_url
    thread = threading.Thread(target=old.serve_forever)
    thread.start()
    there = moved(ours, new.base_url)

    new.publish(there, [ONE, TWO, THREE])
    app.update()
    new.publish(there, [ONE, TWO, THREE, NEXT])
    app.update()
    found = app.episodes()
    old.shutdown()
    thread.join()
    old.server_close()
    new.stop()

    assert sorted((e.guid, e is not NEXT) for e in (ONE, TWO, THREE, NEXT)) == sorted(found)
    if isinstance(app, GPodder):
        assert there.feed_url == app.url()
