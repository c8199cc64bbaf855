"""The enclosure of one episode: mastered if need be, tagged, named after its bytes.

An enclosure carries its own provenance in its tags: from which recording and settings it was made,
and what mastering measured. So what is up to date is known from the file itself, a new title costs
new tags and no new encode, and caches may be lost without harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from columncast.audio.master import make_master
from columncast.audio.tags import Tags, read_tags, write_tags
from columncast.episodes import files
from columncast.episodes.errors import TagError
from columncast.episodes.hashes import Hashes
from columncast.episodes.model import Enclosure, Master
from columncast.episodes.settings import AudioSettings

ENGINE = 1
"""Raised when the same recording and settings would come out differently than before."""

MIME_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a", ".opus": "audio/ogg"}
"""As Apple (podcasters.apple.com/support/823-podcast-requirements) and RFC 7845 have them."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What an enclosure was made from; its tags hold it as JSON."""

    made_from: str
    """A digest of the recording's bytes, the audio settings and the engine."""
    tags: str
    """A digest of the tags as they were asked for."""
    master: Master


def make_enclosure(
    recording: Path,
    tags: Tags,
    settings: AudioSettings,
    *,
    folder: Path,
    slug: str,
    former_slug: str = "",
    base_url: str,
    hashes: Hashes,
    cache: Path,
    progress: Callable[[float], None],
    force: bool = False,
) -> tuple[Enclosure, Master]:
    """Return the enclosure of *slug* in *folder*, making it anew only where it has to be.

    *former_slug* is what the episode was called before, when it is being renamed.

    Raises:
        RecordingError: The recording cannot become a narration.
        FolderError: The disk is full or not ours to write.
    """
    made_from = _digest(hashes.of(recording), settings, ENGINE)
    wanted = _digest(tags)
    current = _current(folder, slug, made_from, hashes)
    if current and current[1].tags == wanted:
        path, master = current[0], current[1].master
        return _describe(path, master, settings, base_url, hashes), master
    current = current or _current(folder, former_slug, made_from, hashes)
    # The hash in the name is known only when the tags are in, so the draft has another name.
    draft = cache / "work" / f"{files.BESIDE}{slug}.mp3"
    try:
        if current:
            master = current[1].master
            files.copy(current[0], draft)
        else:
            master = make_master(
                recording, draft, settings, progress=progress, force=force, cache=cache / "measured"
            )
        provenance = Provenance(made_from=made_from, tags=wanted, master=master)
        write_tags(draft, replace(tags, provenance=msgspec.json.encode(provenance).decode()))
        path = folder / f"{slug}-{files.sha256(draft)[:8]}.mp3"
        files.move(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return _describe(path, master, settings, base_url, hashes), master


def _current(
    folder: Path, slug: str, made_from: str, hashes: Hashes
) -> tuple[Path, Provenance] | None:
    """Find the newest enclosure of *slug* that was made from the same recording and settings."""
    # Hexadecimal digits, so that `ferry` does not take `ferry-tomorrow.mp3` for its own.
    found = folder.glob(f"{slug}-{'[0-9a-f]' * 8}.mp3")
    for path in sorted(found, key=lambda p: p.stat().st_mtime_ns, reverse=True):
        try:
            provenance = msgspec.json.decode(read_tags(path).provenance, type=Provenance)
        except (TagError, msgspec.DecodeError, OSError):
            continue  # not made by us, or damaged: make a new one, under its own name
        if provenance.made_from == made_from and path.stem.endswith(hashes.of(path)[:8]):
            return path, provenance
    return None


def _describe(
    path: Path, master: Master, settings: AudioSettings, base_url: str, hashes: Hashes
) -> Enclosure:
    return Enclosure(
        path=f"audio/{path.name}",
        url=f"{base_url}audio/{path.name}",
        # Of the tagged file: RSS wants the byte count of what is served.
        length_bytes=path.stat().st_size,
        mime_type=MIME_TYPES[path.suffix],
        duration_s=master.duration_s,
        sha256=hashes.of(path),
        bitrate=settings.bitrate,
    )


def _digest(*parts: object) -> str:
    encoded = msgspec.json.encode(parts, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()
