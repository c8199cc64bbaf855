"""The weekly routine through the command line, read back by other programs than the ones that wrote."""

import hashlib
import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import feedparser
import podcastparser
import pytest
from builders import COLUMN, DATE, files_of
from mutagen import File as MutagenFile

from columncast import publish

SLUG = "what-the-masons-left"


def parsed(folder):
    return feedparser.parse((folder.feed / "feed.xml").read_bytes())


def add(columncast, take, column, *more):
    result = columncast("add", take, column, "--json", *more)
    assert 0 == result.code, result.err
    return json.loads(result.out)


def test_one_command_makes_an_episode_that_apps_read(columncast, show, take, column):
    told = add(columncast, take, column, "--date", DATE)

    feed = parsed(show)
    (item,) = feed.entries
    assert not feed.bozo
    assert told["guid"] == item.id
    assert "What the Masons Left" == item.title == told["title"]
    (enclosure,) = item.enclosures
    audio = show.root / told["audio"]["path"]
    assert told["audio"]["url"] == enclosure.href
    assert str(audio.stat().st_size) == enclosure.length
    assert "audio/mpeg" == enclosure.type
    assert item.published_parsed[:5] == (2026, 1, 5, 6, 0)


def test_gpodders_parser_agrees(one_episode):
    with (one_episode.feed / "feed.xml").open("rb") as f:
        feed = podcastparser.parse("https://cast.walls.example/feed/feed.xml", f)

    (episode,) = feed["episodes"]
    assert "The Long Wall" == feed["title"]
    assert 12 == episode["total_time"]
    assert episode["description_html"]


def test_the_json_has_what_scripts_rely_on(columncast, show, take, column):
    told = add(columncast, take, column)

    assert {"slug", "guid", "title", "published", "audio", "notes", "warnings", "feed"} <= set(told)
    assert {
        "path",
        "url",
        "length_bytes",
        "duration_s",
        "integrated_lufs",
        "true_peak_dbtp",
        "source_integrated_lufs",
        "gain_db",
        "limited",
    } <= set(told["audio"])
    assert {"html", "plain", "bytes"} <= set(told["notes"])
    assert {"path": "feed/feed.xml", "episodes": 1} == told["feed"]
    shown = json.loads(columncast("show", told["slug"], "--json").out)
    assert told == shown


def test_the_encoded_file_is_on_target_by_ffmpegs_own_meter(one_episode, ffmpeg):
    (audio,) = one_episode.audio.glob("*.mp3")

    said = ffmpeg("-i", audio, "-af", "ebur128=peak=true", "-f", "null", "-").split("Summary:")[1]

    assert -19 == pytest.approx(float(re.search(r"I:\s+(\S+) LUFS", said)[1]), abs=0.15)
    assert float(re.search(r"Peak:\s+(\S+) dBFS", said)[1]) <= -1.0


def test_the_tags_say_what_the_feed_says(one_episode):
    (audio,) = one_episode.audio.glob("*.mp3")

    tags = MutagenFile(audio).tags

    (item,) = parsed(one_episode).entries
    assert (2, 3, 0) == tags.version
    assert item.title == str(tags["TIT2"])
    assert "The Long Wall" == str(tags["TALB"])
    assert "Ruth Calder" == str(tags["TPE1"]) == str(tags["TPE2"])
    assert "Podcast" == str(tags["TCON"])
    assert "eng" == str(tags["TLAN"])
    assert item.id == str(tags["TGID"])
    assert tags.getall("APIC")[0].mime == "image/jpeg"
    assert "cheese" in tags.getall("USLT")[0].text


def test_the_name_of_the_enclosure_is_the_hash_of_its_bytes(one_episode):
    (audio,) = one_episode.audio.glob("*.mp3")

    assert audio.stem == f"{SLUG}-{hashlib.sha256(audio.read_bytes()).hexdigest()[:8]}"


def test_the_receipt_tells_what_a_producer_asks(columncast, show, take, column):
    result = columncast("add", take, column, "--date", DATE)

    for told in (
        "What the Masons Left   (the show's name was taken off)",
        "March 9, 1911",
        'line 5 "Listen to the audio narration of the column above!"',
        "0:12, ",
        "mp3 96k mono, 44.1 kHz, by LAME",
        "LUFS, gain +",
        "Range",
        "dBTP",
        "words",
        "of 4,000 bytes",
        "1 episode, newest 2026-01-05 06:00 UTC",
        "Next",
    ):
        assert told in result.out
    assert not [line for line in result.err.splitlines() if line.startswith("Error")]


def test_clean_up_is_told_with_the_episode(columncast, show, take, column):
    settings = show.root / "show.toml"
    asked = "[audio]\nhigh_pass_hz = 80\ndenoise_db = 12"
    settings.write_text(settings.read_text("utf-8").replace("[audio]", asked), "utf-8")

    added = columncast("add", take, column, "--date", DATE)
    shown = columncast("show", SLUG, "--json")

    steps = ["high-pass at 80 Hz", "noise lowered by 12 dB"]
    assert f"Edited    {'; '.join(steps)}" in added.out
    assert steps == json.loads(shown.out)["audio"]["steps"]


def test_the_sources_are_copied_and_left_alone(columncast, show, take, column):
    before = take.read_bytes(), column.read_bytes()

    add(columncast, take, column)

    episode = show.episode(SLUG)
    assert before == (take.read_bytes(), column.read_bytes())
    assert before == (episode.narration.read_bytes(), episode.column.read_bytes())


def test_a_long_recording_may_be_linked(columncast, show, take, column):
    add(columncast, take, column, "--link")

    narration = show.episode(SLUG).narration
    assert narration.is_symlink()
    assert take == narration.resolve()


def test_the_same_things_twice_are_one_episode(columncast, one_episode, take, column):
    before = files_of(one_episode.root)

    result = columncast("add", take, column)

    assert 0 == result.code
    assert "already" in result.out
    assert before == files_of(one_episode.root)


def test_the_same_things_with_another_date_say_how_to_change_it(
    columncast, one_episode, take, column
):
    before = files_of(one_episode.root)

    result = columncast("add", take, column, "--date", "2026-12-24", "--season", "2")

    assert 2 == result.code
    assert f"columncast edit {SLUG} --date 2026-12-24T00:00:00+00:00 --season 2;" in result.err
    assert 2 == columncast("add", take, column, "--date", "soon").code
    assert before == files_of(one_episode.root)


def test_the_same_recording_with_another_column_is_refused(columncast, one_episode, take, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(COLUMN.replace("Masons", "Carters"))

    result = columncast("add", take, other)

    assert 3 == result.code
    assert f"columncast edit {SLUG} --column" in result.err


def test_the_same_title_is_refused_and_may_have_another_slug(
    columncast, one_episode, recordings, tmp_path
):
    other = tmp_path / "other.txt"
    other.write_text(COLUMN + "\nThis year they asked for wine.\n")

    refused = columncast("add", recordings / "take-2.wav", other)
    told = add(columncast, recordings / "take-2.wav", other, "--slug", "the-masons-again")

    assert 3 == refused.code
    assert "--slug" in refused.err
    assert "the-masons-again" == told["slug"]
    assert 2 == len(parsed(one_episode).entries)


def test_the_newest_is_first(columncast, one_episode, recordings, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(COLUMN.replace("Masons", "Carters"))

    add(columncast, recordings / "take-2.wav", other, "--date", "2026-02-01")

    titles = [entry.title for entry in parsed(one_episode).entries]
    assert ["What the Carters Left", "What the Masons Left"] == titles


def test_a_future_date_is_built_and_held_out_of_the_feed(columncast, show, take, column):
    due = (datetime.now(UTC) + timedelta(days=7)).isoformat(timespec="seconds")

    result = columncast("add", take, column, "--date", due)

    assert 0 == result.code
    assert "Scheduled" in result.out
    assert list(show.audio.glob("*.mp3"))
    assert not parsed(show).entries
    assert not (show.feed / SLUG).exists()
    assert "scheduled" in columncast("list").out


def test_a_scheduled_episode_is_listed_when_it_is_due(columncast, show, take, column):
    due = datetime.now(UTC) + timedelta(days=7)
    add(columncast, take, column, "--date", due.isoformat(timespec="seconds"))

    publish.build(show, now=due + timedelta(minutes=1))

    assert 1 == len(parsed(show).entries)


# Building


def test_building_twice_gives_the_same_bytes(columncast, one_episode):
    before = files_of(one_episode.root)

    result = columncast("build")

    assert 0 == result.code
    assert "Nothing changed" in result.out
    assert before == files_of(one_episode.root)


def test_audio_and_feed_can_be_rebuilt_from_the_sources(columncast, one_episode):
    before = files_of(one_episode.root)
    for folder in (one_episode.audio, one_episode.feed, one_episode.cache):
        shutil.rmtree(folder)

    assert 0 == columncast("build").code

    assert before == files_of(one_episode.root)


def test_caches_may_be_lost_without_work_being_done_again(columncast, one_episode, monkeypatch):
    shutil.rmtree(one_episode.cache)
    monkeypatch.setattr(
        "columncast.audio.mastering.master.make_master", None
    )  # would fail if called

    result = columncast("build")

    assert 0 == result.code
    assert "Nothing changed" in result.out


def test_a_broken_episode_keeps_its_last_good_version_and_stops_no_other(
    columncast, one_episode, recordings, tmp_path
):
    other = tmp_path / "other.txt"
    other.write_text(COLUMN.replace("Masons", "Carters"))
    add(columncast, recordings / "take-2.wav", other, "--date", "2026-02-01")
    before = (one_episode.feed / "feed.xml").read_bytes()
    one_episode.episode(SLUG).column.write_text("")

    result = columncast("build")

    assert 3 == result.code
    assert SLUG in result.err
    assert "last good version" in result.err
    assert before == (one_episode.feed / "feed.xml").read_bytes()


def test_two_runs_at_the_same_time_are_kept_apart(columncast, one_episode):
    with one_episode.locked():
        result = columncast("build")

    assert 1 == result.code
    assert "another columncast run" in result.err


# Changing


@pytest.mark.parametrize(
    "change",
    [
        ["--title", "The Masons"],
        ["--slug", "masons"],
        ["--date", "2026-01-06T07:00+02:00"],
        ["--number", "7", "--season", "2"],
    ],
    ids=lambda change: change[0],
)
def test_an_edited_episode_keeps_its_guid(columncast, one_episode, change):
    before = parsed(one_episode).entries[0].id

    result = columncast("edit", SLUG, *change)

    assert 0 == result.code, result.err
    (item,) = parsed(one_episode).entries
    assert before == item.id


def test_a_new_title_costs_no_new_encode(columncast, one_episode, monkeypatch):
    monkeypatch.setattr(
        "columncast.audio.mastering.master.make_master", None
    )  # would fail if called

    result = columncast("edit", SLUG, "--title", "The Masons")

    assert "Made      audio/" in result.out

    assert 0 == result.code, result.err
    assert "The Masons" == parsed(one_episode).entries[0].title
    named = parsed(one_episode).entries[0].enclosures[0].href.rpartition("/")[2]
    assert "The Masons" == str(MutagenFile(one_episode.audio / named).tags["TIT2"])


def test_a_new_recording_has_a_new_address(columncast, one_episode, recordings):
    before = parsed(one_episode).entries[0]

    result = columncast("edit", SLUG, "--recording", recordings / "take-2.wav")

    assert 0 == result.code, result.err
    after = parsed(one_episode).entries[0]
    assert before.id == after.id
    assert before.enclosures[0].href != after.enclosures[0].href
    assert "13" == after.itunes_duration


def test_an_edit_that_cannot_be_built_changes_nothing(columncast, one_episode, tmp_path):
    before = files_of(one_episode.root)
    empty = tmp_path / "empty.txt"
    empty.touch()

    result = columncast("edit", SLUG, "--column", empty, "--title", "Another")

    assert 3 == result.code
    assert before == files_of(one_episode.root)


def test_comments_in_episode_toml_survive_an_edit(columncast, one_episode):
    facts = one_episode.episode(SLUG).facts_file
    facts.write_text(facts.read_text() + "\n# ask Ruth about the cheese\n")

    columncast("edit", SLUG, "--number", "3")

    assert "# ask Ruth about the cheese" in facts.read_text()
    assert "number = 3" in facts.read_text()


def test_a_retired_episode_leaves_the_feed_and_can_return(columncast, one_episode):
    before = parsed(one_episode).entries[0]

    gone = columncast("retire", SLUG)
    without = parsed(one_episode).entries
    back = columncast("retire", SLUG, "--undo")

    assert (0, 0) == (gone.code, back.code)
    assert not without
    assert list(one_episode.audio.glob("*.mp3"))
    assert before == parsed(one_episode).entries[0]


@pytest.mark.parametrize(
    ("date", "why"),
    [("2026-03-29T02:30", "does not exist"), ("2025-10-26 02:30", "comes twice")],
)
def test_a_time_that_a_change_of_clocks_leaves_open_is_refused(
    columncast, show, take, column, date, why
):
    settings = show.root / "show.toml"
    settings.write_text(settings.read_text().replace('"UTC"', '"Europe/Berlin"'))

    result = columncast("add", take, column, "--date", date)

    assert 2 == result.code
    (line,) = result.err.splitlines()
    assert why in line
    assert line.count("+0") == 2  # both that can be meant, each as it can be typed
    assert not show.slugs()


def test_one_recording_has_one_loudness_for_people(columncast, show, take, column):
    """
    As it is heard: a mono file's meter reads 3 LU less, which is for tools and for -v.
    """
    told = columncast("add", take, column, "--date", DATE).out
    card = columncast("show", SLUG).out
    longer = columncast("show", SLUG, "-v").out
    metered = json.loads(columncast("show", SLUG, "--json").out)["audio"]["integrated_lufs"]
    page = (show.feed / SLUG / "index.html").read_text(encoding="utf-8")
    stats = columncast("stats").out

    assert metered == pytest.approx(-19, abs=0.1)
    for text in (told, card):
        assert "-> -16.0 LUFS, gain" in text
        assert "-19.0 LUFS" not in text
        assert "Meter" not in text
    assert "-> -19.0 LUFS   (what BS.1770 reads in the file" in longer
    assert "LUFS" not in page
    assert "-19" not in stats
    assert "19.0 LUFS" not in page
