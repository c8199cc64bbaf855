"""A Substack export: a zip with `posts.csv` and one HTML file a post.

It also holds the subscribers' addresses and who opened what; those files are never opened.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from columncast.episodes.columns.blocks.from_html import with_markup
from columncast.episodes.columns.exports.posts import (
    IN_EXPORT,
    Post,
    apart,
    chosen,
    let_out,
    refusals,
)
from columncast.episodes.columns.input.dates import read_date
from columncast.episodes.columns.input.decoding import PAGE_LIMIT, decode
from columncast.episodes.columns.input.zipfiles import Archive, opened
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column
from columncast.episodes.text.html import parse
from columncast.episodes.text.normalize import clean, one_line
from columncast.episodes.text.urls import clean_url

_LIST = "posts.csv"
_LIST_LIMIT = 32_000_000
_LONGEST_FIELD = 1_000_000
_TYPES = ("newsletter", "podcast", "")
"""Threads and pages are no columns."""


def is_substack(archive: Archive) -> bool:
    """Whether the zip is such an export."""
    return any(name.rpartition("/")[2] == _LIST for name in archive.names)


def list_substack(path: Path) -> list[Post]:
    """Return the posts of the export *path*, in its order."""
    with opened(path) as archive:
        return [post for post, _ in _listed(archive)]


def read_substack(path: Path, *, post: str | None, paid: bool, site_url: str = "") -> Column:
    """Return one post of the export *path*; *site_url* is where the publication is.

    Raises:
        ColumnError: There is no such post, its text is missing, or it is not for everyone.
    """
    with opened(path) as archive:
        rows = dict(_listed(archive))
        wanted = chosen(rows, post)
        return _column(archive, rows[wanted], wanted, paid=paid, site_url=site_url)


def substack_posts(
    path: Path, posts: Collection[str], *, paid: bool, site_url: str = ""
) -> Iterator[tuple[str, Column | ColumnError]]:
    """Yield those *posts* of the export *path*, in its order, opening it once."""
    with opened(path) as archive:
        for listed, row in _listed(archive):
            if listed.slug in posts:
                read = refusals(_column, archive, row, listed, paid=paid, site_url=site_url)
                yield listed.slug, read


def _column(
    archive: Archive, row: dict[str, str], wanted: Post, *, paid: bool, site_url: str
) -> Column:
    notices = let_out(wanted, paid=paid)
    text, found = decode(archive.read(_member(archive, row["post_id"]), PAGE_LIMIT))
    column = Column(
        title=wanted.title,
        slug=wanted.slug,
        subtitle=one_line(row.get("subtitle") or ""),
        published=None if wanted.draft else wanted.published,
        source_url=clean_url(f"{site_url.rstrip('/')}/p/{quote(_post(row).slug)}")
        if site_url
        else "",
        blocks=(),
        draft=IN_EXPORT if wanted.draft else "",
        notices=notices + found,
    )
    return with_markup(column, parse(text), paid=paid)


def _rows(archive: Archive) -> list[dict[str, str]]:
    name = min((n for n in archive.names if n.rpartition("/")[2] == _LIST), key=len, default=_LIST)
    text = clean(archive.read(name, _LIST_LIMIT).decode("utf-8-sig", errors="replace"))
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        reader = csv.DictReader(io.StringIO(text))
        rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    except csv.Error as e:
        raise ColumnError(f"{_LIST} in the zip file cannot be read: {e}") from e
    if reader.fieldnames is None or "post_id" not in reader.fieldnames:
        raise ColumnError(
            f"{_LIST} in the zip file has no column post_id; is it a Substack export?"
        )
    return [row for row in rows if row["post_id"] and row.get("type", "").lower() in _TYPES]


def _listed(archive: Archive) -> Iterator[tuple[Post, dict[str, str]]]:
    return apart((_post(row), row) for row in _rows(archive))


def _post(row: dict[str, str]) -> Post:
    number, _, slug = row["post_id"].partition(".")
    published = row.get("is_published", "").strip().lower() == "true"
    return Post(
        slug=one_line(slug or number),
        title=one_line(row.get("title", "")),
        published=_date(row.get("post_date", "")),
        audience=row.get("audience", "").strip() or "everyone",
        draft=not published,
    )


def _date(text: str) -> datetime | None:
    try:
        return read_date(text, timezone="UTC", where=_LIST)[0] if text.strip() else None
    except ColumnError:
        return None  # a draft's date may be anything; it is not used


def _member(archive: Archive, post_id: str) -> str:
    """The HTML of a post: `posts/<id>.<slug>.html`, in older exports `posts/<id>.html`."""
    number = post_id.partition(".")[0]
    names = re.compile(rf"(^|/)posts/({re.escape(post_id)}|{re.escape(number)})\.html$")
    found = [name for name in archive.names if names.search(name)]
    if not found:
        raise ColumnError(f"the export holds no text for the post {post_id!r}; export it again")
    return max(found, key=len)
