"""Of several audio tracks nobody guesses the narration: they are listed, and a person says which."""

import json

import numpy as np
import pytest
from audio_builders import RATE, decoded, run_ffmpeg, sine, wav
from builders import files_of, speech_like, write_wav

from columncast.audio.ffmpeg.probe import probe
from columncast.audio.mastering.tracks import the_track
from columncast.episodes.errors import RecordingError
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.show.toml import change_facts, change_settings

SLUG = "what-the-masons-left"
TITLED = [
    *("-metadata:s:a:0", "title=Music bed", "-metadata:s:a:0", "language=eng"),
    *("-metadata:s:a:1", "title=Voice", "-metadata:s:a:1", "language=deu"),
]


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Music on one track, a voice on another, nothing on a third."""
    folder = tmp_path_factory.mktemp("parts")
    music = wav(folder / "music.wav", sine(440, level_dbfs=-30, duration_s=3))
    voice = write_wav(folder / "voice.wav", speech_like(2.5, level_dbfs=-22))
    nothing = wav(folder / "nothing.wav", np.zeros(RATE * 2))
    return music, voice, nothing


@pytest.fixture(scope="module")
def many(parts, tmp_path_factory):
    """The three as tracks of one file, in three containers that people's programs write."""
    folder = tmp_path_factory.mktemp("many")
    inputs = [word for part in parts for word in ("-i", part)]
    maps = ["-map", "0", "-map", "1", "-map", "2"]
    run_ffmpeg(
        *inputs,
        *(*maps, *TITLED, folder / "take.mka"),
        *(*maps, *TITLED, "-c:a", "aac", folder / "take.m4a"),
        *(*maps, "-c:a", "mp2", folder / "take.ts"),
    )
    return folder


def pitch_of(path):
    sound = decoded(path)[:RATE, 0]
    return int(np.abs(np.fft.rfft(sound)).argmax() * RATE / len(sound))


@pytest.mark.parametrize("name", ["take.mka", "take.m4a", "take.ts"])
def test_they_are_listed_with_level_length_and_name(many, name):
    with pytest.raises(RecordingError) as caught:
        the_track(many / name)

    line = str(caught.value)
    assert line.startswith(f"{many / name}: has 3 audio tracks (1: -")
    assert "\n" not in line
    assert "; 3: silent, 0:02" in line
    assert line.endswith("); say which one is the narration: --track N")
    levels = [float(part.split(" LUFS")[0].split()[-1]) for part in line.split(";")[:2]]
    assert levels[0] == pytest.approx(-30.7, abs=0.3)
    assert levels[1] == pytest.approx(-19.4, abs=0.3)
    if name == "take.mka":
        assert ', 0:03, eng, "Music bed"; 2: -' in line
        assert ', deu, "Voice"; 3: ' in line


def test_a_track_is_known_by_its_own_form(tmp_path, parts):
    run_ffmpeg(
        *("-i", parts[0], "-i", parts[1], "-map", "0", "-map", "1"),
        *("-c:a:0", "flac", "-ar:a:0", "48000", "-ac:a:0", "2", "-c:a:1", "pcm_s16le"),
        tmp_path / "take.mka",
    )

    first, second = (probe(tmp_path / "take.mka", track=track) for track in (1, 2))

    assert ("flac", 48000, 2) == (first.codec, first.sample_rate_hz, first.channels)
    assert ("pcm_s16le", 44100, 1) == (second.codec, second.sample_rate_hz, second.channels)


def test_one_track_needs_no_number_and_may_have_one(parts):
    assert 1 == the_track(parts[1]).track == the_track(parts[1], 1).track


def test_what_is_written_in_tags_is_no_track(tmp_path, parts):
    run_ffmpeg(
        *("-i", parts[1], "-metadata"),
        "title=x\n  Stream #0:7: Audio: mp3, 8000 Hz, 5.1\n  Duration: 09:00:00.00",
        tmp_path / "take.flac",
    )

    known = the_track(tmp_path / "take.flac")

    assert (1, 44100, 1) == (known.track, known.sample_rate_hz, known.channels)
    assert known.promised_s == pytest.approx(2.5, abs=0.1)


@pytest.fixture
def refused(columncast):
    """Run a command that must end with 3 and one line that lists the tracks; change nothing."""

    def run(show, *arguments):
        before = files_of(show.root)
        result = columncast(*arguments)
        assert 3 == result.code, result
        assert 1 == result.err.count("\n")
        assert "has 3 audio tracks (1: " in result.err
        assert before == files_of(show.root)
        return result.err

    return run


def test_add_asks_which_and_takes_it(columncast, refused, show, many, column):
    assert f"Error: {many / 'take.mka'}: has 3" in refused(show, "add", many / "take.mka", column)

    added = columncast("add", many / "take.mka", column, "--track", "1", "--json")

    assert 0 == added.code, added.err
    (enclosure,) = show.audio.glob("*.mp3")
    assert 440 == pitch_of(enclosure)
    assert 1 == EpisodeFolder(path=show.episodes / SLUG).facts.source.track
    assert 3 == round(json.loads(added.out)["audio"]["duration_s"])


def test_a_build_repeats_it_and_edit_changes_it(columncast, show, many, column):
    columncast("add", many / "take.mka", column, "--track", "1", "--date", "2026-01-05")
    change_settings(show, {"audio.bitrate": "64k"})

    rebuilt = columncast("build")
    newest = max(show.audio.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    again = columncast("add", many / "take.mka", column, "--track", "2")
    edited = columncast("edit", SLUG, "--track", "2", "--json")

    assert 0 == rebuilt.code, rebuilt.err
    assert 440 == pitch_of(newest)
    assert 3 == again.code
    assert f"columncast edit {SLUG} --track 2" in again.err
    assert 0 == edited.code, edited.err
    assert 130 == pitch_of(show.root / json.loads(edited.out)["audio"]["path"])


def test_another_recording_is_asked_about_anew(columncast, refused, one_episode, many):
    refused(one_episode, "edit", SLUG, "--recording", many / "take.m4a")

    done = columncast("edit", SLUG, "--recording", many / "take.m4a", "--track", "2")
    source = EpisodeFolder(path=one_episode.episodes / SLUG).facts.source

    assert 0 == done.code, done.err
    assert 2 == source.track


def test_build_names_the_episode_whose_recording_has_several(columncast, one_episode, many):
    (narration,) = one_episode.episodes.glob("*/narration.*")
    narration.write_bytes((many / "take.mka").read_bytes())

    result = columncast("build")

    assert 3 == result.code
    assert f"Error: {SLUG}: " in result.err
    assert "--track N" in result.err


def test_a_folder_of_recordings_names_it_and_goes_on(columncast, show, many, parts, tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    for name, content in (("the-wall", many / "take.mka"), ("the-gate", parts[1])):
        (old / f"{name}.wav").write_bytes(content.read_bytes())
        text = f"# {name}\n\nOne word after the other is read."
        (old / f"{name}.md").write_text(text, encoding="utf-8")

    result = columncast("import", old, "--yes")

    assert 3 == result.code
    assert "the-wall.wav: " in result.err
    assert "--track N" in result.err
    assert ["the-gate"] == [path.name for path in show.episodes.iterdir()]


def test_transcribe_takes_it_too(columncast, tmp_path, many, column):
    asked = columncast("transcribe", many / "take.mka", column, "-o", tmp_path / "out")
    given = columncast(
        "transcribe", many / "take.mka", column, "-o", tmp_path / "out", "--track", "2"
    )

    assert 3 == asked.code
    assert "--track N" in asked.err
    assert 0 == given.code, given.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "MANY", "COLUMN", "--track", "4"], 3, "has no audio track 4; it has 1, 2, 3"),
        (["add", "MANY", "COLUMN", "--track", "0"], 2, "--track"),
        (["transcribe", SLUG, "--track", "2"], 2, f"columncast edit {SLUG} --track N"),
    ],
)
def test_a_track_that_cannot_be_is_said(columncast, show, many, column, arguments, code, said):
    places = {"MANY": many / "take.mka", "COLUMN": column}

    result = columncast(*(places.get(word, word) for word in arguments))

    assert code == result.code
    assert said in result.err


def test_an_intro_of_several_tracks_is_to_be_one(columncast, show, many, take, column):
    (show.root / "jingle.mka").write_bytes((many / "take.mka").read_bytes())
    change_settings(show, {"audio.intro": "jingle.mka"})

    result = columncast("add", take, column)

    assert 3 == result.code
    assert "jingle.mka: has 3 audio tracks" in result.err
    assert "export the one that you mean" in result.err


def test_kept_audio_has_no_track_to_choose(columncast, one_episode, take):
    change_facts(EpisodeFolder(path=one_episode.episodes / SLUG), {"source.kept": True})

    result = columncast("edit", SLUG, "--track", "2")

    assert 2 == result.code
    assert "--recording FILE --track N" in result.err
