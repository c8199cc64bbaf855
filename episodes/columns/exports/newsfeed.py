"""One entry of a publication's RSS or Atom file."""

from __future__ import annotations

import calendar
import io
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from columncast.episodes.columns.blocks.from_html import with_markup
from columncast.episodes.columns.exports.posts import Post, apart, chosen, refusals
from columncast.episodes.columns.input.decoding import PAGE_LIMIT, read_bytes
from columncast.episodes.columns.input.xml_items import refuse_entities
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column
from columncast.episodes.text.html import parse
from columncast.episodes.text.normalize import clean, make_slug, one_line
from columncast.episodes.text.urls import clean_url


def list_newsfeed(path: Path) -> list[Post]:
    """Return the entries of the feed *path*, in its order."""
    return [post for post, _ in _listed(path)]


def read_newsfeed(path: Path, *, post: str | None) -> Column:
    """Return one entry of the feed *path*.

    Raises:
        ColumnError: There is no such entry, or the reader for feeds is not installed.
    """
    entries = dict(_listed(path))
    wanted = chosen(entries, post)
    return _column(entries[wanted], wanted)


def newsfeed_posts(
    path: Path, posts: Collection[str]
) -> Iterator[tuple[str, Column | ColumnError]]:
    """Yield those *posts* of the feed *path*, in its order, reading it once."""
    for listed, entry in _listed(path):
        if listed.slug in posts:
            yield listed.slug, refusals(_column, entry, listed)


def _listed(path: Path) -> Iterator[tuple[Post, Any]]:
    return apart((_post(entry), entry) for entry in _entries(path))


def _column(entry: Any, wanted: Post) -> Column:
    contents = [part.get("value") or "" for part in entry.get("content") or []]
    summary = entry.get("summary") or ""
    body = max([*contents, summary], key=len)
    # Where a feed has no summary, its reader gives the text itself for one.
    told = one_line(parse(summary).words()) if body != summary and len(summary) < 300 else ""
    column = Column(
        title=wanted.title,
        slug=wanted.slug,
        subtitle=told,
        author=one_line(entry.get("author") or ""),
        published=wanted.published,
        source_url=clean_url(entry.get("link") or ""),
        blocks=(),
    )
    return with_markup(column, parse(clean(body)))


def _entries(path: Path) -> list[Any]:
    import feedparser  # noqa: PLC0415 - slow to load, and seldom needed

    data = read_bytes(path, PAGE_LIMIT)
    refuse_entities(data)
    # Bytes in a file object are never taken for an address; what is unsafe has no place in a
    # column, so the sanitiser (it takes Substack's attributes off) is not needed.
    parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=True)
    if not parsed.entries and parsed.bozo:
        raise ColumnError(f"is no feed that can be read: {parsed.bozo_exception}")
    return list(parsed.entries)


def _post(entry: Any) -> Post:
    title = one_line(parse(entry.get("title") or "").words())
    # The last part of the address is what the publication calls it.
    place = (entry.get("link") or "").split("?")[0].rstrip("/").rpartition("/")[2]
    name = place.removesuffix(".html") if "." not in place.removesuffix(".html") else ""
    return Post(slug=make_slug(name or title), title=title, published=_date(entry))


def _date(entry: Any) -> datetime | None:
    moment = entry.get("published_parsed")  # in UTC; not `updated`: an edit is no publication
    return datetime.fromtimestamp(calendar.timegm(moment), UTC) if moment else None
