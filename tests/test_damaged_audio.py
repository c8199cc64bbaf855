"""One damaged file stops nothing else: whatever its bytes are, there is one clear error or none.

Whole files are damaged here at random places, always the same ones. `COLUMNCAST_FUZZ=20` tries
twenty times as many.
"""

import io
import json
import math
import os
import random
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from audio_builders import run_ffmpeg, speech, wav
from builders import packed_zeros
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, CHAP, ID3, PRIV, TIT2, TRCK
from mutagen.oggvorbis import OggVorbis
from PIL import Image

from columncast.audio.enclosures.durations import decoded_s
from columncast.audio.enclosures.passthrough import sound_facts
from columncast.audio.ffmpeg.probe import glance, probe
from columncast.audio.mp3 import info_frame
from columncast.audio.tags.door import Tags, length_s, read_tags, tag_lines, write_tags
from columncast.episodes.disk import files
from columncast.episodes.errors import InputError
from columncast.episodes.model.containers import container_of, what_else
from columncast.episodes.model.episode import Chapter

TIMES = int(os.environ.get("COLUMNCAST_FUZZ", "1"))
TAG_ROUNDS = 50 * TIMES
"""Of damage to each seed, for what is read in this process."""
SOUND_ROUNDS = 2 * TIMES
"""The same, for what starts a program."""
LONGEST_S = 5.0
"""For one look at one small file, on a busy machine."""

WORST = (
    b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\0", b"\0\0\0\1",
    b"\x7f\x7f\x7f\x7f", b"\xff\xfe\xff\xfe", b"\0\xff\0\xff", b"ID3\x04", b"\xc3\x28\xed\xa0",
)  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return *data* with one to three things wrong, most of them near its beginning or its end."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        near = chance.choice((64, 400, 3000, len(out)))
        at = chance.randrange(max(1, min(near, len(out))))
        if chance.random() < 0.25:
            at = max(0, len(out) - 1 - at)
        match chance.randrange(7):
            case 0 | 1:
                out[at : at + 1] = bytes([out[at] ^ 1 << chance.randrange(8)]) if out else b""
            case 2:
                out[at : at + 1] = bytes([chance.choice((0, 1, 0x7F, 0x80, 0xFF))])
            case 3:
                worst = chance.choice(WORST)
                out[at : at + len(worst)] = worst
            case 4:
                del out[at : at + chance.randrange(1, 200)]
            case 5:
                out[at:at] = out[at : at + chance.randrange(1, 200)]
            case _:
                del out[at:]
    return bytes(out)


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (24, 24), "navy").save(data, "JPEG")
    return data.getvalue()


FULL = Tags(
    title="The Last Ferry",
    show="Harbour Letters",
    artist="Ines Halloran",
    published=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    number=3,
    season=1,
    language="en-gb",
    description="A description",
    lyrics="First.\n\nSecond.",
    cover=picture(),
    page_url="https://letters.example/ferry",
    guid="4f0c2b1e",
    chapters=(Chapter(start_s=0, title="One"), Chapter(start_s=0.5, title="Two")),
    duration_s=1.0,
    provenance='{"made_from": "0a1b"}',
)


@pytest.fixture(scope="session")
def seeds(tmp_path_factory) -> dict[str, bytes]:
    """Small whole files of every kind, their tags full."""
    folder = tmp_path_factory.mktemp("seeds")
    take = wav(folder / "take.wav", speech(1))
    plain = ["ours.mp3", "ours.m4a", "ours.opus", "v22.mp3", "v24.mp3"]
    plain += ["a.flac", "a.ogg", "a.aiff", "a.mka", "a.mov", "a.wma"]
    titled = ["-metadata", "title=The Last Ferry", "-b:a", "32k", "-ar", "22050"]
    rates = {"ours.mp3": ["-b:a", "48k"], "ours.opus": ["-b:a", "24k"]}
    outputs = []
    for name in plain:
        coded = ["-c:a", "libvorbis"] if name == "a.ogg" else []
        outputs += ["-map", "0:a", *rates.get(name, titled), *coded, folder / name]
    run_ffmpeg("-i", take, *outputs)
    for name in plain[:3]:
        write_tags(folder / name, FULL)
    new = ID3()
    new.add(APIC(encoding=3, mime="image/jpeg", type=3, desc="é", data=picture()))
    new.add(TIT2(encoding=1, text=["A", "B"]))
    new.add(TRCK(encoding=0, text="²/12"))
    new.add(PRIV(owner="columncast", data=b"\xff\xfe\0"))
    sub = [TIT2(encoding=1, text="One")]
    new.add(CHAP(element_id="c", start_time=0, end_time=9, sub_frames=sub))
    new.save(folder / "v24.mp3", v2_version=4)
    (folder / "v22.mp3").write_bytes(old_id3() + (folder / "v22.mp3").read_bytes())
    block = Picture()
    block.data, block.mime, block.type = picture(), "image/jpeg", 3
    flac, ogg = FLAC(folder / "a.flac"), OggVorbis(folder / "a.ogg")
    flac.add_picture(block)
    flac.save()
    ogg["title"], ogg["chapter001"], ogg["chapter001name"] = "A", "00:00:00.000", "One"
    ogg.save()
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def old_id3() -> bytes:
    """Return a tag of ID3v2.2, which mutagen reads and no longer writes."""
    frames = b"".join(
        name + struct.pack(">I", len(data))[1:] + data
        for name, data in (
            (b"TT2", b"\0The Last Ferry"),
            (b"PIC", b"\0JPG\x03\0" + picture()),
            (b"COM", b"\1eng\xff\xfe\0\0\xff\xfea\0"),
            (b"TRK", b"\x003/12"),
        )
    )
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x02\0\0" + size + frames


SEEDS = [
    "a.aiff",
    "a.flac",
    "a.mka",
    "a.mov",
    "a.ogg",
    "a.wma",
    "ours.m4a",
    "ours.mp3",
    "ours.opus",
    "take.wav",
    "v22.mp3",
    "v24.mp3",
]
READ_AS = {".m4a": ".m4a", ".mov": ".m4a", ".opus": ".opus", ".ogg": ".opus"}


def mutants(seeds, name, rounds, path):
    """Write damaged copies of the seed *name* to *path*, one after the other."""
    chance = random.Random(name)
    for number in range(rounds):
        path.write_bytes(damaged(seeds[name], chance))
        yield number


def test_the_seeds_are_all_there(seeds):
    assert SEEDS == sorted(seeds)


def tried(function, *arguments, **options):
    """Return what *function* returns, and the one clear line with which it refuses."""
    begun = time.monotonic()
    result, refusal = None, ""
    try:
        result = function(*arguments, **options)
    except InputError as e:
        refusal = str(e)
    assert refusal.isprintable(), refusal
    assert time.monotonic() - begun < LONGEST_S
    return result, refusal


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_tags_are_one_clear_error_or_none(seeds, tmp_path, name):
    path = tmp_path / name
    suffix = READ_AS.get(path.suffix, ".mp3")
    read = 0

    for number in mutants(seeds, name, TAG_ROUNDS, path):
        tags, refusal = tried(read_tags, path, suffix=suffix)
        read += not refusal
        if tags:
            assert all(0 <= c.start_s < math.inf for c in tags.chapters), number
            assert (tags.number or 0) >= 0
        if path.suffix == suffix:
            tried(tag_lines, path)
        length, refusal = tried(length_s, path)
        assert not refusal
        assert 0 <= length < math.inf, number

    assert bool(read) == (name != "a.ogg")


@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_recording_is_heard_or_refused_in_one_line(seeds, tmp_path, name):
    path = tmp_path / name

    for _ in mutants(seeds, name, SOUND_ROUNDS, path):
        container_of(path)
        what_else(path)
        tried(glance, path)
        tried(decoded_s, path)
        tried(sound_facts, path, files.sha256(path), tmp_path / "cache")


def test_a_damaged_info_frame_is_one_error(seeds, tmp_path):
    path = tmp_path / "a.mp3"
    whole = seeds["ours.mp3"]
    at = whole.index(b"Info") - 21
    broken = 0

    for _ in mutants({"a.mp3": whole[at:]}, "a.mp3", TAG_ROUNDS, path):
        try:
            info_frame.end_at(path, 40_000)
            with path.open("r+b") as file:
                info_frame.count(file)
        except (ValueError, struct.error, OverflowError):
            broken += 1

    assert broken


# What claims to be large


def id3(*frames: bytes, size: int = 0) -> bytes:
    body = b"".join(frames)
    length = size or len(body)
    return b"ID3\x03\0\0" + bytes(length >> s & 0x7F for s in (21, 14, 7, 0)) + body


def packed_picture() -> bytes:
    """Return an APIC frame, packed, that unpacks to 256 MB."""
    data = packed_zeros(256, b"\0image/png\0\x03\0")
    return b"APIC" + struct.pack(">IH", len(data) + 4, 0x0080) + struct.pack(">I", 1 << 28) + data


def atom(kind: bytes, body: bytes = b"", size: int = 0) -> bytes:
    return struct.pack(">I", size or 8 + len(body)) + kind + body


def page(body: bytes, number: int) -> bytes:
    """Return an Ogg page; nobody checks its sum before it is read."""
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    head = struct.pack(
        "<4sBBqIIIB", b"OggS", 0, 2 if not number else 0, 0, 7, number, 0, len(lacing)
    )
    return head + lacing + body


CLAIMS = {
    "an ID3 tag of 256 MB.mp3": id3(b"TIT2\0\0\0\x05\0\0\0Long", size=(1 << 28) - 1),
    "an ID3 frame of 2 GB.mp3": id3(b"APIC\x7f\xff\xff\xff\0\0\0image/png\0\3\0", size=1 << 20),
    "a packed picture.mp3": id3(packed_picture()),
    "an atom of 2 GB.m4a": atom(b"ftyp", b"M4A \0\0\0\0") + atom(
        b"moov", atom(b"udta", atom(b"meta", bytes(4) + atom(b"ilst", atom(b"covr", size=1 << 31))))
    ),
    "an atom of 8 EB.m4a": atom(b"ftyp", b"M4A \0\0\0\0")
    + struct.pack(">I4sQ", 1, b"moov", (1 << 63) - 1),
    "atoms in atoms.m4a": atom(b"ftyp", b"M4A \0\0\0\0") + b"".join(
        struct.pack(">I4s", 8 * (4000 - n), b"moov") for n in range(4000)
    ),
    "a comment of 4 GB.opus": page(b"OpusHead\1\1\x38\1\x80\xbb\0\0\0\0\0", 0)
    + page(b"OpusTags\xff\xff\xff\xff", 1),
    "a million comments.opus": page(b"OpusHead\1\1\x38\1\x80\xbb\0\0\0\0\0", 0)
    + page(b"OpusTags\0\0\0\0\xff\xff\xff\x7f\0\0\0\0", 1),
}  # fmt: skip
LOOK = """
import json, resource, sys
from pathlib import Path
from columncast.audio.tags.door import length_s, read_tags
from columncast.episodes.errors import TagError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = {}
for path in map(Path, sys.argv[1:]):
    try:
        read_tags(path); said[path.name] = "read"
    except TagError as e:
        said[path.name] = str(e)
    length_s(path)
said["kB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps(said))
"""


def test_what_claims_to_be_large_costs_no_memory(tmp_path):
    for name, data in CLAIMS.items():
        (tmp_path / name).write_bytes(data + bytes(2000))
    begun = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-c", LOOK, *(tmp_path / name for name in CLAIMS)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert not done.stderr
    said = json.loads(done.stdout)
    assert said.pop("kB") < 60_000
    assert set(CLAIMS) == set(said)
    assert time.monotonic() - begun < 20


# In a show


def flipped(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x80
    path.write_bytes(data)


@pytest.mark.parametrize("where", [b"TIT2", b"PRIV", b"ID3"])
def test_one_flipped_byte_in_an_enclosure_is_named_and_made_good(columncast, one_episode, where):
    """
    The check says which file; a build makes it anew, the same to the byte.
    """
    (enclosure,) = one_episode.audio.glob("*.mp3")
    whole = enclosure.read_bytes()
    flipped(enclosure, whole.index(where) + len(where) + 1)

    checked = columncast("check")
    built = columncast("build", "--json")

    assert 3 == checked.code
    assert "[file-changed]" in checked.out
    assert not checked.err
    assert 0 == built.code, built.err
    assert whole == enclosure.read_bytes()
    assert 0 == columncast("check").code


FOREIGN = {
    "our frame with other bytes": id3(b"PRIV\0\0\0\x0d\0\0columncast\0\xff\xfe"),
    "text that is no UTF-16": id3(b"TIT2\0\0\0\x05\0\0\1\xff\xfe\0\xd8"),
    "a frame longer than the tag": id3(b"TIT2\0\0\xff\xff\0\0\0Long"),
    "a chapter of no length": id3(b"CHAP\0\0\0\x03\0\0c\0\0"),
    "a picture without an end": id3(b"APIC\0\0\0\x08\0\0\1image/p"),
    "a tag of 256 MB": id3(b"TIT2\0\0\0\x05\0\0\0Long", size=(1 << 28) - 1),
    "a packed picture": id3(packed_picture()),
}


def test_damaged_tags_of_foreign_episodes_end_no_import(columncast, old_host, tmp_path, seeds):
    """
    All come over but the one whose sound cannot be found.
    """
    sounds = [path for path in old_host.files if path.startswith("/feed/podcast/1")]
    tags = iter(list(FOREIGN.values()) * 2)
    for path in sounds:
        old_host.files[path] = next(tags) + old_host.files[path]

    result = columncast(
        "import", f"{old_host.url}/feed/podcast/77001.rss", "--to", tmp_path / "new", "--yes"
    )

    assert 0 == result.code, result.err
    assert 3 == len(list(tmp_path.glob("new/episodes/*/narration.mp3")))


@pytest.mark.parametrize("kind", FOREIGN)
def test_damaged_tags_keep_no_sound_from_being_heard(tmp_path, seeds, kind):
    """
    Where they claim to be longer than the whole file, nobody can say where the sound begins.
    """
    take = tmp_path / "take.mp3"
    take.write_bytes(FOREIGN[kind] + seeds["ours.mp3"])

    known, refusal = tried(probe, take)

    if kind == "a tag of 256 MB":
        assert "is not audio that can be read" in refusal
    else:
        assert "mp3" == known.codec
