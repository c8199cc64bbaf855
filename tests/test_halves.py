"""A long MP3 that is encoded in two halves at once is the one that a single run makes."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from audio_builders import RATE, decoded, recording, run_ffmpeg, speech
from mutagen.mp3 import MP3

from columncast.audio.ffmpeg import process
from columncast.audio.mastering import mp3_halves
from columncast.audio.mastering.limiter import Limiter
from columncast.audio.mastering.master import make_master
from columncast.audio.mp3 import join
from columncast.episodes.model.episode import Master
from columncast.episodes.show.settings import AudioSettings

LONG_S = 16

pytestmark = pytest.mark.usefixtures("halves_of_16_s")


def reading(seed, *, channels=1, rate=RATE):
    """A voice, with peaks for the limiter, and silence now and then."""
    sound = np.tile(speech(LONG_S / 2, peaky=0.6, rate=rate, seed=seed), 2)
    return np.stack([sound, 0.6 * np.roll(sound, 40)][:channels], axis=1)


def noise(*, channels=1, rate=RATE):
    return 0.1 * np.random.default_rng(3).standard_normal((LONG_S * rate, channels))


def silent_at_the_cut(*, channels=1, rate=RATE):
    sound = reading(5, channels=channels, rate=rate)
    sound[6 * rate : 14 * rate] = 0
    return sound


CASES = {
    "a voice": (lambda: reading(1), RATE, 1, "64k"),
    "a voice in stereo": (lambda: reading(2, channels=2), RATE, 2, "128k"),
    "at 48 kHz": (lambda: reading(3, rate=48000), 48000, 1, "96k"),
    "noise": (noise, RATE, 1, "160k"),
    "silence at the cut": (silent_at_the_cut, RATE, 1, "96k"),
}


@pytest.fixture
def joins(monkeypatch):
    """Whether halves were joined, each time that it was tried."""
    tried = []
    honest = mp3_halves.join
    monkeypatch.setattr(mp3_halves, "join", lambda *a: tried.append(honest(*a)) or tried[-1])
    return tried


def in_one_run(monkeypatch):
    monkeypatch.setattr(mp3_halves, "halves", lambda *_: None)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A master that was joined of halves, and what progress was told."""

    take: Path
    file: Path
    master: Master
    told: list[float]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The master of a reading; nobody changes it."""
    folder = tmp_path_factory.mktemp("halves")
    take = recording(folder / "take.wav", reading(1))
    joined, told = [], []
    honest = mp3_halves.join
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mp3_halves, "_SHORTEST_S", LONG_S)
        patched.setattr(mp3_halves, "join", lambda *a: joined.append(honest(*a)) or joined[-1])
        master = make_master(take, folder / "a.mp3", AudioSettings(), progress=told.append)
    assert [True] == [bool(one) for one in joined], "it was not made of halves"
    return Made(take=take, file=folder / "a.mp3", master=master, told=told)


@pytest.mark.parametrize("name", CASES)
def test_two_halves_sound_as_one_run_sample_by_sample(name, tmp_path, monkeypatch, joins):
    sound, rate, channels, bitrate = CASES[name]
    take = recording(tmp_path / "take.wav", sound(), rate=rate)
    settings = AudioSettings(bitrate=bitrate, channels=channels)

    made = make_master(take, tmp_path / "halves.mp3", settings)
    assert joins
    assert all(joins), "it was not made of halves"
    in_one_run(monkeypatch)
    whole = make_master(take, tmp_path / "whole.mp3", settings)

    ours, theirs = (
        decoded(tmp_path / f"{n}.mp3", rate=rate, channels=channels) for n in ("halves", "whole")
    )
    assert LONG_S * rate == len(ours)
    assert np.array_equal(theirs, ours)
    assert whole == made, "something else was measured"


def test_the_info_frame_is_that_of_one_run(made, tmp_path, monkeypatch):
    """
    LAME fills what a frame has to spare with a pattern that depends on all before it, and the
    checksums cover it; this reading leaves none to spare, so even these are the same.
    """
    in_one_run(monkeypatch)
    make_master(made.take, tmp_path / "whole.mp3", AudioSettings())

    assert (tmp_path / "whole.mp3").read_bytes()[:160] == made.file.read_bytes()[:160]
    halves, whole = (MP3(path).info for path in (made.file, tmp_path / "whole.mp3"))
    assert halves
    assert whole
    assert halves.length == pytest.approx(whole.length)


def test_the_checksums_hold(made):
    data = made.file.read_bytes()

    tag = data.index(b"Info")
    info = bytearray(data[:190])
    info[tag + 154 : tag + 156] = b"\0\0"
    assert crc16(data[313:]) == int.from_bytes(data[tag + 152 : tag + 154])
    assert crc16(info) == int.from_bytes(data[tag + 154 : tag + 156])


def crc16(data):
    """CRC-16/ARC, bit by bit over eight at a time, as its definition has it."""
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc


def test_another_decoder_finds_nothing_to_complain_of(made, part):
    done = subprocess.run(
        [part("mpg123"), "-q", "-e", "s16", "-s", made.file], capture_output=True, check=True
    )

    assert b"" == done.stderr
    assert 2 * LONG_S * RATE == len(done.stdout)


def test_where_halves_cannot_be_fed_at_once_they_are_encoded_in_turn(
    made, tmp_path, monkeypatch, joins
):
    monkeypatch.setattr(process, "MORE_PIPES", False)

    second = make_master(made.take, tmp_path / "b.mp3", AudioSettings())

    assert 1 == len(joins)
    assert made.master == second
    assert made.file.read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_halves_that_differ_are_encoded_in_one_run(made, tmp_path, monkeypatch):
    take = shutil.copy(made.take, tmp_path / "take.wav")
    monkeypatch.setattr(join, "join", lambda *_, **__: False)

    done = make_master(take, tmp_path / "a.mp3", AudioSettings())

    assert done.loudness.integrated_lufs == pytest.approx(-19, abs=0.1)
    assert LONG_S * RATE == len(decoded(tmp_path / "a.mp3"))
    assert {"take.wav", "a.mp3"} == {path.name for path in tmp_path.iterdir()}


def test_files_that_are_not_coded_alike_are_not_joined(tmp_path):
    for name, seed in (("a", 1), ("b", 2)):
        take = recording(tmp_path / f"{name}.wav", speech(3, seed=seed))
        run_ffmpeg("-i", take, "-b:a", "96k", "-id3v2_version", "0", tmp_path / f"{name}.mp3")
    before = (tmp_path / "a.mp3").read_bytes()

    joined = join.join(tmp_path / "a.mp3", tmp_path / "b.mp3", shift=0, common=range(20, 60))

    assert not joined
    assert before == (tmp_path / "a.mp3").read_bytes()


def test_progress_never_goes_back(made):
    assert sorted(made.told) == made.told
    assert 1.0 == made.told[-1]


def test_nothing_is_left_when_it_is_stopped_half_way(made, tmp_path):
    take = shutil.copy(made.take, tmp_path / "take.wav")

    def stop(share):
        if share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_master(take, tmp_path / "a.mp3", AudioSettings(), progress=stop)

    assert {"take.wav"} == {path.name for path in tmp_path.iterdir()}


def test_a_limiter_forgets_where_it_began():
    """From a second after its start on, it does bit by bit what one does that began earlier."""
    sound = np.rint(np.clip(speech(6, level_dbfs=-14), -3, 3)[:, None] * 2**29).astype(np.int32)
    start = 2 * RATE // (1 << 14) * (1 << 14)

    def limited(frames, start):
        limiter = Limiter(sample_rate_hz=RATE, channels=1, ceiling=2**27, start=start)
        return np.concatenate((limiter.push(frames), limiter.finish())), limiter.limited

    whole, counted = limited(sound, 0)
    late, counted_late = limited(sound[start:], start)

    assert counted[4] > 0
    assert np.array_equal(whole[start + RATE :], late[RATE:])
    assert {s: n for s, n in counted.items() if s > 3} == {
        s: n for s, n in counted_late.items() if s > 3
    }
