"""Markdown, as CommonMark has it, with tables, footnotes and front matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize
from markdown_it.rules_inline.state_inline import Scanned
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from columncast.episodes.columns.blocks.from_html import with_markup
from columncast.episodes.columns.formats.facts import with_facts
from columncast.episodes.columns.formats.frontmatter import split_front_matter
from columncast.episodes.columns.private.dialects import plain_markdown
from columncast.episodes.columns.private.passages import Line, scan
from columncast.episodes.model.column import Column
from columncast.episodes.text.html import parse, without_cdata

# Raw HTML is let through here because what comes out is read as HTML, whose reader has no place
# for anything unsafe; refusing it would show people their own tags.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_MARKDOWN.use(footnote_plugin).use(deflist_plugin)
# Its own filter would leave a refused link standing as `[text](javascript:…)`; ours keeps the text.
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign] # noqa: ARG005 - its name
_OPENING = re.compile(r"\A\s*<[a-zA-Z][a-zA-Z0-9-]*")
"""The tag with which a block of HTML begins, up to its attributes."""

_CJK = (
    (0x1100, 0x11FF), (0x2E80, 0x2FFF), (0x3001, 0x303F), (0x3040, 0xA4CF), (0xA960, 0xA97F),
    (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFE10, 0xFE1F), (0xFE30, 0xFE6F), (0xFF01, 0xFFEE),
    (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Letters, signs and full-width forms of these scripts; the ideographic space is a space."""


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


def block_lines(text: str, kind: Literal["code", "html"]) -> frozenset[int]:
    r"""Return which lines of *text*, from 0, are blocks of code, or of HTML.

    >>> sorted(block_lines("One.\n\n    two\n\n<p>three</p>", "code"))
    [2]
    """
    types = ("fence", "code_block") if kind == "code" else ("html_block",)
    maps = (token.map for token in _MARKDOWN.parse(text, {}) if token.type in types and token.map)
    return frozenset(line for first, end in maps for line in range(first, end))


def _to_html(lines: Sequence[Line]) -> str:
    env: dict[str, object] = {}
    tokens = _MARKDOWN.parse("\n".join(line.text for line in lines), env)
    for token in tokens:
        if not token.map or token.nesting < 0:
            continue
        number = lines[token.map[0]].number
        if token.type == "html_block":
            # An attribute that comes first counts, whatever the writer's own tag says.
            token.content = _OPENING.sub(rf'\g<0> data-line="{number}"', token.content)
        else:
            token.attrSet("data-line", str(number))
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env))


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Emphasis beside Chinese, Japanese and Korean, which put no space around words.

    CommonMark lets `**` end only where a word ends, and takes a full stop inside of it for the end
    of a sentence: `**「開いている。」**と` would stay as it is. Beside such a character punctuation does
    not count, and their own punctuation is none (github.com/tats-u/markdown-cjk-friendly).
    """
    if state.src[state.pos] != "*":
        return tokenize(state, silent)
    state.scanDelims = lambda start, canSplitWord: _scanned(state, start, canSplitWord)  # type: ignore[method-assign] # noqa: N803 - its name
    try:
        return tokenize(state, silent)
    finally:
        del state.scanDelims


def _scanned(state: StateInline, start: int, can_split_word: bool) -> Scanned:  # noqa: FBT001 - as above
    """What a run of `*` may do, by the characters around it."""
    plain = StateInline.scanDelims(state, start, can_split_word)
    end = start + plain.length
    before = _before(state.src, start)
    after = state.src[end] if end < state.posMax else " "
    if not (_is_cjk(before) or _is_cjk(after)):
        return plain
    opens = not after.isspace() and (not _is_mark(after) or _is_apart(before))
    closes = not before.isspace() and (not _is_mark(before) or _is_apart(after))
    return Scanned(opens, closes, plain.length)


def _before(text: str, at: int) -> str:
    """The character before, and not the selector of its form that may stand between."""
    while at > 0 and "\ufe00" <= text[at - 1] <= "\ufe0f":
        at -= 1
    return text[at - 1] if at > 0 else " "


def _is_apart(char: str) -> bool:
    return char.isspace() or _is_cjk(char) or _is_mark(char)


def _is_mark(char: str) -> bool:
    """Punctuation, but not theirs."""
    return unicodedata.category(char)[0] in "PS" and not _is_cjk(char)


def _is_cjk(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in _CJK)


_MARKDOWN.inline.ruler.at("emphasis", _emphasis)
