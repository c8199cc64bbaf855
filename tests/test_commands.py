"""The further commands, through the command line: check, publish, preview, transcribe, move."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from builders import files_of

from columncast.episodes.model.notice import Notice

SAMPLE = Path(__file__).parent.parent / "episodes" / "sample"
CARTERS = """\
What the Carters Left

The carts came every spring and went in autumn, and nobody in the valley counted how many of them
there were, or asked what it was that they had brought.
"""
SLUG = "what-the-masons-left"

GERMAN = (
    "Der Ofen am Hafen\n\n"
    "Seit langem backt die Familie in der Gasse am Hafen von Wittenbeck ihr Brot in einem Ofen, der älter "
    "ist als die Eisenbahn. Im Herbst soll das Feuer zum letzten Mal brennen, denn die Stadt hat den "
    "Schornstein geprüft und ihn für gefährlich erklärt. Niemand weiß, was dann aus dem Haus wird."
)


def feed_of(folder: Path) -> feedparser.FeedParserDict:
    return feedparser.parse((folder / "feed" / "feed.xml").read_bytes())


# check


def test_a_good_show_has_nothing_to_mend(columncast, one_episode):
    result = columncast("check", "--json")

    told = json.loads(result.out)
    assert 0 == result.code, told
    assert 0 == told["errors"]


def test_what_a_directory_refuses_is_told_with_its_source(columncast, one_episode):
    (audio,) = one_episode.audio.glob("*.mp3")
    audio.write_bytes(audio.read_bytes()[:-1000])

    result = columncast("check", SLUG, "--json")

    told = json.loads(result.out)
    broken = [finding for finding in told["findings"] if finding["severity"] == "error"]
    assert 3 == result.code
    assert "file-length" in [finding["code"] for finding in broken]
    assert all(finding["source"].startswith("https://") for finding in broken)


def test_findings_are_listed_by_severity_and_counted(columncast, one_episode):
    (audio,) = one_episode.audio.glob("*.mp3")
    audio.write_bytes(audio.read_bytes()[:-1000])

    *lines, last = columncast("check").out.splitlines()
    verbose = columncast("check", "-v").out.splitlines()

    severities = [line.partition(":")[0] for line in lines if line.endswith("]")]
    errors, warnings = severities.count("error"), severities.count("warning")
    assert sorted(severities) == severities
    assert {"error", "warning"} == set(severities)
    assert any(line.startswith(f"error: {SLUG}: ") and "[file-length]" in line for line in lines)
    assert f"{errors} errors, {warnings} warning{'s' * (warnings != 1)}." == last
    assert any(line.startswith("      https://") for line in verbose)


def test_a_title_longer_than_directories_take_is_cut_and_that_is_said(columncast, one_episode):
    result = columncast("edit", SLUG, "--title", "x" * 300)

    assert 0 == result.code
    assert "[title-cut]" in result.err
    assert ["x" * 254 + "…"] == [entry.title for entry in feed_of(one_episode.root).entries]


def test_a_build_never_replaces_a_good_feed_by_one_that_breaks_a_rule(
    columncast, one_episode, monkeypatch
):
    before = (one_episode.feed / "feed.xml").read_bytes()
    broken = Notice(code="item-date", message="has no date", where="feed.xml", severity="error")
    monkeypatch.setattr("columncast.feed.site.write.check_feed", lambda _xml, **_: [broken])

    result = columncast("edit", SLUG, "--title", "The Masons")

    assert 3 == result.code
    assert "has no date [item-date" in result.err
    assert "the feed was left unchanged" in result.err
    assert before == (one_episode.feed / "feed.xml").read_bytes()


# publish


@pytest.fixture
def www(one_episode, tmp_path):
    """A folder that the show is published to."""
    settings = one_episode.root / "show.toml"
    place = tmp_path / "www"
    table = f'\n[publish.www]\nkind = "folder"\npath = "{place.as_posix()}"\nverify = false\n'
    settings.write_text(settings.read_text() + table)
    return place


def test_a_dry_run_says_what_would_be_put_and_puts_nothing(columncast, one_episode, www):
    result = columncast("publish", "--dry-run")

    assert 0 == result.code, result.err
    assert "Put       audio/" in result.out
    assert [] == list(www.glob("*"))


def test_publishing_puts_what_was_built_and_then_has_nothing_to_do(columncast, one_episode, www):
    first = columncast("publish")
    again = columncast("publish")

    assert (0, 0) == (first.code, again.code), first.err + again.err
    assert (one_episode.feed / "feed.xml").read_bytes() == (www / "feed/feed.xml").read_bytes()
    assert "Nothing to do" in again.out


def test_a_former_feed_comes_back(columncast, one_episode, www):
    columncast("publish")
    columncast("edit", SLUG, "--title", "The Masons")
    columncast("publish")

    known = json.loads(columncast("rollback", "--list", "--json").out)
    (former,) = known["places"][0]["feeds"]
    planned = columncast("rollback", "--dry-run")
    still = feed_of(www).entries[0].title
    back = columncast("rollback", former["name"])

    assert "would be live again; nothing was changed." in planned.out
    assert "The Masons" == still
    assert 0 == back.code, back.err
    assert f"The feed {former['name']} is live again." in back.out
    assert "What the Masons Left" == feed_of(www).entries[0].title


@pytest.mark.parametrize("command", [("rollback",), ("publish", "--rollback")])
def test_one_document_tells_of_all_places_also_of_those_before_one_that_failed(
    columncast, one_episode, www, command
):
    settings = one_episode.root / "show.toml"
    other = www.with_name("zz")
    settings.write_text(
        settings.read_text()
        + f'\n[publish.zz]\nkind = "folder"\npath = "{other.as_posix()}"\nverify = false\n'
    )
    columncast("publish")
    columncast("edit", SLUG, "--title", "The Masons")
    published = columncast("publish", "--json")
    shutil.rmtree(other / ".columncast")

    back = columncast(*command, "--json")

    assert 2 == len(json.loads(published.out)["live"])
    assert 3 == back.code
    assert "there is no former feed" in back.err
    assert "rolled_back_to" in json.loads(back.out)


def test_adding_and_publishing_is_one_command(columncast, one_episode, www, recordings, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(CARTERS)

    unasked = columncast("add", recordings / "take-2.wav", other, "--publish")
    result = columncast("add", recordings / "take-2.wav", other, "--publish", "--yes")

    assert 2 == unasked.code
    assert "--yes" in unasked.err
    assert 0 == result.code, result.err
    assert 2 == len(feed_of(www).entries)


def test_a_recording_of_another_column_is_not_published(columncast, one_episode, www, tmp_path):
    (one_episode.episode(SLUG).column).write_text("A Long One\n\n" + "word after word. " * 900)
    columncast("build")

    result = columncast("publish")

    assert 3 == result.code
    assert "pace-wrong" in result.err
    assert not (www / "feed").exists()


def test_without_a_place_to_publish_to_the_settings_are_asked_for(columncast, one_episode):
    result = columncast("publish")

    assert 2 == result.code
    assert "[publish.NAME]" in result.err


# preview


def test_the_preview_in_the_terminal(columncast, one_episode):
    result = columncast("preview", SLUG, "--text")

    assert 0 == result.code, result.err
    assert "Apple Podcasts" in result.out


def test_a_preview_to_share_is_one_file(columncast, one_episode, tmp_path):
    page = tmp_path / "preview.html"

    result = columncast("preview", SLUG, "--export", page)

    assert 0 == result.code, result.err
    assert "What the Masons Left" in page.read_text(encoding="utf-8")


# transcribe


def test_a_recording_and_its_text_are_transcribed_outside_of_any_show(
    columncast, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    result = columncast(
        "transcribe", SAMPLE / "narration.flac", SAMPLE / "column.md", "-o", "out", "--json"
    )

    told = json.loads(result.out)
    assert 0 == result.code, result.err
    assert "ok" == told["verdict"]
    assert {"text", "start_s", "end_s", "status", "band"} == set(told["sentences"][0])
    assert [
        "Letters from the Harbour: The Ferry That Kept Its Own Time",
        "The clock on the pier",
        "Two times, one town",
        "What the tide knew",
    ] == [chapter["title"] for chapter in told["chapters"]]
    assert {
        "transcript.vtt",
        "transcript.srt",
        "transcript.json",
        "align.json",
        "chapters.json",
    } == {path.name for path in (tmp_path / "out").iterdir()}


def test_a_reading_outside_of_any_show_is_laid_in_its_language(columncast, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = tmp_path / "spalte.txt"
    text.write_text(GERMAN, encoding="utf-8")
    command = ("transcribe", SAMPLE / "narration.flac", text, "-o", "out", "--json")

    unnamed = columncast(*command)
    named = columncast(*command, "--language", "de", "--pronunciation", "Wittenbeck=Wittnbekk")

    assert "other-language" == json.loads(unnamed.out)["verdict"]
    assert "reads as German ('de'), not as English ('en')" in unnamed.err
    assert "not-this-text" == json.loads(named.out)["verdict"]


def test_the_language_of_an_episode_is_not_named_here(columncast, one_episode):
    result = columncast("transcribe", SLUG, "--language", "de")

    assert 2 == result.code
    assert "show.toml" in result.err


def test_a_respelling_that_is_none_is_refused(columncast, tmp_path):
    result = columncast("transcribe", "a.wav", "b.txt", "-o", tmp_path, "--pronunciation", "Zhou")

    assert 2 == result.code
    assert "NAME=SAID" in result.err


# scheduling and moving


def test_build_due_is_quick_when_nothing_is(columncast, one_episode, recordings, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(CARTERS)
    due = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")
    columncast("add", recordings / "take-2.wav", other, "--date", due)
    before = files_of(one_episode.root)

    result = columncast("build", "--due")

    assert 0 == result.code
    assert "Nothing is due" in result.out
    assert before == files_of(one_episode.root)


def test_a_show_moves_and_stays_the_same_show(columncast, one_episode):
    before = feed_of(one_episode.root)

    result = columncast("edit", "--move-to", "https://new.example/pod/", "--json")

    after = feed_of(one_episode.root)
    assert 0 == result.code, result.err
    assert before.entries[0].id == after.entries[0].id
    assert after.entries[0].enclosures[0].href.startswith("https://new.example/pod/audio/")
    xml = (one_episode.feed / "feed.xml").read_text()
    assert "<itunes:new-feed-url>https://new.example/pod/feed/feed.xml<" in xml
    assert {"nginx", "apache", "netlify", "cloudflare"} <= set(json.loads(result.out)["redirects"])


def test_the_demo_is_whole_and_a_second_run_changes_nothing(columncast, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = columncast("demo", "show")
    before = files_of(tmp_path / "show")

    again = columncast("demo", "show")

    assert (0, 0) == (first.code, again.code), first.err + again.err
    assert "Nothing changed" in again.out
    assert before == files_of(tmp_path / "show")
    assert 1 == len(feed_of(tmp_path / "show").entries)


def test_a_show_may_be_copied_and_built_elsewhere(columncast, one_episode, tmp_path):
    shutil.copytree(one_episode.root, tmp_path / "copy")
    before = files_of(tmp_path / "copy")

    result = columncast("-C", tmp_path / "copy", "build")

    assert 0 == result.code
    assert before == files_of(tmp_path / "copy")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("publsh",),
            "Error: no such command 'publsh'. Did you mean 'publish'? see: columncast --help",
        ),
        (("show",), "Error: missing argument 'SLUG'; see: columncast show --help"),
        (("list", "--nope"), "Error: no such option '--nope'; see: columncast list --help"),
        (
            ("import",),
            "Error: missing argument 'FEED|URL|FOLDER|EXPORT'; see: columncast import --help",
        ),
        (
            ("add", "nowhere.wav", "nowhere.md"),
            "Error: invalid value for 'RECORDING': File 'nowhere.wav' does not exist; see: columncast add --help",
        ),
    ],
)
def test_a_command_that_is_used_wrongly_says_so_in_one_line(columncast, words, said):
    done = columncast(*words)

    assert (2, f"{said}\n") == (done.code, done.err)
