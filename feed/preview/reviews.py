"""The reviews of colleagues as the page shows them: remarks beside their sentences, and the approval."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from columncast.episodes.format import moment
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.timecode import position
from columncast.episodes.remarks.look import Reviews
from columncast.feed.preview.draft import Draft


def values_of(draft: Draft, *, writable: bool) -> dict[str, Any]:
    """Return what the part with the reviews of *draft* shows."""
    found = draft.reviews
    if not isinstance(found, Reviews):
        return {"problem": str(found)}

    def day(sent: datetime) -> str:
        return moment(sent, draft.show.timezone)

    return {
        "problem": "",
        "slug": draft.slug,
        "open": [one for one in found.remarks if not one.remark.done],
        "done": [one for one in found.remarks if one.remark.done],
        "approval": found.approval,
        "needed": draft.show.needs_approval,
        "content": found.content,
        "lines": lines_of_sentences(draft),
        "day": day,
        "position": position,
        "writable": writable,
    }


def remark_notices(draft: Draft) -> tuple[Notice, ...]:
    """Return the open remarks with the lines that they are about, for the column's own view."""
    if not isinstance(draft.reviews, Reviews):
        return ()
    lines = lines_of_sentences(draft)
    return tuple(
        Notice(
            code="remark",
            message=f"{one.review.name}: {one.remark.text}",
            where=f"line {lines[one.index]}",
        )
        for one in draft.reviews.remarks
        if one.index in lines and not one.remark.done
    )


def lines_of_sentences(draft: Draft) -> dict[int | None, int]:
    """Return the line of the column's file that each sentence begins in, as far as there are lines."""
    if not draft.source or not isinstance(draft.reviews, Reviews):
        return {}
    blocks = draft.column.blocks
    return {
        at: blocks[number - 1].line
        for at, number in enumerate(draft.reviews.paragraphs)
        if 0 < number <= len(blocks) and blocks[number - 1].line
    }
