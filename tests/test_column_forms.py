"""One column in every form gives one description."""

import zipfile
from pathlib import Path

import pytest

from columncast.episodes.columns.door import read_column
from columncast.episodes.columns.extract import with_named_pictures
from columncast.episodes.columns.formats.page import read_page
from columncast.episodes.notes.compose import show_notes
from columncast.episodes.show.settings import Show

SHOW = Show(
    title="Harbour Days", site_url="https://example.org/", base_url="https://cdn.example.org/"
)
HEAD = ["Harbour Days: The Captain’s Piano", "March 3, 1912", "By Ida Lindqvist"]
LISTEN = "Listen to the audio narration of the column above!"
BODY = [
    "Harbours are patient places — and the one at Aldersund is more patient than most of them.",
    "But on a grey Tuesday the captain’s piano left Aldersund on the noon ferry, crated & unpaid for.",
    "Nobody on the quay remembered afterwards “who had sent it”, or where it was bound.",
    "See https://example.org/log for the rest. The sea was < 4, they say; the wind was not.",
]


def as_lines(path: Path) -> None:
    path.write_text("\n".join([*HEAD, LISTEN, *BODY]), encoding="utf-8")


def as_paragraphs(path: Path) -> None:
    path.write_text("\r\n\r\n".join([*HEAD, LISTEN, *BODY]), encoding="utf-16")


def as_wrapped(path: Path) -> None:
    lines = []
    for paragraph in [*HEAD, LISTEN, *BODY]:
        words = paragraph.split(" ")
        line = words[0]
        for word in words[1:]:
            if len(line) + 1 + len(word) > 60:
                lines.append(line)
                line = word
            else:
                line += f" {word}"
        lines += [line, ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def as_markdown(path: Path) -> None:
    text = "\n\n".join([f"# {HEAD[0]}", *HEAD[1:], f"*{LISTEN}*", *BODY])
    path.write_text(text.replace("< 4", "&lt; 4"), encoding="utf-8")


def as_front_matter(path: Path) -> None:
    facts = f'---\ntitle: "{HEAD[0]}"\nstory_date: {HEAD[1]}\nauthor: Ida Lindqvist\n---\n'
    path.write_text(facts + "\n\n".join(BODY), encoding="utf-8")


def as_html(path: Path) -> None:
    paragraphs = "".join(
        f"<p>{p.replace('&', '&amp;').replace('<', '&lt;')}</p>\n"
        for p in [*HEAD[1:], LISTEN, *BODY]
    )
    path.write_text(f"<h1>{HEAD[0]}</h1>{paragraphs}".replace("’", "&rsquo;"), encoding="utf-8")


def as_word(path: Path) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{p.replace('&', '&amp;').replace('<', '&lt;')}</w:t></w:r></w:p>"
        for p in [*HEAD, LISTEN, *BODY]
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="text/xml"/></Types>',
        )
        z.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" Target="word/document.xml" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
            "</Relationships>",
        )
        z.writestr(
            "word/document.xml", f"<w:document {space}><w:body>{paragraphs}</w:body></w:document>"
        )


@pytest.mark.parametrize(
    "write", [as_paragraphs, as_wrapped, as_markdown, as_front_matter, as_html, as_word]
)
def test_every_form_gives_the_same_description(tmp_path, write):
    as_lines(tmp_path / "reference")
    write(tmp_path / "column")

    expected, given = (
        show_notes(
            read_column(tmp_path / name, show_title=SHOW.title), SHOW, link="https://example.org/p"
        )
        for name in ("reference", "column")
    )

    assert expected.html == given.html
    assert "<p>On a grey Tuesday" in given.html


@pytest.mark.parametrize("source", sorted((Path(__file__).parent / "data" / "notes").glob("*.md")))
def test_a_column_written_as_html_reads_back_as_it_was(source):
    column = with_named_pictures(read_column(source))

    again = with_named_pictures(read_page(f"<body>{column.html}</body>", timezone="UTC"))

    assert column.html == again.html
    assert [note.text for note in column.footnotes] == [note.text for note in again.footnotes]
