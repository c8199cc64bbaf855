"""Drafts: a column that says of itself that it is not to be published yet.

`add` takes one as a draft of the show (`--draft`), which keeps it out of the feed; otherwise it is
refused, and `--force` publishes it all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.normalize import one_line

_YES = frozenset("true yes on 1 y t draft".split())
_NO = frozenset("false no off 0 n f never".split())
_DRAFT_IF_YES = (
    *(
        "draft",
        "_draft",
        "drafts",
        "is_draft",
        "isdraft",
        "wip",
        "private",
        "unlisted",
        "unpublished",
    ),
    *("hidden", "noindex", "not_ready", "eleventyexcludefromcollections"),
)
_DRAFT_IF_NO = (
    "published",
    "publish",
    "dg_publish",
    "is_published",
    "ready",
    "public",
    "live",
    "enabled",
)
_STATUS = (
    "status",
    "post_status",
    "state",
    "stage",
    "visibility",
    "post_visibility",
    "publish_status",
)
_NOT_YET = frozenset(
    "draft drafts drafted drafting pending private idea todo wip unpublished hidden unlisted review auto-draft trash "
    "outline writing editing unfinished not-published in-progress in-review to-review needs-review members paid "
    "embargoed entwurf brouillon borrador bozza rascunho szkic".split()
)
"""What tools call a post that nobody may read yet, or not everybody."""

STATUS_NAMES = (*_DRAFT_IF_YES, *_DRAFT_IF_NO, *_STATUS)
"""Facts that say whether a column is a draft."""

_FOLDER = "_drafts"
"""Jekyll's; jekyllrb.com/docs/posts/#drafts."""

STATUS_META = "columncast:status"
"""The name under which a page that was taken out of an export says that it is a draft."""


def draft_in(facts: Mapping[str, Any]) -> str:
    """Return the line of front matter that says that the column is a draft, or "".

    >>> draft_in({"draft": "yes"}), draft_in({"published": "2026-01-05"}), draft_in({"status": "Draft"})
    ('draft: yes', '', 'status: Draft')
    """
    for name, value in facts.items():
        first = value[0] if isinstance(value, list) and len(value) == 1 else value
        text = one_line(str(first))
        word = text.casefold()
        if (
            (name in _DRAFT_IF_YES and word in _YES)
            or (name in _DRAFT_IF_NO and word in _NO)
            or (name in _STATUS and word.replace(" ", "-").replace("_", "-") in _NOT_YET)
            or (name in _STATUS and re.search(r"\bdrafts?$", word))  # "first draft", or with a sign
        ):
            return f"{name}: {text}"
    return ""


def is_truth(value: Any) -> bool:
    """Whether a fact called `published` says yes or no, and is no date."""
    return one_line(str(value)).casefold() in _YES | _NO


def as_draft(column: Column, why: str) -> Column:
    """Return *column* as the draft that it says it is; *why* is empty for one that is ready."""
    if not why:
        return column
    message = f"the column is a draft ({why}): its text may still change"
    told = () if any(n.code == "draft-post" for n in column.notices) else (message,)
    notices = tuple(Notice(code="draft-post", message=text) for text in told)
    return replace(column, draft=why, notices=column.notices + notices)


def by_place(path: Path) -> str:
    """Return what says that a file is a draft by where it lies or what it is called, or ""."""
    if path.parent.name.lower() == _FOLDER:
        return f"it lies in {path.parent.name}"
    return f"it is called {path.name}" if path.name.lower().startswith("_draft") else ""


def refuse_draft(column: Column, name: str, *, force: bool) -> None:
    """Refuse a column that is not to be published yet, unless *force* is on.

    Raises:
        ColumnError: It is a draft.
    """
    if column.draft and not force:
        raise ColumnError(
            f"the column is a draft ({column.draft}); keep it out of the feed with --draft, or publish "
            "it all the same with --force. Nothing was changed",
            where=name,
        )
