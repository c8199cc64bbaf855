"""What stands above and around a column's body: title, date line, byline, the way to the audio.

The same rules for every form a column comes in, so that a paste, a Markdown file and a web page
of one column give one and the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from columncast.episodes.columns.input.dates import is_story_date
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Block, Column, Dropped, Span, spans_text
from columncast.episodes.model.limits import TITLE_CHARACTERS
from columncast.episodes.model.notice import Notice, Severity
from columncast.episodes.text.normalize import (
    clip,
    fold,
    has_markup,
    make_slug,
    one_line,
    plain_title,
    split_series,
)
from columncast.episodes.text.spans import linked

_HEAD = 5
"""Blocks, from the top, among which a date line or byline may stand."""
_TAIL = 3

_LISTEN = re.compile(
    r"^\W*(?:(?:you can|click|tap|press)\b.{0,30})?\b(?:listen|hear)\b.*"
    r"\b(?:narrat\w*|audio|record\w*|podcast|read(?:ing)?|voice|player|above|below|here|column|article)\b"
    r"|^\W*(?:hören sie|anhören|écoutez|escuche|ascolta)\b.*\b(?:oben|unten|audio|kolumne|podcast|"
    r"ci-dess\w+|chronique|columna)\b",
    re.IGNORECASE,
)
_LISTEN_LIMIT = 140
"""Characters; what is longer is prose about listening."""

_BYLINE = re.compile(
    r"^(?:by|von|par|por|di)\s+((?:[A-ZÀ-Þ][\w.’'-]*|of|de|van|von|der|and|und|&)(?:,?\s+|$)){2,8}$",
    re.IGNORECASE,
)
_TITLE_ENDS = re.compile(r"[^.]\.$")
_TITLE_LINE = 160
"""Characters; what is longer is prose."""
_SENTENCE_ENDS = re.compile(r"[.…:;,][\"”’»)]*$")


@dataclass
class _Head:
    column: Column
    blocks: list[Block]
    notices: list[Notice] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def drop(self, at: int, why: str) -> Block:
        block = self.blocks.pop(at)
        self.dropped.append(Dropped(text=one_line(block.text), why=why, line=block.line))
        return block

    def notice(
        self,
        code: str,
        message: str,
        block: Block | None = None,
        *,
        severity: Severity = "warning",
    ) -> None:
        where = f"line {block.line}" if block and block.line else ""
        self.notices.append(Notice(code=code, message=message, where=where, severity=severity))


def finish(column: Column, *, show_title: str, title: str) -> Column:
    """Return *column* with its head read: title, series, date line, byline, slug.

    *title* overrides what the column says.

    Raises:
        ColumnError: There is no title, or nothing under it.
    """
    head = _Head(column=column, blocks=[_with_links(block) for block in column.blocks])
    full_title, own_title = _titles(head, title)
    series, short = split_series(full_title, show_title)
    if series:
        head.notice(
            "series-removed", f"took the show's name off the title: {short!r}", severity="note"
        )
    author, story_date, subtitle = _lines_above(head, full_title)
    _listen_lines(head)
    while head.blocks and head.blocks[-1].kind == "rule":
        head.blocks.pop()
    if not any(block.text.strip() for block in head.blocks):
        raise ColumnError("there is a title but no text under it")
    return replace(
        column,
        title=_within_limit(short, head),
        own_title=clip(split_series(own_title, show_title)[1], TITLE_CHARACTERS),
        slug=_slug(column, short, head),
        series=column.series or series,
        author=column.author or author,
        story_date=column.story_date or story_date,
        subtitle=one_line(head.column.subtitle) or subtitle,
        blocks=tuple(head.blocks),
        dropped=column.dropped + tuple(head.dropped),
        notices=column.notices + tuple(head.notices),
    )


def _with_links(block: Block) -> Block:
    if block.kind in ("code", "image", "embed"):
        return block
    items = tuple(tuple(_with_links(inner) for inner in item) for item in block.items)
    spans = linked(block.spans)
    if block.kind == "paragraph" and _is_address(spans):
        # Alone in its paragraph an address is what systems show as a film or a card: nobody reads it.
        return replace(block, kind="embed", src=spans[0].href, spans=spans[0].children)
    return replace(block, spans=spans, items=items)


def _is_address(spans: tuple[Span, ...]) -> bool:
    alone = len(spans) == 1 and spans[0].kind == "link"
    return alone and bool(re.fullmatch(r"https?://\S+", spans_text(spans[0].children)))


def _titles(head: _Head, wanted: str) -> tuple[str, str]:
    """The title, as asked for or as the text has it; and the text's own, if it has one."""
    own = plain_title(head.column.title)
    given = plain_title(wanted)
    if has_markup(head.column.title) and not wanted:
        head.notice("title-markup", "took markup or invisible marks off the title", severity="note")
    first = head.blocks[0] if head.blocks else None
    if own or given:
        if first and any(_repeats(first, title) for title in (own, given) if title):
            head.blocks.pop(0)
            own = own or plain_title(first.text)
        elif first and not own and _is_title_line(head):
            head.drop(0, f"the title in the text; it is now {clip(given, 40)!r}")
            own = plain_title(first.text)
        return given or own, own
    if first is None or not first.text.strip():
        raise ColumnError("there is no title; put one on the first line, or give --title")
    text = plain_title(first.text)
    is_prose = first.kind != "heading" and (
        len(text) > _TITLE_LINE or (len(text) > 80 and _TITLE_ENDS.search(text))
    )
    if is_prose or first.kind not in ("heading", "paragraph"):
        raise ColumnError(
            f"the first line is no title ({clip(text, 40)!r}); put the title there, or give --title",
            where=f"line {first.line}" if first.line else "",
        )
    if any(span.kind in ("em", "strong") for span in first.spans) and first.kind != "heading":
        head.notice(
            "title-markup", "took markup or invisible marks off the title", first, severity="note"
        )
    head.blocks.pop(0)
    return text, text


def _is_title_line(head: _Head) -> bool:
    """Whether a text begins with a title of its own, although it is to be called otherwise.

    A heading of the first level, or a short line that does not end as a sentence does; but not
    the only one that there is.
    """
    first, *rest = head.blocks
    text = first.text.strip()
    if first.kind == "heading":
        return first.level == 1
    return (
        first.kind == "paragraph"
        and bool(text)
        and len(text) <= _TITLE_LINE
        and "\n" not in text
        and not _is_listen_line(first)
        and not _SENTENCE_ENDS.search(text)
        and any(block.kind == "paragraph" for block in rest)
    )


def _repeats(block: Block, title: str) -> bool:
    text = fold(plain_title(block.text))
    return block.kind in ("heading", "paragraph") and (
        text == fold(title) or text.endswith(": " + fold(title))
    )


def _lines_above(head: _Head, title: str) -> tuple[str, str, str]:  # noqa: C901 - one case a kind of line
    """Author, story date and subtitle, from the short lines between title and body."""
    author = story_date = subtitle = ""
    at = 0
    for _ in range(_HEAD):
        if at >= len(head.blocks):
            break
        block = head.blocks[at]
        text = one_line(block.text)
        if block.kind not in ("paragraph", "heading"):
            at += 1
        elif not story_date and is_story_date(text):
            story_date = text
            head.drop(at, "date line")
            if not _is_day(text, head.column):
                head.notice(
                    "story-date",
                    f"{text!r} is kept as the story's date; it is not the publication date",
                    block,
                    severity="note",
                )
            else:
                story_date = ""
        elif _is_listen_line(block):
            at += 1  # `_listen_lines` takes it
        elif not author and _BYLINE.match(text):
            author = text.split(maxsplit=1)[1].rstrip(" .")
            head.drop(at, "byline")
        elif not subtitle and _is_subtitle(head, at, text):
            subtitle = text
            head.drop(at, "subtitle")
        elif fold(text) in (fold(head.column.subtitle), fold(title)):
            head.drop(at, "said already")
        else:
            break
    if is_story_date(head.column.subtitle):
        story_date = story_date or one_line(head.column.subtitle)
        head.column = replace(head.column, subtitle="")
    return author, story_date, subtitle


def _is_day(text: str, column: Column) -> bool:
    """Whether a date line says the day of publication, as web pages do above an article."""
    if column.published is None:
        return False
    day = column.published
    spelled = {f"{day:%B} {day.day} {day.year}", f"{day.day} {day:%B} {day.year}"}
    spelled |= {f"{day:%b} {day.day} {day.year}", f"{day.day} {day:%b} {day.year}"}
    return one_line(re.sub(r"[,.]", " ", text)) in spelled or text == f"{day:%Y-%m-%d}"


def _is_subtitle(head: _Head, at: int, text: str) -> bool:
    """A short line that ends in no full stop, with prose after it, is what editors call a dek."""
    block = head.blocks[at]
    if head.column.subtitle or at + 1 >= len(head.blocks) or at > 1:
        return False
    following = next(
        (b for b in head.blocks[at + 1 :] if b.kind == "paragraph" and not _is_listen_line(b)), None
    )
    if following is None or any(span.kind == "link" for span in block.spans):
        return False
    is_heading = block.kind == "heading" and block.level <= 3 and at == 0
    is_short_line = (
        block.kind == "paragraph"
        and len(text) <= 140
        and not re.search(r"[.!?…:;,][\"”’»)]*$", text)
        and len(following.text) > 1.5 * len(text)
    )
    headings = sum(b.kind == "heading" for b in head.blocks)
    return is_short_line or (is_heading and headings == 1)


def _is_listen_line(block: Block) -> bool:
    text = one_line(block.text)
    return (
        block.kind in ("paragraph", "heading", "quote")
        and len(text) <= _LISTEN_LIMIT
        and bool(_LISTEN.search(text))
    )


def _listen_lines(head: _Head) -> None:
    """Drop the line that sends readers to the audio: listeners do not need it."""
    count = len(head.blocks)
    for at in reversed(range(count)):
        if (at < _HEAD or at >= count - _TAIL) and _is_listen_line(head.blocks[at]):
            block = head.drop(at, "points to the audio")
            head.notice(
                "listen-line-dropped",
                f"dropped {one_line(block.text)!r}: listeners do not need it",
                block,
                severity="note",
            )


def _within_limit(title: str, head: _Head) -> str:
    if len(title) > TITLE_CHARACTERS:
        head.notice(
            "title-cut", f"the title is longer than {TITLE_CHARACTERS} characters; cut at a word"
        )
    return clip(title, TITLE_CHARACTERS)


def _slug(column: Column, title: str, head: _Head) -> str:
    if not column.slug:
        return make_slug(title)
    slug = make_slug(column.slug)
    if slug != column.slug:
        head.notice(
            "slug-changed", f"the slug {column.slug!r} is not fit for an address; it is {slug!r}"
        )
    return slug
