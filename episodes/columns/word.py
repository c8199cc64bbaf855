"""A .docx, as Google Docs, Word and others write it."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from columncast.episodes.column import Column
from columncast.episodes.columns.archive import Archive, opened
from columncast.episodes.columns.page import read_tree
from columncast.episodes.columns.source import read_bytes
from columncast.episodes.columns.xml_items import refuse_entities
from columncast.episodes.errors import ColumnError
from columncast.episodes.html import parse
from columncast.episodes.model import Notice

_FILE_LIMIT = 64_000_000
_PART_LIMIT = 16_000_000
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
        ColumnError: It is damaged, hostile, or the reader for .docx is not installed.
    """
    try:
        import mammoth  # noqa: PLC0415 - an extra
    except ImportError as e:
        raise ColumnError(
            "reading .docx needs one more package: pip install 'columncast[import]'"
        ) from e
    with opened(path) as archive:
        for name in archive.names:
            if name.endswith((".xml", ".rels")):
                refuse_entities(archive.read(name, _PART_LIMIT))
    pictures = []

    def leave_out(picture: object) -> list[object]:
        pictures.append(picture)
        return []

    try:
        document = io.BytesIO(read_bytes(path, _FILE_LIMIT))
        html = mammoth.convert_to_html(
            document, style_map=_STYLES, convert_image=leave_out, external_file_access=False
        ).value
    except Exception as e:
        raise ColumnError(f"the document cannot be read ({type(e).__name__}); save it again") from e
    notices: tuple[Notice, ...] = ()
    if pictures:
        message = (
            f"left out {len(pictures)} picture(s): in a document they have no address to link to"
        )
        notices = (Notice(code="pictures-left-out", message=message, severity="info"),)
    column = read_tree(parse(html))
    return replace(column, notices=notices + column.notices)
