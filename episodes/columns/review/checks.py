"""A second look at a column, for what an editor would want to know; nothing is changed here."""

from __future__ import annotations

import re
from dataclasses import replace

from columncast.episodes.columns.review.mentions import candidates
from columncast.episodes.columns.review.names import spelled_two_ways
from columncast.episodes.model.column import Block, Column, Mention
from columncast.episodes.model.notice import Notice

_COMMENT = re.compile(
    r"(?:^|[.!?]\s+)(?:(?:important|interesting|worth|good|great|nice|hard|funny|sad) (?:to|article|"
    r"column|piece|read|post)\b|thank(?:s| you)\b|i (?:really )?(?:loved|liked|enjoyed)\b|excellent\b|"
    r"(?:one|a) (?:small|minor) (?:correction|quibble)\b)",
    re.IGNORECASE,
)
_FEWEST = 4
"""Paragraphs; in a shorter column there is no habit that the last one could break."""


def review(column: Column) -> Column:
    """Return *column* with notices about what looks odd in it, and what it mentions."""
    mentions = candidates(column)
    notices = closing_voice(column) + spelled_two_ways(column.blocks) + _mentioned(mentions)
    return replace(column, mentions=mentions, notices=column.notices + notices)


def _mentioned(mentions: tuple[Mention, ...]) -> tuple[Notice, ...]:
    works = [f"{m.title} ({m.by})" if m.by else m.title for m in mentions if m.kind == "work"]
    if not works:
        return ()
    message = f"may belong in the notes under Mentioned: {'; '.join(works[:6])}"
    return (Notice(code="mentions-found", message=message, severity="note"),)


def closing_voice(column: Column) -> tuple[Notice, ...]:
    """Notice a last paragraph that does not write as the rest does.

    A paste from a web page often brings the first reader's comment along; only the editor can tell
    whether it belongs.
    """
    paragraphs = [block for block in column.blocks if block.kind == "paragraph"]
    if len(paragraphs) < _FEWEST:
        return ()
    last = paragraphs[-1]
    signs = _foreign_habits(last, "\n".join(block.text for block in paragraphs[:-1]))
    if len(signs) < 2:
        return ()
    return (
        Notice(
            code="closing-voice",
            message=f"the last paragraph may be someone else's ({'; '.join(signs)}): a reader's comment "
            "that came with the paste? Delete it from the column unless it is narrated",
            where=f"line {last.line}" if last.line else "last paragraph",
        ),
    )


def _foreign_habits(last: Block, rest: str) -> list[str]:
    signs = []
    text = last.text
    if re.search(r"[«»]", text) and not re.search(r"[«»]", rest):
        signs.append("« » stand nowhere else")
    curly, straight = rest.count("’"), rest.count("'")
    if "'" in text and "’" not in text and curly > 2 * straight:
        signs.append("its apostrophes are straight, the column's are curly")
    if _COMMENT.search(text):
        signs.append("it speaks as comments do")
    return signs
