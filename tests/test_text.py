"""Text made fit for XML, tags and file names."""

import pytest

from columncast.episodes.model.column import Block, words
from columncast.episodes.text.app_html import cut
from columncast.episodes.text.normalize import (
    clean,
    clip,
    illegal_lines,
    make_slug,
    mojibake,
    plain_title,
    split_series,
    whole_graphemes,
)
from columncast.episodes.text.sentences import sentences

FAMILY = "👩‍👩‍👧"
FLAG = "🇳🇴"
WAVE = "👋🏽"
ACCENTED = "x\u0323\u0302"


@pytest.mark.parametrize("grapheme", [FAMILY, FLAG, WAVE, ACCENTED, "❤️"])
def test_no_cut_falls_inside_what_a_reader_takes_for_one_character(grapheme):
    text = grapheme * 4

    for length in range(len(text) + 1):
        kept = whole_graphemes(text, length)
        assert kept == grapheme * (len(kept) // len(grapheme))
        assert bool(kept) == (length >= len(grapheme))


def test_a_cut_of_notes_spares_graphemes_too():
    block = Block(spans=words(FAMILY * 40))

    for limit in range(40, 200, 7):
        for kept in cut([block], limit):
            assert kept.text.removesuffix("…").replace(FAMILY, "") == ""


@pytest.mark.parametrize(
    "char", ["\x00", "\x08", "\x1b", "\x7f", "\x9f", "\ufffe", "\uffff", "\ud83d"]
)
def test_characters_that_no_feed_may_hold_are_removed_and_found(char):
    assert "ab" == clean(f"a{char}b")
    assert [2] == illegal_lines(f"one\na{char}b\nthree")


def test_halves_of_a_character_are_joined():
    assert "😀" == clean("\ud83d\ude00")


@pytest.mark.parametrize(
    "text", ["naïve café", "“quoted”", "Ã was a letter", "São Paulo", "ÂNGELA"]
)
def test_text_with_accents_is_no_mojibake(text):
    assert "" == mojibake(text)


@pytest.mark.parametrize(
    "text", ["caf" + "é".encode().decode("cp1252"), "’".encode().decode("cp1252") + "s"]
)
def test_text_in_the_wrong_encoding_is_told(text):
    assert mojibake(text)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Khrushchev's Secret Trip", "khrushchevs-secret-trip"),
        ("Khrushchev’s Secret Trip", "khrushchevs-secret-trip"),
        ("L’État, c’est moi", "letat-cest-moi"),
        ("Straße nach Łódź", "strasse-nach-lodz"),
        ("Поездка в Пекин", "poezdka-v-pekin"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-column"),
        ("a" * 90, "a" * 48),
        ("one " * 30, "one-" * 11 + "one"),
        ("A " + "b" * 47 + " c", "a"),
        ("100% of $5?", "100-of-5"),
    ],
)
def test_a_slug_has_no_debris(title, slug):
    assert slug == make_slug(title)


def test_titles_that_no_address_can_spell_get_slugs_of_their_own():
    slugs = {make_slug(title) for title in ("山田", "田山", "!?", "…")}

    assert 4 == len(slugs)
    assert all(slug.startswith("column-") for slug in slugs)


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("a < b <3 & c", "a < b <3 & c"),
        ("The <i>Piano</i>", "The Piano"),
        ("The **Piano** and __Safe__ and *Log*", "The Piano and Safe and Log"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("Q&amp;A &mdash; 3", "Q&A — 3"),
        ("\u202eonaip\u202c", "onaip"),
        ("The\n\tPiano  ", "The Piano"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_a_title_is_plain_text(title, plain):
    assert plain == plain_title(title)


@pytest.mark.parametrize(
    ("title", "show", "expected"),
    [
        ("Harbour Days: The Piano", "harbour days", ("Harbour Days", "The Piano")),
        ("The Captain’s Log | Harbour Days", "Harbour Days", ("Harbour Days", "The Captain’s Log")),
        ("Ida’s Days: A: B", "Ida's Days", ("Ida’s Days", "A: B")),
        ("Harbour Days:", "Harbour Days", ("", "Harbour Days:")),
        ("Harbour Days", "Harbour Days", ("", "Harbour Days")),
        ("Review: Harbour Days", "Harbour Days", ("", "Review: Harbour Days")),
        ("Part 1: The Piano", "", ("", "Part 1: The Piano")),
    ],
)
def test_only_the_shows_own_name_is_a_series(title, show, expected):
    assert expected == split_series(title, show)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He left at 5 p.m. on the ferry. She stayed.", 2),
        ("Dr. Berg and J. R. Hale met. Why? Nobody knows!", 3),
        ("“Is it here?” he asked. “No.” She left.", 3),
        ("It ended… and began. Then 3 more.", 2),
        ("船が出た。誰も見なかった。", 2),
    ],
)
def test_sentences_end_where_a_reader_breathes(text, count):
    assert count == len(sentences(text))


def test_a_clip_ends_at_a_word():
    assert "The ferry leaves…" == clip("The ferry leaves, at noon", 18)
