"""What holds for show notes whatever the column is made of."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from columncast.episodes.columns.blocks.from_html import read_markup
from columncast.episodes.columns.formats.markdown import read_markdown
from columncast.episodes.columns.formats.page import read_page
from columncast.episodes.columns.formats.plain import read_plain
from columncast.episodes.columns.review.head import finish
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Block, Column, words
from columncast.episodes.model.limits import NOTES_BYTES
from columncast.episodes.notes.compose import show_notes
from columncast.episodes.show.settings import NotesSettings, Show
from columncast.episodes.text.app_html import cut, for_apps, html_of, length_bytes
from columncast.episodes.text.html import NOTES_TAGS, PAGE_TAGS, gate, parse
from columncast.episodes.text.normalize import clean, make_slug, plain_title
from columncast.episodes.text.sentences import sentences
from columncast.episodes.text.spans import tidy

SHOW = Show(
    title="Harbour Days",
    site_url="https://example.org/",
    base_url="https://cdn.example.org/",
    notes=NotesSettings(body="full"),
)
LINK = "https://example.org/p/piano"

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

TAGS = sorted(
    PAGE_TAGS | {"div", "span", "script", "style", "iframe", "svg", "td", "u", "sub", "x-y"}
)
SCHEMES = [
    "https://example.org/",
    "javascript:",
    "JAVA\tSCRIPT:",
    "data:text/html,",
    "//h.example/",
    "/a",
    "#fn1",
    "",
]

text = st.text(max_size=60) | st.sampled_from(
    [
        "10:30 ",
        "]]>",
        "&amp;",
        "&nbsp;",
        "<",
        "é\u0301",
        "👩‍👩‍👧",
        "שלום",
        "船が。出た。",
        "A. B. C. ",
        "\x00\ufffe",
        "x" * 300,
    ]
)
attributes = st.builds(
    lambda scheme, rest, name: f'{name}="{scheme}{rest}"'.replace("\x00", ""),
    st.sampled_from(SCHEMES),
    st.text(st.characters(blacklist_characters='"'), max_size=12),
    st.sampled_from(
        ["href", "src", "id", "class", "style", "onclick", "alt", "title", "data-attrs"]
    ),
)
html = st.recursive(
    text,
    lambda inner: st.builds(
        lambda tag, given, parts, closed: (
            f"<{tag} {' '.join(given)}>{''.join(parts)}" + (f"</{tag}>" if closed else "")
        ),
        st.sampled_from(TAGS),
        st.lists(attributes, max_size=2),
        st.lists(inner, max_size=4),
        st.booleans(),
    ),
    max_leaves=25,
)


def a_column(blocks: tuple[Block, ...], title: str = "The Piano") -> Column:
    return Column(title=title, slug="piano", blocks=blocks)


def elements(fragment: str):
    """The parsed fragment; it is XML once its breaks are closed and its one entity is named."""
    closed = re.sub(r"<(br|hr|img [^>]*)>", r"<\1/>", fragment).replace("&nbsp;", "\u00a0")
    return list(ET.fromstring(f"<x>{closed}</x>").iter())[1:]


def are_safe_notes(fragment: str) -> bool:
    found = elements(fragment)
    assert {e.tag for e in found} <= NOTES_TAGS
    assert all(set(e.attrib) <= {"href"} for e in found)
    links = [e.attrib["href"] for e in found if e.tag == "a"]
    assert all(
        href.startswith(("https://", "http://", "mailto:")) and href.isascii() for href in links
    )
    assert fragment == gate(fragment)
    return True


@quick
@given(html)
def test_any_html_gives_notes_that_are_safe_and_fit(source):
    blocks = read_markup(parse(source), base=LINK).blocks

    notes = show_notes(a_column(blocks), SHOW, link=LINK)

    assert notes.length_bytes <= NOTES_BYTES
    assert are_safe_notes(notes.html)
    assert are_safe_notes(notes.full_html)


@quick
@given(html)
def test_what_was_read_once_reads_the_same_again(source):
    once = html_of(for_apps(read_markup(parse(source), base=LINK).blocks))

    again = html_of(for_apps(read_markup(parse(once), base=LINK).blocks))

    assert once == again


@quick
@given(html)
def test_notes_of_notes_are_the_same_notes(source):
    column = a_column(read_markup(parse(source), base=LINK).blocks)
    once = show_notes(column, SHOW, link=LINK).html

    again = show_notes(
        replace(column, blocks=read_markup(parse(once)).blocks), SHOW, link=LINK
    ).html

    assert once == again


@quick
@given(html)
def test_a_page_holds_nothing_that_the_gate_would_remove(source):
    blocks = read_markup(parse(source), base=LINK).blocks
    page = a_column(blocks).html

    assert page == gate(page, page=True)
    assert {e.tag for e in elements(page)} <= PAGE_TAGS


@quick
@given(st.lists(text, min_size=2, max_size=8).map("\n\n".join))
def test_any_text_is_a_column_or_refused(source):
    for read in (
        read_plain,
        lambda s: read_markdown(s, timezone="UTC"),
        lambda s: read_page(s, timezone="UTC"),
    ):
        try:
            column = finish(read(clean(source)), show_title="x", title="")
        except ColumnError:
            continue
        notes = show_notes(column, SHOW, link=LINK)
        assert notes.length_bytes <= NOTES_BYTES
        assert are_safe_notes(notes.html)
        assert column.slug


@quick
@given(st.lists(st.text(min_size=1, max_size=400), min_size=1, max_size=6), st.integers(20, 900))
def test_a_cut_fits_and_keeps_the_beginning(paragraphs, limit):
    blocks = tuple(Block(spans=tidy(words(clean(p)))) for p in paragraphs)
    assume(all(block.spans for block in blocks))

    kept = cut(blocks, limit)

    assert length_bytes(kept) <= limit
    whole = "".join(block.text for block in blocks)
    assert whole.startswith("".join(block.text for block in kept).removesuffix("…"))


@quick
@given(st.text(max_size=300))
def test_text_comes_to_rest(source):
    assert clean(source) == clean(clean(source))
    assert plain_title(plain_title(source)) == plain_title(plain_title(plain_title(source)))
    assert source == "".join(sentences(source))


@quick
@given(st.text(max_size=200))
def test_a_slug_is_fit_for_every_file_system(title):
    slug = make_slug(title)

    assert 0 < len(slug) <= 48
    assert slug == make_slug(slug)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
