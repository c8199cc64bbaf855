"""A foreign recording is read by the one reader for its bytes, and no other file is opened by it."""

import os
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from audio_builders import recording, run_ffmpeg, sine, speech, wav
from builders import COLUMN, files_of, packed_zeros, speech_like, write_wav
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import APIC, ID3

from columncast import publish
from columncast.audio.enclosures.durations import decoded_s
from columncast.audio.enclosures.passthrough import keepable
from columncast.audio.ffmpeg import process
from columncast.audio.ffmpeg.probe import glance, probe
from columncast.audio.tags.door import length_s
from columncast.episodes.errors import RecordingError
from columncast.episodes.model.containers import container_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_settings

MPD = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"
 minBufferTime="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period>
<AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="64000">
<BaseURL>{secret}.m4a</BaseURL></Representation></AdaptationSet></Period></MPD>
"""
HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}.ts\n#EXT-X-ENDLIST\n"
LISTS = {
    "dash": MPD,
    "dash-bom": "\ufeff" + MPD,
    "hls": HLS,
    "ffconcat": "ffconcat version 1.0\nfile '{secret}.wav'\n",
    "concat": "file '{secret}.wav'\nfile '{secret}.wav'\n",
    "edl": "# mpv EDL v0\n{secret}.wav,0,2\n",
    "pls": "[playlist]\nFile1={secret}.wav\nNumberOfEntries=1\n",
    "asx": '<asx version="3.0"><entry><ref href="{secret}.wav"/></entry></asx>',
    "xspf": '<playlist version="1"><trackList><track><location>file://{secret}.wav</location></track>'
    "</trackList></playlist>",
    "smil": '<smil><body><audio src="{secret}.wav"/></body></smil>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    "vobsub": "# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:01:000, filepos: 000000\n",
    "avisynth": 'WavSource("{secret}.wav")\n',
    "imf": '<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"/>',
    "addresses": "http://127.0.0.1:9/a.mp3\n",
    "url": "[InternetShortcut]\nURL=file://{secret}.wav\n",
}
"""Everything that names other files, as a person might be sent it under the name of a recording."""


@pytest.fixture(scope="module")
def secret(tmp_path_factory) -> Path:
    """A private recording on the same machine, in each form that a list could name."""
    folder = tmp_path_factory.mktemp("private")
    take = wav(folder / "secret.wav", sine(3000, duration_s=2))
    for name in ("secret.m4a", "secret.ts", "secret.mp3"):
        run_ffmpeg("-i", take, folder / name)
    return folder / "secret"


def hears_the_secret(path, *reader):
    """Return whether a plain ffmpeg that may open files, and nothing else, hears the secret."""
    try:
        sound = run_ffmpeg(
            *("-protocol_whitelist", "file,pipe", *reader),
            *("-i", f"file:{path}", "-f", "f32le", "-ar", "44100", "-ac", "1", "pipe:1"),
        )
    except subprocess.CalledProcessError:
        return False
    return tone_hz(np.frombuffer(sound, "<f4")) == pytest.approx(3000, abs=20)


def tone_hz(sound):
    sound = np.ravel(sound)[:44100]
    return float(np.abs(np.fft.rfft(sound)).argmax() * 44100 / max(len(sound), 1))


def heard(path):
    """Return what our own decoder makes of *path*; nothing when it is refused, in one line."""
    blocks, refusals = [], []
    try:
        blocks += process.decode(path, sample_rate_hz=44100, channels=1, sample_format="f32le")
    except RecordingError as e:
        refusals.append(str(e))
    assert refusals == [line for line in refusals if str(path) in line and "\n" not in line]
    return np.frombuffer(b"".join(blocks), "<f4")


def with_external_sound(mov: bytes, path: Path) -> bytes:
    """Return a QuickTime file whose sound lies in the file *path*, by an alias as the Mac makes."""
    target = str(path).encode()
    target += b"\0" * (len(target) % 2)
    alias = bytes(10) + bytes(28) + bytes(12) + bytes(64) + bytes(16) + bytes(4) + bytes(16)
    alias += struct.pack(">HH", 2, len(target)) + target + struct.pack(">hH", -1, 0)
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    dref = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry

    def rebuilt(data: bytes) -> bytes:
        made, at = b"", 0
        while at < len(data):
            size, kind = struct.unpack_from(">I4s", data, at)
            body = data[at + 8 : at + size]
            if kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
                body = rebuilt(body)
            whole = dref if kind == b"dref" else struct.pack(">I4s", 8 + len(body), kind) + body
            made, at = made + whole, at + size
        return made

    return rebuilt(mov)


@pytest.fixture(scope="module")
def linking_mov(tmp_path_factory, secret) -> Path:
    """A QuickTime file without sound of its own; it refers to the secret's."""
    folder = tmp_path_factory.mktemp("mov")
    run_ffmpeg("-i", f"{secret}.wav", "-c:a", "pcm_s16le", folder / "target.mov")
    whole = (folder / "target.mov").read_bytes()
    at = whole.index(b"mdat") + 4
    (size,) = struct.unpack_from(">I", whole, at - 8)
    emptied = whole[:at] + bytes(size - 8) + whole[at - 4 + size - 4 :]
    crafted = folder / "crafted.mp3"
    crafted.write_bytes(with_external_sound(emptied, folder / "target.mov"))
    return crafted


@pytest.mark.parametrize("name", ["take.mp3", "take.wav", "take.m4a", "take.m3u8", "take"])
@pytest.mark.parametrize("kind", LISTS)
def test_what_names_other_files_is_no_recording_whatever_its_name(tmp_path, secret, kind, name):
    path = tmp_path / name
    path.write_text(LISTS[kind].format(secret=secret), encoding="utf-8")

    for reader in (probe, decoded_s, keepable):
        with pytest.raises(RecordingError) as caught:
            reader(path)
        assert "\n" not in str(caught.value)
    assert 0 == len(heard(path))
    assert ("", 0.0) == glance(path)
    assert 0.0 == length_s(path)


@pytest.mark.parametrize("kind", ["dash", "ffconcat", "hls"])
def test_these_lists_are_read_where_only_protocols_are_bounded(tmp_path, secret, kind):
    """
    Else the test above would show nothing.
    """
    path = tmp_path / ("take.m3u8" if kind == "hls" else "take.mp3")
    path.write_text(LISTS[kind].format(secret=secret), encoding="utf-8")

    reader = ("-safe", "0", "-f", "concat") if kind == "ffconcat" else ()

    heard = hears_the_secret(path, *reader)
    if not heard and process.executable() == shutil.which("ffmpeg"):
        pytest.skip("this machine's own ffmpeg was built without the reader")
    assert heard


DISGUISES = {
    "an ID3 tag": b"ID3\x03\0\0\0\0\0\x0a" + bytes(10),
    "a wrong ID3 tag": b"ID3\x03\0\0\x7f\x7f\x7f\x7f",
    "a WAV header": b"RIFF\xff\0\0\0WAVE",
    "an MP4 atom": b"\0\0\0\x08free",
    "a Matroska header": b"\x1aE\xdf\xa3\x80",
    "an Ogg page": b"OggS" + bytes(23),
    "zeros": bytes(5000),
    "a frame": b"\xff\xfb\x90\x00" + bytes(413),
    "nothing, and sound behind": b"",
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("kind", ["dash", "ffconcat", "hls"])
def test_a_disguised_list_is_still_never_read(tmp_path, secret, kind, disguise):
    own = recording(tmp_path / "own.mp3", sine(1000, duration_s=1), "-b:a", "64k")
    text = LISTS[kind].format(secret=secret).encode()
    path = tmp_path / "take.m3u8"
    path.write_bytes(DISGUISES[disguise] + text + b"\n" + own.read_bytes())

    sound = heard(path)

    tones = {round(tone_hz(sound), -2)} if len(sound) else set()
    assert tones <= {1000}


def test_an_mp4_never_takes_its_sound_from_another_file(tmp_path, linking_mov):
    allowed = ("-enable_drefs", "1", "-use_absolute_path", "1")

    sound = heard(linking_mov)

    assert hears_the_secret(linking_mov, *allowed)
    assert not sound.any()


@pytest.mark.parametrize(
    "name", ["%03d.mp3", "subfile,,start,0,end,0,,:take.mp3", "concat:a|b.mp3"]
)
def test_a_name_is_never_a_pattern_or_a_protocol(tmp_path, secret, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(f"{secret}.mp3", tmp_path / "001.mp3")
    own = recording(tmp_path / "own.mp3", sine(1000, duration_s=1)).rename(tmp_path / name)

    assert tone_hz(heard(own)) == pytest.approx(1000, abs=20)
    assert tone_hz(heard(Path(name))) == pytest.approx(1000, abs=20)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_or_a_device_is_no_recording(tmp_path):
    os.mkfifo(tmp_path / "take.wav")

    for path in (tmp_path / "take.wav", Path(os.devnull)):
        with pytest.raises(RecordingError, match="is a device or a pipe"):
            probe(path)


# By every way into a show


@pytest.fixture
def playlist(tmp_path, secret):
    path = tmp_path / "old" / "column.mp3"
    path.parent.mkdir()
    path.write_text(MPD.format(secret=secret), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [
        ["add", "RECORDING", "COLUMN", "--force"],
        ["add", "RECORDING", "COLUMN", "--link"],
        ["edit", "what-the-masons-left", "--recording", "RECORDING", "--force"],
    ],
)
def test_it_does_not_come_into_a_show(columncast, one_episode, playlist, column, command):
    before = files_of(one_episode.root)
    column.write_text(COLUMN.replace("Masons", "Carters") + "\nMore.\n", encoding="utf-8")
    places = {"RECORDING": str(playlist), "COLUMN": str(column)}

    result = columncast(*(places.get(word, word) for word in command))

    assert 3 == result.code
    assert f"Error: {playlist}: is a playlist, which only names other files;" in result.err
    assert 1 == result.err.count("\n")
    assert before == files_of(one_episode.root)


def test_it_is_not_taken_by_transcribe(columncast, tmp_path, playlist, column):
    result = columncast("transcribe", playlist, column, "-o", tmp_path / "out")

    assert 3 == result.code
    assert 1 == result.err.count("\n")
    assert not list(tmp_path.glob("out/*"))


def test_it_is_not_built_where_it_was_put_by_hand(columncast, one_episode, playlist):
    """
    The feed keeps what it has of the episode, and says why.
    """
    (narration,) = one_episode.episodes.glob("*/narration.*")
    before = files_of(one_episode.root / "feed")
    narration.unlink()
    shutil.copy(playlist, narration)

    result = columncast("build")

    assert 3 == result.code
    assert "is a playlist" in result.err
    assert 1 == result.err.count("\n")
    assert before == files_of(one_episode.root / "feed")


@pytest.mark.parametrize("setting", ["intro", "outro"])
def test_it_is_no_intro(columncast, show, playlist, take, column, setting):
    shutil.copy(playlist, show.root / "jingle.mp3")
    change_settings(show, {f"audio.{setting}": "jingle.mp3"})

    result = columncast("add", take, column)

    assert 3 == result.code
    assert "jingle.mp3: is a playlist" in result.err


@pytest.mark.parametrize("option", ["--keep", "--master"])
def test_it_does_not_come_from_an_old_host(columncast, old_host, playlist, tmp_path, option):
    for path in [path for path in old_host.files if path.endswith((".mp3", ".m4a"))]:
        old_host.files[path] = playlist.read_bytes()
    feed = f"{old_host.url}/feed/podcast/77001.rss"

    result = columncast("import", feed, "--to", tmp_path / "new", "--yes", option)

    assert 3 == result.code
    assert "playlist" in result.err
    assert not list(tmp_path.glob("new/audio/*"))
    assert not list(tmp_path.glob("new/episodes/*/narration.*"))


# Every call


def test_every_input_of_every_call_is_bounded(show, tmp_path, take, column, monkeypatch):
    """
    Whatever is given to ffmpeg is a pipe of ours, or is opened by the one reader for its bytes.
    """
    calls = []
    start = process._start

    def spy(arguments, **rest):
        calls.append(list(map(str, arguments)))
        return start(arguments, **rest)

    monkeypatch.setattr(process, "_start", spy)
    shutil.copy(take, show.root / "jingle.wav")
    change_settings(show, {"audio.intro": "jingle.wav", "audio.outputs": ["mp3", "m4a", "opus"]})
    show = ShowFolder(show.root)
    publish.add(show, write_wav(tmp_path / "own.wav", speech_like(6)), column, date="2026-01-05")
    publish.check(show)
    glance(take)

    inputs = [(call, at) for call in calls for at, word in enumerate(call) if word == "-i"]

    assert len(inputs) > 8
    for call, at in inputs:
        if not call[at + 1].startswith("pipe:"):
            options = call[max(i for i in range(at) if call[i] == "-protocol_whitelist") : at]
            known = dict(zip(options[::2], options[1::2], strict=True))
            assert "file" == known["-protocol_whitelist"]
            assert known["-f"] == known["-format_whitelist"]
            assert known["-f"] in ("wav", "flac", "mp3", "mov", "ogg", "ffmetadata")
            assert ("0" if known["-f"] == "mov" else None) == known.get("-enable_drefs")
            assert call[at + 1].startswith("file:")


@pytest.mark.skipif(sys.platform == "win32", reason="no `resource` there")
def test_a_picture_that_unpacks_to_a_gigabyte_costs_no_memory(tmp_path, each_kind):
    """
    16,000 pixels square in a tag of a megabyte; ffmpeg unpacks pictures only to name their colours.
    """
    import resource  # noqa: PLC0415 - not on every system

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    side = 16_000
    rows = packed_zeros((3 * side * side >> 20) + 1)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    png += chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    take = tmp_path / "take.mp3"
    take.write_bytes(each_kind["mp3"])
    tags = ID3()
    tags.add(APIC(encoding=0, mime="image/png", type=3, desc="", data=png))
    tags.save(take)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss

    assert "mp3" == probe(take).codec
    assert decoded_s(take) == pytest.approx(1, abs=0.1)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before < 200_000


# By bytes, not by name

KINDS = {
    "wav": [], "w64": [], "rf64.wav": ["-rf64", "always"], "aiff": [], "caf": [], "au": [],
    "flac": [], "mp3": [], "mp2": [], "aac": ["-c:a", "aac"], "m4a": [], "mov": [], "3gp": [],
    "ogg": ["-c:a", "libvorbis"], "opus": [], "mka": [], "webm": [], "wma": [], "ac3": [],
    "eac3": [], "wv": [], "tta": [], "voc": [], "ts": [], "m2ts": [], "avi": [], "flv": [],
    "mpg": ["-c:a", "mp2"], "dts": ["-strict", "-2"], "sox": [],
    "8k.mp3": ["-ar", "8000"], "id3.mp3": ["-id3v2_version", "4", "-metadata", "title=A"],
    "id3.aiff": ["-write_id3v2", "1", "-metadata", "title=A"],
}  # fmt: skip


@pytest.fixture(scope="module")
def each_kind(tmp_path_factory) -> dict[str, bytes]:
    """A second of sound in every form that people have, made at once."""
    folder = tmp_path_factory.mktemp("kinds")
    rate = 48000
    take = wav(folder / "take.wav", speech(1, rate=rate), rate=rate)
    outputs = []
    for name, options in KINDS.items():
        if name == "3gp":
            options = ["-c:a", "aac"]  # noqa: PLW2901
        outputs += ["-map", "0:a", *options, folder / f"sound.{name}"]
    run_ffmpeg("-i", take, *outputs)
    return {name: (folder / f"sound.{name}").read_bytes() for name in KINDS}


@pytest.mark.parametrize("name", KINDS)
def test_a_recording_is_known_by_its_bytes(tmp_path, each_kind, name):
    nameless, misnamed = tmp_path / "recording", tmp_path / "recording.txt"
    nameless.write_bytes(each_kind[name])
    misnamed.write_bytes(each_kind[name])

    assert container_of(nameless)
    assert probe(nameless) == probe(misnamed)
    assert glance(nameless) == glance(misnamed)


@pytest.mark.parametrize("before", [1, 700, 40_000, 3_000_000])
@pytest.mark.parametrize("name", ["mp3", "aac"])
def test_zeros_and_odd_bytes_before_the_first_frame_do_not_hide_it(
    tmp_path, each_kind, name, before
):
    path = tmp_path / "take.dat"
    path.write_bytes(bytes(before) + each_kind[name])
    cut = tmp_path / "cut.dat"
    cut.write_bytes(each_kind[name][123:])

    assert name == container_of(path) == container_of(cut)


@given(st.binary(max_size=4000))
@settings(max_examples=200)
def test_no_bytes_make_the_look_at_them_fail(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "bytes"
    for head in (b"", b"ID3\x04\0\0\0\0\1\1", b"\xff\xfb\x90\x00", bytes(70)):
        path.write_bytes(head + data)

        assert isinstance(container_of(path), str)
