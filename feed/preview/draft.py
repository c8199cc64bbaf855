"""An episode as its files say now, read with the functions that publishing reads them with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from columncast.episodes.audience.book import Counted, booked
from columncast.episodes.building.records import (
    alignment_file,
    last_aligned,
    last_built,
    read_along_folder,
    record_file,
)
from columncast.episodes.columns.formats.visible import visible_lines
from columncast.episodes.columns.input.decoding import decode, read_bytes
from columncast.episodes.disk import files
from columncast.episodes.entry.accepted import looked_over
from columncast.episodes.entry.as_read import as_it_is_now
from columncast.episodes.entry.compose import episode_of, read_with_notes
from columncast.episodes.errors import ColumncastError, ColumnError, SettingsError
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.column import Column
from columncast.episodes.model.episode import Episode, ShowNotes
from columncast.episodes.model.notice import Notice, with_acceptances
from columncast.episodes.remarks.look import Reviews, reviews_now
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.settings import Show
from columncast.feed.artwork.column_picture import published_picture
from columncast.feed.rules.episode import check_episode


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything that the preview shows of one episode comes from here."""

    folder: ShowFolder
    slug: str
    facts: Facts
    basis: str
    """The hash of `episode.toml` as it was read, to know whether it has changed since."""
    column: Column
    notes: ShowNotes
    source: tuple[str, ...]
    """The lines of the column as given; empty where lines mean nothing (a web page)."""
    built: Episode | None
    """As the last build recorded it; None before the first."""
    episode: Episode | None
    """What a build would make now, with the audio of the last one; None before the first."""
    audio: Path | None
    """The enclosure on disk; None where there is none."""
    alignment: Alignment | None
    """When each word is spoken, as last found; None where nothing was aligned."""
    newer_recording: bool
    """The recording was replaced after the last build."""
    newer_edits: bool
    """What is cut in it, or read again, was decided after the last build."""
    has_cover: bool
    """The episode has a cover of its own."""
    listed: bool
    """The feed as built holds it."""
    reviews: Reviews | ColumncastError
    """What colleagues sent; or why that cannot be read."""
    listeners: Counted | None = None
    """As `columncast audience` has booked them; None where nothing was counted."""

    @property
    def show(self) -> Show:
        return self.folder.show

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """Everything that a person should know, each thing once: `check` says the same."""
        if self.episode is None:
            told = dict.fromkeys(self.column.notices + self.notes.notices)
            return looked_over(told, self.facts, self.column, None)
        rules = with_acceptances(check_episode(self.show, self.episode), self.facts.accepted)
        return tuple(dict.fromkeys((*self.episode.notices, *rules)))

    @property
    def duration_s(self) -> float:
        """Of the audio; 0 before the first build."""
        return self.built.enclosure.duration_s if self.built else 0.0

    @property
    def unbuilt(self) -> bool:
        """Whether a build would change what is published."""
        return self.episode != self.built or self.newer_recording or self.newer_edits


@files.in_one_line()
def read_draft(root: Path, slug: str) -> Draft:
    """Read the episode called *slug* of the show in *root*.

    Raises:
        ColumncastError: As publishing would; the message is the same.
    """
    folder = ShowFolder(root)
    folder.settle()
    source = folder.episode(slug)
    basis = files.sha256(source.facts_file)
    built = last_built(folder, slug)
    written = read_with_notes(
        folder,
        source,
        make=partial(published_picture, folder),
        chapters=built.chapters if built else (),
    )
    alignment = last_aligned(folder, slug) if built else None
    if built:  # a warning that is accepted is nothing to build
        built = replace(built, notices=with_acceptances(built.notices, source.facts.accepted))
    episode = None
    if built:
        made = episode_of(
            folder,
            source,
            written,
            enclosure=built.enclosure,
            master=built.master,
            alignment=alignment,
        )
        episode = replace(made, **{name: getattr(built, name) for name in _NOT_OF_WORDS})
    audio = folder.root / built.enclosure.path if built else None
    return Draft(
        folder=folder,
        slug=slug,
        facts=source.facts,
        basis=basis,
        column=written.column,
        notes=written.notes,
        source=_lines(source.column, written.column) if source.has_column else (),
        built=built,
        episode=episode,
        audio=files.of_show(audio) if audio and audio.is_file() else None,
        alignment=as_it_is_now(folder, source, written.column, alignment),
        newer_recording=bool(built) and _is_newer(folder, source, source.narration),
        newer_edits=bool(built) and _is_newer(folder, source, source.edits_file),
        has_cover=source.cover is not None,
        listed=slug in folder.listed(),
        reviews=_reviews(folder, source, written.column),
        listeners=_listeners(folder, slug),
    )


def _reviews(
    folder: ShowFolder, episode_dir: EpisodeFolder, column: Column
) -> Reviews | ColumncastError:
    try:
        return reviews_now(folder, episode_dir, column)
    except ColumncastError as e:
        return e  # the rest can be shown


def _listeners(folder: ShowFolder, slug: str) -> Counted | None:
    with suppress(SettingsError):  # a damaged book is `audience`'s to tell of
        return booked(folder, slug)
    return None


_NOT_OF_WORDS = ("alternates", "chapters_file", "transcripts", "image_url")
"""What only a build gives; a preview shows the last one's."""


def inputs(root: Path, slug: str) -> Iterator[Path]:
    """Yield every file that a preview of *slug* depends on, there or not."""
    folder = ShowFolder(root)
    yield from sorted(root.glob("*.*"))  # show.toml, and perhaps the show's own template of notes
    yield from sorted((folder.episodes / slug).glob("*"))
    yield from sorted((folder.episodes / slug / "reviews").glob("*"))
    yield from sorted((root / "templates").glob("*"))
    yield from sorted(folder.audience.glob("*.jsonl"))
    yield record_file(folder, slug)
    yield folder.feed / "feed.xml"
    yield alignment_file(read_along_folder(folder, slug))
    yield from sorted((folder.feed / slug).glob("transcript*"))
    yield from sorted(folder.cache.glob(f"found-cuts/{slug}.json"))


def _lines(path: Path, column: Column) -> tuple[str, ...]:
    if not any(block.line for block in column.blocks):
        return ()
    try:
        text, _ = decode(read_bytes(path), "")
    except ColumnError:
        return ()
    # A preview is shown to others as a file: a comment of the writer's is no part of it either.
    return visible_lines(text, "plain" if path.suffix == ".txt" else "markdown")


def _is_newer(folder: ShowFolder, episode_dir: EpisodeFolder, path: Path) -> bool:
    record = record_file(folder, episode_dir.slug)
    try:
        return path.stat().st_mtime_ns > record.stat().st_mtime_ns
    except OSError:  # there is none, or it is on a disk that is not there now
        return False
