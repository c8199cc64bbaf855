"""A column's pictures in its page and in its notes.

The page shows copies and asks nobody else for anything. Notes, which apps show, name a picture by
its description, as a link: to the copy, or where there is none to the picture on the web.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from columncast.episodes.errors import PictureError
from columncast.episodes.model.column import Block, Column, Span
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.picture import Picture, Reference
from columncast.episodes.pictures.names import kept_picture, public_stem, shown, why_left_out

PICTURE_CODES = frozenset({"picture-missing", "picture-elsewhere", "picture-refused"})
"""What is told of a picture that the page goes without."""

MakePicture = Callable[[Path, str, str], Picture]
"""Makes what is published of a source, for an episode's slug, under names that begin so; raises a
PictureError."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A column with its pictures."""

    page: Column
    """As its page shows it."""
    notes: Column
    """As its notes are made from it."""
    files: tuple[str, ...] = ()
    """The files that the page shows, in the folder of the page."""
    notices: tuple[Notice, ...] = field(default=())


def place(column: Column, folder: Path, *, slug: str, page_url: str, make: MakePicture) -> Placed:
    """Return *column* with the copies of its pictures that lie in the episode's *folder*.

    The page is at *page_url*; a picture that is not there, or cannot be shown, is left out of it.
    """
    references = column.pictures
    if not references:
        return Placed(page=column, notes=column)
    copies: dict[str, Picture] = {}
    notices: list[Notice] = []
    for reference in references:
        try:
            copy = _copy(reference, folder, slug, make)
        except PictureError as e:
            message = _left_out(reference, e.message, slug)
            notices.append(Notice(code="picture-refused", message=message, where=_where(reference)))
            continue
        if copy:
            copies[reference.key] = copy
            notices += _stopped(reference, copy)
        else:
            notices.append(_missing(reference, folder, slug))
    names = dict.fromkeys(name for copy in copies.values() for name in copy.names)
    return Placed(
        page=_for_page(column, copies),
        notes=_for_notes(column, copies, page_url),
        files=tuple(names),
        notices=tuple(notices),
    )


def with_links(blocks: tuple[Block, ...], *, images: bool) -> tuple[Block, ...]:
    """Return *blocks* with links to the pictures in their lines, and to *images* as well."""
    column = Column(title="", slug="", blocks=blocks)
    image = _captioned if images else lambda block: block
    return column.with_pictures(image=image, inline=_linked).blocks


def _copy(reference: Reference, folder: Path, slug: str, make: MakePicture) -> Picture | None:
    path = kept_picture(folder, reference)
    return make(path, slug, public_stem(reference)) if path else None


def _missing(reference: Reference, folder: Path, slug: str) -> Notice:
    where, why = _where(reference), why_left_out(folder, reference)
    if reference.src and not why:
        message = _left_out(reference, "was not fetched from the web", slug)
        return Notice(code="picture-elsewhere", message=message, where=where)
    message = _left_out(reference, why or "is not in the episode's folder", slug)
    return Notice(code="picture-missing", message=message, where=where)


def _left_out(reference: Reference, why: str, slug: str) -> str:
    return (
        f"the picture {shown(reference.key)} is left out of the page: it {why}; to try again: "
        f"columncast edit {slug} --column FILE"
    )


def _stopped(reference: Reference, copy: Picture) -> Iterator[Notice]:
    if copy.stopped:
        message = f"the picture {shown(reference.key)} moves; the page shows how it begins"
        yield Notice(
            code="picture-still", message=message, where=_where(reference), severity="note"
        )


def _where(reference: Reference) -> str:
    return f"line {reference.line}" if reference.line else ""


def _for_page(column: Column, copies: Mapping[str, Picture]) -> Column:
    def image(block: Block) -> Block | None:
        if copy := copies.get(block.src or block.file):
            return replace(block, src="", picture=copy)
        return _captioned(block)

    def inline(span: Span) -> Span | None:
        if copy := copies.get(span.href or span.file):
            return replace(span, href="", picture=copy)
        return _linked(span)

    return column.with_pictures(image=image, inline=inline)


def _captioned(block: Block) -> Block | None:
    """What stays of a picture that is left out: its caption, and a link by its description."""
    # A link asks nobody until a person follows it.
    link = _linked(Span(kind="picture", href=block.src, text=block.alt))
    between = (Span(kind="break"),) if link and block.spans else ()
    caption = (*((link,) if link else ()), *between, *block.spans)
    return replace(block, src="", alt="", spans=caption) if caption else None


def _for_notes(column: Column, copies: Mapping[str, Picture], page_url: str) -> Column:
    def address(src: str, file: str) -> str:
        copy = copies.get(src or file)
        return f"{page_url}{copy.name}" if copy else src

    return column.with_pictures(
        image=lambda block: replace(block, src=address(block.src, block.file), file=""),
        inline=lambda span: _linked(replace(span, href=address(span.href, span.file))),
    )


def _linked(span: Span) -> Span | None:
    """A picture in a line of text as a link to where it is, by its description."""
    if not (span.href and span.text):
        return None
    return Span(kind="link", href=span.href, children=(Span(text=span.text),))
