"""Any input, or a clear no: one test for each recording that a person can get wrong."""

import os
import struct

import numpy as np
import pytest
from audio_builders import RATE, decoded, recording, run_ffmpeg, sine, speech, wav

from columncast.audio.mastering.master import make_master
from columncast.episodes.errors import RecordingError
from columncast.episodes.show.settings import AudioSettings


@pytest.fixture
def refused(tmp_path):
    """Master a recording that must be refused; return the one line that is said about it."""

    def refuse(path, **settings):
        output = tmp_path / "out" / "master.mp3"
        with pytest.raises(RecordingError) as caught:
            make_master(path, output, AudioSettings(**settings))
        assert not list(output.parent.glob("*")), "something was left behind"
        assert "\n" not in str(caught.value)
        assert 3 == caught.value.exit_code
        return str(caught.value)

    return refuse


@pytest.fixture
def mastered(tmp_path):
    def master(path, *, force=False, **settings):
        return make_master(path, tmp_path / "master.mp3", AudioSettings(**settings), force=force)

    return master


def test_a_missing_file_is_named(tmp_path, refused):
    assert f"{tmp_path / 'no.wav'}: no such file" == refused(tmp_path / "no.wav")


def test_a_folder_is_no_recording(tmp_path, refused):
    assert "is a folder" in refused(tmp_path)


def test_an_empty_file_is_called_empty(tmp_path, refused):
    (tmp_path / "empty.mp3").touch()

    assert "is empty (0 bytes)" in refused(tmp_path / "empty.mp3")


def test_a_file_of_which_only_the_first_bytes_came_is_called_cut_off(tmp_path, refused):
    (tmp_path / "take.ogg").write_bytes(b"OggS" + bytes(20))

    assert "it was cut off; copy or export it again" in refused(tmp_path / "take.ogg")


def test_a_wav_that_ffmpeg_would_hear_as_noise_is_refused(tmp_path, refused):
    take = wav(tmp_path / "take.wav", sine()).read_bytes()
    head = b"RIFX" + struct.pack(
        ">I4s4sIHHIIHH", len(take) - 8, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16
    )
    head += struct.pack(">4sI", b"data", len(take) - 44)
    swapped = np.frombuffer(take[44:], "<i2").astype(">i2").tobytes()
    (tmp_path / "other.wav").write_bytes(head + swapped)

    assert "heard as noise" in refused(tmp_path / "other.wav")


def test_text_named_mp3_is_no_audio(tmp_path, refused):
    text = tmp_path / "column.mp3"
    text.write_text("The ferry was late again, and nobody minded.\n" * 300, encoding="utf-8")

    assert "is not audio that can be read" in refused(text)


def test_a_picture_holds_no_sound(tmp_path, refused):
    picture = tmp_path / "cover.png"
    run_ffmpeg("-f", "lavfi", "-i", "color=c=red:s=32x32", "-frames:v", "1", picture)

    assert "without sound" in refused(picture)


def test_a_video_without_sound_is_called_so(tmp_path, refused):
    film = tmp_path / "film.mp4"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc=s=32x32:d=1", film)

    assert "is a video without sound" in refused(film)


def test_silence_is_no_narration(tmp_path, refused):
    silence = wav(tmp_path / "silence.wav", np.zeros(RATE * 2))

    assert "is silent" in refused(silence)


def test_no_samples_at_all_are_no_narration(tmp_path, refused):
    assert "no sound" in refused(wav(tmp_path / "none.wav", np.zeros(0)))


def test_a_click_of_300_ms_is_too_short(tmp_path, refused):
    click = wav(tmp_path / "click.wav", sine(duration_s=0.3))

    assert "lasts only 0.3 s" in refused(click)


def test_hiss_is_not_published_as_loud_as_speech(tmp_path, refused, mastered):
    rng = np.random.default_rng(1)
    hiss = recording(tmp_path / "hiss.flac", 4e-4 * rng.standard_normal(RATE * 3))

    said = refused(hiss)

    assert "46 dB of gain, over the limit of 30 dB" in said
    assert "--force" in said
    assert 40 < mastered(hiss, force=True).gain_db


def test_values_that_are_no_numbers_are_refused(tmp_path, refused):
    broken = sine()
    broken[1000] = np.nan

    assert "no sound (NaN or infinite)" in refused(
        recording(tmp_path / "nan.wav", broken, "-c:a", "pcm_f32le")
    )


CUT = {
    "wav": ["-c:a", "pcm_s16le"],
    "flac": [],
    "mp3": ["-b:a", "128k"],
    "m4a": ["-movflags", "+faststart"],
    "rf64.wav": ["-c:a", "pcm_s24le", "-rf64", "always"],
}


@pytest.mark.parametrize("kind", CUT)
def test_a_cut_off_recording_is_refused_with_the_seconds_lost(tmp_path, refused, mastered, kind):
    whole = recording(tmp_path / f"whole.{kind}", speech(6), *CUT[kind])
    cut = tmp_path / f"cut.{kind}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])

    said = refused(cut)
    forced = mastered(cut, force=True)

    assert "is cut off: " in said
    lost_s = float(said.split("is cut off: ")[1].split()[0])
    assert lost_s == pytest.approx(2, abs=0.5)
    assert forced.duration_s == pytest.approx(6 - lost_s, abs=0.1)
    assert "recording-cut-off" in {notice.code for notice in forced.notices}


def test_an_mp4_without_its_index_says_what_happened(tmp_path, refused):
    whole = recording(tmp_path / "whole.m4a", speech(3))
    cut = tmp_path / "cut.m4a"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    assert "index is missing" in refused(cut)


def test_a_wrong_xing_header_is_not_believed(tmp_path, mastered):
    """
    Editors that cut MP3s often leave the header of the whole; the sound is all there.
    """
    mp3 = recording(tmp_path / "take.mp3", speech(4), "-id3v2_version", "0")
    data = bytearray(mp3.read_bytes())
    at = max(data.find(b"Info"), data.find(b"Xing"))
    struct.pack_into(">I", data, at + 8, 9999)
    mp3.write_bytes(data)

    assert mastered(mp3).duration_s == pytest.approx(4, abs=0.1)


def test_an_mp3_without_a_xing_header_is_read_to_its_end(tmp_path, mastered):
    mp3 = recording(tmp_path / "take.mp3", speech(4), "-write_xing", "0")

    assert mastered(mp3).duration_s == pytest.approx(4, abs=0.1)


FORMATS = {
    "8k": ("take.wav", 8000, 1, ["-c:a", "pcm_s16le"]),
    "192k": ("take.wav", 192000, 1, ["-c:a", "pcm_s24le"]),
    "8-bit": ("take.wav", 44100, 1, ["-c:a", "pcm_u8"]),
    "24-bit": ("take.wav", 44100, 2, ["-c:a", "pcm_s24le"]),
    "32-bit": ("take.wav", 48000, 1, ["-c:a", "pcm_s32le"]),
    "rf64": ("take.wav", 44100, 1, ["-rf64", "always"]),
    "w64": ("take.w64", 44100, 1, []),
    "aiff": ("take.aiff", 44100, 1, []),
    "flac": ("take.flac", 44100, 1, []),
    "mp3": ("take.mp3", 44100, 2, []),
    "m4a": ("take.m4a", 44100, 1, []),
    "ogg": ("take.ogg", 44100, 1, ["-c:a", "libvorbis"]),
    "opus": ("take.opus", 48000, 1, []),
    "5.1": ("take.wav", 44100, 6, ["-c:a", "pcm_s16le"]),
}


@pytest.mark.parametrize(
    ("name", "channels"),
    [*((name, 1) for name in FORMATS), ("8k", 2), ("24-bit", 2), ("opus", 2), ("5.1", 2)],
)
def test_what_recorders_make_is_mastered(tmp_path, mastered, name, channels):
    file, rate, count, arguments = FORMATS[name]
    sound = np.repeat(speech(2, rate=rate)[:, None], count, axis=1)
    take = recording(tmp_path / file, sound, *arguments, rate=rate)

    master = mastered(take, channels=channels)

    assert master.loudness.integrated_lufs == pytest.approx(-19 if channels == 1 else -16, abs=0.1)
    assert master.loudness.true_peak_dbtp <= -1
    assert master.duration_s == pytest.approx(2, abs=0.1)
    assert (48000 if rate in (8000, 48000, 192000) else 44100) == master.sample_rate_hz
    assert channels == master.channels


def test_float_over_full_scale_is_not_clipped(tmp_path, mastered):
    """
    A float recording may peak at +14 dBFS; turned down, its wave is whole again.
    """
    loud = recording(tmp_path / "loud.wav", sine(level_dbfs=14), "-c:a", "pcm_f32le")

    master = mastered(loud)

    assert master.source.true_peak_dbtp == pytest.approx(14, abs=0.05)
    assert 0 == master.limited_s
    heard = decoded(tmp_path / "master.mp3")[RATE : 2 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert 20 * np.log10(spectrum[3000] / spectrum[1000]) < -70


def test_the_sound_of_a_film_is_taken(tmp_path, mastered):
    film = tmp_path / "film.mp4"
    take = wav(tmp_path / "take.wav", speech(3))
    run_ffmpeg("-f", "lavfi", "-i", "testsrc=s=32x32:d=3", "-i", take, "-shortest", film)

    assert mastered(film).duration_s == pytest.approx(3, abs=0.1)


def test_a_film_that_goes_on_in_silence_is_not_cut_off(tmp_path, mastered):
    film = tmp_path / "film.mp4"
    take = wav(tmp_path / "take.wav", speech(2))
    run_ffmpeg("-f", "lavfi", "-i", "testsrc=s=32x32:d=4", "-i", take, film)

    assert mastered(film).duration_s == pytest.approx(2, abs=0.1)


def test_a_wav_that_was_streamed_need_not_know_its_length(tmp_path, mastered):
    take = wav(tmp_path / "take.wav", speech(2))
    data = bytearray(take.read_bytes())
    struct.pack_into("<I", data, 40, 0xFFFFFFFF)
    take.write_bytes(data)

    assert mastered(take).duration_s == pytest.approx(2, abs=0.01)


def test_a_picture_in_the_recording_is_left_out(tmp_path, mastered):
    cover = tmp_path / "cover.png"
    run_ffmpeg("-f", "lavfi", "-i", "color=c=red:s=32x32", "-frames:v", "1", cover)
    take = wav(tmp_path / "take.wav", speech(3))
    run_ffmpeg(
        "-i", take, "-i", cover, "-map", "0", "-map", "1", "-c:v", "png",
        "-metadata", "title=Take 7", tmp_path / "take.mp3",
    )  # fmt: skip

    mastered(tmp_path / "take.mp3")

    assert b"Take 7" not in (tmp_path / "master.mp3").read_bytes()
    assert b"PNG" not in (tmp_path / "master.mp3").read_bytes()


def test_opposite_channels_do_not_cancel_each_other(tmp_path, mastered):
    voice = speech(4)
    take = wav(tmp_path / "take.wav", np.stack([voice, -voice], axis=1))

    master = mastered(take)

    assert master.loudness.integrated_lufs == pytest.approx(-19, abs=0.1)
    assert ["channels-cancel"] == [notice.code for notice in master.notices]


def test_two_equal_channels_are_as_loud_as_one(tmp_path, mastered):
    voice = speech(3)

    two = mastered(wav(tmp_path / "two.wav", np.stack([voice, voice], axis=1)))
    one = mastered(wav(tmp_path / "one.wav", voice))

    assert one.gain_db == pytest.approx(two.gain_db, abs=0.05)


def test_a_cheap_recorders_offset_is_no_loudness(tmp_path, mastered):
    """
    A constant offset is not heard; the meter must not count it, nor the ceiling be broken by it.
    """
    take = wav(tmp_path / "take.wav", speech(4, level_dbfs=-25) + 0.15)

    master = mastered(take)

    assert master.source.integrated_lufs < -25
    assert master.loudness.integrated_lufs == pytest.approx(-19, abs=0.1)
    assert master.loudness.true_peak_dbtp <= -1
    assert ["offset-removed"] == [notice.code for notice in master.notices]
    assert abs(decoded(tmp_path / "master.mp3").mean()) < 0.001


@pytest.mark.parametrize("side", [0, 1])
def test_a_voice_on_one_side_only_is_as_loud_as_any_other(tmp_path, mastered, side):
    sides = np.zeros((RATE * 4, 2))
    sides[:, side] = speech(4)

    master = mastered(wav(tmp_path / "take.wav", sides))

    assert master.loudness.integrated_lufs == pytest.approx(-19, abs=0.1)


@pytest.mark.parametrize("name", ["-take.wav", "a:b.wav", "100%d.wav", "spät 夜.wav", "pipe:0"])
def test_any_file_name_is_only_a_name(tmp_path, mastered, name):
    if os.name == "nt":
        pytest.skip("Windows forbids some of these names")
    take = wav(tmp_path / name, speech(1))

    assert mastered(take).duration_s == pytest.approx(1, abs=0.01)
