"""Files that anything may have happened to: each is read, or refused in one line, and alone."""

import gc
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_markup import LINKS, PAYLOADS

from columncast.episodes.building.records import guid_of
from columncast.episodes.columns.door import read_column
from columncast.episodes.entry.imported_narration import read_marks
from columncast.episodes.errors import ColumncastError
from columncast.episodes.model import media_types
from columncast.episodes.narration import captions
from columncast.episodes.narration.captions import made_ours, read_chapters, read_cues
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.settings import Show, read_toml
from columncast.episodes.text.html import as_words, gate, runs, unfit

EPISODE = """\
guid = "a"
published = 2026-01-05T06:00:00Z
{said}
[source]
recording = "a.wav"
recording_sha256 = ""
{later}
"""
WRONG = [
    "",
    "x",
    "guid = 1",
    'guid = "a"\nguid = "b"',
    "\ufeff\ufeff" + EPISODE,
    EPISODE.replace("2026-01-05T06:00:00Z", "0000-01-01"),
    EPISODE.replace("2026-01-05T06:00:00Z", "0001-01-01T00:00:00+14:00"),
    EPISODE.replace("2026-01-05T06:00:00Z", "9999-12-31T23:59:59-12:00"),
    EPISODE.replace("2026-01-05T06:00:00Z", "1958-07-31T00:00:00Z"),
    EPISODE.replace("2026-01-05T06:00:00Z", "2026-01-05T06:00:00"),
    EPISODE.replace("2026-01-05T06:00:00Z", '"soon"'),
    EPISODE.replace("{said}", "season = 99999999999999999999999999"),
    EPISODE.replace("{said}", f"season = {'9' * 5000}"),
    EPISODE.replace("{said}", "number = nan"),
    EPISODE.replace("{said}", "number = -1"),
    EPISODE.replace("{said}", 'title = ["a"]'),
    EPISODE.replace("{said}", "title = {a = {}}"),
    EPISODE.replace("{said}", "title = " + "[" * 5000 + "]" * 5000),
    EPISODE.replace("{said}", "title = " + "{a=" * 5000 + "1" + "}" * 5000),
    EPISODE.replace("{said}", ".".join("a" * 3000) + " = 1"),
    EPISODE.replace("{later}", "[[podcast.soundbite]]\nstart_s = nan\nduration_s = 20"),
    EPISODE.replace("{later}", "[[podcast.soundbite]]\nstart_s = inf\nduration_s = 20"),
    EPISODE.replace("{later}", "[[podcast.soundbite]]\nstart_s = 1\nduration_s = 1e999"),
    EPISODE.replace("{later}", "[[person]]\nname = 'a'\nrole = 'king'"),
    b"\xff\xfe\x00g",
    b"guid = '\xff'",
    b"guid = \x00",
]


@pytest.fixture(autouse=True)
def nothing_is_collected():
    """Let no finalizer run at the bottom of what is nested without end: it would fail there, by chance."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def as_bytes(text: str | bytes) -> bytes:
    """The file; what is left to fill in is filled with nothing."""
    if isinstance(text, bytes):
        return text
    return text.replace("{said}", "").replace("{later}", "").encode()


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """The file with some bytes flipped, repeated, cut off, or put elsewhere."""
    found = bytearray(whole)
    for _ in range(chance.choice([1, 2, 8])):
        at = chance.randrange(len(found) or 1)
        match chance.randrange(5):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del found[at : at + chance.randrange(1, 30)]
            case 2:
                found[at:at] = chance.choice(
                    [b"<", b"\x00", b"-->", b"\xff", b'"', b"]]>", b"&#0;"]
                )
            case 3:
                found[at:at] = found[at : at + 40] * chance.choice([1, 3])
            case _:
                found[at:at] = chance.choice([b"9" * 400, b"1e999", b"NaN", b"[" * 900, b"{" * 900])
    return bytes(found)


def refusals(read: Callable[[bytes], object], wholes: list[bytes], runs: int) -> list[str]:
    """What *read* says of *runs* damaged files; anything but a refusal in one line fails the test."""
    chance = random.Random(21)
    said = []
    for number in range(runs):
        data = damaged(wholes[number % len(wholes)], chance)
        try:
            read(data)
        except (ColumncastError, ValueError) as e:
            said.append(str(e))
    assert [] == [line for line in said if "\n" in line]
    return said


def test_damaged_settings_are_refused_in_one_line(tmp_path, show):
    path = tmp_path / "episode.toml"
    whole = EPISODE.format(
        said='title = "A ferry"\nseason = 2\nnumber = 3',
        later="forced = false\n[[podcast.soundbite]]\nstart_s = 1.5\nduration_s = 20\n"
        "[notes]\nhook = 'a'\n[notes.chapter_titles]\na = 'b'",
    )

    def facts(data: bytes) -> None:
        path.write_bytes(data)
        read_toml(path, Facts)

    def settings(data: bytes) -> None:
        path.write_bytes(data)
        read_toml(path, Show)

    facts(whole.encode())
    facts(b"\xef\xbb\xbf" + whole.replace("\n", "\r\n").encode())
    assert len(refusals(facts, [whole.encode()], 400)) > 100
    assert refusals(settings, [(show.root / "show.toml").read_bytes()], 150)


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_wrong_episode_toml_is_refused_with_its_place(tmp_path, text):
    path = tmp_path / "episode.toml"
    path.write_bytes(as_bytes(text))

    with pytest.raises(ColumncastError, match=r"^episode\.toml: ") as caught:
        read_toml(path, Facts)

    assert 2 == caught.value.exit_code
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [WRONG[0], WRONG[6], WRONG[17], WRONG[24]], ids=range(4))
def test_one_damaged_episode_stops_none_of_the_others(one_episode, columncast, text, tmp_path):
    other = one_episode.episodes / "damaged"
    other.mkdir()
    (other / "episode.toml").write_bytes(as_bytes(text))
    settings = one_episode.root / "show.toml"
    settings.write_text(
        f"{settings.read_text()}\n[publish.www]\nkind = 'folder'\npath = '{tmp_path / 'www'}'\n"
    )
    column = one_episode.episodes / "what-the-masons-left" / "column.txt"
    column.write_text(f"{column.read_text(encoding='utf-8')}\nMore.\n", encoding="utf-8")

    built = columncast("build", "--jobs", "1")
    listed = columncast("list", "--json")
    counted = columncast("stats", "--json")
    checked = columncast("check")
    published = columncast("publish", "--dry-run")

    assert (3, 2, 0, 3) == (built.code, listed.code, counted.code, checked.code)
    assert "More." in (one_episode.feed / "what-the-masons-left" / "index.html").read_text()
    assert "damaged" in listed.err
    assert ["what-the-masons-left"] == [e["slug"] for e in json.loads(listed.out)["episodes"]]
    found = json.loads(counted.out)
    assert (1, 1) == (found["published"], found["not_built"])
    assert (3, True) == (published.code, "all other episodes are done" in published.err)
    assert "feed.xml" in published.out
    for result in (built, listed, counted, checked, published):
        assert "Traceback" not in result.err + result.out
        assert "fault of columncast" not in result.err


FEED = """\
<?xml version="1.0"?><rss version="2.0"><channel><title>Old</title><link>https://old.example</link>
<description>Old</description>{items}</channel></rss>
"""
ITEM = """\
<item><title>Damaged {n}</title><guid isPermaLink="false">guid-{n}</guid>
<pubDate>Mon, 05 Jan 2026 10:0{n}:00 GMT</pubDate>
<enclosure url="https://old.example/{n}.wav" type="audio/wav" length="9"/></item>
"""


def test_one_damaged_episode_does_not_stop_an_import_and_is_not_taken_twice(
    show, take, columncast, tmp_path
):
    feed, sounds = tmp_path / "feed.xml", tmp_path / "sounds"
    sounds.mkdir()
    for number in range(4):
        (sounds / f"{number}.wav").symlink_to(take)
    feed.write_text(FEED.format(items="".join(ITEM.format(n=n) for n in range(4))))
    for number, text in enumerate(
        [b"[[[", b'guid = "guid-1"\n[[[', b'guid = "guid-2"\nseason = 0']
    ):
        (show.episodes / f"damaged-{number}").mkdir(parents=True)
        (show.episodes / f"damaged-{number}" / "episode.toml").write_bytes(text)

    done = columncast("import", feed, "--audio", sounds, "--to", ".", "--yes", "--json", "--master")

    assert (3, ["damaged-3"]) == (done.code, json.loads(done.out)["taken"])
    assert 1 == done.err.count("Error:")
    assert "episodes/damaged-0/episode.toml: is damaged and does not tell its guid" in done.err
    assert {f"damaged-{number}" for number in range(4)} == set(show.slugs())


def test_beside_a_damaged_episode_another_is_added(one_episode, take, tmp_path, columncast):
    other = one_episode.episodes / "damaged"
    other.mkdir()
    (other / "episode.toml").write_bytes(b"[[[")
    column = tmp_path / "other.txt"
    column.write_text("The Buoy\n\nThe buoy off the point has rung since the spring.\n")
    again = tmp_path / "again.wav"
    again.write_bytes(take.read_bytes() + b"LIST\x04\0\0\0INFO")

    added = columncast("add", again, column, "--force")
    in_its_place = columncast("add", again, column, "--force", "--slug", "damaged")
    renamed = columncast("edit", "damaged", "--slug", "mended")

    assert "the-buoy" in one_episode.slugs()
    assert (3, 1) == (added.code, added.err.count("Error:"))
    assert "The Buoy" in (one_episode.feed / "feed.xml").read_text()
    assert 2 <= in_its_place.code <= 3
    assert "Error: episodes/damaged/episode.toml: is not valid TOML" in renamed.err
    assert b"[[[" == (other / "episode.toml").read_bytes()


def test_a_guid_is_known_from_the_last_build_where_the_facts_are_gone(one_episode):
    source = one_episode.episode("what-the-masons-left")
    guid = source.facts.guid

    for text in (b"", b"guid = ", b"\xff\xfe", b"[[["):
        source.facts_file.write_bytes(text)
        assert guid == guid_of(one_episode, source)


VTT = (
    b"WEBVTT - x\nKind: captions\n\nNOTE a\n\nSTYLE\n::cue{}\n\n1\n00:01.000 --> 00:02.000 align:start\n"
    b"<v Ada>One &amp; <i>two</i>\n\n01:00:00.000 --> 01:00:01.000\nThree\n"
)
SRT = b"1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>One</i>\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nTwo\r\n"
JSON = b'{"version":"1.0.0","segments":[{"speaker":"A","startTime":0.5,"endTime":2,"body":"One"}]}'
HTML = b"<cite>Ada:</cite><time>0:05</time><p>One &amp; two</p><cite>Tom</cite><time>1:00:07</time><p>Three"
MARKS = b'{"version":"1.2.0","chapters":[{"startTime":0,"title":"A","url":"https://a.example/"},{"startTime":9.5}]}'


@pytest.mark.parametrize(
    ("mime_type", "whole"),
    [
        (media_types.VTT.mime, VTT),
        (media_types.SRT.mime, SRT),
        (media_types.JSON.mime, JSON),
        (media_types.HTML.mime, HTML),
    ],
    ids=["vtt", "srt", "json", "html"],
)
def test_a_damaged_transcript_is_read_or_refused(mime_type, whole):
    def read(data: bytes) -> None:
        kind, ours = made_ours(data, mime_type)
        again, same = made_ours(ours, kind)  # what was judged fit is fit
        assert (kind, ours) == (again, same)
        read_cues(data, mime_type)

    read(whole)
    refusals(read, [whole], 400)


def test_damaged_chapters_are_read_or_refused():
    def read(data: bytes) -> None:
        captions.chapters_are_fit(data)
        read_marks(data)
        read_chapters(data)

    assert refusals(read, [MARKS], 400)
    for deep in (b'{"x":' * 100_000, b'{"chapters":' + b"[" * 100_000):
        with pytest.raises(ValueError, match="chapters file"):
            read_marks(deep)
        assert not captions.chapters_are_fit(deep)


def test_damaged_notes_never_come_through_unfit():
    wholes = [text.encode() for text in (PAYLOADS | LINKS).values()]

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        left = unfit(gate(text, page=True))
        assert [] == [what for what in left if what != "a control character" and "#" not in what]
        assert not runs(as_words(text))

    refusals(read, wholes, 400)


COLUMNS = {
    "yaml": b"---\ntitle: 'A ferry'\ndate: 2026-01-05\ntags: [a, b]\nnested: {a: {b: c}}\n---\n\nOne.\n",
    "toml": b"+++\ntitle = 'A ferry'\ndate = 2026-01-05\ntags = ['a']\n+++\n\nOne.\n",
    "json": b'{\n"title": "A ferry",\n"tags": ["a"]\n}\n\nOne.\n',
}


@pytest.mark.parametrize("whole", COLUMNS.values(), ids=COLUMNS)
def test_a_damaged_column_is_read_or_refused(tmp_path: Path, whole):
    path = tmp_path / "column.md"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        read_column(path)

    read(whole)
    refusals(read, [whole], 150)
