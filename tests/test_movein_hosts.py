"""Moving in from hosts as they are: redirects, missing files, drips, floods, and feeds that pry."""

import os
import time
from pathlib import Path

import pytest
from bad_hosts import bad_host_at, feed_of, took_s

from columncast.episodes.disk import files
from columncast.episodes.errors import FolderError, RemoteError
from columncast.episodes.http.client import Client
from columncast.episodes.http.download import download
from columncast.episodes.importing.fetcher import Fetcher, feed_pages
from columncast.episodes.importing.plan import plan_import
from columncast.episodes.model import bounds
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.waiting.retry import Retry
from columncast.publish import take_over

NEW = "https://cast.letters.example/"


@pytest.fixture(scope="module")
def sound(ffmpeg, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "x.mp3"
    ffmpeg("-f", "lavfi", "-i", "sine=440:duration=1", "-b:a", "32k", path)
    return path.read_bytes()


@pytest.fixture
def host(sound):
    with bad_host_at() as host:
        host.files["/a.mp3"] = sound
        yield host


@pytest.fixture
def taken(tmp_path, monkeypatch):
    """Take a podcast over with little patience; return what became of it, by title."""
    monkeypatch.setattr(Retry, "wait_s", lambda *_: 0.01)

    def run(source, **how):
        client = Client(timeout_s=5, stall_s=0.5, at_once=4)
        folder = ShowFolder(tmp_path / "show")
        planned = plan_import(folder, str(source), client=client, **how)
        return {one.title: one.error for one in take_over(planned, base_url=NEW)}

    return run


@pytest.fixture
def fetcher(tmp_path):
    return Fetcher(tmp_path / "cache", client=Client(timeout_s=5, stall_s=1))


def test_a_host_with_every_fault_costs_only_what_is_at_fault(host, taken):
    """
    Each of 225 enclosures ends: 200 are here, and each of the others has a line that says why.
    """
    bad = ["drip/", "drip-headers/", "loop/", "drip/", "silent/"]
    bad += [f"status/{number}/" for number in (403, 404, 410, 500, 503)] * 4
    good = [f"redirect/redirect/a.mp3?{number}" for number in range(200)]
    for number in range(200):
        host.files[f"/a.mp3?{number}"] = host.files["/a.mp3"]
    host.files["/feed.xml"] = feed_of([f"{host.url}/{path}" for path in bad + good])

    began = time.monotonic()
    found = taken(f"{host.url}/feed.xml")

    assert took_s(began) < 120
    errors = {title: error for title, error in found.items() if error}
    assert {f"Letter {number}" for number in range(25)} == set(errors)
    assert all("\n" not in error and host.url in error for error in errors.values())


def test_a_server_that_is_busy_for_some_files_is_asked_for_the_others(host, taken):
    bad = [f"{host.url}/status/503/?{number}" for number in range(6)]
    host.files["/feed.xml"] = feed_of([*bad, f"{host.url}/a.mp3"])

    found = taken(f"{host.url}/feed.xml")

    assert 6 == sum("503" in error for error in found.values())
    assert not found["Letter 6"]


def test_nobody_behind_one_port_says_nothing_of_the_other(host, taken):
    nobody = [f"http://127.0.0.1:9/{number}.mp3" for number in range(12)]
    host.files["/feed.xml"] = feed_of([*nobody, f"{host.url}/a.mp3"])

    found = taken(f"{host.url}/feed.xml")

    assert not found["Letter 12"]
    # Four are asked at once, so by the last one at least three have failed.
    assert "127.0.0.1:9 did not answer 3 times, so it is not asked again now" in found["Letter 11"]


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw"])
def test_audio_that_is_packed_on_its_way_arrives_as_it_is(host, fetcher, packing):
    fetcher.allow_private = True

    path = fetcher.fetched(f"{host.url}/packed/{packing}/a.mp3")

    assert host.files["/a.mp3"] == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(host, fetcher, monkeypatch):
    host.files["/big.json"] = bytes(6_000_000)

    with pytest.raises(RemoteError, match="more than 5 MB"):
        fetcher.small(f"{host.url}/packed/gzip/big.json", bounds.CHAPTERS)

    assert not list(fetcher.folder.glob("*"))


@pytest.mark.parametrize("path", ["endless/", "big.json"])
def test_what_is_larger_than_it_can_be_is_not_taken(host, fetcher, path):
    host.files["/big.json"] = bytes(6_000_000)

    with pytest.raises(RemoteError, match="larger than the 5 MB"):
        fetcher.small(f"{host.url}/{path}", bounds.CHAPTERS)

    assert not list(fetcher.folder.glob("*.part"))


def test_audio_without_end_stops_at_what_was_announced(host, fetcher, monkeypatch):
    monkeypatch.setattr(bounds, "_SLACK_BYTES", 2_000_000)

    with pytest.raises(RemoteError, match="larger than the 4 MB"):
        fetcher.fetched(f"{host.url}/endless/", bound=bounds.audio(length_bytes=1_000_000))


def test_a_disk_is_never_filled(host, fetcher, monkeypatch):
    monkeypatch.setattr(bounds, "DISK_FLOOR_BYTES", 10**18)

    with pytest.raises(FolderError, match="MB free"):
        fetcher.fetched(f"{host.url}/a.mp3")


def test_a_line_that_drops_after_each_byte_is_given_up(host, tmp_path):
    with pytest.raises(RemoteError):
        download(
            Client(timeout_s=5, stall_s=0.2),
            f"{host.url}/drip/",
            tmp_path / "x",
            retry=Retry(tries=3, sleep=lambda _: None),
        )

    assert len(host.asked) <= 3


def test_a_feed_in_pages_without_end_ends(host, fetcher, monkeypatch):
    monkeypatch.setattr(bounds, "FEED_PAGES", 3)
    for number in range(1, 9):
        more = f'<atom:link rel="next" href="{host.url}/{number + 1}.xml"/>'
        host.files[f"/{number}.xml"] = feed_of([f"{host.url}/{number}.mp3"], more=more)
    lines = []

    pages = feed_pages(f"{host.url}/1.xml", fetcher, tell=lines.append)

    assert 3 == len(pages)
    assert "more than 3 pages are not followed" in lines[0]


@pytest.mark.parametrize("href", ["file:///etc/passwd", "/etc/passwd", "data:,x", "http://[::1"])
def test_a_next_page_is_never_a_file_of_ours(host, fetcher, tmp_path, href):
    feed = tmp_path / "feed.xml"
    feed.write_bytes(feed_of([], more=f'<atom:link rel="next" href="{href}"/>'))
    host.files["/feed.xml"] = feed.read_bytes()

    for source in (str(feed), f"{host.url}/feed.xml"):
        lines = []
        assert 1 == len(feed_pages(source, fetcher, tell=lines.append))
        fetcher.client = Client(timeout_s=5)

    assert all("etc/passwd" not in line or host.url in line for line in lines)


@pytest.mark.parametrize("path", ["a.mp3", "redirect/a.mp3"])
def test_a_feed_from_a_file_leads_to_no_inner_network(columncast, host, tmp_path, path):
    feed = tmp_path / "feed.xml"
    feed.write_bytes(
        feed_of([f"{host.url}/{path}"], more=f"<image><url>{host.url}/c.jpg</url></image>")
    )
    to = tmp_path / "show"

    refused = columncast("import", feed, "--to", to, "--yes", "--base-url", NEW)
    asked = list(host.asked)
    allowed = columncast("import", feed, "--to", to, "--yes", "--allow-private")

    assert 3 == refused.code
    assert not asked
    (line,) = [line for line in refused.err.splitlines() if "letter-0" in line]
    assert "this machine itself" in line
    assert "--allow-private" in line
    assert 0 == allowed.code, allowed.err


def test_a_feed_on_this_machine_leads_to_this_machine_and_no_router(host, taken):
    inner = [
        "http://192.168.0.1/x.mp3",
        "http://169.254.169.254/latest/x.mp3",
        "http://0.0.0.0:1/x",
    ]
    there = [f"{host.url}/a.mp3", *inner, *(f"{host.url}/redirect/{url}" for url in inner)]
    host.files["/feed.xml"] = feed_of(there)

    found = taken(f"{host.url}/feed.xml")

    assert not found["Letter 0"]
    assert 6 == sum("--allow-private" in error for error in found.values())


def test_a_public_feed_that_redirects_inside_is_refused(host, fetcher):
    """
    The name is a person's word, and public; where it leads is the server's.
    """
    fetcher.client = Client(timeout_s=5, resolve=lambda _: ["127.0.0.1"])
    host.files["/feed.xml"] = feed_of([])
    url = f"{host.url}/redirect/http://10.1.2.3/feed.xml".replace("127.0.0.1", "here.example")

    with pytest.raises(RemoteError, match=r"10\.1\.2\.3 is in a private network"):
        fetcher.page(url, typed=True, whole_s=10)


def test_what_a_killed_run_left_goes_after_a_week(one_episode):
    cache = one_episode.fetched
    for name in ("old.part", "old.part.json", "whole", "new.part"):
        files.write(cache / name, b"x")
        if name != "new.part":
            long_ago = time.time() - bounds.PART_AGE_S - 60
            os.utime(cache / name, (long_ago, long_ago))

    with one_episode.locked():
        pass

    assert ["new.part"] == [path.name for path in cache.iterdir()]


def test_a_whole_import_leaves_nothing_behind(host, taken, tmp_path):
    host.files["/feed.xml"] = feed_of([f"{host.url}/a.mp3"])

    taken(f"{host.url}/feed.xml")

    assert not Path(tmp_path / "show/.columncast/import").exists()
