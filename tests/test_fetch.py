"""One question to a server: whatever it does, there is an answer or an end, and soon."""

import random
import socket
import threading
import time
import zlib
from ipaddress import ip_address

import pytest
from bad_hosts import bad_host_at, took_s

from columncast.episodes.errors import RemoteError
from columncast.episodes.http import client as http_client
from columncast.episodes.http.client import (
    Answer,
    Client,
    ForbiddenNetworkError,
    NoConnectionError,
    SlowError,
)
from columncast.episodes.http.networks import Network, network_of
from columncast.episodes.http.unpacking import unpacked

PUBLIC = frozenset({Network.PUBLIC})
SOON_S = 8.0
"""Far less than any wait that would have no limit, far more than a busy machine needs."""


@pytest.fixture(scope="module")
def host():
    with bad_host_at() as host:
        host.files["/x.bin"] = bytes(range(256)) * 300
        yield host


@pytest.fixture
def client():
    return Client(timeout_s=20, at_once=1)


def read(client, url):
    with client.open(url) as stream:
        return b"".join(stream.pieces)


@pytest.mark.parametrize("path", ["silent/", "drip-headers/", "drip-hundreds/", "drip/"])
@pytest.mark.parametrize("way", ["ask", "open"])
def test_whatever_drips_is_cut(host, path, way):
    client = Client(timeout_s=0.4, stall_s=0.4)
    began = time.monotonic()

    with pytest.raises(RemoteError):
        client.ask(f"{host.url}/{path}") if way == "ask" else read(client, f"{host.url}/{path}")

    assert took_s(began) < SOON_S


def test_a_steady_stream_may_take_longer_than_any_one_wait(host):
    client, count = Client(timeout_s=20, stall_s=2, least_bytes=1), 0

    with client.open(f"{host.url}/drip/") as stream:
        began = time.monotonic()
        while took_s(began) < 2.5 or count <= 5:
            count += len(next(stream.pieces))


def test_the_whole_of_a_stream_ends_however_steady_it_is(host):
    client = Client(timeout_s=5, stall_s=5, least_bytes=1)

    with pytest.raises(SlowError), client.open(f"{host.url}/endless/", whole_s=0.5) as stream:
        for _ in stream.pieces:
            pass


@pytest.mark.parametrize("path", ["status/404/", "redirect/x.bin", "status/503/"])
def test_an_answer_that_is_not_read_holds_up_no_other(host, path):
    client = Client(timeout_s=10, at_once=1)

    began = time.monotonic()
    for _ in range(5):
        with client.open(f"{host.url}/{path}") as stream:
            assert stream.answer.status >= 300
        assert not client.ask(f"{host.url}/{path}", most_bytes=1).whole

    assert took_s(began) < SOON_S


def test_a_connection_is_used_again(host, monkeypatch):
    client, made = Client(timeout_s=10), []
    connect = http_client._Line.connect
    monkeypatch.setattr(http_client._Line, "connect", lambda *a: made.append(a) or connect(*a))

    for _ in range(5):
        read(client, f"{host.url}/x.bin")
        with client.open(f"{host.url}/redirect/x.bin"):
            pass

    assert 1 == len(made)


def test_stopping_ends_what_other_threads_wait_for(host):
    client, ended = Client(timeout_s=60), []

    def wait():
        try:
            client.ask(f"{host.url}/silent/")
        except RemoteError as e:
            ended.append(str(e))

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    client.stop()
    for thread in threads:
        thread.join(SOON_S)

    assert 3 == len([line for line in ended if "interrupted" in line])
    with pytest.raises(RemoteError, match="interrupted"):
        client.ask(f"{host.url}/x.bin")


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw", "twice"])
def test_what_is_packed_unasked_is_unpacked(client, host, packing):
    answer = client.ask(f"{host.url}/packed/{packing}/x.bin")

    assert host.files["/x.bin"] == answer.content
    assert answer.packed
    assert answer.whole


def test_what_is_packed_in_an_unknown_way_is_left_as_it_is_and_known(client, host):
    answer = client.ask(f"{host.url}/packed/br/x.bin")

    assert not answer.readable


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_refused_when_it_goes_over_the_bound(layers):
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(20)) + packer.flush()
    for _ in range(layers - 1):
        bomb = zlib.compress(bomb, wbits=31)
    sizes = []
    pieces = unpacked(iter([bomb]), "gzip, " * layers, most_bytes=5_000_000, where="x")

    with pytest.raises(RemoteError, match="more than 5 MB"):
        sizes.extend(map(len, pieces))

    assert sum(sizes) <= 5_000_000
    assert max(sizes) < 1_000_000


@pytest.mark.parametrize("left", [1, 2, 10, 50, 99])
def test_what_is_packed_and_cut_is_not_taken_for_whole(left):
    packed = zlib.compress(random.Random(1).randbytes(1000))

    with pytest.raises(RemoteError):
        b"".join(
            unpacked(
                iter([packed[: len(packed) * left // 100]]), "deflate", most_bytes=10_000, where="x"
            )
        )


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", Network.LOOPBACK),
        ("127.255.0.9", Network.LOOPBACK),
        ("::1", Network.LOOPBACK),
        ("::ffff:127.0.0.1", Network.LOOPBACK),
        ("64:ff9b::7f00:1", Network.LOOPBACK),
        ("10.0.0.1", Network.PRIVATE),
        ("172.31.255.255", Network.PRIVATE),
        ("192.168.1.1", Network.PRIVATE),
        ("fd00::1", Network.PRIVATE),
        ("64:ff9b::a00:1", Network.PRIVATE),
        ("169.254.169.254", Network.LINK_LOCAL),
        ("fe80::1", Network.LINK_LOCAL),
        ("fe80::1%1", Network.LINK_LOCAL),
        ("100.64.0.1", Network.SHARED),
        ("100.127.255.255", Network.SHARED),
        ("0.0.0.0", Network.SPECIAL),
        ("::", Network.SPECIAL),
        ("192.0.0.8", Network.SPECIAL),
        ("192.0.0.170", Network.SPECIAL),
        ("192.88.99.1", Network.SPECIAL),
        ("198.19.0.1", Network.SPECIAL),
        ("203.0.113.9", Network.SPECIAL),
        ("224.0.0.1", Network.SPECIAL),
        ("239.255.255.250", Network.SPECIAL),
        ("240.0.0.1", Network.SPECIAL),
        ("255.255.255.255", Network.SPECIAL),
        ("::ffff:8.8.8.8", Network.SPECIAL),
        ("::127.0.0.1", Network.SPECIAL),
        ("64:ff9b:1::a00:1", Network.SPECIAL),
        ("100::1", Network.SPECIAL),
        ("2001::1", Network.SPECIAL),
        ("2001:db8::1", Network.SPECIAL),
        ("2002:7f00:1::", Network.SPECIAL),
        ("3fff::1", Network.SPECIAL),
        ("5f00::1", Network.SPECIAL),
        ("fec0::1", Network.SPECIAL),
        ("ff02::1", Network.SPECIAL),
        ("8.8.8.8", Network.PUBLIC),
        ("100.128.0.1", Network.PUBLIC),
        ("172.32.0.1", Network.PUBLIC),
        ("2606:4700::1111", Network.PUBLIC),
        ("64:ff9b::808:808", Network.PUBLIC),
    ],
)
def test_every_address_belongs_to_one_network(address, network):
    assert network is network_of(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111"])
def test_an_address_that_is_public_here_is_public_in_the_registries(address):
    assert Network.PUBLIC is network_of(address)
    assert ip_address(address).is_global


@pytest.mark.parametrize(
    "spelling",
    [
        "127.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.1",
        "127.1",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "LOCALHOST.",
        "good.example@127.0.0.1",
        "0",
    ],
)
def test_no_spelling_leads_to_this_machine(host, spelling):
    port = host.url.rpartition(":")[2]
    host.asked.clear()

    with pytest.raises(RemoteError) as caught:
        Client(timeout_s=5, networks=PUBLIC).ask(f"http://{spelling}:{port}/x.bin")

    assert isinstance(caught.value, ForbiddenNetworkError | NoConnectionError)
    assert not host.asked


def test_the_address_that_was_judged_is_the_one_that_is_asked(host):
    """
    A name whose address changes after it was looked at (DNS rebinding) leads nowhere else.
    """
    answers = iter([["203.0.113.7", "127.0.0.1"], ["127.0.0.1"]])
    looked_up = []

    def resolve(name):
        looked_up.append(name)
        return next(answers)

    client = Client(timeout_s=5, resolve=resolve, networks=frozenset({Network.LOOPBACK}))
    answer = client.ask(host.url.replace("127.0.0.1", "rebound.example") + "/x.bin")

    assert 200 == answer.status
    assert ["rebound.example"] == looked_up


def test_a_name_that_now_leads_inside_is_refused(host):
    url = host.url.replace("127.0.0.1", "podcast.example") + "/x.bin"
    client = Client(timeout_s=5, resolve=lambda _: ["127.0.0.1", "10.0.0.1"], networks=PUBLIC)

    with pytest.raises(ForbiddenNetworkError, match=r"this machine itself.*--allow-private") as e:
        client.ask(url)

    assert 3 == e.value.exit_code
    assert url == e.value.where


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "gopher://x/", "http://[::1", "//x:0/"],
)
def test_a_redirect_leads_only_to_the_web(location):
    answer = Answer(
        url="http://a.example/", status=302, headers={"location": location}, content=b""
    )

    with pytest.raises(RemoteError, match="URL"):
        Client().ask(answer.redirect)


ODD = {
    "another protocol": (b"SSH-2.0-OpenSSH\r\n", "something else than HTTP"),
    "bytes for a terminal": (b"\x1b[2J\0" * 50, "something else than HTTP"),
    "headers without end": (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 500, "else than HTTP"),
    "a broken chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broke off"),
    "less than promised": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "broke off"),
}


@pytest.mark.parametrize(("answer", "said"), ODD.values(), ids=ODD)
def test_whatever_is_no_answer_is_told_in_one_plain_line(client, answer, said):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection = listening.accept()[0]
            with connection:
                connection.recv(10_000)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(10_000)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(RemoteError, match=said) as caught:
            client.ask(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join(3)
        assert not thread.is_alive()  # the line was let go of

    assert str(caught.value).isprintable()


def test_an_address_that_is_sent_unquoted_is_quoted():
    raw = "/caf\u00e9 1.mp3".encode().decode("latin-1")
    answer = Answer(url="http://a.example/x", status=301, headers={"location": raw}, content=b"")

    assert "http://a.example/caf%C3%A9%201.mp3" == answer.redirect


def test_a_proxy_is_not_asked_for_what_is_inside(host, monkeypatch):
    monkeypatch.setenv("http_proxy", host.url)
    monkeypatch.delenv("no_proxy", raising=False)
    host.asked.clear()
    names = {"inside.example": ["10.0.0.9"], "outside.example": ["8.8.8.8"]}
    client = Client(timeout_s=5, networks=PUBLIC, resolve=lambda name: names[name])

    answer = client.ask("http://outside.example/x.bin")
    with pytest.raises(ForbiddenNetworkError):
        client.ask("http://inside.example/x.bin")
    with pytest.raises(ForbiddenNetworkError):
        client.ask("http://10.0.0.9/x.bin")

    assert 404 == answer.status  # our proxy, which takes the whole URL for a path
    assert ["http://outside.example/x.bin"] == host.asked
