"""A Ghost export: one JSON document with every post, its text as HTML.

Only the fields named here are ever built; the rest of the document (it can be large, and holds
members' and staff's data) is passed over by the decoder.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from columncast.episodes.columns.blocks.from_html import with_markup
from columncast.episodes.columns.exports.ghost_text import Written, read_lexical, read_mobiledoc
from columncast.episodes.columns.exports.posts import (
    IN_EXPORT,
    Post,
    apart,
    chosen,
    let_out,
    refusals,
)
from columncast.episodes.columns.input.decoding import read_bytes
from columncast.episodes.columns.input.zipfiles import Archive, opened
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column
from columncast.episodes.text.html import parse
from columncast.episodes.text.normalize import clean, make_slug, one_line
from columncast.episodes.text.urls import clean_url

_LIMIT = 64_000_000
_MOST_OBJECTS = 1_500_000
"""Braces in the document; a full export of the largest size has a third of that."""
_DOCUMENT = re.compile(r"(?:[^/]+/)?(?:data/)?[^/]+\.json")
_SITE = "__GHOST_URL__"
"""What the export writes in place of the site's own address."""


_HALVES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""A backslash, a character in two halves, or half of one (`\\ud83d`), which decoders refuse."""


class _Post(msgspec.Struct):
    title: str | None = None
    slug: str | None = None
    html: str | None = None
    lexical: str | None = None
    mobiledoc: str | None = None
    id: Any = None
    type: str | None = None
    page: Any = None
    status: str | None = None
    visibility: str | None = None
    published_at: Any = None
    custom_excerpt: str | None = None
    canonical_url: str | None = None


class _User(msgspec.Struct):
    id: Any = None
    name: str | None = None


class _Author(msgspec.Struct):
    post_id: Any = None
    author_id: Any = None


class _Data(msgspec.Struct):
    posts: list[_Post] = []
    users: list[_User] = []
    posts_authors: list[_Author] = []


class _Database(msgspec.Struct):
    data: _Data


class _Export(msgspec.Struct):
    db: list[_Database] = []
    data: _Data | None = None


def list_ghost(path: Path) -> list[Post]:
    """Return the posts of the export *path*, in its order."""
    return [post for post, _ in _listed(_read(path))]


def read_ghost(path: Path, *, post: str | None, paid: bool, site_url: str = "") -> Column:
    """Return one post of the export *path*; *site_url* is where the publication is.

    Raises:
        ColumnError: There is no such post, or it is not for everyone.
    """
    data = _read(path)
    posts = dict(_listed(data))
    wanted = chosen(posts, post)
    return _column(data, posts[wanted], wanted, paid=paid, site_url=site_url)


def ghost_posts(
    path: Path, posts: Collection[str], *, paid: bool, site_url: str = ""
) -> Iterator[tuple[str, Column | ColumnError]]:
    """Yield those *posts* of the export *path*, in its order, reading it once."""
    data = _read(path)
    for listed, found in _listed(data):
        if listed.slug in posts:
            read = refusals(_column, data, found, listed, paid=paid, site_url=site_url)
            yield listed.slug, read


def _column(data: _Data, found: _Post, wanted: Post, *, paid: bool, site_url: str) -> Column:
    notices = let_out(wanted, paid=paid)
    site = site_url.rstrip("/")
    column = Column(
        title=wanted.title,
        slug=wanted.slug,
        subtitle=one_line(found.custom_excerpt or ""),
        author=_author(data, found.id),
        published=None if wanted.draft else wanted.published,
        source_url=clean_url(
            found.canonical_url or (f"{site}/{quote(_post(found).slug)}/" if site else "")
        ),
        blocks=(),
        draft=IN_EXPORT if wanted.draft else "",
        notices=notices,
    )
    written = _text(found, paid=paid)
    column = replace(column, notices=column.notices + written.notices())
    return with_markup(column, parse(clean(written.html).replace(_SITE, site)), paid=paid)


def _text(post: _Post, *, paid: bool) -> Written:
    """The post's HTML; drafts, and posts of some exports, have only what the editor made it of."""
    if (post.html or "").strip():
        return Written(html=post.html or "")
    if (post.lexical or "").strip():
        return read_lexical(post.lexical or "", paid=paid)
    if (post.mobiledoc or "").strip():
        return read_mobiledoc(post.mobiledoc or "", paid=paid)
    return Written(html="")


def is_ghost(archive: Archive) -> bool:
    """Whether the zip is a Ghost export together with its pictures (ghost.org/docs/migration)."""
    return bool(_document_in(archive))


def _document_in(archive: Archive) -> str:
    """The member that holds the posts: the JSON at the top, or in a backup's folder `data`."""
    return next((name for name in archive.names if _DOCUMENT.fullmatch(name)), "")


def _raw(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        return read_bytes(path, _LIMIT)
    with opened(path) as archive:
        return archive.read(_document_in(archive), _LIMIT)


def _read(path: Path) -> _Data:
    raw = _raw(path)
    if raw.count(b"{") > _MOST_OBJECTS:
        raise ColumnError("holds more things than any Ghost export; is it the right file?")
    try:
        try:
            export = msgspec.json.decode(raw, type=_Export)
        except msgspec.DecodeError:
            export = msgspec.json.decode(_HALVES.sub(_whole, raw), type=_Export)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as e:
        raise ColumnError(f"is no Ghost export that can be read: {e}") from e
    data = export.db[0].data if export.db else export.data
    if data is None:
        raise ColumnError("is JSON, but no Ghost export (it has no posts)")
    return data


def _posts(data: _Data) -> list[_Post]:
    return [post for post in data.posts if post.type in (None, "post") and not post.page]


def _listed(data: _Data) -> Iterator[tuple[Post, _Post]]:
    return apart((_post(found), found) for found in _posts(data))


def _post(post: _Post) -> Post:
    title = one_line(post.title or "")
    return Post(
        slug=one_line(post.slug or "") or make_slug(title),
        title=title,
        published=_date(post.published_at),
        audience=post.visibility or "public",
        draft=post.status not in (None, "published", "sent"),
    )


def _date(value: Any) -> datetime | None:
    """ISO 8601; in exports before Ghost 1.0, milliseconds since 1970."""
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC)
        return datetime.fromisoformat(value).astimezone(UTC) if value else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _author(data: _Data, post_id: Any) -> str:
    names = {user.id: one_line(user.name or "") for user in data.users}
    ids = [author.author_id for author in data.posts_authors if author.post_id == post_id]
    return " and ".join(filter(None, (names.get(each, "") for each in ids)))


def _whole(found: re.Match[bytes]) -> bytes:
    """A half goes, all else stays."""
    return b"" if len(found[0]) == 6 else found[0]
