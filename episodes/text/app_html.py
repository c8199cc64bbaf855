"""What every podcast app shows: a column's blocks brought down to it, cut to length, made plain.

Only `p a ul ol li br strong em` come out (Apple's and PSP-1's list, and `br`); what they cannot
say is said in words. All of it works on the tree, so no cut can fall inside a tag or an entity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from columncast.episodes.model.column import Block, Span, spans_text, words
from columncast.episodes.text.normalize import whole_graphemes
from columncast.episodes.text.sentences import sentences
from columncast.episodes.text.spans import tidy

_BREAK = Span(kind="break")


def for_apps(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return *blocks* as paragraphs and lists only.

    Done twice it is the same as done once, so notes may be read and written again.
    """
    return tuple(simple for block in blocks for simple in _simple(block))


def html_of(blocks: Iterable[Block]) -> str:
    """Return *blocks* as HTML in one line: some apps show a line end as a line break."""
    return "".join(block.html for block in blocks)


def length_bytes(blocks: Iterable[Block]) -> int:
    """What Apple counts of *blocks*: bytes of UTF-8, markup included."""
    return len(html_of(blocks).encode())


def cut(blocks: Sequence[Block], limit_bytes: int) -> tuple[Block, ...]:
    """Return as many *blocks* as fit, the last one cut at a sentence end if need be.

    A block that must be cut in a sentence (there is no other way to show any of it) ends in an
    ellipsis at a word, and never inside a link's address, an entity, or a character.
    """
    kept: list[Block] = []
    left = limit_bytes
    for block in blocks:
        size = length_bytes([block])
        if size > left:
            if part := _beginning(block, left, may_break=not kept):
                kept.append(part)
            break
        kept.append(block)
        left -= size
    return tuple(kept)


def plain_of(blocks: Iterable[Block]) -> str:
    """Return *blocks* for terminals and tags: blank lines between, addresses written out."""
    return "\n\n".join(filter(None, (_plain(block) for block in blocks)))


def _simple(block: Block) -> list[Block]:  # noqa: PLR0911 - one case a kind of block
    match block.kind:
        case "rule":
            return []
        case "heading":
            bold = Span(kind="strong", children=tidy(_without(block.spans, "strong")))
            return [Block(spans=(bold,), line=block.line)]
        case "code":
            lines = [words(line) for line in spans_text(block.spans).split("\n")]
            spans = tidy(_joined(lines))
            return [Block(spans=spans, line=block.line)] if spans else []
        case "image":
            name = block.alt or spans_text(block.spans)
            link = _to(block.src, words(name))
            return [Block(spans=(link,), line=block.line)] if name and block.src else []
        case "embed":
            link = _to(block.src, tidy(_inline(block.spans, in_link=True)))
            return [Block(spans=(link,), line=block.line)]
        case "quote":
            return _quoted([simple for item in block.items for simple in for_apps(item)])
        case "table":
            return _rows(block)
        case "list":
            items = tuple(filter(None, (for_apps(item) for item in block.items)))
            return [replace(block, items=items)] if items else []
    spans = tidy(_inline(block.spans))
    return [replace(block, spans=spans)] if spans else []


def _to(href: str, shown: tuple[Span, ...]) -> Span:
    return Span(kind="link", href=href, children=shown)


def _inline(spans: Iterable[Span], *, in_link: bool = False) -> tuple[Span, ...]:
    found: list[Span] = []
    for span in spans:
        in_link_here = in_link or span.kind == "link"
        if span.kind == "note":
            found.append(Span(text=f"[{span.text}]"))
        elif span.kind == "picture":
            shown = words(span.text) if span.href else ()
            found += shown if in_link or not shown else (_to(span.href, shown),)
        elif span.kind == "code":
            found += _inline(span.children, in_link=in_link_here)
        elif span.children:
            found.append(replace(span, children=_inline(span.children, in_link=in_link_here)))
        else:
            found.append(span)
    return _joined_text(found)


def _without(spans: Iterable[Span], kind: str) -> tuple[Span, ...]:
    found: list[Span] = []
    for span in _inline(spans):
        if span.kind == kind:
            found += _without(span.children, kind)
        else:
            found.append(
                replace(span, children=_without(span.children, kind)) if span.children else span
            )
    return _joined_text(found)


def _joined_text(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in spans:
        if span.kind == "text" and joined and joined[-1].kind == "text":
            joined[-1] = Span(text=joined[-1].text + span.text)
        else:
            joined.append(span)
    return tuple(joined)


def _joined(lines: Sequence[tuple[Span, ...]]) -> tuple[Span, ...]:
    return tuple(
        span for at, line in enumerate(lines) for span in ((*((_BREAK,) if at else ()), *line))
    )


def _quoted(blocks: list[Block]) -> list[Block]:
    """A quotation without its indent needs its marks; one that has them is left alone."""
    text = spans_text(blocks[0].spans) if blocks else ""
    if not blocks or blocks[0].kind != "paragraph" or text[:1] in "“\"„«‘'‚—–":
        return blocks
    blocks[0] = replace(blocks[0], spans=_joined_text((Span(text="“"), *blocks[0].spans)))
    last = next(at for at in reversed(range(len(blocks))) if blocks[at].kind == "paragraph")
    blocks[last] = replace(blocks[last], spans=_joined_text((*blocks[last].spans, Span(text="”"))))
    return blocks


def _rows(table: Block) -> list[Block]:
    """A table as a list, each row with the names of its columns."""
    rows = [[_inline(cell.spans) for cell in row] for row in table.items]
    names = [spans_text(cell) for cell in rows.pop(0)] if table.level and len(rows) > 1 else []
    items = []
    for row in rows:
        spans: list[Span] = []
        for at, cell in enumerate(row):
            if not cell:
                continue
            spans += [Span(text="; ")] if spans else []
            if at and at < len(names) and names[at]:
                spans.append(Span(text=f"{names[at]}: "))
            spans += cell
        if spans:
            items.append((Block(spans=_joined_text(spans)),))
    return [Block(kind="list", items=tuple(items), line=table.line)] if items else []


def _beginning(block: Block, limit_bytes: int, *, may_break: bool) -> Block | None:
    """The longest beginning of *block* that fits in *limit_bytes*, at a sentence or item end."""
    if block.kind == "list":
        items = list(block.items)
        while items:
            items.pop()
            part = replace(block, items=tuple(items))
            if items and length_bytes([part]) <= limit_bytes:
                return part
        return None
    text = _flat(block.spans)
    ends = [0]
    for sentence in sentences(text):
        ends.append(ends[-1] + len(sentence))
    for end in reversed(ends[1:-1]):
        part = replace(block, spans=_first(block.spans, end))
        if length_bytes([part]) <= limit_bytes:
            return part
    return _broken(block, text, limit_bytes) if may_break else None


def _broken(block: Block, text: str, limit_bytes: int) -> Block | None:
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits with its ellipsis
        middle = (low + high + 1) // 2
        if length_bytes([_with_ellipsis(block, text, middle)]) <= limit_bytes:
            low = middle
        else:
            high = middle - 1
    head = text[:low].rpartition(" ")[0]
    if len(head) > low // 2:
        low = len(head)
    part = _with_ellipsis(block, text, low)
    return part if low and length_bytes([part]) <= limit_bytes else None


def _with_ellipsis(block: Block, text: str, length: int) -> Block:
    length = len(whole_graphemes(text, length))
    return replace(block, spans=_joined_text((*_first(block.spans, length), Span(text="…"))))


def _flat(spans: Iterable[Span]) -> str:
    """The text with every break as one character, so that positions in it are positions in spans."""
    return "".join("\n" if s.kind == "break" else s.text + _flat(s.children) for s in spans)


def _first(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    """The first *length* characters of *spans*, without trailing space, elements closed."""
    found: list[Span] = []
    for span in spans:
        if length <= 0:
            break
        size = len(_flat([span]))
        if size <= length:
            found.append(span)
        elif span.kind == "text":
            found.append(Span(text=span.text[:length]))
        else:
            found.append(replace(span, children=_first(span.children, length)))
        length -= size
    while found and (found[-1].kind == "break" or not _flat([found[-1]]).strip()):
        found.pop()
    if found and found[-1].kind == "text":
        found[-1] = Span(text=found[-1].text.rstrip())
    return tuple(found)


def _plain(block: Block, indent: str = "") -> str:
    if block.kind != "list":
        return "".join(_plain_span(span) for span in block.spans)
    lines = []
    for number, item in enumerate(block.items, 1):
        mark = f"{number}. " if block.ordered else "- "
        inner = "\n".join(_plain(part, indent + "  ") for part in item)
        lines.append(indent + mark + inner.lstrip())
    return "\n".join(lines)


def _plain_span(span: Span) -> str:
    if span.kind in ("text", "break"):
        return span.plain
    inner = "".join(_plain_span(child) for child in span.children)
    if span.kind != "link" or inner.strip() in (span.href, span.href.removeprefix("mailto:")):
        return inner
    return f"{inner} ({span.href.removeprefix('mailto:')})"


def paragraph(*parts: Span | str) -> Block:
    """Return a paragraph of texts and spans."""
    return Block(spans=tuple(Span(text=p) if isinstance(p, str) else p for p in parts))


def link(href: str, text: str = "") -> Span:
    """Return a link; without a *text* its address is shown, which plain apps can use as well."""
    return Span(kind="link", href=href, children=words(text or href))
