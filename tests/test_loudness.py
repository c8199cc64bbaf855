"""The meter against the signals of EBU Tech 3341 and 3342, and against other meters.

The signals are made here from their definitions (tech.ebu.ch/docs/tech/tech3341.pdf, table 1, and
tech3342.pdf, table 1); levels are of a 1 kHz sine in both channels, in dBFS.
"""

import importlib.util
import math
import subprocess

import numpy as np
import pytest
from audio_builders import decoded, metered, recording, sine, speech
from hypothesis import given, settings
from hypothesis import strategies as st

from columncast.audio.ffmpeg import process
from columncast.audio.loudness import arithmetic
from columncast.audio.loudness.first_pass import survey

RATE = 48000


def stereo(*parts):
    """Return a stereo 1 kHz sine of (level, seconds) parts, its phase going on."""
    levels = np.concatenate([np.full(round(s * RATE), 10 ** (db / 20)) for db, s in parts])
    wave = levels * np.sin(2 * np.pi * 1000 * np.arange(len(levels)) / RATE)
    return np.stack([wave, wave], axis=1)


@pytest.fixture
def seen(tmp_path):
    def look(samples, *, rate=RATE):
        samples = np.atleast_2d(samples.T).T
        path = recording(tmp_path / "signal.wav", samples, "-c:a", "pcm_f32le", rate=rate)
        return survey(
            path,
            chain="aformat=sample_fmts=fltp",
            sample_rate_hz=rate,
            channels=samples.shape[1],
        ).readings

    return look


TECH_3341: dict[int, tuple[list[tuple[float, ...]], float]] = {
    1: ([(-23, 20)], -23.0),
    2: ([(-33, 20)], -33.0),
    3: ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    4: ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    5: ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
}


@pytest.mark.parametrize("case", TECH_3341)
def test_integrated_loudness_of_tech_3341(seen, case):
    parts, expected = TECH_3341[case]

    assert seen(stereo(*parts)).integrated_lufs == pytest.approx(expected, abs=0.1)


def test_gated_short_term_loudness_of_tech_3341(seen):
    """
    Case 9: 1.34 s at -20 and 1.66 s at -30, five times: short-term is -23 from 3 s on.
    """
    readings = seen(stereo(*[(-20, 1.34), (-30, 1.66)] * 5))

    assert np.asarray(readings.short_term[30:]) == pytest.approx(-23, abs=0.1)


TECH_3342 = {
    1: ([(-20, 20), (-30, 20)], 10),
    2: ([(-20, 20), (-15, 20)], 5),
    3: ([(-40, 20), (-20, 20)], 20),
    4: ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
}


@pytest.mark.parametrize("case", TECH_3342)
def test_loudness_range_of_tech_3342(seen, case):
    parts, expected = TECH_3342[case]

    assert seen(stereo(*parts)).loudness.range_lu == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(("divisor", "phase_deg"), [(4, 0), (4, 45), (6, 60), (8, 67.5)])
def test_true_peak_of_tech_3341(seen, divisor, phase_deg):
    """
    Cases 15 to 18: a sine of 0.5 whose samples miss its top must read -6 dBTP (+0.2, -0.4).
    """
    at = np.arange(RATE) / divisor
    wave = 0.5 * np.sin(2 * np.pi * at + math.radians(phase_deg))
    wave[:2000] *= np.linspace(0, 1, 2000)
    wave[-2000:] *= np.linspace(1, 0, 2000)

    reading = seen(np.stack([wave, wave], axis=1)).true_peak_dbtp

    assert -6.4 <= reading <= -5.8


def test_the_arithmetic_is_what_ffmpeg_says_of_itself(tmp_path):
    path = recording(tmp_path / "take.wav", speech(12, rate=RATE), rate=RATE)
    readings = survey(path, chain="anull", sample_rate_hz=RATE, channels=1).readings

    command = [process.executable(), "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    summary = subprocess.run(command, capture_output=True, check=True).stderr.decode()

    said = summary[summary.rindex("Summary:") :].split()
    measured = readings.loudness
    assert measured.integrated_lufs == pytest.approx(float(said[said.index("I:") + 1]), abs=0.06)
    assert measured.range_lu == pytest.approx(float(said[said.index("LRA:") + 1]), abs=0.06)
    assert measured.true_peak_dbtp == pytest.approx(float(said[said.index("Peak:") + 1]), abs=0.1)


@pytest.mark.skipif(not importlib.util.find_spec("pyebur128"), reason="no wheel for this Python")
def test_another_meter_reads_the_same(tmp_path):
    path = recording(tmp_path / "take.wav", speech(12), "-c:a", "pcm_f32le", rate=44100)
    readings = survey(path, chain="anull", sample_rate_hz=44100, channels=1).readings

    lufs, dbtp = metered(path)

    assert readings.integrated_lufs == pytest.approx(lufs, abs=0.02)
    assert readings.true_peak_dbtp == pytest.approx(dbtp, abs=0.1)


@given(
    levels=st.lists(st.floats(-60, -5), min_size=40, max_size=200),
    gain_db=st.floats(-9, 9),
)
@settings(max_examples=50, deadline=None)
def test_gain_moves_loudness_by_itself(levels, gain_db):
    quiet_enough = np.asarray(levels)

    before = arithmetic.integrated_lufs(quiet_enough)
    after = arithmetic.integrated_lufs(quiet_enough + gain_db)

    assert after == pytest.approx(before + gain_db, abs=0.001)


def test_gain_moves_what_the_meter_reads_by_itself(seen):
    voice = speech(6, rate=RATE)

    assert seen(voice * 0.5).integrated_lufs == pytest.approx(
        seen(voice).integrated_lufs - 6.0206, abs=0.005
    )


def test_a_voice_on_two_channels_reads_3_lu_more(seen):
    voice = speech(4, rate=RATE)

    both = seen(np.stack([voice, voice], axis=1))

    assert both.integrated_lufs == pytest.approx(seen(voice).integrated_lufs + 3.01, abs=0.01)


def test_silence_has_no_loudness(seen):
    assert -math.inf == seen(np.zeros(RATE)).integrated_lufs
    assert 0.0 == arithmetic.range_lu([-120.0] * 100)


def test_the_picture_has_one_value_a_second(seen):
    readings = seen(sine(duration_s=5, rate=RATE))

    assert 5 == len(readings.each_second)
    assert readings.each_second[3:] == pytest.approx([-23.0, -23.0], abs=0.2)


def test_true_peaks_between_blocks_are_seen(tmp_path):
    """
    A peak that falls on the seam of two blocks counts like any other.
    """
    wave = np.zeros(3 * 65536)
    at = np.arange(-200, 200)
    wave[65536 - 200 : 65536 + 200] = 0.7 * np.sinc((at + 0.5) / 2) * np.hanning(400)
    path = recording(tmp_path / "seam.wav", wave, "-c:a", "pcm_f32le", rate=RATE)

    peak = survey(path, chain="anull", sample_rate_hz=RATE, channels=1).readings.true_peak

    assert peak == pytest.approx(0.7, abs=0.007)
    assert np.abs(decoded(path, rate=RATE)).max() < 0.65
