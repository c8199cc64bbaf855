"""`publish --prune` removes what this show has put and no feed has named for 30 days, and nothing else."""

import json
import re
import shutil
import threading
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from click.testing import CliRunner
from live_builders import BuiltShow, hashed

from columncast.cli import cli
from columncast.episodes.building import records
from columncast.episodes.errors import ConflictError, RemoteError
from columncast.episodes.model.alignment import AlignedSentence, Alignment, TimedWord
from columncast.episodes.model.asset_name import stem_of
from columncast.episodes.model.episode import Attachment
from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import Patient, open_storage
from columncast.episodes.storage.folder import Folder
from columncast.episodes.storage.store import Served
from columncast.episodes.waiting.retry import Retry
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.live import destinations as live_destinations
from columncast.feed.live import inventory, upload, verify
from columncast.feed.live import plan as live_plan
from columncast.feed.live import prune as live_prune
from columncast.feed.live.naming import Names
from columncast.feed.site.write import write_site

SERVERS = verify.Servers(retry=Retry(sleep=lambda _: None))
days = 0


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Every store's clock, which `later` sets forward; what it lists has its real date."""
    global days  # noqa: PLW0603 - one clock for all stores
    days = 0
    monkeypatch.setattr(Patient, "now", lambda _: datetime.now(UTC) + timedelta(days=days))
    monkeypatch.setattr(Folder, "now", lambda _: datetime.now(UTC) + timedelta(days=days))


def later(more):
    global days  # noqa: PLW0603 - as above
    days += more


class Places:
    """A show and the places it is published to."""

    def __init__(self, root, more="", **destinations):
        self.show = BuiltShow(root, "https://walls.example/pod/", more)
        self.destinations = {
            name: Destination(**{"kind": "folder", "verify": False} | settings)
            for name, settings in destinations.items()
        }
        self.stores = {}

    def store(self, name):
        if name not in self.stores:
            self.stores[name] = open_storage(self.destinations[name], self.show.root)
        return self.stores[name]

    def publish(self, *names, replace=False):
        for name in names or self.destinations:
            store, to = self.store(name), self.destinations[name]
            planned = live_plan.plan(self.show.folder, to, store, name=name, replace=replace)
            if not planned.nothing:
                upload.go_live(self.show.folder, store, planned, servers=SERVERS)

    def prune(self, *at, dry_run=False):
        stores = {name: (to, self.store(name)) for name, to in self.destinations.items()}
        return live_prune.prune(self.show.folder, stores, at=at, dry_run=dry_run)

    def removed(self, *at):
        return sorted(key for pruned in self.prune(*at) for key in pruned.removed)

    def keys(self, name):
        store = self.store(name)
        return {s.key for part in ("audio/", "feed/") for s in store.find(part)}


def week(number):
    return lambda keys: sorted(key for key in keys if f"week-{number}" in key)


@pytest.fixture(params=["folder", "s3", "sftp"])
def anywhere(request, tmp_path):
    """A show at one place of each kind."""
    to = {"path": "../www"}
    if request.param == "s3":
        bucket, url = request.getfixturevalue("bucket"), request.getfixturevalue("s3_server")
        to = {"kind": "s3", "bucket": bucket, "endpoint_url": url}
    elif request.param == "sftp":
        ssh = request.getfixturevalue("ssh")
        path = str(ssh.folder / tmp_path.name)
        to = {"kind": "sftp", "host": "127.0.0.1", "port": ssh.port, "path": path}
    at = Places(tmp_path / "show", main=to)
    yield at
    at.store("main").close()


@pytest.fixture
def one(tmp_path):
    """A show at one folder."""
    return Places(tmp_path / "show", main={"path": "../www"})


@pytest.fixture
def apart(tmp_path):
    """A show whose audio and feed are at separate places."""
    return Places(
        tmp_path / "show",
        '[media]\nbase_url = "https://cdn.example/walls/"\nprefix = "https://op3.dev/e/"\n',
        cdn={"path": "../cdn", "holds": ("audio",)},
        site={"path": "../site", "holds": ("feed",)},
    )


def with_week_1_retired(at):
    """Publish two weeks; retire the first after a year."""
    at.show.add(1)
    at.show.add(2)
    at.publish()
    later(365)
    at.show.retire(1)
    at.publish()
    return at


# What goes, and when


def test_the_grace_is_counted_from_when_a_file_stopped_being_named(anywhere, tmp_path):
    put_theirs(anywhere, tmp_path)
    with_week_1_retired(anywhere)
    before = week(1)(anywhere.keys("main"))
    later(29)
    assert [] == anywhere.removed()
    later(2)

    planned = anywhere.prune(dry_run=True)
    assert before == week(1)(anywhere.keys("main"))
    done = anywhere.prune()

    assert planned == done
    assert before == sorted(done[0].removed)
    assert done[0].length_bytes > 30_000
    assert [] == week(1)(anywhere.keys("main"))
    assert 3 == len(week(2)(anywhere.keys("main")))
    to, store = anywhere.destinations["main"], anywhere.store("main")
    assert live_plan.plan(anywhere.show.folder, to, store, name="main").nothing
    later(400)
    assert [] == anywhere.removed()
    assert set(THEIRS) <= anywhere.keys("main")  # files of others, whatever they are called


def test_the_player_of_an_episode_goes_with_it_and_the_others_stay(one):
    player = [
        f"feed/week-{{}}/{name}" for name in ("embed/index.html", "oembed.json", "oembed.xml")
    ]
    for number in (1, 2):
        one.show.add(number)
        for key in player:
            one.show.write(key.format(number), b"Listen")
    one.show.write("feed/latest.html", b"Listen")
    one.publish()
    listed = inventory.read_inventory(one.store("main"), one.show.folder.show).sheet.files
    shutil.rmtree(one.show.root / "feed/week-1/embed")
    one.show.retire(1)
    one.publish()

    later(29)
    assert [] == one.removed()
    later(2)
    removed = one.removed()

    assert {"feed/latest.html", *(key.format(n) for key in player for n in (1, 2))} <= listed.keys()
    assert {key.format(1) for key in player} <= set(removed)
    assert [] == week(2)(removed)
    assert {"feed/latest.html", *(key.format(2) for key in player)} <= one.keys("main")


def test_what_only_pages_named_has_30_days_too(one):
    one.show.add(1)
    one.show.write("feed/assets/photo-0badcafe.jpg", b"a photo")
    one.publish()
    later(400)
    (one.show.root / "feed/assets/photo-0badcafe.jpg").unlink()
    one.show.add(2)
    one.publish()

    later(29)
    assert [] == one.removed()
    later(2)
    # Its name promises other bytes than it has, and what is not as it was put stays.
    assert [] == one.removed()
    photo = b"a photo"
    one.show.write(f"feed/assets/photo-{hashed(photo)}.jpg", photo)
    one.publish()
    (one.show.root / f"feed/assets/photo-{hashed(photo)}.jpg").unlink()
    one.show.add(3)
    one.publish()
    later(31)
    assert [f"feed/assets/photo-{hashed(photo)}.jpg"] == one.removed()


def test_the_times_of_an_earlier_page_go_30_days_after_it(one):
    """A page that was opened before goes on fetching the times that it names."""
    one.show.add(1)
    old, new = (b'{"version":1,"words":%d,"sentences":[]}' % n for n in (1, 2))
    keys = [f"feed/week-1/words-{hashed(content)}.json" for content in (old, new)]
    for key, content in zip(keys, (old, new), strict=True):
        one.show.write(key, content)
        page = f'<section data-words="{key.rpartition("/")[2]}">'.encode()
        one.show.write("feed/week-1/index.html", page)
        one.publish()
        later(1)
        (one.show.root / keys[0]).unlink(missing_ok=True)

    later(28)
    assert [] == one.removed()
    later(2)
    assert keys[:1] == one.removed()
    assert keys[1] in one.keys("main")


def built_with_pages(show, *, take):
    """Build the site of ten episodes as `build` does: player, search, article and pictures."""
    show.write("cover.jpg", placeholder_cover(f"The Long Wall, take {take}"))
    for week in range(1, 11):
        slug, text = f"week-{week}", f"A yard of week {week}, take {take}."
        words = tuple(
            TimedWord(text=word, start_s=n + take / 10, end_s=n + 0.5 + take / 10)
            for n, word in enumerate(text.split())
        )
        read = AlignedSentence(text=text, start_s=0, end_s=9, status="read", words=words)
        aligned = Alignment(sentences=(read,), extras=(), duration_s=60)
        timed = records.alignment_file(records.read_along_folder(show.folder, slug))
        show.write(timed.relative_to(show.root).as_posix(), msgspec.json.encode(aligned))
        photo = f"photo {take} of {slug}".encode()
        name = f"picture-quay-{hashed(photo)}.jpg"
        waiting = records.pictures_folder(show.folder, slug) / name
        show.write(waiting.relative_to(show.root).as_posix(), photo)
        html = f'<p>{text} <img src="{name}" alt="The quay" width="9" height="9"></p>'
        show.add(
            week,
            take=take,
            length_bytes=2000,
            title=f"Yard {take}",
            text_html=html,
            pictures=(name,),
        )
    whole = {e.slug: e for e in show.episodes}
    write_site(show.folder, listings_of(show.episodes), whole.__getitem__)


def test_what_pages_searches_and_articles_fetched_once_goes_and_what_they_fetch_stays(one):
    kinds = {"thumbnail", "words", "sentences", "picture-quay", "icon", "search"}
    built_with_pages(one.show, take=1)
    one.publish()
    before = one.keys("main")
    later(1)
    built_with_pages(one.show, take=2)
    one.publish()

    later(29)
    assert [] == one.removed()
    later(2)
    removed = one.removed()

    left = one.keys("main")
    pages = [key for key in left if key.endswith((".html", ".json"))]
    texts = [one.store("main").get(key).data.decode() for key in pages]
    named = {name for text in texts for name in re.findall(r"[\w-]+-[0-9a-f]{8}\.\w+", text)}
    gone = {key for key in before if not (one.show.root / key).is_file()}
    assert gone == {key for key in removed if key.startswith("feed/")}
    assert kinds <= {stem_of(key.rpartition("/")[2]) for key in removed}
    assert 2 == len([key for key in left if "/play-" in key]), "letters name it for ever"
    assert kinds <= {stem_of(name) for name in named}
    assert named <= {key.rpartition("/")[2] for key in left}


def test_what_was_put_and_never_named_goes_30_days_after_it_is_first_found(one, tmp_path):
    one.show.add(1)
    one.publish()
    one.show.add(2)
    store = one.store("main")
    with pytest.MonkeyPatch.context() as patch:
        planned = live_plan.plan(one.show.folder, one.destinations["main"], store, name="main")

        def killed(*_):
            raise KeyboardInterrupt

        patch.setattr("columncast.feed.live.upload._put_feed", killed)
        with pytest.raises(KeyboardInterrupt):
            upload.go_live(one.show.folder, store, planned, servers=SERVERS)
    one.show.add(2, take=2)
    later(100)

    assert [] == one.removed()
    later(31)
    assert [True] == [key.startswith("audio/week-2") for key in one.removed() if "audio" in key]


def test_a_history_that_is_too_young_removes_nothing(one):
    with_week_1_retired(one)
    (one.show.root / "../www/.columncast/since").unlink()
    later(31)

    first, second = (one.prune()[0] for _ in range(2))

    assert "only from now on" in first.kept
    assert "it takes 30 days of that" in second.kept
    assert 3 == len(week(1)(one.keys("main")))


# Audio and feed at separate places


def test_audio_that_the_feed_elsewhere_names_stays(apart):
    with_week_1_retired(apart)
    (audio,) = week(1)(apart.keys("cdn"))

    later(29)
    assert [] == apart.removed()
    later(2)
    removed = apart.removed()

    assert audio in removed
    assert 1 == len(week(2)(apart.keys("cdn")))
    assert 2 == len(week(2)(apart.keys("site")))


def test_pruning_one_place_goes_by_the_feeds_of_all(apart):
    with_week_1_retired(apart)
    later(31)

    assert week(1)(apart.keys("cdn")) == apart.removed("cdn")
    assert 1 == len(week(2)(apart.keys("cdn")))
    assert 2 == len(week(1)(apart.keys("site")))


def test_a_feed_that_lags_behind_at_a_mirror_keeps_what_it_names(tmp_path):
    at = Places(
        tmp_path / "show",
        main={"path": "../www"},
        mirror={"path": "../mirror", "holds": ("feed",)},
    )
    at.show.add(1)
    at.show.add(2)
    at.publish()
    at.show.retire(1)
    at.publish("main")
    later(365)

    assert [] == at.removed()
    at.publish("mirror")
    later(31)
    assert 5 == len(at.removed())  # audio, transcript and page; transcript and page at the mirror


@pytest.mark.parametrize(
    "trouble", ["folder gone", "feed gone", "not a feed", "locked", "no server", "no bucket"]
)
def test_a_place_that_cannot_be_read_means_that_nothing_is_removed_anywhere(
    apart, trouble, tmp_path, s3_server, aws
):
    with_week_1_retired(apart)
    later(31)
    before = apart.keys("cdn")
    site = tmp_path / "site"
    elsewhere = {
        "no server": {"kind": "s3", "bucket": "b", "endpoint_url": "http://127.0.0.1:9"},
        "no bucket": {"kind": "s3", "bucket": "nowhere", "endpoint_url": s3_server},
    }
    toml = apart.show.root / "show.toml"
    places_now = {
        "cdn": {"kind": "folder", "path": "../cdn", "holds": ["audio"]},
        "site": {"holds": ["feed"]} | elsewhere.get(trouble, {"kind": "folder", "path": "../site"}),
    }
    for name, settings in places_now.items():
        said = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
        toml.write_text(toml.read_text() + f"[publish.{name}]\n{said}")
    if trouble == "folder gone":
        site.rename(tmp_path / "unmounted")
    elif trouble == "feed gone":
        (site / "feed/feed.xml").unlink()
    elif trouble == "not a feed":
        (site / "feed/feed.xml").write_text("<html>maintenance</html>")
    elif trouble == "locked":
        shutil.rmtree(site / "feed")
        (site / "feed").write_bytes(b"no folder")

    everyway = ((), ("--dry-run",), ("--to", "cdn")) if trouble == "feed gone" else ((),)
    for more in everyway:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("columncast.episodes.waiting.retry.time.sleep", lambda _: None)
            patch.setattr("columncast.episodes.storage.door.Retry", lambda: Retry(tries=1))
            with pytest.raises(RemoteError) as caught:
                live_destinations.prune(
                    apart.show.folder, to="cdn" if "--to" in more else "", dry_run=bool(more)
                )
        assert 4 == caught.value.exit_code
        assert "nothing was removed anywhere" in str(caught.value)
        assert "\n" not in str(caught.value)
    assert before == apart.keys("cdn")


# Other people's files


THEIRS = {
    "audio/holiday-20240101.mp3": b"the station's own",
    "audio/jingle.mp3": b"the station's own",
    "feed/about/index.html": b"About us",
    "feed/about/transcript.vtt": b"WEBVTT",
    "feed/press/photo-1a2b3c4d.jpg": b"a photo",
    f"audio/other-{hashed(b'other')}.mp3": b"other",
}


def put_theirs(at, tmp_path):
    for key, content in THEIRS.items():
        file = tmp_path / "theirs"
        file.write_bytes(content)
        served = Served(content_type="audio/mpeg", cache_control="public")
        at.store("main").put(key, file, served, lambda _: None)


def test_what_lay_there_before_under_the_same_name_is_not_ours(one, tmp_path):
    page = tmp_path / "www/feed/week-1/index.html"
    page.parent.mkdir(parents=True)
    page.write_bytes(b"An older page of somebody else's")
    with_week_1_retired(one)
    later(31)

    removed = one.removed()

    assert 2 == len(removed)
    assert "feed/week-1/index.html" not in removed


def test_what_somebody_has_put_in_place_of_ours_stays(one, tmp_path):
    with_week_1_retired(one)
    page = tmp_path / "www/feed/week-1/index.html"
    page.write_bytes(b"This episode has moved to the archive")
    audio = next((tmp_path / "www/audio").glob("week-1-*"))
    audio.write_bytes(b"another recording altogether")
    later(31)

    assert [True] == ["transcript" in key for key in one.removed()]
    assert (page.exists(), audio.exists()) == (True, True)


def test_shows_that_share_a_place_never_touch_each_other(tmp_path):
    shared = {"path": "../cdn", "holds": ("audio",)}
    first = Places(tmp_path / "a", cdn=shared, site={"path": "../a-site", "holds": ("feed",)})
    second = Places(tmp_path / "b", cdn=shared, site={"path": "../b-site", "holds": ("feed",)})
    toml = second.show.root / "show.toml"
    toml.write_text(toml.read_text().replace("walls.example/pod", "walls.example/other"))
    second.show.add(1)  # the very same file
    second.show.add(7)
    with_week_1_retired(first)
    second.publish()
    later(400)

    removed = first.removed()

    assert not [key for key in removed if key.startswith("audio/")]
    assert 2 == len([key for key in second.keys("cdn") if "week-1" in key or "week-7" in key])
    assert [] == second.removed()


def test_a_show_that_puts_nothing_of_its_own_keeps_what_it_shares(tmp_path):
    shared = {"path": "../cdn", "holds": ("audio",)}
    first = Places(tmp_path / "a", cdn=shared, site={"path": "../a-site", "holds": ("feed",)})
    second = Places(tmp_path / "b", cdn=shared, site={"path": "../b-site", "holds": ("feed",)})
    toml = second.show.root / "show.toml"
    toml.write_text(toml.read_text().replace("walls.example/pod", "walls.example/other"))
    first.show.add(1)
    first.show.add(2)
    first.publish()
    second.show.add(1)  # all that it names is there already
    second.publish()
    first.show.retire(1)
    first.publish()
    later(400)

    assert not [key for key in first.removed() if key.startswith("audio/")]
    to, store = second.destinations["cdn"], second.store("cdn")
    assert live_plan.plan(second.show.folder, to, store, name="cdn").nothing


def test_a_file_that_another_show_relied_on_before_there_were_inventories_stays(tmp_path):
    shared = {"path": "../cdn", "holds": ("audio",)}
    first = Places(tmp_path / "a", cdn=shared, site={"path": "../a-site", "holds": ("feed",)})
    second = Places(tmp_path / "b", cdn=shared, site={"path": "../b-site", "holds": ("feed",)})
    toml = second.show.root / "show.toml"
    toml.write_text(toml.read_text().replace("walls.example/pod", "walls.example/other"))
    first.show.add(1)
    first.show.add(2)
    first.publish()
    as_an_earlier_version_left_it(first)
    second.show.add(1)
    second.show.add(7)
    second.publish()
    first.show.retire(1)
    first.publish()
    later(400)

    assert not [key for key in first.removed() if key.startswith("audio/")]


def test_a_place_below_the_place_of_another_show_is_its_own(tmp_path):
    outer = Places(tmp_path / "a", main={"path": "../www"})
    inner = Places(tmp_path / "b", main={"path": "../www/feed/b"})
    inner.show.add(9)
    inner.publish()
    with_week_1_retired(outer)
    before = inner.keys("main")
    later(400)

    assert 3 == len(outer.removed())
    assert before == inner.keys("main")


# Kills, and two machines


def test_a_file_is_written_down_before_it_is_put(one, monkeypatch):
    one.show.add(1)
    noted = {}
    before = Folder.put

    def put(self, key, path, served, moved):
        sheet = inventory.read_inventory(self, one.show.folder.show).sheet
        noted[key] = key in sheet.files
        before(self, key, path, served, moved)

    monkeypatch.setattr(Folder, "put", put)
    one.publish()

    assert noted
    assert all(noted.values())


def test_two_machines_that_publish_at_once_write_into_one_inventory(one):
    one.show.add(1)
    one.publish()
    show = one.show.folder.show
    steps = [
        live_plan.Step(
            key=f"audio/machine-{n}-1a2b3c4d.mp3",
            path=one.show.root / "show.toml",
            length_bytes=1,
            stage="media",
            new=True,
        )
        for n in range(8)
    ]
    store = one.store("main")
    lock = threading.Lock()
    inner = store.store
    before = inner.put_if

    def put_if(*given):
        with lock:  # as S3 has it: compared and written in one step
            before(*given)

    inner.put_if = put_if
    threads = [
        threading.Thread(
            target=inventory.note_before_putting,
            args=(inner, show, [step], [step.key]),
            kwargs={"named_before": list},
        )
        for step in steps
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    known = set(inventory.read_inventory(store, show).sheet.files)
    assert {step.key for step in steps} <= known
    assert week(1)(one.keys("main")) == week(1)(known)


def test_nothing_is_removed_while_somebody_publishes(one, monkeypatch):
    with_week_1_retired(one)
    later(31)
    judged = live_prune._judge

    def meanwhile(*given):
        found = judged(*given)
        one.show.add(3)
        one.publish()
        return found

    monkeypatch.setattr(live_prune, "_judge", meanwhile)

    with pytest.raises(ConflictError, match="nothing was removed anywhere"):
        one.prune()

    assert 3 == len(week(1)(one.keys("main")))


def test_an_episode_that_comes_back_keeps_its_files(one):
    with_week_1_retired(one)
    later(31)
    one.show.add(1)
    one.publish()

    assert [] == one.removed()
    assert 3 == len(week(1)(one.keys("main")))


def test_a_damaged_inventory_removes_nothing_and_hinders_no_publishing(one, tmp_path):
    with_week_1_retired(one)
    later(31)
    (sheet,) = (tmp_path / "www/.columncast/put").iterdir()
    sheet.write_bytes(b'{"files": {"audio/')

    with pytest.raises(RemoteError, match=r"is damaged, .*nothing was removed anywhere"):
        one.prune()

    one.show.add(3)
    one.publish()
    assert 3 == len(week(3)(one.keys("main")))


def test_an_inventory_of_five_thousand_files_is_small(one):
    files = {
        f"audio/the-long-title-of-an-episode-{n}-1a2b3c4d.mp3": inventory.Entry(
            length_bytes=30_000_000 + n
        )
        for n in range(5000)
    }
    store = one.store("main")

    inventory.change(store, one.show.folder.show, lambda _: inventory.Sheet(files=files))

    (stored,) = store.find(inventory.FOLDER)
    assert stored.length_bytes < 5000 * 80


# Shows that an earlier version published


def as_an_earlier_version_left_it(at):
    for name in at.destinations:
        for stored in list(at.store(name).find(inventory.FOLDER)):
            at.store(name).delete(stored.key)


def test_what_an_earlier_version_put_is_known_by_the_former_feeds(one):
    one.show.add(1)
    one.show.add(2)
    one.publish()
    as_an_earlier_version_left_it(one)
    later(365)
    one.show.retire(1)
    one.publish()
    before = week(1)(one.keys("main"))

    later(29)
    assert [] == one.removed()
    later(2)
    assert before == one.removed()
    assert 3 == len(week(2)(one.keys("main")))


def test_at_separate_places_too(apart):
    apart.show.add(1)
    apart.show.add(2)
    apart.publish()
    as_an_earlier_version_left_it(apart)
    later(365)
    apart.show.retire(1)
    apart.publish()
    later(31)

    assert 3 == len(apart.removed())
    assert 1 == len(week(2)(apart.keys("cdn")))


def test_without_an_inventory_and_former_feeds_nothing_is_removed(one, tmp_path):
    with_week_1_retired(one)
    as_an_earlier_version_left_it(one)
    shutil.rmtree(tmp_path / "www/.columncast/feeds")
    later(400)

    assert [] == one.removed()


def test_a_former_feed_of_another_show_proves_nothing(one, tmp_path):
    with_week_1_retired(one)
    as_an_earlier_version_left_it(one)
    for feed in (tmp_path / "www/.columncast/feeds").rglob("*.xml"):
        text = feed.read_text()
        guid = text.partition("<podcast:guid>")[2].partition("<")[0]
        feed.write_text(text.replace(guid, "00000000-0000-4000-8000-000000000000"))
    later(400)

    assert [] == one.removed()


# How a feed can name a file

NAMED = "x-1a2b3c4d.mp3"


@pytest.mark.parametrize(
    "spelling",
    [
        '<enclosure url="https://w.example/audio/x-1a2b3c4d.mp3" length="1" type="audio/mpeg"/>',
        '<enclosure url="https://op3.dev/e/cdn.example/walls/audio/x-1a2b3c4d.mp3"/>',
        '<podcast:source uri="https://w.example/audio/x-1a2b3c4d.mp3?from=feed"/>',
        '<podcast:images srcset="https://w.example/a.jpg 1w, https://w.example/audio/x-1a2b3c4d.mp3 2w"/>',
        '<podcast:person img="https://w.example/audio/x%2D1a2b3c4d.mp3">R</podcast:person>',
        '<podcast:transcript url="https://w.example/%61udio/%78-1a2b3c4d%2Emp3"/>',
        '<podcast:chapters url="https://w.example/audio%2Fx%252D1a2b3c4d.mp3"/>',
        '<itunes:image href="HTTPS://W.EXAMPLE/AUDIO/X-1A2B3C4D.MP3"/>',
        "<content:encoded><![CDATA[<a href='../audio/x-1a2b3c4d.mp3'>]]></content:encoded>",
        "<content:encoded>&lt;a href=&quot;/audio/x&amp;#45;1a2b3c4d.mp3&quot;&gt;</content:encoded>",
        "<description>Hear https://w.example/audio/x-1a2b3c4d.mp3.</description>",
        '{"img": "https:\\/\\/w.example\\/audio\\/x\\u002d1a2b3c4d.mp3"}',
    ],
)
def test_a_file_counts_as_named_in_whatever_spelling(spelling):
    assert Names(spelling.encode()).name(f"audio/{NAMED}")
    assert Names(spelling.encode("utf-16")).name(f"audio/{NAMED}")
    assert not Names(spelling.encode()).name("audio/y-1a2b3c4d.mp3")


@pytest.mark.parametrize(
    "spelling",
    [
        "<link>https://w.example/pod/feed/ferry/</link>",
        "<link>https://w.example/pod/feed//ferry</link>",
        '<a rel="next" href="../ferry/">',
        '<a href="./ferry/#top">',
        "<a href='../../feed/./ferry/index.html'>",
        '<a href="\n ferry/">',
        "<link>https://ferry.example/FEED/Ferry/?from=feed</link>",
        '{"url": "ferry\\x2findex.html"}',
    ],
)
def test_a_page_counts_as_named_by_its_folder(spelling):
    assert Names(spelling.encode()).name("feed/ferry/index.html")
    assert not Names(spelling.encode()).name("feed/harbour/index.html")
    assert not Names(b"The ferry ran late. ferry-1a2b3c4d.mp3").name("feed/ferry/index.html")


def test_what_another_feed_there_names_stays(one, tmp_path):
    with_week_1_retired(one)
    (former,) = tmp_path.glob("www/.columncast/feeds/*/feed.xml")
    copy = tmp_path / "www/feed/rss.xml"  # somebody keeps it for old subscribers
    copy.write_bytes(former.read_bytes())
    later(31)

    assert [] == one.removed()
    copy.unlink()
    assert week(1)(one.removed())


def test_names_that_are_no_words_are_found_too():
    key = "feed/assets/mein föto.jpg"

    assert Names(b'<img src="assets/mein%20f%C3%B6to.jpg">', odd=[key]).name(key)
    assert Names('<img src="mein föto.jpg">'.encode("cp1252"), odd=[key]).name(key)
    assert Names('<img src="mein föto.jpg">'.encode("utf-16-le"), odd=[key]).name(key)
    assert not Names(b'<img src="mein-foto.jpg">', odd=[key]).name(key)


def test_pictures_of_chapters_and_what_pages_name_stay_as_long_as_a_feed_leads_there(one):
    picture, sheet = b"\xff\xd8 chapter", b"p { color: red }"
    art, look = f"feed/art/one-{hashed(picture)}.jpg", f"feed/look-{hashed(sheet)}.css"
    chapters = json.dumps({"chapters": [{"img": f"https://walls.example/pod/{art}"}]}).encode()
    file = f"feed/week-1/chapters-{hashed(chapters)}.json"
    link = Attachment(
        url=f"https://walls.example/pod/{file}", mime_type="application/json+chapters"
    )
    for name, content in ((art, picture), (look, sheet), (file, chapters)):
        one.show.write(name, content)
    one.show.add(1, chapters_file=link)
    page = f'<link rel="stylesheet" href="../look-{hashed(sheet)}.css">'.encode()
    one.show.write("feed/week-1/index.html", page)
    one.publish()
    clone = BuiltShow(one.show.root.with_name("clone"), "https://walls.example/pod/")
    clone.add(2)  # another machine, which has never built the first episode
    one.show, first = clone, one.show
    later(400)

    assert [] == one.removed()
    one.publish(replace=True)
    later(31)
    assert {art, look, file} < set(one.removed())
    assert first.episodes


def test_pages_of_a_feed_that_grew_smaller_go_after_30_days(tmp_path):
    one = Places(tmp_path / "show", "[feed]\npage_size = 2\n", main={"path": "../www"})
    for number in range(1, 7):
        one.show.add(number)
    one.publish()
    assert {"feed/page-2.xml", "feed/page-3.xml"} < one.keys("main")
    for number in (5, 6):
        one.show.retire(number)
    (one.show.root / "feed/page-3.xml").unlink(missing_ok=True)
    one.publish()

    later(29)
    one.show.add(8)
    one.show.add(9, take=1)
    one.show.retire(9)
    one.publish()
    later(31)
    removed = one.removed()

    assert {"feed/page-2.xml"} < one.keys("main")
    assert week(5)(removed)


# The command line


@pytest.fixture
def on_the_command_line(one):
    with_week_1_retired(one)
    toml = one.show.root / "show.toml"
    toml.write_text(
        toml.read_text() + '[publish.main]\nkind = "folder"\npath = "../www"\nverify = false\n'
    )

    def run(*words):
        done = CliRunner().invoke(cli, ["-C", str(one.show.root), "publish", *words])
        error = done.exception
        code = getattr(error, "exit_code", done.exit_code)
        return code, done.output + (str(error) if error else "")

    return run


@pytest.mark.parametrize(
    "words",
    [
        ("--rollback", "--prune"),
        ("--rollback", "--replace"),
        ("--prune", "--replace"),
        ("--prune", "--rollback", "--dry-run"),
    ],
)
def test_options_that_do_not_go_together_are_refused(on_the_command_line, one, words):
    later(31)
    before = one.keys("main")

    code, said = on_the_command_line(*words)

    assert 2 == code
    assert "exclude each other; nothing was done" in said
    assert before == one.keys("main")


def test_an_empty_name_is_not_taken_for_all_places(on_the_command_line, one):
    code, said = on_the_command_line("--to", "", "--prune")

    assert 2 == code
    assert "--to names no place" in said


def test_a_dry_run_of_a_rollback_changes_nothing(on_the_command_line, one, tmp_path):
    def everything():
        return {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and p.name != "lock"}

    before = everything()

    code, said = on_the_command_line("--rollback", "--dry-run")

    assert 0 == code, said
    assert "would be live again; nothing was changed." in said
    assert "+ Week 1   (is new)" in said
    assert before == everything()


def test_a_place_without_a_feed_has_none_to_go_back_to(on_the_command_line, one):
    toml = one.show.root / "show.toml"
    cdn = '[publish.cdn]\nkind = "folder"\npath = "../cdn"\nholds = ["audio"]\n'
    toml.write_text(toml.read_text() + cdn)

    code, said = on_the_command_line("--rollback", "--to", "cdn")

    assert 2 == code
    assert "[publish.cdn] holds no feed" in said
    assert 0 == on_the_command_line("--rollback")[0]


def test_prune_says_what_it_removed_at_each_place(on_the_command_line):
    later(31)

    _, planned = on_the_command_line("--prune", "--dry-run", "--json")
    code, said = on_the_command_line("--prune", "--json")

    assert 0 == code
    assert json.loads(planned) == json.loads(said)
    document = json.loads(said)
    assert 3 == len(document["removed"])
    assert [document["removed"]] == [place["removed"] for place in document["places"]]


# Pages of other hosts that an earlier version published as transcripts

FOREIGN_PAGE = b"<cite>Ada</cite><p>One<script>ran()</script> &amp; two.</p>"


def with_a_page_of_another_host(at):
    """Publish week 1 with such a page, as an earlier version did; then without, as now."""
    key = f"feed/week-1/transcript-{hashed(FOREIGN_PAGE)}.html"
    url = at.show.folder.show.base_url + key
    at.show.add(1, transcripts=(Attachment(url=url, mime_type="text/html"),))
    at.show.write(key, FOREIGN_PAGE)
    at.publish()
    as_an_earlier_version_left_it(at)
    at.show.add(1)
    return key


def test_a_page_of_another_host_is_replaced_by_its_words_and_goes_with_its_episode(anywhere):
    key = with_a_page_of_another_host(anywhere)
    store = anywhere.store("main")

    anywhere.publish()
    words = store.get(key).data
    anywhere.publish()

    assert words == store.get(key).data
    assert b"<p>Ada: One &amp; two.</p>" in words
    assert b"<script" not in words
    later(365)
    anywhere.show.add(2)
    anywhere.show.retire(1)
    anywhere.publish()
    later(29)
    assert [] == anywhere.removed()
    later(2)
    assert key in anywhere.removed()


def test_a_dry_run_names_it_and_a_second_run_has_nothing_to_do(one):
    key = with_a_page_of_another_host(one)
    store, to = one.store("main"), one.destinations["main"]

    def plan():
        return live_plan.plan(one.show.folder, to, store, name="main")

    before = plan()
    unchanged = store.get(key).data
    done = upload.go_live(one.show.folder, store, before, servers=SERVERS)

    assert f"Replace   {key}" in "\n".join(before.lines())
    assert FOREIGN_PAGE == unchanged
    assert ["transcript-page-replaced"] == [notice.code for notice in done.notices]
    assert plan().nothing


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("feed/week-1/transcript.html", FOREIGN_PAGE),
        ("feed/week-1/transcript-0123abcd.html", FOREIGN_PAGE),
        ("feed/about/transcript.html", b"<script>theirs()</script>"),
    ],
)
def test_a_page_that_no_feed_of_the_show_proves_is_left_alone(one, key, content, tmp_path):
    with_a_page_of_another_host(one)
    path = tmp_path / "www" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

    one.publish()

    assert content == path.read_bytes()
