"""HTML to blocks: every reader but the one for plain text ends here.

What the tree has a place for is kept, what it has no place for gives its text, and what is no text
(scripts, forms, pixels) goes. Only what an editor would miss is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from columncast.episodes.columns.blocks.embeds import (
    data_of,
    duration_of,
    furniture,
    is_embed,
    read_embed,
)
from columncast.episodes.columns.blocks.footnotes import Marks, take_footnotes
from columncast.episodes.columns.blocks.page_parts import left_out, shares, without_page_lines
from columncast.episodes.columns.blocks.pictures import (
    address_of,
    alt_of,
    counts_readers,
    is_emoji,
    local_file,
    shown,
)
from columncast.episodes.columns.private.hidden import is_hidden, prune
from columncast.episodes.columns.private.paywall import cut
from columncast.episodes.model.column import Block, Column, Dropped, Footnote, Span, SpanKind, words
from columncast.episodes.model.notice import Notice, Severity
from columncast.episodes.text.html import Element
from columncast.episodes.text.normalize import clean, clip, one_line
from columncast.episodes.text.spans import paragraphs, tidy
from columncast.episodes.text.urls import clean_url, has_tracking, is_unsafe

GONE = frozenset(
    "#comment script style noscript template svg canvas form input button select textarea option "
    "label link meta title base map area dialog progress meter nav head rt rp".split()
)
_BLOCKS = frozenset(
    "html body p div section article main header footer aside figure figcaption ul ol li dl dt dd "
    "blockquote h1 h2 h3 h4 h5 h6 table thead tbody tfoot tr td th caption pre hr details summary "
    "address center fieldset legend iframe video audio embed object".split()
)
_EMPHASIS: dict[str, SpanKind] = {
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), "em"),
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
}
_STRUCK = ("s", "del", "strike")
_STRUCK_STYLE = "text-decoration:line-through"
"""Shown plain, as apps would, such words would say what the writer took back."""

_RAISED = {
    "sup": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "sub": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}


@dataclass(frozen=True, kw_only=True)
class Markup:
    """What was found in a piece of HTML."""

    blocks: tuple[Block, ...]
    footnotes: tuple[Footnote, ...] = ()
    notices: tuple[Notice, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    audio_duration_s: float | None = None


def with_markup(
    column: Column, top: Element, *, paid: bool = False, from_web: bool = True
) -> Column:
    """Return *column* with the body under *top*, up to the paywall unless *paid* text is wanted.

    A text *from_web* loses the lines that pages have around their articles ("Share this").
    """
    notices = column.notices + without_paid_text(top, paid=paid) + prune(top)
    found = read_markup(top, base=column.source_url)
    blocks, lines = without_page_lines(found.blocks) if from_web else (found.blocks, ())
    dropped = found.dropped + lines
    return replace(
        column,
        blocks=blocks,
        footnotes=found.footnotes,
        notices=notices + found.notices + left_out(dropped),
        dropped=column.dropped + dropped,
        audio_duration_s=found.audio_duration_s,
    )


def without_paid_text(top: Element, *, paid: bool) -> tuple[Notice, ...]:
    """Cut the tree under *top* at its paywall, unless *paid* text is wanted; return what is told."""
    if paid or not cut(top):
        return ()
    message = "left out everything behind the paywall mark: it is for paying readers"
    return (Notice(code="paywall-cut", message=message),)


def read_markup(top: Element, *, base: str = "") -> Markup:
    """Return the blocks and footnotes under *top*; links without a host are meant at *base*.

    A paywall is not looked for here: see `paywall.cut`, which has to come first.
    """
    marks = take_footnotes(top)
    reader = _Reader(base, marks)
    reader.look_over(top)
    blocks = tuple(reader.blocks(top))
    notes = []
    for number, element in enumerate(marks.bodies, 1):
        reader.look_over(element)
        notes.append(Footnote(number=number, blocks=tuple(reader.blocks(element))))
    return Markup(
        blocks=blocks,
        footnotes=tuple(notes),
        notices=tuple(reader.notices),
        dropped=tuple(reader.dropped),
        audio_duration_s=reader.audio_duration_s,
    )


class _Reader:
    """One walk over a tree, and what was noticed on it."""

    def __init__(self, base: str, marks: Marks) -> None:
        self.base = base
        self.marks = marks
        self.notices: list[Notice] = []
        self.dropped: list[Dropped] = []
        self.audio_duration_s: float | None = None
        self.line = 0
        self.around_blocks: set[int] = set()
        self.around_pictures: set[int] = set()

    def look_over(self, top: Element) -> None:
        """Note which elements have blocks or pictures in them: once, for asking often."""
        for element in reversed(list(top.walk())):
            for child in element.children:
                if child.tag in _BLOCKS or is_embed(child) or id(child) in self.around_blocks:
                    self.around_blocks.add(id(element))
                if child.tag == "img" or id(child) in self.around_pictures:
                    self.around_pictures.add(id(element))

    def blocks(self, element: Element) -> list[Block]:
        """The blocks under *element*; inline content between blocks becomes paragraphs."""
        found: list[Block] = []
        run: list[Span] = []
        # A picture in a line of text is part of it; elsewhere it stands by itself.
        apart = element.tag not in ("p", "li", "td", "th") or not element.words().strip()
        for child in element.children:
            if self._is_block(child, pictures_apart=apart):
                found += self._paragraphs(run)
                run = []
                found += self._block(child)
            else:
                run += self.spans([child])
        return found + self._paragraphs(run)

    def spans(self, elements: Iterable[Element]) -> list[Span]:
        """The inline content of *elements*, white space as it stands in the source."""
        return [span for element in elements for span in self._inline(element)]

    def _paragraphs(self, run: list[Span]) -> list[Block]:
        return [Block(spans=part, line=self.line) for part in paragraphs(run)]

    def _is_block(self, element: Element, *, pictures_apart: bool) -> bool:
        if element.tag in _BLOCKS or is_embed(element) or id(element) in self.around_blocks:
            return True
        if not pictures_apart:
            return False
        if element.tag == "img":
            return not is_emoji(element)
        return id(element) in self.around_pictures and not element.words().strip()

    def _block(self, element: Element) -> list[Block]:
        if element.tag in GONE or is_hidden(element):
            return []
        if element.attrs.get("data-line", "").isdecimal():
            self.line = int(element.attrs["data-line"])
        if what := furniture(element):
            self._leave_out(element, what)
            return []
        if is_embed(element):
            return read_embed(element, base=self.base, line=self.line)
        gallery = data_of(element).get("gallery")
        if isinstance(gallery, dict) and isinstance(gallery.get("images"), list):
            return self.a_gallery(gallery["images"], str(gallery.get("caption") or ""))
        if formula := str(data_of(element).get("persistentExpression", "")):
            return [Block(kind="code", spans=words(one_line(formula)), line=self.line)]
        reader = _BLOCK_READERS.get(element.tag, _Reader.blocks)
        return reader(self, element)

    def a_heading(self, element: Element) -> list[Block]:
        line = self.line
        spans = tidy(_in_words(self.spans(element.children)))
        pictures = self._pictures(element)
        level = int(element.tag[1])
        heading = Block(kind="heading", spans=spans, level=level, line=line)
        return [heading, *pictures] if spans else pictures

    def a_list(self, element: Element) -> list[Block]:
        line = self.line
        items: list[tuple[Block, ...]] = []
        for child in element.children:
            if child.tag == "li":
                items.append(tuple(self._block(child)))
            elif child.tag in ("ul", "ol") and items:  # nested as old editors nest
                items[-1] += tuple(self.a_list(child))
        kept = tuple(item for item in items if item)
        ordered = element.tag == "ol"
        return [Block(kind="list", items=kept, ordered=ordered, line=line)] if kept else []

    def a_quote(self, element: Element) -> list[Block]:
        line = self.line
        inner = tuple(self.blocks(element))
        return [Block(kind="quote", items=(inner,), line=line)] if inner else []

    def some_code(self, element: Element) -> list[Block]:
        if any("verse" in name or "poem" in name for name in element.classes):
            return self.some_verse(element)
        text = clean(element.words()).strip("\n")
        return [Block(kind="code", spans=words(text), line=self.line)] if text.strip() else []

    def some_verse(self, element: Element) -> list[Block]:
        """A poem, whose line ends are its own."""
        spans: list[Span] = []
        for child in element.walk():
            if not child.tag:
                for at, line in enumerate(child.text.split("\n")):
                    spans += [Span(kind="break")] if at else []
                    spans.append(Span(text=clean(line)))
            elif child.tag == "br":
                spans.append(Span(kind="break"))
        return self._paragraphs(spans)

    def a_rule(self, _: Element) -> list[Block]:
        return [Block(kind="rule", line=self.line)]

    def a_table(self, element: Element) -> list[Block]:
        line = self.line
        rows = [e for e in element.walk() if e.tag == "tr"]
        cells = [[c for c in row.children if c.tag in ("td", "th")] for row in rows]
        if all(len(row) < 2 for row in cells) or any(
            e.tag == "table" for e in element.walk() if e is not element
        ):
            # A newsletter's layout, not a table.
            return [b for row in _outermost(cells) for cell in row for b in self.blocks(cell)]
        kept = []
        for row in cells:
            texts = [tidy(self.spans(cell.children)) for cell in row]
            if any(texts):
                kept.append(tuple(Block(spans=spans) for spans in texts))
        head = bool(cells[0]) and all(cell.tag == "th" for cell in cells[0])
        table = Block(kind="table", items=tuple(kept), level=int(head), line=line)
        return [table] if kept else []

    def a_gallery(self, images: list[Any], caption: str) -> list[Block]:
        """Substack's gallery keeps its pictures in its data only."""
        sources = [
            clean_url(str(i.get("src", "")), self.base) for i in images if isinstance(i, dict)
        ]
        blocks = [Block(kind="image", src=src, line=self.line) for src in sources if src]
        return [*blocks[:-1], *(replace(b, spans=words(one_line(caption))) for b in blocks[-1:])]

    def a_figure(self, element: Element) -> list[Block]:
        pictures = self._pictures(element)
        if not pictures:
            return self.blocks(element)
        captions = [e for e in element.walk() if e.tag == "figcaption"]
        caption = tidy([span for e in captions for span in self.spans(e.children)])
        return [*pictures[:-1], replace(pictures[-1], spans=caption)]

    def a_term(self, element: Element) -> list[Block]:
        line = self.line
        spans = tidy(self.spans(element.children))
        return [Block(spans=(Span(kind="strong", children=spans),), line=line)] if spans else []

    def a_link(self, element: Element) -> list[Block]:
        """A link around whole paragraphs or a picture."""
        if shares(element.attrs.get("href", "")):
            self._leave_out(element, "share buttons")
            return []
        href = self._href(element)
        return [_linked(block, href) for block in self.blocks(element)]

    def a_picture(self, image: Element) -> list[Block]:
        return self._pictures(Element("", children=[image]))

    def _pictures(self, element: Element) -> list[Block]:
        images = [e for e in element.walk() if e.tag == "img" and not is_emoji(e)]
        found = [(*self._place(image), alt_of(image)) for image in images]
        for src, file, alt in found:
            if (src or file) and not alt and not any(e.tag == "figcaption" for e in element.walk()):
                message = f"the picture {shown(src or file)} has no description; notes leave it out"
                self._notice("picture-without-alt", message, "note")
        return [
            Block(kind="image", src=src, file=file, alt=alt, line=self.line)
            for src, file, alt in found
            if src or file
        ]

    def _inline(self, element: Element) -> list[Span]:  # noqa: PLR0911 - one case a kind
        tag = element.tag
        if not tag:
            return [Span(text=clean(element.text))]
        if tag == "br":
            return [Span(kind="break")]
        if tag in GONE or is_hidden(element):
            return []
        if what := "struck out" if _is_struck(element) else furniture(element):
            self._leave_out(element, what)
            return []
        if tag == "img":
            return self._inline_picture(element)
        if tag == "a":
            return self._anchor(element)
        if "mention-wrap" in element.classes and not element.words().strip():
            return [Span(text=one_line(str(data_of(element).get("name") or "")))]
        return _dressed(element, self.spans(element.children))

    def _anchor(self, element: Element) -> list[Span]:
        if shares(element.attrs.get("href", "")):
            self._leave_out(element, "share buttons")
            return []
        if number := self.marks.number(element):
            return [Span(kind="note", text=str(number))]
        inner = self.spans(element.children)
        href = self._href(element)
        return [Span(kind="link", href=href, children=tuple(inner))] if href else inner

    def _inline_picture(self, image: Element) -> list[Span]:
        alt = alt_of(image)
        if is_emoji(image):
            return [Span(text=alt)]
        src, file = self._place(image)
        return [Span(kind="picture", href=src, file=file, text=alt)] if src or file else []

    def _place(self, image: Element) -> tuple[str, str]:
        """A picture's address on the web, and where it lies seen from the column; empty for none."""
        if counts_readers(image):
            self._notice(
                "tracking-removed", "removed an invisible picture that counts readers", "note"
            )
            return "", ""
        address = address_of(image).strip()
        # `deck.png` is a file beside the column, and no host as it would be in a link.
        relative = not re.match(r"[a-z][\w+.-]*:|//", address, re.IGNORECASE)
        href = clean_url(urljoin(self.base, address) if relative else address)
        on_web = href.startswith("http") and bool(self.base or not relative)
        return href if on_web else "", "" if on_web and not relative else local_file(address)

    def _href(self, element: Element) -> str:
        href = element.attrs.get("href", "")
        url = clean_url(href, self.base)
        text = clip(one_line(element.words()), 40)
        if is_unsafe(href) and not url:
            message = f"dropped a link that leads to no address ({text!r}); its text stays"
            self._notice("link-dropped", message)
        elif href.strip() and not url:
            message = (
                f"{text!r} links to {clip(one_line(href), 60)!r}, which leads nowhere from an app; "
                "its text stays. Say where the column is (front matter `url:`) to keep such links"
            )
            self._notice("link-relative", message)
        elif has_tracking(href):
            self._notice("link-tracking", f"took the tracking off the link {text!r}", "note")
        return url

    def _leave_out(self, element: Element, what: str) -> None:
        if what == "audio player":
            self.audio_duration_s = duration_of(element) or self.audio_duration_s
        text = clip(one_line(element.words()), 80)
        self.dropped.append(Dropped(text=text, why=what, line=self.line))

    def _notice(self, code: str, message: str, severity: Severity = "warning") -> None:
        where = f"line {self.line}" if self.line else ""
        notice = Notice(code=code, message=message, where=where, severity=severity)
        if notice not in self.notices:
            self.notices.append(notice)


_BLOCK_READERS: dict[str, Callable[[_Reader, Element], list[Block]]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _Reader.a_heading),
    "ul": _Reader.a_list,
    "ol": _Reader.a_list,
    "blockquote": _Reader.a_quote,
    "pre": _Reader.some_code,
    "hr": _Reader.a_rule,
    "table": _Reader.a_table,
    "figure": _Reader.a_figure,
    "dt": _Reader.a_term,
    "a": _Reader.a_link,
    "img": _Reader.a_picture,
}


def _in_words(spans: Iterable[Span]) -> list[Span]:
    """*spans* with the descriptions of pictures in their place: a heading is read by machines."""
    return [
        Span(text=span.text)
        if span.kind == "picture"
        else replace(span, children=tuple(_in_words(span.children)))
        for span in spans
    ]


def _linked(block: Block, href: str) -> Block:
    if not href or block.kind not in ("paragraph", "heading"):
        return block
    if any(span.kind == "link" for span in block.spans):
        return block
    return replace(block, spans=(Span(kind="link", href=href, children=block.spans),))


def _outermost(cells: list[list[Element]]) -> list[list[Element]]:
    """The cells that are in no other cell: reading those reads all."""
    inner = {id(e) for row in cells for cell in row for e in cell.walk() if e is not cell}
    return [[cell for cell in row if id(cell) not in inner] for row in cells]


def _dressed(element: Element, inner: list[Span]) -> list[Span]:
    """*inner* in what an inline *element* adds to it."""
    if table := _RAISED.get(element.tag):
        return [_raised(span, table) for span in inner]
    if element.tag == "q":
        return [Span(text="“"), *inner, Span(text="”")]
    for kind in _emphasis(element):
        inner = [Span(kind=kind, children=tuple(inner))]
    return inner


def _raised(span: Span, table: dict[int, int]) -> Span:
    changed = span.text.translate(table)
    whole = all(new != old or old.isspace() for new, old in zip(changed, span.text, strict=True))
    return replace(span, text=changed) if span.kind == "text" and whole else span


def _emphasis(element: Element) -> list[SpanKind]:
    """What an element stresses; Google Docs says it in styles, and wraps all in a false bold."""
    style = _style(element)
    kinds = [_EMPHASIS[element.tag]] if element.tag in _EMPHASIS else []
    if "font-weight:normal" in style or "font-weight:400" in style:
        kinds = [kind for kind in kinds if kind != "strong"]
    if element.tag == "span":
        kinds += ["em"] if "font-style:italic" in style else []
        kinds += ["strong"] if re.search(r"font-weight:(bold|[6-9]00)", style) else []
    return kinds


def _is_struck(element: Element) -> bool:
    return element.tag in _STRUCK or _STRUCK_STYLE in _style(element)


def _style(element: Element) -> str:
    return element.attrs.get("style", "").replace(" ", "").lower()
