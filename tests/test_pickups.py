"""Sentences that were read again are found in files of their own and fitted into the recording.

The sound is that of `editing_builders`: one narrator, over the noise of a room; fixes are the same voice,
softer, in a noisier room.
"""

import json
import subprocess
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from audio_builders import decoded
from editing_builders import RATE, save, sentences, writer

from columncast.audio.editing.pickups.door import PickupDesk, known_fixes, lay_narration
from columncast.audio.editing.pickups.fitting import Room, Voice, fit, gated_db, matching_db
from columncast.audio.ffmpeg.probe import probe
from columncast.audio.ffmpeg.process import executable
from columncast.episodes.errors import RecordingError
from columncast.episodes.model.alignment import Unit

BELLS, POUNDS, MELT, HALE = 1, 2, 3, 6  # sentences of the text, by their number in truth.json
OAK, CHILDREN, BEAMS, RANG = 8, 9, 11, 12
READ = (BELLS, POUNDS, MELT, OAK, CHILDREN)


@pytest.fixture(scope="module")
def said():
    return sentences()


def narrated(said, folder, *numbers):
    """A narration of some sentences: its path, and when each begins and ends."""
    parts = [1.0]
    for number in numbers:
        parts += [number, 0.5]
    path, times = writer(said, folder)(*parts, 0.5, name="narration.wav")
    return path, dict(zip(numbers, zip(times[1::2], times[2::2], strict=True), strict=False))


def laid(said, folder, narration, text=READ) -> PickupDesk:
    units = [Unit(said[n][0], paragraph=at // 3) for at, n in enumerate(text)]
    return lay_narration(narration, probe(narration), units, work=folder, language="en")


def with_fixes(desk, *fixes):
    return desk.with_fixes(known_fixes(fixes, apart_from=[desk.audio]))


@pytest.fixture(scope="module")
def narration(said, tmp_path_factory):
    return narrated(said, tmp_path_factory.mktemp("narration"), *READ)


@pytest.fixture
def fixes(said, tmp_path):
    return partial(writer(said, tmp_path), name="fixes.wav", gain=0.4, noise=6e-4)


@pytest.fixture(scope="module")
def desk(said, narration, tmp_path_factory):
    """The narration beside its text, without fixes."""
    return laid(said, tmp_path_factory.mktemp("desk"), narration[0])


@pytest.fixture(scope="module")
def twins(said, tmp_path_factory):
    """A narration in which one sentence stands twice: the desk, and when each part begins."""
    folder = tmp_path_factory.mktemp("twins")
    path, times = writer(said, folder)(1.0, BELLS, 0.5, MELT, 0.5, OAK, 0.5, MELT, 1.0)
    return laid(said, folder, path, text=(BELLS, MELT, OAK, MELT)), times


@pytest.fixture
def placed(desk, tmp_path):
    """What becomes of files of fixes: one row for each reading."""

    def place(*paths):
        rows, _ = with_fixes(desk, *paths).fitted(tmp_path)
        return rows

    return place


def told(rows):
    return [(row.sentence, row.placed) for row in rows]


def test_each_sentence_goes_into_the_place_of_its_take_whatever_the_order(fixes, placed, narration):
    path, at = fixes(0.8, CHILDREN, 1.2, BELLS, 1.0)

    children, bells = placed(path)

    assert [(4, True), (0, True)] == told([children, bells])
    for row, (start_s, end_s) in ((children, narration[1][CHILDREN]), (bells, narration[1][BELLS])):
        assert start_s - 0.3 < row.start_s <= start_s + 0.05
        assert end_s - 0.05 <= row.end_s < end_s + 0.3
    assert at[1] - 0.2 < children.from_s <= at[1] + 0.05
    assert at[2] - 0.1 <= children.to_s < at[2] + 0.2


def test_of_a_sentence_that_is_read_twice_the_later_reading_counts(fixes, placed):
    path, at = fixes(0.8, OAK, 1.2, CHILDREN, 1.2, OAK, 1.0)

    rows = placed(path)

    assert [(3, False), (4, True), (3, True)] == told(rows)
    assert "read again later" == rows[0].reason
    assert rows[2].from_s == pytest.approx(at[5], abs=0.1)


def test_a_later_reading_that_lacks_a_word_does_not_count(fixes, placed):
    path, _ = fixes(0.8, OAK, 1.2, (OAK, 0, 5.1), 1.0)

    rows = placed(path)

    assert (3, True) == told(rows)[0]
    assert not any(row.placed for row in rows[1:])


def test_several_sentences_in_one_go_are_told_apart(fixes, placed):
    path, _ = fixes(0.8, BELLS, 0.3, POUNDS, 0.3, MELT, 1.2, OAK, 1.0)

    assert [(0, True), (1, True), (2, True), (3, True)] == told(placed(path))


def test_a_false_word_or_start_in_front_is_left_out(fixes, placed):
    path, at = fixes(0.8, (CHILDREN, 0, 0.9), 0.4, BELLS, 1.2, (OAK, 0, 1.4), 0.5, OAK, 1.0)

    rows = [row for row in placed(path) if row.placed]

    assert [(0, True), (3, True)] == told(rows)
    assert rows[0].from_s == pytest.approx(at[3], abs=0.15)
    assert rows[1].from_s == pytest.approx(at[7], abs=0.15)


def test_a_long_pause_at_a_comma_does_not_tear_a_sentence(fixes, placed):
    comma_s = 2.7
    path, at = fixes(0.8, (POUNDS, 0, comma_s), 0.8, (POUNDS, comma_s, 9), 1.0)

    (row,) = placed(path)

    assert (1, True) == (row.sentence, row.placed)
    assert row.from_s == pytest.approx(at[1], abs=0.15)
    assert row.to_s == pytest.approx(at[4], abs=0.25)


def test_what_is_no_sentence_of_the_text_is_not_placed(fixes, placed):
    path, _ = fixes(0.8, "aside", 1.2, BELLS, 1.0)

    aside, bells = placed(path)

    assert [(None, False), (0, True)] == told([aside, bells])
    assert "any sentence of the text" in aside.reason


def test_a_sentence_that_stands_twice_is_asked_about_with_both_places(twins, fixes, tmp_path):
    desk, times = twins
    fix, _ = fixes(0.8, MELT, 1.0)

    asked = with_fixes(desk, fix)
    (row,), _ = asked.fitted(tmp_path)
    (answered,), _ = asked.asked(lambda which: which.choices[1][0]).fitted(tmp_path)

    assert (None, False) == (row.sentence, row.placed)
    assert "2 times, at 0:08 and 0:16" in row.reason
    assert (3, True) == (answered.sentence, answered.placed)
    assert answered.start_s == pytest.approx(times[7], abs=0.3)


def test_its_neighbour_tells_which_of_two_equal_sentences_is_read(twins, fixes, tmp_path):
    fix, _ = fixes(0.8, OAK, 0.4, MELT, 1.0)

    rows, _ = with_fixes(twins[0], fix).fitted(tmp_path)

    assert [(2, True), (3, True)] == told(rows)


def test_a_sentence_that_was_never_read_goes_between_its_neighbours(said, fixes, tmp_path):
    path, times = narrated(said, tmp_path, BELLS, POUNDS, OAK, CHILDREN)
    fix, _ = fixes(0.8, BEAMS, 1.0)

    desk = laid(said, tmp_path, path, text=(BELLS, POUNDS, BEAMS, OAK, CHILDREN))
    desk = with_fixes(desk, fix)
    (row,), placed = desk.fitted(tmp_path)
    desk.write(placed, tmp_path / "out.wav")

    assert (2, True) == (row.sentence, row.placed)
    assert row.start_s == row.end_s
    assert times[POUNDS][1] - 0.1 < row.start_s < times[OAK][0] + 0.1
    longer_s = len(decoded(tmp_path / "out.wav", rate=RATE)) - len(decoded(path, rate=RATE))
    assert longer_s / RATE == pytest.approx(placed[0].length_s, abs=0.001)


@pytest.mark.parametrize("left", READ)
def test_one_sentence_that_stays_is_enough_to_fit_the_others_to(desk, fixes, tmp_path, left):
    again = [n for n in READ if n != left]
    path, _ = fixes(0.8, *[part for n in again for part in (n, 0.4)], 0.6)

    rows, _ = with_fixes(desk, path).fitted(tmp_path)

    assert [(READ.index(n), True) for n in again] == told(rows)
    assert all(5.0 < row.level_db < 11.0 for row in rows)


def test_the_one_sentence_of_a_narration_is_what_another_is_fitted_to(said, fixes, tmp_path):
    path, _ = narrated(said, tmp_path, BELLS)
    fix, _ = fixes(0.8, OAK, 1.0)

    (row,), _ = with_fixes(laid(said, tmp_path, path, text=(BELLS, OAK)), fix).fitted(tmp_path)

    assert (1, True) == (row.sentence, row.placed)


@pytest.mark.parametrize("text", [READ, (BELLS,)])
def test_a_narration_of_which_all_is_read_again_is_a_new_one(said, fixes, tmp_path, text):
    narration, _ = narrated(said, tmp_path, *text)
    fix, _ = fixes(0.8, *[part for n in text for part in (n, 0.5)], 0.5)

    with pytest.raises(RecordingError, match=r"all of its sentences .* --recording FILE"):
        with_fixes(laid(said, tmp_path, narration, text=text), fix).fitted(tmp_path)


def test_all_but_one_of_many_sentences_are_a_new_narration(desk, fixes, tmp_path, monkeypatch):
    monkeypatch.setattr("columncast.audio.editing.pickups.door._LEFT", 0.21)  # of five sentences
    path, _ = fixes(0.8, *[part for n in READ[1:] for part in (n, 0.4)], 0.6)

    with pytest.raises(RecordingError, match=r"all but 1 of its sentences"):
        with_fixes(desk, path).fitted(tmp_path)


def test_sentences_in_doubt_are_fitted_to_where_no_other_is_left(desk, fixes, tmp_path):
    fix, _ = fixes(0.8, OAK, 1.0)
    doubtful = [replace(s, status="unsure") for s in desk.alignment.sentences]
    in_doubt = replace(desk, alignment=replace(desk.alignment, sentences=tuple(doubtful)))

    (row,), _ = with_fixes(in_doubt, fix).fitted(tmp_path)

    assert (3, True) == (row.sentence, row.placed)


def test_a_narration_without_a_pause_has_no_room_tone_and_takes_a_fix_all_the_same(
    said, fixes, tmp_path
):
    path, _ = writer(said, tmp_path)(*READ, name="narration.wav", noise=0.0)
    fix, _ = fixes(OAK)

    (row,), _ = with_fixes(laid(said, tmp_path, path), fix).fitted(tmp_path)

    assert 3 == row.sentence


def test_outside_of_its_place_the_recording_stays_what_it_is(desk, fixes, narration, tmp_path):
    fix, _ = fixes(0.8, OAK, 1.0)
    before = narration[0].read_bytes()

    fixed = with_fixes(desk, fix)
    (row,), placed = fixed.fitted(tmp_path)
    fixed.write(placed, tmp_path / "out.wav")

    whole, made = (decoded(p, rate=RATE)[:, 0] for p in (narration[0], tmp_path / "out.wav"))
    start, end, join = round(row.start_s * RATE), round(row.end_s * RATE), round(0.006 * RATE)
    assert np.array_equal(whole[: start - join], made[: start - join])
    behind = len(whole) - end - join
    assert np.array_equal(whole[-behind:], made[-behind:])
    assert before == narration[0].read_bytes()


def test_level_and_floor_are_those_of_the_sentences_around_it(desk, fixes, tmp_path):
    fix, _ = fixes(0.8, OAK, 1.0)

    fixed = with_fixes(desk, fix)
    (row,), placed = fixed.fitted(tmp_path)
    fixed.write(placed, tmp_path / "out.wav")

    made = decoded(tmp_path / "out.wav", rate=RATE)[:, 0]
    span = slice(round(row.start_s * RATE), round((row.start_s + placed[0].length_s) * RATE))
    around = np.concatenate([made[: span.start], made[span.stop :]])
    assert 5.0 < row.level_db < 11.0
    assert 8.0 < row.floor_db < 18.0
    assert "noisier" in row.reason
    assert level_db(made[span]) == pytest.approx(level_db(around), abs=1.0)
    assert np.percentile(cells_db(made[span]), 1) == pytest.approx(
        np.percentile(cells_db(around), 5), abs=2.5
    )


def cells_db(sound):
    cells = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    return (10 * np.log10((cells**2).mean(1) + 1e-12)).astype(np.float32)


def level_db(sound):
    return gated_db(cells_db(sound))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_noise_of_the_other_room_is_brought_to_the_floor_of_this_one(rate, channels):
    rng = np.random.default_rng(1)

    def noise(seconds, level):
        shape = (round(seconds * rate), channels)
        return (level * rng.standard_normal(shape)).astype(np.float32)

    def voiced(seconds, level):
        at = np.arange(round(seconds * rate)) / rate
        tones = sum(np.sin(2 * np.pi * 150 * h * at) / h for h in range(1, 20))
        speaks = (np.sin(2 * np.pi * 1.5 * at) > 0) * level
        return np.repeat((tones * speaks)[:, None], channels, 1).astype(np.float32)

    there, here = noise(2, 3e-3), noise(2, 1e-3)
    read = voiced(4, 0.1) + noise(4, 3e-3)
    around = Voice.of(voiced(8, 0.2) + noise(8, 1e-3), rate)

    fitted = fit(
        read,
        rate,
        own=Voice.of(read, rate),
        own_room=Room.of([there], rate, channels),
        around=around,
        room=Room.of([here], rate, channels),
    )

    middle = fitted.sound[round(0.45 * rate) : round(0.62 * rate)]  # where nobody speaks
    floor_db = 10 * np.log10((middle.astype(float) ** 2).mean())
    assert 6.0 == pytest.approx(fitted.level_db, abs=1.0)
    assert 15.5 == pytest.approx(fitted.floor_db, abs=1.5)
    assert -60 == pytest.approx(floor_db, abs=1.5)


def test_a_spectrum_is_matched_by_six_decibels_at_most():
    rate = 16_000
    flat = np.ones(257)
    steep = flat * np.geomspace(1, 1e-4, 257)

    match_db = matching_db(flat, steep, rate, frames=10**6)

    assert 6.0 == pytest.approx(np.abs(match_db).max(), abs=0.01)
    assert match_db[10] > 0 > match_db[200]


# the command


@pytest.fixture
def text(said, tmp_path):
    path = tmp_path / "column.txt"
    path.write_text(" ".join(said[n][0] for n in READ), encoding="utf-8")
    return path


def test_the_command_places_what_it_finds_and_says_it_to_tools(
    fixes, narration, text, columncast, tmp_path
):
    fix, _ = fixes(0.8, OAK, 1.2, BELLS, 1.0)

    done = columncast("pickup", narration[0], text, fix, "-o", tmp_path / "out.flac", "--json")

    found = json.loads(done.out)
    assert 0 == done.code, done.err
    assert {"pickups"} == found.keys()
    keys = {"file", "from_s", "to_s", "start_s", "end_s", "sentence", "text", "placed"}
    assert keys | {"level_db", "floor_db", "reason"} == found["pickups"][0].keys()
    assert [(3, True), (0, True)] == [(p["sentence"], p["placed"]) for p in found["pickups"]]
    assert str(fix) == found["pickups"][0]["file"]
    assert ["column.txt", "fixes.wav", "out.flac"] == sorted(p.name for p in tmp_path.iterdir())


def test_fixes_of_another_form_are_taken(fixes, narration, text, columncast, tmp_path):
    fix, _ = fixes(0.8, OAK, 1.0)
    phone = tmp_path / "phone.mp3"
    command = [executable(), "-v", "error", "-i", fix, "-ac", "2", "-ar", "44100", "-b:a", "64k"]
    subprocess.run([*command, phone], check=True)

    done = columncast("pickup", narration[0], text, phone, "-o", tmp_path / "out.wav")

    made = probe(tmp_path / "out.wav")
    assert 0 == done.code, done.err
    assert "1 of 1 reading placed" in done.out
    assert (RATE, 1) == (made.sample_rate_hz, made.channels)


@pytest.mark.parametrize(
    ("parts", "said_of_it"),
    [
        ((0.8, "aside", 1.0), "does not sound like any sentence of the text"),
        ((3.0,), "is silent"),
    ],
)
def test_fixes_that_cannot_be_used_are_refused_in_one_line(
    fixes, narration, text, columncast, tmp_path, parts, said_of_it
):
    fix, _ = fixes(*parts, noise=0.0) if len(parts) == 1 else fixes(*parts)

    done = columncast("pickup", narration[0], text, fix, "-o", tmp_path / "out.wav")

    assert 3 == done.code
    assert said_of_it in done.err
    assert 1 == len(done.err.strip().splitlines())
    assert ["column.txt", "fixes.wav"] == sorted(p.name for p in tmp_path.iterdir())


def test_a_narration_of_another_text_is_refused(said, fixes, columncast, tmp_path):
    other, _ = narrated(said, tmp_path, BELLS, POUNDS, MELT, HALE)
    text = tmp_path / "other.txt"
    text.write_text(" ".join(said[n][0] for n in (OAK, CHILDREN, OAK, CHILDREN)), encoding="utf-8")
    fix, _ = fixes(0.8, OAK, 1.0)

    done = columncast("pickup", other, text, fix, "-o", tmp_path / "out.wav")

    assert 3 == done.code
    assert "does not read this text" in done.err
    assert not (tmp_path / "out.wav").exists()


def test_a_language_that_was_not_measured_is_refused(fixes, narration, columncast, tmp_path):
    fix, _ = fixes(0.8, OAK, 1.0)
    column = tmp_path / "column.md"
    column.write_text("---\nlanguage: fr\n---\n\nIl pleut.\n", encoding="utf-8")

    done = columncast("pickup", narration[0], column, fix, "-o", tmp_path / "out.wav")

    assert 3 == done.code
    assert "in English only" in done.err


@pytest.mark.parametrize(
    ("names", "out", "code", "said_of_it"),
    [
        (["fixes.wav", "copy.wav"], "out.wav", 2, "holds the same as"),
        (["fixes.wav", "fixes.wav"], "out.wav", 2, "holds the same as"),
        (["fixes.wav"], "fixes.wav", 2, "is also named as something else"),
        (["fixes.wav"], "out.mp3", 2, ".wav or .flac"),
        (["nothing.wav"], "out.wav", 2, "no such file"),
        (["column.txt"], "out.wav", 3, "column.txt"),
        ([], "out.wav", 2, "one or more files of fixes"),
    ],
)
def test_files_that_cannot_go_together_are_refused_before_anything_is_heard(
    narration, text, columncast, tmp_path, names, out, code, said_of_it
):
    for name in ("fixes.wav", "copy.wav"):
        save(np.zeros(RATE), tmp_path / name)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    done = columncast(
        "pickup", narration[0], text, *[tmp_path / name for name in names], "-o", tmp_path / out
    )

    assert code == done.code
    assert said_of_it in done.err
    assert 1 == len(done.err.strip().splitlines())
    assert before == {p.name: p.read_bytes() for p in tmp_path.iterdir()}
