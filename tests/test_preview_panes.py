"""Notes as the apps show them, held to the rows of the table: one golden file a rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from columncast.episodes.model.episode import ShowNotes
from columncast.episodes.text.html import parse
from columncast.feed.preview.apps.panes import Pane, alike, pane, panes
from columncast.feed.preview.apps.profiles import App, Limit, apps
from columncast.feed.preview.apps.timestamps import chapters
from columncast.feed.preview.apps.truncation import measure, split

DATA = Path(__file__).parent / "data" / "preview"
CASES = sorted(p for p in DATA.glob("*.html") if not p.name.endswith(".full.html"))
DURATION_S = 3600.0


def notes_of(html: str, full_html: str = "") -> ShowNotes:
    return ShowNotes(html=html, full_html=full_html or html, plain="")


def app(name: str, **said) -> App:
    return replace(next(a for a in apps() if a.name == name), **said)


def told(shown: tuple[Pane, ...]) -> str:
    """Every app with what it shows; those that show the same together."""
    groups: dict[tuple, list[str]] = {}
    for one in shown:
        groups.setdefault((one.field, one.html, one.remarks), []).append(one.app.name)
    parts = []
    for (field, html, remarks), names in groups.items():
        lines = [f"== {', '.join(names)} ({field})", html.replace("</p><", "</p>\n<")]
        parts.append("\n".join([*lines, *(f"* {remark}" for remark in remarks)]))
    return "\n\n".join(parts) + "\n"


@pytest.mark.parametrize("source", CASES, ids=lambda p: p.stem)
def test_notes_look_as_the_rows_say(source):
    full = source.with_suffix(".full.html")
    notes = notes_of(
        source.read_text(encoding="utf-8").rstrip("\n"),
        full.read_text(encoding="utf-8").rstrip("\n") if full.exists() else "",
    )

    shown = told(panes(notes, apps(), duration_s=DURATION_S))

    assert source.with_suffix(".panes").read_text(encoding="utf-8") == shown


def test_every_row_says_where_it_comes_from_or_that_it_is_not_verified():
    assert {row.trust for row in apps() if not row.sources} <= {"unverified"}
    for row in apps():
        assert all(source.startswith("https://") for source in row.sources), row.name


def test_a_row_that_claims_trust_without_a_source_is_refused():
    with pytest.raises(ValueError, match="no source"):
        app("Overcast", trust="tested", sources=())


def test_an_app_that_shows_the_longest_field_shows_the_full_text():
    notes = notes_of("<p>Short.</p>", "<p>The whole of it, to the end.</p>")

    assert "content" == pane(notes, app("AntennaPod"), duration_s=0).field
    assert "description" == pane(notes, app("Apple Podcasts"), duration_s=0).field


def test_an_app_goes_on_to_its_next_field_when_the_first_is_empty():
    notes = ShowNotes(html="<p>Here.</p>", full_html="", plain="")

    shown = pane(notes, app("Pocket Casts"), duration_s=0)

    assert ("description", "<p>Here.</p>") == (shown.field, shown.html)


@pytest.mark.parametrize(
    ("unit", "kept"), [("bytes", "<p>“Ay</p>"), ("characters", "<p>“Ay” s</p>")]
)
def test_a_curly_quote_is_three_bytes_and_one_character(unit, kept):
    before, _ = split("<p>“Ay” she said</p>", Limit(number=9, unit=unit))

    assert kept == before


def test_the_cut_falls_beside_a_tag_or_an_entity_never_inside():
    html = '<p>Fish &amp; <a href="https://e.example/x">chips</a> and peas</p>'

    for number in range(len(html) + 1):
        before, after = split(html, Limit(number=number, unit="characters"))
        for part in (before, after):
            assert part.count("<a ") == part.count("</a>")
            assert part.count("<p>") == part.count("</p>")
        assert parse(html).words() == parse(before).words() + parse(after).words()


def test_what_is_cut_off_is_shown_as_such_and_the_last_words_are_named():
    row = app("Apple Podcasts", limit=Limit(number=30, unit="bytes"))

    shown = pane(notes_of("<p>The lamp was lit every evening.</p>"), row, duration_s=0)

    assert "<p>The lamp was lit every even</p>" == shown.html
    assert "<p>ing.</p>" == shown.rest
    assert "Cuts after “…The lamp was lit every even”." in shown.remarks
    assert 8 == shown.meter.over


def test_a_meter_is_full_when_less_than_a_twentieth_is_left():
    limit = Limit(number=100, unit="characters")

    assert [False, True, False] == [measure("x" * n, limit).full for n in (95, 96, 101)]


def test_a_short_time_is_hours_in_antennapod_when_the_recording_is_that_long():
    notes = notes_of("<p>It left at 1:30.</p>")

    long = pane(notes, app("AntennaPod"), duration_s=2 * 3600)
    short = pane(notes, app("AntennaPod"), duration_s=600)

    assert 'data-seek="5400"' in long.html
    assert ("Links into the recording: 1:30 (as 1 h 30 min).",) == long.remarks
    assert 'data-seek="90"' in short.html
    assert ("Links into the recording: 1:30.",) == short.remarks


def test_a_time_beyond_the_end_leads_nowhere_in_antennapod():
    shown = pane(notes_of("<p>It left at 10:30.</p>"), app("AntennaPod"), duration_s=300)

    assert "<p>It left at 10:30.</p>" == shown.html


LOOKALIKES = {
    "address": "localhost:10:30|10.0.0.1:80|http://h.example/10:30|https://e.example/(10:30)|a@b:10:30|"
    "2001:db8::10:30|00:1B:44:11:3A:B7",
    "ratio": "a ratio of 16:10|16:10 aspect ratio|a scale of 1:50|mixed 1:10|odds of 3:10|1:1000",
    "verse": "John 3:16|1 Cor. 13:04|Matthew 5:43–48|Psalm 23:10|Qur’an 2:255|Gen. 1:12 and 2:10|"
    "Johannes 3:16|Acts 2:10; 3:12|Surah 2:10|Act 2:10|p. 12:30|Vers 3:12",
    "score": "won 3:12|lost 25:23, 25:19|a score of 12:10|gewann 25:23|marcador 12:10",
    "version": "v1:02|version 1.2:30|release-1:20",
    "date": "2026-11-28 10:30|2026-11-27T06:00|28.11.2026, 10:30|28/11/2026 10:30|+02:00|UTC+05:30",
    "amount": "$1:20|3:43.13|3:75|1:23:99|10:30am|1:72:10",
}
"""What has a colon between digits and is no time, by its kind."""


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_no_pane_makes_a_time_of_what_only_looks_like_one(kind):
    for text in LOOKALIKES[kind].split("|"):
        for shown in panes(notes_of(f"<p>It was {text} then.</p>"), apps(), duration_s=36_000):
            assert "data-seek" not in shown.html, (text, shown.app.name)


@pytest.mark.parametrize(
    "text",
    [
        "at 10:30",
        "(10:30)",
        "from 10:00 to 10:30",
        "10:00-10:30",
        "10:00–10:30",
        "“10:30”",
        "10:30.",
        "at 10:30: a bell",
        "at 1:02:03, late",
        "about 10:30 he lost it",
        "he won at 10:30",
        "after the score, at 10:30",
    ],
)
def test_a_time_is_a_link_where_the_app_makes_one(text):
    shown = pane(notes_of(f"<p>The bell, {text}</p>"), app("Pocket Casts"), duration_s=36_000)

    assert "data-seek" in shown.html


def test_what_an_app_may_mistake_for_a_time_is_told():
    shown = pane(notes_of("<p>See John 3:16, they say.</p>"), app("AntennaPod"), duration_s=36_000)

    assert ("No time, though AntennaPod may make a link of it: 3:16,",) == shown.remarks


def test_apps_that_look_the_same_are_one_group_and_every_app_is_in_one():
    shown = panes(notes_of("<p>One.</p><p><em>Two.</em></p>"), apps(), duration_s=60)

    groups = alike(shown)

    named = [each.app.name for first, others in groups for each in (first, *others)]
    assert sorted(row.name for row in apps()) == sorted(named)
    assert len(groups) == len({first.looks for first, _ in groups})
    assert all(other.looks == first.looks for first, others in groups for other in others)


def test_a_list_shows_the_first_words_without_markup_and_no_more_than_any_app():
    long = "The lamp was lit. " * 40

    shown = pane(notes_of(f"<p><b>A</b>&amp;B</p><p>{long}</p>"), app("Spotify"), duration_s=0)

    assert shown.opening.startswith("A&B The lamp was lit. The lamp")
    assert len(shown.opening) <= 300


@pytest.mark.parametrize(
    "lines",
    [
        ["00:00 One", "01:00 Two"],
        ["00:05 One", "01:00 Two", "02:00 Three"],
        ["00:00 One", "02:00 Two", "01:00 Three"],
        ["at 00:00 One", "at 01:00 Two", "at 02:00 Three"],
    ],
    ids=["two", "not from zero", "not in order", "not at the start of a line"],
)
def test_lines_that_make_no_chapters(lines):
    assert [] == chapters(lines)


@pytest.mark.parametrize("style", ["{} One", "({}) One", "{} - One", "{} – One"])
def test_the_ways_in_which_spotify_lets_chapters_be_written(style):
    lines = [style.format(time) for time in ("0:00", "01:00", "1:00:00")]

    assert [0, 60, 3600] == [second for second, _ in chapters(lines)]


@pytest.mark.parametrize(
    "html",
    [
        '<p onclick="x()">Hi<script>alert(1)</script></p>',
        '<p><a href="javascript:alert(1)">Hi</a></p>',
        '<p><img src=x onerror="alert(1)">Hi</p>',
        "<p>Hi<style>p{}</style></p>",
    ],
)
def test_no_pane_runs_or_loads_anything(html):
    for shown in panes(notes_of(html), apps(), duration_s=60):
        low = shown.html.lower()
        assert "hi" in low
        assert not any(bad in low for bad in ("script", "onclick", "onerror", "<img", "style"))


def test_links_open_elsewhere_and_tell_nobody_where_from():
    shown = pane(
        notes_of('<p><a href="https://e.example/?a=1&amp;b=2">x</a></p>'),
        app("Castro"),
        duration_s=0,
    )

    assert (
        'href="https://e.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"'
        in shown.html
    )
