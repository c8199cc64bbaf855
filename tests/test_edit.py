"""Intro, outro, trimming and clean-up: what a show asks for, and nothing where it does not."""

import numpy as np
import pytest
from audio_builders import RATE, decoded, recording, sine, speech, wav

from columncast.audio.loudness.first_pass import CELL_FRAMES, Survey
from columncast.audio.loudness.meter import Readings
from columncast.audio.mastering import pcm
from columncast.audio.mastering.master import make_master
from columncast.audio.mastering.speech import Phrase, levelling, phrases
from columncast.episodes.errors import RecordingError
from columncast.episodes.show.settings import AudioSettings

rng = np.random.default_rng(3)


@pytest.fixture
def mastered(tmp_path):
    def master(samples, **settings):
        take = recording(tmp_path / "take.flac", samples)
        output = tmp_path / "out" / "master.mp3"
        made = make_master(take, output, AudioSettings(**settings), folder=tmp_path)
        assert [output] == list(output.parent.iterdir()), "work files were left behind"
        return made, decoded(output)[:, 0]

    return master


def level_db(sound, start_s=0.0, end_s=None):
    piece = sound[round(start_s * RATE) : end_s and round(end_s * RATE)]
    return 10 * np.log10(np.mean(piece**2) + 1e-12)


def band_db(sound, low_hz, high_hz):
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return 10 * np.log10(power[(hertz >= low_hz) & (hertz < high_hz)].sum())


def quiet(duration_s):
    return 1e-4 * rng.standard_normal(round(duration_s * RATE))


def test_without_settings_nothing_is_done(mastered):
    made, _ = mastered(speech(3))

    assert () == made.steps
    assert 0.0 == made.offset_s


def test_silence_at_both_ends_is_cut_but_for_a_margin(mastered):
    made, _ = mastered(
        np.concatenate([quiet(2), speech(5), quiet(3)]), trim_silence=True, trim_margin_s=0.25
    )

    assert made.duration_s == pytest.approx(5.5, abs=0.4)
    assert made.offset_s == pytest.approx(-1.75, abs=0.2)
    assert made.steps[0].startswith("silence trimmed: 1.")


def test_a_click_before_the_first_word_is_no_word(mastered):
    head = quiet(3)
    head[RATE : RATE + 40] = 0.5

    made, _ = mastered(np.concatenate([head, speech(4)]), trim_silence=True)

    assert made.offset_s == pytest.approx(-2.5, abs=0.2)


def test_intro_and_voice_are_equally_loud_and_lap(tmp_path, mastered):
    """
    A quiet jingle is brought to the voice, fades, and ends a second after the voice began.
    """
    wav(tmp_path / "jingle.wav", sine(440, level_dbfs=-40, duration_s=4))
    silent_second = np.concatenate([np.zeros(RATE), speech(5, level_dbfs=-15)])

    made, sound = mastered(silent_second, intro="jingle.wav", overlap_s=1, fade_s=1.5)

    assert made.duration_s == pytest.approx(9, abs=0.001)
    assert made.offset_s == pytest.approx(3, abs=0.001)
    assert level_db(sound, 0.5, 2) == pytest.approx(level_db(sound, 4), abs=4)
    assert level_db(sound, 3.5, 3.9) < level_db(sound, 0.5, 2) - 5
    assert made.loudness.integrated_lufs == pytest.approx(-19, abs=0.1)
    assert ("intro joined",) == made.steps


def test_a_voice_over_full_scale_is_matched_too(tmp_path):
    """
    A float recording may be 14 dB over full scale; the jingle must not drown in it.
    """
    voice = recording(tmp_path / "voice.wav", 5 * speech(4, level_dbfs=-6), "-c:a", "pcm_f32le")
    wav(tmp_path / "jingle.wav", sine(440, level_dbfs=-40, duration_s=3))

    output = tmp_path / "out.mp3"
    make_master(voice, output, AudioSettings(intro="jingle.wav"), folder=tmp_path)

    sound = decoded(output)[:, 0]
    assert level_db(sound, 0.5, 2.5) == pytest.approx(level_db(sound, 3.2, 6.8), abs=3)


def test_an_outro_fades_in_under_the_last_words(tmp_path, mastered):
    wav(tmp_path / "tune.wav", sine(440, duration_s=3))

    made, sound = mastered(speech(4), outro="tune.wav", overlap_s=1, fade_s=1)

    assert made.duration_s == pytest.approx(6, abs=0.001)
    assert level_db(sound, 5) == pytest.approx(-19, abs=3)


def test_joining_loses_no_frame():
    """
    pydub cuts at milliseconds; at 44.1 kHz that would drop frames, heard as clicks.
    """
    ramp = np.arange(3 * RATE, dtype=np.int32)[:, None] * 1000

    def blocks(start, end):
        for at in range(start, end, 5000):
            piece = ramp[at : min(at + 5000, end)]
            yield pcm.segment(piece.tobytes(), sample_rate_hz=RATE, channels=1)

    lapped = pcm.lapped(blocks(0, 70001), blocks(70001, len(ramp)), overlap=0)

    assert (ramp == np.concatenate([pcm.frames(piece) for piece in lapped])).all()


def test_a_missing_intro_is_named(mastered):
    with pytest.raises(RecordingError, match=r"no-such\.wav: no such file"):
        mastered(speech(2), intro="no-such.wav")


def test_a_silent_outro_is_refused(tmp_path, mastered):
    wav(tmp_path / "tune.wav", np.zeros(RATE))

    with pytest.raises(RecordingError, match=r"tune\.wav: is silent"):
        mastered(speech(2), outro="tune.wav")


def test_rumble_is_taken_away_and_the_voice_left(mastered):
    voice = speech(4)
    rumble = sine(25, level_dbfs=-15, duration_s=4)

    _, plain = mastered(voice)
    _, rumbling = mastered(voice + rumble)
    _, cleaned = mastered(voice + rumble, high_pass_hz=80)

    assert band_db(rumbling, 20, 30) - band_db(cleaned, 20, 30) > 30

    def colour(sound):
        return band_db(sound, 200, 800) - band_db(sound, 800, 4000)

    assert colour(cleaned) == pytest.approx(colour(plain), abs=0.5)


def test_steady_noise_is_lowered_and_the_voice_left(mastered):
    hiss = 10 ** (-50 / 20) * rng.standard_normal(RATE * 9)
    take = np.concatenate([np.zeros(RATE * 2), speech(7)]) + hiss

    _, plain = mastered(take)
    _, cleaned = mastered(take, denoise_db=12)

    assert 8 < level_db(plain, 1, 1.8) - level_db(cleaned, 1, 1.8) < 14
    assert level_db(cleaned, 3, 9) == pytest.approx(level_db(plain, 3, 9), abs=0.5)


def test_sharp_sounds_are_softened_and_vowels_left(mastered):
    at = np.arange(RATE * 6) / RATE
    sharp = rng.standard_normal(RATE * 6) * (np.sin(2 * np.pi * at) > 0.8)
    spectrum = np.fft.rfft(sharp)
    spectrum[np.fft.rfftfreq(len(sharp), 1 / RATE) < 5000] = 0
    take = speech(6) + 0.3 * np.fft.irfft(spectrum, len(sharp))

    _, plain = mastered(take)
    _, softened = mastered(take, de_ess=0.6)

    def sharpness(sound):
        return band_db(sound, 5000, 12000) - band_db(sound, 100, 1500)

    assert 3 < sharpness(plain) - sharpness(softened)


@pytest.mark.parametrize(
    "asked", [{}, {"trim_silence": True}, {"de_ess": 0.1}, {"leveler_db": 1}], ids=str
)
def test_the_gain_is_that_from_the_recording_to_the_master(mastered, asked):
    made, _ = mastered(speech(5, level_dbfs=-27, peaky=0), **asked)

    lifted_db = made.loudness.integrated_lufs - made.source.integrated_lufs
    assert made.gain_db == pytest.approx(lifted_db, abs=0.1)


def test_phrases_are_brought_nearer_to_each_other(mastered):
    near, far = speech(6), speech(6) * 10 ** (-8 / 20)
    take = np.concatenate([near, quiet(1), far, quiet(1), near])

    _, plain = mastered(take)
    _, level = mastered(take, leveler_db=6)

    def spread(sound):
        return level_db(sound, 0.5, 5.5) - level_db(sound, 7.5, 12.5)

    assert spread(plain) == pytest.approx(8, abs=1)
    assert spread(level) < 3.5


def test_no_gain_moves_within_a_phrase():
    spoken = [
        Phrase(start_s=1, end_s=4, level_db=-20),
        Phrase(start_s=5, end_s=8, level_db=-30),
        Phrase(start_s=9, end_s=9.3, level_db=-28),
    ]

    times, gains = levelling(spoken, most_db=3)

    for phrase in spoken:
        inside = np.interp(np.linspace(phrase.start_s, phrase.end_s, 50), times, gains)
        assert 0 == np.ptp(inside)
    assert np.abs(gains).max() <= 3
    assert gains[0] < gains[-1]


def test_phrases_are_found_wherever_they_lie_in_a_long_reading():
    # Levels are unpacked 8,192 cells at a time, about 47 s: here is a phrase that lies across the
    # first border, one that ends at the second, and one that begins there.
    piece_s = 8192 * CELL_FRAMES / RATE
    spoken = [(piece_s - 3, piece_s + 2), (2 * piece_s - 4, 2 * piece_s - 1), (2 * piece_s, 110.0)]
    at = np.arange(round(120 * RATE / CELL_FRAMES)) * CELL_FRAMES / RATE
    voiced = np.any([(start <= at) & (at < end) for start, end in spoken], axis=0)
    cells = np.where(voiced, (100 - 20) * 2, (100 - 70) * 2).astype(np.uint8).tobytes()
    seen = Survey(
        readings=Readings(),
        frames=120 * RATE,
        cell_peaks=cells,
        cell_levels=cells,
        complaints=(),
    )

    found = phrases(seen, sample_rate_hz=RATE)

    assert [(p.start_s, p.end_s) for p in found] == [pytest.approx(s, abs=0.06) for s in spoken]
    assert [p.level_db for p in found] == pytest.approx([-20.0] * 3, abs=0.1)
