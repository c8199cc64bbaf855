"""What the editor's form is filled with, and how its fields are spelled.

The facts come from the table that the command line has its options from; what that table leaves to
an editor alone (chapters, mentions, pronunciation, the cover) has a group of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from columncast.episodes.disk import files
from columncast.episodes.entry.imported_notes import NOTES
from columncast.episodes.entry.own_chapters import Mark, own_chapters
from columncast.episodes.model.column import Mention
from columncast.episodes.model.episode import AudioForm, Chapter, EpisodeType
from columncast.episodes.model.timecode import position
from columncast.episodes.show.fact_sheet import as_toml
from columncast.episodes.show.fact_table import FACTS, Fact
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.text.normalize import clip
from columncast.feed.preview.draft import Draft

WORDS = (
    "title",
    "notes.subtitle",
    "notes.hook",
    "notes.author",
    "notes.narrator",
    "notes.keywords",
)
TIME = ("published", "draft", "type", "season", "number", "explicit", "link", "outputs")
COVER = ("cover_alt",)
ELSEWHERE = ("accepted", "notes.mentioned", "notes.chapter_titles")
"""Facts that have a place of their own, in which they are not called by their keys."""
LONG = ("notes.hook",)
"""Texts that may be longer than a line."""
_MOST_DIGITS = 15
"""Python reads no number of many thousand digits, and nothing here is counted that far."""
UNSET = "unset"
"""The choice that takes a fact away, so that the column or the show decides."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One fact as the form shows it."""

    fact: Fact
    value: str
    """Empty: it is not set."""
    inherited: str = ""
    """What holds where it is not set."""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and label of each."""
    chosen: tuple[str, ...] = ()
    none: bool = False
    """The episode has none, whatever the column says."""

    @property
    def shape(self) -> str:
        """Which control it is."""
        if self.fact.kind == "words" and self.choices:
            return "boxes"
        if self.choices:
            return "select"
        long = self.fact.key in LONG or self.fact.kind == "parts"
        return "long" if long else {"number": "number", "date": "date"}.get(self.fact.kind, "line")


def fields_of(draft: Draft) -> dict[str, Any]:
    """Return what the form shows before anything is changed."""
    episode = draft.folder.episode(draft.slug)
    known = {fact.key: _field(draft, fact) for fact in FACTS if fact.key not in ELSEWHERE}
    placed = {*WORDS, *TIME, *COVER}
    opening = "" if draft.facts.notes.hook else clip(draft.notes.plain.partition("\n")[0], 120)
    return {
        "basis": draft.basis,
        "slug": draft.slug,
        "groups": [
            ("words", "Words", [known[key] for key in WORDS]),
            ("time", "When, and as what", [known[key] for key in TIME]),
        ],
        "cover_alt": known["cover_alt"],
        "more": [field for key, field in known.items() if key not in placed],
        "opening": opening,
        "zone": draft.show.timezone,
        "has_cover": draft.has_cover,
        "built": draft.built is not None,
        "own_chapters": bool(own_chapters(episode)),
        "chapters": rows_of(draft),
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
        "pronunciation": draft.show.pronunciation,
        "show_basis": files.sha256(draft.folder.root / "show.toml"),
    }


def _field(draft: Draft, fact: Fact) -> Field:
    """Return the field of *fact*; a fact's default and the column's word are no value of its own."""
    value = value_of(draft, fact)
    found = Field(fact=fact, value=value if isinstance(value, str) else "")
    inherited = _inherited(draft, fact)
    match fact.kind:
        case "date":
            return replace(found, value=local_time(draft.facts.published, draft.show.timezone))
        case "type":
            kinds = tuple((kind, kind.capitalize()) for kind in get_args(EpisodeType))
            return replace(found, choices=kinds)
        case "flag":
            said = {True: "yes", False: "no"}.get(value, UNSET)
            unset = () if fact.key in PLAIN else ((UNSET, inherited),)
            return replace(found, value=said, choices=(*unset, ("yes", "Yes"), ("no", "No")))
        case "words" if fact.key == "outputs":
            forms = tuple((form, form) for form in get_args(AudioForm))
            found = replace(found, choices=forms, chosen=value)
        case "words":
            found = replace(found, value=", ".join(value))
        case "parts":
            return replace(found, value=parts_text(value))
        case "number":
            found = replace(found, value=str(value or ""))
    return replace(found, inherited=inherited, none=fact.may_be_none and value == "")


PLAIN = ("draft", "block")
"""Flags that are off where nothing is said."""


def value_of(draft: Draft, fact: Fact) -> Any:
    """Return what `episode.toml` says of *fact*, as Python has it."""
    table = getattr(draft.facts, fact.table) if fact.table else draft.facts
    return getattr(table, fact.key.rpartition(".")[2])


def parts_text(value: Any) -> str:
    """Return facts of several parts as TOML; nothing for none.

    >>> parts_text(())
    ''
    """
    if not value:
        return ""
    rows = value if isinstance(value, tuple | list) else (value,)
    return as_toml(
        [_parts(row) for row in rows] if isinstance(value, tuple | list) else _parts(value)
    )


def _parts(row: Any) -> dict[str, Any]:
    given = row if isinstance(row, Mapping) else vars(row)
    return {key: part for key, part in given.items() if part not in (None, "", (), 0)}


def _inherited(draft: Draft, fact: Fact) -> str:
    column, show, podcast = draft.column, draft.show, draft.show.podcast
    explicit = show.explicit if column.explicit is None else column.explicit
    found = {
        "title": column.title,
        "link": column.source_url,
        "notes.subtitle": column.subtitle,
        "notes.author": column.author or show.author,
        "notes.narrator": column.narrator,
        "notes.keywords": ", ".join(column.keywords),
        "outputs": ", ".join(show.audio.outputs),
        "explicit": f"As the show: {'yes' if explicit else 'no'}",
        "podcast.ai_content": f"As the show: {'yes' if podcast.ai_content else 'no'}",
    }
    return found.get(fact.key, "")


def number_in(text: str) -> int | None:
    """Return the whole number that *text* is; None: it is none, or longer than any of ours.

    >>> number_in(" 12 "), number_in("-1"), number_in("9" * 5000)
    (12, None, None)
    """
    bare = text.strip()
    return int(bare) if bare.isdecimal() and len(bare) <= _MOST_DIGITS else None


def text_file(episode: EpisodeFolder) -> str:
    """Return the name of the file that the words of *episode* are in."""
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
    return [
        {
            "clock": position(chapter.start_s),
            "start_s": chapter.start_s,
            "title": chapter.title,
            "heading": chapter.heading or chapter.title,
        }
        for chapter in chapters_of(draft)
    ]


def chapters_of(draft: Draft) -> tuple[Chapter, ...]:
    """Return the chapters that the episode would have."""
    return draft.episode.chapters if draft.episode else ()


def rows_of(draft: Draft) -> list[dict[str, Any]]:
    """Return the chapters as the form has them, with links and pictures."""
    marks: dict[float, Mark] = {
        mark.start_s: mark for mark in own_chapters(draft.folder.episode(draft.slug))
    }
    rows = []
    for chapter in chapters_of(draft):
        mark = marks.get(chapter.start_s)
        rows.append(
            {
                "time": form_time(chapter.start_s),
                "title": chapter.title,
                "heading": chapter.heading or chapter.title,
                "link": mark.link if mark else "",
                "picture": mark.picture if mark else "",
            }
        )
    return rows


def form_time(start_s: float) -> str:
    """Return a place in the recording as the form has it, to a tenth of a second.

    >>> form_time(83.96), form_time(3723), form_time(12)
    ('1:24.0', '1:02:03.0', '0:12.0')
    """
    whole, tenth = divmod(round(start_s * 10), 10)
    return f"{position(whole)}.{tenth}"
