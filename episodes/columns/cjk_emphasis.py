"""Emphasis beside Chinese, Japanese and Korean, which put no space around words.

CommonMark lets `**` end only where a word ends, and takes a full stop inside of it for the end of a
sentence: `**「開いている。」**と` stays as it is. The rule here is that of markdown-cjk-friendly
(github.com/tats-u/markdown-cjk-friendly, specification 1): beside such a character punctuation does
not count, and their own punctuation is none.
"""

from __future__ import annotations

import unicodedata

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize
from markdown_it.rules_inline.state_inline import Scanned

_CJK = (
    (0x1100, 0x11FF), (0x2E80, 0x2FFF), (0x3001, 0x303F), (0x3040, 0xA4CF), (0xA960, 0xA97F),
    (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFE10, 0xFE1F), (0xFE30, 0xFE6F), (0xFF01, 0xFFEE),
    (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Letters, signs and full-width forms of these scripts; the ideographic space is a space."""


def cjk_emphasis(markdown: MarkdownIt) -> None:
    """Let `*` open and close beside Chinese, Japanese and Korean (a plugin for markdown-it-py)."""
    markdown.inline.ruler.at("emphasis", _emphasis)


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
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
