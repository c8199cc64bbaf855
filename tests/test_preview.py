"""The preview of an episode: what it reads, compares, writes, exports and tells in text."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import msgspec
import pytest
from preview_builders import COLUMN, HOOK, SLUG, build, make_show
from selectolax.lexbor import LexborHTMLParser

from columncast.episodes.building.records import alignment_file, read_along_folder
from columncast.episodes.disk.files import sha256
from columncast.episodes.errors import ConflictError, EpisodeError, SettingsError, UsageError
from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.toml import change_facts
from columncast.feed.live.remembered import remember_items
from columncast.feed.preview.apps.profiles import apps
from columncast.feed.preview.column_view import marked
from columncast.feed.preview.diff import changed, compare
from columncast.feed.preview.draft import read_draft
from columncast.feed.preview.edits import save
from columncast.feed.preview.export import export
from columncast.feed.preview.pages import BUILT, LIVE, Desk
from columncast.feed.preview.terminal import as_text


@pytest.fixture(scope="session")
def template(tmp_path_factory, ffmpeg) -> Path:
    folder = tmp_path_factory.mktemp("preview")
    tone = folder / "tone.mp3"
    ffmpeg("-f", "lavfi", "-i", "sine=440:duration=36", "-b:a", "64k", "-ac", "1", tone)
    make_show(folder / "show", tone)
    return folder


@pytest.fixture
def folder(template, tmp_path) -> ShowFolder:
    shutil.copytree(template / "show", tmp_path / "show")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def column(folder) -> Path:
    return folder.episodes / SLUG / "column.md"


@pytest.fixture
def facts(folder) -> Path:
    return folder.episodes / SLUG / "episode.toml"


def draft_of(folder):
    return read_draft(folder.root, SLUG)


def page_of(folder, **seams) -> LexborHTMLParser:
    return LexborHTMLParser(Desk(folder.root, writable=True, **seams).episode(SLUG).html)


def parts_of(folder) -> dict[str, str]:
    """The parts of the page and their hashes."""
    found = (part.attributes for part in page_of(folder).css("[data-part]"))
    return {part["data-part"]: part["data-hash"] for part in found}


def text_of(html: LexborHTMLParser, selector: str) -> str:
    return " ".join(html.css_first(selector).text().split())


def form(folder, **said) -> dict[str, list[str]]:
    """The editor's form as it comes back, with some fields changed."""
    html = page_of(folder)
    fields: dict[str, list[str]] = {}
    for pattern in html.css("#facts template"):
        pattern.decompose()
    for one in html.css("#facts input, #facts textarea, #facts select"):
        name, kind = one.attributes.get("name"), one.attributes.get("type")
        if kind == "file" or (kind == "checkbox" and "checked" not in one.attributes):
            continue
        value = one.text() if one.tag == "textarea" else one.attributes.get("value") or ""
        if one.tag == "select":
            value = one.css_first("option[selected]").attributes["value"]
        fields.setdefault(name, []).append(value)
    return fields | said


def basis(folder) -> str:
    return page_of(folder).css_first("#facts").attributes["data-basis"]


# --- what is read -----------------------------------------------------------------------------


def test_what_is_previewed_is_what_was_built(folder):
    draft = draft_of(folder)

    assert draft.built == draft.episode
    assert not draft.unbuilt
    assert draft.built.notes == draft.notes


def test_a_save_is_shown_with_the_audio_of_the_last_build(folder, column):
    column.write_text(COLUMN.replace("eleven years", "twelve years"), encoding="utf-8")

    draft = draft_of(folder)

    assert "twelve years" in draft.notes.html
    assert draft.built.enclosure == draft.episode.enclosure
    assert draft.built.chapters == draft.episode.chapters
    assert draft.unbuilt


def test_an_episode_that_was_never_built_shows_everything_else(folder):
    shutil.rmtree(folder.cache)

    html = page_of(folder)

    assert "Not built yet" in text_of(html, "#player")
    assert "Not built yet" in text_of(html, "#listen")
    assert "no boat" in text_of(html, "#apps")
    assert not html.css("audio, iframe")


def test_audio_that_is_missing_on_this_machine_is_said(folder):
    shutil.rmtree(folder.audio)

    html = page_of(folder)

    assert "missing on this machine" in text_of(html, "#player")
    assert not html.css("audio")


def test_a_newer_recording_is_said(folder):
    narration = folder.episodes / SLUG / "narration.wav"
    record = folder.cache / "built" / f"{SLUG}.json"
    narration.write_bytes(b"a new take")
    newer_ns = record.stat().st_mtime_ns + 1_000_000_000
    os.utime(narration, ns=(newer_ns, newer_ns))

    assert "recording is newer" in text_of(page_of(folder), "#changes")


def test_what_check_says_of_the_episode_is_said_with_its_source(folder, facts):
    facts.write_text('title = "Episode 3: The Lamp"\n' + facts.read_text(), encoding="utf-8")

    html = page_of(folder)

    assert "begins with a number" in text_of(html, "#warnings")
    assert html.css_first("#warnings .code a").attributes["href"].startswith("https://")


def test_the_shows_own_template_of_notes_is_used(folder):
    settings = folder.root / "show.toml"
    text = settings.read_text().replace("[notes]\n", '[notes]\ntemplate = "own.html"\n')
    settings.write_text(text, encoding="utf-8")
    (folder.root / "own.html").write_text("<p>Ahoy!</p>{{ hook }}", encoding="utf-8")

    assert draft_of(folder).notes.html.startswith("<p>Ahoy!</p>")


def test_a_template_outside_of_the_show_is_refused(folder):
    settings = folder.root / "show.toml"
    text = settings.read_text().replace("[notes]\n", '[notes]\ntemplate = "../own.html"\n')
    settings.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match="must lie in the show's folder"):
        draft_of(folder)


# --- the column -------------------------------------------------------------------------------


def lines_of(folder):
    draft = draft_of(folder)
    return marked(draft.column, draft.notes, draft.source, draft.notices)


def test_what_was_left_out_is_struck_through_where_it_stands(folder):
    html = page_of(folder)

    struck = [" ".join(one.text().split()) for one in html.css("#column del")]

    assert [
        "left out",  # the legend
        "Harbour Letters:",
        "April 2, 1924",
        "*Listen to the audio narration of the column above!*",
    ] == struck
    assert "points to the audio" in html.css_first("#L8").text()


def test_what_the_notes_show_is_marked(folder, facts):
    short = folder.root / "show.toml"
    text = short.read_text(encoding="utf-8").replace('body = "excerpt"', 'body = "summary"')
    short.write_text(text, encoding="utf-8")
    facts.write_text(facts.read_text() + f'\n[notes]\nhook = "{HOOK}"\n', encoding="utf-8")

    assert [] == [line.number for line in lines_of(folder) if line.used]

    short.write_text(text.replace('body = "summary"', 'body = "excerpt"'), encoding="utf-8")

    assert [10, 12, 14, 16, 18, 20] == [line.number for line in lines_of(folder) if line.used]


def test_a_warning_stands_at_its_line(folder, column):
    column.write_text(COLUMN.replace("a quarter past nine", "9:15"), encoding="utf-8")

    html = page_of(folder)

    assert "9:15" in text_of(html, "#L16 .why.warning")
    assert "#L16" in [a.attributes["href"] for a in html.css("#warnings a")]


def test_a_dropped_paragraph_that_is_wrapped_is_struck_to_its_end(folder, column):
    wrapped = """\
The Lamp on the Mole

Listen to the audio narration of the column
above, read by the keeper himself!

Every evening the keeper of Skarn lit a lamp
on the mole, and every morning he wrote it in
a ledger that nobody but him has ever opened
since the day that the harbour was abandoned.
"""
    column.unlink()
    column.with_suffix(".txt").write_text(wrapped, encoding="utf-8")

    assert [3, 4] == [line.number for line in lines_of(folder) if line.dropped]


def test_a_source_without_lines_is_shown_by_its_paragraphs(folder, column):
    column.unlink()
    page = "<h1>The Lamp</h1><p>Listen to the audio narration above!</p><p>It burned.</p>"
    column.with_suffix(".html").write_text(page, encoding="utf-8")

    lines = lines_of(folder)

    assert [("Listen to the audio narration above!", True), ("It burned.", False)] == [
        (line.text, bool(line.dropped)) for line in lines
    ]
    assert {0} == {line.number for line in lines}


# --- the parts of the page --------------------------------------------------------------------


def test_every_app_of_the_table_has_a_pane_and_says_how_far_to_trust_it(folder):
    html = page_of(folder)

    trusts = {p.css_first("h3").text(): p.css_first(".trust").text() for p in html.css(".pane")}

    assert "documented" == trusts["Apple Podcasts"]
    assert "tested by others" == trusts["Spotify"]
    assert "not verified" == trusts["Amazon Music"]
    assert 11 == len(trusts)


def test_each_pane_shows_the_episode_in_a_list_and_open(folder):
    html = page_of(folder)

    for pane in html.css(".pane"):
        name = pane.css_first("h3").text()
        assert "The Lamp on the Mole" == pane.css_first(".in-list .title").text(), name
        assert "5 Jan 2026" in pane.css_first(".in-list .when").text(), name
        assert "no boat" in pane.css_first(".screen").text(), name


def test_apps_without_a_reliable_source_are_folded_away(folder):
    html = page_of(folder)

    folded = html.css_first("details#unsure-apps")

    assert "open" not in folded.attributes
    assert {row.name for row in apps() if row.trust == "unverified"} == {
        pane.css_first("h3").text() for pane in folded.css(".pane")
    }


def test_apps_that_look_as_another_are_named_there(folder):
    html = page_of(folder)

    same = {pane.css_first("h3").text() for pane in html.css(".pane.same")}

    assert same
    named = ", ".join(one.text() for one in html.css(".pane:not(.same) .looks"))
    assert all(name in named for name in same)


def test_an_exported_file_has_no_frames_of_pages_that_only_a_server_has(exported):
    html = exported()

    assert 1 == html.css_first("style").text().count(".in-list::before")
    assert [] == html.css("iframe")


def test_a_meter_says_in_words_how_full_it_is(folder):
    meter = page_of(folder).css_first("meter")
    length = draft_of(folder).notes.length_bytes

    assert f"Apple Podcasts: {length:,} of 4,000 bytes" == meter.attributes["aria-label"]
    assert str(length) == meter.attributes["value"]


def test_the_notes_are_there_as_html_and_as_plain_text(folder):
    html, notes = page_of(folder), draft_of(folder).notes

    assert notes.html == html.css_first("#html-source").text().replace("\n", "")
    assert notes.plain == html.css_first("#plain-source").text()


def test_chapters_transcript_and_loudness_lead_into_the_player(folder):
    html = page_of(folder)

    assert ["0.0", "12.0", "24.0"] == [
        a.attributes["data-seek"] for a in html.css(".chapters [data-seek]")
    ]
    assert "no boat" in text_of(html, '.cues [data-seek="7.2"]')
    assert "36.0" == html.css_first(".timeline").attributes["data-duration"]


def test_what_was_not_read_and_what_was_said_beside_the_column_is_marked(folder):
    column = folder.episode(SLUG).column
    column.write_text("---\ntitle: The Lamp\n---\nHe kept it. For years.\n\nIt ends.\n")
    said = (
        AlignedSentence(text="The Lamp", start_s=1.0, end_s=2.0, status="read", heading=True),
        AlignedSentence(text="He kept it.", start_s=3.0, end_s=5.0, status="read", paragraph=1),
        AlignedSentence(text="For years.", status="missing", paragraph=1),
        AlignedSentence(text="It ends.", start_s=8.0, end_s=9.0, status="unsure", paragraph=2),
    )
    extras = (Extra(start_s=5.0, end_s=8.0, kind="ad-lib", after=1),)
    found = Alignment(sentences=said, extras=extras, duration_s=36.0)
    record = alignment_file(read_along_folder(folder, SLUG))
    record.parent.mkdir(parents=True)
    record.write_bytes(msgspec.json.encode(found))

    html = page_of(folder)

    told = ["The Lamp", "He kept it. [ad-lib] For years. not read", "It ends. listen to it"]
    assert told == [" ".join(p.text().split()) for p in html.css(".cues p")]
    assert "5.0" == html.css_first(".cues .extra").attributes["data-seek"]
    assert "For years." == html.css_first(".cues del").text()
    played = [a.attributes["data-seek"] for a in html.css("#warnings [data-seek]")]
    assert {"5", "8"} <= set(played)


def test_tags_are_shown_as_they_are_in_the_file(folder):
    html = page_of(folder, tags=lambda path: [("Title", f"of {path.suffix}")])

    assert ("Title", "of .mp3") == (text_of(html, "#tags th"), text_of(html, "#tags td"))


def test_tags_are_read_again_only_when_the_file_is_another(folder, column, template):
    read = []
    desk = Desk(folder.root, tags=lambda path: read.append(path.name) or [])
    desk.episode(SLUG)
    column.write_text(COLUMN + "\nMore.\n", encoding="utf-8")
    desk.episode(SLUG)

    assert 1 == len(read)


def test_equal_files_give_equal_parts(folder):
    assert parts_of(folder) == parts_of(folder)


def test_a_save_changes_only_the_parts_that_it_is_about(folder, facts):
    before = parts_of(folder)
    facts.write_text(facts.read_text().replace("published =", "number = 7\npublished ="))

    after = parts_of(folder)

    assert {"head", "state", "changes", "editor", "page", "apps"} == {
        name for name in before if before[name] != after[name]
    }


# --- a save that cannot be read ---------------------------------------------------------------


def test_an_error_is_said_as_the_command_says_it_and_the_last_good_preview_stays(folder, column):
    desk = Desk(folder.root)
    desk.episode(SLUG)
    column.write_text("---\ntitle: A: B\n---\nText.\n", encoding="utf-8")
    with pytest.raises(Exception, match="quotes") as said:
        draft_of(folder)

    html = LexborHTMLParser(desk.episode(SLUG).html)

    assert str(said.value) in text_of(html, "#problem")
    assert "The Lamp on the Mole" == text_of(html, "h1")
    assert "no boat" in text_of(html, "#apps")


def test_a_mended_save_takes_the_error_away(folder, column):
    desk = Desk(folder.root)
    desk.episode(SLUG)
    column.write_text("---\ntitle: A: B\n---\nText.\n", encoding="utf-8")
    desk.episode(SLUG)
    column.write_text(COLUMN, encoding="utf-8")

    assert "" == text_of(LexborHTMLParser(desk.episode(SLUG).html), "#problem")


@pytest.mark.parametrize("name", ["show.toml", f"episodes/{SLUG}/episode.toml"])
def test_broken_settings_are_an_error_on_the_page_too(folder, name):
    desk = Desk(folder.root)
    desk.episode(SLUG)
    (folder.root / name).write_text("not toml", encoding="utf-8")

    said = text_of(LexborHTMLParser(desk.episode(SLUG).html), "#problem")

    assert f"Error: {name}: is not valid TOML" in said


def test_without_a_good_preview_the_error_is_all_there_is(folder, column):
    column.write_text("", encoding="utf-8")

    with pytest.raises(Exception, match="empty"):
        Desk(folder.root).episode(SLUG)


def test_an_unknown_episode_is_said(folder):
    with pytest.raises(EpisodeError, match="no episode 'nowhere'"):
        Desk(folder.root).episode("nowhere")


def test_one_broken_episode_does_not_hide_the_others(folder):
    broken = folder.episodes / "broken"
    broken.mkdir()
    (broken / "episode.toml").write_text("guid = 1", encoding="utf-8")

    html = LexborHTMLParser(Desk(folder.root).index().html)

    assert ["/episodes/broken/", f"/episodes/{SLUG}/"] == [
        a.attributes["href"] for a in html.css(".episodes a")
    ]
    assert "episodes/broken/episode.toml" in text_of(html, "#problem")


# --- what changes for listeners ---------------------------------------------------------------


def test_nothing_changes_after_a_build(folder):
    draft = draft_of(folder)

    comparison = compare(draft.episode, draft.show, (folder.feed / "feed.xml").read_bytes())

    assert comparison.same


def test_a_changed_word_is_the_only_thing_marked(folder, column):
    column.write_text(COLUMN.replace("eleven years", "twelve years"), encoding="utf-8")

    html = page_of(folder)

    assert ["eleven", "twelve"] == [
        one.text() for one in html.css("#changes ol:first-of-type .changed :is(ins, del)")
    ][:2]
    assert "There is more here than was built" in text_of(html, ".unbuilt")


def test_a_changed_date_is_a_change_of_the_feed_item(folder, facts):
    facts.write_text(facts.read_text().replace("2026-01-05T06", "2026-01-06T07"))
    draft = draft_of(folder)

    comparison = compare(draft.episode, draft.show, (folder.feed / "feed.xml").read_bytes())

    assert () == comparison.notes
    rows = [row for row in comparison.item if row.kind == "changed"]
    assert ["pubDate:"] == [row.pieces[0].text.split()[0] for row in rows]


def test_an_episode_that_is_not_live_yet_is_said(folder):
    feed = (folder.feed / "feed.xml").read_bytes()
    html = page_of(folder, live=lambda: re.sub(rb"<item>.*</item>", b"", feed, flags=re.DOTALL))

    assert "being fetched" in text_of(html, "#changes")


def test_the_live_feed_is_compared_when_it_has_come(folder):
    other = (folder.feed / "feed.xml").read_bytes().replace(b"eleven years", b"ten years")
    desk = Desk(folder.root, live=lambda: other)
    desk.ask_live()

    html = LexborHTMLParser(desk.episode(SLUG).html)

    assert [BUILT, LIVE] == [h.text() for h in html.css("#changes h3")]
    assert "ten" in [one.text() for one in html.css("#changes del")]


def test_a_server_that_does_not_answer_is_said_in_its_words(folder):
    def ask() -> bytes:
        raise UsageError("no answer", where="https://cast.letters.example/feed/feed.xml")

    desk = Desk(folder.root, live=ask)
    desk.ask_live()

    assert "feed.xml: no answer" in text_of(LexborHTMLParser(desk.episode(SLUG).html), "#changes")


def test_lines_far_from_a_change_are_left_out():
    before = [f"line {n}" for n in range(9)]
    after = [*before[:4], "something else entirely", *before[5:]]

    assert ["gap", "same", "removed", "added", "same"] == [r.kind for r in changed(before, after)]


# --- the editor's fields ----------------------------------------------------------------------


def test_the_form_unchanged_changes_nothing(folder, facts):
    before = facts.read_bytes()

    assert () == save(folder.root, SLUG, form(folder), basis=basis(folder))

    assert before == facts.read_bytes()


def test_fields_are_written_and_comments_stay(folder, facts):
    changes = form(folder, hook=[f" {HOOK}\n"], number=["7"], published=["2026-02-01T08:30"])

    said = save(folder.root, SLUG, changes, basis=basis(folder))

    assert {"notes.hook", "number", "published"} == set(said)
    text = facts.read_text(encoding="utf-8")
    assert f'hook = "{HOOK}"' in text
    assert "published = 2026-02-01T08:30:00+01:00" in text  # meant in the show's zone
    assert "# a note of Ida's" in text
    assert draft_of(folder).notes.html.startswith(f"<p>{HOOK}</p>")


def test_an_emptied_field_is_taken_out(folder, facts):
    save(folder.root, SLUG, form(folder, hook=[HOOK], number=["7"]), basis=basis(folder))

    save(folder.root, SLUG, form(folder, hook=[""], number=[""]), basis=basis(folder))

    assert "hook" not in facts.read_text(encoding="utf-8")
    assert draft_of(folder).facts.number is None


def test_a_ticked_mention_is_listed_in_the_notes(folder):
    candidates = page_of(folder).css('#facts [name="mentioned"]')
    value = candidates[0].attributes["value"]

    save(folder.root, SLUG, form(folder, mentioned=[value]), basis=basis(folder))

    assert draft_of(folder).facts.notes.mentioned[0].title in draft_of(folder).notes.plain
    assert "checked" in page_of(folder).css_first('#facts [name="mentioned"]').attributes


def test_a_mention_that_was_not_offered_is_not_written(folder, facts):
    forged = '{"kind": "link", "title": "x", "href": "javascript:alert(1)"}'

    save(folder.root, SLUG, form(folder, mentioned=[forged]), basis=basis(folder))

    assert "javascript" not in facts.read_text(encoding="utf-8")


def test_a_chapters_title_is_kept_by_its_heading(folder, facts, template):
    titles = ["Every evening", "Eleven years of nothing", "The boat"]
    changes = form(folder) | {"chapter-title": titles}

    save(folder.root, SLUG, changes, basis=basis(folder))

    assert '"The ledger" = "Eleven years of nothing"' in facts.read_text(encoding="utf-8")
    titles = [c.title for c in draft_of(folder).episode.chapters]
    assert ["Every evening", "Eleven years of nothing", "The boat"] == titles
    build(folder, template / "tone.mp3")
    again = form(folder) | {"chapter-title": ["Every evening", "The ledger", "The boat"]}
    save(folder.root, SLUG, again, basis=basis(folder))
    assert "chapter_titles" not in facts.read_text(encoding="utf-8")


def test_a_file_that_changed_meanwhile_is_a_conflict_and_stays(folder, facts):
    old = basis(folder)
    facts.write_text(facts.read_text(encoding="utf-8") + "# by somebody else\n", encoding="utf-8")
    theirs = facts.read_bytes()

    with pytest.raises(ConflictError, match="changed since this page was shown"):
        save(folder.root, SLUG, form(folder, hook=[HOOK]), basis=old)

    assert theirs == facts.read_bytes()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("published", "tomorrow"),
        ("published", "1958-07-31T00:00"),
        ("number", "0"),
        ("season", "x"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_written(folder, facts, field, value):
    before = facts.read_bytes()

    with pytest.raises(UsageError):
        save(folder.root, SLUG, form(folder, hook=[HOOK]) | {field: [value]}, basis=basis(folder))

    assert before == facts.read_bytes()


def test_a_change_that_the_file_cannot_bear_leaves_it(folder, facts):
    before = facts.read_bytes()

    with pytest.raises(SettingsError, match="count from 1"):
        change_facts(EpisodeFolder(path=facts.parent), {"number": -1})

    assert before == facts.read_bytes()


# --- one file for a colleague -----------------------------------------------------------------


@pytest.fixture
def exported(folder, tmp_path):
    def run(*, embed_audio: bool = False) -> LexborHTMLParser:
        export(folder, SLUG, tmp_path / "lamp.html", embed_audio=embed_audio)
        return LexborHTMLParser((tmp_path / "lamp.html").read_text(encoding="utf-8"))

    return run


def test_an_exported_file_needs_no_other(exported):
    html = exported()

    sources = [one.attributes["src"] for one in html.css("[src]")]

    assert 1 == len(html.css("style"))
    assert [] == html.css('link[rel="stylesheet"], script[src], iframe, form[action]')
    assert [] == [source for source in sources if not (source or "").startswith("data:")]


def test_the_audio_goes_along(exported):
    audio = exported().css_first("audio").attributes["src"]

    assert audio.startswith("data:audio/mpeg;base64,")
    assert len(audio) > 36 * 64_000 / 8


@pytest.fixture
def large_audio(monkeypatch):
    monkeypatch.setattr("columncast.feed.preview.export.EMBED_MOST_BYTES", 100_000)


def test_audio_that_no_e_mail_takes_stays_away_and_the_page_says_so(exported, large_audio):
    html = exported()

    assert [] == html.css("audio")
    assert "it has 0.3 MB, and 0.1 MB is what e-mail takes" in html.css_first("#player").text()
    assert [] == html.css("#player a")


def test_large_audio_that_is_live_can_be_heard_there(exported, folder, large_audio):
    settings = folder.root / "show.toml"
    place = '\n[publish.www]\nkind = "folder"\npath = "../www"\n'
    settings.write_text(settings.read_text() + place)
    remember_items(ShowFolder(folder.root), "www")

    link = exported().css_first("#player a").attributes["href"]

    assert link.startswith("https://cast.letters.example/audio/")


def test_large_audio_goes_along_when_it_is_asked_for(exported, large_audio):
    assert exported(embed_audio=True).css_first("audio")


def test_an_exported_file_may_run_its_own_script_only(exported):
    policy = (
        exported().css_first('meta[http-equiv="Content-Security-Policy"]').attributes["content"]
    )

    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[\w+/=]+';", policy)
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "connect-src" not in policy


def test_the_same_draft_gives_the_same_file(folder, tmp_path):
    for name in ("a.html", "b.html"):
        export(folder, SLUG, tmp_path / name, embed_audio=True)

    assert sha256(tmp_path / "a.html") == sha256(tmp_path / "b.html")


# --- in a terminal ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 120])
def test_text_fits_the_terminal(folder, width):
    text = as_text(folder, SLUG, width=width)

    assert [] == [line for line in text.split("\n") if len(line) > width and " " in line.strip()]


def test_text_tells_meters_warnings_and_what_each_app_shows(folder, column):
    column.write_text(COLUMN.replace("a quarter past nine", "9:15"), encoding="utf-8")

    text = as_text(folder, SLUG, width=80)

    assert re.search(r"^Apple Podcasts  \[#+\.+\]  [\d,]+ of 4,000 bytes", text, re.MULTILINE)
    assert "[clock-time]" in text
    assert "line 8: *Listen to the audio narration of the column above!*" in text
    assert "The address behind “the museum”, “Harbour Letters” is lost" in text
    assert "<https://museum.example/ledger>" in text


def test_apps_that_show_the_same_are_told_once(folder):
    text = as_text(folder, SLUG, width=80)

    assert 1 == text.count("And every morning".lower())
    assert "As above, but:" in text


def test_text_says_when_there_is_no_audio_yet(folder):
    shutil.rmtree(folder.cache)

    assert f"columncast build {SLUG}" in as_text(folder, SLUG, width=80)


# --- the state of an episode ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "in_feed", "status", "told"),
    [
        ("2026-01-05T06:00:00Z", True, "published", "Built, and not live yet"),
        ("2026-01-05T06:00:00Z", False, "unbuilt", "the feed does not hold it yet"),
        ("2096-01-05T06:00:00Z", True, "published", "Built, and not live yet"),  # so far
        ("2096-01-05T06:00:00Z", False, "scheduled", "Scheduled for 2096-01-05"),
    ],
)
def test_an_episode_is_published_when_the_feed_holds_it_whatever_its_date_says(
    folder, columncast, date, in_feed, status, told
):
    facts = folder.episodes / SLUG / "episode.toml"
    facts.write_text(re.sub(r"published = .*", f"published = {date}", facts.read_text()))
    if not in_feed:
        feed = folder.feed / "feed.xml"
        feed.write_text(re.sub(r"<item>.*</item>", "", feed.read_text(), flags=re.DOTALL))
    desk = Desk(folder.root)

    assert told in desk.episode(SLUG).html
    assert f'class="status {status}"' in desk.index().html
    (row,) = json.loads(columncast("-C", folder.root, "list", "--json").out)["episodes"]
    assert status == row["status"]
    shown = json.loads(columncast("-C", folder.root, "show", SLUG, "--json").out)
    assert status == shown["status"]
