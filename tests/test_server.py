"""The public folder as an HTTP client sees it."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from columncast.episodes.errors import UsageError
from columncast.feed.serving import loopback
from columncast.feed.serving.server import public, serve

MP3 = bytes(range(256)) * 40


@pytest.fixture
def folder(tmp_path):
    """A show's folder with something public and something private."""
    for name, content in {
        "show.toml": b"title = 'private'",
        "audio/week-1-1a2b3c4d.mp3": MP3,
        "audio/week-1-1a2b3c4d.opus": b"Ogg",
        "audio/week-1-1a2b3c4d.m4a": b"m4a",
        "audio/.columncast-abc.mp3": b"half",
        "feed/feed.xml": b"<rss/>",
        "feed/sitemap.xml": b"<urlset/>",
        "feed/index.html": b"<title>Show</title>",
        "feed/cover-0a1b2c3d.jpg": b"jpg",
        "feed/week-1/index.html": b"<title>Week 1</title>",
        "feed/week-1/transcript.vtt": b"WEBVTT",
        "feed/week-1/transcript.srt": b"1",
        "feed/week-1/transcript.json": b"{}",
        "feed/week-1/chapters.json": b"{}",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


@pytest.fixture
def told():
    """What the server says about requests."""
    return []


@pytest.fixture
def ask(folder, told):
    """Ask a running server."""
    with asking(public(folder, told.append)) as request:
        yield request


@pytest.fixture
def ask_root(folder, told):
    """Ask a server of a show with pages for the base address."""
    for name in ("index.html", "404.html"):
        (folder / "site").mkdir(exist_ok=True)
        (folder / "site" / name).write_bytes(f"<title>{name}</title>".encode())
    with asking(public(folder, told.append, root=True)) as request:
        yield request


@contextlib.contextmanager
def asking(app):
    listening = loopback.listen(loopback.LOOPBACK, 0)
    started = threading.Event()
    server = loopback.server(app, listening, lambda _: started.set())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    started.wait(20)
    port = listening.getsockname()[1]

    def request(path, method="GET", **headers):
        connection = http.client.HTTPConnection(loopback.LOOPBACK, port, timeout=20)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, path, headers=named)
        answer: Any = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer

    yield request
    server.should_exit = True
    thread.join(20)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/feed/feed.xml", "application/rss+xml"),
        ("/feed/sitemap.xml", "application/xml"),
        ("/feed/week-1/transcript.vtt", "text/vtt; charset=utf-8"),
        ("/feed/week-1/transcript.srt", "application/x-subrip"),
        ("/feed/week-1/transcript.json", "application/json"),
        ("/feed/week-1/chapters.json", "application/json+chapters"),
        ("/feed/cover-0a1b2c3d.jpg", "image/jpeg"),
        ("/feed/week-1/", "text/html; charset=utf-8"),
        ("/audio/week-1-1a2b3c4d.mp3", "audio/mpeg"),
        ("/audio/week-1-1a2b3c4d.m4a", "audio/mp4"),
        ("/audio/week-1-1a2b3c4d.opus", "audio/ogg"),
    ],
)
def test_each_kind_of_file_has_its_content_type(ask, path, kind):
    answer = ask(path)

    assert (200, kind) == (answer.status, answer.getheader("content-type"))


def test_the_base_address_has_its_own_page_where_the_show_asks_for_it(ask_root):
    answer = ask_root("/")

    assert (200, b"<title>index.html</title>") == (answer.status, answer.content)
    assert "text/html; charset=utf-8" == answer.getheader("content-type")


def test_without_it_the_base_address_leads_to_the_show(ask, folder):
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_bytes(b"of another program")

    assert (307, "/feed/") == (ask("/").status, ask("/").getheader("location"))
    assert (404, b"Not Found") == (ask("/nothing").status, ask("/nothing").content)


@pytest.mark.parametrize(
    "path", ["/nothing", "/feed/nothing/at/all", "/audio/no.mp3", "/show.toml", "/site/index.html"]
)
def test_an_address_without_a_page_answers_404_with_the_page_for_it(ask_root, path):
    answer = ask_root(path)

    assert (404, b"<title>404.html</title>") == (answer.status, answer.content)


def test_a_page_for_the_base_address_that_leads_out_of_the_show_is_not_served(
    ask_root, folder, tmp_path_factory
):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret"
    secret.write_bytes(b"secret")
    for name in ("index.html", "404.html"):
        (folder / "site" / name).unlink()
        (folder / "site" / name).symlink_to(secret)

    assert (404, b"Not Found") == (ask_root("/").status, ask_root("/").content)


def test_head_tells_length_and_type_without_the_file(ask):
    answer = ask("/audio/week-1-1a2b3c4d.mp3", "HEAD")

    assert 200 == answer.status
    assert str(len(MP3)) == answer.getheader("content-length")
    assert "bytes" == answer.getheader("accept-ranges")
    assert b"" == answer.content


@pytest.mark.parametrize(
    ("asked", "given"),
    [("bytes=5-9", MP3[5:10]), ("bytes=10000-", MP3[10000:]), ("bytes=-3", MP3[-3:])],
)
def test_a_range_is_answered_with_206_and_those_bytes(ask, asked, given):
    answer = ask("/audio/week-1-1a2b3c4d.mp3", Range=asked)

    assert (206, given) == (answer.status, answer.content)
    assert answer.getheader("content-range").endswith(f"/{len(MP3)}")


def test_a_range_beyond_the_end_is_answered_with_416_and_the_length(ask):
    answer = ask("/audio/week-1-1a2b3c4d.mp3", Range="bytes=999999-")

    assert (416, f"bytes */{len(MP3)}") == (answer.status, answer.getheader("content-range"))


def test_no_link_is_followed_out_of_the_public_folders(ask, folder):
    (folder / "feed" / "settings.txt").symlink_to(folder / "show.toml")
    (folder / "feed" / "all").symlink_to(folder)
    (folder / "feed" / "same.xml").symlink_to("feed.xml")

    paths = ("/feed/settings.txt", "/feed/all/show.toml", "/feed/same.xml")

    assert [404, 404, 200] == [ask(path).status for path in paths]


def test_a_feed_folder_that_lies_elsewhere_is_not_served_and_audio_may(
    ask, folder, tmp_path_factory
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for part in ("audio", "feed"):
        (folder / part).rename(elsewhere / part)
        (folder / part).symlink_to(elsewhere / part)

    assert 404 == ask("/feed/feed.xml").status
    assert 200 == ask("/audio/week-1-1a2b3c4d.mp3").status


@pytest.mark.parametrize("odd", ["seconds=1-2", "bytes=", "bytes=a-b", "bytes"])
def test_a_range_in_other_words_is_ignored(ask, odd):
    answer = ask("/audio/week-1-1a2b3c4d.mp3", Range=odd)

    assert (200, MP3) == (answer.status, answer.content)


def test_what_did_not_change_is_not_sent_again(ask):
    first = ask("/feed/feed.xml")

    by_tag = ask("/feed/feed.xml", If_None_Match=first.getheader("etag"))
    by_date = ask("/feed/feed.xml", If_Modified_Since=first.getheader("last-modified"))

    assert [304, 304] == [by_tag.status, by_date.status]
    assert b"" == by_tag.content + by_date.content


def test_what_changed_is_sent_again(ask, folder):
    first = ask("/feed/feed.xml")
    (folder / "feed/feed.xml").write_bytes(b"<rss>new</rss>")

    second = ask("/feed/feed.xml", If_None_Match=first.getheader("etag"))

    assert (200, b"<rss>new</rss>") == (second.status, second.content)


def test_an_interrupted_download_goes_on_only_if_the_file_is_the_same(ask):
    tag = ask("/audio/week-1-1a2b3c4d.mp3", "HEAD").getheader("etag")

    same = ask("/audio/week-1-1a2b3c4d.mp3", Range="bytes=5-9", If_Range=tag)
    other = ask("/audio/week-1-1a2b3c4d.mp3", Range="bytes=5-9", If_Range='"other"')

    assert [206, 200] == [same.status, other.status]


@pytest.mark.parametrize("path", ["/feed/feed.xml", "/feed/week-1/transcript.vtt", "/nothing"])
def test_web_players_of_any_site_may_read(ask, path):
    assert "*" == ask(path).getheader("access-control-allow-origin")


def test_a_browser_that_asks_first_is_answered(ask):
    answer = ask("/audio/week-1-1a2b3c4d.mp3", "OPTIONS", Origin="https://player.example")

    assert 204 == answer.status
    assert "Range" in answer.getheader("access-control-allow-headers")


def test_names_with_a_hash_are_kept_and_the_feed_is_asked_for_again(ask):
    audio, feed = ask("/audio/week-1-1a2b3c4d.mp3", "HEAD"), ask("/feed/feed.xml", "HEAD")

    assert "immutable" in audio.getheader("cache-control")
    assert "must-revalidate" in feed.getheader("cache-control")


@pytest.mark.parametrize(("path", "to"), [("/", "/feed/"), ("/feed", "/feed/")])
def test_the_root_leads_to_the_shows_page(ask, path, to):
    answer = ask(path)

    assert 307 == answer.status
    assert answer.getheader("location").endswith(to)


@pytest.mark.parametrize(
    "path",
    [
        "/show.toml",
        "/feed/../show.toml",
        "/feed/%2e%2e/show.toml",
        "/feed/..%2fshow.toml",
        "/feed//etc/passwd",
        "/audio/.columncast-abc.mp3",
        "/audio/",
        "/feed/feed.xml%00.html",
    ],
)
def test_only_what_is_published_can_be_reached(ask, path):
    answer = ask(path)

    assert 404 == answer.status
    assert b"private" not in answer.content


def test_nothing_can_be_changed(ask):
    assert [405, 405] == [ask("/feed/feed.xml", method).status for method in ("PUT", "DELETE")]


def test_it_says_what_is_taken_and_by_whom(ask, told):
    ask("/feed/feed.xml", User_Agent="AntennaPod/3.5 (Android)")
    ask("/audio/week-1-1a2b3c4d.mp3", Range="bytes=500-", User_Agent="Overcast/1")

    assert [
        "feed/feed.xml taken by AntennaPod/3.5",
        "audio/week-1-1a2b3c4d.mp3 taken from byte 500 by Overcast/1",
    ] == told


def test_a_port_in_use_is_one_clear_line(folder):
    with socket.create_server((loopback.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(UsageError) as caught:
            serve(folder, port=port, ready=lambda _: None)

    assert f"port {port} is in use; choose another one with --port" == str(caught.value)


def test_an_impossible_port_is_refused(folder):
    with pytest.raises(UsageError, match="65535"):
        serve(folder, port=70000, ready=lambda _: None)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
def test_ctrl_c_stops_it_although_an_app_is_still_connected(folder):
    (folder / "audio/long-1a2b3c4d.mp3").write_bytes(bytes(30_000_000))
    code = (
        "import sys; from pathlib import Path; from columncast.feed.serving.server import serve;"
        "serve(Path(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True));"
        "print('ended')"
    )
    paths = os.pathsep.join(sys.path)
    running = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    port = int(running.stdout.readline().rstrip("/\n").rpartition(":")[2])
    app = socket.create_connection((loopback.LOOPBACK, port))
    app.sendall(b"GET /audio/long-1a2b3c4d.mp3 HTTP/1.1\r\nHost: x\r\n\r\n")
    app.recv(1000)

    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    app.close()

    assert (0, "ended\n", "") == (running.returncode, out, err)
