"""The items of an RSS-like file of any size, one at a time, with nothing in memory but the one.

Entities are refused where they are defined: no export has any, and a few of them can fill any
memory or read any file (the "billion laughs"; OWASP, XML External Entity Prevention).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from columncast.episodes.columns.input.decoding import PAGE_LIMIT
from columncast.episodes.errors import ColumnError
from columncast.episodes.text.normalize import without_illegal
from columncast.episodes.text.xml_bytes import decoded, encoding_of

_DEEPEST = 100
_SEPARATOR = " "

FOOTNOTES = "postmeta footnotes"
"""Where an item has the footnotes that WordPress's block editor keeps beside the post."""

_AFTER_THE_END = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]

ENTITIES_REFUSED = "defines XML entities, which no export does; it is not read"


def refuse_entities(data: bytes) -> None:
    """Refuse XML that defines entities, before another library parses it.

    Raises:
        ColumnError: It does.
    """
    if re.search(rb"<!ENTITY", data.replace(b"\x00", b""), re.IGNORECASE):
        raise ColumnError(ENTITIES_REFUSED)


def read_items(path: Path, name: str = "item") -> Iterator[dict[str, str]]:
    """Yield each element *name* of the file *path*: its children's texts by their names.

    A child's name is `local` or, with a namespace, `namespace local`; of several the first counts.

    Raises:
        ColumnError: It is damaged, defines entities, is nested without end, or an item is larger
            than any column.
    """
    items = _Items(name)
    try:
        yield from items.read(decoded(path, encoding_of(path)))
    except expat.ExpatError as e:
        if (
            items.at_end
            and e.code == expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
        ):
            yield from items.done
            return  # a counter's script, say, that a server puts after every page
        reason = expat.errors.messages.get(e.code, "not well-formed")
        raise ColumnError(
            f"is damaged XML ({reason}); export it again", where=f"line {e.lineno}"
        ) from e
    except OSError as e:
        raise ColumnError(f"cannot be read: {e.strerror}") from e


def _from_the_start(text: str) -> str:
    """The file from its first element on: a server may have written a warning before it."""
    begins = re.search(r"<(?:\?xml\b|rss\b|rdf:|feed\b|!--|!DOCTYPE)", text)
    return text[begins.start() :] if begins else text.lstrip("\ufeff\u200b \t\r\n")


def _is_meta(name: str) -> bool:
    return name.rpartition(_SEPARATOR)[2] == "postmeta"


class _Items:
    """Expat's callbacks, and the item that they are filling."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path: list[str] = []
        self.item: dict[str, list[str]] | None = None
        self.filling: list[str] | None = None
        self.size = 0
        self.done: list[dict[str, str]] = []
        self.meta: dict[str, list[str]] = {}
        self.depth = 0
        self.at_end = False

    def read(self, pieces: Iterator[str]) -> Iterator[dict[str, str]]:
        # What the document calls its encoding is not believed; see `xml_bytes`.
        parser = expat.ParserCreate("utf-8", namespace_separator=_SEPARATOR)
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.EntityDeclHandler = self.entity
        begun = False
        try:
            for piece in pieces:
                text = without_illegal(piece if begun else _from_the_start(piece))
                begun = begun or bool(text)
                parser.Parse(text.encode("utf-8", "ignore"))
                yield from self.done
                self.done.clear()
            parser.Parse(b"", True)  # noqa: FBT003 - the end, as expat asks for it
        except expat.ExpatError as e:
            if e.code != _AFTER_THE_END:  # what a server puts after a document is no part of it
                raise
        yield from self.done

    def start(self, name: str, _: object) -> None:
        self.path.append(name)
        self.depth += 1
        if len(self.path) > _DEEPEST:
            raise ColumnError("is XML nested without end; it is not read")
        if name == self.name and self.item is None:
            self.item, self.size, self.path = {}, 0, [name]
        elif self.item is not None and len(self.path) == 3 and _is_meta(self.path[1]):
            self.filling = self.meta[name.rpartition(_SEPARATOR)[2]] = []
        elif self.item is not None and len(self.path) == 2:
            self.meta.clear()
            self.filling = None if name in self.item else self.item.setdefault(name, [])

    def end(self, _: str) -> None:
        self.depth -= 1
        self.at_end = self.depth == 0
        if self.item is not None and len(self.path) == 2 and self.meta:
            key = "".join(self.meta.get("meta_key", [])).strip()
            if key.lstrip("_") == "footnotes":
                self.item.setdefault(FOOTNOTES, self.meta.get("meta_value", []))
            self.meta = {}
        if self.item is not None and len(self.path) == 1:
            self.done.append({key: "".join(parts) for key, parts in self.item.items()})
            self.item = None
        if self.path:  # empty at the end of what is around the items
            self.path.pop()

    def text(self, data: str) -> None:
        place = self.path[1] if len(self.path) == 3 else ""
        if (
            self.item is None
            or self.filling is None
            or not (len(self.path) == 2 or _is_meta(place))
        ):
            return
        self.size += len(data)
        if self.size > PAGE_LIMIT:
            raise ColumnError(f"holds an item larger than {PAGE_LIMIT // 1_000_000} MB")
        self.filling.append(data)

    def entity(self, *_: Any) -> None:
        raise ColumnError(ENTITIES_REFUSED)
