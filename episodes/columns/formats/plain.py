"""Plain text: paragraphs told by line ends, by blank lines, or wrapped hard at a column."""

from __future__ import annotations

import re
from itertools import pairwise

from columncast.episodes.columns.private.passages import Line, scan
from columncast.episodes.model.column import Block, Column, Span, words
from columncast.episodes.text.normalize import decode_entities

_WRAP_WIDEST = 120
"""Characters; a line longer than this was not wrapped by anybody."""

_RULE = re.compile(r"^\s*([*_~#=-]\s*){3,}$|^\s*[⁂❦]\s*$")
_SENTENCE_END = re.compile(r"[.!?…:][\"'’”»)\]]*\s*$")
_BULLET = re.compile(r"^\s*(?:[•‣▪–]|[-*](?=\s))\s+(?=\S)")


def read_plain(text: str) -> Column:
    """Return the column in *text*; its first block is the title.

    Blank lines part paragraphs where there are any; else every line is one, unless lines break
    where the next word would not have fitted: then they were wrapped, and are joined again.
    """
    # Comments first: an entity in the text may spell what looks like the beginning of one.
    shown, found = scan(text, "plain")
    lines = [Line(line.number, decode_entities(line.text)) for line in shown]
    groups = _groups(lines)
    width = _wrapped_at(groups)
    parted = len(groups) > 1
    blocks: list[Block] = []
    for group in groups:
        if width:
            blocks += _wrapped(group, width, trust_blank_lines=parted)
        elif parted and blocks and _is_verse(group):
            blocks.append(_verse(group))
        else:
            blocks += [_block([line]) for line in group]
    return Column(title="", slug="", blocks=_listed(blocks), notices=found.notices())


def _groups(lines: list[Line]) -> list[list[Line]]:
    groups: list[list[Line]] = [[]]
    for line in lines:
        if line.text.strip():
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _wrapped_at(groups: list[list[Line]]) -> int:
    """The column at which the text was wrapped, or 0 if it was not."""
    lengths = [len(line.text.rstrip()) for group in groups for line in group]
    width = max((length for length in lengths if length <= _WRAP_WIDEST), default=0)
    if width < 30 or sum(length > width for length in lengths) * 20 > len(lengths):
        return 0
    pairs = [pair for group in groups for pair in pairwise(group)]
    full = [line for line, following in pairs if _was_full(line, following, width)]
    # Paragraphs of one length look full as well, but each of them ends a sentence.
    if 2 * sum(bool(_SENTENCE_END.search(line.text)) for line in full) > len(full):
        return 0
    # The head (title, date, byline) may break early, and each paragraph does once if nothing
    # else parts them; a text of one-line paragraphs breaks early nearly everywhere.
    needed = 0.8 if len(groups) > 1 else 0.6
    return width if len(full) >= 2 and len(full) >= needed * len(pairs) else 0


def _indented(line: Line) -> bool:
    return line.text[:1].isspace()


def _was_full(line: Line, following: Line, width: int) -> bool:
    first_word = following.text.split()[0]
    return len(line.text.rstrip()) + 1 + len(first_word) > width - 3


def _wrapped(group: list[Line], width: int, *, trust_blank_lines: bool) -> list[Block]:
    parts: list[list[Line]] = [[group[0]]]
    for line, following in pairwise(group):
        full = _was_full(line, following, width)
        begins = _indented(following) and not _indented(line) and not trust_blank_lines
        short = len(line.text.rstrip()) < 0.75 * width
        if begins or (not full and (not trust_blank_lines or short)):
            parts.append([])
        parts[-1].append(following)
    return [_block(part) for part in parts]


def _is_verse(group: list[Line]) -> bool:
    texts = [line.text.strip() for line in group]
    return len(group) > 1 and all(len(text) < 60 and not _BULLET.match(text) for text in texts)


def _verse(group: list[Line]) -> Block:
    spans: list[Span] = []
    for line in group:
        spans += [Span(kind="break")] if spans else []
        spans.append(Span(text=" ".join(line.text.split())))
    return Block(spans=tuple(spans), line=group[0].number)


def _block(part: list[Line]) -> Block:
    first = part[0]
    if len(part) == 1 and _RULE.match(first.text):
        return Block(kind="rule", line=first.number)
    text = " ".join(" ".join(line.text.split()) for line in part)
    if bullet := _BULLET.match(text):
        item = Block(spans=words(text[bullet.end() :]), line=first.number)
        return Block(kind="list", items=((item,),), line=first.number)
    return Block(spans=words(text), line=first.number)


def _listed(blocks: list[Block]) -> tuple[Block, ...]:
    """Join the bullets that follow each other into one list; a single one is a dash that begins a line."""
    joined: list[Block] = []
    for block in blocks:
        if block.kind == "list" and joined and joined[-1].kind == "list":
            before = joined[-1]
            joined[-1] = Block(kind="list", items=before.items + block.items, line=before.line)
        else:
            joined.append(block)
    return tuple(joined)
