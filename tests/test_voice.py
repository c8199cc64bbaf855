"""What aligning hears is taken off mastering, and is what decoding the published file gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from audio_builders import RATE, recording, speech
from builders import DATE

from columncast import publish
from columncast.audio.align import door
from columncast.audio.ffmpeg import process, speech_pcm
from columncast.audio.mastering import mp3_halves
from columncast.audio.mastering.master import make_master
from columncast.episodes.show.settings import AudioSettings

pytestmark = pytest.mark.usefixtures("halves_of_16_s")

CASES: dict[str, tuple[float, int, int, dict[str, Any]]] = {
    "in one piece": (5, RATE, 1, {}),
    "in stereo at 48 kHz": (5, 48000, 2, {"bitrate": "128k"}),
    "in halves": (16, 48000, 2, {"bitrate": "128k"}),
    "shorter than it came": (5, RATE, 1, {"trim_silence": True}),
    "encoded more than once": (5, RATE, 1, {"true_peak_dbtp": -9.0}),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_the_published_sound_sample_by_sample(name, tmp_path):
    length_s, rate, channels, settings = CASES[name]
    sound = speech(length_s, peaky=0.6, rate=rate)
    sound[-rate:] = 0
    take = recording(tmp_path / "take.wav", np.stack([sound, 0.5 * sound][:channels], 1), rate=rate)
    heard, file = tmp_path / "voice.pcm", tmp_path / "a.mp3"

    made = make_master(take, file, AudioSettings(channels=channels, **settings), speech_pcm=heard)

    published = b"".join(process.decode(file, sample_rate_hz=speech_pcm.SAMPLE_RATE_HZ, channels=1))
    assert published == heard.read_bytes()
    assert {"take.wav", "voice.pcm", "a.mp3"} == {path.name for path in tmp_path.iterdir()}
    assert (made.encodes > 1) == (name == "encoded more than once")
    assert (made.duration_s < length_s) == (name == "shorter than it came")


def test_the_mp3_is_the_same_whether_or_not_it_will_be_aligned(tmp_path):
    take = recording(tmp_path / "take.wav", speech(3))

    for name, heard in (("a", tmp_path / "voice.pcm"), ("b", None)):
        make_master(take, tmp_path / f"{name}.mp3", AudioSettings(), speech_pcm=heard)

    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


@pytest.mark.parametrize("reason", ["another form", "no loopback decoder"])
def test_where_it_would_cost_a_decode_there_is_none(reason, tmp_path, monkeypatch):
    take = recording(tmp_path / "take.wav", speech(3))
    if reason == "no loopback decoder":
        monkeypatch.setattr(process, "can_loop_back", lambda: False)
    suffix = ".m4a" if reason == "another form" else ".mp3"

    make_master(take, tmp_path / f"a{suffix}", AudioSettings(), speech_pcm=tmp_path / "voice.pcm")

    assert not (tmp_path / "voice.pcm").exists()


def test_halves_that_cannot_be_joined_leave_the_voice_of_one_run(tmp_path, monkeypatch):
    take = recording(tmp_path / "take.wav", speech(16))
    monkeypatch.setattr(mp3_halves.mp3_join, "join", lambda *_, **__: False)
    heard = tmp_path / "voice.pcm"

    make_master(take, tmp_path / "a.mp3", AudioSettings(), speech_pcm=heard)

    assert 16 * speech_pcm.SAMPLE_RATE_HZ * speech_pcm.SAMPLE_BYTES == heard.stat().st_size


def test_an_episode_that_is_mastered_is_aligned_without_another_decode(
    show, reading, tmp_path, monkeypatch
):
    take, column = reading
    decodes = []

    def decode(audio: Path, **options):
        decodes.append(audio)
        return process.decode(audio, **options)

    monkeypatch.setattr(door, "decode", decode)
    publish.add(show, take, column, date=DATE)
    (audio,) = show.audio.glob("*.mp3")
    assert not decodes
    assert not list(show.cache.glob("work/*")), "what aligning heard is still there"
    assert list(show.feed.glob("*/align.json"))

    publish.transcribe_recording(audio, column, out=tmp_path / "out", progress=lambda _: None)

    assert [audio] == decodes
