"""Large files over a line that is not good: nothing is fetched twice, nothing is believed blindly."""

import socket
import threading
from contextlib import nullcontext

import pytest

from columncast.episodes.errors import RemoteError
from columncast.episodes.http.client import Client
from columncast.episodes.http.download import download
from columncast.episodes.waiting.retry import Retry

PLACE = "/media/big.bin"
CONTENT = bytes(range(256)) * 4000


@pytest.fixture
def fetch(old_host, tmp_path):
    """Fetch the file of the old host to a path."""
    old_host.files[PLACE] = CONTENT

    def run(tries=3, url=PLACE, **how):
        path = tmp_path / "big.bin"
        patient = Retry(tries=tries, sleep=lambda _: None)
        download(Client(timeout_s=5), old_host.url + url, path, retry=patient, **how)
        return path

    return run


def spans_of(host):
    return [span for path, span in host.asked if path == PLACE]


def test_a_file_arrives_whole_and_leaves_nothing_beside_it(fetch, old_host):
    path = fetch()

    assert CONTENT == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_after_a_drop_only_the_rest_is_asked_for(fetch, old_host):
    old_host.drop_after[PLACE] = 300_000

    path = fetch()

    assert CONTENT == path.read_bytes()
    first, second = spans_of(old_host)
    assert "" == first
    assert int(second.removeprefix("bytes=").rstrip("-")) > 0


def test_a_run_that_was_killed_goes_on_where_it_was(fetch, old_host):
    old_host.drop_after[PLACE] = 600_000
    with pytest.raises(RemoteError):
        fetch(tries=1, progress=_killed_after(400_000))

    path = fetch()

    assert CONTENT == path.read_bytes()
    assert spans_of(old_host)[-1].startswith("bytes=")


def _killed_after(most):
    def progress(done, _whole):
        if done > most:
            raise RemoteError("killed")

    return progress


def test_another_file_at_the_same_address_is_fetched_from_its_beginning(fetch, old_host):
    with pytest.raises(RemoteError):
        fetch(tries=1, progress=_killed_after(400_000))
    old_host.files[PLACE] = CONTENT[::-1]

    path = fetch()

    assert CONTENT[::-1] == path.read_bytes()


def test_a_server_without_ranges_starts_over(fetch, old_host):
    old_host.no_ranges = True
    old_host.drop_after[PLACE] = 300_000

    path = fetch()

    assert CONTENT == path.read_bytes()


def test_redirects_are_followed(fetch, old_host):
    path = fetch(url="/count/redirect.mp3" + PLACE)

    assert CONTENT == path.read_bytes()


def test_what_is_not_there_is_told_at_once(fetch, old_host):
    with pytest.raises(RemoteError, match="404"):
        fetch(url="/nowhere.mp3")

    assert 1 == len([path for path, _ in old_host.asked if path == "/nowhere.mp3"])


def test_what_is_no_address_is_not_asked():
    with pytest.raises(RemoteError, match="not a URL"):
        download(Client(), "media/x.mp3", None, retry=Retry())


def test_progress_is_told_up_to_the_end(fetch):
    told = []

    fetch(progress=lambda done, whole: told.append((done, whole)))

    assert (len(CONTENT), len(CONTENT)) == told[-1]


NINES = b"9" * 5000
"""More digits than Python makes a number of."""


@pytest.mark.parametrize(
    ("head", "content"),
    [
        (b"200 OK\r\nContent-Length: " + NINES, b"abc"),
        (b"200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2", b"abc"),
        (b"206 Part\r\nContent-Range: bytes 0-2/" + NINES, b"abc"),
        (b"206 Part\r\nContent-Range: bytes " + NINES + b"-2/3", None),
        (b"503 Busy\r\nRetry-After: " + NINES, None),
        (b"503 Busy\r\nRetry-After: \xb2", None),
    ],
)
def test_a_number_that_is_none_counts_as_none(tmp_path, head, content):
    body = b"3\r\nabc\r\n0\r\n\r\n" if b"chunked" in head else b"abc"

    def serve():
        connection = listening.accept()[0]
        with connection:
            connection.recv(10_000)
            connection.sendall(b"HTTP/1.1 " + head + b"\r\n\r\n" + body)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        path = tmp_path / "sound.mp3"
        with nullcontext() if content else pytest.raises(RemoteError):
            download(Client(timeout_s=5), url, path, retry=Retry(tries=1))
        thread.join(3)

    assert content == (path.read_bytes() if path.exists() else None)


def test_as_many_redirects_are_followed_as_browsers_follow(fetch):
    assert CONTENT == fetch(url="/count/redirect.mp3" * 20 + PLACE).read_bytes()
