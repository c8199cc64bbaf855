"""Read-along as part of every build; and a build without the aligner."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import imageio_ffmpeg
import pytest
import srt
import webvtt
from mutagen import FileType
from mutagen.id3 import ID3
from mutagen.mp4 import MP4

from columncast import publish
from columncast.audio.enclosures import read_along
from columncast.episodes.columns.door import read_column
from columncast.episodes.model.alignment import Alignment, Extra
from columncast.episodes.model.episode import Loudness, Master
from columncast.episodes.narration.check import narration_notices
from columncast.episodes.narration.units import units
from columncast.episodes.show.folder import ShowFolder

SAMPLE = Path(__file__).parent.parent / "episodes" / "sample"
SLUG = "the-ferry-that-kept-its-own-time"


def seconds_of(file: FileType) -> float:
    """How long mutagen says that a file plays."""
    assert file.info
    return file.info.length


@pytest.fixture(scope="module")
def demo(demo_show, tmp_path_factory) -> ShowFolder:
    root = tmp_path_factory.mktemp("demo") / "show"
    shutil.copytree(demo_show, root)
    return ShowFolder(root)


def test_the_feed_names_transcripts_and_chapters_that_are_there(demo):
    xml = (demo.feed / "feed.xml").read_text(encoding="utf-8")

    for kind in (
        "text/vtt",
        "application/x-subrip",
        "application/json",
        "application/json+chapters",
    ):
        assert f'type="{kind}"' in xml
    for part in xml.split('podcast:transcript url="')[1:]:
        name = part.partition('"')[0].removeprefix("http://127.0.0.1:8000/")
        assert (demo.root / name).is_file()


def test_the_notes_have_the_chapters_as_lines_that_apps_link(demo):
    (item,) = feedparser.parse((demo.feed / "feed.xml").read_bytes()).entries

    assert "00:00:00 The Ferry That Kept Its Own Time" in item.summary
    assert "The clock on the pier" in item.summary


@pytest.fixture(scope="module")
def both(demo, tmp_path_factory) -> ShowFolder:
    """The demo with the two kinds of file that can hold chapters."""
    root = tmp_path_factory.mktemp("both") / "show"
    shutil.copytree(demo.root, root)
    settings = root / "show.toml"
    text = settings.read_text(encoding="utf-8")
    assert "\n[audio]\n" in text
    both = '\n[audio]\noutputs = ["mp3", "m4a"]\n'
    settings.write_text(text.replace("\n[audio]\n", both), encoding="utf-8")
    folder = ShowFolder(root)
    publish.build(folder)
    return folder


@pytest.fixture(scope="module")
def chapters(both) -> list[tuple[float, str]]:
    """What `chapters.json` says."""
    written = json.loads((both.feed / SLUG / "chapters.json").read_text(encoding="utf-8"))
    return [(c["startTime"], c["title"]) for c in written["chapters"]]


def published(folder, suffix) -> Path:
    (path,) = (folder.root / "audio").glob(f"*.{suffix}")
    return path


def chapters_by_ffmpeg(path) -> list[tuple[float, float, str]]:
    told = subprocess.run(  # without an output it ends in an error, having told everything
        [imageio_ffmpeg.get_ffmpeg_exe(), "-i", path],
        check=False,
        capture_output=True,
        encoding="utf-8",
    ).stderr
    one = r"Chapter #0:\d+: start ([\d.]+), end ([\d.]+)\n\s+Metadata:\n\s+title +: (.*)"
    return sorted((float(start), float(end), title) for start, end, title in re.findall(one, told))


@pytest.mark.parametrize("suffix", ["mp3", "m4a"])
def test_ffmpeg_reads_the_chapters_from_the_audio(both, chapters, suffix):
    found = chapters_by_ffmpeg(published(both, suffix))

    assert [title for _, title in chapters] == [title for _, _, title in found]
    assert [start for start, _ in chapters] == pytest.approx([s for s, _, _ in found], abs=0.001)
    long_s = seconds_of(MP4(published(both, "m4a")))
    ends = [start for start, _ in chapters[1:]] + [long_s]
    assert ends == pytest.approx([end for _, end, _ in found], abs=0.1)


def test_mutagen_reads_the_chapters_of_an_mp3_in_their_order(both, chapters):
    tags = ID3(published(both, "mp3"))

    (contents,) = tags.getall("CTOC")
    found = [tags[f"CHAP:{name}"] for name in contents.child_element_ids]
    assert chapters == [(c.start_time / 1000, c.sub_frames["TIT2"].text[0]) for c in found]


def test_mutagen_reads_the_chapters_of_an_m4a(both, chapters):
    found = MP4(published(both, "m4a")).chapters

    assert [title for _, title in chapters] == [c.title for c in found]
    assert [start for start, _ in chapters] == pytest.approx([c.start for c in found], abs=0.001)


def test_the_feed_and_its_notes_have_the_same_chapters(both, chapters):
    xml = (both.feed / "feed.xml").read_bytes()

    inside = ET.fromstring(xml).iter("{http://podlove.org/simple-chapters}chapter")
    found = [(seconds(c.attrib["start"]), c.attrib["title"]) for c in inside]
    (item,) = feedparser.parse(xml).entries
    lines = re.findall(r"(\d\d:\d\d:\d\d) ([^<\n]+)", item.summary)
    assert chapters == found
    assert [(int(start), title) for start, title in chapters] == [
        (seconds(start), title) for start, title in lines
    ]


def seconds(clock) -> float:
    hours, minutes, rest = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def test_captions_last_as_long_as_one_reads_and_end_within_the_audio(both):
    long_s = seconds_of(MP4(published(both, "m4a")))

    vtt = webvtt.read(both.feed / SLUG / "transcript.vtt").captions
    srt_file = (both.feed / SLUG / "transcript.srt").read_text(encoding="utf-8")
    spans = [(seconds(c.start), seconds(c.end)) for c in vtt]
    assert all(0.999 <= end - start <= 7.001 for start, end in spans)
    assert all(end <= start + 0.001 for (_, end), (start, _) in pairwise(spans))
    assert spans[-1][1] <= long_s
    assert all(len(line) <= 65 for c in vtt for line in c.text.splitlines())
    last = list(srt.parse(srt_file))[-1]
    assert last.end.total_seconds() <= long_s


def test_the_narration_check_is_told(columncast, demo):
    column = demo.episode(SLUG).column
    before = column.read_text(encoding="utf-8")
    unread = "Nobody read this sentence out, since it was written when all had gone home.\n"
    column.write_text(before.replace("\n[^1]:", f"\n{unread}\n[^1]:"), encoding="utf-8")
    columncast("-C", demo.root, "build")

    result = columncast("-C", demo.root, "check", SLUG, "--json")

    column.write_text(before, encoding="utf-8")
    codes = [finding["code"] for finding in json.loads(result.out)["findings"]]
    assert "text-new" in codes


def test_without_the_aligner_everything_else_works_and_it_is_said(
    columncast, tmp_path, monkeypatch
):
    monkeypatch.setattr("columncast.audio.align.method.installed", lambda: False)

    result = columncast("demo", tmp_path / "show", "-v")

    assert 0 == result.code, result.err
    assert "pip install pocketsphinx" in result.err
    feed = feedparser.parse((tmp_path / "show" / "feed" / "feed.xml").read_bytes())
    assert 1 == len(feed.entries)


def test_tables_code_and_captions_may_be_left_to_the_page(tmp_path):
    path = tmp_path / "column.md"
    path.write_text(
        "# The Piano\n\nThe ferry left.\n\n| Year | Boats |\n|--|--|\n| 1911 | 3 |\n\n"
        '<figure><img src="https://x.example/a.png" alt="A"><figcaption>On deck</figcaption></figure>\n\n'
        "```\nx = 1\n```\n\nNobody saw.[^1]\n\n[^1]: A note.\n"
    )

    found = units(read_column(path))

    assert ["The Piano", "The ferry left.", "Nobody saw."] == [
        u.text for u in found if not u.optional
    ]
    assert ["Year\nBoats\n1911\n3", "On deck", "x = 1"] == [u.text for u in found if u.optional]


def test_the_shows_own_intro_and_outro_are_nothing_said_twice():
    """
    What begins before the recording does, or after its end, was joined to it by the show.
    """
    level = Loudness(integrated_lufs=-19, true_peak_dbtp=-2, range_lu=4)
    master = Master(
        source=level,
        loudness=level,
        gain_db=0,
        limited_s=0,
        duration_s=80,
        channels=1,
        sample_rate_hz=44100,
        bitrate="96k",
        encoder="LAME",
        source_short_term_lufs=(-20.0,) * 60,
        offset_s=10.0,
        steps=("intro joined", "outro joined"),
    )
    heard = tuple(
        Extra(start_s=start_s, end_s=start_s + 4, kind="retake", after=0)
        for start_s in (1.0, 30.0, 72.0)
    )

    joined = read_along._own_parts_named(Alignment(extras=heard, sentences=()), master)
    alone = read_along._own_parts_named(
        Alignment(extras=heard, sentences=()), replace(master, steps=())
    )

    assert ["intro", "retake", "outro"] == [extra.kind for extra in joined.extras]
    assert ["retake-left-in"] == [notice.code for notice in narration_notices(joined)]
    assert ["retake"] * 3 == [extra.kind for extra in alone.extras]
