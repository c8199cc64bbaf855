"""Names spelled two ways, and what a column mentions."""

import pytest

from columncast.episodes.columns.review.mentions import candidates
from columncast.episodes.columns.review.names import spelled_two_ways
from columncast.episodes.model.column import Block, Column, Span, words


def a_column(*paragraphs: str) -> Column:
    blocks = tuple(Block(spans=words(text), line=at) for at, text in enumerate(paragraphs, 1))
    return Column(title="The Piano", slug="piano", blocks=blocks)


def mentioned(column: Column, kind: str) -> list[tuple[str, str]]:
    return [(m.title, m.by) for m in candidates(column) if m.kind == kind]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Khrushchev", "Khruschev"),
        ("Pivovarov", "Pivorarov"),
        ("Lindqvist", "Lindqivst"),
        ("Aldersund", "Alldersund"),
        ("Østergård", "Østergard"),
    ],
)
def test_a_name_spelled_two_ways_is_told_with_its_lines(one, other):
    column = a_column(
        f"Captain {one} left.", "Nobody waved.", f"So {one} wrote; {other}’s log was lost."
    )

    (notice,) = spelled_two_ways(column.blocks)

    assert "name-spelled-two-ways" == notice.code
    assert f"{other!r} (line 3)" in notice.message
    assert f"{one!r} (2×, first line 1)" in notice.message
    assert "line 3" == notice.where


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Soviet", "Soviets"),
        ("Russia", "Russian"),
        ("Khrushchev", "Khrushchev's"),
        ("Chen", "Cheng"),
        ("Martin", "Darwin"),
    ],
)
def test_two_names_or_two_forms_of_one_are_left_alone(one, other):
    assert () == spelled_two_ways(
        a_column(f"Captain {one} left.", f"So {other} ferry left.").blocks
    )


def test_an_ordinary_word_at_the_start_of_a_sentence_is_no_name():
    assert () == spelled_two_ways(
        a_column("Though late, it left. Through all that, though.", "go through").blocks
    )


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("It is told in Ida Berg's «The Harbour Book».", ("The Harbour Book", "Ida Berg")),
        (
            "In his new book Ferries and Men, Philip Snow tells it.",
            ("Ferries and Men", "Philip Snow"),
        ),
        ("The novel “The Last Crate” by Ida Berg is better.", ("The Last Crate", "Ida Berg")),
    ],
)
def test_works_are_offered_with_their_authors(text, work):
    assert work in mentioned(a_column(text), "work")


def test_a_title_in_italics_is_a_work_and_a_stressed_word_is_not():
    def stressed(text: str, href: str = "") -> Span:
        em = Span(kind="em", children=words(text))
        return Span(kind="link", href=href, children=(em,)) if href else em

    block = Block(
        spans=(
            stressed("The Harbour Book", "https://example.org/book"),
            *words(" is "),
            stressed("very good"),
        )
    )

    works = [
        m for m in candidates(Column(title="x", slug="x", blocks=(block,))) if m.kind == "work"
    ]

    assert [("The Harbour Book", "https://example.org/book")] == [(m.title, m.href) for m in works]


def test_people_come_by_how_often_and_institutions_do_not():
    column = a_column(
        "Ida Berg met Steven I. Levine at Aldersund University.", "Ida Berg left the Soviet Union."
    )

    assert [("Ida Berg", ""), ("Steven I. Levine", "")] == mentioned(column, "person")
