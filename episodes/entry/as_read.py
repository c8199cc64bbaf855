"""What was read aloud, remembered once the text is another: `as-read.toml` beside the column.

The file is there only while the text differs from what the recording has. It names the recording by
its hash: with another recording, what is written is what is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from columncast.episodes.building.records import last_aligned
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import Hashes
from columncast.episodes.disk.journal import Changes
from columncast.episodes.errors import SettingsError
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.column import Column
from columncast.episodes.narration.carried import laid
from columncast.episodes.narration.changed import (
    AsRead,
    TextChange,
    as_read,
    text_changes,
    without_unread,
)
from columncast.episodes.narration.units import units
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.settings import read_toml
from columncast.episodes.show.toml import new_list
from columncast.episodes.text.words import said

NAME = "as-read.toml"
_HEADER = """\
# The sentences as the recording has them: the text was changed after it was read aloud.
# columncast keeps this file for as long as they differ.
"""
_MOST = 20_000
"""Sentences; a book has fewer."""


@dataclass(frozen=True, kw_only=True)
class _Sentence:
    text: str
    heard: Literal["yes", "in part", "no"] = "yes"


@dataclass(frozen=True, kw_only=True)
class _File:
    """`as-read.toml`."""

    recording_sha256: str
    sentence: tuple[_Sentence, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no reading has."""
        if len(self.sentence) > _MOST:
            raise ValueError(f"sentence is there over {_MOST:,} times")


def changes_of(
    folder: ShowFolder, episode_dir: EpisodeFolder, column: Column, alignment: Alignment
) -> tuple[TextChange, ...]:
    """Return how *column* differs from what was read of it, by *alignment* or since before it was made.

    Raises:
        SettingsError: `as-read.toml` is damaged.
    """
    then = _of_file(folder, episode_dir) or as_read(alignment)
    again = [pickup.text for pickup in read_edits(episode_dir).pickups]
    return text_changes(
        then,
        laid(units(column), alignment, language=column.language or folder.show.language),
        again,
    )


def as_it_sounds(
    folder: ShowFolder, episode_dir: EpisodeFolder, column: Column, alignment: Alignment
) -> Alignment:
    """Return the *alignment* of *column* without a time for any word that was never read.

    Raises:
        SettingsError: `as-read.toml` is damaged.
    """
    changes = changes_of(folder, episode_dir, column, alignment)
    return without_unread(alignment, changes) if changes else alignment


def as_it_is_now(
    folder: ShowFolder, episode_dir: EpisodeFolder, column: Column, alignment: Alignment | None
) -> Alignment | None:
    """Return *column*, changed perhaps since it was aligned, with the times that its words have.

    Raises:
        SettingsError: `as-read.toml` is damaged.
    """
    if alignment is None or alignment.verdict != "ok":
        return alignment
    changes = changes_of(folder, episode_dir, column, alignment)
    return without_unread(
        laid(units(column), alignment, language=column.language or folder.show.language), changes
    )


def keep_reading(
    folder: ShowFolder, former: EpisodeFolder, place: EpisodeFolder, column: Column
) -> None:
    """Write into *place* what was read of the episode *former*, which is to have *column*.

    Where that says nothing, or *place* has another recording, there is no such file.

    Raises:
        SettingsError: The file there is damaged.
    """
    path = place.path / NAME
    text = text_of_reading(folder, former, column)
    if text and _recording(folder, place) == _recording(folder, former):
        files.write(path, text)
    elif files.is_there(path):
        with files.disk_errors(path):
            path.unlink(missing_ok=True)


def put_reading_in_place(step: Changes, episode: EpisodeFolder, tried: EpisodeFolder) -> None:
    """Let *episode* have the file that *tried* has, or none; of another recording, there is none."""
    here, there = tried.path / NAME, episode.path / NAME
    if files.is_there(here):
        step.copy(here, there)
    elif files.is_there(there):
        step.remove(there)


def text_of_reading(folder: ShowFolder, former: EpisodeFolder, column: Column) -> str:
    """Return what `as-read.toml` says once the episode *former*, of the same recording, has *column*.

    That is empty where they do not differ, or nothing is known of the reading.

    Raises:
        SettingsError: The file there is damaged.
    """
    alignment = last_aligned(folder, former.slug)
    then = _of_file(folder, former)
    if then is None and alignment is not None and alignment.verdict == "ok":
        then = as_read(alignment)
    now = [word for unit in units(column) if not unit.optional for word in said(unit.text)]
    if then is None or [word for text in then.sentences for word in said(text)] == now:
        return ""
    rows = [
        ("sentence", {"text": text} | ({"heard": heard} if heard != "yes" else {}))
        for text, heard in zip(then.sentences, _heard(then), strict=True)
    ]
    return new_list(_HEADER, {"recording_sha256": _recording(folder, former)}, rows)


def _of_file(folder: ShowFolder, episode_dir: EpisodeFolder) -> AsRead | None:
    path = episode_dir.path / NAME
    if not files.may_be_there(path):
        return None
    try:
        found = read_toml(files.of_show(path), _File)
    except SettingsError as e:
        raise SettingsError(e.message, where=f"episodes/{episode_dir.slug}/{NAME}") from e
    if found.recording_sha256 != _recording(folder, episode_dir):
        return None  # of another recording, which was read from the text as it is
    return AsRead(
        sentences=tuple(one.text for one in found.sentence),
        unsure=frozenset(at for at, one in enumerate(found.sentence) if one.heard == "in part"),
        missing=frozenset(at for at, one in enumerate(found.sentence) if one.heard == "no"),
    )


def _heard(then: AsRead) -> Iterator[str]:
    for at in range(len(then.sentences)):
        yield "no" if at in then.missing else "in part" if at in then.unsure else "yes"


def _recording(folder: ShowFolder, episode_dir: EpisodeFolder) -> str:
    hashes = Hashes(folder.cache / "hashes.json")
    return hashes.of(episode_dir.narration)


def changed_sentences(
    folder: ShowFolder, episode_dir: EpisodeFolder, column: Column
) -> tuple[TextChange, ...]:
    """Return the sentences of *column* that are changed or new since they were read, in their order.

    Each has its `reason`, the sentence before it and, where that is known, its time in the audio.

    Raises:
        SettingsError: `as-read.toml` is damaged.
    """
    alignment = last_aligned(folder, episode_dir.slug)
    changes = changes_of(folder, episode_dir, column, alignment) if alignment else ()
    return tuple(change for change in changes if change.kind != "removed")
