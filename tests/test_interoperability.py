"""Our feed in other people's parsers and podcast apps; docs/measurements/interoperability.md says how it went.

What a client takes from the feed is measured and compared with its row of the table there, in both
directions, so that the table cannot promise too much nor too little. A client that is not
installed is left out; `./run.sh test-all` installs them all.
"""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import feedparser
import podcastparser
import pytest
from feed_builders import enclosure, episode, notes, show
from reader import make_reader

from columncast.episodes.model.episode import Attachment, Chapter, Person
from columncast.episodes.model.podcast20 import EpisodeTags, Funding, Soundbite
from columncast.episodes.show.settings import FeedSettings, PodcastSettings
from columncast.feed.rss.document import render_pages
from columncast.feed.serving import loopback
from columncast.feed.serving.server import public

ROOT = Path(__file__).parent.parent
NODE_MODULES = ROOT / ".cache" / "npm" / "node_modules"
FETCHED = "the file arrived byte for byte"
AUDIO = b"ID3\x03" + bytes(range(256)) * 800

# What is looked for in whatever a client hands out or stores, in any of the usual spellings.
PROBES = {
    "title": r"The Two Timetables",
    "cover": r"cover-0a1b2c3d\.jpg",
    "guid": r"urn:uuid:00000000-0000-4000-8000-000000000002",
    "date": r"1767938400|2026-01-09.06:00:00|Fri, 09 Jan 2026 06:00:00|2026, 1, 9, 6, 0\b",
    "enclosure": r"week-2-1a2b3c4d\.mp3",
    "bytes": str(len(AUDIO)),
    "duration": r"\b4321\b|1:12:01",
    "notes": r"<em>two</em>",
    "number": r"(?i)episode(_?number)?\W{1,6}(number\W+)?53\b",
    "chapters": r"Who waits for whom",
    "transcript": r"transcript\.vtt",
    "people": r"Tomas Reed",
    "funding": r"example\.org/support",
    "soundbite": r"She waited in the rain",
    "older pages": r"page-2\.xml|urn:uuid:00000000-0000-4000-8000-000000000001",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A show with everything in it, on a real server: `feed` its bytes, `url` its address."""
    folder = tmp_path_factory.mktemp("site")
    listening = loopback.listen(loopback.LOOPBACK, 0)
    base_url = f"http://{loopback.LOOPBACK}:{listening.getsockname()[1]}/"
    file = enclosure("week-2-1a2b3c4d.mp3", url=f"{base_url}audio/week-2-1a2b3c4d.mp3")
    rich = episode(
        2,
        title="The Two Timetables",
        number=53,
        notes=notes("<p>The ferry has <em>two</em> timetables.</p>"),
        enclosure=enclosure(url=file.url, length_bytes=len(AUDIO), duration_s=4321.0),
        chapters=(
            Chapter(start_s=0, title="Glass"),
            Chapter(start_s=60, title="Who waits for whom"),
        ),
        chapters_file=Attachment(
            url=f"{base_url}feed/week-2/chapters.json", mime_type="application/json+chapters"
        ),
        transcripts=(
            Attachment(url=f"{base_url}feed/week-2/transcript.vtt", mime_type="text/vtt"),
        ),
        persons=(Person(name="Tomas Reed", role="narrator"),),
        podcast=EpisodeTags(
            soundbite=(Soundbite(start_s=3, duration_s=20, title="She waited in the rain"),)
        ),
    )
    plain = episode(1, enclosure=enclosure(url=f"{base_url}audio/week-1-1a2b3c4d.mp3"))
    a_show = show(
        base_url=base_url,
        feed=FeedSettings(page_size=1),
        podcast=PodcastSettings(funding=(Funding(url="https://example.org/support", text="Give"),)),
    )
    pages = render_pages(a_show, [rich, plain], cover_url=f"{base_url}feed/cover-0a1b2c3d.jpg")
    files = {f"feed/{name}": xml for name, xml in pages.items()}
    files |= {"audio/week-2-1a2b3c4d.mp3": AUDIO, "audio/week-1-1a2b3c4d.mp3": AUDIO[:999]}
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    server = loopback.server(public(folder, lambda _: None), listening, lambda _: None)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield SimpleNamespace(feed=files["feed/feed.xml"], url=a_show.feed_url, audio=file.url)
    server.should_exit = True
    thread.join(20)


def with_feedparser(site, _home) -> str:
    return repr(feedparser.parse(site.feed))


def with_podcastparser(site, _home) -> str:
    return repr(podcastparser.parse(site.url, io.BytesIO(site.feed)))


def with_reader(site, _home) -> str:
    with make_reader(":memory:") as a_reader:
        a_reader.add_feed(site.url)
        a_reader.update_feeds()
        return repr([*a_reader.get_feeds(), *a_reader.get_entries()])


def with_node(name: str) -> Callable[..., str]:
    def read(site, _home) -> str:
        script = ROOT / "tests" / "data" / "read_feed.cjs"
        return run(["node", script, NODE_MODULES, name], site=site)

    return read


def with_gpo(site, home) -> str:
    """gPodder's command line: subscribe, download; what it stored and what it fetched."""
    where = {"GPODDER_HOME": str(home), "GPODDER_DOWNLOAD_DIR": str(home / "files")}
    run(["gpo", "subscribe", site.url], **where)
    run(["gpo", "download"], **where)
    return stored(home / "Database") + fetched(home / "files")


def with_newsboat(site, home) -> str:
    """newsboat reads the feed and queues the episode, podboat fetches it."""
    (home / "urls").write_text(site.url, encoding="utf-8")
    (home / "config").write_text(
        f'podcast-auto-enqueue yes\ndownload-path "{home}/files/"\n', encoding="utf-8"
    )
    (home / "files").mkdir()
    common = ["-C", home / "config"]
    run(["newsboat", *common, "-u", home / "urls", "-c", home / "cache.db", "-x", "reload"])
    queue = home / "queue"
    # newsboat puts the queue beside its cache or in its home, by version.
    own = [p for p in (home / ".newsboat" / "queue", home / "queue") if p.exists()]
    if not own:
        queue.write_text(f'{site.audio} "{home}/files/episode.mp3"\n', encoding="utf-8")
    in_terminal(["podboat", *common, "-q", own[0] if own else queue, "-a"], home)
    return stored(home / "cache.db") + fetched(home / "files")


def with_podget(site, home) -> str:
    """podget fetches by cron what the feed names."""
    config = ["-d", home / "config", "-l", home / "files"]
    (home / "config").mkdir()
    run(["podget", *config, "--create-config", "podgetrc"], HOME=str(home), check=False)
    (home / "config" / "serverlist").write_text(f"{site.url} News Letters\n", encoding="utf-8")
    run(["podget", *config, "--serverlist", "serverlist", "-s"], HOME=str(home))
    return fetched(home / "files")


CLIENTS = {
    "feedparser": with_feedparser,
    "podcastparser": with_podcastparser,
    "reader": with_reader,
    "podcast-partytime": with_node("podcast-partytime"),
    "rss-parser": with_node("rss-parser"),
    "gPodder (gpo)": with_gpo,
    "newsboat, podboat": with_newsboat,
    "podget": with_podget,
}


NEEDS = {
    "podcast-partytime": ("node",),
    "rss-parser": ("node",),
    "gPodder (gpo)": ("gpo",),
    "newsboat, podboat": ("newsboat", "podboat"),
    "podget": ("podget",),
}


@pytest.mark.parametrize("client", CLIENTS)
def test_the_table_in_the_docs_is_what_the_client_does(client, site, tmp_path, part):
    for program in NEEDS.get(client, ()):
        part(program)
    if NEEDS.get(client) == ("node",) and not (NODE_MODULES / client).is_dir():
        missing = f"{client} is not installed; ./run.sh test-all installs it"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)

    taken = CLIENTS[client](site, tmp_path)

    measured = {name: bool(re.search(probe, taken)) for name, probe in PROBES.items()}
    measured["fetched"] = FETCHED in taken
    assert table()[client] == measured


def test_every_client_has_its_row():
    assert set(CLIENTS) == set(table())


def table() -> dict[str, dict[str, bool]]:
    """The table of docs/measurements/interoperability.md, by client."""
    text = (ROOT / "docs" / "measurements" / "interoperability.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and "---" not in line
    ]
    head = rows[0][1:]
    return {
        row[0]: {name: cell == "yes" for name, cell in zip(head, row[1:], strict=True)}
        for row in rows[1:]
    }


def run(command: list, *, site=None, check=True, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        input=site.feed if site else None,
        stdin=None if site else subprocess.DEVNULL,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
        check=check,
    )
    return done.stdout.decode()


def in_terminal(command: list, home: Path) -> None:
    """Run a full-screen program until the file is there, then leave it by `q`."""
    import pty  # noqa: PLC0415 - Windows has none, nor podboat

    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], [str(part) for part in command])
    reading = threading.Thread(target=drained, args=(terminal,), daemon=True)
    reading.start()
    for _ in range(200):
        if any(p.stat().st_size == len(AUDIO) for p in (home / "files").rglob("*.mp3")):
            break
        time.sleep(0.1)
    os.write(terminal, b"q")
    os.waitpid(pid, 0)


def drained(terminal: int) -> None:
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        return  # the program ended


def stored(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.row_factory = sqlite3.Row
        names = [
            r[0] for r in connection.execute("select name from sqlite_master where type='table'")
        ]
        rows = [dict(r) for name in names for r in connection.execute(f"select * from {name}")]
    return json.dumps(rows, default=str)


def fetched(folder: Path) -> str:
    files = [p.read_bytes() for p in folder.rglob("*.mp3")]
    return FETCHED if AUDIO in files else ""
