"""The column: what a writer wrote, in one form whatever file it came in.

A column is a sequence of blocks, a block holds spans. This tree is the only thing that notes, the
episode's page, tags and alignment read; it cannot hold a script, a style or an unsafe link, since
it has no place for them. Reading files is `columns`, writing show notes is `notes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape
from typing import Literal

from columncast.episodes.model.notice import Notice
from columncast.episodes.model.picture import Picture, Reference

SpanKind = Literal["text", "link", "em", "strong", "code", "break", "note", "picture"]
"""`note` is a footnote's mark; its `text` is the number. A picture's is its description."""

BlockKind = Literal[
    "paragraph", "heading", "list", "quote", "image", "table", "code", "rule", "embed"
]

_INLINE_TAGS = {"em": "em", "strong": "strong", "code": "code"}

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['’.,-][^\W_]+)*")
_CJK_PER_WORD = 1.6
"""Characters that make one word in Chinese or Japanese, for a pace in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A run of text, or an inline element around runs."""

    kind: SpanKind = "text"
    text: str = ""
    href: str = ""
    """Of a picture: its address on the web, if it has one."""
    children: tuple[Span, ...] = ()
    file: str = ""
    """Of a picture: where it lies, seen from the column; see `Reference`."""
    picture: Picture | None = None
    """The copy that the page shows."""

    @property
    def html(self) -> str:
        """The span as safe HTML."""
        if self.kind == "text":
            return escape(self.text, quote=False)
        if self.kind == "break":
            return "<br>"
        if self.kind == "note":
            return f'<sup><a href="#note-{self.text}" id="mark-{self.text}">{self.text}</a></sup>'
        if self.kind == "picture":
            return _picture_html(self.picture, self.href, self.text)
        inner = spans_html(self.children)
        if self.kind == "link":
            return f'<a href="{_attribute(self.href)}">{inner}</a>'
        tag = _INLINE_TAGS[self.kind]
        return f"<{tag}>{inner}</{tag}>"

    @property
    def plain(self) -> str:
        """What a person reads aloud: no footnote marks, no pictures."""
        if self.kind in ("note", "picture"):
            return ""
        return "\n" if self.kind == "break" else self.text + spans_text(self.children)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A paragraph or its like."""

    kind: BlockKind = "paragraph"
    spans: tuple[Span, ...] = ()
    """The content; an image's caption; a code block's text."""
    items: tuple[tuple[Block, ...], ...] = ()
    """A list's items, a table's rows (one block a cell), a quotation's blocks (one item)."""
    level: int = 0
    """Of a heading, from 2; the title is 1 and no block."""
    ordered: bool = False
    src: str = ""
    """An image's or embed's address."""
    alt: str = ""
    file: str = ""
    """Of an image: where it lies, seen from the column; see `Reference`."""
    picture: Picture | None = None
    """The copy of an image that the page shows."""
    line: int = 0
    """Where it starts in the source, from 1; 0 where lines mean nothing (docx, HTML)."""

    @property
    def html(self) -> str:
        """The block as safe HTML, as the episode's page shows it."""
        return "".join(_html(self))

    @property
    def text(self) -> str:
        """What a person reads aloud; empty for images, embeds and rules."""
        if self.kind in ("image", "embed", "rule"):
            return ""
        if self.items:
            return "\n".join(filter(None, (b.text for item in self.items for b in item)))
        return spans_text(self.spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class Footnote:
    """A note at the end; `number` is its mark."""

    number: int
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dropped:
    """What was left out of the column, so that nothing goes silently."""

    text: str
    why: str
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A work, person or link that the column speaks of: a candidate, until the editor says so."""

    title: str
    kind: Literal["work", "person", "link"] = "work"
    by: str = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as its writer meant it."""

    title: str
    slug: str
    """A suggestion; the one that counts is frozen when the episode is first added."""
    blocks: tuple[Block, ...]
    own_title: str = ""
    """As the text has it and a narrator reads it, whatever `title` an editor has given; "": none."""
    subtitle: str = ""
    author: str = ""
    series: str = ""
    story_date: str = ""
    """The date that the story is about, as written; never the publication date."""
    published: datetime | None = None
    """Only where the source says so: front matter, an export, a feed."""
    language: str = ""
    source_url: str = ""
    footnotes: tuple[Footnote, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    notices: tuple[Notice, ...] = ()
    hook: str = ""
    narrator: str = ""
    season: int | None = None
    number: int | None = None
    explicit: bool | None = None
    audio_duration_s: float | None = None
    """Of the recording that the source itself names (Substack's voice-over), to compare with."""
    keywords: tuple[str, ...] = field(default=())
    draft: str = ""
    """Where the source says that it is not to be published yet (`front matter, draft: true`)."""

    @property
    def text(self) -> str:
        """The column as plain text, paragraphs separated by blank lines."""
        return "\n\n".join(filter(None, (block.text for block in self.blocks)))

    @property
    def html(self) -> str:
        """The whole column as safe HTML, footnotes at the end."""
        parts = [block.html for block in self.blocks]
        if self.footnotes:
            parts.append('<ol class="footnotes">')
            for note in self.footnotes:
                inner = "".join(block.html for block in note.blocks)
                parts.append(f'<li id="note-{note.number}" value="{note.number}">{inner}</li>')
            parts.append("</ol>")
        return "".join(parts)

    @property
    def pictures(self) -> tuple[Reference, ...]:
        """Every picture once, in the order of reading."""
        found: dict[str, Reference] = {}
        for block in (*self.blocks, *(b for note in self.footnotes for b in note.blocks)):
            for reference in _references(block):
                found.setdefault(reference.key, reference)
        return tuple(found.values())

    def with_pictures(
        self,
        *,
        image: Callable[[Block], Block | None],
        inline: Callable[[Span], Span | None],
    ) -> Column:
        """Return the column with what becomes of each image, and of each picture in a line."""

        def of(blocks: Iterable[Block]) -> tuple[Block, ...]:
            return tuple(b for block in blocks if (b := _illustrated(block, image, inline)))

        notes = tuple(replace(note, blocks=of(note.blocks)) for note in self.footnotes)
        return replace(self, blocks=of(self.blocks), footnotes=notes)

    @property
    def word_count(self) -> int:
        """Words that a narrator reads: not the title, footnotes, tables and code."""
        read = (b.text for b in self.blocks if b.kind not in ("table", "code"))
        return count_words("\n\n".join(read))


def count_words(text: str) -> int:
    """Return how many words *text* has; Chinese and Japanese count by their characters.

    >>> count_words("Mao’s all-powerful ally — in 1,281 words")
    6
    """
    words = _WORD.findall(text)
    cjk = sum(1 for word in words if "\u3040" <= word[0] <= "\ud7af")
    return len(words) - cjk + round(cjk / _CJK_PER_WORD)


def spans_html(spans: Iterable[Span]) -> str:
    """Return *spans* as safe HTML."""
    return "".join(span.html for span in spans)


def spans_text(spans: Iterable[Span]) -> str:
    """Return *spans* as they are read aloud."""
    return "".join(span.plain for span in spans)


def words(text: str) -> tuple[Span, ...]:
    """Return *text* as the spans of a plain paragraph."""
    return (Span(text=text),) if text else ()


def _illustrated(
    block: Block, image: Callable[[Block], Block | None], inline: Callable[[Span], Span | None]
) -> Block | None:
    spans = _pictured(block.spans, inline)
    items = tuple(
        tuple(b for inner in item if (b := _illustrated(inner, image, inline)))
        for item in block.items
    )
    if (spans, items) != (block.spans, block.items):
        block = replace(block, spans=spans, items=items)
    return image(block) if block.kind == "image" else block


def _pictured(
    spans: tuple[Span, ...], inline: Callable[[Span], Span | None], *, in_link: bool = False
) -> tuple[Span, ...]:
    found: list[Span] = []
    for span in spans:
        if span.kind == "picture":
            made = inline(span)
            if made and made.kind == "link" and in_link:  # no link holds another
                found += made.children
                continue
        else:
            inside = in_link or span.kind == "link"
            children = _pictured(span.children, inline, in_link=inside)
            made = replace(span, children=children) if children != span.children else span
        found += [made] if made else []
    return tuple(found)


def _references(block: Block) -> Iterator[Reference]:
    if block.kind == "image" and (block.src or block.file):
        yield Reference(src=block.src, file=block.file, line=block.line)
    waiting = list(reversed(block.spans))
    while waiting:
        span = waiting.pop()
        if span.kind == "picture" and (span.href or span.file):
            yield Reference(src=span.href, file=span.file, line=block.line)
        waiting += reversed(span.children)
    for item in block.items:
        for inner in item:
            yield from _references(inner)


def _attribute(text: str) -> str:
    return escape(text, quote=True).replace("&#x27;", "'")


def _picture_html(picture: Picture | None, src: str, alt: str) -> str:
    """The copy of a picture, else the picture where it is; nothing where that is no address."""
    if picture:
        return picture.html(alt)
    return f'<img src="{_attribute(src)}" alt="{_attribute(alt)}">' if src else ""


def _html(block: Block) -> Iterator[str]:  # noqa: C901 - one case a kind of block
    inner = spans_html(block.spans)
    match block.kind:
        case "paragraph":
            yield f"<p>{inner}</p>"
        case "heading":
            level = min(max(block.level, 2), 6)
            yield f"<h{level}>{inner}</h{level}>"
        case "code":
            yield f"<pre><code>{inner}</code></pre>"
        case "rule":
            yield "<hr>"
        case "image":
            caption = f"<figcaption>{inner}</figcaption>" if inner else ""
            picture = _picture_html(block.picture, block.src, block.alt)
            if picture or caption:
                yield f"<figure>{picture}{caption}</figure>"
        case "embed":
            yield f'<p><a href="{_attribute(block.src)}">{inner}</a></p>'
        case "quote":
            yield "<blockquote>"
            yield from (b.html for item in block.items for b in item)
            yield "</blockquote>"
        case "list":
            tag = "ol" if block.ordered else "ul"
            yield f"<{tag}>"
            yield from (f"<li>{_item_html(item)}</li>" for item in block.items)
            yield f"</{tag}>"
        case "table":
            yield "<table>"
            for row in block.items:
                cells = "".join(f"<td>{spans_html(cell.spans)}</td>" for cell in row)
                yield f"<tr>{cells}</tr>"
            yield "</table>"


def _item_html(item: tuple[Block, ...]) -> str:
    """A list item's first paragraph stands without `<p>`, as people write lists."""
    if not item:
        return ""
    first, rest = item[0], item[1:]
    head = spans_html(first.spans) if first.kind == "paragraph" else first.html
    return head + "".join(block.html for block in rest)
