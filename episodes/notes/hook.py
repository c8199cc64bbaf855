"""The hook: the one or two sentences that an app shows before anybody opens the notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from columncast.episodes.model.column import Block, Column, Span, words
from columncast.episodes.text.app_html import for_apps
from columncast.episodes.text.normalize import clip, fold, one_line

LIMIT = 300
"""Characters; apps show fewer, and a longer one is a paragraph."""

_CANDIDATES = 4
"""Paragraphs from the top that may hold it."""

_CONNECTIVE = re.compile(
    r"^(But|And|Yet|So)\s+(?=\w)(?!\s*(?:I|he|she|it|they|we|this|that|these|those)\b)"
)
"""A word that ties a sentence to the one before, and can go without harm where it opens the notes."""
_DEPENDENT = re.compile(
    r"^(But|And|Yet|So|Or|Nor|He|She|It|They|His|Her|Its|Their|This|That|These|Those|Such|Moreover|"
    r"However|Therefore|Thus|Then|Still|Nevertheless|Meanwhile|Instead|Also|Both|Another)\b"
)
_SMALL_WORDS = frozenset(
    "the and for with from into over under about after before how why what when where who which that this "
    "his her its their our your not are was were has had have will would can could der die das und ein eine "
    "des dem den les des une est pour dans los las una del por con".split()
)


def choose_hook(
    column: Column, body: Sequence[Block], *, editor_hook: str = "", subtitle: str = ""
) -> tuple[tuple[Block, ...], tuple[Block, ...], bool]:
    """Return the hook, the body without it, and whether it was moved up from further down.

    The editor's own comes first, then the writer's in front matter, then the episode's *subtitle*. Else it is the first
    paragraph that stands by itself, is short enough, and speaks of what the title promises; it is
    moved to the top, not repeated. If there is none, the column's own beginning is hook enough.
    """
    given = one_line(editor_hook or column.hook or subtitle)
    if given:
        hook = Block(spans=words(clip(given, LIMIT)))
        return (hook,), tuple(b for b in body if fold(b.text) != fold(given)), False
    wanted = _title_words(column.title)
    candidates = [at for at, block in enumerate(body) if block.kind == "paragraph"][:_CANDIDATES]
    for at in candidates:
        block = _standing_alone(body[at])
        if block and _speaks_of(wanted, block.text):
            return for_apps([block]), (*body[:at], *body[at + 1 :]), at > 0
    return (), tuple(body), False


def _standing_alone(block: Block) -> Block | None:
    """*block* as an opening: without the word that tied it to the one before; None if it cannot be."""
    if len(block.text) > LIMIT or any(span.kind == "note" for span in block.spans):
        return None
    first = block.spans[0] if block.spans else Span()
    if first.kind == "text" and (tied := _CONNECTIVE.match(first.text)):
        rest = first.text[tied.end() :]
        block = replace(block, spans=(Span(text=rest[0].upper() + rest[1:]), *block.spans[1:]))
    return None if _DEPENDENT.match(block.text) else block


def _title_words(title: str) -> set[str]:
    found = re.findall(r"[^\W\d_]{3,}", fold(title).replace("'s", ""))
    return {word for word in found if word not in _SMALL_WORDS}


def _speaks_of(wanted: set[str], text: str) -> bool:
    """Whether *text* has at least half of the title's words, in whatever ending, and two of them."""
    there = set(re.findall(r"[^\W\d_]{3,}", fold(text).replace("'s", "")))
    stems = {word[: max(4, len(word) - 2)] for word in there}
    hits = sum(word[: max(4, len(word) - 2)] in stems for word in wanted)
    return bool(wanted) and hits * 2 >= len(wanted) and hits >= min(2, len(wanted))
