"""The enclosure of an episode that was taken over: the very bytes that it had elsewhere.

No new tags, no new encode; only its name is of our making, so that other audio has another address.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from columncast.audio.enclosures.durations import decoded_s
from columncast.audio.enclosures.enclosure import AudioFolder
from columncast.audio.ffmpeg.probe import probe
from columncast.episodes.disk import files
from columncast.episodes.errors import FormatError, RecordingError
from columncast.episodes.model.asset_name import asset_name
from columncast.episodes.model.episode import Enclosure
from columncast.episodes.model.media_types import M4A, MP3, sound_of
from columncast.episodes.show.settings import enclosure_url

_CODECS = {"mp3": MP3, "aac": M4A, "alac": M4A}
"""By codec: what every app plays, see `PLAYED_EVERYWHERE`."""


@dataclass(frozen=True, kw_only=True)
class Passthrough:
    """Audio that is published as it is; as a `Mastered` it can be aligned with its text."""

    path: Path
    made_from: str
    """What names this very sound."""
    enclosure: Enclosure
    master: None = None
    """Nothing was measured and nothing was changed."""


class SoundFacts(msgspec.Struct):
    """What a recording is by its content."""

    suffix: str
    duration_s: float
    """By decoding it from beginning to end."""


def keep(audio: AudioFolder, recording: Path, slug: str) -> Passthrough:
    """Return the enclosure of *slug* that has the bytes of *recording*; copied only if need be.

    Raises:
        RecordingError: It is no audio, damaged, or of a kind that not every app plays.
        FolderError: The disk is full or not ours to write.
    """
    sha256 = audio.hashes.of(recording)
    facts = sound_facts(recording, sha256, audio.cache)
    path = audio.root / "audio" / asset_name(slug, sha256, facts.suffix)
    if not path.is_file() or audio.hashes.of(path) != sha256:
        files.copy(recording, path)
    length_bytes = path.stat().st_size
    enclosure = Enclosure(
        path=f"audio/{path.name}",
        url=enclosure_url(audio.show, f"audio/{path.name}"),
        length_bytes=length_bytes,
        mime_type=sound_of(path).mime,
        duration_s=facts.duration_s,
        sha256=sha256,
        bitrate=f"{round(length_bytes * 8 / facts.duration_s / 1000)}k",
    )
    return Passthrough(path=path, made_from=sha256, enclosure=enclosure)


def keepable(recording: Path) -> str:
    """Return the suffix that tells what *recording* is, by its content.

    Raises:
        RecordingError: It is no audio.
        FormatError: It is of a kind that not every app plays.
    """
    known = probe(recording)
    kind = _CODECS.get(known.codec)
    if known.film or kind is None or known.container != kind.container:
        what = "a video" if known.film else f"{known.codec} in {known.container}"
        raise FormatError(
            f"is {what}, which not every app plays, so it cannot be kept as it is; have it "
            "mastered (import --master, or take `kept` out of episode.toml)",
            where=recording,
        )
    return kind.suffix


def sound_facts(recording: Path, sha256: str, cache: Path) -> SoundFacts:
    """Return what *recording*, whose bytes have the hash *sha256*, is; listened to once.

    Raises:
        RecordingError: It is no audio, damaged, or of a kind that not every app plays.
    """
    known = cache / "kept" / f"{sha256}.json"
    with suppress(OSError, msgspec.DecodeError):  # not listened to yet
        return msgspec.json.decode(known.read_bytes(), type=SoundFacts)
    heard = SoundFacts(suffix=keepable(recording), duration_s=round(decoded_s(recording), 3))
    if not heard.duration_s:
        raise RecordingError("has no sound in it", where=recording)
    files.write(known, msgspec.json.encode(heard))
    return heard
