"""Which takes count, and what is said of the rest, on passages laid by hand: no voice matters."""

import numpy as np
import pytest

from columncast.audio.align.decide.accept import Believed, believed, fit
from columncast.audio.align.decide.bands import crowded
from columncast.audio.align.decide.chance import Chance, unlucky
from columncast.audio.align.decide.edges import unglued
from columncast.audio.align.decide.evidence import Evidence, evidence, standing
from columncast.audio.align.decide.extents import Extent
from columncast.audio.align.decide.masked import masked_in
from columncast.audio.align.decide.takes import takes
from columncast.audio.align.search.lattice import Clause, Word
from columncast.audio.align.search.viterbi import OTHER
from columncast.audio.align.search.windows import Spoken, Visit

SPAN_FRAMES = 7500


def clause_of(sentence, index, sounds):
    word = Word("word", (("AH",) * sounds,), sentence, 0, 0, doubtful=False)
    return Clause(sentence, index, (((word,),),))


def visit(clauses, number, start_s, *, score=-2.5, s_a_sound=0.08):
    word = clauses[number].slots[0][0][0]
    start, frames = round(100 * start_s), round(100 * s_a_sound * clauses[number].phones)
    return Visit(number, (Spoken(word, start, start + frames, score),), complete=True)


def counted(clauses, *visits):
    trusted = [Believed(v, in_place=True) for v in visits]
    return {sentence: take.start / 100 for sentence, take in takes(trusted, clauses).items()}


@pytest.fixture
def column():
    """Six sentences of one clause; the third is as short as "I could"."""
    return [clause_of(n, 0, 8 if n == 2 else 30) for n in range(6)]


def test_a_sentence_that_was_read_again_counts_where_it_was_read_last(column):
    found = counted(
        column,
        visit(column, 0, 0),
        visit(column, 1, 3),
        visit(column, 1, 6),
        visit(column, 2, 9),
    )

    assert {0: 0, 1: 6, 2: 9} == found


def test_a_reader_who_goes_back_two_sentences_is_followed(column):
    found = counted(column, *(visit(column, n, 3 * i) for i, n in enumerate([0, 1, 2, 1, 2, 3])))

    assert {0: 0, 1: 9, 2: 12, 3: 15} == found


def test_a_take_after_the_next_sentence_does_not_displace_the_one_in_its_place(column):
    """
    An aside that resembles a short sentence came after the next one: the start was 4 s late.
    """
    found = counted(column, *(visit(column, n, 3 * i) for i, n in enumerate([0, 1, 2, 3, 2, 4])))

    assert {0: 0, 1: 3, 2: 6, 3: 9, 4: 15} == found


def test_a_piece_of_a_sentence_far_from_its_place_is_not_that_sentence():
    """
    A left-out sentence was said to be read in part, where an aside shared a few words with it.
    """
    clauses = [clause_of(0, 0, 30), clause_of(1, 0, 60), clause_of(1, 1, 15), clause_of(2, 0, 30)]
    clauses += [clause_of(3, 0, 30), clause_of(4, 0, 30)]

    found = counted(clauses, *(visit(clauses, n, 3 * i) for i, n in enumerate([0, 3, 4, 2, 5])))

    assert {0: 0, 2: 3, 3: 6, 4: 12} == found


def test_a_whole_sentence_read_out_of_order_is_still_read(column):
    found = counted(column, *(visit(column, n, 3 * i) for i, n in enumerate([0, 3, 4, 1, 5])))

    assert {0: 0, 1: 9, 3: 3, 4: 6, 5: 12} == found


@pytest.mark.parametrize(
    ("found", "frames", "counted_as"),
    [
        (0, SPAN_FRAMES, [-OTHER] * 5),
        (2, SPAN_FRAMES, [-OTHER] * 3),
        (5, SPAN_FRAMES, []),
        (0, 0, [-3.6] * 5),
        (0, SPAN_FRAMES * 2 // 5, [-OTHER] * 2 + [-3.6] * 3),
    ],
)
def test_luck_that_was_looked_for_in_vain_is_bad(found, frames, counted_as):
    assert counted_as == unlucky(found, frames)


@pytest.mark.parametrize(("luck", "trusted"), [(-OTHER, [0, 1, 2, 3]), (-3.4, [])])
def test_in_noise_what_fits_badly_is_read_if_nothing_else_fits_at_all(luck, trusted):
    clauses = [clause_of(n, 0, 30) for n in range(4)]
    visits = [visit(clauses, n, 3 * n, score=-3.75) for n in range(4)]
    fits = fit(visits, clauses, Chance(luck, luck))

    heard = believed(visits, clauses, fits, np.ones(1200, bool), frozenset())

    assert trusted == [b.visit.clause for b in heard]


@pytest.mark.parametrize(("aside_s", "trusted"), [(0, [0, 1, 2]), (2, [0, 2])])
def test_a_doubtful_passage_beside_other_speech_may_be_a_piece_of_that(aside_s, trusted):
    """
    "He put on his glasses" was left out, and taken for read at the end of an aside.
    """
    clauses = [clause_of(n, 0, 15) for n in range(3)]
    visits = [visit(clauses, 0, 0), visit(clauses, 1, 4, score=-3.8), visit(clauses, 2, 6)]
    fits = fit(visits, clauses, Chance(-3.67, -3.3))
    voiced = np.zeros(900, bool)
    for v in visits:
        voiced[v.start : v.end] = True
    voiced[400 - 100 * aside_s : 400] = True

    heard = believed(visits, clauses, fits, voiced, frozenset())

    assert trusted == [b.visit.clause for b in heard]


@pytest.mark.parametrize(
    ("right", "between_s", "unknown"),
    [
        (-3.6, 4.0, {1, 2}),  # two sentences of 2.4 s each
        (-3.6, 1.0, set()),  # too little is said there
        (-2.4, 4.0, set()),  # in a clear recording they would have been heard
    ],
)
def test_what_noise_covers_is_not_called_left_out(right, between_s, unknown):
    clauses = [clause_of(n, 0, 30) for n in range(4)]
    visits = [visit(clauses, 0, 0, score=right), visit(clauses, 3, 10, score=right)]
    reach = {v.clause: Extent(v.start, v.end, 1.0) for v in visits}
    voiced = np.zeros(1500, bool)
    for extent in reach.values():
        voiced[extent.start : extent.end] = True
    voiced[300 : 300 + round(100 * between_s)] = True

    found = masked_in(clauses, reach, voiced, fit(visits, clauses, Chance(-4.3, -4.0)))

    assert unknown == found


def take_of(*spans_s, phones=3):
    """Return a take of words from one second to another, each of so many sounds."""
    word = Word("word", (("AH",) * phones,), 0, 0, 0, doubtful=False)
    words = tuple(Spoken(word, round(100 * a), round(100 * b), -2.0) for a, b in spans_s)
    clauses = [Clause(0, 0, tuple(((word,),) for _ in words))]
    return takes([Believed(Visit(0, words, complete=True), in_place=True)], clauses)[0]


def sounds_at(*spans_s, length_s=10):
    voiced = np.zeros(100 * length_s, bool)
    for a, b in spans_s:
        voiced[round(100 * a) : round(100 * b)] = True
    return voiced


@pytest.mark.parametrize(
    ("sound", "starts_s"),
    [
        ([(0, 2.2), (3, 4)], 3.0),  # on the tail of what is said before
        ([(0, 1.5), (2.0, 2.2), (3, 4)], 2.0),  # by itself, after a pause
    ],
)
def test_a_short_first_word_is_not_on_the_tail_of_the_sentence_before(sound, starts_s):
    take = take_of((2.0, 2.2), (3.0, 3.4), (3.4, 4.0))

    assert starts_s == unglued(take, sounds_at(*sound)).start / 100


def test_a_short_last_word_is_not_on_the_head_of_the_next_sentence():
    take = take_of((1.0, 1.4), (1.4, 2.0), (3.0, 3.2))

    assert 2.0 == unglued(take, sounds_at((1, 2), (3.0, 5.0))).end / 100


def test_a_first_word_that_runs_into_the_second_stays():
    take = take_of((2.0, 2.2), (2.2, 2.6), (2.6, 3.0))

    assert take == unglued(take, sounds_at((0, 3)))


@pytest.mark.parametrize(("frames_a_sound", "too_fast"), [(8, False), (5, False), (3, True)])
def test_words_said_faster_than_anybody_reads_are_crowded(frames_a_sound, too_fast):
    """
    Eight words were laid into a bracket of 1.8 s, five seconds late, and called sure.
    """
    long_s = 0.04 * frames_a_sound
    fast = [(at * long_s, (at + 1) * long_s) for at in range(6)]

    assert too_fast == crowded(take_of(*fast, phones=4), pace=8.0)


def claim_of(density, frames):
    return Evidence(0, frames, frames, density * frames)


@pytest.mark.parametrize(
    ("density", "frames", "impostor", "enough"),
    [
        (1.2, 6000, None, True),  # clear reading: nobody asks for the impostor
        (0.45, 6000, 0.15, True),  # a strong accent, a room
        (0.45, 6000, 0.35, False),  # any text fits as well in this recording
        (0.6, 400, 0.22, False),  # luck of a few seconds
        (1.1, 400, 0.18, True),
        (0.25, 6000, 0.0, False),
    ],
)
def test_a_text_must_fit_better_than_one_that_nobody_reads(density, frames, impostor, enough):
    stands = standing(claim_of(density, frames), lambda: impostor)

    assert enough == (stands >= 1)


def test_a_passage_that_comes_before_its_place_is_no_evidence(column):
    voiced = np.ones(2400, bool)
    in_order = evidence([visit(column, n, 3 * i) for i, n in enumerate([0, 1, 3, 4])], voiced)

    disorder = evidence([visit(column, n, 3 * i) for i, n in enumerate([4, 1, 3, 0])], voiced)

    assert disorder.gain == pytest.approx(in_order.gain / 2)
