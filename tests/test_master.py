"""A master is as loud as the show, never over the ceiling, and says what was done."""

import hashlib
import importlib.util
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from audio_builders import RATE, decoded, metered, run_stderr, sine, speech, wav

from columncast.audio.ffmpeg import process, standstill
from columncast.audio.ffmpeg.messages import FfmpegError
from columncast.audio.loudness.monitor import Hearing
from columncast.audio.mastering import encode, render
from columncast.audio.mastering.codecs import FORMS
from columncast.audio.mastering.encode import Track
from columncast.audio.mastering.master import make_master
from columncast.audio.mastering.recording import look, source_of
from columncast.episodes.errors import ColumncastError, FolderError
from columncast.episodes.show.settings import AudioSettings

other_meter = pytest.mark.skipif(
    not importlib.util.find_spec("pyebur128"), reason="no wheel for this Python"
)


@pytest.fixture(scope="module")
def takes(tmp_path_factory):
    """A soft reading, and one with peaks far over its loudness."""
    folder = tmp_path_factory.mktemp("takes")
    stereo = np.stack([speech(8, level_dbfs=-28), speech(8, level_dbfs=-30, seed=8)], axis=1)
    spiky = speech(8, level_dbfs=-26, peaky=0.2)
    spiky[RATE :: RATE * 2] += 0.6
    return {
        "soft": wav(folder / "soft.wav", speech(8, level_dbfs=-28, peaky=0)),
        "stereo": wav(folder / "stereo.wav", stereo),
        "spiky": wav(folder / "spiky.wav", spiky),
    }


@pytest.fixture
def mastered(takes, tmp_path):
    def make(take, suffix=".mp3", **settings):
        output = tmp_path / f"{take}{suffix}"
        return make_master(takes[take], output, AudioSettings(**settings)), output

    return make


@other_meter
@pytest.mark.parametrize("take", ["soft", "spiky"])
@pytest.mark.parametrize(
    ("suffix", "bitrate"), [(".mp3", "64k"), (".mp3", "96k"), (".mp3", "192k"), (".m4a", "96k"), (".opus", "64k")]
)  # fmt: skip
def test_the_encoded_mono_file_is_at_the_target(mastered, take, suffix, bitrate):
    made, output = mastered(take, suffix, bitrate=bitrate)

    lufs, dbtp = metered(output)
    assert lufs == pytest.approx(-19, abs=0.1)
    assert dbtp <= -0.95  # another meter's filter reads a peak up to 0.07 dB higher
    assert made.loudness.integrated_lufs == pytest.approx(lufs, abs=0.03)
    assert made.loudness.true_peak_dbtp <= -1


@other_meter
@pytest.mark.parametrize("bitrate", ["96k", "128k"])
def test_the_encoded_stereo_file_is_at_the_target(mastered, bitrate):
    made, output = mastered("stereo", channels=2, bitrate=bitrate)

    lufs, dbtp = metered(output)
    assert lufs == pytest.approx(-16, abs=0.1)
    assert dbtp <= -0.95
    assert 2 == made.channels


def test_gain_is_all_that_happens_to_a_soft_reading(takes, mastered):
    """
    Wave against wave at a high bitrate: what differs is the codec's noise, and no delay.
    """
    made, output = mastered("soft", bitrate="192k")

    source, out = decoded(takes["soft"])[:, 0], decoded(output)[:, 0]
    assert len(source) == len(out)
    expected = source * 10 ** (made.gain_db / 20)
    error = out - expected
    assert 0 == made.limited_s
    assert 10 * np.log10(np.mean(error**2) / np.mean(expected**2)) < -25


def test_the_limiter_is_reported_where_it_acted(mastered):
    made, _ = mastered("spiky")

    assert 0 < made.limited_s < 2
    assert {1.0, 3.0, 5.0} <= set(made.limited_at_s)
    assert made.source.true_peak_dbtp + made.gain_db > -1


def test_a_target_that_would_crush_the_peaks_is_neared_and_told(tmp_path):
    clicks = speech(6, level_dbfs=-40, peaky=0)
    clicks[:: RATE // 5] = 0.9
    take = wav(tmp_path / "clicks.wav", clicks)

    made = make_master(take, tmp_path / "a.mp3", AudioSettings(integrated_lufs=-10), force=True)

    (notice,) = made.notices
    assert "loudness-missed" == notice.code
    assert "instead of -10.0" in notice.message
    assert f"{made.heard_lufs:.1f} LUFS" in notice.message
    assert made.loudness.integrated_lufs < -13.1
    assert made.loudness.true_peak_dbtp <= -1


def test_a_miss_is_encoded_again(takes, tmp_path, monkeypatch):
    """
    A codec that comes out louder than foreseen is found out by metering, and corrected.
    """
    honest = render.encode

    def louder(*arguments, **settings):
        settings["scale"] /= 0.93
        return honest(*arguments, **settings)

    monkeypatch.setattr(render, "encode", louder)

    made = make_master(takes["spiky"], tmp_path / "a.mp3", AudioSettings())

    assert 2 == made.encodes
    assert made.loudness.integrated_lufs == pytest.approx(-19, abs=0.1)
    assert made.loudness.true_peak_dbtp <= -1


def test_the_facts_are_those_of_the_file(mastered):
    made, output = mastered("stereo", channels=2)

    assert made.duration_s == pytest.approx(8, abs=1e-6)
    assert 8 * RATE == len(decoded(output, channels=2))
    assert 44100 == made.sample_rate_hz
    assert "96k" == made.bitrate
    assert b"Audio: mp3 (mp3float), 44100 Hz, stereo, fltp, 96 kb/s" in run_stderr(output)
    assert 8 == len(made.short_term_lufs) == len(made.source_short_term_lufs)
    assert made.gain_db == pytest.approx(
        made.loudness.integrated_lufs - made.source.integrated_lufs, abs=0.3
    )


def test_a_sample_rate_that_is_asked_for_is_made(mastered):
    made, output = mastered("soft", sample_rate=48000)

    assert 48000 == made.sample_rate_hz
    assert b"48000 Hz" in run_stderr(output)


@pytest.mark.parametrize("over", [0, 60, 65, 90, 110, 115])
def test_an_mp3_plays_for_as_long_as_the_recording_to_the_sample(tmp_path, over):
    """Of some lengths (here the 65 to 110), ffmpeg's own says too late an end."""
    length = 24 * 1152 - 1216 + over
    take = wav(tmp_path / "take.wav", speech(1)[:length])

    make_master(take, tmp_path / "a.mp3", AudioSettings())

    assert length == len(decoded(tmp_path / "a.mp3"))


@pytest.mark.parametrize("suffix", FORMS)
def test_equal_input_gives_equal_bytes(mastered, suffix):
    _, output = mastered("spiky", suffix)
    once = output.read_bytes()

    mastered("spiky", suffix)

    assert once == output.read_bytes()


def test_progress_goes_from_nothing_to_all(takes, tmp_path):
    seen = []

    make_master(takes["soft"], tmp_path / "a.mp3", AudioSettings(), progress=seen.append)

    assert sorted(seen) == seen
    assert 1.0 == seen[-1]


def test_a_recording_is_surveyed_once(takes, tmp_path, monkeypatch):
    """
    The measurement is found by content: another name for the same bytes is the same recording.
    """
    cache = tmp_path / "cache"
    again = tmp_path / "renamed.wav"
    again.write_bytes(takes["soft"].read_bytes())
    surveyed = []
    honest = process.decode
    monkeypatch.setattr(
        process, "decode", lambda name, **k: surveyed.append(name) or honest(name, **k)
    )

    first = make_master(takes["soft"], tmp_path / "a.mp3", AudioSettings(), cache=cache)
    second = make_master(again, tmp_path / "b.mp3", AudioSettings(bitrate="64k"), cache=cache)

    assert first.source == second.source
    assert [takes["soft"]] == surveyed, "it was surveyed again"


def test_a_damaged_cache_is_not_believed(takes, tmp_path):
    cache = tmp_path / "cache"
    make_master(takes["soft"], tmp_path / "a.mp3", AudioSettings(), cache=cache)
    for kept in cache.iterdir():
        kept.write_text("{", encoding="utf-8")

    made = make_master(takes["soft"], tmp_path / "a.mp3", AudioSettings(), cache=cache)

    assert made.loudness.integrated_lufs == pytest.approx(-19, abs=0.1)


def test_a_clipped_recording_is_told(tmp_path):
    take = wav(tmp_path / "hot.wav", np.clip(speech(4) * 12, -1, 1))

    made = make_master(take, tmp_path / "a.mp3", AudioSettings())

    (notice,) = made.notices
    assert "recording-clipped" == notice.code
    assert "0:0" in notice.message


def test_a_loud_but_whole_recording_is_not_called_clipped(tmp_path):
    voice = speech(4) + sine(100, level_dbfs=-30, duration_s=4)
    take = wav(tmp_path / "loud.wav", voice / np.abs(voice).max() * 0.9999)

    assert () == make_master(take, tmp_path / "a.mp3", AudioSettings()).notices


class Started(list):
    """Every program that was started, in order."""


@pytest.fixture
def started(monkeypatch):
    programs = Started()
    honest = process._start

    def start(*arguments, **settings):
        programs.append(honest(*arguments, **settings))
        return programs[-1]

    monkeypatch.setattr(process, "_start", start)
    threads = threading.active_count()  # other tests' servers may have left theirs
    yield programs
    assert all(program.poll() is not None for program in programs), "a program was left running"
    assert threading.active_count() <= threads, "a thread was left running"


def when(share, act):
    """Return a progress callback that does *act* once when *share* is reached."""
    done = []

    def progress(reached):
        if reached >= share and not done:
            done.append(reached)
            act()

    return progress


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals are POSIX")
@pytest.mark.parametrize("which", ["the one", "decoder", "encoder"])
def test_a_killed_ffmpeg_is_one_clear_line_and_nothing_is_left(
    takes, tmp_path, started, which, monkeypatch
):
    output = tmp_path / "out" / "a.mp3"
    monkeypatch.setattr(process, "MORE_PIPES", which == "the one")

    def kill():
        started[-2 if which == "encoder" else -1].kill()

    with pytest.raises(ColumncastError) as caught:
        make_master(
            takes["soft"], output, AudioSettings(),
            progress=when(0.3, kill),
        )  # fmt: skip

    assert "\n" not in str(caught.value)
    assert [] == list(output.parent.iterdir())


@pytest.mark.usefixtures("started")
def test_ctrl_c_leaves_nothing(takes, tmp_path):
    def interrupt():
        raise KeyboardInterrupt

    output = tmp_path / "out" / "a.mp3"

    with pytest.raises(KeyboardInterrupt):
        make_master(takes["soft"], output, AudioSettings(), progress=when(0.3, interrupt))

    assert [] == list(output.parent.iterdir())


@pytest.mark.usefixtures("started")
def test_the_last_good_master_survives_a_failure(takes, tmp_path):
    output = tmp_path / "a.mp3"
    output.write_bytes(b"the last good one")

    with pytest.raises(ZeroDivisionError):
        make_master(takes["soft"], output, AudioSettings(), progress=when(0.3, lambda: 1 / 0))

    assert b"the last good one" == output.read_bytes()


def track(take, output, *, longer=0):
    source = source_of(take, sample_rate_hz=0, channels=1)
    frames = look(source, cache=None)[1].frames + longer
    return Track(
        recording=take, graph=source.graph(range(frames), doublings=0), decoded=frames,
        work=lambda pcm: pcm, output=output, hearing=Hearing(1), frames=frames,
    )  # fmt: skip


def encoded(one):
    encode.encode(
        [one], form=FORMS[".mp3"], sample_rate_hz=RATE, channels=1, bitrate="96k", scale=1.0
    )
    return one.frames


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("together", [True, False])
def test_a_full_disk_is_called_so(takes, together, monkeypatch):
    monkeypatch.setattr(process, "MORE_PIPES", together)

    with pytest.raises(FolderError, match="the disk is full"):
        encoded(track(takes["soft"], Path("/dev/full")))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
@pytest.mark.usefixtures("started")
def test_a_disk_that_fills_long_before_the_end_ends_it(tmp_path, monkeypatch):
    """ffmpeg waits for its thread that reads from us, and we for its thread that decodes no more."""
    monkeypatch.setattr(standstill, "FAILED_S", 0.5)
    long = wav(tmp_path / "long.wav", sine(duration_s=60, rate=22050), rate=22050)

    with pytest.raises(FolderError, match="the disk is full"):
        encoded(track(long, Path("/dev/full")))


def test_a_recording_that_has_become_shorter_is_not_waited_for(takes, tmp_path):
    """One program sees to everything, and its pipes stay open: nothing says where sound ends."""
    frames = encoded(track(takes["soft"], tmp_path / "a.mp3", longer=RATE))

    assert frames == len(decoded(tmp_path / "a.mp3"))


def test_a_program_that_cannot_start_is_told(takes, tmp_path, monkeypatch):
    monkeypatch.setattr(process, "executable", lambda: str(tmp_path / "no-ffmpeg"))

    with pytest.raises(FfmpegError, match="cannot be started"):
        make_master(takes["soft"], tmp_path / "a.mp3", AudioSettings())


def test_an_older_ffmpeg_meters_the_file_when_it_is_done(takes, tmp_path, monkeypatch):
    while_encoding = make_master(takes["spiky"], tmp_path / "a.mp3", AudioSettings())
    monkeypatch.setattr(process, "can_loop_back", lambda: False)

    afterwards = make_master(takes["spiky"], tmp_path / "b.mp3", AudioSettings())

    assert while_encoding == afterwards
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_the_recording_is_left_alone(takes, mastered):
    before = hashlib.sha256(takes["soft"].read_bytes()).hexdigest()

    mastered("soft")

    assert before == hashlib.sha256(takes["soft"].read_bytes()).hexdigest()
