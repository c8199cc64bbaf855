"""Tags are read back byte by byte, or by ffmpeg: not by the library that wrote them."""

import io
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from audio_builders import decoded, recording, run_ffmpeg, speech
from PIL import Image

from columncast.audio.ffmpeg import process
from columncast.audio.tags.door import Tags, read_tags, write_tags
from columncast.episodes.errors import TagError
from columncast.episodes.model.episode import Chapter


def jpeg():
    picture = io.BytesIO()
    Image.new("RGB", (16, 16), "navy").save(picture, "JPEG")
    return picture.getvalue()


EVERYTHING = Tags(
    title="Die späte Fähre — ☂",
    show="Harbour Letters",
    artist="Ada Pell",
    album_artist="Harbour Letters Press",
    published=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    number=12,
    season=2,
    language="de",
    comment="A short comment",
    description="A longer one,\nin two lines",
    keywords="ferry, harbour",
    lyrics="First paragraph.\n\nSecond paragraph.",
    cover=jpeg(),
    page_url="https://letters.example/ferry",
    show_url="https://letters.example/",
    feed_url="https://letters.example/feed/feed.xml",
    copyright="© 2026 Ada Pell",
    guid="4f0c2b1e-1b51-5f0e-9a86-0d6b6b0a7c11",
    chapters=(Chapter(start_s=0, title="Morgen"), Chapter(start_s=1.5, title="Abend")),
    duration_s=3.0,
    provenance='{"recording": "0a1b"}',
)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    sound = speech(3)
    return {
        ".mp3": recording(folder / "a.mp3", sound, "-id3v2_version", "0", "-b:a", "64k"),
        ".m4a": recording(folder / "a.m4a", sound, "-b:a", "64k"),
        ".opus": recording(folder / "a.opus", sound, "-b:a", "64k"),
    }


@pytest.fixture
def audio(sounds, tmp_path):
    def copy(suffix):
        path = tmp_path / f"episode{suffix}"
        path.write_bytes(sounds[suffix].read_bytes())
        return path

    return copy


def frames_of(mp3):
    """Return the ID3v2.3 frames of *mp3* as (name, body), read as the standard says."""
    data = mp3.read_bytes()
    assert b"ID3\x03\x00" == data[:5]
    size = sum(
        (byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True)
    )
    at, found = 10, []
    while at < 10 + size and data[at]:
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        found.append((data[at : at + 4].decode(), data[at + 10 : at + 10 + length]))
        at += 10 + length
    return found


def text(body):
    """Return a text frame's text (ID3v2.3 §4.2: 1 is UTF-16 with a byte order mark)."""
    assert 1 == body[0]
    return body[1:].decode("utf-16").rstrip("\0")


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".opus"])
def test_what_is_written_is_what_is_read(audio, suffix):
    path = audio(suffix)

    write_tags(path, EVERYTHING)

    read = read_tags(path)
    assert EVERYTHING == replace(read, duration_s=3.0)
    assert read.duration_s == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".opus"])
def test_tagging_twice_gives_the_same_bytes(audio, suffix):
    path = audio(suffix)
    write_tags(path, EVERYTHING)
    once = path.read_bytes()

    write_tags(path, Tags(title="Another", show="Another", artist="A", lyrics="x" * 9000))
    write_tags(path, EVERYTHING)

    assert once == path.read_bytes()


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".opus"])
def test_the_sound_is_not_touched(audio, sounds, suffix):
    path = audio(suffix)

    write_tags(path, EVERYTHING)

    assert (decoded(path) == decoded(sounds[suffix])).all()


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".opus"])
def test_what_is_empty_is_not_written(audio, suffix):
    path = audio(suffix)
    few = Tags(title="Fähre", show="Letters", artist="Ada")

    write_tags(path, few)

    said = run_ffmpeg("-i", path, "-map_metadata", "0:s:0", "-f", "ffmetadata", "-").decode()
    said += run_ffmpeg("-i", path, "-f", "ffmetadata", "-").decode()
    assert "Letters" in said
    assert "comment" not in said.lower()
    assert "CHAPTER" not in said


def test_another_program_reads_the_names(audio):
    path = audio(".mp3")
    write_tags(path, EVERYTHING)

    said = run_ffmpeg("-i", path, "-f", "ffmetadata", "-").decode()

    for line in (
        "title=Die späte Fähre — ☂",
        "album=Harbour Letters",
        "artist=Ada Pell",
        "album_artist=Harbour Letters Press",
        "genre=Podcast",
        "track=12",
        "disc=2",
    ):
        assert line in said
    assert "title=Abend" in said


@pytest.mark.parametrize("suffix", [".m4a", ".opus"])
def test_further_outputs_are_tagged_as_fully(audio, suffix):
    path = audio(suffix)
    write_tags(path, EVERYTHING)

    said = run_ffmpeg("-i", path, "-f", "ffmetadata", "-").decode()
    said += run_ffmpeg("-i", path, "-map_metadata", "0:s:0", "-f", "ffmetadata", "-").decode()

    lines = {line.lower() for line in said.splitlines()}
    assert "title=die späte fähre — ☂" in lines
    assert "album=harbour letters" in lines
    assert "genre=podcast" in lines
    assert "title=abend" in lines
    assert "copyright=© 2026 ada pell" in lines
    assert "second paragraph." in lines
    assert EVERYTHING.cover == run_ffmpeg(
        "-i", path, "-map", "0:v", "-c", "copy", "-f", "image2pipe", "-"
    )


def test_an_m4a_is_a_podcast_to_apple(audio):
    path = audio(".m4a")

    write_tags(path, EVERYTHING)

    data = path.read_bytes()
    for atom in (b"pcst", b"egid", b"purl", b"keyw", b"ldes"):
        assert atom in data
    assert data.index(b"moov") < data.index(b"mdat"), "a player must wait for the whole file"


def test_the_frames_are_those_of_id3v23_and_of_podcasts(audio):
    path = audio(".mp3")

    write_tags(path, EVERYTHING)

    frames = frames_of(path)
    named = dict(frames)
    assert "2026" == text(named["TYER"])
    assert "0403" == text(named["TDAT"])
    assert "0506" == text(named["TIME"])
    assert "2026-03-04" == text(named["TDRL"])[:10]
    assert "deu" == text(named["TLAN"])
    assert b"\0\0\0\0" == named["PCST"]
    assert "4f0c2b1e-1b51-5f0e-9a86-0d6b6b0a7c11" == text(named["TGID"])
    assert "A longer one,\nin two lines" == text(named["TDES"])
    assert "ferry, harbour" == text(named["TKWD"])
    assert b"https://letters.example/ferry" == named["WOAF"].rstrip(b"\0")
    assert b"https://letters.example/" == named["WOAS"].rstrip(b"\0")
    assert b"\x01deu" == named["USLT"][:4]
    assert "Second paragraph." in named["USLT"][4:].decode("utf-16-le", "ignore")
    assert b"\x00image/jpeg\x00\x03Cover\x00" + EVERYTHING.cover == named["APIC"]
    assert b'columncast\0{"recording": "0a1b"}' == named["PRIV"]
    chapters = [body for name, body in frames if name == "CHAP"]
    assert [b"chp0\0" + bytes(4), b"chp1\0" + (1500).to_bytes(4, "big")] == sorted(
        body[:9] for body in chapters
    )
    assert b"toc\0\x03\x02chp0\0chp1\0" == named["CTOC"]
    # Frames that only v2.4 has would make old players stumble.
    assert not {"TDRC", "TSST", "TSOP"} & set(named)


def test_old_tags_of_a_recording_do_not_leak(tmp_path):
    leaky = tmp_path / "leaky.mp3"
    recording(
        leaky, speech(1), "-metadata", "title=Take 7", "-metadata", "encoded_by=Studio",
        "-write_id3v1", "1", "-write_apetag", "1",
    )  # fmt: skip

    write_tags(leaky, Tags(title="Ferry", show="Letters", artist="Ada"))

    data = leaky.read_bytes()
    for leak in (b"Take 7", "Take 7".encode("utf-16-le"), b"Studio", b"APETAGEX"):
        assert leak not in data
    assert b"TAG" != data[-128:-125]


def test_the_gapless_header_is_kept(audio):
    path = audio(".mp3")

    write_tags(path, EVERYTHING)

    said = subprocess.run(
        [process.executable(), "-v", "debug", "-i", path, "-f", "null", "-"],
        capture_output=True, check=True,
    ).stderr.decode()  # fmt: skip
    assert re.search("(pad|skip) 1105", said)
    assert 3 * 44100 == len(decoded(path))


def test_a_file_without_tags_has_empty_ones(audio):
    assert Tags(title="", show="", artist="", genre="Podcast") == read_tags(audio(".mp3"))


def test_a_kind_of_file_that_has_no_tags_is_told(tmp_path):
    path = tmp_path / "take.wav"
    path.touch()

    with pytest.raises(TagError, match="known are"):
        write_tags(path, EVERYTHING)
