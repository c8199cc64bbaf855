"""One contract for every place that files are put to, kept by a real folder, S3 and SFTP server."""

import dataclasses
import os
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import paramiko
import pytest

from columncast.episodes.errors import ConflictError, RemoteError, SettingsError
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage import s3
from columncast.episodes.storage.door import Patient, open_storage
from columncast.episodes.storage.store import Content, Served, Storage
from columncast.episodes.waiting.retry import Retry, TemporaryError

MP3 = Served(content_type="audio/mpeg", cache_control="public, max-age=31536000, immutable")
XML = Served(content_type="application/rss+xml", cache_control="public, max-age=300")
LARGE = 12 << 20


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts as small as S3 allows, so that a file of twelve megabytes is a large one."""
    monkeypatch.setattr("columncast.episodes.storage.s3.PART_BYTES", 5 << 20)


def nothing(_: float) -> None:
    """Look away."""


@pytest.fixture(params=["folder", "s3", "sftp"])
def destination(request, tmp_path) -> Destination:
    if request.param == "folder":
        return Destination(kind="folder", path="www")
    if request.param == "s3":
        bucket, url = request.getfixturevalue("bucket"), request.getfixturevalue("s3_server")
        return Destination(kind="s3", bucket=bucket, prefix="podcast", endpoint_url=url)
    ssh = request.getfixturevalue("ssh")
    path = ssh.folder / tmp_path.name
    return Destination(kind="sftp", host="127.0.0.1", port=ssh.port, user=ssh.user, path=str(path))


@pytest.fixture
def storage(destination, tmp_path) -> Iterator[Storage]:
    opened = open_storage(destination, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "file.mp3"
    path.write_bytes(os.urandom(100_000))
    return path


def test_what_is_put_can_be_read(storage, file):
    storage.put("audio/week-1-1a2b3c4d.mp3", file, MP3, nothing)

    assert file.read_bytes() == storage.get("audio/week-1-1a2b3c4d.mp3").data


def test_it_is_found_below_its_folder_with_its_length_and_date(storage, file):
    storage.put("feed/week-1/index.html", file, XML, nothing)
    storage.put("audio/week-1.mp3", file, MP3, nothing)

    (found,) = storage.find("feed/")

    assert ("feed/week-1/index.html", 100_000) == (found.key, found.length_bytes)
    assert abs(found.modified - datetime.now(UTC)) < timedelta(minutes=5)


def test_what_is_not_there_is_none(storage):
    assert storage.get("feed/feed.xml") is None
    assert [] == list(storage.find("feed/"))


def test_progress_counts_every_byte_once(storage, tmp_path):
    counted = []
    path = tmp_path / "large.mp3"
    path.write_bytes(os.urandom(LARGE))

    storage.put("audio/large.mp3", path, MP3, counted.append)

    assert sum(counted) == LARGE
    assert path.read_bytes() == storage.get("audio/large.mp3").data


def test_putting_again_replaces(storage, file):
    storage.put("feed/index.html", file, XML, nothing)
    file.write_bytes(b"shorter")

    storage.put("feed/index.html", file, XML, nothing)

    assert b"shorter" == storage.get("feed/index.html").data


def test_an_empty_file_is_a_file(storage, file):
    file.write_bytes(b"")

    storage.put("feed/empty.txt", file, XML, nothing)

    assert b"" == storage.get("feed/empty.txt").data


def test_it_knows_what_it_has_without_fetching_it(storage, file, destination, tmp_path):
    storage.put("feed/index.html", file, XML, nothing)
    storage.close()
    again = open_storage(destination, tmp_path)  # as another run

    (found,) = again.find("feed/")

    assert again.same(found, file)
    file.write_bytes(os.urandom(100_000))
    assert not again.same(found, file)
    again.close()


def test_many_threads_may_put_at_once(storage, file):
    threads = [
        threading.Thread(target=storage.put, args=(f"audio/{i}/x.mp3", file, MP3, nothing))
        for i in range(24)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 24 == len(list(storage.find("audio/")))


def test_a_file_that_must_be_new_is_written_once(storage):
    storage.put_if("feed/feed.xml", b"<one/>", XML, None)

    with pytest.raises(ConflictError, match="somebody else"):
        storage.put_if("feed/feed.xml", b"<two/>", XML, None)

    assert b"<one/>" == storage.get("feed/feed.xml").data


def test_a_file_is_replaced_if_it_is_the_one_last_seen(storage):
    storage.put_if("feed/feed.xml", b"<one/>", XML, None)
    seen = storage.get("feed/feed.xml")

    storage.put_if("feed/feed.xml", b"<two/>", XML, seen.version)

    assert b"<two/>" == storage.get("feed/feed.xml").data


def test_a_file_that_changed_meanwhile_is_left_alone(storage):
    storage.put_if("feed/feed.xml", b"<one/>", XML, None)
    seen = storage.get("feed/feed.xml")
    storage.put_if("feed/feed.xml", b"<theirs/>", XML, seen.version)

    with pytest.raises(ConflictError):
        storage.put_if("feed/feed.xml", b"<ours/>", XML, seen.version)

    assert b"<theirs/>" == storage.get("feed/feed.xml").data


def test_a_file_that_vanished_meanwhile_is_a_conflict(storage):
    storage.put_if("feed/feed.xml", b"<one/>", XML, None)
    seen = storage.get("feed/feed.xml")
    storage.delete("feed/feed.xml")

    with pytest.raises(ConflictError):
        storage.put_if("feed/feed.xml", b"<two/>", XML, seen.version)


def test_deleting_is_no_error_twice_and_leaves_others(storage, file):
    storage.put("feed/week-1/index.html", file, XML, nothing)
    storage.put("feed/index.html", file, XML, nothing)

    storage.delete("feed/week-1/index.html")
    storage.delete("feed/week-1/index.html")

    assert ["feed/index.html"] == [found.key for found in storage.find("feed/")]


def test_the_stores_clock_is_told(storage, file):
    storage.put("feed/index.html", file, XML, nothing)

    assert abs(storage.now() - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_reader_never_sees_half_a_file(storage, tmp_path):
    versions = [bytes([n]) * 300_000 for n in range(6)]
    paths = []
    for n, version in enumerate(versions):
        paths.append(tmp_path / f"{n}.html")
        paths[-1].write_bytes(version)
    storage.put("feed/index.html", paths[0], XML, nothing)
    done = threading.Event()
    seen = set()

    def read():
        while not done.is_set():
            seen.add(storage.get("feed/index.html").data)

    reader = threading.Thread(target=read)
    reader.start()
    for path in paths[1:] * 3:
        storage.put("feed/index.html", path, XML, nothing)
    done.set()
    reader.join()

    assert seen <= set(versions)


# What each kind does in its own way


def test_a_store_keeps_type_and_caching(bucket, s3_server, file):
    storage = open_storage(Destination(kind="s3", bucket=bucket, endpoint_url=s3_server), Path())
    path = file.with_name("large.mp3")
    path.write_bytes(os.urandom(LARGE))

    storage.put("audio/a.mp3", file, MP3, nothing)
    storage.put("audio/b.mp3", path, MP3, nothing)

    client = boto3.client("s3", endpoint_url=s3_server)
    for key in ("audio/a.mp3", "audio/b.mp3"):
        head = client.head_object(Bucket=bucket, Key=key)
        assert ("audio/mpeg", MP3.cache_control) == (head["ContentType"], head["CacheControl"])
    client.close()
    storage.close()


class Killed(BaseException):
    """What stands for the end of a process within a test."""


@pytest.mark.parametrize("kind", ["s3", "sftp"])
def test_an_interrupted_large_file_goes_on_where_it_was(request, kind, tmp_path, monkeypatch):
    if kind == "s3":
        bucket, url = request.getfixturevalue("bucket"), request.getfixturevalue("s3_server")
        destination = Destination(kind="s3", bucket=bucket, endpoint_url=url)
    else:
        ssh = request.getfixturevalue("ssh")
        destination = Destination(
            kind="sftp",
            host="127.0.0.1",
            port=ssh.port,
            user=ssh.user,
            path=str(ssh.folder / "again"),
        )
    path = tmp_path / "large.mp3"
    path.write_bytes(os.urandom(LARGE))
    there = 0

    def kill(more):
        nonlocal there
        there += more
        if there > 10 << 20:
            raise Killed

    first = open_storage(destination, tmp_path)
    with pytest.raises(Killed):
        first.put("audio/large-1a2b3c4d.mp3", path, MP3, kill)
    first.close()
    assert not list(open_storage(destination, tmp_path).find("audio/"))

    again, counted = open_storage(destination, tmp_path), []
    sent = count_sent(kind, monkeypatch)
    again.put("audio/large-1a2b3c4d.mp3", path, MP3, counted.append)

    assert sum(counted) == LARGE
    assert sum(sent) < LARGE * 2 // 3
    assert path.read_bytes() == again.get("audio/large-1a2b3c4d.mp3").data
    again.close()


def count_sent(kind, monkeypatch):
    """Return a list that grows by the length of each piece that goes over the wire."""
    sent = []
    if kind == "s3":
        before = s3._body
        monkeypatch.setattr(s3, "_body", lambda data: sent.append(len(data)) or before(data))
    else:
        before = paramiko.SFTPFile.write

        def write(self, data):
            sent.append(len(data))
            return before(self, data)

        monkeypatch.setattr(paramiko.SFTPFile, "write", write)
    return sent


def test_an_unknown_host_key_is_never_accepted(ssh, tmp_path):
    known = ssh.home / ".ssh" / "known_hosts"
    before = known.read_text()
    known.write_text("")
    destination = Destination(
        kind="sftp", host="127.0.0.1", port=ssh.port, user=ssh.user, path=str(ssh.folder)
    )
    try:
        with pytest.raises(RemoteError) as caught:
            open_storage(destination, tmp_path).get("feed/feed.xml")
        assert "" == known.read_text()
    finally:
        known.write_text(before)

    assert "SHA256:" in str(caught.value)
    assert f"ssh -p {ssh.port}" in str(caught.value)


def test_a_changed_host_key_is_refused_loudly(ssh, tmp_path):
    known = ssh.home / ".ssh" / "known_hosts"
    before = known.read_text()
    other = (ssh.home / ".ssh" / "id_ed25519.pub").read_text().split()[1]
    known.write_text(f"[127.0.0.1]:{ssh.port} ssh-ed25519 {other}\n")
    destination = Destination(
        kind="sftp", host="127.0.0.1", port=ssh.port, user=ssh.user, path=str(ssh.folder)
    )
    try:
        with pytest.raises(RemoteError, match="NOT the one in known_hosts"):
            open_storage(destination, tmp_path).get("feed/feed.xml")
    finally:
        known.write_text(before)


def test_a_host_may_be_an_alias_of_ssh_config(ssh, tmp_path, file):
    config = ssh.home / ".ssh" / "config"
    config.write_text(f"Host walls\n  HostName 127.0.0.1\n  Port {ssh.port}\n  User {ssh.user}\n")
    try:
        storage = open_storage(
            Destination(kind="sftp", host="walls", path=str(ssh.folder / "alias")), tmp_path
        )
        storage.put("audio/x.mp3", file, MP3, nothing)
        storage.close()
    finally:
        config.unlink()

    assert file.read_bytes() == (ssh.folder / "alias/audio/x.mp3").read_bytes()


def test_a_stranger_is_told_where_to_look(ssh, tmp_path):
    destination = Destination(
        kind="sftp", host="127.0.0.1", port=ssh.port, user="nobody-here", path=str(ssh.folder)
    )

    with pytest.raises(RemoteError, match="nobody-here is not let in; look at your ssh agent"):
        open_storage(destination, tmp_path).get("feed/feed.xml")


def test_a_missing_extra_is_one_line(monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, "columncast.episodes.storage.s3", raising=False)
    monkeypatch.setitem(sys.modules, "boto3", None)

    with pytest.raises(SettingsError) as caught:
        open_storage(Destination(kind="s3", bucket="b"), tmp_path)

    assert "needs boto3; run: pip install boto3" in str(caught.value)


# Patience


@dataclasses.dataclass
class Flaky:
    """A store that fails as often as it is told to."""

    failures: int
    done: int = 0
    label = "flaky://"
    at_once = 1

    def put(self, key, path, served, moved):
        moved(60)
        self.done += 1
        if self.done <= self.failures:
            raise TemporaryError("the store is busy (SlowDown)", where=key)
        moved(40)

    def put_if(self, key, data, served, expected):
        self.done += 1
        if self.done == 1:
            raise TemporaryError("no whole answer", where=key)  # but it was written
        raise ConflictError("was changed")

    def get(self, key):
        return Content(data=b"ours", version="2")


def flaky(failures: int) -> Any:
    """Such a store, which has of one what these tests use."""
    return Flaky(failures=failures)


def test_a_busy_store_is_asked_again_and_told_once(tmp_path):
    said, waits, moved = [], [], []
    retry = Retry(tell=said.append, sleep=waits.append, jitter=lambda: 0.0)

    Patient(flaky(3), retry).put("audio/x.mp3", tmp_path, MP3, moved.append)

    assert ["audio/x.mp3: the store is busy (SlowDown); trying again"] == said
    assert [0.25, 0.5, 1.0] == waits
    assert 100 == sum(moved)


def test_patience_ends(tmp_path):
    retry = Retry(sleep=nothing)

    with pytest.raises(RemoteError, match=r"busy .* tried 6 times; it is safe to run again"):
        Patient(flaky(99), retry).put("audio/x.mp3", tmp_path, MP3, nothing)


def test_a_write_whose_answer_was_lost_is_no_conflict():
    store = Patient(flaky(1), Retry(sleep=nothing))

    store.put_if("feed/feed.xml", b"ours", XML, "1")

    with pytest.raises(ConflictError):
        Patient(flaky(1), Retry(sleep=nothing)).put_if("feed/feed.xml", b"x", XML, "1")
