"""What an approval is for: the words of an episode, its recording, and the edits that are heard.

Another encoding or another typography leaves all three as they are. Any other change is one: a word,
the address of a link, a picture, a byte of the recording, a cut that is made or taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from columncast.episodes.building.records import kept_column
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import Hashes, digest
from columncast.episodes.entry.compose import column_of
from columncast.episodes.entry.imported_notes import imported_notes_of
from columncast.episodes.errors import FolderError
from columncast.episodes.model.column import Block, Column, Span
from columncast.episodes.model.review import Content
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.text.words import words


@files.in_one_line()
def content_of(
    folder: ShowFolder, episode_dir: EpisodeFolder, column: Column | None = None
) -> Content:
    """Return what an approval of *episode_dir* is for now; its *column*, if it was read already.

    Raises:
        ColumncastError: The column, the recording or `edits.toml` cannot be read.
    """
    column = column or column_of(
        folder.show, episode_dir, kept=kept_column(folder, episode_dir.slug)
    )
    came_with = imported_notes_of(episode_dir, link="")
    track, edits = episode_dir.facts.source.track, read_edits(episode_dir)
    hashes = Hashes(folder.cache / "hashes.json")
    recording = hashes.of(episode_dir.narration)
    with suppress(FolderError):  # a show that one may only read can be looked at all the same
        hashes.save()
    heard = edits.sound if edits.recording_sha256 == recording else None
    return Content(
        words=digest([*_told(column), *(words(came_with.plain) if came_with else [])]),
        recording=digest(recording, track) if track else recording,
        edits="" if heard is None else digest(heard),
    )


def _told(column: Column) -> Iterator[str]:
    """Yield all that *column* says, word by word, and where its links lead."""
    # Which part of a title is the show's name depends on what the show is called, and whether a line
    # is a date, say, on how it is set. So the order is that of the text, and nothing in between.
    texts = (
        *(column.hook, column.author, column.narrator, f"{column.series} {column.title}"),
        *(column.own_title, column.subtitle, column.story_date),
    )
    yield from words(" ".join(texts))
    yield from _blocks(column.blocks)
    for note in column.footnotes:
        yield f"note {note.number}"
        yield from _blocks(note.blocks)


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        for address in (block.src, block.file):
            yield from [f"to {address}"] if address else []
        yield from words(block.alt)
        # A word may be set in several ways, so it is the whole that is taken apart.
        yield from words("".join(_text(span) for span in block.spans))
        yield from (f"to {address}" for span in block.spans for address in _addresses(span))
        for item in block.items:
            yield from _blocks(item)


def _text(span: Span) -> str:
    if span.kind in ("break", "picture"):
        return f" {span.text} "
    return span.text + "".join(_text(child) for child in span.children)


def _addresses(span: Span) -> Iterator[str]:
    yield from (address for address in (span.href, span.file) if address)
    for child in span.children:
        yield from _addresses(child)
