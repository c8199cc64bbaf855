"""Reading a column from the forms that writers have."""

import pytest

from columncast.episodes.columns.door import read_column
from columncast.episodes.errors import ColumnError

FIRST = "The ferry left the harbour at noon with eleven passengers and a crated piano on its deck."
SECOND = (
    "Nobody on the quay remembered afterwards who had paid for the piano, or where it was bound."
)
THIRD = "By evening the wind had turned, and the captain wrote one word into his log and closed it."


@pytest.fixture
def column(tmp_path):
    """Write a column's text to a file and read it."""

    def read(text: str | bytes, name: str = "column.txt", **options):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_column(path, **options)

    return read


def codes(column) -> list[str]:
    return [notice.code for notice in column.notices]


def texts(column) -> list[str]:
    return [block.text for block in column.blocks]


@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n", "\r\n\r\n", "\u2028"])
def test_paragraphs_may_be_parted_by_line_ends_or_blank_lines(column, between):
    source = between.join(["The Piano", FIRST, SECOND, THIRD])

    read = column(source)

    assert "The Piano" == read.title
    assert [FIRST, SECOND, THIRD] == texts(read)


@pytest.mark.parametrize("indent", ["", "   "])
def test_hard_wrapped_lines_are_joined(column, indent):
    wrapped = [
        "The Piano\n",
        f"{indent}The ferry left the harbour at noon with eleven",
        "passengers and a crated piano on its deck. The mate",
        "had chained it to the rail.\n",
        f"{indent}Nobody on the quay remembered afterwards who had",
        "paid for the piano, or where it was bound, or why it",
        "had been crated upside down.",
    ]

    read = column("\n".join(wrapped))

    assert 2 == len(read.blocks)
    assert read.blocks[0].text.endswith("on its deck. The mate had chained it to the rail.")
    assert 7 == read.blocks[1].line


def test_hard_wrapped_text_without_blank_lines_parts_where_a_line_stops_early(column):
    wrapped = [
        "The Piano",
        "The ferry left the harbour at noon with eleven",
        "passengers and a crated piano on its deck. The mate",
        "had chained it to the rail.",
        "Nobody on the quay remembered afterwards who had",
        "paid for the piano, or where it was bound, or why it",
        "had been crated upside down.",
    ]

    read = column("\n".join(wrapped))

    assert 2 == len(read.blocks)
    assert read.blocks[1].text.startswith("Nobody on the quay")


def test_verse_keeps_its_lines(column):
    source = f"The Piano\n\n{FIRST}\n\nThe keys are wet,\nthe strings are gone,\n\n{SECOND}"

    read = column(source)

    assert "The keys are wet,\nthe strings are gone," == read.blocks[1].text


def test_what_stands_above_the_body_is_told_apart(column):
    head = (
        "Harbour Days: The Captain’s Piano\nMarch 3, 1912\nBy Ida Lindqvist\n"
        "Listen to the audio narration of the column above!\n"
    )

    read = column(f"{head}{FIRST}\n{SECOND}", show_title="Harbour days")

    assert "The Captain’s Piano" == read.title
    assert "captains-piano" in read.slug
    assert "Harbour Days" == read.series
    assert "March 3, 1912" == read.story_date
    assert read.published is None
    assert "Ida Lindqvist" == read.author
    assert [FIRST, SECOND] == texts(read)
    assert [2, 3, 4] == sorted(line.line for line in read.dropped)
    assert {"series-removed", "story-date", "listen-line-dropped"} <= set(codes(read))


def test_a_series_that_is_not_the_shows_stays_in_the_title(column):
    read = column(f"Part 1: The Beginning\n{FIRST}\n{SECOND}", show_title="Harbour Days")

    assert "Part 1: The Beginning" == read.title


def test_a_long_paragraph_about_listening_is_not_dropped(column):
    about = (
        "Listen to the audio of any harbour at night and you hear it narrate itself: "
        + FIRST
        + SECOND
    )

    read = column(f"The Piano\n{about}\n{SECOND}")

    assert about == read.blocks[0].text


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_the_encoding_is_found_and_said(column, encoding, found):
    text = f"The Captain’s Café\n{FIRST}\n{SECOND}\n"

    read = column(text.encode(encoding))

    assert "The Captain’s Café" == read.title
    said = [n.message for n in read.notices if n.code == "encoding-found"]
    assert ([found] if found else []) == [
        name for message in said for name in ("UTF-16", "Windows-1252") if name in message
    ]


def test_text_that_was_decoded_wrongly_before_is_told_with_its_line(column):
    read = column(f"The Piano\n{FIRST}\nThe captainâ€™s log.\n{SECOND}")

    notice = next(n for n in read.notices if n.code == "mojibake")
    assert "line 3" == notice.where


def test_control_characters_are_removed_and_told(column):
    read = column(f"The Piano\n{FIRST}\x07\n{SECOND}")

    assert [FIRST, SECOND] == texts(read)
    assert "line 2" == next(n for n in read.notices if n.code == "illegal-characters").where


FRONT_MATTER = """\
---
title: "Harbour Days: The Piano"
subtitle: What the crate held
author: [Ida Lindqvist, Tomas Berg]
date: 2025-07-30
story_date: March 1912
url: https://example.org/p/piano?utm_source=mail
season: 2
number: 7
explicit: no
language: en_GB
---
"""


def test_front_matter_says_what_the_text_cannot(column):
    read = column(FRONT_MATTER + FIRST + "\n\n" + SECOND, "c.md", timezone="Europe/Berlin")

    assert "Harbour Days: The Piano" == read.title
    assert "What the crate held" == read.subtitle
    assert "Ida Lindqvist and Tomas Berg" == read.author
    assert "2025-07-30T00:00:00+02:00" == read.published.isoformat()
    assert "March 1912" == read.story_date
    assert "https://example.org/p/piano" == read.source_url
    assert (2, 7, False, "en-gb") == (read.season, read.number, read.explicit, read.language)
    assert "date-without-zone" in codes(read)


@pytest.mark.parametrize("title", ["1958", "12:30", "no", "2025-07-30", "1e3", "0x10"])
def test_a_title_stays_the_text_that_was_written(column, title):
    read = column(f"---\ntitle: {title}\n---\n{FIRST}\n", "c.md")

    assert title == read.title


def test_markdown_is_known_by_what_it_holds(column):
    read = column(f"# The Piano\n\n{FIRST} See [the log](https://example.org/log).\n", "column.txt")

    assert "The Piano" == read.title
    assert '<a href="https://example.org/log">the log</a>' in read.html
    assert 3 == read.blocks[0].line


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.txt", f"The Piano\nMarch 9, 1911\n{FIRST}\n{SECOND}"),
        ("c.txt", f"Harbour Days: The Piano\n\nMarch 9, 1911\n\n{FIRST}\n\n{SECOND}"),
        ("c.md", f"# The Piano\n\nMarch 9, 1911\n\n{FIRST}\n\n{SECOND}"),
        (
            "c.md",
            f"---\ntitle: The Piano\n---\n# The Piano\n\nMarch 9, 1911\n\n{FIRST}\n\n{SECOND}",
        ),
    ],
)
def test_a_text_under_another_title_is_the_same_without_its_own(column, name, text):
    read = column(text, name, show_title="Harbour Days")
    other = column(text, name, show_title="Harbour Days", title="A Crate at Sea")

    assert ("The Piano", "A Crate at Sea") == (read.title, other.title)
    assert "The Piano" == read.own_title == other.own_title
    assert [FIRST, SECOND] == texts(read) == texts(other)
    assert ("March 9, 1911", "") == (other.story_date, other.subtitle)


@pytest.mark.parametrize(
    "first", [FIRST, "It rained.", "“It rained.”", "Listen to the audio above!"]
)
def test_a_text_that_begins_at_once_loses_nothing_to_the_title_it_is_given(column, first):
    read = column(f"{first}\n\n{SECOND}\n\n{THIRD}", title="A Crate at Sea")

    assert "" == read.own_title
    assert SECOND in texts(read)
    assert (first in texts(read)) != ("listen-line-dropped" in codes(read))


def test_a_title_repeated_as_the_first_heading_is_not_read_twice(column):
    read = column(f"---\ntitle: The Piano\n---\n# The Piano\n\n{FIRST}\n", "c.md")

    assert [FIRST] == texts(read)


def test_footnotes_are_taken_out_of_the_flow(column):
    read = column(f"# The Piano\n\n{FIRST}[^log] More.\n\n[^log]: The log, page 3.\n", "c.md")

    assert [f"{FIRST} More."] == texts(read)
    assert ["The log, page 3."] == [note.text for note in read.footnotes]
    assert '<sup><a href="#note-1" id="mark-1">1</a></sup>' in read.html


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("c.txt", b"", "the column is empty"),
        ("c.txt", b" \n\n\t", "the column is empty"),
        ("c.txt", b"\xef\xbb\xbf\n", "the column is empty"),
        ("c.txt", b"The Piano\n", "no text under it"),
        ("c.md", b"---\ntitle: The Piano\n---\n", "no text under it"),
        ("c.txt", bytes(range(1, 255)) * 20, "is not text"),
        ("c.txt", b"The Piano\x00\nThe ferry left the harbour", "NUL"),
        ("c.txt", b"%PDF-1.7 ...", "a PDF"),
        ("c.txt", b"\xd0\xcf\x11\xe0 ...", "save it as .docx"),
        ("c.txt", b"fLaC....", "a recording, not a column"),
        ("c.md", b"---\ntitle: Harbour: The Piano\n---\nText.\n",
         'line 2: the title holds a colon. Put it in quotes: title: "Harbour: The Piano"'),
        ("c.md", b'---\ntitle: "The Piano\n---\nText.\n', "the front matter is not YAML"),
        ("c.md", b"---\ntitle: The Piano\nText that goes on.\n", "never closed"),
        ("c.md", b"---\n- a\n- b\n---\nText.\n", "name: value"),
        ("c.md", b"---\ntitle: a\ntitle: b\n---\nText.\n", "line 3: the front matter is not YAML: 'title' is given twice"),
        ("c.md", b"---\ntitle: a\ndate: soon\n---\nText.\n", "write it as 2025-07-30"),
        ("c.md", b"---\ntitle: a\ndate: 1958-07-31\n---\nText.\n", "story_date"),
        ("c.md", b"---\ntitle: a\nseason: two\n---\nText.\n", "season must be a whole number"),
        ("c.md", b"---\ntitle: a\nexplicit: maybe\n---\nText.\n", "explicit must be yes or no"),
        ("c.md", b"---\ntitle: a\nlanguage: klingon\n---\nText.\n", "not a language code"),
        ("c.md", b"+++\ntitle = oops\n+++\nText.\n", "not TOML"),
        ("c.txt", (FIRST + " " + SECOND).encode() + b"\nmore", "the first line is no title"),
    ],
)  # fmt: skip
def test_a_bad_column_is_one_clear_line(column, name, content, told):
    with pytest.raises(ColumnError) as caught:
        column(content, name)

    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).count(name) == 1
    assert 3 == caught.value.exit_code


def test_a_column_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ColumnError, match="no such file"):
        read_column(tmp_path / "none.txt")


def test_a_folder_is_no_column(tmp_path):
    with pytest.raises(ColumnError, match="is a folder"):
        read_column(tmp_path)


def test_a_title_given_by_hand_is_used(column):
    read = column(f"{FIRST}\n{SECOND}", title="By Hand")

    assert "By Hand" == read.title
    assert [FIRST, SECOND] == texts(read)


def test_a_pasted_comment_at_the_end_is_flagged_and_kept(column):
    body = "\n".join(f"{FIRST} The captain’s log says so, and the mate’s." for _ in range(4))
    comment = "The piano is well described in Berg's «The Crate». Important to remember it couldn't float."

    read = column(f"The Piano\n{body}\n{comment}")

    assert comment == read.blocks[-1].text
    notice = next(n for n in read.notices if n.code == "closing-voice")
    assert "line 6" == notice.where
