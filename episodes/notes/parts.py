"""The parts of show notes but the hook and the lead: the lines that stand around a column's text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from columncast.episodes.model.column import Block, Column, Footnote, Mention, Span, words
from columncast.episodes.model.editor import Editor
from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.timecode import link_position
from columncast.episodes.phrases.book import Section, phrases
from columncast.episodes.phrases.cldr import long_date
from columncast.episodes.show.settings import Show
from columncast.episodes.text.app_html import for_apps, html_of, link, paragraph
from columncast.episodes.text.normalize import clip, one_line

_FIXED_LIMIT = 200
"""Characters of any one name or title in the fixed lines."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The notes before they are put in order."""

    hook: tuple[Block, ...] = ()
    lead: tuple[Block, ...] = ()
    corrections: tuple[Block, ...] = ()
    link: tuple[Block, ...] = ()
    chapters: tuple[Block, ...] = ()
    mentioned: tuple[Block, ...] = ()
    footnotes: tuple[Block, ...] = ()
    credits: tuple[Block, ...] = ()
    subscribe: tuple[Block, ...] = ()


def fixed_parts(
    column: Column, show: Show, href: str, editor: Editor, chapters: Sequence[Chapter]
) -> Parts:
    """Every part that does not depend on how much of the column is shown."""
    said = phrases(column.language or show.language, "notes", show.phrases)
    author = one_line(editor.author or column.author or show.author)
    narrator = one_line(editor.narrator or column.narrator)
    return Parts(
        corrections=corrections(column, show, editor),
        link=(paragraph(f"{said['read_column']}: ", link(href)),) if href else (),
        chapters=_chapters(chapters),
        mentioned=_mentioned(editor.mentioned, said),
        credits=_credits(
            clip(author, _FIXED_LIMIT), clip(narrator, _FIXED_LIMIT), column.story_date, said
        ),
        subscribe=(
            paragraph(f"{said['subscribe']} ", link(show.site_url, clip(show.title, _FIXED_LIMIT))),
        ),
    )


def corrections(column: Column, show: Show, editor: Editor) -> tuple[Block, ...]:
    """Return the corrections that the *editor* has noted, the last one first, each with its date."""
    language = column.language or show.language
    said = phrases(language, "episode", show.phrases)["correction"]
    ordered = sorted(editor.correction, key=lambda one: one.date, reverse=True)
    return tuple(
        Block(
            spans=(
                Span(
                    kind="strong", children=words(said.format(date=long_date(one.date, language)))
                ),
                Span(text=f" {one_line(one.text)}"),
            )
        )
        for one in ordered
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
        spans.append(Span(text=f"{link_position(chapter.start_s)} {one_line(chapter.title)}"))
    return (Block(spans=tuple(spans)),)


def _mentioned(mentions: Sequence[Mention], said: Section) -> tuple[Block, ...]:
    if not mentions:
        return ()
    return (
        _label(said["mentioned"]),
        Block(kind="list", items=tuple((_mention(m, said),) for m in mentions)),
    )


def _mention(mention: Mention, said: Section) -> Block:
    title = one_line(mention.title)
    if mention.kind == "work" and title[:1] not in '“«"„':
        title = f"“{title}”"  # italics are lost in Spotify and Apple, quotation marks are not
    by = f" {said['by']} {one_line(mention.by)}" if mention.by else ""
    return (
        paragraph(link(mention.href, title) if mention.href else title, by)
        if by
        else paragraph(link(mention.href, title) if mention.href else title)
    )


def shown_footnotes(column: Column, shown: Iterable[Block], show: Show) -> tuple[Block, ...]:
    """The notes whose marks are shown; a note without its mark says nothing."""
    text = html_of(for_apps(shown))
    there = [note for note in column.footnotes if f"[{note.number}]" in text]
    if not there:
        return ()
    said = phrases(column.language or show.language, "notes", show.phrases)
    return (_label(said["notes"]), *(block for note in there for block in _footnote(note)))


def _footnote(note: Footnote) -> tuple[Block, ...]:
    blocks = list(for_apps(note.blocks))
    if blocks and blocks[0].kind == "paragraph":
        blocks[0] = replace(blocks[0], spans=(Span(text=f"[{note.number}] "), *blocks[0].spans))
    return tuple(blocks)


def _credits(author: str, narrator: str, story_date: str, said: Section) -> tuple[Block, ...]:
    lines = [f"{said['story_date']}: {story_date}"] if story_date else []
    if author and author == narrator:
        lines.append(f"{said['written_and_read_by']} {author}")
    else:
        lines += [f"{said['written_by']} {author}"] if author else []
        lines += [f"{said['read_by']} {narrator}"] if narrator else []
    spans: list[Span] = []
    for line in lines:
        spans += [Span(kind="break")] if spans else []
        spans.append(Span(text=line))
    return (Block(spans=tuple(spans)),) if spans else ()


def _label(text: str) -> Block:
    return Block(spans=(Span(kind="strong", children=words(text)),))
