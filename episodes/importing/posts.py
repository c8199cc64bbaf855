"""The posts of exports that episodes read, each laid ready before the episodes are taken over.

So an export is read once, however many of its posts are wanted, and no more of it is held than one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from columncast.episodes.columns.door import read_posts
from columncast.episodes.columns.extract import as_page
from columncast.episodes.disk import files
from columncast.episodes.errors import ColumnError
from columncast.episodes.importing.plan import Entry
from columncast.episodes.model.picture import Reference


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A column that can be laid into an episode's folder."""

    page: Path
    """The file, or the post as a page of its own."""
    word_count: int
    pictures: tuple[Reference, ...]
    sha256: str
    """Of what it was taken from."""


def lay_ready(
    entries: Iterable[Entry],
    folder: Path,
    *,
    site_url: str,
    paid_text: bool,
    progress: Callable[[str, float], None],
) -> dict[str, Ready | ColumnError]:
    """Write the posts that *entries* read into *folder*; return each, or what is wrong with it.

    By the slug of the entry; those whose column is a file of its own are not among them.
    """
    exports: dict[Path, dict[str, Entry]] = {}
    for entry in entries:
        if entry.text and entry.text.post:
            exports.setdefault(entry.text.path, {})[entry.text.post] = entry
    ready: dict[str, Ready | ColumnError] = {}
    for path, wanted in exports.items():
        titles = {post: entry.old.title for post, entry in wanted.items()}
        found = read_posts(path, titles, site_url=site_url, paid_text=paid_text)
        sha256 = files.sha256(path)
        for number, (post, column) in enumerate(found, start=1):
            slug = wanted[post].slug
            if isinstance(column, ColumnError):
                ready[slug] = column
            else:
                page = folder / f"{slug}.html"
                files.write(page, as_page(column))
                ready[slug] = Ready(
                    page=page,
                    word_count=column.word_count,
                    pictures=column.pictures,
                    sha256=sha256,
                )
            progress(path.name, min(number / len(wanted), 1.0))
    return ready
