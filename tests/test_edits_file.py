"""What is edited in a recording is kept beside it, as people and git can read it, and checked when read."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from columncast.episodes.errors import SettingsError
from columncast.episodes.model.cuts import Cut, Pickup, RecordingEdits
from columncast.episodes.model.time_map import Stretch, TimeMap, without_overlaps
from columncast.episodes.show.edits_file import edits_text, read_edits
from columncast.episodes.show.folder import EpisodeFolder

RETAKE = Cut(
    start_s=12.34,
    end_s=19.72,
    kind="retake",
    sure=True,
    text="“It weighed 4,100 pounds.”",
    reason="read again later",
    fill_s=0.12,
    applied=True,
)
ASIDE = Cut(start_s=51.2, end_s=53.2, kind="aside", sure=False, reason="not in the text", kept=True)
PICKUP = Pickup(
    file="pickups/3f2a90c1.wav",
    from_s=1.5,
    to_s=6.0,
    start_s=60.0,
    end_s=64.0,
    sentence=14,
    text="The bells were rung.",
    level_db=-3.25,
)
EDITS = RecordingEdits(
    recording_sha256="ab" * 32,
    duration_s=81.234,
    tone_start_s=3.03,
    tone_end_s=3.97,
    cuts=(RETAKE, ASIDE),
    pickups=(PICKUP,),
)


@pytest.fixture
def episode(tmp_path):
    folder = tmp_path / "ferry"
    folder.mkdir()
    return EpisodeFolder(path=folder)


def read(episode, text):
    episode.edits_file.write_text(text, encoding="utf-8")
    return read_edits(episode)


def test_what_was_chosen_comes_back(episode):
    assert EDITS == read(episode, edits_text(EDITS))
    assert EDITS.cuts == (RETAKE, ASIDE)


def test_an_episode_without_the_file_has_no_edits(episode):
    assert RecordingEdits() == read_edits(episode)
    assert not RecordingEdits().is_heard


def test_one_choice_more_is_one_piece_more_for_git():
    fewer = edits_text(replace(EDITS, cuts=(RETAKE,), pickups=()))
    more = edits_text(replace(EDITS, pickups=()))

    assert more.startswith(fewer)
    assert more[len(fewer) :].split("\n")[1:3] == ["[[cut]]", "start_s = 51.2"]


def test_the_order_in_which_they_were_chosen_makes_no_difference():
    assert edits_text(EDITS) == edits_text(replace(EDITS, cuts=(ASIDE, RETAKE)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("start_s = 12.34", "start_s = -1.0"),
        ("start_s = 12.34", "start_s = nan"),
        ("start_s = 12.34", "start_s = 19.72"),
        ("start_s = 12.34", "start_s = 1e400"),
        ("end_s = 19.72", "end_s = 90.0"),
        ("end_s = 53.2", 'end_s = "53"'),
        ('choice = "keep"', 'choice = "perhaps"'),
        ('choice = "keep"', "choise = 1"),
        ('kind = "aside"', 'kind = "music"'),
        ("fill_s = 0.12", "fill_s = 1e9"),
        ("tone_end_s = 3.97", "tone_end_s = 3.03"),
        ("duration_s = 81.234", "duration_s = inf"),
        ('file = "pickups/3f2a90c1.wav"', 'file = "../../secret.wav"'),
        ('file = "pickups/3f2a90c1.wav"', 'file = "pickups/../narration.wav"'),
        ('file = "pickups/3f2a90c1.wav"', 'file = "/etc/passwd"'),
        ("from_s = 1.5", "from_s = 6.0"),
        ("level_db = -3.25", "level_db = nan"),
        ("sentence = 14", "sentence = -1"),
        ("[[pickup]]", "[[pickup"),
    ],
)
def test_what_cannot_be_is_one_line_that_names_the_file(episode, change, says):
    text = edits_text(EDITS)
    assert change in text

    with pytest.raises(SettingsError) as caught:
        read(episode, text.replace(change, says))

    assert str(caught.value).startswith("episodes/ferry/edits.toml: ")
    assert "\n" not in str(caught.value)
    assert 2 == caught.value.exit_code


@pytest.mark.parametrize("choice", ["cut", "keep"])
def test_two_cuts_that_are_made_cannot_overlap(episode, choice):
    over = replace(ASIDE, start_s=19.0, end_s=20.0, applied=choice == "cut", kept=choice == "keep")
    text = edits_text(replace(EDITS, cuts=(RETAKE, over)))

    if choice == "keep":
        assert 1 == len(read(episode, text).applied)
        return
    with pytest.raises(SettingsError, match=r"12.34-19.72 s and 19-20 s overlap"):
        read(episode, text)


def test_what_is_kept_is_heard_nowhere():
    kept = replace(EDITS, cuts=(ASIDE, replace(RETAKE, applied=False, kept=True)), pickups=())

    assert not kept.is_heard
    assert kept.sound is None
    assert TimeMap() == kept.times


def test_a_reason_makes_no_other_sound():
    other = replace(EDITS, cuts=(replace(RETAKE, reason="why not", text=""), ASIDE))

    assert other.sound == EDITS.sound
    assert replace(EDITS, cuts=(replace(RETAKE, end_s=19.73), ASIDE)).sound != EDITS.sound


TENTHS = st.integers(0, 400).map(lambda tenths: tenths / 10)


@st.composite
def stretches(draw, reading):
    edges = sorted(draw(st.lists(TENTHS, max_size=12, unique=True)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    lengths = st.sampled_from([0.5, 2.0, 7.5]) if reading else st.sampled_from([0.0, 0.3])
    return [Stretch(start_s=a, end_s=b, heard_s=draw(lengths), reading=reading) for a, b in pairs]


MAPS = st.builds(
    lambda cuts, readings, offset_s: TimeMap(without_overlaps(cuts, readings), offset_s),
    stretches(reading=False),
    stretches(reading=True),
    st.sampled_from([0.0, 5.5, -1.25]),
)


@given(times=MAPS, moments=st.lists(TENTHS, min_size=2))
def test_no_map_runs_backwards(times, moments):
    heard = [times.heard(at) for at in sorted(moments)]
    recorded = [times.recorded(at + times.offset_s) for at in sorted(moments)]

    assert all(b - a > -1e-9 for a, b in pairwise(heard))
    assert all(b - a > -1e-9 for a, b in pairwise(recorded))


@given(times=MAPS, moment=TENTHS)
@example(  # 0.1 + 0.4 - 0.4 is less than 0.1
    times=TimeMap((Stretch(start_s=0.1, end_s=0.4, heard_s=0.0),)), moment=0.4
)
def test_what_is_heard_leads_back_to_where_it_was_recorded(times, moment):
    cut = [s for s in times.stretches if s.start_s <= moment < s.end_s and not s.reading]
    # A moment that was cut is heard where the recording goes on.
    wanted = cut[0].end_s if cut else moment

    assert times.heard(wanted) == pytest.approx(times.heard(moment), abs=1e-6)
    if not cut:
        assert times.recorded(times.heard(moment)) == pytest.approx(moment, abs=1e-6)


@given(times=MAPS)
def test_the_sound_is_shorter_by_what_was_cut(times):
    changed_s = sum(s.heard_s - (s.end_s - s.start_s) for s in times.stretches)

    assert pytest.approx(41.0 + changed_s + times.offset_s) == times.heard(41.0)


def test_a_cut_within_a_sentence_that_is_read_again_is_of_no_effect():
    cut = replace(RETAKE, start_s=61.0, end_s=62.0)

    edits = replace(EDITS, cuts=(cut,))

    assert [(60.0, 64.0, 4.5)] == [(s.start_s, s.end_s, s.heard_s) for s in edits.times.stretches]
