"""What the editor changes on the page, written to `episode.toml`.

The page says which state of the file it was made from; if the file is another by now, nothing is
written and the editor is told. The column is not written to, ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from columncast.episodes.disk import files
from columncast.episodes.errors import ConflictError, UsageError
from columncast.episodes.model.clock import parse_date
from columncast.episodes.model.column import Mention
from columncast.episodes.show.settings import convert
from columncast.episodes.show.toml import change_facts
from columncast.episodes.text.normalize import one_line
from columncast.episodes.text.urls import clean_url
from columncast.feed.preview.draft import Draft, read_draft
from columncast.feed.preview.form import candidates, local_time, mention_value

Form = Mapping[str, Sequence[str]]
"""The fields of the form with their values."""

TEXTS = ("hook", "subtitle", "narrator")
NUMBERS = ("season", "number")


def save(root: Path, slug: str, form: Form, *, basis: str) -> tuple[str, ...]:
    """Write what *form* changes; return the keys that changed.

    *basis* is the hash of `episode.toml` from which the form was filled.

    Raises:
        ConflictError: The file was changed since; nothing was written.
        UsageError: A value cannot be; nothing was written.
        BusyError: Another run is working on the show; nothing was written.
    """
    draft = read_draft(root, slug)
    with draft.folder.locked():
        source = draft.folder.episode(slug)
        if files.sha256(source.facts_file) != basis or draft.basis != basis:
            raise ConflictError(
                "was changed since this page was shown; nothing was saved",
                where=f"episodes/{slug}/episode.toml",
            )
        changes = changes_of(draft, form)
        if changes:
            change_facts(source, changes)
    return tuple(changes)


def changes_of(draft: Draft, form: Form) -> dict[str, Any]:
    """Return what *form* changes in the facts of *draft*, by the key of `episode.toml`.

    Raises:
        UsageError: A value cannot be.
    """
    changes: dict[str, Any] = {}
    facts = draft.facts
    for name in TEXTS:
        if name in form and (text := one_line(form[name][0])) != getattr(facts.notes, name):
            changes[f"notes.{name}"] = text or None
    for name in NUMBERS:
        if name in form and (number := _number(name, form[name][0])) != getattr(facts, name):
            changes[name] = number
    zone = draft.show.timezone
    if "published" in form and form["published"][0] != local_time(facts.published, zone):
        changes["published"] = parse_date(form["published"][0], zone)
    changes |= _mentions(draft, form)
    changes |= _chapters(draft, form)
    return changes


def _number(name: str, text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or int(text) < 1:
        raise UsageError(f"{name} {text!r} is not a number from 1")
    return int(text)


def _mentions(draft: Draft, form: Form) -> dict[str, Any]:
    if "mentioned-shown" not in form:
        return {}
    known = {mention_value(mention) for mention in candidates(draft)}
    ticked = [value for value in form.get("mentioned", ()) if value in known]
    accepted = [mention_value(mention) for mention in draft.facts.notes.mentioned]
    if ticked == accepted:
        return {}
    return {"notes.mentioned": [_mention(value) for value in ticked] or None}


def _mention(value: str) -> dict[str, str]:
    said = json.loads(value)
    mention = convert(said, Mention, where="mentioned")
    if mention.href:
        said["href"] = clean_url(mention.href)
    return {key: text for key, text in said.items() if text}


def _chapters(draft: Draft, form: Form) -> dict[str, Any]:
    """Titles are kept by the column's heading, so that they survive another recording."""
    titles = dict(draft.facts.notes.chapter_titles)
    for chapter in draft.episode.chapters if draft.episode else ():
        heading = chapter.heading or chapter.title
        field = f"chapter {heading}"
        title = one_line(form[field][0]) if field in form else chapter.title
        if title in ("", heading):
            titles.pop(heading, None)
        else:
            titles[heading] = title
    if titles == draft.facts.notes.chapter_titles:
        return {}
    return {"notes.chapter_titles": titles or None}
