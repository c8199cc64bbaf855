"""One post of an export as a file of its own: a web page that reads back as the same column.

An export holds what is nobody else's business (subscribers' addresses, drafts, posts that were
paid for), so a show's folder keeps only the one post that was chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from columncast.episodes.columns.door import list_posts, read_posts
from columncast.episodes.columns.exports.posts import chosen
from columncast.episodes.columns.formats.drafts import STATUS_META
from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import Names, file_name
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column
from columncast.episodes.model.notice import Notice
from columncast.episodes.pictures.gather import lay_again
from columncast.episodes.pictures.names import shown


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """A post that is a file of its own now."""

    path: Path
    column: Column
    notices: tuple[Notice, ...] = ()


def extract(
    source: Path,
    posts: Iterable[str],
    folder: Path,
    *,
    site_url: str = "",
    paid_text: bool = False,
) -> Iterator[Extracted | ColumnError]:
    """Write the chosen *posts* of the export *source* into *folder*, a file each, in its order.

    A post that is not for everyone, or cannot be read, comes as its error and stops no other.

    No file that is there is replaced: what has other text keeps its name, and the post gets a
    number. The same post once more is the file that it was.

    *site_url* is where the publication is, which exports leave out. With *paid_text*, what is for
    paying readers is let out as well.

    Raises:
        ColumnError: The export cannot be read, or has no such post; nothing was written.
    """
    files.sweep(folder, shared=True)
    known = list_posts(source)
    names = Names()
    wanted = {chosen(known, slug).slug: "" for slug in posts}
    for slug, column in read_posts(source, wanted, site_url=site_url, paid_text=paid_text):
        if isinstance(column, ColumnError):
            yield column
            continue
        page = as_page(column).encode()
        for name in names.candidates(slug, ".html"):
            path = files.inside(folder, name, follow=False)
            if not files.is_there(path) or files.holds(path, page):
                break
            names.take(name)
        names.take(name)
        files.write(path, page)
        notices = (*_renamed(folder, slug, name), *_pictures(column, source, path))
        yield Extracted(path=path, column=column, notices=notices)


def _pictures(column: Column, source: Path, page: Path) -> Iterator[Notice]:
    """Lay pictures that lie in the export next to *page*; say which ones are not to be had."""
    for name, why in lay_again(column, source, page.parent):
        message = f"the picture {shown(name)} did not come along: it {why}"
        yield Notice(code="picture-missing", message=message, where=str(page))


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """What came of the posts that were chosen."""

    made: tuple[Extracted, ...]
    failed: tuple[ColumnError, ...]


def extract_all(
    source: Path,
    posts: Collection[str],
    folder: Path,
    *,
    site_url: str = "",
    paid_text: bool = False,
) -> Extraction:
    """Do what `extract` does; without *posts*, for all that are published and for everyone.

    Raises:
        ColumnError: As `extract` does, and where not one post can be taken out.
    """
    slugs = posts or [post.slug for post in list_posts(source) if post.is_public and not post.draft]
    found = list(extract(source, slugs, folder, site_url=site_url, paid_text=paid_text))
    made = tuple(one for one in found if isinstance(one, Extracted))
    failed = tuple(one for one in found if isinstance(one, ColumnError))
    if failed and not made:
        more = f" ({len(failed) - 1} more that cannot be taken out)" if len(failed) > 1 else ""
        raise ColumnError(f"{failed[0].message}{more}", where=failed[0].where)
    return Extraction(made=made, failed=failed)


def _renamed(folder: Path, slug: str, name: str) -> tuple[Notice, ...]:
    plain = f"{file_name(slug)}.html"
    if name == plain:
        return ()
    message = f"holds another text and was left unchanged; the post {slug!r} is {name}"
    return (Notice(code="name-taken", message=message, where=str(folder / plain)),)


def with_named_pictures(column: Column) -> Column:
    """Return *column* with the files that its pictures are in the place of their addresses."""
    return column.with_pictures(
        image=lambda block: replace(block, src=block.src or block.file),
        inline=lambda span: replace(span, href=span.href or span.file),
    )


def as_page(column: Column) -> str:
    """Return *column* as a web page; `read_column` reads it as what it was.

    What was dropped from the column (the line that points to the audio) is not in it. Pictures are
    named as the column named them, those that lie beside it as well.
    """
    column = with_named_pictures(column)
    title = f"{column.series}: {column.title}" if column.series else column.title
    head = [f'<meta property="og:title" content="{escape(title)}">']
    if column.author:
        head.append(f'<meta name="author" content="{escape(column.author)}">')
    if column.draft:  # whoever takes the page shall know
        head.append(f'<meta name="{STATUS_META}" content="draft">')
    if column.published:
        date = column.published.isoformat()
        head.append(f'<meta property="article:published_time" content="{date}">')
    if column.source_url:
        head.append(f'<link rel="canonical" href="{escape(column.source_url)}">')
    body = []
    if column.subtitle:
        body.append(f'<p class="subtitle">{escape(column.subtitle, quote=False)}</p>')
    if column.story_date:
        body.append(f"<p>{escape(column.story_date, quote=False)}</p>")
    body.append(column.html)
    language = f' lang="{column.language}"' if column.language else ""
    lines = [
        "<!doctype html>",
        f"<html{language}>",
        '<head><meta charset="utf-8">',
        *head,
        f"<title>{escape(title, quote=False)}</title></head>",
        "<body>",
        *body,
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"
