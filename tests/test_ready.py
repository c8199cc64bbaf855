"""What is for trying out only is named by `check`, and never goes where everybody gets it unasked."""

import json
import re
import socket

import pytest

from columncast.episodes.errors import FeedError, RemoteError
from columncast.episodes.http.networks import open_to_all
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.live import destinations

REACHED = "the store was reached"


@pytest.fixture
def stores(monkeypatch):
    """Let no store be opened: that one would have been is all that is asked."""

    def refuse(*_, **__):
        raise RemoteError(REACHED)

    monkeypatch.setattr(destinations, "open_storage", refuse)


@pytest.fixture
def names(monkeypatch):
    """Look names up in a table, and nowhere else."""
    table = {}

    def look_up(host, *_, **__):
        if host not in table:
            raise socket.gaierror(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (table[host], 0))]

    monkeypatch.setattr(destinations.socket, "getaddrinfo", look_up)
    return table


def with_settings(show, *, base_url="https://cast.walls.example/", more):
    path = show.root / "show.toml"
    text = path.read_text("utf-8").replace("https://cast.walls.example/", base_url)
    path.write_text(f"{text}\n{more}", encoding="utf-8")
    return ShowFolder(show.root)


def s3(endpoint=""):
    at = f'endpoint_url = "{endpoint}"\n' if endpoint else ""
    return f'[publish.store]\nkind = "s3"\nbucket = "walls"\n{at}'


@pytest.fixture(scope="session")
def placeholder():
    """The cover that `init` draws; it takes a moment."""
    return placeholder_cover("The Long Wall")


@pytest.fixture
def unready(one_episode, placeholder):
    """A scratch show with that cover."""
    one_episode.cover.write_bytes(placeholder)
    return one_episode


@pytest.mark.parametrize(
    ("host", "everybody"),
    [
        *(("cast.walls.example", True), ("1.1.1.1", True), ("2606:4700::1111", True)),
        *(("localhost", False), ("LOCALHOST.", False), ("a.localhost", False), ("nas", False)),
        *(("nas.local", False), ("pod.internal", False), ("router.lan", False), ("", False)),
        *(("127.0.0.1", False), ("127.1", False), ("2130706433", False), ("0x7f.1", False)),
        *(("0.0.0.0", False), ("10.1.2.3", False), ("192.168.1.5", False), ("172.20.0.1", False)),
        *(("169.254.1.1", False), ("100.64.0.9", False), ("::1", False), ("[::1]", False)),
        *(("fe80::1%eth0", False), ("fd00::7", False), ("::ffff:127.0.0.1", False)),
        *(("localhost.example", True), ("local.example", True), ("notlocal", False)),
    ],
)
def test_whom_a_host_is_open_to(host, everybody):
    assert everybody == open_to_all(host)


def test_check_names_a_private_address_and_the_placeholder(unready, columncast):
    with_settings(unready, base_url="http://localhost:8000/", more="")
    columncast("build")

    done = columncast("check")

    assert "show-address-private" in done.out
    assert "cover-placeholder" in done.out


def test_a_cover_of_ones_own_is_no_placeholder(one_episode, columncast):
    assert "cover-placeholder" not in columncast("check").out


@pytest.mark.parametrize(
    ("base_url", "code"),
    [
        ("https://cast.walls.example/", "cover-placeholder"),
        ("http://127.0.0.1:8000/", "show-address-private"),
        ("http://192.168.1.5/pod/", "show-address-private"),
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        s3(),
        s3("https://account.r2.cloudflarestorage.com"),
        s3("https://1.1.1.1"),
        '[publish.web]\nkind = "sftp"\nhost = "web.walls.example"\npath = "www"\n',
    ],
)
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_neither_goes_where_everybody_gets_it(
    one_episode, placeholder, columncast, stores, names, base_url, code, place, more
):
    with_settings(one_episode, base_url=base_url, more=place)
    if code == "cover-placeholder":
        one_episode.cover.write_bytes(placeholder)
    columncast("build")

    refused, forced = columncast("publish", *more), columncast("publish", "--force", *more)

    assert 3 == refused.code
    assert code in refused.err
    assert "nothing was published" in refused.err
    assert REACHED in forced.err


@pytest.mark.parametrize(
    "place",
    [
        s3("http://127.0.0.1:9000"),
        s3("http://nas.local:9000"),
        s3("https://10.0.0.7"),
        s3("https://minio.walls.example"),
    ],
)
def test_both_go_to_a_server_of_ones_own(unready, columncast, stores, names, place):
    names["minio.walls.example"] = "10.0.0.7"
    with_settings(unready, base_url="http://127.0.0.1:8000/", more=place)
    columncast("build")

    assert REACHED in columncast("publish").err


def test_both_go_to_a_folder(unready, columncast):
    with_settings(
        unready,
        base_url="http://127.0.0.1:8000/",
        more='[publish.www]\nkind = "folder"\npath = "../www"\nverify = false\n',
    )
    columncast("build")

    done = columncast("publish")

    assert 0 == done.code, done.err
    assert (unready.root.parent / "www/feed/feed.xml").exists()


def test_no_place_is_put_to_if_one_is_refused(unready, columncast, names):
    """A folder may come first, and would be done when the store is refused."""
    with_settings(
        unready,
        more='[publish.www]\nkind = "folder"\npath = "../www"\nverify = false\n' + s3(),
    )

    assert FeedError.exit_code == columncast("publish").code
    assert not (unready.root.parent / "www").exists()


def test_plain_http_is_one_warning(one_episode, columncast):
    with_settings(one_episode, base_url="http://cast.walls.example/", more="")
    columncast("build")

    findings = columncast("check", "--json").out

    assert 1 == findings.count("not-https")
    assert "show-not-https" in findings


def test_a_missing_address_is_one_warning_where_it_has_to_be_put(one_episode, columncast):
    path = one_episode.root / "show.toml"
    path.write_text(
        re.sub(r"^email = .*$", 'email = ""', path.read_text("utf-8"), flags=re.MULTILINE)
    )
    columncast("build")

    findings = json.loads(columncast("check", "--json").out)["findings"]

    codes = [one["code"] for one in findings if "e-mail" in one["message"]]
    assert ["show-email-missing"] == codes


def test_check_prints_errors_even_quietly(one_episode, columncast):
    one_episode.root.joinpath("audio").rename(one_episode.root / "elsewhere")

    done = columncast("check", "-q")

    assert 3 == done.code
    assert "" == done.out
    assert "error" in done.err
