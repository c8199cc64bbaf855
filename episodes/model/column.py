"""The column: what a writer wrote, in one form whatever file it came in.

A column is a sequence of blocks, a block holds spans. This tree is the only thing that notes, the
episode's page, tags and alignment read; it cannot hold a script, a style or an unsafe link, since
it has no place for them. Reading files is `columns`, writing show notes is `notes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Literal

from columncast.episodes.model.notice import Notice

SpanKind = Literal["text", "link", "em", "strong", "code", "break", "note"]
"""`note` is a footnote's mark; its `text` is the number."""

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
    children: tuple[Span, ...] = ()

    @property
    def html(self) -> str:
        """The span as safe HTML."""
        if self.kind == "text":
            return escape(self.text, quote=False)
        if self.kind == "break":
            return "<br>"
        if self.kind == "note":
            return f'<sup><a href="#note-{self.text}" id="mark-{self.text}">{self.text}</a></sup>'
        inner = spans_html(self.children)
        if self.kind == "link":
            return f'<a href="{_attribute(self.href)}">{inner}</a>'
        tag = _INLINE_TAGS[self.kind]
        return f"<{tag}>{inner}</{tag}>"

    @property
    def plain(self) -> str:
        """What a person reads aloud: no footnote marks."""
        if self.kind == "note":
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


def _attribute(text: str) -> str:
    return escape(text, quote=True).replace("&#x27;", "'")


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
            picture = f'<img src="{_attribute(block.src)}" alt="{_attribute(block.alt)}">'
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
