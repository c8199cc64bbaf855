"""Reading a column, in whatever form its writer has it.

`read_column` looks at what a file holds, not at what it is called. Each form has a module here;
all give a `Column`, and `head` reads title, date line and byline the same way for all of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from columncast.episodes.column import Column
from columncast.episodes.columns.head import finish
from columncast.episodes.columns.markdown import looks_like_markdown, read_markdown
from columncast.episodes.columns.page import read_page
from columncast.episodes.columns.plain import read_plain
from columncast.episodes.columns.review import review
from columncast.episodes.columns.source import decode, read_bytes, refuse_other_files
from columncast.episodes.errors import ColumnError

__all__ = ["read_column"]

_HTML = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|article|main|section|div|p|h[1-6]|"
    r"ul|ol|blockquote|figure|table|header|span|em|strong|a|b|i)\b",
    re.IGNORECASE | re.DOTALL,
)


def read_column(
    path: Path, *, show_title: str = "", title: str = "", timezone: str = "UTC"
) -> Column:
    """Return the column in the file *path*.

    *show_title* is the series name that may be taken off the column's title, *title* overrides the
    column's own, *timezone* is the IANA name for dates that come without a zone.

    Raises:
        ColumnError: In one line: the file, the place in it, what to do.
    """
    try:
        data = read_bytes(path)
        refuse_other_files(data)
        column = _read(data, path, timezone)
        return review(finish(column, show_title=show_title, title=title))
    except ColumnError as e:
        if e.where == str(path):
            raise
        where = " ".join(filter(None, (path.name, e.where)))
        raise ColumnError(e.message, where=where) from e


def _read(data: bytes, path: Path, timezone: str) -> Column:
    text, notices = decode(data, _declared(data))
    if not text.strip():
        raise ColumnError("the column is empty")
    if _HTML.match(text):
        column = read_page(text)
    elif path.suffix.lower() in (".md", ".markdown", ".mdown") or looks_like_markdown(text):
        column = read_markdown(text, timezone=timezone)
    else:
        column = read_plain(text)
    return replace(column, notices=notices + column.notices)


def _declared(data: bytes) -> str:
    """The encoding that a page names for itself."""
    found = re.search(rb"<meta[^>]{0,80}charset\s*=\s*[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    return found[1].decode("ascii") if found else ""
