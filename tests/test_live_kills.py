"""Listeners' apps poll while publishing is killed at every step: they never see anything broken."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import podcastparser
import pytest
from live_servers import nginx_over

from columncast.episodes.http.client import Client
from columncast.episodes.waiting.retry import TemporaryError

HERE = Path(__file__).parent
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")


class App(threading.Thread):
    """A podcast app that polls all the time, and looks closely at what it gets."""

    def __init__(self, feed_url: str) -> None:
        super().__init__()
        self.url = feed_url
        self.client = Client(timeout_s=60)
        self.ended = threading.Event()
        self.turned = threading.Condition()
        self.turns = 0
        self.feeds: set[bytes] = set()
        self.complaints: list[str] = []

    def run(self) -> None:
        while not self.ended.wait(0.08):  # often, and it leaves others some time
            try:
                self.poll()
            except TemporaryError as e:
                self.complaints.append(f"no answer: {e}")
            with self.turned:
                self.turns += 1
                self.turned.notify()

    def see(self) -> None:
        """Wait until it has looked at what is there now: the look under way may have begun before."""
        with self.turned:
            enough = self.turns + 2
            assert self.turned.wait_for(lambda: self.turns >= enough, timeout=120)

    def poll(self) -> None:
        answer = self.client.ask(self.url)
        if answer.status in (403, 404) and not self.feeds:
            return  # the first publication is still under way
        if answer.status != 200:
            self.complaints.append(f"the feed answers {answer.status}")
            return
        self.feeds.add(answer.content)
        try:
            feed = podcastparser.parse(self.url, io.BytesIO(answer.content))
        except podcastparser.FeedParseError as e:
            self.complaints.append(f"half a feed: {e}")
            return
        for episode in feed["episodes"]:
            (enclosure,) = episode["enclosures"]
            self.look_at(enclosure["url"], enclosure["file_size"])
        for url in _transcripts(answer.content):
            self.fetch(url)

    def look_at(self, url: str, length: int) -> None:
        head = self.client.ask(url, "HEAD")
        if (head.status, head.length_bytes) != (200, length):
            self.complaints.append(f"{url}: {head.status}, {head.length_bytes} bytes, not {length}")
            return
        part = self.client.ask(url, headers={"range": "bytes=100-199"}, most_bytes=1000)
        whole = self.fetch(url)
        if part.status != 206 or part.content != whole[100:200]:
            self.complaints.append(f"{url}: a range is answered with {part.status}")

    def fetch(self, url: str) -> bytes:
        answer = self.client.ask(url)
        named = Path(urlsplit(url).path).stem.rpartition("-")[2]
        if answer.status != 200 or hashlib.sha256(answer.content).hexdigest()[:8] != named:
            self.complaints.append(f"{url}: {answer.status}, not what its name says")
        return answer.content

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.join()


def _transcripts(xml: bytes) -> list[str]:
    return re.findall(r'<podcast:transcript url="([^"]+)"', xml.decode())


@pytest.fixture
def rounds(request, tmp_path):
    """Publish and be killed; return what each round said, each of which the *app* has seen the end of."""
    which = "every" if request.config.getoption("--all-kills") else "each"

    def run(base_url, destination, app=None):
        program = [sys.executable, HERE / "live_runner.py"]
        given = [tmp_path / "show", base_url, json.dumps(destination), which]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
        said = []
        with subprocess.Popen(
            [*map(str, program), *map(str, given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        ) as running:
            assert running.stdin
            assert running.stdout
            for line in running.stdout:
                said.append(json.loads(line))
                if app:
                    app.see()
                running.stdin.write("\n")
                running.stdin.flush()
        assert running.returncode == 0
        return said

    return run


def look_at(app, said):
    assert not app.complaints, app.complaints[:3]
    assert all(round_["killed"] and round_["finished"] for round_ in said), said
    assert len(said) >= 9  # a publication changes so many things
    assert len(app.feeds) >= len(said)


def test_over_nginx_an_app_never_sees_a_broken_feed(nginx, rounds):
    with App(f"{nginx.url}feed/feed.xml") as app:
        said = rounds(nginx.url, {"kind": "folder", "path": str(nginx.root)}, app)

    look_at(app, said)


def test_over_s3_an_app_never_sees_a_broken_feed(s3_server, bucket, rounds):
    base_url = f"{s3_server}/{bucket}/"
    destination = {"kind": "s3", "bucket": bucket, "endpoint_url": s3_server}

    with App(f"{base_url}feed/feed.xml") as app:
        said = rounds(base_url, destination, app)

    look_at(app, said)


def test_over_sftp_an_app_never_sees_a_broken_feed(ssh, part, rounds, tmp_path):
    root = ssh.folder / tmp_path.name
    with nginx_over(part("nginx", "/usr/sbin/nginx"), root) as served:
        destination = {"kind": "sftp", "host": "127.0.0.1", "port": ssh.port, "path": str(root)}

        with App(f"{served.url}feed/feed.xml") as app:
            said = rounds(served.url, destination, app)

    look_at(app, said)


def test_gpodder_gets_every_episode_whole(nginx, part, rounds, tmp_path):
    gpo = part("gpo")
    home = tmp_path / "gpodder"
    environment = os.environ | {"GPODDER_HOME": str(home), "HOME": str(tmp_path)}
    publishing = threading.Thread(
        target=rounds, args=(nginx.url, {"kind": "folder", "path": str(nginx.root)})
    )
    publishing.start()
    while publishing.is_alive() and not (nginx.root / "feed/feed.xml").exists():
        time.sleep(0.05)

    def run(*words: str) -> str:
        command = [gpo, *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        ).stdout

    run("subscribe", f"{nginx.url}feed/feed.xml")
    said = []
    while publishing.is_alive():
        said += [run("update"), run("download")]
    publishing.join()
    said += [run("update"), run("download")]

    downloaded = list((home / "Downloads").rglob("*.mp3"))
    published = {path.read_bytes() for path in (nginx.root / "audio").iterdir()}
    assert not [line for line in said if "rror" in line]
    assert len(downloaded) >= 3
    assert {path.read_bytes() for path in downloaded} <= published
