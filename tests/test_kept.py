"""An episode that was taken over: its audio, notes, chapters and transcripts are what they were."""

import json

import feedparser
import pytest
from PIL import Image

from columncast import publish
from columncast.episodes.entry.imported_narration import transcript_name
from columncast.episodes.entry.imported_notes import imported_notes_of
from columncast.episodes.model.notice import errors_in
from columncast.episodes.show.toml import change_facts

GUID = "https://old.example/?p=41"
NOTES = """<p>Two ferries &amp; one <em>timetable</em>.</p>
<ul class="plain"><li><a href="https://old.example/map" target="_blank">The map</a></li></ul>"""
FACTS = """\
guid = "{guid}"
published = 2019-03-04T05:06:07+01:00
title = "The Long Wall: Two Ferries"
link = "https://old.example/2019/two-ferries/"

[source]
recording = "ep41.mp3"
recording_sha256 = ""
feed = "https://old.example/feed/podcast/"
kept = {kept}
"""
VTT = b"WEBVTT\r\n\r\n00:00.000 --> 00:02.000\r\nTwo ferries, as heard elsewhere.\r\n"
CHAPTERS = b'{"version":"1.1.0","chapters":[{"startTime":0,"title":"Quay","img":"https://o.example/q.jpg"},{"startTime":4.5,"title":"Boat"}]}'


@pytest.fixture(scope="session")
def old_audio(recordings, ffmpeg):
    """An MP3 with tags of its own, as another host served it."""
    path = recordings / "ep41.mp3"
    ffmpeg(
        *("-i", recordings / "take.wav", "-b:a", "64k", "-metadata", "title=EP 41 (final)", path)
    )
    return path


@pytest.fixture
def taken_over(show, old_audio):
    """A show with an episode that has notes and no column."""
    folder = show.episodes / "two-ferries"
    folder.mkdir()
    (folder / "narration.mp3").write_bytes(old_audio.read_bytes())
    (folder / "episode.toml").write_text(FACTS.format(guid=GUID, kept="true"))
    (folder / "notes.html").write_text(NOTES, encoding="utf-8")
    return show


def item_of(show):
    (item,) = feedparser.parse((show.feed / "feed.xml").read_bytes(), sanitize_html=False).entries
    return item


def test_the_enclosure_has_the_very_bytes_and_the_item_its_old_identity(taken_over, old_audio):
    built = publish.build(taken_over)

    item = item_of(taken_over)
    enclosure = built.find("two-ferries").enclosure
    assert GUID == item.id
    assert "Mon, 04 Mar 2019 05:06:07 +0100" == item.published
    assert "The Long Wall: Two Ferries" == item.title
    assert "https://old.example/2019/two-ferries/" == item.link
    assert old_audio.read_bytes() == (taken_over.root / enclosure.path).read_bytes()
    assert str(old_audio.stat().st_size) == item.enclosures[0].length
    assert enclosure.duration_s == pytest.approx(12, abs=0.1)


def test_the_notes_are_what_they_were_byte_for_byte(taken_over):
    publish.build(taken_over)

    item = item_of(taken_over)
    assert NOTES == item.description
    assert NOTES == item.content[0].value


def test_nothing_is_aligned_or_paced_where_there_is_no_text(taken_over):
    episode = publish.build(taken_over).find("two-ferries")

    assert 0 == episode.words_per_minute
    assert () == episode.notices
    assert () == episode.transcripts


def test_its_page_shows_the_notes_without_what_does_not_belong_there(taken_over):
    folder = taken_over.episodes / "two-ferries"
    (folder / "notes.html").write_text(NOTES + '<p style="x" onclick="y()">Last.</p>')

    episode = publish.build(taken_over).find("two-ferries")

    page = (taken_over.feed / "two-ferries" / "index.html").read_text(encoding="utf-8")
    assert "<p>Two ferries &amp; one <em>timetable</em>.</p>" in page
    assert "onclick" not in page
    assert "onclick" not in (taken_over.feed / "feed.xml").read_text()
    assert ["notes-mended"] == [notice.code for notice in episode.notices]
    assert [] == errors_in(publish.check(taken_over))


def test_chapters_and_transcripts_are_published_byte_for_byte(taken_over):
    folder = taken_over.episodes / "two-ferries"
    (folder / "transcript.vtt").write_bytes(VTT)
    (folder / "transcript.de.txt").write_bytes(b"Zwei F\xc3\xa4hren.\n")
    (folder / "chapters.json").write_bytes(CHAPTERS)

    episode = publish.build(taken_over).find("two-ferries")

    public = taken_over.feed / "two-ferries"
    assert [("text/vtt", ""), ("text/plain", "de")] == [
        (t.mime_type, t.language) for t in episode.transcripts
    ]
    assert VTT == (public / episode.transcripts[0].url.rpartition("/")[2]).read_bytes()
    assert CHAPTERS == (public / episode.chapters_file.url.rpartition("/")[2]).read_bytes()
    assert [0, 4.5] == [chapter.start_s for chapter in episode.chapters]
    assert [] == errors_in(publish.check(taken_over))


def test_a_notes_file_may_be_longer_than_a_description(taken_over):
    long = "".join(f"<p>Paragraph {n} tells of the ferry and the tide.</p>" for n in range(200))
    (taken_over.episodes / "two-ferries" / "notes.html").write_text(long)

    publish.build(taken_over)

    item = item_of(taken_over)
    assert long == item.content[0].value
    assert len(item.description.encode()) <= 4000
    assert long.startswith(item.description[:3000])


def test_old_notes_of_two_lengths_stay_two(taken_over):
    folder = taken_over.episodes / "two-ferries"
    (folder / "description.html").write_text("Two ferries, in short.")

    publish.build(taken_over)

    assert "Two ferries, in short." == item_of(taken_over).description
    assert NOTES == item_of(taken_over).content[0].value


def test_one_edit_has_it_mastered(taken_over):
    publish.build(taken_over)

    change_facts(taken_over.episode("two-ferries"), {"source.kept": False})
    episode = publish.build(taken_over).find("two-ferries")

    assert episode.master.loudness.integrated_lufs == pytest.approx(-19, abs=0.5)
    assert () == episode.notices
    assert GUID == item_of(taken_over).id
    assert NOTES == item_of(taken_over).description


def test_a_change_of_what_came_with_it_is_seen(taken_over):
    folder = taken_over.episodes / "two-ferries"
    publish.build(taken_over)

    (folder / "notes.html").write_text("<p>Corrected.</p>")
    (folder / "chapters.json").write_bytes(CHAPTERS)
    publish.build(taken_over)

    item = item_of(taken_over)
    assert "<p>Corrected.</p>" == item.description
    assert ["Quay", "Boat"] == [mark["title"] for mark in item.psc_chapters["chapters"]]


def test_it_can_be_edited_like_any_other(taken_over, columncast, tmp_path):
    publish.build(taken_over)
    text = tmp_path / "column.txt"
    text.write_text("Two Ferries\n\nThere were two of them, and one timetable. " + "Again. " * 20)

    titled = columncast("edit", "two-ferries", "--title", "Two Ferries, Again")
    texted = columncast("edit", "two-ferries", "--column", text)

    assert (0, 0) == (titled.code, texted.code), titled.err + texted.err
    item = item_of(taken_over)
    assert ("Two Ferries, Again", GUID) == (item.title, item.id)
    assert NOTES == item.description
    assert 0 == columncast("show", "two-ferries").code
    assert 0 == columncast("preview", "two-ferries", "--text").code
    assert 0 == columncast("check").code


def test_a_new_take_of_it_is_mastered(taken_over, columncast, take):
    publish.build(taken_over)

    result = columncast("edit", "two-ferries", "--recording", take, "--json")

    assert 0 == result.code, result.err
    assert json.loads(result.out)["audio"]["integrated_lufs"] == pytest.approx(-19, abs=0.5)
    assert GUID == item_of(taken_over).id


def test_an_old_cover_that_is_too_small_stays(taken_over):
    cover = taken_over.episodes / "two-ferries" / "cover.png"
    Image.new("RGB", (600, 400), "navy").save(cover)

    episode = publish.build(taken_over).find("two-ferries")

    name = episode.image_url.rpartition("/")[2]
    assert cover.read_bytes() == (taken_over.feed / "two-ferries" / name).read_bytes()
    assert ["cover-kept"] == [notice.code for notice in episode.notices]
    assert [] == errors_in(publish.check(taken_over))


def test_audio_that_not_every_app_plays_cannot_be_kept(taken_over, ffmpeg, take):
    folder = taken_over.episodes / "two-ferries"
    (folder / "narration.mp3").unlink()
    ffmpeg("-i", take, "-c:a", "libopus", folder / "narration.opus")

    built = publish.build(taken_over)

    assert "--master" in str(built.failed["two-ferries"])


def test_text_without_markup_keeps_its_lines(taken_over):
    folder = taken_over.episodes / "two-ferries"
    (folder / "notes.html").write_text("One & two.\n\nThree <3")

    notes = imported_notes_of(taken_over.episode("two-ferries"), link="https://old.example/")

    assert "One & two.\n\nThree <3" == notes.html
    assert "One & two.\n\nThree <3" == notes.plain


def test_a_transcript_that_no_app_reads_has_no_name():
    with pytest.raises(ValueError, match="application/pdf"):
        transcript_name("application/pdf")


@pytest.mark.parametrize("before", [1, 64, 5000, 100_000])
def test_an_mp3_that_begins_with_zeros_is_one_for_the_check_as_well(taken_over, before):
    """
    Some encoders reserve room for tags that never come; players skip it, and so does the import.
    """
    (narration,) = taken_over.episodes.glob("*/narration.mp3")
    narration.write_bytes(bytes(before) + narration.read_bytes())

    publish.build(taken_over)

    assert [] == errors_in(publish.check(taken_over))
