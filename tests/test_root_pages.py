"""The pages for the base address: made at build, put there on request, over nothing of others."""

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from live_builders import BuiltShow

from columncast.episodes.errors import RemoteError
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.feed.live import history, plan, prune, upload

ROOT = "[site]\nroot = true\n"
PAGES = ("index.html", "404.html")


class Shown:
    """A built show with pages for the base address, and a place for it."""

    def __init__(self, root: Path, place: Destination, more: str = ROOT) -> None:
        self.show = BuiltShow(root, "https://walls.example/", more)
        self.show.add(1)
        self.place = dataclasses.replace(place, verify=False)
        self.store = open_storage(self.place, root)
        self.says("first")

    def says(self, words: str) -> None:
        for name in PAGES:
            self.show.write(f"site/{name}", f"<p>{name}, {words}</p>".encode())

    def plan(self):
        return plan.plan(self.show.folder, self.place, self.store, name="main")

    def publish(self):
        return upload.go_live(self.show.folder, self.store, self.plan())

    def live(self, name: str) -> bytes | None:
        there = self.store.get(name)
        return there.data if there else None

    def lay(self, name: str, data: bytes) -> None:
        """As somebody else would, past columncast."""
        there = self.store.get(name)
        served = upload.Step(key=name, path=Path(), length_bytes=0, stage="root", new=True).served
        self.store.put_if(name, data, served, there.version if there else None)

    def prune(self, **more):
        (done,) = prune.prune(self.show.folder, {"main": (self.place, self.store)}, **more)
        return done


@pytest.fixture(params=["folder", "s3", "sftp"])
def place(request, tmp_path) -> Destination:
    """A place of each kind."""
    if request.param == "folder":
        return Destination(kind="folder", path=str(tmp_path / "www"))
    if request.param == "s3":
        return Destination(
            kind="s3",
            bucket=request.getfixturevalue("bucket"),
            prefix="podcast/",
            endpoint_url=request.getfixturevalue("s3_server"),
        )
    ssh = request.getfixturevalue("ssh")
    return Destination(
        kind="sftp", host="127.0.0.1", port=ssh.port, user=ssh.user, path=str(tmp_path / "www")
    )


@pytest.fixture
def shown(tmp_path, place):
    shown = Shown(tmp_path / "show", place)
    yield shown
    shown.store.close()


@pytest.fixture
def here(tmp_path):
    """A show that is published to a folder."""
    shown = Shown(tmp_path / "show", Destination(kind="folder", path=str(tmp_path / "www")))
    yield shown
    shown.store.close()


# At every kind of place


def test_the_pages_go_live_and_are_replaced_by_newer_ones_of_the_show(shown):
    shown.publish()
    shown.says("second")
    done = shown.publish()

    assert b"<p>index.html, second</p>" == shown.live("index.html")
    assert b"<p>404.html, second</p>" == shown.live("404.html")
    assert PAGES == done.put
    assert shown.plan().nothing


def test_a_page_of_somebody_else_stays_and_everything_else_goes_live(shown):
    shown.lay("index.html", b"our newspaper")

    planned = shown.plan()
    shown.publish()

    (notice,) = planned.notices
    assert ("root-page-not-ours", "warning") == (notice.code, notice.severity)
    assert notice.where.endswith("index.html")
    assert b"our newspaper" == shown.live("index.html")
    assert b"<p>404.html, first</p>" == shown.live("404.html")
    assert shown.live("feed/feed.xml")


def test_a_page_of_ours_that_somebody_has_changed_stays_as_they_have_it(shown):
    shown.publish()
    shown.lay("404.html", b"changed by hand")
    shown.says("second")
    shown.publish()

    assert b"changed by hand" == shown.live("404.html")
    assert b"<p>index.html, second</p>" == shown.live("index.html")


# What holds at any place


def test_without_the_setting_nothing_goes_to_the_base_address(tmp_path):
    shown = Shown(tmp_path / "show", Destination(kind="folder", path=str(tmp_path / "www")), "")
    shown.publish()

    assert {"audio", "feed", ".columncast"} == {p.name for p in (tmp_path / "www").iterdir()}


def test_they_go_last_after_the_feed(here):
    assert ["root", "root"] == [step.stage for step in here.plan().steps][-2:]


def test_everybody_may_read_them(here, tmp_path):
    here.publish()

    assert {0o644} == {(tmp_path / "www" / name).stat().st_mode & 0o777 for name in PAGES}


def test_a_place_for_audio_alone_gets_none(here):
    audio = dataclasses.replace(here.place, holds=("audio",))
    planned = plan.plan(here.show.folder, audio, here.store, name="main")

    assert {"audio"} == {step.key.partition("/")[0] for step in planned.steps}


def test_a_page_that_comes_between_looking_and_putting_stays(here):
    planned = here.plan()
    here.lay("index.html", b"our newspaper")
    done = upload.go_live(here.show.folder, here.store, planned)

    assert ["root-page-not-ours"] == [notice.code for notice in done.notices]
    assert "index.html" not in done.put
    assert b"our newspaper" == here.live("index.html")


@pytest.mark.parametrize("killed", [PAGES, ("404.html",)])
def test_a_run_that_was_killed_is_gone_on_with(here, monkeypatch, killed):
    here.publish()
    here.says("second")
    put_if = type(here.store).put_if

    def dies(store, key, *what):
        if key in killed:
            raise RemoteError("the line broke")
        put_if(store, key, *what)

    with monkeypatch.context() as patch:
        patch.setattr(type(here.store), "put_if", dies)
        with pytest.raises(RemoteError, match="the line broke"):
            here.publish()
    here.says("third")
    here.publish()

    assert b"<p>index.html, third</p>" == here.live("index.html")
    assert b"<p>404.html, third</p>" == here.live("404.html")


def test_what_cannot_be_read_there_is_not_ours(here, tmp_path):
    (tmp_path / "www" / "index.html").mkdir(parents=True)
    (tmp_path / "elsewhere").write_text("secret")
    (tmp_path / "www" / "404.html").symlink_to(tmp_path / "elsewhere")

    planned = here.plan()
    here.publish()

    assert ["root-page-not-ours"] * 2 == [notice.code for notice in planned.notices]
    assert "secret" == (tmp_path / "elsewhere").read_text()
    assert here.live("feed/feed.xml")


def test_a_second_show_at_the_same_place_leaves_the_first_ones_pages(here, tmp_path):
    here.publish()
    other = Shown(tmp_path / "other", here.place, ROOT + '[ids]\nguid = "other"\n')
    other.says("other")

    assert ["root-page-not-ours"] * 2 == [notice.code for notice in other.plan().notices]


def test_rollback_leaves_them(here):
    here.publish()
    here.show.add(2)
    here.says("second")
    here.publish()
    history.rollback(here.show.folder, here.store, name="main")

    assert b"<p>index.html, second</p>" == here.live("index.html")


def test_prune_removes_them_30_days_after_the_setting_is_gone(here, monkeypatch):
    here.publish()
    here.show.add(2)
    here.publish()
    now = here.store.now()
    later = [timedelta(days=40), timedelta(days=60), timedelta(days=80)]

    def at(days):
        monkeypatch.setattr(type(here.store), "now", lambda _: now + days)

    at(later[0])
    assert () == here.prune().removed  # in use
    toml = here.show.root / "show.toml"
    toml.write_text(toml.read_text().replace("root = true", "root = false"))
    assert () == here.prune().removed  # noted
    at(later[1])
    assert () == here.prune().removed
    at(later[2])
    here.lay("404.html", b"changed by hand")
    assert ("index.html",) == here.prune().removed
    assert here.live("index.html") is None
    assert b"changed by hand" == here.live("404.html")
