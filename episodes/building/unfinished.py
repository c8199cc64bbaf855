"""What a rename and a move write down, so that one that was killed may be asked for again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.disk.journal import Changes
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.slugs import checked_slug


def current_slug(folder: ShowFolder, slug: str, new_slug: str) -> str:
    """Return the name of the episode that was *slug* until it was last renamed to *new_slug*."""
    if new_slug and not (folder.episodes / checked_slug(slug)).exists():
        return new_slug if renamed_to(folder, slug) == new_slug else slug
    return slug


def renamed_to(folder: ShowFolder, slug: str) -> str:
    """Return what the episode *slug* is called since the last rename; "" if that was another's."""
    with suppress(OSError, msgspec.DecodeError):
        names = msgspec.json.decode(_rename_record(folder).read_bytes(), type=dict[str, str])
        return names.get("to", "") if names.get("from") == slug else ""
    return ""


def record_rename(changes: Changes, folder: ShowFolder, slug: str, new_slug: str) -> None:
    """Write down with *changes* that the episode *slug* becomes *new_slug*."""
    changes.write(_rename_record(folder), msgspec.json.encode({"from": slug, "to": new_slug}))


def former_base_url(folder: ShowFolder, old: str, new: str) -> str:
    """Return where the show was before it moved to *new*; a second run of a move knows it, too."""
    record = folder.cache / "moved.json"
    if old == new:
        with suppress(OSError, msgspec.DecodeError):
            moved = msgspec.json.decode(record.read_bytes(), type=dict[str, str])
            return moved.get("from", old) if moved.get("to") == new else old
        return old
    files.write(record, msgspec.json.encode({"from": old, "to": new}))
    return old


def _rename_record(folder: ShowFolder) -> Path:
    return folder.cache / "renamed.json"
