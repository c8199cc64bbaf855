"""A .docx, as Google Docs, Word and others write it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

from columncast.episodes.columns.formats.page import read_tree
from columncast.episodes.columns.formats.word_parts import shown_document
from columncast.episodes.columns.input.xml_items import refuse_entities
from columncast.episodes.columns.input.zipfiles import Archive, opened
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.column import Column
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.html import parse

_PART_LIMIT = 16_000_000
_PARTS_LIMIT = 48_000_000
"""Bytes of XML in a document, unpacked: one part, and all of them."""
_LONGEST_NAME = 500
_BODY = "word/document.xml"

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='Quote'] => blockquote:fresh > p:fresh
p[style-name='Intense Quote'] => blockquote:fresh > p:fresh
p[style-name='Block Text'] => blockquote:fresh > p:fresh
"""


def is_word(archive: Archive) -> bool:
    """Whether the zip is a .docx."""
    return _BODY in archive.names


def read_word(path: Path) -> Column:
    """Return the column in the document *path*.

    Raises:
        ColumnError: It is damaged or hostile.
    """
    import mammoth  # noqa: PLC0415 - slow to load, and seldom needed

    left_out = 0
    try:
        with opened(path) as archive:
            _refuse_bombs(archive)
            document, changed = shown_document(archive, _PART_LIMIT)

        def name_of(picture: mammoth.documents.Image) -> dict[str, str]:
            """The picture as the part of the document that it is."""
            nonlocal left_out
            try:
                with picture.open() as content:  # its name, see `shown_document`
                    name = content.read(_LONGEST_NAME).decode()
            except Exception:  # noqa: BLE001 - it lies elsewhere; whatever is wrong, it is told
                name = ""
            left_out += not name
            return {"src": name}

        made = mammoth.convert_to_html(
            io.BytesIO(document),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(name_of),
            external_file_access=False,
        )
    except ColumnError:
        raise
    except Exception as e:
        raise ColumnError(f"the document cannot be read ({type(e).__name__}); save it again") from e
    notices: tuple[Notice, ...] = ()
    if left_out:
        message = (
            f"left out {left_out} picture(s) that the document only links to, or that are damaged"
        )
        notices = (Notice(code="pictures-left-out", message=message, severity="note"),)
    column = read_tree(parse(made.value), from_web=False)
    unread = _unread([message.message for message in made.messages])
    return replace(column, notices=notices + changed.notices() + unread + column.notices)


def _refuse_bombs(archive: Archive) -> None:
    total = 0
    for name in archive.names:
        if name.endswith((".xml", ".rels")):
            part = archive.read(name, _PART_LIMIT)
            refuse_entities(part)
            total += len(part)
            if total > _PARTS_LIMIT:
                raise ColumnError("unpacks to more than any column; is it the right document?")


def _unread(messages: list[str]) -> tuple[Notice, ...]:
    """Return what mammoth could not read; what it only has no style for is no loss."""
    found: dict[str, None] = {}
    for message in messages:
        if ignored := re.match(r"An unrecognised element was ignored: (\S+)", message):
            found[ignored[1].rpartition("}")[2]] = None
        elif message.startswith("A w:sym element"):
            found["a symbol of a font of its own"] = None
    if not found:
        return ()
    names = ", ".join(list(found)[:4])
    message = f"the document holds what cannot be read here ({names}); write it out as text"
    return (Notice(code="document-parts-left-out", message=message),)
