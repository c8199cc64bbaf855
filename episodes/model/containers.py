"""Which container a recording is in, by its bytes: neither its name nor a server's word counts.

A program that reads "whatever it is" also reads playlists, scripts and lists of other files, and
then opens those. So the container is found here, and the program may use the one reader for it.
Only containers that hold their sound themselves are known; each entry names ffmpeg's reader.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

MPEG_AUDIO: Final = "mp3"
MP4: Final = "mov"
OGG: Final = "ogg"

_HEAD_BYTES: Final = 64
_LONGEST_PADDING: Final = 16 << 20
"""Zeros before the sound, in bytes: some recorders reserve room for tags that never come."""
_SEARCHED_BYTES: Final = 1 << 20
"""How far to look for the first frame of an MPEG stream that was cut out of a longer one."""

_MAGIC: Final = (
    (b"fLaC", "flac"),
    (b"OggS", OGG),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"riff\x2e\x91\xcf\x11", "w64"),
    (b"caff", "caf"),
    (b".snd", "au"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"#!AMR", "amr"),
    (b"wvpk", "wv"),
    (b"MAC ", "ape"),
    (b"TTA1", "tta"),
    (b"tBaK", "tak"),
    (b"MPCK", "mpc8"),
    (b"MP+", "mpc"),
    (b"DSD ", "dsf"),
    (b"FRM8", "iff"),
    (b"\x02dss", "dss"),
    (b"\x03ds2", "dss"),
    (b"ea3\x03", "oma"),
    (b"EA3\x01", "oma"),
    (b"Creative Voice File\x1a", "voc"),
    (b"NIST_1A", "nistsphere"),
    (b".SoX", "sox"),
    (b"XoS.", "sox"),
    (b"ajkg", "shn"),
    (b".RMF", "rm"),
    (b".ra\xfd", "rm"),
    (b"FLV\x01", "flv"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x7f\xfe\x80\x01", "dts"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", "mxf"),
)
_RIFF_KINDS: Final = {b"WAVE": "wav", b"AVI ": "avi", b"AVIX": "avi", b"QLCM": "qcp"}
_FORM_KINDS: Final = {b"AIFF": "aiff", b"AIFC": "aiff"}
_MP4_ATOMS: Final = frozenset(
    b"ftyp moov mdat wide free skip pnot uuid moof styp sidx".split()  # what a file may begin with
)
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")
_PLAYLIST: Final = re.compile(
    rb"#EXTM3U|#EXT-X-|^ffconcat|<MPD\b|^\[playlist\]|^# mpv EDL|^v=0\s|<smil\b|<asx\b|<playlist\b"
    rb"|^file\s+\S|^\s*https?://\S+\s*$",
    re.IGNORECASE | re.MULTILINE,
)

_KBITS_V1: Final = {
    1: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBITS_V2: Final = {
    1: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ: Final = (44100, 48000, 32000)
_SYNC: Final = re.compile(rb"\xff[\xe0-\xff]")


def container_of(path: Path) -> str:
    """Return ffmpeg's name for the container of *path*; empty when it is none that is known.

    Tags and zeros before the sound are skipped, and what was cut out of a stream may begin within
    a frame.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is a device or a pipe, not a file")
    with path.open("rb") as file:
        tagged = _past_tags(file)
        head = file.read(_HEAD_BYTES)
        known = _by_magic(head)
        if known:
            return known
        file.seek(-len(head), 1)
        if head and not head.strip(b"\0"):
            _past_zeros(file)
        known = _by_frames(file.read(_SEARCHED_BYTES))
    # Where the tags lie about their length, the frames are searched for by who reads them.
    return known or (MPEG_AUDIO if tagged else "")


def what_else(path: Path) -> str:
    """Return what a file is that holds no sound, where that helps a person; else nothing."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_PICTURES) or head[8:12] == b"WEBP":
        return "a picture without sound"
    if head[:4] == b"RIFX":
        return "a WAV with its bytes in the other order (RIFX), which would be heard as noise"
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    return "a playlist, which only names other files" if _PLAYLIST.search(text) else ""


def _past_tags(file: BinaryIO) -> bool:
    """Move *file* behind the ID3v2 tags that it begins with; return whether there are any."""
    tagged = False
    while (head := file.read(10))[:3] == b"ID3" and len(head) == 10:
        tagged = True
        a, b, c, d = (byte & 0x7F for byte in head[6:])
        footer = 10 if head[5] & 0x10 else 0
        file.seek((a << 21 | b << 14 | c << 7 | d) + footer, 1)
    file.seek(-len(head), 1)
    return tagged


def _past_zeros(file: BinaryIO) -> None:
    for _ in range(_LONGEST_PADDING >> 16):
        block = file.read(1 << 16)
        rest = block.lstrip(b"\0")
        if rest or not block:
            file.seek(-len(rest), 1)
            return


def _by_magic(head: bytes) -> str:
    for magic, container in _MAGIC:
        if head.startswith(magic):
            return container
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):  # not RIFX: ffmpeg makes noise of its samples
        return _RIFF_KINDS.get(head[8:12], "")
    if head[:4] == b"FORM":
        return _FORM_KINDS.get(head[8:12], "")
    if head[4:8] in _MP4_ATOMS:
        return MP4
    if head[:2] == b"\x0b\x77" and len(head) > 5:
        return "eac3" if head[5] >> 3 > 10 else "ac3"
    return "loas" if head[:2] == b"\x56\xe0" else ""


def _by_frames(data: bytes) -> str:
    """Return what *data* is by frames that follow each other: MPEG audio, ADTS, or MPEG-TS."""
    for packet_bytes, lead_bytes in ((188, 0), (192, 4), (204, 0)):
        syncs = data[lead_bytes : lead_bytes + 4 * packet_bytes : packet_bytes]
        if len(syncs) == 4 and not syncs.strip(b"G"):
            return "mpegts"
    for found in _SYNC.finditer(data):
        at = found.start()
        followed = len(list(islice(_frames(data, at), 3)))
        # At the very beginning less proof will do: a short file has few frames.
        if followed == 3 or (at == 0 and followed):
            layer = data[at + 1] >> 1 & 3
            return MPEG_AUDIO if layer else "aac"
    return ""


def _frames(data: bytes, at: int) -> Iterator[int]:
    """Yield where the frames from *at* on begin whose successor is there, too, or beyond *data*."""
    kind = data[at : at + 2]
    while length := _frame_bytes(data[at : at + 6]):
        following = at + length
        if following + 1 < len(data) and (
            data[following] != 0xFF or (data[following + 1] ^ kind[1]) & 0xFE
        ):
            return
        yield at
        if following + 6 > len(data):
            return
        at = following


def _frame_bytes(head: bytes) -> int:
    """Return the length of the frame that begins with *head*, in bytes; 0 if it is no frame.

    MPEG-1, 2 and 2.5 (ISO/IEC 11172-3, 13818-3), and ADTS (13818-7), which has no layer.
    """
    if len(head) < 6:
        return 0
    version, layer = head[1] >> 3 & 3, (4 - (head[1] >> 1 & 3)) % 4
    if not layer:
        if head[1] & 0xF0 != 0xF0 or head[2] >> 2 & 15 > 12:
            return 0
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        return length if length > 7 else 0
    kbits, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or kbits in (0, 15) or rate == 3:
        return 0
    rate_hz = _RATES_HZ[rate] >> {3: 0, 2: 1, 0: 2}[version]
    bits_per_s = 1000 * (_KBITS_V1 if version == 3 else _KBITS_V2)[layer][kbits - 1]
    padding = head[2] >> 1 & 1
    if layer == 1:
        return (12 * bits_per_s // rate_hz + padding) * 4
    samples = 576 if layer == 3 and version != 3 else 1152
    return samples * bits_per_s // 8 // rate_hz + padding
