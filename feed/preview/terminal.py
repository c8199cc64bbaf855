"""The preview for people who live in a terminal: plain text, no colour, any width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from columncast.episodes.model.notice import problems_in
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.text.html import Element, parse
from columncast.feed.preview.apps.panes import Pane, panes
from columncast.feed.preview.apps.profiles import apps
from columncast.feed.preview.apps.truncation import Meter
from columncast.feed.preview.column_view import marked
from columncast.feed.preview.draft import Draft, read_draft
from columncast.feed.preview.page import TRUSTS

BAR = 24
"""Characters of a meter."""
NARROWEST = 40


def as_text(folder: ShowFolder, slug: str, *, width: int) -> str:
    """Return the preview of the episode called *slug* in lines of at most *width* characters.

    Apps that show the same are told together, of the others what differs. A word longer than a line is left whole.

    Raises:
        ColumncastError: As publishing would for what cannot be read.
    """
    draft = read_draft(folder.root, slug)
    return "\n".join(_lines(draft, max(width, NARROWEST))) + "\n"


def _lines(draft: Draft, width: int) -> Iterator[str]:
    shown = panes(draft.notes, apps(), duration_s=draft.duration_s)
    yield from _wrapped(draft.column.title, width)
    subtitle = draft.facts.notes.subtitle_of(draft.column)
    yield from _wrapped(subtitle, width) if subtitle else ()
    yield from ("", *_heading("Where it is cut", width))
    yield from _meters(shown, width)
    yield from ("", *_heading("Warnings", width))
    yield from _notices(draft, width)
    if left_out := list(_left_out(draft, width)):
        yield from ("", *_heading("Left out of the column", width), *left_out)
    first = ""
    for text, alike in _alike(shown).items():
        yield from ("", *_heading(", ".join(pane.app.name for pane in alike), width))
        for remark in _remarks(alike):
            yield from _wrapped(remark, width, first="* ", then="  ")
        yield ""
        lines = text.split("\n")
        if first:
            lines = [line for line in lines if line not in first.split("\n")]
            yield from ("As above, but:", "") if lines else ("As above, with less.",)
        for line in lines:
            yield from _wrapped(line, width) if line else [""]
        first = first or text
    if draft.built is None:
        yield from ("", f"Not built yet; next: columncast build {draft.slug}")


def _meters(shown: Sequence[Pane], width: int) -> Iterator[str]:
    longest = max(len(pane.app.name) for pane in shown)
    for pane in shown:
        told = f"{pane.app.name:<{longest}}  {_bar(pane.meter)}  {_filling(pane.meter)}"
        trust = f"  {TRUSTS[pane.app.trust]}"
        yield told + trust if len(told + trust) <= width else told[:width].rstrip()


def _bar(meter: Meter) -> str:
    """A meter as people draw it.

    >>> from columncast.feed.preview.apps.profiles import Limit
    >>> _bar(Meter(length_bytes=2000, length_characters=0, limit=Limit(number=4000, unit="bytes")))
    '[############............]'
    """
    if meter.limit is None:
        return " " * (BAR + 2)
    filled = min(BAR, round(BAR * meter.used / meter.limit.number))
    return f"[{'#' * filled}{'.' * (BAR - filled)}]"


def _filling(meter: Meter) -> str:
    if meter.limit is None:
        return f"{meter.used:,} bytes"
    told = f"{meter.used:,} of {meter.limit.number:,} {meter.unit}"
    return f"{told}, {meter.over:,} too many" if meter.over else told


def _notices(draft: Draft, width: int) -> Iterator[str]:
    asked = problems_in(draft.notices)
    for notice in asked:
        yield from _wrapped(notice.line, width, then="  ")
    if not asked:
        yield "Nothing."


def _left_out(draft: Draft, width: int) -> Iterator[str]:
    for line in marked(draft.column, draft.notes, draft.source, draft.notices):
        place = f"line {line.number}: " if line.number else ""
        if line.dropped:
            yield from _wrapped(f"{place}{line.text} ({line.dropped})", width, then="  ")
        for piece in line.pieces:
            if piece.why:
                yield from _wrapped(f"{place}{piece.text} ({piece.why})", width, then="  ")


def _remarks(alike: Sequence[Pane]) -> Iterator[str]:
    """What apps change, each thing once, with the apps that do where it is not all of them."""
    told: dict[str, list[str]] = {}
    for pane in alike:
        for remark in pane.remarks:
            told.setdefault(remark, []).append(pane.app.name)
    for remark, names in told.items():
        yield remark if len(names) == len(alike) else f"{', '.join(names)}: {remark}"


def _alike(shown: Sequence[Pane]) -> dict[str, list[Pane]]:
    """The panes by what they show, in the order of the table."""
    groups: dict[str, list[Pane]] = {}
    for pane in shown:
        groups.setdefault(_text_of(pane), []).append(pane)
    return groups


def _text_of(pane: Pane) -> str:
    """What a pane shows, as text: blank lines between paragraphs, bullets before items."""
    blocks = [block for child in parse(pane.html).children for block in _blocks(child)]
    return "\n\n".join(blocks)


def _blocks(element: Element) -> Iterator[str]:
    if element.tag in ("body", "html"):
        for child in element.children:
            yield from _blocks(child)
    elif element.tag in ("ul", "ol"):
        items = (item for item in element.children if item.tag == "li")
        yield "\n".join(f"- {_inline(item)}" for item in items)
    elif element.tag != "head" and (text := _inline(element)):
        yield text


def _inline(element: Element) -> str:
    text = "".join(_words(child) for child in element.children) or element.text
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _words(element: Element) -> str:
    if element.tag == "br":
        return "\n"
    inner = element.text + "".join(_words(child) for child in element.children)
    href = element.attrs.get("href", "")
    if element.tag != "a" or "data-seek" in element.attrs:
        return inner
    return inner if inner in (href, href.removeprefix("mailto:")) else f"{inner} <{href}>"


def _heading(text: str, width: int) -> Iterable[str]:
    lines = textwrap.wrap(text, width)
    return (*lines, "-" * max(len(line) for line in lines))


def _wrapped(text: str, width: int, *, first: str = "", then: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
