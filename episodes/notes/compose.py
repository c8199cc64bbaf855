"""Show notes: what an app shows under an episode, made from its column.

The parts, in this order, each only when there is something in it: hook, lead, the way to the
column, chapters, works mentioned, footnotes, credits, the way to subscribe. A show's own template
may order them otherwise. Whatever comes out is read again as HTML, brought down to what every app
shows (`app_html`), and held to Apple's 4,000 bytes; podcasters.apple.com/support/823 and PSP-1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from columncast.episodes.columns.blocks.from_html import read_markup
from columncast.episodes.model.column import Block, Column
from columncast.episodes.model.editor import Editor
from columncast.episodes.model.episode import Chapter, ShowNotes
from columncast.episodes.model.limits import NOTES_BYTES
from columncast.episodes.model.notice import Notice
from columncast.episodes.notes.hook import choose_hook
from columncast.episodes.notes.parts import Parts, fixed_parts, shown_footnotes
from columncast.episodes.show.settings import Show
from columncast.episodes.text import html
from columncast.episodes.text.app_html import (
    cut,
    for_apps,
    html_of,
    length_bytes,
    paragraph,
    plain_of,
)
from columncast.episodes.text.normalize import clip
from columncast.episodes.text.template import render, safe, shipped

LEAD_LIMIT = 1200
"""Characters of the column that the notes begin with."""

_LEAD_LEAST_BYTES = 600
"""The lead gives way to nothing but the fixed lines before it is shorter than this."""

_CLOCK = re.compile(r"(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])")


def show_notes(
    column: Column,
    show: Show,
    *,
    link: str = "",
    editor: Editor | None = None,
    chapters: Sequence[Chapter] = (),
    template: str = "",
) -> ShowNotes:
    """Return the notes of the episode that narrates *column*.

    *link* is where the column can be read; *template* is the text of the show's own, if it has one.

    Raises:
        SettingsError: The show's template cannot be filled.
    """
    editor = editor or Editor()
    fixed = fixed_parts(column, show, link, editor, chapters)
    body = _body(column, fixed)
    hook, rest, moved = choose_hook(
        column, body, editor_hook=editor.hook, subtitle=editor.subtitle_of(column)
    )
    lead = () if show.notes.body == "summary" else cut_to_bound(rest)
    excerpt = replace(
        fixed, hook=hook, lead=lead, footnotes=shown_footnotes(column, (*hook, *lead), show)
    )
    shape = _Shape(column, show, link, template)
    blocks, notices = shape.fitted(excerpt)
    full = blocks
    if show.notes.body == "full":
        whole = replace(
            fixed,
            hook=hook,
            lead=for_apps(rest),
            footnotes=shown_footnotes(column, column.blocks, show),
        )
        full = shape.filled(whole)
    return ShowNotes(
        html=html.gate(html_of(blocks)),
        full_html=html.gate(html_of(full)),
        plain=plain_of(blocks),
        notices=notices + _hook_told(hook, moved=moved) + _warnings(column, blocks, fixed, link),
    )


def try_template(template: str, column: Column, show: Show, *, link: str) -> None:
    """Fill the show's own *template* with a word for each part, to know at once whether it can be.

    Raises:
        SettingsError: It cannot.
    """
    parts = Parts(**{name: (paragraph(column.title),) for name in Parts.__annotations__})
    _Shape(column, show, link, template).filled(parts)


def cut_to_bound(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the first *blocks*, up to `LEAD_LIMIT` characters; at least one, whatever its length.

    A heading is no place to stop.
    """
    simple = for_apps(blocks)
    lead: list[Block] = []
    length = 0
    prose = False
    for block in simple:
        length += len(block.text)
        if length > LEAD_LIMIT and prose:
            break
        lead.append(block)
        prose = prose or not _is_heading(block)
    while lead and _is_heading(lead[-1]) and len(lead) < len(simple):
        lead.pop()
    return tuple(lead)


def _is_heading(block: Block) -> bool:
    return len(block.spans) == 1 and block.spans[0].kind == "strong"


class _Shape:
    """A template, and the way to fill it so that the outcome fits."""

    def __init__(self, column: Column, show: Show, link: str, template: str) -> None:
        self.template = template or shipped("columncast.episodes.notes", "notes.html")
        if "corrections" not in self.template:  # no template is to keep those from listeners
            self.template += "\n{{ corrections }}"
        self.where = show.notes.template if template else "notes.html"
        self.values = {"column": column, "show": show, "link_url": link}

    def filled(self, parts: Parts) -> tuple[Block, ...]:
        """The notes with all of *parts*."""
        given = {name: safe(html_of(getattr(parts, name))) for name in Parts.__annotations__}
        text = render(self.template, where=self.where, **self.values, **given)
        found = read_markup(html.parse(text), base=str(self.values["link_url"]))
        return for_apps(found.blocks)

    def fitted(self, parts: Parts) -> tuple[tuple[Block, ...], tuple[Notice, ...]]:
        """The notes, with as much of *parts* as fits in Apple's bytes."""
        blocks = self.filled(parts)
        if length_bytes(blocks) <= NOTES_BYTES:
            return blocks, ()
        gone: list[str] = []
        for name in ("footnotes", "mentioned", "chapters"):
            if self._room_for_lead(parts) >= min(_LEAD_LEAST_BYTES, length_bytes(parts.lead)):
                break
            if getattr(parts, name):
                parts = replace(parts, **{name: ()})
                gone.append(name)
        parts = replace(parts, lead=cut(parts.lead, max(self._room_for_lead(parts), 0)))
        blocks = self.filled(parts)
        if length_bytes(blocks) > NOTES_BYTES:  # a template that says much itself
            blocks = cut(blocks, NOTES_BYTES)
        what = "".join(f", {name} left out" for name in gone)
        return blocks, (
            Notice(
                code="notes-cut",
                message=f"the notes were over {NOTES_BYTES:,} bytes, where Apple cuts; "
                f"the lead is shorter{what}",
                severity="note",
            ),
        )

    def _room_for_lead(self, parts: Parts) -> int:
        return NOTES_BYTES - length_bytes(self.filled(replace(parts, lead=())))


def _body(column: Column, fixed: Parts) -> tuple[Block, ...]:
    """The column without the lines that notes add: a column made of notes has them already."""
    ours = {block.html for name in Parts.__annotations__ for block in getattr(fixed, name)}
    return tuple(block for block in column.blocks if block.html not in ours)


def _hook_told(hook: Sequence[Block], *, moved: bool) -> tuple[Notice, ...]:
    """Say which paragraph was moved to the top."""
    if not moved:
        return ()
    message = (
        f"the notes open with {clip(hook[0].text, 60)!r}, moved up because it speaks of what the "
        "title promises; write a hook of your own if another is better"
    )
    where = f"line {hook[0].line}" if hook[0].line else ""
    return (Notice(code="hook-chosen", message=message, where=where, severity="note"),)


def _warnings(
    column: Column, blocks: Sequence[Block], fixed: Parts, href: str
) -> tuple[Notice, ...]:
    notices = []
    if not href:
        notices.append(
            Notice(
                code="no-column-link",
                message="the notes do not lead to the column; give its address (front matter `url:`)",
                severity="note",
            )
        )
    chapters = {block.html for block in fixed.chapters}
    for block in blocks:
        if block.html in chapters:
            continue
        if found := _CLOCK.search(block.text):
            line = next((b.line for b in column.blocks if found[0] in b.text), 0)
            notices.append(
                Notice(
                    code="clock-time",
                    message=f"{found[0]!r} becomes a link into the recording in AntennaPod and others; "
                    "write it in words or with a full stop if it is a time of day",
                    where=f"line {line}" if line else "notes",
                )
            )
    return tuple(notices)
