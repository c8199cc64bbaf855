"""The items of somebody else's feed: one at a time, each on its own, and what is around them.

A feed of any size is read with nothing in memory but the item at hand, and one that is broken (an
ampersand that was not escaped, a tag left open) harms no other. The feed begins at its root element
and ends with it: what a server puts before or after it (blank lines, warnings of PHP, a second
document) is no part of it. Entities are refused where they are defined, as in `columns.xml_items`:
no feed needs any, and a few can fill any memory.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from columncast.episodes.errors import FeedError
from columncast.episodes.importing.feed.atom import as_channel, as_item
from columncast.episodes.importing.feed.tree import (
    Node,
    Surroundings,
    attribute,
    read_fragment,
    spaces_of,
    usual_prefix,
    without_comments,
)
from columncast.episodes.text.normalize import clip, one_line
from columncast.episodes.text.xml_bytes import decoded, encoding_of

LARGEST = 16_000_000
"""Characters of one item, or of all that is around the items."""

MOST_ITEMS = 20_000
"""A daily podcast of fifty years has fewer."""

_HEAD = 1_000_000
"""Characters within which the root element begins."""

_LONGEST_TOKEN = 64
_ROOT = re.compile(
    r"<((?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|rdf|feed|channel))(?=[\s>/])[^<>]*>", re.IGNORECASE
)
_ENDED = re.compile(r"</(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+(\S{1,40})\s+(?:\"([^\"<>%]*)\"|'([^'<>%]*)')\s*>")
_INSTRUCTION = re.compile(r"<\?[^<>]*>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_PAGE = re.compile(r"\s*(?:<\?xml[^<>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)

_AFTER = 2000
"""Characters of what comes after the end, enough to say what it is."""

Kind = Literal["around", "item", "unclosed", "open", "large", "after"]


@dataclass(frozen=True)
class BrokenItem:
    """An item that cannot be read."""

    where: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Root:
    """The root element of a feed, which says what kind of feed it is."""

    name: str
    """As it is spelled, with its prefix."""
    tag: str
    """Its start tag."""
    before: str
    """What stands before it."""

    @property
    def local(self) -> str:
        """Its name in small letters, without the prefix."""
        return self.name.rpartition(":")[2].lower()

    @cached_property
    def spaces(self) -> dict[str, str]:
        """The namespaces that it declares, by prefix."""
        return spaces_of(self.tag)

    @property
    def is_atom(self) -> bool:
        """Whether its items are Atom's entries."""
        return self.local == "feed"

    @property
    def own(self) -> str:
        """The namespace of its items."""
        if self.local != "rdf":
            return self.spaces.get(self.name.rpartition(":")[0], "")
        of_rss = (uri for uri in self.spaces.values() if "rss" in uri or "rdf/simple" in uri)
        return next(of_rss, "")

    @property
    def item_names(self) -> set[str]:
        """How the start tag of an item can be spelled."""
        local = "entry" if self.is_atom else "item"
        prefixes = [key for key, uri in self.spaces.items() if key and uri == self.own]
        return {local, *(f"{prefix}:{local}" for prefix in prefixes)}

    @cached_property
    def surroundings(self) -> Surroundings:
        """What its items stand in."""
        return Surroundings(spaces=self.spaces, base=attribute(self.tag, "xml:base"), own=self.own)


class Document:
    """A feed in a file; *served_as* is the charset that its server named."""

    def __init__(self, path: Path, *, served_as: str = "") -> None:
        self.path = path
        try:
            self.encoding = encoding_of(path, served_as=served_as)
        except OSError as e:
            raise FeedError(f"cannot be read: {e.strerror}", where=path) from e

    @cached_property
    def head(self) -> tuple[str, Root | None]:
        """The beginning of the text, and the root element in it."""
        text = ""
        for piece in self.text():
            text += piece
            root = _root(text)
            if root or len(text) > _HEAD:
                return text, root
        return text, _root(text)

    def text(self) -> Iterator[str]:
        """The text in pieces."""
        try:
            yield from decoded(self.path, self.encoding)
        except OSError as e:
            raise FeedError(f"cannot be read: {e.strerror}", where=self.path) from e

    def parts(self) -> Iterator[tuple[Kind, str]]:
        """Cut it: `around` the items; an `item`, or one `unclosed` before the next; what comes `after`.

        One that is cut off by the end of the file is `open`, one of a size to fill memory `large`.
        """
        root = self.head[1]
        if root is None:
            return
        cutter = _Cutter(root)
        skip = len(root.before) + len(root.tag)
        for text in self.text():
            piece, skip = text[skip:], max(0, skip - len(text))
            yield from cutter.take(piece)
        yield from cutter.rest()


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What is around the items of a feed."""

    channel: Node
    remarks: tuple[str, ...] = ()
    """What is odd with the document."""
    breaks_off: bool = False
    """It ends before its end, so that items may be missing."""


def read_channel(path: Path) -> Node:
    """Return the channel of the feed *path*, without its items.

    Raises:
        FeedError: It is no feed, is damaged beyond its items, or defines entities.
    """
    return read_outside(path).channel


def read_outside(path: Path) -> Outside:
    """Return what is around the items of the feed *path*.

    Raises:
        FeedError: As `read_channel`.
    """
    document = Document(path)
    root = document.head[1]
    if root is None:
        raise FeedError(_no_feed(document.head[0]), where=path.name)
    outside, size, remarks = [root.tag], 0, _remarks(document.encoding.remark, root.before)
    last: tuple[Kind, str] = ("around", "")
    for kind, text in document.parts():
        last = kind, text
        if kind == "after" and _shown(_masked(text)):
            remarks.append(_leftover(text))
        if kind == "around":
            size += len(text)
            outside += [text] if size <= LARGEST else []
    ended = last[0] == "after"
    if not ended:
        outside.append(f"</{root.name}>")
    try:
        around = replace(root.surroundings, base="")
        (top, *_), repaired = read_fragment("".join(outside), around)
    except ValueError as e:
        raise FeedError(str(e), where=path.name) from e
    if repaired and ended:
        remarks.append("the feed is damaged XML; what can be read of it is read")
    # A feed whose last tag alone is missing is whole.
    whole = ended or (last[0] == "around" and re.search(r"</(\w+:)?channel\s*>\s*$", last[1]))
    return Outside(channel=_channel(top, root, path), remarks=tuple(remarks), breaks_off=not whole)


def _remarks(encoding: str, before: str) -> list[str]:
    remarks = [f"the feed {encoding}"] if encoding else []
    odd = _INSTRUCTION.sub("", _DOCTYPE.sub("", without_comments(before), count=1)).strip(
        "\ufeff\u200b \t\r\n"
    )
    return [
        *remarks,
        *([f"passed over what stands before the feed: {_shown(odd)!r}"] if odd else []),
    ]


def read_items(path: Path) -> Iterator[Node | BrokenItem]:
    """Yield the items of the feed *path* in its order, one at a time; Atom's entries as RSS's items.

    Raises:
        FeedError: It cannot be read at all, or defines entities.
    """
    document = Document(path)
    root = document.head[1]
    if root is None:
        return
    opening: list[str] = []
    number = 0
    around = root.surroundings
    for kind, text in document.parts():
        if kind == "after":
            return
        if kind == "around":
            if not number and not opening:
                opening.append(text)
                around = _with_channel(root, text)
            continue
        number += 1
        if number > MOST_ITEMS:
            yield BrokenItem("feed", f"holds more than {MOST_ITEMS:,} items; the rest is left out")
            return
        item = _item(around, text, kind, number)
        yield as_item(item) if root.is_atom and isinstance(item, Node) else item


def feed_root(text: str) -> Root | None:
    """Return the root element of the feed that *text* is the beginning of; None if it is none."""
    try:
        return _root(text)
    except FeedError:
        return Root(name="rss", tag="<rss>", before="")  # of a feed that will be refused


def _root(text: str) -> Root | None:
    start = _masked(text)
    found = _ROOT.search(start) or _ROOT.search(text)
    declared = start.find("<?xml")
    if found and declared > found.end() and not _ENDED.search(start, found.end(), declared):
        found = _ROOT.search(start, declared) or found  # the first was no more than mentioned
    if found is None:
        return None
    page = _PAGE.match(start)
    if page and page.end() < found.start() and "<?xml" not in start[page.end() : found.start()]:
        return None  # a web page that shows a feed
    before = text[: found.start()]
    _refuse_entities(before)
    return Root(name=found[1], tag=found[0], before=before)


def _masked(text: str) -> str:
    """Return *text* with spaces for its comments, so that places in it stay what they are."""
    out, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        out += [text[at:start], " " * (end + 3 - start)]
        at = end + 3
    return "".join([*out, text[at:]])


def _refuse_entities(prolog: str) -> None:
    """Refuse what defines entities, but for HTML's own names for characters, which all know."""
    if "<!ENTITY" not in prolog.upper():
        return
    rest = _ENTITY.sub(
        lambda m: "" if html.unescape(f"&{m[1]};") == html.unescape(m[2] or m[3] or "") else m[0],
        prolog,
    )
    if "<!ENTITY" in rest.upper():
        raise FeedError("defines XML entities, which no feed needs; it is not read")


def _no_feed(text: str) -> str:
    start = _masked(text).lstrip("\ufeff\x00 \t\r\n")
    if _PAGE.match(start) or re.search(r"<html[\s>]", start[:4000], re.IGNORECASE):
        return "is a web page, no podcast feed; give the address of the feed itself"
    first = re.search(r"<([A-Za-z_][\w.:-]{0,60})", start)
    if first:
        return f"is no podcast feed: it begins with <{first[1]}>, not with <rss>"
    if not start:
        return "is empty; it is no podcast feed"
    return f"is no podcast feed: it begins with {_shown(start)!r}"


def _channel(top: Node, root: Root, path: Path) -> Node:
    if root.is_atom:
        if not (usual_prefix(root.own) == "atom:" or top.said("title")):
            raise FeedError("is no podcast feed: its <feed> is not Atom's", where=path.name)
        return as_channel(top, language=attribute(root.tag, "xml:lang"))
    channel = top if root.local == "channel" else top.first("channel")
    if not channel.name and top.children and top.said("title"):
        channel = top  # the element was forgotten; what is in it is there
    if not channel.name:
        raise FeedError("is no podcast feed: there is no <channel> in it", where=path.name)
    if root.local == "rdf" and (image := top.first("image")).said("url"):
        channel.parts = [part for part in channel.parts if getattr(part, "name", "") != "image"]
        channel.parts.append(image)  # RSS 1.0 has the show's picture beside its channel
    return channel


def _with_channel(root: Root, text: str) -> Surroundings:
    """What the items stand in when the channel declares more than the root does."""
    found = re.search(r"<(?:\w+:)?channel(?=[\s>])[^<>]*>", text)
    tag = found[0] if found and root.local in ("rss", "rdf") else ""
    spaces = root.spaces | (spaces_of(tag) if root.local == "rss" else {})
    base = attribute(tag, "xml:base") or root.surroundings.base
    return Surroundings(spaces=spaces, base=base, own=root.own)


def _item(around: Surroundings, text: str, kind: Kind, number: int) -> Node | BrokenItem:
    where = f"item {number}" + (f" ({title})" if (title := _title(text)) else "")
    if kind == "open":
        return BrokenItem(where, "is cut off: the feed breaks off in it")
    if kind == "large":
        return BrokenItem(where, f"is larger than {LARGEST // 1_000_000} million characters")
    try:
        nodes, repaired = read_fragment(text, around)
    except (ValueError, FeedError) as e:
        return BrokenItem(where, str(e))
    if not nodes:
        return BrokenItem(where, "is damaged XML (no element in it)")
    nodes[0].damage = "is damaged XML (a tag is not closed, or never opened)" if repaired else ""
    return nodes[0]


def _title(text: str) -> str:
    """What an item that may be broken is called."""
    found = re.search(r"<title[^<>]{0,80}>", text)
    said = text[found.end() :][:300].partition("</title")[0] if found else ""
    return clip(one_line(html.unescape(said.replace("<![CDATA[", "").replace("]]>", ""))), 80)


def _leftover(text: str) -> str:
    what = "a second document that" if _ROOT.search(text) else "what"
    return f"left out {what} stands after the end of the feed: {_shown(text)!r}"


def _shown(text: str) -> str:
    """The beginning of *text* in one line."""
    line = " ".join(re.sub(r"[^\x20-\x7e\xa0-\uffff]", " ", text[:400]).split())
    return line if len(line) <= 60 else f"{line[:59]}…"


class _Cutter:
    """Cuts the text after the root's start tag; nothing is kept but the part at hand."""

    def __init__(self, root: Root) -> None:
        names = "|".join(map(re.escape, sorted(root.item_names)))
        end = rf"</{re.escape(root.name)}\s*>"
        self.token = re.compile(rf"<!\[CDATA\[|<!--|<(?:{names})(?=[\s>/])|</(?:{names})\s*>|{end}")
        self.root_end = re.compile(end)
        self.buffer = ""
        self.seen = 0
        """What of the buffer is in the part at hand already."""
        self.part: list[str] = []
        self.size = 0
        self.until = ""
        """What ends the comment or the CDATA that is open."""
        self.inside = self.ended = False

    def take(self, text: str) -> Iterator[tuple[Kind, str]]:
        """Yield every part that is whole with *text*."""
        if self.ended:
            self.buffer += text[: _AFTER - len(self.buffer)]
            return
        self.buffer, self.seen = self.buffer[self.seen :] + text, 0
        while not self.ended:
            if self.until:
                at = self.buffer.find(self.until, self.seen)
                if at < 0:
                    self.keep(len(self.buffer) - len(self.until) + 1)
                    return
                self.keep(at + len(self.until))
                self.until = ""
            token = self.token.search(self.buffer, self.seen)
            if token is None:
                # What may be the beginning of a token is looked at again with what follows.
                self.keep(len(self.buffer) - _LONGEST_TOKEN)
                return
            yield from self.at(token)
        self.buffer = self.buffer[self.seen :][:_AFTER]

    def at(self, token: re.Match[str]) -> Iterator[tuple[Kind, str]]:
        """Go on behind *token*."""
        self.keep(token.start())
        name = token[0]
        if name in ("<![CDATA[", "<!--"):
            self.until = "]]>" if name == "<![CDATA[" else "-->"
        elif self.root_end.match(name):
            if self.inside:
                yield self.cut("unclosed")
            self.keep(token.end())
            yield self.cut("around")
            self.inside, self.ended = False, True
        elif not name.startswith("</"):
            if self.size:
                yield self.cut("unclosed" if self.inside else "around")
            self.inside = True
        elif self.inside:
            self.keep(token.end())
            yield self.cut("item")
            self.inside = False
        self.keep(token.end())

    def rest(self) -> Iterator[tuple[Kind, str]]:
        """What is left at the end of the document."""
        if self.ended:
            yield "after", self.buffer
            return
        self.keep(len(self.buffer))
        if self.size:
            yield self.cut("open" if self.inside else "around")

    def keep(self, end: int) -> None:
        """Move what is before *end* in the buffer to the part at hand."""
        if end > self.seen:
            if self.size <= LARGEST:
                self.part.append(self.buffer[self.seen : end])
            self.size += end - self.seen
            self.seen = end

    def cut(self, kind: Kind) -> tuple[Kind, str]:
        text = "".join(self.part)
        if self.size > LARGEST:
            kind, text = ("large", text[:1000]) if self.inside else ("around", "")
        self.part, self.size = [], 0
        return kind, text
