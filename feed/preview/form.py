"""What the editor's form is filled with, and how its fields are spelled."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from columncast.episodes.entry.imported_notes import NOTES
from columncast.episodes.model.column import Mention
from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.timecode import position
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.text.normalize import clip
from columncast.feed.preview.draft import Draft


def fields_of(draft: Draft) -> dict[str, Any]:
    """Return what the form shows before anything is changed."""
    opening = "" if draft.facts.notes.hook else clip(draft.notes.plain.partition("\n")[0], 120)
    return {
        "basis": draft.basis,
        "slug": draft.slug,
        "notes": draft.facts.notes,
        "facts": draft.facts,
        "column": draft.column,
        "column_file": _text_file(draft.folder.episode(draft.slug)),
        "opening": opening,
        "zone": draft.show.timezone,
        "published": local_time(draft.facts.published, draft.show.timezone),
        "chapters": clocked_chapters(draft),
        "mentions": [
            {
                "title": mention.title,
                "by": mention.by,
                "href": mention.href,
                "accepted": mention in draft.facts.notes.mentioned,
                "value": mention_value(mention),
            }
            for mention in candidates(draft)
        ],
    }


def _text_file(episode: EpisodeFolder) -> str:
    return episode.column.name if episode.has_column else NOTES


def candidates(draft: Draft) -> tuple[Mention, ...]:
    """Return what the column may mention: what the editor has accepted first."""
    return tuple(dict.fromkeys((*draft.facts.notes.mentioned, *draft.column.mentions)))


def mention_value(mention: Mention) -> str:
    """Return *mention* as a form carries it."""
    fields = ("kind", "title", "by", "href")
    said = {name: getattr(mention, name) for name in fields if getattr(mention, name)}
    return json.dumps(said, ensure_ascii=False)


def local_time(moment: datetime, timezone: str) -> str:
    """Return *moment* as a form's date and time in *timezone*.

    >>> local_time(datetime.fromisoformat("2026-11-27T06:00Z"), "Europe/Berlin")
    '2026-11-27T07:00'
    """
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%dT%H:%M")


def clocked_chapters(draft: Draft) -> list[dict[str, Any]]:
    """Return the chapters with the times at which they begin."""
    chapters: tuple[Chapter, ...] = draft.episode.chapters if draft.episode else ()
    return [
        {
            "clock": position(chapter.start_s),
            "start_s": chapter.start_s,
            "title": chapter.title,
            "heading": chapter.heading or chapter.title,
        }
        for chapter in chapters
    ]
