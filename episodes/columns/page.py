"""HTML: a fragment, or a web page as a browser saved it."""

from __future__ import annotations

import re

from columncast.episodes.column import Column
from columncast.episodes.columns.markup import with_markup
from columncast.episodes.html import parse


def read_page(text: str) -> Column:
    """Return the column in *text*."""
    top = parse(re.sub(r"<!\[CDATA\[(.*?)\]\]>", r"\1", text, flags=re.DOTALL))
    body = next((e for e in top.children if e.tag == "body"), top)
    return with_markup(Column(title="", slug="", blocks=()), body)
