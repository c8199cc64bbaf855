"""Markdown, as CommonMark has it, with tables, footnotes and front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from columncast.episodes.column import Column
from columncast.episodes.columns.cjk_emphasis import cjk_emphasis
from columncast.episodes.columns.dialects import plain_markdown
from columncast.episodes.columns.facts import with_facts
from columncast.episodes.columns.frontmatter import split_front_matter
from columncast.episodes.columns.markup import with_markup
from columncast.episodes.columns.private import Line, scan
from columncast.episodes.html import parse, without_cdata

# Raw HTML is let through here because what comes out is read as HTML, whose reader has no place
# for anything unsafe; refusing it would show people their own tags.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_MARKDOWN.use(footnote_plugin).use(deflist_plugin).use(cjk_emphasis)
# Its own filter would leave a refused link standing as `[text](javascript:…)`; ours keeps the text.
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign] # noqa: ARG005 - its name

_SIGNS = re.compile(
    r"^#{1,6} \S|^\[\^[^\]]+\]:|\[[^\]\n]{1,200}\]\((?:https?:|mailto:|/|#)[^)\n]{0,500}\)|^(?:```|~~~)|"
    r"\*\*\S[^*\n]{1,200}\S\*\*|^!\[",
    re.MULTILINE,
)


def looks_like_markdown(text: str) -> bool:
    """Whether a text without a telling name is Markdown."""
    front = re.match(r"(---|\+\+\+)\s*\n\s*[\w-]+\s*[:=]|(?:;;;\s*)?\{\s*\"[\w-]+\"\s*:", text)
    return bool(front or _SIGNS.search(text))


def read_markdown(text: str, *, timezone: str, paid: bool = False) -> Column:
    """Return the column in *text*.

    Raises:
        ColumnError: The front matter cannot be read.
    """
    facts, body, lines_above = split_front_matter(text)
    column = with_facts(Column(title="", slug="", blocks=()), facts, timezone=timezone)
    # A feed's wrapping that was pasted along would hide the text from Markdown.
    shown, found = scan(without_cdata(body), "markdown", first_line=lines_above + 1)
    shown = plain_markdown(shown, found)
    column = replace(
        column,
        notices=column.notices + found.notices(),
        keywords=column.keywords or tuple(dict.fromkeys(found.keywords)),
    )
    return with_markup(column, parse(_to_html(shown)), paid=paid, from_web=False)


def to_html(text: str) -> str:
    """Return a piece of Markdown as HTML, which is not fit to be shown before it has been read."""
    return str(_MARKDOWN.render(text))


def _to_html(lines: Sequence[Line]) -> str:
    env: dict[str, object] = {}
    tokens = _MARKDOWN.parse("\n".join(line.text for line in lines), env)
    for token in tokens:
        if token.map and token.nesting >= 0 and token.type != "html_block":
            token.attrSet("data-line", str(lines[token.map[0]].number))
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env))
