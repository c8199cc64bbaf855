"""Moving in from another host, through the command line: subscribers notice nothing."""

import contextlib
import json
import re
import subprocess
import sys
import time
import tomllib
import zipfile

import feedparser
import pytest
from click.testing import CliRunner
from mutagen.id3 import CHAP, ID3, TIT2
from old_hosts import CHAPTERS, SRT, VTT, old_host_with

from columncast.cli import cli
from columncast.feed.rss.guid import podcast_guid

SUBSTACK = "/feed/podcast/77001.rss"
POWERPRESS = "/feed/podcast/"
NEW = "https://new.example/pod/"
CLERK, GAS, TRAILER = "the-oil-clerk", "without-the-gasworks", "what-this-is"
GATE, LOW, COUNTS = "the-gate-that-sang", "low-water-high-words", "what-the-lock-keeper-counts"


@pytest.fixture
def moved(columncast, old_host, tmp_path, monkeypatch):
    """Take a podcast over and build it; return its folder."""
    monkeypatch.chdir(tmp_path)

    def move(feed, *options):
        show = tmp_path / "show"
        result = columncast(
            "import", old_host.url + feed, "--to", show, "--base-url", NEW, "--yes", *options
        )
        assert 0 == result.code, result.err
        # What processes side by side make is test_build's; starting them would be most of the time here.
        built = columncast("-C", show, "build", "--jobs", "1")
        assert 0 == built.code, built.err
        return show

    return move


@pytest.fixture(scope="module")
def stay(old_files, tmp_path_factory):
    """Both podcasts, taken over and built: their old host and their folders; nobody changes them."""
    shows = {}
    with old_host_with(old_files) as host:
        for feed in (SUBSTACK, POWERPRESS):
            shows[feed] = tmp_path_factory.mktemp("stay") / "show"
            to = ("--to", shows[feed], "--base-url", NEW, "--yes")
            for command in (
                ("import", host.url + feed, *to),
                ("-C", shows[feed], "build", "--jobs", "1"),
            ):
                done = CliRunner().invoke(cli, [*map(str, command)])
                assert 0 == done.exit_code, done.output
        yield host, shows


def parsed(content):
    # feedparser takes this one, which Apple gave up, for the description.
    content = re.sub(rb"<itunes:summary>.*?</itunes:summary>", b"", content)
    return feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)


def feed_of(show):
    return parsed((show / "feed" / "feed.xml").read_bytes())


def facts_of(show, slug):
    return tomllib.loads((show / "episodes" / slug / "episode.toml").read_text())


# what stays


@pytest.mark.parametrize("feed", [SUBSTACK, POWERPRESS])
def test_items_are_what_they_were(stay, feed):
    old_host, shows = stay
    old = [e for e in parsed(old_host.files[feed]).entries if "audio" in e.enclosures[0].type]
    if feed == POWERPRESS:
        old += parsed(old_host.files["/feed/podcast/?paged=2"]).entries

    new = feed_of(shows[feed]).entries

    assert [e.get("id", e.link).strip() for e in old] == [e.id for e in new]
    for was, now in zip(old, new, strict=True):
        assert was.title == now.title
        assert was.link == now.link
        assert was.published_parsed == now.published_parsed
        assert was.summary.strip() == now.summary.strip()
        assert was.get("content", [{"value": was.summary}])[0]["value"].strip() == (
            now.content[0].value
        )
        assert was.enclosures[0].length == now.enclosures[0].length
        for key in ("itunes_season", "itunes_episode"):
            assert was.get(key) == now.get(key)
        assert was.get("itunes_episodetype", "full") == now.itunes_episodetype


def test_the_enclosures_have_the_very_bytes(stay, old_files):
    show = stay[1][POWERPRESS]

    served = [show / e.enclosures[0].href.removeprefix(NEW) for e in feed_of(show).entries]
    assert [old_files[n] for n in ("gate.mp3", "low.m4a", "counts.mp3")] == [
        path.read_bytes() for path in served
    ]


def test_the_show_is_what_it_was(stay):
    old_host, shows = stay
    show = shows[POWERPRESS]

    said = tomllib.loads((show / "show.toml").read_text())
    assert "The Weir – Notes from a Lock House" == said["title"]
    assert ("Harriet Sloane", "weir@mail.example") == (said["author"], said["email"])
    assert ("en-gb", "serial") == (said["language"], said["type"])
    assert ["Arts", "Leisure > Hobbies"] == said["category"]
    assert said["feed"]["complete"]
    assert not said["podcast"]["locked"]
    assert "https://weir.example/support" == said["podcast"]["funding"][0]["url"]
    assert "0d5d2f1e-3f4b-5a6c-9d7e-8f9a0b1c2d3e" == said["ids"]["guid"]
    assert old_host.files["/wp-content/uploads/powerpress/weir.png"] == (
        (show / said["cover"]).read_bytes()
    )


def test_a_show_without_an_identifier_gets_that_of_its_old_address(stay):
    old_host, shows = stay

    said = tomllib.loads((shows[SUBSTACK] / "show.toml").read_text())
    assert podcast_guid(old_host.url + SUBSTACK) == said["ids"]["guid"]
    assert podcast_guid(NEW + "feed/feed.xml") != said["ids"]["guid"]


def test_transcripts_chapters_covers_and_credits_come_along(stay):
    old_host, shows = stay
    show = shows[POWERPRESS]

    folder, public = show / "episodes" / GATE, show / "feed" / GATE
    assert VTT == (folder / "transcript.en.vtt").read_bytes()
    assert {VTT, SRT} == {path.read_bytes() for path in public.glob("transcript*")}
    assert [CHAPTERS] == [path.read_bytes() for path in public.glob("chapters*")]
    small = old_host.files["/wp-content/uploads/2026/02/gate-small.png"]
    assert [small] == [path.read_bytes() for path in public.glob("cover*")]
    facts = facts_of(show, GATE)
    assert ["Harriet Sloane", "Jonah Pell"] == [person["name"] for person in facts["person"]]
    assert "High Water" == facts["podcast"]["season_name"]


def test_chapters_of_the_item_itself_become_a_file(stay):
    show = stay[1][POWERPRESS]

    marks = json.loads((show / "episodes" / LOW / "chapters.json").read_text())["chapters"]
    assert [(0.0, "The bank"), (2.5, "The quarrel")] == [
        (m["startTime"], m["title"]) for m in marks
    ]


def test_chapters_that_only_the_audio_has_are_found_there(
    moved,
    old_host,
    tmp_path,
):
    place = "/media/weir-001.mp3"
    audio = tmp_path / "x.mp3"
    audio.write_bytes(old_host.files[place])
    tags = ID3(audio)
    for at, (start, title) in enumerate([(0, "Boats"), (2000, "Ducks")]):
        tags.add(
            CHAP(
                element_id=f"c{at}",
                start_time=start,
                end_time=start + 1000,
                sub_frames=[TIT2(text=title)],
            )
        )
    tags.save(audio)
    old_host.files[place] = audio.read_bytes()

    show = moved(POWERPRESS)

    item = next(e for e in feed_of(show).entries if e.link.endswith(f"{COUNTS}/"))
    assert ["Boats", "Ducks"] == [c["title"] for c in item.psc_chapters["chapters"]]


@pytest.mark.parametrize("feed", [SUBSTACK, POWERPRESS])
def test_the_checks_find_nothing_to_mend(stay, columncast, feed):
    assert 0 == columncast("-C", stay[1][feed], "check").code


# how it goes


def test_what_is_here_already_is_not_taken_again(moved, columncast, old_host):
    show = moved(SUBSTACK)
    before = len(old_host.asked)

    again = columncast("import", old_host.url + SUBSTACK, "--to", show, "--yes", "--json")

    assert 0 == again.code, again.err
    told = json.loads(again.out)
    assert (3, []) == (told["known"], told["episodes"])
    assert [SUBSTACK] == [path for path, _ in old_host.asked[before:]]


def test_a_run_that_was_killed_is_completed_by_the_next(columncast, old_host, tmp_path):
    place = "/media/weir-002.m4a"
    whole = old_host.files.pop(place)
    options = ("--to", tmp_path / "show", "--base-url", NEW, "--yes")

    first = columncast("import", old_host.url + POWERPRESS, *options)
    old_host.files[place] = whole
    second = columncast("import", old_host.url + POWERPRESS, *options)

    assert 3 == first.code
    assert f"{LOW}: " in first.err
    assert "404" in first.err
    assert 0 == second.code, second.err
    assert {GATE, LOW, COUNTS} == {p.name for p in (tmp_path / "show" / "episodes").iterdir()}


def sizes_of(folder):
    """The sizes of what is being fetched; a file may be whole, and elsewhere, at any moment."""
    sizes = []
    for part in folder.glob("*.part"):
        with contextlib.suppress(FileNotFoundError):
            sizes.append(part.stat().st_size)
    return sizes


def test_a_run_that_was_killed_while_it_fetched_goes_on_where_it_was(old_host, tmp_path):
    place, show = "/media/weir-001.mp3", tmp_path / "show"
    command = [sys.executable, "-m", "columncast", "import", old_host.url + POWERPRESS]
    command += ["--to", str(show), "--base-url", NEW, "--yes"]
    old_host.stall_after[place] = 30_000

    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        assert old_host.stalled.wait(30)
        while 30_000 not in sizes_of(show / ".columncast" / "import"):
            time.sleep(0.01)
        run.kill()
    there = {path.name for path in (show / "episodes").iterdir()}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    asked = [span for path, span in old_host.asked if path == place]
    assert COUNTS not in there
    assert re.fullmatch(r"bytes=[1-9]\d*-", asked[1])
    (narration,) = (show / "episodes" / COUNTS).glob("narration.*")
    assert old_host.files[place] == narration.read_bytes()
    assert not (show / ".columncast" / "import").exists()


def test_a_line_that_drops_goes_on_where_it_was(moved, old_host):
    old_host.drop_after["/media/weir-001.mp3"] = 30_000

    moved(POWERPRESS)

    spans = [span for path, span in old_host.asked if path == "/media/weir-001.mp3"]
    assert "" == spans[0]
    assert re.fullmatch(r"bytes=\d+-", spans[1])


def test_one_bad_item_stops_no_other(columncast, old_host, tmp_path):
    feed = old_host.files[SUBSTACK].decode()
    broken = "<item><title>Half & half</title><guid>x</guid><enclosure></item>"
    twin = re.search(r"<item>.*?</item>", feed)[0].replace("9b1c0d4e7a", "0000000000")
    old_host.files[SUBSTACK] = feed.replace("<item>", broken + "<item>", 1).replace(
        "</channel>", f"{twin}</channel>"
    ).encode()  # fmt: skip

    result = columncast("import", old_host.url + SUBSTACK, "--to", tmp_path / "show", "--yes")

    assert 3 == result.code
    assert "Half & half" in result.err
    assert "guid of another episode" in result.err
    assert {CLERK, GAS, TRAILER} == {p.name for p in (tmp_path / "show" / "episodes").iterdir()}


def test_a_dry_run_leaves_nothing_behind(columncast, old_host, tmp_path):
    result = columncast(
        "import", old_host.url + POWERPRESS, "--to", tmp_path / "show", "--dry-run", "--json"
    )

    assert 0 == result.code, result.err
    assert [GATE, LOW, COUNTS] == [e["slug"] for e in json.loads(result.out)["episodes"]]
    assert not (tmp_path / "show").exists()


def test_without_a_terminal_nothing_is_asked_and_nothing_done(columncast, old_host, tmp_path):
    result = columncast("import", old_host.url + SUBSTACK, "--to", tmp_path / "show")

    assert 2 == result.code
    assert "--yes" in result.err
    assert not (tmp_path / "show").exists()


def test_a_full_disk_is_told_before_anything_is_fetched(
    columncast,
    old_host,
    tmp_path,
):
    feed = old_host.files[SUBSTACK].decode()
    huge = re.sub(r'length="\d+" type="audio', 'length="900000000000000" type="audio', feed)
    old_host.files[SUBSTACK] = huge.encode()

    result = columncast("import", old_host.url + SUBSTACK, "--to", tmp_path / "show", "--yes")

    assert 1 == result.code
    assert "free" in result.err
    assert [SUBSTACK] == [path for path, _ in old_host.asked]


def test_mastered_anew_on_request(moved):
    show = moved(SUBSTACK, "--master")

    built = json.loads((show / ".columncast" / "built" / f"{CLERK}.json").read_text())
    assert built["master"]["loudness"]["integrated_lufs"] == pytest.approx(-19, abs=0.5)
    assert "substack:post:190000003" == feed_of(show).entries[0].id


def test_the_next_steps_are_told(columncast, old_host, tmp_path):
    result = columncast(
        "import", old_host.url + SUBSTACK, "--to", tmp_path / "s", "--base-url", NEW, "--yes"
    )

    for step in ("build", "check", "publish", "301", "itunes:new-feed-url", f"{NEW}feed/feed.xml"):
        assert step in result.out
    assert not (tmp_path / "s" / "feed" / "feed.xml").exists()


def test_into_a_show_that_is_there_only_episodes_come(columncast, show, old_host):
    before = (show.root / "show.toml").read_bytes()

    result = columncast("import", old_host.url + SUBSTACK, "--yes")

    assert 0 == result.code, result.err
    assert "title: the feed has Lamps & Ledgers, show.toml The Long Wall" in result.out
    assert before == (show.root / "show.toml").read_bytes()
    assert (show.episodes / CLERK / "narration.mp3").is_file()


def test_outside_of_any_show_the_folder_is_asked_for(columncast, old_host, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = columncast("import", old_host.url + SUBSTACK, "--yes")

    assert 2 == result.code
    assert "--to" in result.err


def test_a_web_page_is_no_feed(columncast, old_host, tmp_path):
    old_host.files["/page"] = b"<!doctype html><html><body>Hello</body></html>"

    result = columncast("import", f"{old_host.url}/page", "--to", tmp_path / "s", "--yes")

    assert 3 == result.code
    assert "no podcast feed" in result.err
    assert not (tmp_path / "s").exists()


def test_a_page_instead_of_the_audio_is_no_episode_and_is_asked_for_again(
    columncast,
    old_host,
    tmp_path,
):
    place = "/media/weir-001.mp3"
    audio, old_host.files[place] = old_host.files[place], b"<html>Log in, please</html>"
    options = ("--to", tmp_path / "show", "--base-url", NEW, "--yes")

    first = columncast("import", old_host.url + POWERPRESS, *options)
    old_host.files[place] = audio
    second = columncast("import", old_host.url + POWERPRESS, *options)

    assert (3, 0) == (first.code, second.code), second.err
    assert f"{COUNTS}: {old_host.url}{place}" in first.err
    assert audio == (tmp_path / "show/episodes" / COUNTS / "narration.mp3").read_bytes()


def test_two_episodes_of_one_file_get_one_each(columncast, old_host, tmp_path):
    feed = old_host.files[SUBSTACK].decode()
    old_host.files[SUBSTACK] = feed.replace("190000002/77e0aa12b3", "190000003/9b1c0d4e7a").encode()

    result = columncast("import", old_host.url + SUBSTACK, "--to", tmp_path / "show", "--yes")

    assert 0 == result.code, result.err
    assert {CLERK, GAS, TRAILER} == {p.name for p in (tmp_path / "show" / "episodes").iterdir()}


# audio from a folder


def test_audio_from_a_folder_is_found_by_name_title_and_length(
    columncast,
    old_host,
    old_files,
    tmp_path,
):
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    (sounds / "weir-003 final.mp3").write_bytes(old_files["gate.mp3"])
    (sounds / "Low water, high words.m4a").write_bytes(old_files["low.m4a"])
    (sounds / "xyz.mp3").write_bytes(old_files["counts.mp3"])
    (sounds / "jingle.mp3").write_bytes(old_files["trailer.mp3"])
    feed = tmp_path / "feed.xml"
    feed.write_bytes(old_host.files[POWERPRESS])

    result = columncast(
        "import", feed, "--audio", sounds, "--to", tmp_path / "show", "--yes", "--allow-private"
    )  # fmt: skip

    assert 0 == result.code, result.err
    assert "jingle.mp3" in result.out
    assert not [path for path, _ in old_host.asked if path.endswith(("mp3", "m4a"))]
    for slug, name in ((GATE, "gate.mp3"), (LOW, "low.m4a"), (COUNTS, "counts.mp3")):
        (narration,) = (tmp_path / "show" / "episodes" / slug).glob("narration.*")
        assert old_files[name] == narration.read_bytes()


def test_what_the_folder_lacks_is_told_and_can_be_fetched_later(
    columncast,
    old_host,
    old_files,
    tmp_path,
):
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    (sounds / "weir-001.mp3").write_bytes(old_files["counts.mp3"])
    where = ("--to", tmp_path / "show", "--yes")

    first = columncast("import", old_host.url + POWERPRESS, "--audio", sounds, *where)
    second = columncast("import", old_host.url + POWERPRESS, *where)

    assert (0, 0) == (first.code, second.code), first.err + second.err
    assert "weir-002.m4a" in first.out
    assert {GATE, LOW, COUNTS} == {p.name for p in (tmp_path / "show" / "episodes").iterdir()}


# columns from an export

CSV = """\
post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url
1.the-oil-clerk,2026-03-05T06:00:00.000Z,true,,newsletter,everyone,The Oil Clerk's Perfect Sums,,
2.gas,2026-02-26T06:00:00.000Z,true,,newsletter,everyone,A Week without the Gasworks,,
3.other,2026-01-26T06:00:00.000Z,true,,newsletter,everyone,Nothing of the Kind,,
"""
TEXT = "<p>Forty barrels came in and the clerk wrote down forty-one.</p>"
LONG = f"<p>{'Nobody reads so many words in five seconds. ' * 30}</p>"


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.csv", CSV)
        archive.writestr("posts/1.the-oil-clerk.html", TEXT)
        archive.writestr("posts/2.gas.html", LONG)
        archive.writestr("posts/3.other.html", TEXT)
    return path


def test_columns_bring_their_pictures_from_the_export_and_the_web(moved, tmp_path, old_host):
    path = tmp_path / "export.zip"
    pictures = (
        f'<img src="sums.jpg" alt="Sums"><img src="{old_host.url}/art/clerk.jpg" alt="Clerk">'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.csv", CSV)
        archive.writestr("posts/1.the-oil-clerk.html", f"{TEXT}<figure>{pictures}</figure>")
        archive.writestr("posts/2.gas.html", LONG)
        archive.writestr("posts/3.other.html", TEXT)
        archive.writestr("posts/sums.jpg", old_host.files["/art/clerk.jpg"])

    show = moved(SUBSTACK, "--columns", path)

    shown = json.loads((show / ".columncast" / "built" / f"{CLERK}.json").read_text())["pictures"]
    assert {"picture-sums", "picture-clerk"} == {name.rpartition("-")[0] for name in shown}
    assert all((show / "feed" / CLERK / name).is_file() for name in shown)


def test_columns_are_matched_by_link_and_title_and_shown(moved, export, columncast, old_host):
    show = moved(SUBSTACK, "--columns", export)

    assert "forty-one" in (show / "episodes" / CLERK / "column.html").read_text()
    item = feed_of(show).entries[0]
    assert item.summary.startswith("Forty barrels came in, and forty-one were burnt.<br/>")
    assert "Listen: The Oil Clerk’s “Perfect” Sums" == item.title
    assert not (show / "episodes" / GAS / "column.html").exists()


def test_a_match_by_its_place_is_shown_before_it_is_made(columncast, export, old_host, tmp_path):
    result = columncast(
        "import", old_host.url + SUBSTACK, "--columns", export, "--to", tmp_path / "s", "--dry-run"
    )

    lines = [line.split("  ") for line in result.out.splitlines()]
    rows = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert ["EPISODE", "COLUMN", "BY"] in rows
    assert ["Listen: The Oil Clerk’s “Perfect” Sums", "the-oil-clerk", "link"] in rows
    assert ["A Week without the Gasworks", "gas", "title"] in rows


def test_a_column_that_nobody_could_read_in_that_time_is_left_out(
    columncast,
    export,
    old_host,
    tmp_path,
):
    result = columncast(
        "import", old_host.url + SUBSTACK, "--columns", export, "--to", tmp_path / "s", "--yes"
    )

    assert "the column gas is left out" in result.err
