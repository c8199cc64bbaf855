"""Transcripts and chapters, read back by other libraries than the one that wrote them."""

import io
import itertools
import json

import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra, TimedWord
from columncast.episodes.model.episode import Chapter
from columncast.episodes.narration.check import narration_notices
from columncast.episodes.narration.transcript import (
    SRT_LINE,
    VTT_LINE,
    cues,
    to_chapters,
    to_json,
    to_srt,
    to_vtt,
    to_words,
)


def sentence(text, start_s=None, *, word_s=0.3, status="read", band="sure", **more):
    """Return a sentence whose words follow one another without a pause."""
    if start_s is None:
        words = tuple(TimedWord(text=w) for w in text.split())
        status = "missing" if status == "read" else status
        return AlignedSentence(text=text, words=words, status=status, **more)
    words = tuple(
        TimedWord(text=w, start_s=start_s + i * word_s, end_s=start_s + (i + 1) * word_s)
        for i, w in enumerate(text.split())
    )
    return AlignedSentence(
        text=text,
        start_s=start_s,
        end_s=words[-1].end_s,
        status=status,
        band=band,
        words=words,
        **more,
    )


def alignment(*sentences, **more):
    end_s = max((s.end_s or 0.0 for s in sentences), default=0.0)
    return Alignment(sentences=sentences, duration_s=more.pop("duration_s", end_s + 2), **more)


LONG = (
    "When the beams were cut down at last, and nobody was looking, the bell — which had sunk a "
    "foot into the turf — rang once as it fell over."
)


@st.composite
def alignments(draw):
    """Any reading: words of all lengths, said fast and slowly, with and without pauses."""
    at, told = draw(st.floats(0, 5)), []
    for _ in range(draw(st.integers(0, 6))):
        words = []
        for text in draw(
            st.lists(st.text("abcé<&", min_size=1, max_size=40), min_size=1, max_size=25)
        ):
            long = draw(st.floats(0.02, 2))
            words.append(TimedWord(text=text, start_s=at, end_s=at + long))
            at += long + draw(st.sampled_from([0, 0, 0, 0.2, 9]))
        told.append(
            AlignedSentence(
                text=" ".join(w.text for w in words),
                start_s=words[0].start_s,
                end_s=words[-1].end_s,
                words=tuple(words),
                status="read",
            )
        )
    return Alignment(sentences=tuple(told), duration_s=at + 5)


@given(alignments())
def test_cues_keep_the_rules_whatever_was_read(read):
    made = cues(read, line=VTT_LINE, lines=1)

    words = [w.text for s in read.sentences for w in s.words]
    assert words == [word for cue in made for word in cue.text.split()]
    # Where there are more cues than seconds, not even the shortest can have one each.
    shortest_s = min(1.0, read.duration_s / max(1, len(made)))
    for cue in made:
        assert shortest_s - 0.001 <= cue.end_s - cue.start_s <= 7.001
        assert len(cue.text) <= VTT_LINE
    for before, after in itertools.pairwise(made):
        assert before.end_s <= after.start_s
    assert all(cue.end_s <= read.duration_s for cue in made)


def test_many_short_sentences_in_a_hurry_each_stay_for_a_second_and_none_is_lost():
    hurried = [sentence("No.", 0.1 * i, word_s=0.1) for i in range(6)]

    made = cues(alignment(*hurried, duration_s=6.2), line=VTT_LINE, lines=1)

    assert 6 == len(made)
    assert all(cue.end_s - cue.start_s >= 0.999 for cue in made)
    assert made[-1].end_s <= 6.2


def test_cues_share_the_time_where_there_are_more_of_them_than_seconds():
    hurried = [sentence("No.", 0.1 * i, word_s=0.1) for i in range(6)]

    made = cues(alignment(*hurried, duration_s=3.0), line=VTT_LINE, lines=1)

    assert [0.0, 0.5, 1.0, 1.5, 2.0, 2.5] == [cue.start_s for cue in made]
    assert 3.0 == made[-1].end_s


def test_vtt_is_read_by_another_library():
    text = to_vtt(alignment(sentence("He said <no> & left.", 1.0), sentence(LONG, 4.0)), "Ann Lee")

    captions = webvtt.from_string(text)

    assert ["He said <no> & left."] == [
        captions[0].text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    ]
    assert {"Ann Lee"} == {caption.voice for caption in captions.captions}
    assert LONG == " ".join(caption.text for caption in captions.captions[1:])
    assert "00:00:01.000" == captions[0].start


def test_cues_break_where_phrases_end():
    made = cues(alignment(sentence(LONG, 0.0)), line=VTT_LINE, lines=1)

    assert [
        "When the beams were cut down at last, and nobody was looking,",
        "the bell — which had sunk a foot into the turf —",
        "rang once as it fell over.",
    ] == [cue.text for cue in made]


def test_srt_has_two_short_lines():
    text = to_srt(alignment(sentence(LONG, 0.0)))

    captions = list(srt.parse(text))

    assert LONG == " ".join(c.content.replace("\n", " ") for c in captions)
    for caption in captions:
        lines = caption.content.split("\n")
        assert len(lines) <= 2
        assert all(len(line) <= SRT_LINE for line in lines)


def test_json_is_what_the_namespace_asks_for():
    told = json.loads(to_json(alignment(sentence("Yes.", 1.0), sentence("No.", 2.5)), "Ann Lee"))

    assert "1.0.0" == told["version"]
    assert [
        {"speaker": "Ann Lee", "startTime": 1.0, "endTime": 2.0, "body": "Yes."},
        {"speaker": "Ann Lee", "startTime": 2.5, "endTime": 3.5, "body": "No."},
    ] == told["segments"]


def test_only_what_was_read_is_in_the_transcript():
    half = sentence("Left out. ", 5.0)
    cut = AlignedSentence(
        text="He came, they say.",
        start_s=5.0,
        end_s=5.6,
        status="unsure",
        words=(
            TimedWord(text="He", start_s=5.0, end_s=5.3),
            TimedWord(text="came,", start_s=5.3, end_s=5.6),
            TimedWord(text="they"),
            TimedWord(text="say."),
        ),
    )

    made = cues(alignment(sentence("Never read."), cut), line=VTT_LINE, lines=1)

    assert ["He came,"] == [cue.text for cue in made]
    assert half.text.strip() not in to_srt(alignment(cut))


def test_sentences_read_in_another_order_are_shown_as_heard():
    made = cues(alignment(sentence("Second.", 9.0), sentence("First.", 1.0)), line=65, lines=1)

    assert ["First.", "Second."] == [cue.text for cue in made]


def test_extras_are_noted_when_asked_for():
    read = alignment(
        sentence("Hello there.", 20.0),
        extras=(Extra(start_s=0.0, end_s=15.0, kind="jingle"),),
    )

    assert "[music]" not in to_vtt(read)
    assert "[music]\n" in to_vtt(read, "Ann Lee", extras=True)
    assert "<v Ann Lee>[music]" not in to_vtt(read, "Ann Lee", extras=True)


@pytest.mark.parametrize("write", [to_vtt, to_srt])
def test_what_may_not_be_published_is_empty(write):
    assert "Hello" not in write(alignment(sentence("Hello.", 1.0), verdict="too-noisy"))


def test_words_carry_their_times_for_the_page():
    told = json.loads(to_words(alignment(sentence("Yes, no.", 1.0), sentence("Never."))))

    assert [["Yes,", 1.0, 1.3], ["no.", 1.3, 1.6]] == told["sentences"][0]["words"]
    assert [["Never.", None, None]] == told["sentences"][1]["words"]
    assert ["read", "missing"] == [s["status"] for s in told["sentences"]]


def test_chapters_are_in_order():
    told = json.loads(to_chapters([Chapter(start_s=9, title="B"), Chapter(start_s=0, title="A")]))

    assert "1.2.0" == told["version"]
    assert [(0, "A"), (9, "B")] == [(c["startTime"], c["title"]) for c in told["chapters"]]


def test_equal_input_gives_equal_bytes():
    read = alignment(sentence(LONG, 0.0))

    assert (to_vtt(read), to_words(read)) == (to_vtt(read), to_words(read))


def test_long_recordings_have_hours_in_their_times():
    text = to_vtt(alignment(sentence("Late.", 7384.25)))

    assert webvtt.from_buffer(io.StringIO(text))[0].start == "02:03:04.250"


def test_the_check_names_the_paragraph_that_was_not_read():
    read = alignment(
        sentence("A heading", heading=True, paragraph=0),
        sentence("One.", 1.0, paragraph=1),
        sentence("Two.", paragraph=2),
        sentence("Three.", paragraph=2),
        sentence("Four.", 5.0, paragraph=3),
        sentence("Five.", paragraph=3),
    )

    told = narration_notices(read)

    assert [
        ("paragraph-not-read", "paragraph 2 was not read: “Two.”"),
        ("sentence-not-read", "a sentence of paragraph 3 was not read: “Five.”"),
    ] == [(n.code, n.message) for n in told]


def test_the_check_lists_what_is_in_doubt_where_the_text_is_hard_to_follow():
    told = narration_notices(
        alignment(
            sentence("One.", 1.0, band="sure"),
            sentence("Two.", 62.0, band="look"),
            sentence("Three.", status="missing"),
            verdict="hard",
            message="Because.",
        )
    )

    assert [
        ("narration-hard", "", "Because."),
        ("sentence-doubted", "1:02", "this was not heard clearly; listen to it: “Two.”"),
        ("sentence-doubted", "", "this was not heard clearly; listen to it: “Three.”"),
    ] == [(n.code, n.where, n.message) for n in told]


def test_the_check_places_what_is_not_in_the_column():
    read = alignment(
        sentence("One.", 1.0, status="unsure"),
        extras=(
            Extra(start_s=62, end_s=64, kind="ad-lib"),
            Extra(start_s=70, end_s=75, kind="retake"),
            Extra(start_s=80, end_s=99, kind="jingle"),
        ),
    )

    told = narration_notices(read)

    assert [
        ("sentence-differs", "0:01"),
        ("not-in-column", "1:02"),
        ("retake-left-in", "1:10"),
    ] == [(n.code, n.where) for n in told]


def test_the_check_says_what_it_could_not_hear():
    read = alignment(
        sentence("One.", 1.0),
        sentence("Two.", status="unsure"),
        sentence("Three.", status="unsure"),
    )

    (told,) = narration_notices(read)

    assert "sentence-drowned" == told.code
    assert told.message.startswith("2 sentences could not be heard for the noise")
    assert told.message.endswith("“Two.”")


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        ("too-noisy", "narration-too-noisy"),
        ("not-this-text", "narration-not-this-text"),
        ("no-speech", "narration-no-speech"),
        ("language", "narration-language"),
        ("other-language", "narration-other-language"),
    ],
)
def test_the_check_says_why_there_is_no_transcript(verdict, code):
    (notice,) = narration_notices(alignment(sentence("A."), verdict=verdict, message="Because."))

    assert (code, "Because.") == (notice.code, notice.message)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Il a dit : « Bonjour tout le monde ! » puis il est parti .", ["dit\u00a0:", "«\u00a0Bonjour", "monde\u00a0!\u00a0»"]),
        ("Ils étaient 12 % à rester , et la nuit tombait sur la mer ; rien .", ["12\u00a0%", "rester\u00a0,", "mer\u00a0;"]),
        ("¿ Quién vive ahí , en la casa de la colina , con tanta luz ?", ["¿\u00a0Quién", "luz\u00a0?"]),
    ],
)  # fmt: skip
def test_no_line_begins_with_a_sign_that_closes_or_ends_with_one_that_opens(text, kept):
    told = alignment(sentence(text, 1.0))

    lines = [line for cue in srt.parse(to_srt(told)) for line in cue.content.split("\n")]

    shown = " ".join(lines)
    assert all(part in shown for part in kept)
    assert shown.replace("\u00a0", " ").split() == text.split()
    assert not any(line[0] in "!?;:,.%»" or line[-1] in "«¿" for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "Er fragte leise: „Wer hat denn um diese Zeit noch Licht gemacht?“ und ging dann langsam weiter",
        "Er fragte leise: »Wer hat denn um diese Zeit noch Licht gemacht?« und ging dann langsam weiter",
        "Hon frågade tyst: ”Vem har då tänt ett ljus på natten?” och gick sedan långsamt därifrån",
    ],
)
def test_a_cue_ends_with_the_quotation_marks_of_the_language(text):
    told = alignment(sentence(text, 1.0, word_s=0.35))

    ends = [cue.text[-1] for cue in cues(told, line=VTT_LINE, lines=1)]

    assert ends[0] in "“«”"
