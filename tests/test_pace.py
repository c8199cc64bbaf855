"""Words per minute, and when to doubt them."""

import pytest

from columncast.episodes.narration.pace import pace


@pytest.mark.parametrize(
    ("words", "duration_s", "codes"),
    [
        (1500, 600, []),
        (1100, 600, []),
        (2000, 600, []),
        (1099, 600, ["pace-unusual"]),
        (2001, 600, ["pace-unusual"]),
        (799, 600, ["pace-unusual"]),
        (759, 600, ["pace-wrong"]),
        (10, 35, ["pace-unusual"]),
        (10, 60, ["pace-wrong"]),
        (2601, 600, ["pace-unusual"]),
        (2645, 600, ["pace-wrong"]),
        (40, 3, ["pace-unusual"]),
        (90, 3, ["pace-wrong"]),
        (0, 600, []),
        (600, 0, []),
    ],
)
def test_a_pace_that_no_narrator_keeps_is_told(words, duration_s, codes):
    _, notices = pace(words, duration_s)

    assert codes == [notice.code for notice in notices]


def test_an_impossible_pace_names_both_figures():
    wpm, (notice,) = pace(1281, 130)

    assert 591.2 == wpm
    assert "1,281 words in 2:10 is 591 words a minute" in notice.message
    assert "error" == notice.severity


def test_a_producer_who_insists_is_warned_only():
    _, (notice,) = pace(1281, 130, insisted=True)

    assert ("pace-wrong", "warning") == (notice.code, notice.severity)
