"""Show notes: what apps show of a column."""

import html as entities
import re
from dataclasses import replace

import pytest

from columncast.episodes.columns.blocks.from_html import read_markup
from columncast.episodes.columns.door import read_column
from columncast.episodes.errors import SettingsError
from columncast.episodes.model.column import Mention
from columncast.episodes.model.editor import Editor
from columncast.episodes.model.episode import Chapter
from columncast.episodes.notes.compose import show_notes
from columncast.episodes.show.settings import NotesSettings, Show, convert
from columncast.episodes.text.html import parse

LINK = "https://example.org/p/piano"
BODY = [
    "Harbours are patient places, and the one at Aldersund is more patient than most of them.",
    "But on a grey Tuesday the captain's piano left Aldersund on the noon ferry, crated and unpaid for.",
    "Nobody on the quay remembered afterwards who had sent it, or where it was bound.",
    "By evening the wind had turned, and one word went into the log.",
]


def a_show(**more) -> Show:
    facts = {
        "title": "Harbour Days",
        "site_url": "https://example.org/",
        "base_url": "https://cdn.example.org/",
        "author": "Ida Lindqvist",
    }
    return Show(**(facts | more))


@pytest.fixture
def column(tmp_path):
    def read(
        *paragraphs: str, title: str = "The Captain's Piano", name: str = "c.md", above: str = ""
    ):
        path = tmp_path / name
        text = f"# {title}\n\n" if name.endswith("md") else f"{title}\n\n"
        path.write_text(above + text + "\n\n".join(paragraphs or BODY), encoding="utf-8")
        return read_column(path)

    return read


def blocks_of(html: str) -> list[str]:
    return re.findall(r"<(?:p|ul|ol)>.*?</(?:p|ul|ol)>", html)


def test_the_parts_stand_in_the_order_that_apps_need(column):
    chapters = [
        Chapter(start_s=at, title=t) for at, t in ((0, "One"), (61, "Two"), (3661, "Three"))
    ]
    mentioned = (
        Mention(kind="work", title="The Crate", by="T. Berg", href="https://example.org/crate"),
    )
    editor = Editor(hook="A piano goes to sea.", narrator="Tomas Berg", mentioned=mentioned)
    read = column(f"{BODY[0]}[^1]", *BODY[1:], "[^1]: The harbour master's book.")

    notes = show_notes(read, a_show(), link=LINK, editor=editor, chapters=chapters)

    assert [
        "<p>A piano goes to sea.</p>",
        f"<p>{BODY[0]}[1]</p>",
        *(f"<p>{text}</p>" for text in BODY[1:]),
        f'<p>Read the column: <a href="{LINK}">{LINK}</a></p>',
        "<p>00:00:00 One<br>00:01:01 Two<br>01:01:01 Three</p>",
        "<p><strong>Mentioned</strong></p>",
        '<ul><li><a href="https://example.org/crate">“The Crate”</a> by T. Berg</li></ul>',
        "<p><strong>Notes</strong></p>",
        "<p>[1] The harbour master's book.</p>",
        "<p>Written by Ida Lindqvist<br>Read by Tomas Berg</p>",
        '<p>Subscribe to <a href="https://example.org/">Harbour Days</a></p>',
    ] == blocks_of(notes.html)


def test_an_accepted_work_needs_its_title_only(column):
    editor = convert({"mentioned": [{"title": "The Crate"}]}, Editor, where="episode.toml")

    notes = show_notes(column(), a_show(), link=LINK, editor=editor)

    assert "<ul><li>“The Crate”</li></ul>" in notes.html


def test_the_hook_is_the_paragraph_that_speaks_of_the_title_and_is_not_repeated(column):
    notes = show_notes(column(), a_show(), link=LINK)

    assert "<p>On a grey Tuesday the captain's piano left" in blocks_of(notes.html)[0]
    assert f"<p>{BODY[0]}</p>" == blocks_of(notes.html)[1]
    assert 1 == notes.html.count("grey Tuesday")
    assert "line 5" == next(n.where for n in notes.notices if n.code == "hook-chosen")


def test_the_writers_subtitle_is_a_hook(column):
    read = column(above="---\nsubtitle: A crate and its secret\n---\n")

    notes = show_notes(read, a_show(), link=LINK)

    assert "<p>A crate and its secret</p>" == blocks_of(notes.html)[0]
    assert "<p>Harbours are patient" in blocks_of(notes.html)[1][:40]


def test_two_chapters_are_not_listed_since_apps_want_three(column):
    chapters = [Chapter(start_s=0, title="One"), Chapter(start_s=61, title="Two")]

    notes = show_notes(column(), a_show(), link=LINK, chapters=chapters)

    assert "00:00:00" not in notes.html


def test_the_lead_stops_at_a_bound(column):
    read = column(*(f"Paragraph {n} of a long column. {BODY[0]}" for n in range(40)))

    notes = show_notes(read, a_show(), link=LINK)

    assert len(notes.plain) < 1600
    assert notes.html.count("<p>Paragraph") == 10


@pytest.mark.parametrize("text", ["船は正午に港を出た。" * 800, "Ein Satz & noch <einer>. " * 700])
def test_a_long_column_is_cut_to_apples_bytes_at_a_sentence(column, text):
    read = column(text.replace("<", "&lt;"))

    notes = show_notes(read, a_show(), link=LINK)

    assert notes.length_bytes <= 4000
    first = blocks_of(notes.html)[0]
    assert re.search(r"[。.]</p>$", first)
    assert f'<a href="{LINK}">' in notes.html
    assert read.text.startswith(entities.unescape(first[3:-4]))


def test_full_text_goes_to_content_encoded_only(column):
    read = column(*(f"Paragraph {n}. {BODY[0]}" for n in range(80)))

    notes = show_notes(read, a_show(notes=NotesSettings(body="full")), link=LINK)

    assert "Paragraph 79" not in notes.html
    assert "Paragraph 79" in notes.full_html
    assert notes.full_html.index("Paragraph 79") < notes.full_html.index("Read the column")


def test_the_full_text_is_brought_down_to_what_apps_show_as_well(column):
    read = column(f"{BODY[0]}[^1]", "## Below deck", "> Out of tune.", "[^1]: The book.")

    notes = show_notes(read, a_show(notes=NotesSettings(body="full")), link=LINK)

    assert f"<p>{BODY[0]}[1]</p>" in notes.full_html
    assert "<p><strong>Below deck</strong></p><p>“Out of tune.”</p>" in notes.full_html
    assert "<p>[1] The book.</p>" in notes.full_html


def test_footnotes_give_way_before_the_lead_does(column):
    marks = "".join(f"[^{n}]" for n in range(1, 9))
    notes = [f"[^{n}]: {'The harbour book says so. ' * 20}" for n in range(1, 9)]
    read = column(f"{BODY[0]}{marks}", *BODY[1:], *notes)

    shown = show_notes(read, a_show(), link=LINK)

    assert shown.length_bytes <= 4000
    assert BODY[3] in shown.html
    assert "The harbour book" not in shown.html
    assert "footnotes left out" in next(n.message for n in shown.notices if n.code == "notes-cut")


def test_a_summary_is_the_hook_alone(column):
    notes = show_notes(column(), a_show(notes=NotesSettings(body="summary")), link=LINK)

    assert BODY[0] not in notes.html
    assert "grey Tuesday" in notes.html


def test_the_notes_can_be_read_as_plain_text(column):
    read = column(f"See [the log](https://example.org/log) & more. {BODY[0]}", "- one\n- two")

    notes = show_notes(read, a_show(), link=LINK)

    assert "See the log (https://example.org/log) & more." in notes.plain
    assert "- one\n- two" in notes.plain
    assert f"Read the column: {LINK}\n" in notes.plain


def test_a_shows_own_template_orders_the_parts(column):
    show = a_show(notes=NotesSettings(template="notes.html"))
    template = "{{ subscribe }}<h2>{{ column.title }} & co</h2>{{ hook }}<script>x</script>"

    notes = show_notes(column(title="A <3 Piano"), show, link=LINK, template=template)

    assert "<p><strong>A &lt;3 Piano &amp; co</strong></p>" == blocks_of(notes.html)[1]
    assert "script" not in notes.html


@pytest.mark.parametrize("template", ["{{ nothing }}", "{% if %}", "{{ show.__class__.__mro__ }}"])
def test_a_wrong_template_is_one_clear_line(column, template):
    show = a_show(notes=NotesSettings(template="notes.html"))

    with pytest.raises(SettingsError, match=r"notes\.html"):
        show_notes(column(), show, link=LINK, template=template)


def test_notes_of_notes_are_the_same_notes(column):
    read = column()
    show = a_show()
    first = show_notes(read, show, link=LINK)

    again = replace(read, blocks=read_markup(parse(first.html)).blocks)

    assert first.html == show_notes(again, show, link=LINK).html


def test_a_time_of_day_is_told_since_players_link_it(column):
    notes = show_notes(column("The ferry left at 10:30 and came back.", *BODY), a_show(), link=LINK)

    notice = next(n for n in notes.notices if n.code == "clock-time")
    assert "line 3" == notice.where


def test_the_words_around_are_in_the_shows_language(column):
    notes = show_notes(column(), a_show(language="de"), link=LINK)

    assert "Die Kolumne lesen" in notes.html


def test_equal_columns_give_equal_bytes(column):
    assert show_notes(column(), a_show(), link=LINK) == show_notes(column(), a_show(), link=LINK)


def test_the_same_column_gives_the_same_notes_in_text_and_markdown(column):
    plain = show_notes(column(name="c.txt"), a_show(), link=LINK)
    marked = show_notes(column(), a_show(), link=LINK)

    assert plain.html == marked.html
