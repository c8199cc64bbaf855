"""Reading a column, in whatever form its writer has it.

`read_column` looks at what a file holds, not at what it is called. Each form has a module here;
all give a `Column`, and `head` reads title, date line and byline the same way for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from columncast.episodes.columns.exports.posts import Post, refusals
from columncast.episodes.columns.formats.drafts import as_draft, by_place
from columncast.episodes.columns.input.decoding import COMMENT, read_bytes, refuse_other_files
from columncast.episodes.columns.kept_text import kept_or_read
from columncast.episodes.columns.review.checks import review
from columncast.episodes.columns.review.head import finish
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column

__all__ = ["Post", "is_collection", "kind_of", "list_posts", "read_column", "read_posts"]

Kind = Literal["text", "substack", "wordpress", "ghost", "newsfeed", "word"]

_ALONE = ("text", "word")
"""Kinds of file that hold one column; the readers of the others are loaded when one is met."""

_OF_FEEDS = (".xml", ".rss", ".rdf", ".atom", "")
_FEED = re.compile(rb"<(rss|rdf:RDF|([a-zA-Z]\w*:)?feed)[\s>]")
_BEFORE_A_FEED = 1 << 17

_SINGLE = "is a single column, not a collection; give it to: columncast add"


def read_column(
    path: Path,
    *,
    show_title: str = "",
    title: str = "",
    post: str | None = None,
    timezone: str = "UTC",
    site_url: str = "",
    paid_text: bool = False,
    kept: Path | None = None,
) -> Column:
    """Return the column in the file *path*, or in one *post* of an export.

    *show_title* is the series name that may be taken off the column's title, *title* overrides the
    column's own, *timezone* (IANA) is meant by dates that come without a zone, *site_url* is where
    the publication is (exports leave that out), and *paid_text* lets out what is for paying
    readers; a podcast is for everyone. *kept* is the file of a cache: a file that holds one column
    and was read before, whatever title and show it had then, is not read again.

    Raises:
        ColumnError: In one line: the file, the place in it, what to do.
    """
    with _named(path):
        kind = kind_of(path)
        if kind not in _ALONE:
            from columncast.episodes.columns.exports import (  # noqa: PLC0415 - few have one
                ghost,
                newsfeed,
                substack,
                wordpress,
            )
        match kind:
            case "substack":
                column = substack.read_substack(path, post=post, paid=paid_text, site_url=site_url)
            case "ghost":
                column = ghost.read_ghost(path, post=post, paid=paid_text, site_url=site_url)
            case "wordpress":
                column = wordpress.read_wordpress(path, post=post, paid=paid_text)
            case "newsfeed":
                column = newsfeed.read_newsfeed(path, post=post)
            case _ if post is not None:
                raise ColumnError("is a single column; --post is for exports that hold several")
            case _:
                column = kept_or_read(path, kind, kept, timezone=timezone, paid=paid_text)
        if not column.draft:
            column = as_draft(column, by_place(path))
        return review(finish(column, show_title=show_title, title=title))


def read_posts(
    path: Path, posts: Mapping[str, str], *, site_url: str = "", paid_text: bool = False
) -> Iterator[tuple[str, Column | ColumnError]]:
    """Yield *posts* of the export *path* as `read_column` returns them, reading it once for all.

    They come in the export's order, by their slugs; one that cannot be had comes as its error. The
    title that *posts* has for a slug overrides the post's own, if it is not empty.

    Raises:
        ColumnError: The export cannot be read, or holds one column only.
    """
    from columncast.episodes.columns.exports import (  # noqa: PLC0415 - as above
        ghost,
        newsfeed,
        substack,
        wordpress,
    )

    with _named(path):
        match kind_of(path):
            case "substack":
                found = substack.substack_posts(path, posts, paid=paid_text, site_url=site_url)
            case "ghost":
                found = ghost.ghost_posts(path, posts, paid=paid_text, site_url=site_url)
            case "wordpress":
                found = wordpress.wordpress_posts(path, posts, paid=paid_text)
            case "newsfeed":
                found = newsfeed.newsfeed_posts(path, posts)
            case _:
                raise ColumnError(_SINGLE)
        for slug, read in found:
            column = refusals(_finished, read, posts[slug]) if isinstance(read, Column) else read
            yield slug, _about(path, column) if isinstance(column, ColumnError) else column


def _finished(column: Column, title: str) -> Column:
    return review(finish(column, show_title="", title=title))


def list_posts(path: Path) -> list[Post]:
    """Return the posts of the export or feed *path*, in its order.

    Raises:
        ColumnError: It cannot be read, or holds one column only.
    """
    from columncast.episodes.columns.exports import (  # noqa: PLC0415 - as above
        ghost,
        newsfeed,
        substack,
        wordpress,
    )

    with _named(path):
        match kind_of(path):
            case "substack":
                return substack.list_substack(path)
            case "wordpress":
                return wordpress.list_wordpress(path)
            case "ghost":
                return ghost.list_ghost(path)
            case "newsfeed":
                return newsfeed.list_newsfeed(path)
        raise ColumnError(_SINGLE)


def is_collection(path: Path) -> bool:
    """Whether *path* holds several columns to choose from.

    Raises:
        ColumnError: It is a kind that holds no column.
    """
    return kind_of(path) in ("substack", "wordpress", "ghost", "newsfeed")


def kind_of(path: Path) -> Kind:
    """Return what kind of file *path* is, from its first bytes.

    Raises:
        ColumnError: It is a kind that holds no column.
    """
    with _named(path):
        start = _start(path)
        if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _kind_in_zip(path)
        refuse_other_files(start)
        # The marks are ASCII in every encoding that exports come in, UTF-16 with its NULs apart.
        text = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if (declaration := text.find(b"<?xml")) > 0 and re.search(rb"<(rss|feed|rdf:RDF)\b", text):
            text = text[declaration:]  # a server's warning or a blank line, and then the export
        if text.startswith(b"{") and re.search(rb'^\{\s*"(db|meta|data)"', text):
            return "ghost"
        if re.match(
            rb"(<\?xml[^>]*>\s*)?(?:%b)*+(<!DOCTYPE[^>[]*(\[.*?\])?\s*>\s*)?<(rss|([a-zA-Z]\w*:)?feed|rdf:RDF)\b"
            % COMMENT.encode(),
            text,
            re.DOTALL,
        ):
            return "wordpress" if b"wordpress.org/export/" in text else "newsfeed"
        if path.suffix.lower() in _OF_FEEDS and _FEED.search(start := _beginning(path)):
            # With something before it that a server put there.
            return "wordpress" if b"wordpress.org/export/" in start else "newsfeed"
        return "text"


def _kind_in_zip(path: Path) -> Kind:
    from columncast.episodes.columns.formats.word import is_word  # noqa: PLC0415 - few have one
    from columncast.episodes.columns.input.zipfiles import opened  # noqa: PLC0415 - as above

    with opened(path) as archive:
        if is_word(archive):
            return "word"
        from columncast.episodes.columns.exports import (  # noqa: PLC0415 - as above
            ghost,
            substack,
        )

        if substack.is_substack(archive):
            return "substack"
        if ghost.is_ghost(archive):
            return "ghost"
    raise ColumnError(
        "is a zip file, but no export of Substack (it has no posts.csv) or Ghost (it has no "
        "JSON), and no .docx"
    )


def _beginning(path: Path) -> bytes:
    """As much of a file as can stand before a feed, without the NULs of UTF-16."""
    with path.open("rb") as f:
        return f.read(_BEFORE_A_FEED).replace(b"\x00", b"")


def _start(path: Path) -> bytes:
    """The first bytes of a file that can be read and is not empty."""
    try:
        with path.open("rb") as f:
            start = f.read(4096)
    except OSError:
        return read_bytes(path)  # which says what is wrong
    return start or read_bytes(path)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Put the file's name before whatever is wrong in it."""
    try:
        yield
    except ColumnError as e:
        told = _about(path, e)
        if told is e:
            raise
        raise told from e


def _about(path: Path, error: ColumnError) -> ColumnError:
    if error.where.startswith(path.name):
        return error
    return ColumnError(error.message, where=" ".join(filter(None, (path.name, error.where))))
