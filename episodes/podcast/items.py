"""The XML of somebody else's feed: one item at a time, each on its own.

A feed of any size is read with nothing in memory but the item at hand, and one that is broken
(an ampersand that was not escaped, a tag left open) harms no other. Entities are refused where
they are defined, as in `columns.xml_items`: no feed needs any, and a few can fill any memory.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from xml.parsers import expat

from columncast.episodes.errors import FeedError

LARGEST = 16_000_000
"""Characters of one item, or of all that is around the items."""

_CHUNK = 1 << 20
_DEEPEST = 100
_SEPARATOR = " "

_PREFIXES = {
    "podcastindex.org/namespace/1.0": "podcast:",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast:",
    "podlove.org/simple-chapters": "psc:",
    "purl.org/dc/elements/1.1": "dc:",
    "purl.org/rss/1.0": "",
    "purl.org/rss/1.0/modules/content": "content:",
    "search.yahoo.com/mrss": "media:",
    "www.google.com/schemas/play-podcasts/1.0": "googleplay:",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "www.w3.org/2005/atom": "atom:",
}
"""By namespace, as hosts spell it, without scheme and last slash: how a name is written here."""

_DECLARED = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
}
"""What the usual prefixes mean in a feed that forgot to say."""

_TOKEN = re.compile(r"<!\[CDATA\[|<!--|<item(?=[\s>/])|</item\s*>")
_LONGEST_TOKEN = 20
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:#\d+;|#[xX][0-9a-fA-F]+;|([a-zA-Z][a-zA-Z0-9]*);)?")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(slots=True)
class Node:
    """An element; its name has the usual prefix, whatever the feed calls it."""

    name: str
    attrs: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says; markup that was not escaped is written out again."""
        if not self.children:
            return "".join(self.parts).strip()
        inner = [f"<{c.name}>{escape(c.text, quote=False)}</{c.name}>" for c in self.children]
        return "".join([*self.parts, *inner]).strip()

    def all(self, name: str) -> list[Node]:
        """Every child called *name*."""
        return [child for child in self.children if child.name == name]

    def first(self, *names: str) -> Node:
        """The first child called by the first of *names* that is there; else an empty one."""
        for name in names:
            for child in self.children:
                if child.name == name:
                    return child
        return Node("")

    def said(self, *names: str) -> str:
        """The first text among the children called *names*, the first name first."""
        return next((c.text for name in names for c in self.all(name) if c.text), "")


@dataclass(frozen=True)
class BrokenItem:
    """An item that cannot be read."""

    where: str
    why: str


def read_channel(path: Path) -> Node:
    """Return the channel of the feed *path*, without its items.

    Raises:
        FeedError: It is no RSS, is damaged beyond its items, or defines entities.
    """
    outside = "".join(text for kind, text in _parts(path) if kind == "around")
    if re.match(r"\s*(<!--.*?-->\s*)*<(!doctype\s+)?html\b", outside, re.IGNORECASE | re.DOTALL):
        raise FeedError(
            "is a web page, no podcast feed; give the address of the feed itself", where=path.name
        )
    try:
        root = _tree(outside)
    except expat.ExpatError:
        try:
            root = _tree(_mended(outside))
        except expat.ExpatError as e:
            raise FeedError(_reason(e), where=path.name) from e
    channel = root if root.name == "channel" else root.first("channel")
    if not channel.name:
        raise FeedError(
            f"is no podcast feed: it begins with <{root.name}>, not with <rss>", where=path.name
        )
    return channel


def read_items(path: Path) -> Iterator[Node | BrokenItem]:
    """Yield the items of the feed *path* in its order, one at a time.

    Raises:
        FeedError: It cannot be read at all, or defines entities.
    """
    opening = ""
    number = 0
    for kind, text in _parts(path):
        if kind == "around":
            opening = opening or _opening(text)
            continue
        number += 1
        yield _item(opening, text, kind, number)


def _item(opening: str, text: str, kind: str, number: int) -> Node | BrokenItem:
    title = re.search(r"<title>\s*(?:<!\[CDATA\[)?(.{1,80}?)\s*(?:\]\]>)?\s*</title>", text)
    where = f"item {number}" + (f" ({html.unescape(title[1])})" if title else "")
    if kind == "open":
        return BrokenItem(where, "has no end, so it cannot be told where it ends")
    if kind == "large":
        return BrokenItem(where, f"is larger than {LARGEST // 1_000_000} million characters")
    for body in (text, None):
        try:
            return _tree(f"{opening}{_mended(text) if body is None else body}</feed>").children[0]
        except expat.ExpatError as e:
            reason = _reason(e)
    return BrokenItem(where, reason)


def _reason(error: expat.ExpatError) -> str:
    return f"is damaged XML ({expat.errors.messages.get(error.code, 'not well-formed')})"


def _opening(header: str) -> str:
    """Return the start tag of an element in which the feed's prefixes mean what they mean in it."""
    spaces = dict(_DECLARED)
    found = {}
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)

    def declared(prefix: str | None, uri: str | None) -> None:
        if prefix and uri:
            found[prefix] = uri

    parser.StartNamespaceDeclHandler = declared
    parser.EntityDeclHandler = _refused
    with suppress(expat.ExpatError):  # `read_channel` tells; what was declared before counts
        parser.Parse(header, False)  # noqa: FBT003 - not the end, as expat asks for it
    spaces |= found
    return (
        "<feed "
        + " ".join(f'xmlns:{prefix}="{escape(uri)}"' for prefix, uri in spaces.items())
        + ">"
    )


def _refused(*_: Any) -> None:
    raise FeedError("defines XML entities, which no feed needs; it is not read")


def _parts(path: Path) -> Iterator[tuple[str, str]]:
    """Cut the document: `around` the items, an `item`, one left `open`, or one too `large`."""
    cutter = _Cutter()
    for text in _decoded(path):
        cutter.take(text)
        yield from cutter.parts()
    yield from cutter.rest()


class _Cutter:
    """A window over the text; what was cut off is let go when more comes."""

    def __init__(self) -> None:
        self.buffer = ""
        self.begun = self.at = 0
        self.inside = False

    def take(self, text: str) -> None:
        self.buffer = self.buffer[self.begun :] + text
        self.at -= self.begun
        self.begun = 0

    def parts(self) -> Iterator[tuple[str, str]]:
        """Every part that is whole."""
        while token := _TOKEN.search(self.buffer, self.at):
            end = _end(self.buffer, token)
            if end < 0:  # a comment or CDATA whose end is still to come
                self.at = token.start()
                break
            if token[0] == "<item":
                if token.start() > self.begun:
                    yield self._cut("open" if self.inside else "around", token.start())
                self.inside = True
            elif self.inside and token[0].startswith("</"):
                yield self._cut("item", end)
                self.inside = False
            self.at = end
        else:
            # What may be the beginning of a token is looked at again with what follows.
            self.at = max(self.at, len(self.buffer) - _LONGEST_TOKEN)
            if not self.inside and self.at > self.begun:
                yield self._cut("around", self.at)
        if len(self.buffer) - self.begun > LARGEST:
            yield "large", self.buffer[self.begun : self.begun + 1000]
            self.begun, self.inside = self.at, False

    def rest(self) -> Iterator[tuple[str, str]]:
        """What is left at the end of the document."""
        if left := self.buffer[self.begun :]:
            yield ("open" if self.inside else "around"), left

    def _cut(self, kind: str, end: int) -> tuple[str, str]:
        part = self.buffer[self.begun : end]
        self.begun = end
        return kind, part


def _end(buffer: str, token: re.Match[str]) -> int:
    """Where the thing ends that *token* begins; -1 when that is not in the *buffer*."""
    close = {"<![CDATA[": "]]>", "<!--": "-->"}.get(token[0])
    if close is None:
        return token.end()
    at = buffer.find(close, token.end())
    return at + len(close) if at >= 0 else -1


def _decoded(path: Path) -> Iterator[str]:
    """The text of the file in pieces, in the encoding that it names."""
    try:
        with path.open("rb") as f:
            start = f.read(_CHUNK)
            name = next((name for mark, name in _MARKED if start.startswith(mark)), "")
            if not name:
                told = re.match(rb"\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w-]+)", start)
                name = told[1].decode("ascii") if told else "utf-8"
            decoder = _decoder(name)
            while start:
                yield decoder.decode(start)
                start = f.read(_CHUNK)
            yield decoder.decode(b"", final=True)
    except OSError as e:
        raise FeedError(f"cannot be read: {e.strerror}", where=path) from e


def _decoder(name: str) -> codecs.IncrementalDecoder:
    try:
        return codecs.getincrementaldecoder(name)(errors="replace")
    except LookupError:
        return codecs.getincrementaldecoder("utf-8")(errors="replace")


def _mended(text: str) -> str:
    """Put right what feed readers overlook: HTML's names for characters, a bare ampersand."""

    def character(found: re.Match[str]) -> str:
        if found[1] and found[1] not in _XML_NAMES:
            known = html.unescape(found[0])
            return escape(known if known != found[0] else found[0], quote=False)
        return found[0] if len(found[0]) > 1 else "&amp;"

    parts = _CDATA.split(_ILLEGAL.sub("", text))
    return "".join(p if p.startswith("<![CDATA[") else _AMPERSAND.sub(character, p) for p in parts)


def _tree(document: str) -> Node:
    """Return the root of *document*.

    Raises:
        ExpatError: It is not well-formed.
        FeedError: It defines entities, or is nested without end.
    """
    top = Node("")
    open_nodes = [top]
    own = ""

    def start(name: str, attrs: dict[str, str]) -> None:
        nonlocal own
        uri, _, local = name.rpartition(_SEPARATOR)
        if len(open_nodes) == 1:
            own = uri
        if len(open_nodes) > _DEEPEST:
            raise FeedError("is XML nested without end; it is not read")
        node = Node(_prefix(uri, own) + local, attrs)
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_: str) -> None:
        open_nodes.pop()

    def text(data: str) -> None:
        open_nodes[-1].parts.append(data)

    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refused
    parser.Parse(document, True)  # noqa: FBT003 - the end, as expat asks for it
    return top.children[0]


def _prefix(uri: str, own: str) -> str:
    if not uri or uri == own:
        return ""
    return _PREFIXES.get(uri.lower().partition("://")[2].rstrip("/"), "other:")
