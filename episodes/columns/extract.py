"""One post of an export as a file of its own: a web page that reads back as the same column.

An export holds what is nobody else's business (subscribers' addresses, drafts, posts that were
paid for), so a show's folder keeps only the one post that was chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from columncast.episodes import files
from columncast.episodes.column import Column
from columncast.episodes.columns import list_posts, read_posts
from columncast.episodes.columns.posts import chosen
from columncast.episodes.errors import ColumnError


def extract(
    source: Path,
    posts: Iterable[str],
    folder: Path,
    *,
    site_url: str = "",
    paid_text: bool = False,
) -> Iterator[tuple[Path, Column]]:
    """Write the chosen *posts* of the export *source* into *folder*, a file each, in its order.

    *site_url* is where the publication is, which exports leave out. With *paid_text*, what is for
    paying readers is let out as well.

    Raises:
        ColumnError: There is no such post, or it is not for everyone.
    """
    known = list_posts(source)
    wanted = {chosen(known, slug).slug: "" for slug in posts}
    for slug, column in read_posts(source, wanted, site_url=site_url, paid_text=paid_text):
        if isinstance(column, ColumnError):
            raise column
        path = folder / f"{slug}.html"
        files.write(path, as_page(column))
        yield path, column


def as_page(column: Column) -> str:
    """Return *column* as a web page; `read_column` reads it as what it was.

    What was dropped from the column (the line that points to the audio) is not in it.
    """
    title = f"{column.series}: {column.title}" if column.series else column.title
    head = [f'<meta property="og:title" content="{escape(title)}">']
    if column.author:
        head.append(f'<meta name="author" content="{escape(column.author)}">')
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
