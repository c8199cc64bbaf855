"""A WordPress export (WXR): RSS with WordPress's own elements, read one item at a time.

github.com/WordPress/wordpress-importer reads the same; the format has no schema of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from columncast.episodes.columns.blocks.from_html import with_markup
from columncast.episodes.columns.exports.posts import (
    IN_EXPORT,
    Post,
    apart,
    chosen,
    let_out,
    refusals,
)
from columncast.episodes.columns.exports.wordpress_text import read_text
from columncast.episodes.columns.input.xml_items import FOOTNOTES, read_items
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column
from columncast.episodes.text.html import parse
from columncast.episodes.text.normalize import make_slug, one_line
from columncast.episodes.text.urls import clean_url

_NAMES = {
    "http://purl.org/rss/1.0/modules/content/ encoded": "content",
    "http://purl.org/dc/elements/1.1/ creator": "creator",
}
_WP = re.compile(r"http://wordpress\.org/export/[\d.]+/(excerpt/)? (\w+)")


def list_wordpress(path: Path) -> list[Post]:
    """Return the posts of the export *path*, in its order."""
    return [post for post, _ in _listed(path)]


def read_wordpress(path: Path, *, post: str | None, paid: bool) -> Column:
    """Return one post of the export *path*.

    Raises:
        ColumnError: There is no such post, or it is protected.
    """
    found: dict[str, dict[str, str]] = {}
    posts = []
    for listed, item in _listed(path):
        posts.append(listed)
        # Of all but the wanted one only the name is kept: an export can be larger than memory.
        if post in (None, listed.slug) and len(found) < 2:
            found[listed.slug] = item
    wanted = chosen(posts, post)
    return _column(found[wanted.slug], wanted, paid=paid)


def wordpress_posts(
    path: Path, posts: Collection[str], *, paid: bool
) -> Iterator[tuple[str, Column | ColumnError]]:
    """Yield those *posts* of the export *path*, in its order, reading it once."""
    for listed, item in _listed(path):
        if listed.slug in posts:
            yield listed.slug, refusals(_column, item, listed, paid=paid)


def _column(item: dict[str, str], wanted: Post, *, paid: bool) -> Column:
    notices = let_out(wanted, paid=paid)
    column = Column(
        title=wanted.title,
        slug=wanted.slug,
        author=one_line(item.get("creator", "")),
        published=None if wanted.draft else wanted.published,
        source_url=clean_url(item.get("link", "")) if not wanted.draft else "",
        subtitle=one_line(parse(item.get("excerpt", "")).words()),
        blocks=(),
        draft=IN_EXPORT if wanted.draft else "",
        notices=notices,
    )
    text = read_text(item.get("content", ""), footnotes=item.get(FOOTNOTES, ""), paid=paid)
    column = replace(column, notices=column.notices + text.notices)
    return with_markup(column, parse(text.html), paid=paid)


def _listed(path: Path) -> Iterator[tuple[Post, dict[str, str]]]:
    return apart((_post(item), item) for item in _items(path))


def _items(path: Path) -> Iterator[dict[str, str]]:
    """The published posts and drafts, as plain texts."""
    for found in read_items(path):
        item = {_name(key): text for key, text in reversed(found.items())}
        if item.get("post_type") == "post" and item.get("status") not in ("trash", "auto-draft"):
            yield item


def _name(key: str) -> str:
    """WordPress's own elements by their names, in whatever version of its namespace."""
    wp = _WP.fullmatch(key)
    return ("excerpt" if wp[1] else wp[2]) if wp else _NAMES.get(key, key)


def _post(item: dict[str, str]) -> Post:
    title = one_line(parse(item.get("title", "")).words())
    status = item.get("status", "publish")
    protected = "with a password" if item.get("post_password") else ""
    return Post(
        slug=one_line(item.get("post_name", "")) or make_slug(title),
        title=title,
        published=_date(item),
        audience=protected or ("members (private)" if status == "private" else "everyone"),
        draft=status not in ("publish", "private"),
    )


def _date(item: dict[str, str]) -> datetime | None:
    """WordPress writes the date without a zone, and beside it the same in GMT; zeros for a draft."""
    text = item.get("post_date_gmt", "").strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text[:4] > "1990" else None
    except ValueError:
        return None
