"""A raw take is cut by its text: what was read twice goes, and no word of the column with it.

The sound is that of tests/data/align, a synthesiser's, put together anew: each sentence lies apart in
it, so that every piece of a take has a time. The noise of a room lies under all of it.
"""

import json
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from audio_builders import decoded
from editing_builders import RATE, sentences, writer

from columncast.audio.editing.door import CuttingDesk, lay_on_desk
from columncast.audio.editing.pauses import pauses_of, room_tone
from columncast.audio.editing.render import Piece, pieces_of, spliced
from columncast.audio.ffmpeg.probe import probe
from columncast.episodes.errors import InputError
from columncast.episodes.model.alignment import Unit
from columncast.episodes.model.cuts import Cut
from columncast.episodes.narration.cut_lists import as_list, read_list

BELLS, POUNDS, MELT = 1, 2, 3  # sentences of the text, by their number in truth.json
WHEEL, GRASS, OAK, CHILDREN, BEAMS, RANG = 6, 7, 8, 9, 11, 12


@pytest.fixture(scope="module")
def said():
    return sentences()


def laid(said, folder, path, *numbers) -> CuttingDesk:
    """Lay a take beside some sentences of the text."""
    units = [Unit(said[n][0], paragraph=at // 2) for at, n in enumerate(numbers)]
    return lay_on_desk(path, probe(path), units, speech_pcm=folder / "speech.pcm", language="en")


@pytest.fixture
def take(said, tmp_path):
    return writer(said, tmp_path)


@pytest.fixture
def desk(said, tmp_path):
    return partial(laid, said, tmp_path)


@pytest.fixture(scope="module")
def retaken(said, tmp_path_factory):
    """A take in which the second of three sentences is read twice: path, times, desk."""
    folder = tmp_path_factory.mktemp("retaken")
    path, at = writer(said, folder)(1.0, BELLS, 0.5, POUNDS, 0.8, POUNDS, 0.5, MELT, 1.0)
    return path, at, laid(said, folder, path, BELLS, POUNDS, MELT)


def kinds(cuts):
    return [(cut.kind, cut.sure) for cut in cuts]


def test_a_sentence_that_is_read_again_is_cut_where_it_was_read_first(retaken, said):
    _, at, desk = retaken

    (cut,) = desk.cuts

    assert ("retake", True) == (cut.kind, cut.sure)
    assert said[POUNDS][0] == cut.text
    assert at[2] < cut.start_s < at[3]
    assert at[4] < cut.end_s < at[5]


def test_two_sentences_that_are_read_again_are_one_cut(take, desk):
    path, at = take(1.0, BELLS, 0.5, POUNDS, 0.4, BELLS, 0.5, POUNDS, 0.5, MELT, 1.0)

    (cut,) = desk(path, BELLS, POUNDS, MELT).cuts

    assert ("retake", True) == (cut.kind, cut.sure)
    assert cut.start_s < at[1]
    assert at[4] < cut.end_s < at[5]


@pytest.mark.parametrize("beside", [GRASS, BEAMS])  # parts of sentences that are not in the text
@pytest.mark.parametrize("again", [POUNDS, MELT, WHEEL])
def test_what_is_said_beside_a_retake_is_none_of_its_words(take, desk, said, again, beside):
    aside = (beside, 0, 3.2)
    path, _ = take(1.0, BELLS, 0.5, again, 0.5, aside, 0.5, again, 0.5, CHILDREN, 0.5, RANG, 1.0)

    (cut,) = desk(path, BELLS, again, CHILDREN, RANG).cuts

    assert ("retake", said[again][0]) == (cut.kind, cut.text)


def test_of_a_beginning_and_what_is_said_beside_it_only_the_beginning_is_named(take, desk, said):
    begun = (POUNDS, 0, 2.4)
    path, _ = take(1.0, BELLS, 0.5, begun, 0.5, "aside", 0.5, POUNDS, 0.5, MELT, 0.5, OAK, 1.0)

    (cut,) = desk(path, BELLS, POUNDS, MELT, OAK).cuts

    assert "restart" == cut.kind
    assert said[POUNDS][0].startswith(cut.text)
    assert cut.text.startswith("It weighed 4,100")


def test_a_sentence_that_is_broken_off_is_cut_up_to_its_new_start(take, desk):
    path, at = take(1.0, BELLS, 0.5, (POUNDS, 0, 2.4), 0.6, POUNDS, 0.5, MELT, 1.0)

    (cut,) = desk(path, BELLS, POUNDS, MELT).cuts

    assert ("restart", True) == (cut.kind, cut.sure)
    assert cut.text.startswith("It weighed")
    assert at[2] < cut.start_s < at[3]
    assert at[4] < cut.end_s < at[5]


def test_what_is_said_aside_and_a_pause_over_the_readers_own_are_cut(take, desk):
    path, at = take(1.0, BELLS, 0.5, "aside", 0.5, POUNDS, 4.0, MELT, 0.5, WHEEL, 1.0)

    aside, pause = desk(path, BELLS, POUNDS, MELT, WHEEL).cuts

    assert [("aside", True), ("long pause", True)] == kinds([aside, pause])
    assert at[2] < aside.start_s < at[3]
    assert at[6] < pause.start_s < pause.end_s < at[7]


def test_a_take_without_a_stumble_has_no_cut(take, desk):
    path, _ = take(1.0, BELLS, 0.5, POUNDS, 0.6, MELT, 1.0)

    assert () == desk(path, BELLS, POUNDS, MELT).cuts


def test_a_sentence_that_stands_twice_in_the_text_is_read_twice(take, desk):
    path, _ = take(1.0, BELLS, 0.5, MELT, 0.6, MELT, 0.5, POUNDS, 1.0)

    assert () == desk(path, BELLS, MELT, MELT, POUNDS).cuts


def test_beside_a_sentence_that_was_not_found_nothing_is_sure(take, desk):
    """
    What sounds in its place may be that sentence, read in a way that nobody foresaw.
    """
    path, _ = take(1.0, BELLS, 0.5, "aside", 0.5, POUNDS, 0.5, WHEEL, 1.0)

    (cut,) = desk(path, BELLS, MELT, POUNDS, WHEEL).cuts

    assert not cut.sure
    assert "was not found" in cut.reason


def test_a_word_that_is_said_twice_is_cut_where_a_pause_lies_on_both_sides(take, desk):
    comma_s, off_s = 2.87, 3.27  # "… pounds, and the | and the tower …" in POUNDS
    path, at = take(
        1.0, BELLS, 0.5, (POUNDS, 0, off_s), 0.3, (POUNDS, comma_s, 9), 0.5, MELT, 1.0
    )  # fmt: skip

    (cut,) = desk(path, BELLS, POUNDS, MELT).cuts

    assert ("stutter", True, "and the") == (cut.kind, cut.sure, cut.text)
    assert at[3] + 2.7 < cut.start_s < at[3] + 2.96
    assert at[4] < cut.end_s < at[5] + 0.1


def test_what_is_left_plays_without_the_cut_and_is_otherwise_the_recording(retaken, tmp_path):
    path, _, desk = retaken

    edits = desk.edits(lambda cut: cut.sure)
    desk.write(edits, tmp_path / "cut.wav")

    (cut,) = edits.cuts
    whole, left = decoded(path, rate=RATE)[:, 0], decoded(tmp_path / "cut.wav", rate=RATE)[:, 0]
    assert cut.applied
    assert edits.lost == ()
    assert len(whole) - len(left) == pytest.approx(cut.saved_s * RATE, abs=2)
    start, join = round(cut.start_s * RATE), round(0.006 * RATE)
    assert np.array_equal(whole[: start - join], left[: start - join])
    behind = len(left) - start - join
    assert np.array_equal(whole[-behind:], left[-behind:])


def test_a_cut_that_takes_a_word_is_undone(retaken):
    _, at, desk = retaken
    harmful = replace(desk, cuts=tuple(replace(c, end_s=at[5] + 2.0) for c in desk.cuts))

    undone = harmful.edits(lambda _: True)
    wanted = harmful.edits(lambda _: True, all_the_same=True)

    assert [(False, False)] == [(cut.sure, cut.applied) for cut in undone.cuts]
    assert "would be lost" in undone.cuts[0].reason
    assert 0 == undone.cut_s
    assert wanted.cuts[0].applied
    assert "weighed" in wanted.lost


@pytest.mark.parametrize("fill_s", [0.0, 0.4])
def test_a_join_makes_the_sound_as_much_shorter_as_the_cut_is_long(fill_s):
    sound = np.random.default_rng(1).standard_normal(5 * RATE).astype(np.float32)
    level_db = np.full(500, -70, np.float32)
    level_db[:200] = -20
    cut = Cut(start_s=1.0, end_s=1.5, kind="aside", sure=True, fill_s=fill_s, applied=True)
    pieces = pieces_of([cut], 5.0, room_tone(pauses_of(level_db)))

    blocks = list(
        spliced(
            pieces,
            lambda start, end: [sound[start:end]],
            lambda p: sound[round(p.start_s * RATE) : round(p.end_s * RATE)],
            RATE,
        )
    )

    joined = np.concatenate(blocks)
    assert len(joined) == pytest.approx((5 - cut.saved_s) * RATE, abs=1)
    power = [float((part**2).mean()) for part in np.array_split(joined, 50)]
    assert max(power) / min(power) < 1.3, "the joins are at equal power"


def test_room_tone_comes_from_a_pause_of_the_recording():
    level_db = np.full(600, -20, np.float32)
    level_db[300:360] = -70
    cut = Cut(start_s=1.0, end_s=1.5, kind="aside", sure=True, fill_s=0.3, applied=True)

    pieces = pieces_of([cut], 6.0, room_tone(pauses_of(level_db)))

    (tone,) = [piece for piece in pieces if piece.tone]
    assert 3.0 < tone.start_s < tone.end_s < 3.6
    assert [Piece(0.0, 1.0), Piece(1.5, 6.0)] == [p for p in pieces if not p.tone]


@pytest.mark.parametrize(
    ("behind", "ends"),
    [
        ([(-70, 6), (-30, 12), (-70, 40)], 118),  # the closure and the burst at the end of "March"
        ([(-70, 40), (-30, 12), (-70, 40)], 100),  # a click after a pause
        ([(-70, 6), (-30, 60), (-70, 40)], 100),  # the next word
    ],
)
def test_the_burst_at_the_end_of_a_word_belongs_to_it(behind, ends):
    levels = [(-20, 100), *behind]
    pauses = pauses_of(np.concatenate([np.full(n, db, np.float32) for db, n in levels]))

    end = pauses.with_stop(pauses.outward(98, 1, 35), 1)

    assert ends == pytest.approx(end, abs=4)


# the command


@pytest.fixture
def text(tmp_path, said):
    def write(*numbers):
        path = tmp_path / "column.txt"
        path.write_text(" ".join(said[n][0] for n in numbers), encoding="utf-8")
        return path

    return write


def test_the_command_cuts_what_is_sure_and_says_it_to_tools(take, text, columncast, tmp_path):
    path, _ = take(1.0, BELLS, 0.5, POUNDS, 0.8, POUNDS, 0.5, MELT, 1.0)
    before = path.read_bytes()

    done = columncast(
        "cut", path, text(BELLS, POUNDS, MELT), "-o", tmp_path / "cut.wav", "--apply", "sure",
        "--json",
    )  # fmt: skip

    told = json.loads(done.out)
    assert 0 == done.code, done.err
    assert {"cuts", "duration_s", "cut_s", "lost"} == told.keys()
    (cut,) = told["cuts"]
    assert {"start_s", "end_s", "kind", "sure", "applied", "text", "reason"} == cut.keys()
    assert cut["applied"]
    assert told["cut_s"] == pytest.approx(cut["end_s"] - cut["start_s"], abs=0.01)
    assert told["duration_s"] - told["cut_s"] == pytest.approx(
        len(decoded(tmp_path / "cut.wav", rate=RATE)) / RATE, abs=0.01
    )
    assert before == path.read_bytes()
    assert ["column.txt", "cut.wav", "take.wav"] == sorted(p.name for p in tmp_path.iterdir())


def test_without_a_choice_the_cuts_are_listed_and_nothing_is_written(
    take, text, columncast, tmp_path
):
    path, _ = take(1.0, BELLS, 0.5, POUNDS, 0.8, POUNDS, 0.5, MELT, 1.0)

    done = columncast("cut", path, text(BELLS, POUNDS, MELT), "-o", tmp_path / "cut.wav")

    assert 0 == done.code, done.err
    assert re.search("0:0[78]", done.out)
    assert "retake" in done.out
    assert "It weighed 4,100 pounds" in done.out
    assert "--apply sure" in done.out
    assert not (tmp_path / "cut.wav").exists()


@pytest.mark.parametrize(
    ("parts", "numbers", "said_of_it"),
    [
        ((1.0, BELLS, 0.5, POUNDS, 1.0), (BELLS, POUNDS), "holds nothing to cut"),
        (
            (1.0, BELLS, 0.5, POUNDS, 0.5, MELT, 0.5, WHEEL, 1.0),
            (OAK, CHILDREN, OAK, CHILDREN),
            "does not read this text",
        ),
        ((9.0,), (BELLS, POUNDS), "no speech stands out from its noise"),
    ],
)
def test_what_cannot_be_cut_is_said_in_one_line(
    take, text, columncast, tmp_path, parts, numbers, said_of_it
):
    path, _ = take(*parts)

    done = columncast("cut", path, text(*numbers), "-o", tmp_path / "cut.wav", "--apply", "sure")

    assert 3 == done.code
    assert said_of_it in done.err
    assert 1 == len(done.err.strip().splitlines())
    assert ["column.txt", "take.wav"] == sorted(p.name for p in tmp_path.iterdir())


def test_a_language_that_was_not_measured_is_refused_before_anything_is_heard(
    take, columncast, tmp_path
):
    path, _ = take(1.0, MELT, 1.0)
    column = tmp_path / "column.md"
    column.write_text("---\nlanguage: fr\n---\n\nIl pleut.\n", encoding="utf-8")

    done = columncast("cut", path, column, "-o", tmp_path / "cut.wav", "--apply", "all")

    assert 3 == done.code
    assert "in English only" in done.err


@pytest.mark.parametrize(
    ("out", "said_of_it"),
    [
        ("take.wav", "the recording itself"),
        ("cut.mp3", ".wav or .flac"),
        ("nowhere/cut.wav", "no such folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused(
    take, text, columncast, tmp_path, out, said_of_it
):
    path, _ = take(1.0, BELLS, 0.5, POUNDS, 1.0)

    done = columncast("cut", path, text(BELLS, POUNDS), "-o", tmp_path / out, "--apply", "sure")

    assert 2 == done.code
    assert said_of_it in done.err
    assert ["column.txt", "take.wav"] == sorted(p.name for p in tmp_path.iterdir())


# lists for other tools


CUTS = (
    Cut(start_s=7.8, end_s=14.18, kind="retake", sure=True, text="It weighed,\t4,100 pounds."),
    Cut(start_s=83.25, end_s=84.0, kind="aside", sure=False, reason="there is no pause to cut in"),
)


@pytest.mark.parametrize("suffix", [".txt", ".csv"])
def test_a_list_of_cuts_is_read_back_as_it_was_written(tmp_path, suffix):
    path = tmp_path / f"cuts{suffix}"
    path.write_text(as_list(CUTS, suffix), encoding="utf-8")

    rows = read_list(path)

    assert [(7.8, 14.18), (83.25, 84.0)] == [(r.start_s, r.end_s) for r in rows]
    assert [
        "retake, sure: It weighed, 4,100 pounds.",
        "aside, ask: there is no pause to cut in",
    ] == [r.label for r in rows]


@pytest.mark.parametrize(
    ("name", "text", "spans"),
    [
        ("a.txt", "1,5\t2.25\tcough\n\\\t100.0\t2000.0\n9\t9\ta place\n", [(1.5, 2.25)]),
        ("b.txt", "\ufeff5\t6\tb\r\n1\t2\ta\r\n", [(1.0, 2.0), (5.0, 6.0)]),
        (
            "c.csv",
            '#,Name,Start,End,Length,Color\nR2,"one, two",0:01.5,1:00:02.000,0:01\nM1,here,0:05,,\n',
            [(1.5, 3602.0)],
        ),
        ("d.csv", "", []),
    ],
)
def test_lists_are_read_as_the_tools_write_them(tmp_path, name, text, spans):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")

    assert spans == [(r.start_s, r.end_s) for r in read_list(path)]


@pytest.mark.parametrize(
    ("name", "data", "said_of_it"),
    [
        ("a.txt", b"one\ttwo\tthree\n", "line 1: 'one' and 'two' are no start and end"),
        ("b.txt", b"5\t4\tbackwards\n", "line 1"),
        ("c.csv", b"#,Name,Start,End,Length\nR1,bars,5.1.00,9.1.00,4.0.00\n", "line 2: '5.1.00'"),
        ("d.txt", b"1\t3\ta\n2\t4\tb\n", "overlap at 00:00:02.000"),
        ("e.txt", b"\xff\xfe1\x00", "is no text in UTF-8"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_in_one_line(tmp_path, name, data, said_of_it):
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(InputError, match=re.escape(said_of_it)):
        read_list(path)


def test_what_a_person_has_drawn_is_cut_and_nothing_else(take, text, columncast, tmp_path):
    path, _ = take(1.0, BELLS, 0.5, POUNDS, 0.8, POUNDS, 0.5, MELT, 1.0)
    column, labels = text(BELLS, POUNDS, MELT), tmp_path / "cuts.txt"
    columncast("cut", path, column, "-o", tmp_path / "cut.wav", "--labels", labels)
    (row,) = labels.read_text(encoding="utf-8").splitlines()
    start, end, _ = row.split("\t")
    labels.write_text(f"0.1\t0.6\tthe chair\n{row}\n", encoding="utf-8")

    done = columncast("cut", path, column, "-o", tmp_path / "cut.wav", "--apply", labels, "--json")

    chair, retake = json.loads(done.out)["cuts"]
    assert 0 == done.code, done.err
    assert (0.1, 0.6, "drawn by hand") == (chair["start_s"], chair["end_s"], chair["reason"])
    assert (float(start), float(end), "retake") == (
        retake["start_s"],
        retake["end_s"],
        retake["kind"],
    )
    assert chair["applied"]
    assert retake["applied"]
    assert retake["sure"]


def test_a_list_that_is_not_there_is_refused_before_anything_is_heard(
    take, text, columncast, tmp_path
):
    path, _ = take(1.0, MELT, 1.0)

    done = columncast("cut", path, text(MELT), "-o", tmp_path / "cut.wav", "--apply", "some")

    assert 2 == done.code
    assert "--apply takes sure, all, or a list" in done.err
