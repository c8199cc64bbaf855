"""Servers that misbehave: whatever they do, the live feed is left as it was, and we say why."""

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from live_builders import BuiltShow
from live_servers import sshd_at

from columncast.episodes.errors import ConflictError, RemoteError
from columncast.episodes.http.client import Client
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.episodes.storage.store import Served
from columncast.episodes.waiting.retry import Retry, TemporaryError
from columncast.feed.live import check, plan, upload, verify
from columncast.feed.serving.headers import content_type

XML = Served(content_type="application/rss+xml", cache_control="public, max-age=300")


def at_once(*_: object) -> None:
    """Wait for nothing."""


class WebServer(BaseHTTPRequestHandler):
    """Serves a folder, more or less well."""

    protocol_version = "HTTP/1.1"
    root: Path
    ranges = True
    types = True
    packs = ""
    """The suffix of what is sent packed, whoever asks."""
    head = 200
    cuts = 0
    """How many more answers are cut in the middle."""
    drips_s = 0.0
    """How long each kilobyte takes."""

    def do_HEAD(self):
        if self.head != 200:
            self.answer(self.head, b"", 0)
        else:
            self.do_GET()

    def do_GET(self):
        path = self.root / self.path.strip("/")
        if not path.is_file():
            self.answer(404, b"", 0)
            return
        content, status, extra = path.read_bytes(), 200, {}
        wanted = self.headers.get("range")
        if wanted and self.ranges:
            first, last = (int(n) for n in wanted.removeprefix("bytes=").split("-"))
            extra = {"content-range": f"bytes {first}-{last}/{len(content)}"}
            content, status = content[first : last + 1], 206
        self.answer(status, content, len(content), extra)

    def answer(self, status, content, length, extra=()):
        extra = dict(extra)
        if self.packs and self.path.endswith(self.packs) and status == 200:
            content = gzip.compress(content)
            length, extra["content-encoding"] = len(content), "gzip"
        self.send_response(status)
        kind = content_type(self.path) if self.types else "text/plain"
        for key, value in {"content-type": kind, "content-length": length, **extra}.items():
            self.send_header(key, str(value))
        self.end_headers()
        if self.command == "HEAD":
            return
        if type(self).cuts > 0 and content:
            type(self).cuts -= 1
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            return
        for start in range(0, len(content), 1024):
            if self.drips_s:
                time.sleep(self.drips_s)
            self.wfile.write(content[start : start + 1024])

    def log_message(self, *_):
        pass


@pytest.fixture
def bad_server(tmp_path):
    """A web server over `www`; the class, to make it worse."""
    kind: Any = type("Bad", (WebServer,), {"root": tmp_path / "www"})
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.handle_error = at_once  # a client that hangs up is what these tests are about
    kind.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield kind
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def show(tmp_path, bad_server):
    built = BuiltShow(tmp_path / "show", bad_server.url)
    built.add(1)
    return built


@pytest.fixture
def publish(show, tmp_path):
    def run(timeout_s=10.0):
        destination = Destination(kind="folder", path="../www")
        store = open_storage(destination, show.root)
        servers = verify.Servers(client=Client(timeout_s=timeout_s), retry=Retry(sleep=at_once))
        planned = plan.plan(show.folder, destination, store, name="main")
        return upload.go_live(show.folder, store, planned, servers=servers)

    return run


def feed_of(tmp_path):
    return (tmp_path / "www/feed/feed.xml").read_bytes()


def test_audio_that_is_packed_unasked_is_not_named_and_the_cure_is_told(
    show, publish, bad_server, tmp_path
):
    publish()
    before = feed_of(tmp_path)
    show.add(2)
    bad_server.packs = ".mp3"

    with pytest.raises(
        RemoteError, match=r"is sent packed \(gzip\).*turn compression off"
    ) as caught:
        publish()

    assert "instead of" not in str(caught.value)  # no length is misread
    assert before == feed_of(tmp_path)


def test_a_feed_that_is_packed_unasked_is_read_back_and_told(show, publish, bad_server):
    bad_server.packs = ".xml"

    live_now = publish()

    assert live_now.feed_changed
    assert ["packed-unasked"] == [notice.code for notice in live_now.notices]


def test_the_check_tells_packed_audio_from_a_wrong_length(show, publish, bad_server):
    publish()
    bad_server.packs = ".mp3"

    found = check.check_live(show.folder, servers=verify.Servers(client=Client(timeout_s=20)))

    errors = [finding for finding in found if finding.severity == "error"]
    (packed,) = [finding for finding in errors if finding.where.endswith(".mp3")]
    assert "audio-packed" == packed.code
    assert "turn compression off for audio" in packed.cure.what


def test_many_answers_that_are_not_read_hold_up_no_other(show, publish, bad_server):
    """
    Whole files in answer to byte ranges are not drained, and more are asked than are kept open.
    """
    for week in range(2, 22):
        show.add(week)
    bad_server.ranges = False
    began = time.monotonic()

    with pytest.raises(RemoteError, match="answers a byte range with 200"):
        publish()

    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"ranges": False}, "answers a byte range with 200 instead of 206"),
        ({"types": False}, "is served as text/plain instead of audio/mpeg"),
    ],
    ids=["range", "type"],
)
def test_audio_that_apps_would_stumble_over_is_not_named(
    show, publish, bad_server, tmp_path, how, said
):
    publish()
    before = feed_of(tmp_path)
    show.add(2)
    for name, value in how.items():
        setattr(bad_server, name, value)

    with pytest.raises(RemoteError) as caught:
        publish()

    assert said in str(caught.value)
    assert "the feed was not touched" in str(caught.value)
    assert before == feed_of(tmp_path)


def test_a_server_that_gives_other_bytes_is_found_out(
    show, publish, bad_server, tmp_path, monkeypatch
):
    publish()
    before = feed_of(tmp_path)
    show.add(2)
    answer = bad_server.answer

    def spoilt(self, status, content, length, extra=()):
        answer(self, status, content[::-1] if status == 206 else content, length, extra)

    monkeypatch.setattr(bad_server, "answer", spoilt)

    with pytest.raises(RemoteError, match="has other bytes"):
        publish()

    assert before == feed_of(tmp_path)


def test_a_server_without_head_is_asked_otherwise_and_told_of(show, publish, bad_server, tmp_path):
    bad_server.head = 405

    with pytest.raises(RemoteError, match="answers HEAD with 405"):
        publish()

    assert not (tmp_path / "www/feed/feed.xml").exists()


def test_dropped_connections_are_survived(show, publish, bad_server, tmp_path):
    bad_server.cuts = 3

    done = publish()

    assert done.feed_changed
    assert (show.root / "feed/feed.xml").read_bytes() == feed_of(tmp_path)


def test_a_server_that_drips_is_given_up_in_time(show, publish, bad_server, tmp_path):
    bad_server.drips_s = 0.3  # 30 kB of it would take nine seconds

    with pytest.raises(RemoteError, match=r"no whole answer in 1 s; tried .* times"):
        publish(timeout_s=1.0)

    assert not (tmp_path / "www/feed/feed.xml").exists()


def test_a_server_that_is_somewhat_slow_is_waited_for(show, publish, bad_server):
    bad_server.drips_s = 0.01

    assert publish().feed_changed


def test_a_cached_old_feed_is_a_warning(show, publish, bad_server, monkeypatch):
    publish()
    old = (bad_server.root / "feed/feed.xml").read_bytes()
    show.add(2)
    answer = bad_server.answer

    def cached(self, status, content, length, extra=()):
        content = old if self.path.endswith("feed.xml") else content
        answer(self, status, content, len(content) if content else length, extra)

    monkeypatch.setattr(bad_server, "answer", cached)

    done = publish()

    assert ["feed-cached"] == [notice.code for notice in done.notices]


def test_a_wrong_base_url_is_named(tmp_path, bad_server):
    show = BuiltShow(tmp_path / "show", bad_server.url + "elsewhere/")
    show.add(1)
    destination = Destination(kind="folder", path="../www")
    store = open_storage(destination, show.root)
    servers = verify.Servers(client=Client(), retry=Retry(sleep=at_once))

    with pytest.raises(RemoteError, match=r"if base_url is right, .* tried 4 times"):
        upload.go_live(
            show.folder,
            store,
            plan.plan(show.folder, destination, store, name="main"),
            servers=servers,
        )


# Stores of the S3 protocol


class S3Server(BaseHTTPRequestHandler):
    """As little of a store as is needed, in front of a dictionary; and its whims."""

    protocol_version = "HTTP/1.1"
    conditions = "ignored"
    files: dict[str, bytes]
    refuses: list = []  # noqa: RUF012 - each test has its own class
    """Codes and statuses that the next writes are refused with."""
    drops = 0
    """How many more writes are done and not answered."""

    def do_PUT(self):
        key = self.path.partition("?")[0]
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.refuses:
            code, status = self.refuses.pop(0)
            self.fail(code, status)
        elif self.conditions == "unknown" and {"if-match", "if-none-match"} & {
            name.lower() for name in self.headers
        }:
            self.fail("NotImplemented", 501)
        else:
            self.files[key] = body
            if type(self).drops:
                type(self).drops -= 1
                self.close_connection = True
            else:
                self.say(200, b"", {"etag": '"new"'})

    def do_GET(self):
        key = self.path.partition("?")[0]
        if key in self.files:
            self.say(200, self.files[key], {"etag": f'"{hash(self.files[key])}"'})
        else:
            self.fail("NoSuchKey", 404)

    def fail(self, code, status):
        self.say(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())

    def say(self, status, body, headers=()):
        self.send_response(status)
        for key, value in {"content-length": len(body), **dict(headers)}.items():
            self.send_header(key, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def bad_s3(aws):
    kind: Any = type("BadS3", (S3Server,), {"refuses": [], "files": {}})
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.handle_error = at_once
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    kind.url = f"http://127.0.0.1:{server.server_port}"
    yield kind
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(bad_s3, tmp_path):
    said: list[str] = []
    destination = Destination(kind="s3", bucket="walls", endpoint_url=bad_s3.url)
    opened = open_storage(destination, tmp_path, retry=Retry(tell=said.append, sleep=at_once))
    yield opened, said
    opened.close()


@pytest.mark.parametrize("conditions", ["ignored", "unknown"])
def test_a_store_without_conditional_writes_is_compared_first(bad_s3, store, conditions):
    bad_s3.conditions = conditions
    store[0].put_if("feed/feed.xml", b"<one/>", XML, None)
    seen = store[0].get("feed/feed.xml")
    bad_s3.files["/walls/feed/feed.xml"] = b"<theirs/>"

    with pytest.raises(ConflictError):
        store[0].put_if("feed/feed.xml", b"<two/>", XML, seen.version)

    assert b"<theirs/>" == bad_s3.files["/walls/feed/feed.xml"]
    now = store[0].get("feed/feed.xml")
    store[0].put_if("feed/feed.xml", b"<two/>", XML, now.version)
    assert b"<two/>" == bad_s3.files["/walls/feed/feed.xml"]


def test_a_throttled_upload_is_tried_again_and_told_once(bad_s3, store, tmp_path):
    bad_s3.refuses = [("SlowDown", 503), ("SlowDown", 503), ("InternalError", 500)]
    file = tmp_path / "x.mp3"
    file.write_bytes(b"ID3")

    store[0].put("audio/x.mp3", file, XML, at_once)

    assert b"ID3" == bad_s3.files["/walls/audio/x.mp3"]
    assert 2 == len(store[1])
    assert "the store is busy (SlowDown); trying again" in store[1][0]


def test_a_write_that_was_done_and_not_answered_is_no_conflict(bad_s3, store):
    bad_s3.drops = 1

    store[0].put_if("feed/feed.xml", b"<one/>", XML, None)

    assert b"<one/>" == bad_s3.files["/walls/feed/feed.xml"]


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("ExpiredToken", 400, "the credentials have expired"),
        ("AccessDenied", 403, "access denied; the key needs List, Get, Put and Delete"),
        ("InvalidAccessKeyId", 403, "the access key is not known there"),
        ("SignatureDoesNotMatch", 403, "the secret key is not the right one"),
        ("RequestTimeTooSkewed", 403, "this machine's clock is wrong"),
        ("NoSuchBucket", 404, "there is no such bucket"),
        ("QuotaExceeded", 403, "the store is full"),
    ],
)
def test_a_refusal_is_one_line_that_says_what_to_do(bad_s3, store, tmp_path, code, status, said):
    bad_s3.refuses = [(code, status)]
    file = tmp_path / "x.mp3"
    file.write_bytes(b"ID3")

    with pytest.raises(RemoteError) as caught:
        store[0].put("audio/x.mp3", file, XML, at_once)

    assert 4 == caught.value.exit_code
    assert said in str(caught.value)
    assert str(caught.value).startswith("s3://walls/audio/x.mp3: ")
    assert "very-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_credentials_are_one_line(bad_s3, tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("HOME", str(tmp_path))
    destination = Destination(kind="s3", bucket="walls", endpoint_url=bad_s3.url)

    with pytest.raises(RemoteError, match="no usable credentials in your usual AWS places"):
        open_storage(destination, tmp_path).get("feed/feed.xml")


# SSH servers


def test_a_full_disk_at_the_server_leaves_what_was_there(part, tmp_path, monkeypatch):
    resource = pytest.importorskip("resource")

    def small_disk():
        import signal  # noqa: PLC0415 - in the child only

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    sshd, keygen = part("/usr/sbin/sshd", "sshd"), part("ssh-keygen")
    with sshd_at(sshd, keygen, tmp_path / "ssh", before=small_disk) as server:
        monkeypatch.setenv("HOME", str(server.home))
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        destination = Destination(
            kind="sftp", host="127.0.0.1", port=server.port, path=str(server.folder)
        )
        store = open_storage(destination, tmp_path)
        small, large = tmp_path / "small.mp3", tmp_path / "large.mp3"
        small.write_bytes(b"ID3")
        large.write_bytes(bytes(600_000))
        store.put("audio/x.mp3", small, XML, at_once)

        with pytest.raises(RemoteError, match="is its disk or your quota full"):
            store.put("audio/x.mp3", large, XML, at_once)

        assert b"ID3" == store.get("audio/x.mp3").data
        store.close()


def test_a_connection_that_breaks_off_is_made_again(ssh, tmp_path, monkeypatch):
    destination = Destination(
        kind="sftp", host="127.0.0.1", port=ssh.port, path=str(ssh.folder / "breaks")
    )
    store: Any = open_storage(destination, tmp_path, retry=Retry(sleep=at_once))
    file = tmp_path / "x.mp3"
    file.write_bytes(bytes(3_000_000))
    broken = []

    def breaks(_):
        if not broken:
            broken.append(True)
            store.store._client.get_transport().sock.close()

    store.put("audio/x.mp3", file, XML, breaks)

    assert broken
    assert file.read_bytes() == store.get("audio/x.mp3").data
    store.close()


def test_a_server_that_is_not_there_is_said_after_some_tries(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    destination = Destination(kind="sftp", host="127.0.0.1", port=9, path="/x")

    with pytest.raises(RemoteError, match=r"cannot be reached .* tried 6 times"):
        open_storage(destination, tmp_path, retry=Retry(sleep=at_once)).get("feed/feed.xml")


def test_answers_are_bounded(bad_server, show, tmp_path):
    (tmp_path / "www").mkdir()
    (tmp_path / "www/long.mp3").write_bytes(bytes(1_000_000))

    answer = Client().ask(f"{bad_server.url}long.mp3", most_bytes=1000)

    assert (1000, False) == (len(answer.content), answer.whole)


def test_half_an_answer_is_none(bad_server, tmp_path):
    (tmp_path / "www").mkdir()
    (tmp_path / "www/x.xml").write_bytes(bytes(10_000))
    bad_server.cuts = 1

    with pytest.raises(TemporaryError, match="broke off before its end"):
        Client().ask(f"{bad_server.url}x.xml")
