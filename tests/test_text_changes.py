"""A text that is changed after it was read aloud: each sentence that differs is named, and no time is invented."""

import json
import re
import shutil
from dataclasses import replace
from datetime import date

import pytest
from feed_builders import show
from hypothesis import given
from hypothesis import strategies as st

from columncast import publish
from columncast.episodes.building.records import last_aligned
from columncast.episodes.entry.accepted import accept
from columncast.episodes.entry.as_read import NAME, changed_sentences
from columncast.episodes.entry.compose import column_of
from columncast.episodes.errors import SettingsError
from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra, TimedWord, Unit
from columncast.episodes.model.column import Column
from columncast.episodes.model.editor import Correction, Editor
from columncast.episodes.narration.carried import laid
from columncast.episodes.narration.changed import as_read, text_changes, without_unread
from columncast.episodes.narration.check import narration_notices
from columncast.episodes.notes.compose import show_notes
from columncast.episodes.notes.parts import corrections
from columncast.episodes.phrases.shipped import languages
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import convert
from columncast.episodes.text.app_html import paragraph
from columncast.feed.preview.draft import read_draft

SLUG = "the-ferry-that-kept-its-own-time"
PARAGRAPHS = [
    ["He kept the ledger for eleven years.", "It ends on a Sunday."],
    ["Then the boat came in.", "Nobody was there to write it down.", "The lamp went out."],
]


def read(told=PARAGRAPHS, *, status="read", extras=()):
    """A text as it was read, a word every half second."""
    made, at_s = [], 0.0
    for number, texts in enumerate(told, 1):
        for text in texts:
            words = []
            for word in text.split():
                words.append(TimedWord(text=word, start_s=at_s, end_s=at_s + 0.4, heard=True))
                at_s += 0.5
            made.append(
                AlignedSentence(
                    text=text,
                    start_s=words[0].start_s,
                    end_s=words[-1].end_s,
                    status=status,
                    band="sure",
                    words=tuple(words),
                    paragraph=number,
                )
            )
    return Alignment(sentences=tuple(made), extras=tuple(extras), duration_s=at_s)


def now(*paragraphs):
    return [Unit(text=text, paragraph=at) for at, text in enumerate(paragraphs, 1)]


def paragraphs():
    return [" ".join(texts) for texts in PARAGRAPHS]


def changed(*texts, then=None):
    then = then or read()
    return text_changes(as_read(then), laid(now(*texts), then))


def test_the_same_text_has_no_changes():
    assert () == changed(*paragraphs())


@pytest.mark.parametrize(
    "text",
    [
        "He kept the ledger for “eleven” years – it ends on a Sunday.",
        "HE kept  the\u00a0ledger, for eleven years.\nIt ends on a Sunday!",
    ],
)
def test_typography_and_where_a_sentence_ends_is_no_change(text):
    assert () == changed(text, paragraphs()[1])


def test_a_changed_sentence_is_named_with_both_wordings_and_its_time():
    first, second = paragraphs()

    (only,) = changed(first.replace("eleven", "twelve"), second)

    assert "changed" == only.kind
    assert "He kept the ledger for twelve years." == only.text
    assert "He kept the ledger for eleven years." == only.was
    assert 0.0 == only.start_s


def test_a_new_sentence_is_named_after_the_one_before_it():
    first, second = paragraphs()

    (only,) = changed(f"{first} A gull cried.", second)

    assert ("new", "A gull cried.", "It ends on a Sunday.") == (only.kind, only.text, only.before)


def test_a_sentence_that_was_taken_out_is_named_where_it_is_still_heard():
    first, _ = paragraphs()
    spoken = Extra(start_s=8.0, end_s=11.4, kind="ad-lib", after=2)

    (only,) = changed(
        first, "Then the boat came in. The lamp went out.", then=read(extras=[spoken])
    )

    assert "removed" == only.kind
    assert "Nobody was there to write it down." == only.was
    assert (8.0, 11.4) == (only.start_s, only.end_s)


def test_a_sentence_that_is_moved_is_named_at_both_places():
    first, second = paragraphs()

    kinds = [one.kind for one in changed(second, first)]

    assert {"new", "removed"} == set(kinds)


def test_a_paragraph_that_is_split_is_no_change():
    first, _ = paragraphs()

    assert () == changed(
        first, "Then the boat came in.", "Nobody was there to write it down. The lamp went out."
    )


def test_what_was_read_again_differs_no_more():
    first, second = paragraphs()
    then, texts = read(), (first.replace("eleven", "twelve"), second)

    found = text_changes(
        as_read(then), laid(now(*texts), then), ["He kept the ledger for twelve years."]
    )

    assert () == found


def test_a_sentence_that_was_never_heard_has_nothing_to_differ_from():
    first, second = paragraphs()
    then = read(status="missing")

    assert () == changed(first.replace("eleven", "twelve"), second, then=then)


def test_a_correction_of_what_was_heard_in_part_is_believed_once_it_is_heard():
    then = as_read(read(status="unsure"))
    fixed = read([["He kept the ledger for twelve years.", PARAGRAPHS[0][1]], PARAGRAPHS[1]])

    assert () == text_changes(then, fixed)


def test_no_word_that_was_not_read_has_a_time():
    """
    The aligner gives every word of a text a place; only who knows what was read can tell.
    """
    then = read()
    aligned = read([["He kept the ledger for twelve years.", PARAGRAPHS[0][1]], PARAGRAPHS[1]])
    changes = text_changes(as_read(then), aligned)

    first = without_unread(aligned, changes).sentences[0]

    times = {word.text: word.start_s for word in first.words}
    assert times["twelve"] is None
    assert (0.0, 3.0) == (times["He"], times["years."])
    assert "unsure" == first.status


@pytest.mark.parametrize("verdict", ["not-this-text", "too-noisy", "no-speech", "language"])
def test_a_recording_of_something_else_gives_a_text_no_times_and_still_says_so(verdict):
    refused = replace(read(), verdict=verdict, message="why")

    found = laid(now(*paragraphs()), refused)

    assert (verdict, "why") == (found.verdict, found.message)
    assert {None} == {one.start_s for one in found.sentences}
    assert narration_notices(refused) == narration_notices(found)


WORDS = st.sampled_from(
    ["the", "ferry", "kept", "its", "own", "time", "and", "nobody", "minded", "at", "all"]
)
SENTENCES = st.lists(
    st.lists(WORDS, min_size=1, max_size=8).map(lambda words: " ".join(words).capitalize() + "."),
    min_size=1,
    max_size=5,
)


@given(
    then=st.lists(SENTENCES, min_size=1, max_size=3),
    texts=st.lists(SENTENCES, min_size=1, max_size=3),
)
def test_times_stay_with_their_words_and_none_is_invented(then, texts):
    former = read(then)
    known = {
        (word.text.strip(".").lower(), word.start_s)
        for one in former.sentences
        for word in one.words
    }

    found = laid(now(*(" ".join(each) for each in texts)), former)

    timed = [
        (word.text.strip(".").lower(), word.start_s)
        for one in found.sentences
        for word in one.words
        if word.start_s is not None
    ]
    assert set(timed) <= known
    assert len(timed) == len(set(timed))
    assert [" ".join(each) for each in texts] == [
        " ".join(one.text for one in found.sentences if one.paragraph == at)
        for at in range(1, len(texts) + 1)
    ]


@given(then=SENTENCES, texts=SENTENCES)
def test_a_text_with_other_words_always_has_a_change(then, texts):
    former = read([then])
    found = text_changes(as_read(former), laid(now(" ".join(texts)), former))

    same = " ".join(then).lower().replace(".", "") == " ".join(texts).lower().replace(".", "")
    assert same == (found == ())


# episodes


OLD, NEW = "eleven years", "twelve years"
NOTE = "It was twelve years, not eleven."


def column_file(folder):
    return folder.root / f"episodes/{SLUG}/column.md"


def say(folder, old, new):
    text = column_file(folder).read_text()
    assert old in text
    column_file(folder).write_text(text.replace(old, new))


def kept(folder):
    return folder.root / f"episodes/{SLUG}" / NAME


def changes_in(notices):
    return [one for one in notices if one.code.startswith("text-")]


@pytest.fixture(scope="module")
def corrected(demo_show, tmp_path_factory):
    """The demo with one word of its text changed since it was read, a note of it, and built."""
    folder = ShowFolder(tmp_path_factory.mktemp("corrected") / "show")
    shutil.copytree(demo_show, folder.root)
    say(folder, OLD, NEW)
    note = f'\n[[notes.correction]]\ndate = 2026-11-28\ntext = "{NOTE}"\n'
    facts = folder.root / f"episodes/{SLUG}/episode.toml"
    facts.write_text(facts.read_text() + note)
    publish.build(folder)
    return folder


@pytest.fixture
def ferry(demo_show, tmp_path):
    """The demo, to be changed."""
    shutil.copytree(demo_show, tmp_path / "show")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def again(corrected, tmp_path):
    """The corrected demo, to be changed once more."""
    shutil.copytree(corrected.root, tmp_path / "show")
    return ShowFolder(tmp_path / "show")


def test_a_changed_sentence_is_named_before_any_build_and_its_times_are_those_of_its_words(ferry):
    say(ferry, OLD, NEW)

    draft = read_draft(ferry.root, SLUG)

    sentence = next(one for one in draft.alignment.sentences if NEW in one.text)
    (only,) = changes_in(draft.notices)
    assert "unsure" == sentence.status
    assert ("text-changed", "0:17") == (only.code, only.where)
    assert not kept(ferry).exists()


def test_check_names_it_with_both_wordings_and_what_to_do(corrected, columncast):
    told = json.loads(columncast("-C", corrected.root, "check", SLUG, "--json").out)

    (only,) = [one for one in told["findings"] if one["code"].startswith("text-")]
    assert ("text-changed", f"{SLUG} 0:17") == (only["code"], only["where"])
    assert OLD in only["message"]
    assert NEW in only["message"]
    assert "columncast pickup" in only["message"]


def test_the_transcript_holds_no_word_that_was_not_read(corrected):
    words = [word for one in last_aligned(corrected, SLUG).sentences for word in one.words]
    (vtt,) = (corrected.root / f".columncast/read-along/{SLUG}").glob("transcript.vtt")

    assert [None] == [word.start_s for word in words if word.text == "twelve"]
    assert "twelve" not in vtt.read_text()


def test_what_has_to_be_read_again_comes_with_its_reason_and_the_sentence_before(corrected):
    episode_dir = corrected.episode(SLUG)

    (only,) = changed_sentences(corrected, episode_dir, column_of(corrected.show, episode_dir))

    assert NEW in only.text
    assert "which says “Captain Ada Wren" in only.reason
    assert only.before.startswith("When the harbour town")
    assert 17 == int(only.start_s)


def test_the_sheet_for_the_narrator_names_it_with_its_reason(corrected):
    rows = publish.sheet(corrected, SLUG).rows

    (row,) = [one for one in rows if NEW in one.text]
    assert f"which says “{row.text.replace(NEW, OLD)}”" in row.reasons[-1]


def test_the_reading_is_kept_beside_the_column_only_while_the_text_differs(again):
    assert OLD in kept(again).read_text()

    say(again, NEW, OLD)
    built = publish.build(again)

    assert not kept(again).exists()
    assert [] == changes_in(built.find(SLUG).notices)
    assert {} == publish.build(again).reasons


def test_a_change_that_is_accepted_stays_so_until_the_text_changes_again(ferry):
    say(ferry, OLD, NEW)
    accept(
        ferry.episode(SLUG),
        changes_in(read_draft(ferry.root, SLUG).notices),
        reason="it is said so",
    )

    (accepted,) = changes_in(publish.build(ferry).find(SLUG).notices)
    say(ferry, NEW, "thirteen years")
    (back,) = changes_in(read_draft(ferry.root, SLUG).notices)

    assert ("it is said so", "") == (accepted.accepted, back.accepted)


def test_a_deleted_cache_does_not_forget_what_was_read(again):
    shutil.rmtree(again.root / ".columncast")

    built = publish.build(again)

    assert ["text-changed"] == [one.code for one in changes_in(built.find(SLUG).notices)]


def test_a_new_text_by_edit_is_compared_with_the_reading_too(ferry, tmp_path):
    text = tmp_path / "column.md"
    text.write_text(column_file(ferry).read_text().replace(OLD, NEW))

    built = publish.edit(ferry, SLUG, {}, column=text)

    assert ["text-changed"] == [one.code for one in changes_in(built.find(SLUG).notices)]
    assert OLD in kept(ferry).read_text()


def test_a_damaged_reading_is_named(again, columncast):
    kept(again).write_text("recording_sha256 = 3\n")

    result = columncast("-C", again.root, "build", SLUG)

    assert 3 == result.code
    assert f"episodes/{SLUG}/{NAME}: recording_sha256" in result.err


# correction notes


def test_a_correction_stands_in_the_notes_and_on_the_page_with_its_date(corrected):
    notes = publish.build(corrected).find(SLUG).notes
    page = (corrected.root / f"feed/{SLUG}/index.html").read_text()

    said = "Correction, 28 November 2026:"
    assert f"{said} {NOTE}" in notes.plain
    assert f"<strong>{said}</strong> {NOTE}" in page


def test_a_template_that_does_not_know_corrections_cannot_keep_them_away():
    column = Column(title="T", slug="t", blocks=(paragraph("A yard."),))
    note = Correction(date=date(2026, 11, 28), text=NOTE)

    notes = show_notes(column, show(), editor=Editor(correction=(note,)), template="{{ lead }}")

    assert f"Correction, 28 November 2026: {NOTE}" in notes.plain


@pytest.mark.parametrize("language", sorted({*languages()}))
def test_every_language_says_correction_with_its_date(language):
    note = Correction(date=date(2026, 11, 28), text=NOTE)
    column = Column(title="T", slug="t", blocks=(), language=language)

    (only,) = corrections(column, show(), Editor(correction=(note,)))

    assert NOTE in only.text
    assert {"2026", "٢٠٢٦"} & set(re.findall(r"\d{4}", only.text))


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ({"date": date(2026, 11, 28), "text": " "}, "needs a text"),
        ({"date": date(2026, 11, 28), "text": "x" * 1001}, "at most 1,000 characters"),
        ({"date": "soon", "text": "x"}, "date"),
        ({"text": "x"}, "date"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(note, why):
    with pytest.raises(SettingsError, match=why):
        convert({"correction": [note]}, Editor, where="episode.toml")
