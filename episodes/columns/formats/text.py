"""A file of text: HTML, Markdown or another light markup, or plain; told apart by what it holds."""

from __future__ import annotations

import re
from dataclasses import replace

from columncast.episodes.columns.formats.markdown import read_markdown
from columncast.episodes.columns.formats.other_markup import as_markdown
from columncast.episodes.columns.formats.page import read_page
from columncast.episodes.columns.formats.plain import read_plain
from columncast.episodes.columns.formats.signs import looks_like_markdown
from columncast.episodes.columns.input.decoding import (
    COMMENT,
    TEXT_LIMIT,
    decode,
    refuse_monsters,
    refuse_too_large,
)
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column

_MARKDOWN = frozenset(".md .markdown .mdown .mkd .mkdn .mdwn .mdx .qmd .rmd .livemd".split())
_HTML = re.compile(
    rf"\s*+(<\?xml[^>]*>\s*)?(?:{COMMENT})*+<(!doctype\s+html|html|head|body|article|main|section|div|"
    r"p|h[1-6]|ul|ol|blockquote|figure|table|header|span|em|strong|a|b|i|meta)\b",
    re.IGNORECASE | re.DOTALL,
)


def read_text(data: bytes, suffix: str, *, timezone: str, paid: bool) -> Column:
    """Return the column in *data*, the bytes of a file whose name ends in *suffix* (`.md`).

    *timezone* and *paid* are as for `door.read_column`.

    Raises:
        ColumnError: It holds no text, or more than any column.
    """
    text, notices = decode(data, _declared(data))
    if not text.strip():
        raise ColumnError("the column is empty")
    if _HTML.match(text):
        column = read_page(text, timezone=timezone, paid=paid)
    else:
        refuse_too_large(data, TEXT_LIMIT)
        refuse_monsters(text)
        converted = as_markdown(text, suffix)
        if converted is not None or suffix.lower() in _MARKDOWN or looks_like_markdown(text):
            marked = text if converted is None else converted
            column = read_markdown(marked, timezone=timezone, paid=paid)
        else:
            column = read_plain(text)
    return replace(column, notices=notices + column.notices)


def _declared(data: bytes) -> str:
    """The encoding that a page names for itself."""
    found = re.search(rb"<meta[^>]{0,80}charset\s*=\s*[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    return found[1].decode("ascii") if found else ""
