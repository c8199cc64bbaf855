"""A text that is changed after it was read aloud: each sentence that differs is named, and no time is invented."""

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columncast.episodes.building.records import last_aligned
from columncast.episodes.entry.as_read import NAME, to_read_again
from columncast.episodes.entry.compose import column_of
from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra, TimedWord, Unit
from columncast.episodes.narration.carried import laid
from columncast.episodes.narration.changed import as_read, text_changes, without_unread
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview.draft import read_draft

SLUG = "the-ferry-that-kept-its-own-time"
PARAGRAPHS = [
    ["He kept the ledger for eleven years.", "It ends on a Sunday."],
    ["Then the boat came in.", "Nobody was there to write it down.", "The lamp went out."],
]


def read(paragraphs=PARAGRAPHS, *, status="read", extras=()):
    """A text as it was read, a word every half second."""
    made, at_s = [], 0.0
    for paragraph, texts in enumerate(paragraphs, 1):
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
                    paragraph=paragraph,
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


@pytest.fixture
def ferry(demo_show, tmp_path, monkeypatch):
    root = tmp_path / "show"
    shutil.copytree(demo_show, root)
    monkeypatch.chdir(root)
    return ShowFolder(root)


def column_file(folder):
    return folder.root / f"episodes/{SLUG}/column.md"


def say(folder, old, new):
    text = column_file(folder).read_text()
    assert old in text
    column_file(folder).write_text(text.replace(old, new))


def warned(columncast):
    told = json.loads(columncast("check", SLUG, "--json").out)
    return [one for one in told["findings"] if one["code"].startswith("text-")]


def test_check_names_a_changed_sentence_at_once_and_after_the_build(ferry, columncast):
    say(ferry, "eleven years", "twelve years")

    (at_once,) = warned(columncast)
    assert 0 == columncast("build").code
    (built,) = warned(columncast)

    assert "text-changed" == at_once["code"] == built["code"]
    assert "eleven years" in at_once["message"]
    assert "columncast pickup" in at_once["message"]
    assert at_once["where"] == built["where"] == f"{SLUG} 0:17"


def test_the_reading_is_kept_beside_the_column_only_while_the_text_differs(ferry, columncast):
    kept = ferry.root / f"episodes/{SLUG}" / NAME
    columncast("build")
    assert not kept.exists()

    say(ferry, "eleven years", "twelve years")
    columncast("build")
    assert "eleven years" in kept.read_text()
    say(ferry, "twelve years", "eleven years")
    columncast("build")

    assert not kept.exists()
    assert [] == warned(columncast)


def test_a_deleted_cache_does_not_forget_what_was_read(ferry, columncast):
    say(ferry, "eleven years", "twelve years")
    columncast("build")

    shutil.rmtree(ferry.root / ".columncast")
    columncast("build")

    assert ["text-changed"] == [one["code"] for one in warned(columncast)]


def test_a_new_text_by_edit_is_compared_with_the_reading_too(ferry, columncast, tmp_path):
    text = tmp_path / "column.md"
    text.write_text(column_file(ferry).read_text().replace("eleven years", "twelve years"))

    assert 0 == columncast("edit", SLUG, "--column", text).code

    assert ["text-changed"] == [one["code"] for one in warned(columncast)]
    assert (ferry.root / f"episodes/{SLUG}" / NAME).exists()


def test_the_transcript_holds_no_word_that_was_not_read(ferry, columncast):
    say(ferry, "eleven years", "twelve years")
    columncast("build")

    aligned = last_aligned(ferry, SLUG)
    words = [word for one in aligned.sentences for word in one.words]

    assert [None] == [word.start_s for word in words if word.text == "twelve"]


def test_what_has_to_be_read_again_comes_with_its_reason_and_the_sentence_before(ferry):
    say(ferry, "eleven years", "twelve years")
    episode_dir = ferry.episode(SLUG)

    (only,) = to_read_again(ferry, episode_dir, column_of(ferry.show, episode_dir))

    assert "twelve years" in only.text
    assert "which says “Captain Ada Wren" in only.reason
    assert only.before.startswith("When the harbour town")
    assert 17 == int(only.start_s)


def test_the_preview_shows_times_of_the_text_as_it_is(ferry):
    say(ferry, "eleven years", "twelve years")

    draft = read_draft(ferry.root, SLUG)

    sentence = next(one for one in draft.alignment.sentences if "twelve" in one.text)
    assert "unsure" == sentence.status
    assert "text-changed" in {notice.code for notice in draft.notices}


# correction notes


def test_a_correction_stands_in_the_notes_and_on_the_page_with_its_date(ferry, columncast):
    facts = ferry.root / f"episodes/{SLUG}/episode.toml"
    facts.write_text(
        facts.read_text()
        + '\n[[notes.correction]]\ndate = 2026-11-28\ntext = "It was twelve years, not eleven."\n'
    )

    assert 0 == columncast("build").code

    shown = json.loads(columncast("show", SLUG, "--json").out)["notes"]
    page = (ferry.root / f"feed/{SLUG}/index.html").read_text()
    said = "Correction, 28 November 2026:"
    assert f"{said} It was twelve years, not eleven." in shown["plain"]
    assert f"<strong>{said}</strong> It was twelve years, not eleven." in page


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ('date = 2026-11-28\ntext = " "', "needs a text"),
        (f'date = 2026-11-28\ntext = "{"x" * 1001}"', "at most 1,000 characters"),
        ('date = "soon"\ntext = "x"', "date"),
        ('text = "x"', "date"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(ferry, columncast, note, why):
    facts = ferry.root / f"episodes/{SLUG}/episode.toml"
    facts.write_text(f"{facts.read_text()}\n[[notes.correction]]\n{note}\n")

    result = columncast("build", SLUG)

    assert result.code
    assert why in result.err
