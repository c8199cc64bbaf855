"""Show notes: what an app shows under an episode, made from its column.

The parts, in this order, each only when there is something in it: hook, lead, the way to the
column, chapters, works mentioned, footnotes, credits, the way to subscribe. A show's own template
may order them otherwise. Whatever comes out is read again as HTML, brought down to what every app
shows (`subset`), and held to Apple's 4,000 bytes; podcasters.apple.com/support/823 and PSP-1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from columncast.episodes import html
from columncast.episodes.column import Block, Column, Footnote, Mention, Span, words
from columncast.episodes.columns.markup import read_markup
from columncast.episodes.hook import choose_hook
from columncast.episodes.model import Chapter, Notice, ShowNotes
from columncast.episodes.phrases import Phrases, phrases
from columncast.episodes.settings import Show
from columncast.episodes.subset import (
    cut,
    for_apps,
    html_of,
    length_bytes,
    link,
    paragraph,
    plain_of,
)
from columncast.episodes.template import render, safe, shipped
from columncast.episodes.text import clip, one_line

LIMIT_BYTES = 4000
"""Apple cuts a description here, markup included, counted in UTF-8."""

LEAD_LIMIT = 1200
"""Characters of the column that the notes begin with."""

_LEAD_LEAST_BYTES = 600
"""The lead gives way to nothing but the fixed lines before it is shorter than this."""
_FIXED_LIMIT = 200
"""Characters of any one name or title in the fixed lines."""

_CLOCK = re.compile(r"(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])")


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What the editor decided about one episode's notes (`episode.toml`)."""

    hook: str = ""
    subtitle: str = ""
    author: str = ""
    narrator: str = ""
    mentioned: tuple[Mention, ...] = ()
    """The candidates that were accepted, or works that the editor added."""
    chapter_titles: dict[str, str] = field(default_factory=dict)
    """Better titles for chapters, by the titles that the column gives them."""


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """The notes before they are put in order."""

    hook: tuple[Block, ...] = ()
    lead: tuple[Block, ...] = ()
    link: tuple[Block, ...] = ()
    chapters: tuple[Block, ...] = ()
    mentioned: tuple[Block, ...] = ()
    footnotes: tuple[Block, ...] = ()
    credits: tuple[Block, ...] = ()
    subscribe: tuple[Block, ...] = ()


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
    fixed = _fixed(column, show, link, editor, chapters)
    body = _body(column, fixed)
    hook, rest, moved = choose_hook(
        column, body, editor_hook=editor.hook, editor_subtitle=editor.subtitle
    )
    lead = () if show.notes.body == "summary" else cut_to_bound(rest)
    excerpt = replace(
        fixed, hook=hook, lead=lead, footnotes=_footnotes(column, (*hook, *lead), show)
    )
    shape = _Shape(column, show, link, template)
    blocks, notices = shape.fitted(excerpt)
    full = blocks
    if show.notes.body == "full":
        whole = replace(
            fixed, hook=hook, lead=rest, footnotes=_footnotes(column, column.blocks, show)
        )
        full = shape.filled(whole)
    return ShowNotes(
        html=html.gate(html_of(blocks)),
        full_html=html.gate(html_of(full)),
        plain=plain_of(blocks),
        notices=notices + _hook_told(hook, moved=moved) + _warnings(column, blocks, fixed, link),
    )


def cut_to_bound(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the first *blocks*, up to `LEAD_LIMIT` characters; at least one, whatever its length.

    A heading is no place to stop.
    """
    simple = for_apps(blocks)
    lead: list[Block] = []
    length = 0
    for block in simple:
        length += len(block.text)
        if length > LEAD_LIMIT and any(not _is_heading(b) for b in lead):
            break
        lead.append(block)
    while lead and _is_heading(lead[-1]) and len(lead) < len(simple):
        lead.pop()
    return tuple(lead)


def _is_heading(block: Block) -> bool:
    return len(block.spans) == 1 and block.spans[0].kind == "strong"


class _Shape:
    """A template, and the way to fill it so that the outcome fits."""

    def __init__(self, column: Column, show: Show, link: str, template: str) -> None:
        self.template = template or shipped("columncast.episodes", "notes.html")
        self.where = show.notes.template if template else "notes.html"
        self.values = {"column": column, "show": show, "link_url": link}

    def filled(self, parts: _Parts) -> tuple[Block, ...]:
        """The notes with all of *parts*."""
        given = {name: safe(html_of(getattr(parts, name))) for name in _Parts.__annotations__}
        text = render(self.template, where=self.where, **self.values, **given)
        found = read_markup(html.parse(text), base=str(self.values["link_url"]))
        return for_apps(found.blocks)

    def fitted(self, parts: _Parts) -> tuple[tuple[Block, ...], tuple[Notice, ...]]:
        """The notes, with as much of *parts* as fits in Apple's bytes."""
        blocks = self.filled(parts)
        if length_bytes(blocks) <= LIMIT_BYTES:
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
        if length_bytes(blocks) > LIMIT_BYTES:  # a template that says much itself
            blocks = cut(blocks, LIMIT_BYTES)
        what = "".join(f", {name} left out" for name in gone)
        return blocks, (
            Notice(
                code="notes-cut",
                message=f"the notes were over {LIMIT_BYTES:,} bytes, where Apple cuts; "
                f"the lead is shorter{what}",
                severity="info",
            ),
        )

    def _room_for_lead(self, parts: _Parts) -> int:
        return LIMIT_BYTES - length_bytes(self.filled(replace(parts, lead=())))


def _fixed(
    column: Column, show: Show, href: str, editor: Editor, chapters: Sequence[Chapter]
) -> _Parts:
    """Every part that does not depend on how much of the column is shown."""
    said = phrases(column.language or show.language)
    author = one_line(editor.author or column.author or show.author)
    narrator = one_line(editor.narrator or column.narrator)
    return _Parts(
        link=(paragraph(f"{said.read_column}: ", link(href)),) if href else (),
        chapters=_chapters(chapters),
        mentioned=_mentioned(editor.mentioned, said),
        credits=_credits(
            clip(author, _FIXED_LIMIT), clip(narrator, _FIXED_LIMIT), column.story_date, said
        ),
        subscribe=(
            paragraph(f"{said.subscribe} ", link(show.site_url, clip(show.title, _FIXED_LIMIT))),
        ),
    )


def _chapters(chapters: Sequence[Chapter]) -> tuple[Block, ...]:
    """Lines that Apple and Spotify make chapters of: from 00:00:00, three at least, one a line.

    Hours are always written: AntennaPod reads `10:30` as half past ten hours.
    """
    if len(chapters) < 3:
        return ()
    spans: list[Span] = []
    for chapter in chapters:
        spans += [Span(kind="break")] if spans else []
        spans.append(Span(text=f"{clock(chapter.start_s)} {one_line(chapter.title)}"))
    return (Block(spans=tuple(spans)),)


def clock(seconds: float) -> str:
    """Return *seconds* as players link them.

    >>> clock(3671.6)
    '01:01:11'
    """
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _mentioned(mentions: Sequence[Mention], said: Phrases) -> tuple[Block, ...]:
    if not mentions:
        return ()
    return (
        _label(said.mentioned),
        Block(kind="list", items=tuple((_mention(m, said),) for m in mentions)),
    )


def _mention(mention: Mention, said: Phrases) -> Block:
    title = one_line(mention.title)
    if mention.kind == "work" and title[:1] not in '“«"„':
        title = f"“{title}”"  # italics are lost in Spotify and Apple, quotation marks are not
    by = f" {said.by} {one_line(mention.by)}" if mention.by else ""
    return (
        paragraph(link(mention.href, title) if mention.href else title, by)
        if by
        else paragraph(link(mention.href, title) if mention.href else title)
    )


def _footnotes(column: Column, shown: Iterable[Block], show: Show) -> tuple[Block, ...]:
    """The notes whose marks are shown; a note without its mark says nothing."""
    text = html_of(for_apps(shown))
    there = [note for note in column.footnotes if f"[{note.number}]" in text]
    if not there:
        return ()
    said = phrases(column.language or show.language)
    return (_label(said.notes), *(block for note in there for block in _footnote(note)))


def _footnote(note: Footnote) -> tuple[Block, ...]:
    blocks = list(for_apps(note.blocks))
    if blocks and blocks[0].kind == "paragraph":
        blocks[0] = replace(blocks[0], spans=(Span(text=f"[{note.number}] "), *blocks[0].spans))
    return tuple(blocks)


def _credits(author: str, narrator: str, story_date: str, said: Phrases) -> tuple[Block, ...]:
    lines = [f"{said.story_date}: {story_date}"] if story_date else []
    if author and author == narrator:
        lines.append(f"{said.written_and_read_by} {author}")
    else:
        lines += [f"{said.written_by} {author}"] if author else []
        lines += [f"{said.read_by} {narrator}"] if narrator else []
    spans: list[Span] = []
    for line in lines:
        spans += [Span(kind="break")] if spans else []
        spans.append(Span(text=line))
    return (Block(spans=tuple(spans)),) if spans else ()


def _label(text: str) -> Block:
    return Block(spans=(Span(kind="strong", children=words(text)),))


def _body(column: Column, fixed: _Parts) -> tuple[Block, ...]:
    """The column without the lines that notes add: a column made of notes has them already."""
    ours = {block.html for name in _Parts.__annotations__ for block in getattr(fixed, name)}
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
    return (Notice(code="hook-chosen", message=message, where=where, severity="info"),)


def _warnings(
    column: Column, blocks: Sequence[Block], fixed: _Parts, href: str
) -> tuple[Notice, ...]:
    notices = []
    if not href:
        notices.append(
            Notice(
                code="no-column-link",
                message="the notes do not lead to the column; give its address (front matter `url:`)",
                severity="info",
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
