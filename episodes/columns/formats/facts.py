"""What front matter means: the names that writing tools give, and the kinds of their values."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from columncast.episodes.columns.formats.drafts import STATUS_NAMES, as_draft, draft_in, is_truth
from columncast.episodes.columns.input.dates import read_date
from columncast.episodes.columns.private.passages import without_comments
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.codes import language_tag
from columncast.episodes.model.column import Column
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.normalize import one_line
from columncast.episodes.text.urls import clean_url

_NAMES = {
    "title": ("title",),
    "subtitle": ("subtitle", "dek", "deck", "standfirst"),
    "hook": ("hook", "summary", "description", "excerpt", "custom_excerpt"),
    "author": ("author", "authors", "by", "byline"),
    "narrator": ("narrator", "narrators", "read_by"),
    "series": ("series",),
    "story_date": ("story_date", "dateline"),
    "published": ("date", "published", "publish_date", "publishdate", "published_at", "pubdate"),
    "language": ("language", "lang", "locale"),
    "source_url": ("url", "link", "canonical_url", "canonical", "permalink", "source_url"),
    "slug": ("slug",),
    "season": ("season",),
    "number": ("number", "episode", "episode_number"),
    "explicit": ("explicit",),
    "keywords": ("keywords", "tags", "categories"),
}
"""A column's fact, and what writers and their tools call it, the surest first."""

_WHERE = "front matter"
_OURS = (*(name for names in _NAMES.values() for name in names), *STATUS_NAMES)


def with_facts(column: Column, facts: dict[str, Any], *, timezone: str) -> Column:  # noqa: C901 - one case a kind of fact
    """Return *column* with what the front matter says about it.

    Raises:
        ColumnError: A fact has a value that it cannot have.
    """
    why = draft_in(facts)
    facts = {key: v for key, v in facts.items() if key != "published" or not is_truth(v)}
    given = {
        fact: next((facts[name] for name in names if facts.get(name) not in (None, "", [])), None)
        for fact, names in _NAMES.items()
    }
    known: dict[str, Any] = {}
    notices: list[Notice] = list(_misspelt(facts))
    for fact, value in given.items():
        match fact:
            case _ if value is None:
                continue
            case "published":
                known[fact], said = read_date(_text(value), timezone=timezone, where=_WHERE)
                notices += said
            case "season" | "number":
                known[fact] = _whole_number(fact, value)
            case "explicit":
                known[fact] = _truth(fact, value)
            case "language":
                known[fact] = _language(_text(value))
            case "source_url":
                known[fact] = clean_url(_text(value))
                if not known[fact]:
                    notices.append(_no_address(_text(value)))
            case "keywords":
                known[fact] = tuple(_list(value))
            case "author" | "narrator":
                known[fact] = _joined(_list(value))
            case _:
                known[fact] = _text(value)
    column = replace(column, **known, notices=column.notices + tuple(notices))
    return as_draft(column, f"front matter, {why}" if why else "")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return _text(value.get("name", ""))
    if isinstance(value, list):
        return one_line(", ".join(_text(v) for v in value))
    return one_line(without_comments(str(value)))


def _list(value: Any) -> list[str]:
    values = value if isinstance(value, list) else str(value).split(",")
    return [text for v in values if (text := _text(v))]


def _joined(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _whole_number(fact: str, value: Any) -> int:
    text = _text(value)
    if not text.isdecimal() or int(text[:9]) < 1:
        raise ColumnError(f"{fact} must be a whole number from 1, not {text!r}", where=_WHERE)
    return int(text[:9])


def _truth(fact: str, value: Any) -> bool:
    text = _text(value).lower()
    if text in ("yes", "true", "on", "1", "explicit"):
        return True
    if text in ("no", "false", "off", "0", "clean"):
        return False
    raise ColumnError(f"{fact} must be yes or no, not {text!r}", where=_WHERE)


def _language(text: str) -> str:
    try:
        return language_tag(text)
    except ValueError as e:
        raise ColumnError(str(e), where=_WHERE) from e


def _no_address(text: str) -> Notice:
    return Notice(
        code="link-relative",
        message=f"the column's address {text!r} is not a full one (https://…), so it is not used",
        where=_WHERE,
    )


def _misspelt(facts: dict[str, Any]) -> list[Notice]:
    """Tools write many facts that are not ours; only what looks like a slip is told."""
    found = []
    for name in facts:
        near = difflib.get_close_matches(name, _OURS, n=1, cutoff=0.85)
        if name not in _OURS and near:
            found.append(
                Notice(
                    code="front-matter-unknown",
                    message=f"{name!r} is not used; did you mean {near[0]!r}?",
                    where=_WHERE,
                )
            )
    return found
