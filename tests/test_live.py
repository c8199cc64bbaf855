"""Going live: what is put where in which order, what is asked of it, and how to go back."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import feedparser
import pytest
from live_builders import BuiltShow, hashed
from live_servers import nginx_over

from columncast.episodes.entry.attachments import aligned
from columncast.episodes.errors import FeedError, InputError, RemoteError
from columncast.episodes.http.client import Client
from columncast.episodes.model.alignment import AlignedSentence, Alignment, TimedWord
from columncast.episodes.model.episode import Chapter
from columncast.episodes.show import settings
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.folder import Folder
from columncast.episodes.waiting.retry import Retry
from columncast.feed.live import history, plan, upload, verify
from columncast.feed.live.state import LiveFeedChangedError
from columncast.feed.serving.headers import is_hashed


class Recorder(Folder):
    """A folder that remembers what was done to it, in which order."""

    def __init__(self, path):
        super().__init__(path)
        self.done = []

    def put(self, key, path, served, moved):
        super().put(key, path, served, moved)
        self.done.append(key)

    def put_if(self, key, data, served, expected):
        super().put_if(key, data, served, expected)
        self.done.append(key)


@pytest.fixture
def servers():
    """Patience without waiting."""
    return verify.Servers(
        client=Client(timeout_s=10), retry=Retry(tell=lambda _: None, sleep=lambda _: None)
    )


@pytest.fixture
def www(nginx):
    return Recorder(nginx.root)


@pytest.fixture
def built(tmp_path, nginx):
    """A show with one episode, not published yet."""
    show = BuiltShow(tmp_path / "show", nginx.url)
    show.add(1)
    return show


FOLDER = Destination(kind="folder", path="../www")


@pytest.fixture
def publish(built, www, servers):
    """Publish what is built; return what it did."""

    def run(show=None, **more):
        folder = (show or built).folder
        planned = plan.plan(folder, FOLDER, www, name="main", **more)
        return upload.go_live(folder, www, planned, servers=servers)

    return run


def titles(nginx):
    return [entry.title for entry in feedparser.parse(f"{nginx.url}feed/feed.xml").entries]


# The order


def test_an_app_finds_the_episode(publish, nginx, built):
    done = publish()

    feed = feedparser.parse(f"{nginx.url}feed/feed.xml")
    (enclosure,) = feed.entries[0].enclosures
    assert ["Week 1"] == [entry.title for entry in feed.entries]
    assert (1, True) == (done.episodes, done.feed_changed)
    answer = Client().ask(enclosure.href)
    assert (built.root / built.episodes[0].enclosure.path).read_bytes() == answer.content


def test_media_then_pages_then_the_feed_last(publish, www):
    publish()

    stages = [
        "media" if is_hashed(key) else "feed" if key.endswith(".xml") else "page"
        for key in www.done
        if not key.startswith(".columncast")
    ]
    assert ["media"] * 3 + ["page"] * 2 + ["feed"] == stages


def test_what_a_page_fetches_goes_before_the_page_that_names_it(built, publish, www):
    words = b'{"version":1,"words":0,"sentences":[]}'
    fetched = {
        f"feed/week-1/words-{hashed(words)}.json": words,
        f"feed/player-{hashed(b'play')}.js": b"play",
        f"feed/player-{hashed(b'look')}.css": b"look",
        f"feed/thumbnail-{hashed(b'boat')}.jpg": b"boat",
    }
    for key, content in fetched.items():
        built.write(key, content)

    publish()

    page = www.done.index("feed/week-1/index.html")
    assert all(www.done.index(key) < page for key in fetched)


EMBED = ("oembed.json", "oembed.xml", "embed/index.html")


def test_a_player_and_its_answers_go_before_the_page_that_names_them(built, publish, www):
    for name in EMBED:
        built.write(f"feed/week-1/{name}", name.encode())
    built.write("feed/latest.html", b"week-1")
    built.write("feed/sitemap.xml", b"<urlset/>")

    publish()

    page = www.done.index("feed/week-1/index.html")
    assert all(www.done.index(f"feed/week-1/{name}") < page for name in EMBED)
    shows = ("feed/index.html", "feed/latest.html", "feed/sitemap.xml")
    assert all(page < www.done.index(name) < www.done.index("feed/feed.xml") for name in shows)


def test_nothing_is_named_by_the_feed_before_it_is_there(built, www, servers, monkeypatch):
    planned = plan.plan(built.folder, FOLDER, www, name="main")
    seen = []
    before = Recorder.put_if

    def look(self, key, *more):
        if key == "feed/feed.xml":
            named = [e.enclosure.path for e in built.episodes]
            seen.extend((self.path / path).is_file() for path in named)
        before(self, key, *more)

    monkeypatch.setattr(Recorder, "put_if", look)

    upload.go_live(built.folder, www, planned, servers=servers)

    assert [True] == seen


def test_the_plan_is_what_is_done(built, www, servers):
    planned = plan.plan(built.folder, FOLDER, www, name="main")
    said = "\n".join(planned.lines())

    done = upload.go_live(built.folder, www, planned, servers=servers)

    ours = [key for key in www.done if not key.startswith(".columncast")]
    assert set(done.put) == set(ours)
    assert all(key in said for key in ours)
    assert said.index("audio/") < said.index("Verify") < said.index("index.html")
    assert said.index("index.html") < said.index("feed/feed.xml") < said.index("Read back")
    assert "30 kB" in said
    assert "+ Week 1   (is new)" in said
    assert json.loads(json.dumps(planned.as_json()))["length_bytes"] > 30_000


def test_planning_changes_nothing(built, www, nginx):
    plan.plan(built.folder, FOLDER, www, name="main")

    assert [] == www.done
    assert [] == [p for p in nginx.root.rglob("*") if p.is_file()]


def test_a_second_run_has_nothing_to_do(publish, built, www):
    publish()
    www.done.clear()

    planned = plan.plan(built.folder, FOLDER, www, name="main")
    done = publish()

    assert planned.nothing
    assert "Nothing to do" in next(iter(planned.lines()))
    assert ([], ()) == (www.done, done.put)


def test_only_what_is_new_is_put(publish, built, www, nginx):
    publish()
    www.done.clear()
    built.add(2)

    publish()

    assert ["Week 2", "Week 1"] == titles(nginx)
    assert not [key for key in www.done if "week-1" in key]


def test_a_new_take_has_a_new_address_and_the_old_one_stays(publish, built, www):
    publish()
    before = {f.key for f in www.find("")}
    built.add(1, take=2)

    publish()

    after = {f.key for f in www.find("")}
    assert before <= after
    assert built.episodes[0].enclosure.path in after - before


def test_only_what_is_listed_is_put(publish, built, nginx):
    built.write("feed/week-9/index.html", b"not yet")
    built.write("feed/week-9/transcript.vtt", b"not yet")
    built.write(
        "episodes/week-9/episode.toml",
        (built.root / "episodes/week-1/episode.toml")
        .read_bytes()
        .replace(b"000000001", b"000000009"),
    )
    built.write("audio/week-9-1a2b3c4d.mp3", b"not yet")
    built.write("feed/.columncast-draft.html", b"half")
    built.write("show-notes.txt", b"private")

    publish()

    assert not [
        p
        for p in nginx.root.rglob("*")
        if p.is_file() and p.read_bytes() in (b"not yet", b"half", b"private")
    ]


def test_pages_of_a_large_show_go_before_the_first(tmp_path, nginx, www, servers):
    show = BuiltShow(tmp_path / "large", nginx.url, "[feed]\npage_size = 2\n")
    for week in range(1, 6):
        show.add(week)

    upload.go_live(
        show.folder, www, plan.plan(show.folder, FOLDER, www, name="main"), servers=servers
    )

    feeds = [key for key in www.done if key.endswith(".xml") and not key.startswith(".")]
    assert ["feed/page-2.xml", "feed/page-3.xml", "feed/feed.xml"] == feeds


# What is refused before anything is touched


def test_a_feed_that_names_a_missing_file_is_refused(built, www):
    (built.root / built.episodes[0].enclosure.path).unlink()

    with pytest.raises(FeedError, match="is not there; run: columncast build"):
        plan.plan(built.folder, FOLDER, www, name="main")

    assert [] == www.done


def test_a_file_of_another_length_than_the_feed_says_is_refused(built, www):
    (built.root / built.episodes[0].enclosure.path).write_bytes(b"short")

    with pytest.raises(FeedError, match="has 5 bytes, but the feed says 30000"):
        plan.plan(built.folder, FOLDER, www, name="main")


def test_a_file_that_is_not_what_its_name_says_is_refused(built, publish, www):
    path = built.root / built.episodes[0].enclosure.path
    path.write_bytes(bytes(path.stat().st_size))

    with pytest.raises(FeedError, match="not the file that its name says"):
        publish()

    assert [] == www.done


def test_a_picture_of_the_site_may_be_called_anything(built, publish, nginx):
    built.write("feed/assets/photo-0badcafe.jpg", b"a photo")

    publish()

    assert b"a photo" == (nginx.root / "feed/assets/photo-0badcafe.jpg").read_bytes()


def test_a_feed_cannot_make_us_publish_private_files(built, publish, nginx):
    feed = built.root / "feed/feed.xml"
    url = f"{nginx.url}feed/week-1/../../show.toml"
    feed.write_bytes(
        feed.read_bytes().replace(
            b"</item>", f'<podcast:chapters url="{url}" type="x"/></item>'.encode()
        )
    )

    with pytest.raises(RemoteError):  # the address is asked for as it is, and nothing is there
        publish()

    assert not list(nginx.root.rglob("show.toml"))


# Somebody else


def test_a_live_feed_changed_by_somebody_else_is_left_alone(built, publish, www, nginx):
    publish()
    built.add(2)
    theirs = (nginx.root / "feed/feed.xml").read_bytes().replace(b"Week 1", b"Week One")
    (nginx.root / "feed/feed.xml").write_bytes(theirs)
    www.done.clear()

    with pytest.raises(LiveFeedChangedError) as caught:
        publish()

    assert 5 == caught.value.exit_code
    assert {"~ Week One -> Week 1", "+ Week 2   (is new)"} == set(caught.value.diff)
    assert ([], theirs) == (www.done, (nginx.root / "feed/feed.xml").read_bytes())


def test_it_may_be_replaced_when_asked(built, publish, nginx):
    publish()
    (nginx.root / "feed/feed.xml").write_bytes(b"<rss><channel/></rss>")
    built.add(2)

    publish(replace=True)

    assert ["Week 2", "Week 1"] == titles(nginx)


def test_something_that_is_no_feed_is_not_replaced_unasked(built, publish, nginx):
    (nginx.root / "feed").mkdir()
    (nginx.root / "feed/feed.xml").write_bytes(b"<html>My page</html>")

    with pytest.raises(LiveFeedChangedError):
        publish()

    publish(replace=True)
    assert ["Week 1"] == titles(nginx)


def test_a_fresh_clone_may_publish_what_loses_no_episode(built, publish, nginx):
    publish()
    (built.root / ".columncast/live/main.json").unlink()
    built.add(2)

    publish()

    assert ["Week 2", "Week 1"] == titles(nginx)


def test_a_fresh_clone_that_lacks_an_episode_may_not(built, publish, tmp_path, nginx):
    built.add(2)
    publish()
    stale = BuiltShow(tmp_path / "stale", nginx.url)
    stale.add(1)

    with pytest.raises(LiveFeedChangedError) as caught:
        publish(stale)

    assert ("- Week 2   (leaves the feed)",) == caught.value.diff
    assert ["Week 2", "Week 1"] == titles(nginx)


def test_a_change_while_files_are_put_is_a_conflict(built, publish, www, servers, nginx):
    publish()
    built.add(2)
    planned = plan.plan(built.folder, FOLDER, www, name="main")
    theirs = (nginx.root / "feed/feed.xml").read_bytes().replace(b"Week 1", b"Week One")
    (nginx.root / "feed/feed.xml").write_bytes(theirs)

    with pytest.raises(LiveFeedChangedError):
        upload.go_live(built.folder, www, planned, servers=servers)

    assert theirs == (nginx.root / "feed/feed.xml").read_bytes()


# Elsewhere


def test_audio_may_be_kept_elsewhere_than_the_feed(tmp_path, nginx, servers, part):
    with nginx_over(part("nginx", "/usr/sbin/nginx"), tmp_path / "cdn") as cdn:
        media = f'[media]\nbase_url = "{cdn.url}"\n'
        show = BuiltShow(tmp_path / "show", nginx.url, media)
        show.add(1)
        audio = Destination(kind="folder", path="../cdn", holds=("audio",))
        feed = Destination(kind="folder", path="../www", holds=("feed",))

        for name, destination in (("cdn", audio), ("site", feed)):
            store = Folder(show.root / destination.path)
            planned = plan.plan(show.folder, destination, store, name=name)
            upload.go_live(show.folder, store, planned, servers=servers)

        (entry,) = feedparser.parse(f"{nginx.url}feed/feed.xml").entries
        assert entry.enclosures[0].href.startswith(cdn.url)
        assert not (nginx.root / "audio").exists()
        assert 200 == Client().ask(entry.enclosures[0].href, "HEAD").status


def test_the_feed_waits_for_audio_that_is_not_there_yet(tmp_path, nginx, servers, part):
    with nginx_over(part("nginx", "/usr/sbin/nginx"), tmp_path / "cdn") as cdn:
        show = BuiltShow(tmp_path / "show", nginx.url, f'[media]\nbase_url = "{cdn.url}"\n')
        show.add(1)
        feed = Destination(kind="folder", path="../www", holds=("feed",))
        store = Folder(nginx.root)
        planned = plan.plan(show.folder, feed, store, name="site")

        with pytest.raises(RemoteError, match="not at its public address yet"):
            upload.go_live(show.folder, store, planned, servers=servers)

        assert not (nginx.root / "feed/feed.xml").exists()


def test_a_measuring_prefix_is_in_the_feed_and_not_in_what_is_asked(tmp_path, nginx, www, servers):
    show = BuiltShow(tmp_path / "show", nginx.url, '[media]\nprefix = "https://op3.invalid/e/"\n')
    episode = show.add(1)

    upload.go_live(
        show.folder, www, plan.plan(show.folder, FOLDER, www, name="main"), servers=servers
    )

    (entry,) = feedparser.parse(f"{nginx.url}feed/feed.xml").entries
    assert f"https://op3.invalid/e/{nginx.url}{episode.enclosure.path}" == entry.enclosures[0].href


def test_a_folder_that_something_else_sends_on_is_not_asked_for(tmp_path, servers):
    show = BuiltShow(tmp_path / "show", "https://nowhere.invalid/")
    show.add(1)
    pages = Destination(kind="folder", path="../pages", verify=False)
    store = Folder(tmp_path / "pages")

    done = upload.go_live(
        show.folder, store, plan.plan(show.folder, pages, store, name="pages"), servers=servers
    )

    assert (0, True) == (done.verified, done.feed_changed)
    assert (tmp_path / "pages/feed/feed.xml").is_file()


# The hub


@pytest.fixture
def hub():
    """A WebSub hub; what it was told, and what it answers."""

    class Hub(BaseHTTPRequestHandler):
        url = ""
        told: list = []  # noqa: RUF012 - one hub, one list
        answers = 204

        def do_POST(self):
            length = int(self.headers["content-length"])
            self.told.append(parse_qs(self.rfile.read(length).decode()))
            self.send_response(type(self).answers)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Hub.url = f"http://127.0.0.1:{server.server_port}/"
    Hub.told = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Hub
    server.shutdown()
    server.server_close()


@pytest.fixture
def with_hub(tmp_path, nginx, hub):
    show = BuiltShow(tmp_path / "hubbed", nginx.url, f'[feed]\nhub = "{hub.url}"\n')
    show.add(1)
    return show


def test_the_hub_is_told_once_for_each_new_feed(with_hub, publish, hub, nginx):
    publish(with_hub)
    publish(with_hub)

    (told,) = hub.told
    assert ["publish"] == told["hub.mode"]
    assert [f"{nginx.url}feed/feed.xml"] == told["hub.url"]


def test_a_hub_that_fails_is_a_warning_and_is_told_next_time(with_hub, publish, hub):
    hub.answers = 500

    done = publish(with_hub)

    assert ["hub-not-told"] == [notice.code for notice in done.notices]
    assert done.feed_changed
    hub.answers = 204
    assert publish(with_hub).pinged


# Back, and tidy


def test_the_previous_feed_comes_back(built, publish, www, nginx):
    publish()
    built.add(2)
    publish()

    done = history.rollback(built.folder, www, name="main")

    assert ["Week 1"] == titles(nginx)
    assert ("- Week 2   (leaves the feed)",) == done.diff


def test_going_back_twice_is_where_one_was(built, publish, www, nginx):
    publish()
    built.add(2)
    publish()

    history.rollback(built.folder, www, name="main")
    history.rollback(built.folder, www, name="main")

    assert ["Week 2", "Week 1"] == titles(nginx)


def test_publishing_after_going_back_is_no_conflict(built, publish, www, nginx):
    publish()
    built.add(2)
    publish()
    history.rollback(built.folder, www, name="main")
    built.add(3)

    publish()

    assert ["Week 3", "Week 2", "Week 1"] == titles(nginx)


def test_without_a_former_feed_there_is_no_way_back(built, publish, www):
    publish()

    with pytest.raises(InputError, match="no former feed"):
        history.rollback(built.folder, www, name="main")


def test_a_feed_whose_audio_is_gone_does_not_come_back(built, publish, www, nginx):
    first = built.episodes[0].enclosure.path
    publish()
    built.add(1, take=2)
    publish()
    (nginx.root / first).unlink()

    with pytest.raises(InputError, match="not there any more; nothing was changed"):
        history.rollback(built.folder, www, name="main")


# Settings


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"kind": "s3"}, 'kind = "s3" needs bucket'),
        ({"kind": "sftp", "host": "walls"}, 'kind = "sftp" needs path'),
        ({"kind": "folder", "path": "x", "bucket": "b"}, 'kind = "folder" has no bucket'),
        ({"kind": "ftp"}, "Invalid enum value 'ftp'"),
        ({"kind": "s3", "bukket": "b"}, "did you mean 'bucket'?"),
        ({"kind": "s3", "bucket": "b", "aws_secret_access_key": "x"}, "secrets do not belong here"),
        ({"kind": "sftp", "host": "h", "path": "p", "password": "x"}, "secrets do not belong here"),
        ({"kind": "s3", "bucket": "b", "endpoint_url": "https://a:b@c.example"}, "user's name"),
        ({"kind": "folder", "path": "x", "holds": []}, "holds must name"),
    ],
)
def test_a_destination_that_cannot_be_is_one_line(said, answer):
    show = {"title": "T", "site_url": "https://t.example", "base_url": "https://t.example/"}

    with pytest.raises(settings.SettingsError) as caught:
        settings.convert(show | {"publish": {"main": said}}, settings.Show, where="show.toml")

    assert "show.toml" in str(caught.value)
    assert "publish.main" in str(caught.value)
    assert answer in str(caught.value)


# Transcripts


def test_a_corrected_transcript_has_a_new_address_and_the_old_one_stays(tmp_path):
    def read(text: str) -> Alignment:
        words = (TimedWord(text=text, start_s=0.0, end_s=1.0),)
        sentence = AlignedSentence(
            text=text, start_s=0.0, end_s=1.0, status="read", band="sure", words=words
        )
        return Alignment(
            sentences=(sentence,), duration_s=2.0, chapters=(Chapter(start_s=0, title=text),)
        )

    def attached(text: str):
        made = aligned(read(text), url="https://w/", language="en", speaker="R")
        made.write(tmp_path / "x")
        return {file.url for file in (*made.transcripts, made.chapters)}

    before, after = attached("Cheese."), attached("Wine.")

    files = {path.name for path in (tmp_path / "x").iterdir()}
    assert 4 == len(before)
    assert not before & after
    assert all(is_hashed(url) for url in before | after)
    assert {url.removeprefix("https://w/") for url in after} | {"transcript.vtt"} <= files
