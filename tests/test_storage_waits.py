"""Stores that keep one waiting: each wait ends, and so does Ctrl-C's."""

import gc
import socket
import threading
import time
import warnings

import pytest
import sftp_servers
from bad_hosts import bad_host_at, took_s
from sftp_servers import poor_server

from columncast.episodes.errors import RemoteError
from columncast.episodes.model import bounds
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage import s3, sftp
from columncast.episodes.storage.door import open_storage
from columncast.episodes.waiting.retry import Retry

SOON_S = 10.0
# A call that knows no time limit is left to its thread, and what it held open to the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(autouse=True)
def nothing_left():
    """Wait for the calls that were given up, and collect what they held, before another test."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if thread.name != "deadlines":  # which lives as long as the program
            thread.join(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def host():
    with bad_host_at() as host:
        yield host


@pytest.fixture
def bucket(host, monkeypatch, tmp_path):
    """Open a bucket at that host, below one of its paths."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setattr(s3, "ANSWER_S", 0.5)
    opened = []

    def at(path):
        to = Destination(kind="s3", bucket=path, endpoint_url=host.url)
        opened.append(open_storage(to, tmp_path, retry=Retry(tries=1)))
        return opened[-1]

    yield at
    for store in opened:
        store.close()


@pytest.mark.parametrize("path", ["silent", "drip", "drip-headers"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.get("feed/feed.xml"),
        lambda store: list(store.find("feed/")),
        lambda store: store.delete("feed/x"),
        lambda store: store.now(),
    ],
    ids=["get", "find", "delete", "now"],
)
def test_a_bucket_that_does_not_answer_is_not_waited_for_without_end(bucket, path, ask):
    store, began = bucket(path), time.monotonic()

    with pytest.raises(RemoteError, match=f"s3://{path}/"):
        ask(store)

    assert took_s(began) < SOON_S


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setattr(sftp, "TIMEOUT_S", 1.0)
    monkeypatch.setattr(sftp, "STEP_S", 1.0)
    return tmp_path / "home"


def over_ssh(port, root):
    to = Destination(kind="sftp", host="127.0.0.1", port=port, user="ruth", path="/podcast")
    return open_storage(to, root, retry=Retry(tries=1))


def test_a_port_where_nobody_speaks_ssh_is_given_up(home, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        store, began = over_ssh(listening.getsockname()[1], tmp_path), time.monotonic()
        with pytest.raises(RemoteError, match="cannot be reached"):
            store.get("feed/feed.xml")
        store.close()

    assert took_s(began) < SOON_S


@pytest.mark.parametrize(
    "silence",
    ["check_channel_request", "check_channel_subsystem_request", "check_auth_publickey"],
)
def test_a_server_that_falls_silent_on_the_way_in_is_given_up(home, tmp_path, monkeypatch, silence):
    over = threading.Event()
    monkeypatch.setattr(
        sftp_servers._Letting, silence, lambda *_: over.wait(30) and 1, raising=False
    )
    with poor_server(home, tmp_path / "server") as server:
        store, began = over_ssh(server.port, tmp_path), time.monotonic()
        with pytest.raises(RemoteError):
            store.get("feed/feed.xml")
        took = took_s(began)
        over.set()
        store.close()

    assert took < SOON_S


def test_a_file_that_is_larger_than_it_can_be_is_not_read(home, tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "STORED_BYTES", 1000)
    with poor_server(home, tmp_path / "server") as server:
        (server.root / "podcast/feed").mkdir(parents=True)
        (server.root / "podcast/feed/feed.xml").write_bytes(bytes(1001))
        store = over_ssh(server.port, tmp_path)
        with pytest.raises(RemoteError, match="larger than what belongs here"):
            store.get("feed/feed.xml")
        store.close()
