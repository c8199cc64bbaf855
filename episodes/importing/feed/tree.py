"""The elements of somebody else's XML, read as forgivingly as feed readers read it.

Three readings, each more forgiving: as it stands; with characters, ampersands and prefixes put
right; with tags that nobody closed closed, and those that nobody opened left out. Names have the
usual prefixes, whatever the feed calls them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urljoin
from xml.parsers import expat

from columncast.episodes.errors import FeedError

MOST_NODES = 100_000
"""Elements of one item, or of all that is around the items."""

_DEEPEST = 100
_SEPARATOR = " "
_XML = "http://www.w3.org/XML/1998/namespace"

_PREFIXES = {
    "apple.com/dtds/podcast-1.0": "itunes:",
    "example.com/dtds/podcast-1.0": "itunes:",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast:",
    "itunes.com/dtds/podcast": "itunes:",
    "itunes.com/dtds/podcast-1.0": "itunes:",
    "my.netscape.com/rdf/simple/0.9": "",
    "podcastindex.org/namespace/1.0": "podcast:",
    "podlove.org/simple-chapters": "psc:",
    "purl.oclc.org/net/rss_2.0/enc": "enc:",
    "purl.org/atom/ns": "atom:",
    "purl.org/dc/elements/1.0": "dc:",
    "purl.org/dc/elements/1.1": "dc:",
    "purl.org/dc/terms": "dcterms:",
    "purl.org/rss/1.0": "",
    "purl.org/rss/1.0/modules/content": "content:",
    "search.yahoo.com/mrss": "media:",
    "google.com/schemas/play-podcasts/1.0": "googleplay:",
    "w3.org/1999/02/22-rdf-syntax-ns": "rdf:",
    "w3.org/1999/xhtml": "",
    "w3.org/2005/atom": "atom:",
    "w3.org/xml/1998/namespace": "xml:",
}
"""By namespace, as hosts spell it (see `_spelled`): how a name is written here."""

USUAL = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "enc": "http://purl.oclc.org/net/rss_2.0/enc#",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
"""What the usual prefixes mean in a feed that forgot to say, or says something that nobody knows."""

_AMPERSAND = re.compile(r"&(?:#(\d{1,9});|#[xX]([0-9a-fA-F]{1,8});|([a-zA-Z][a-zA-Z0-9]{0,31});)?")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What an XML parser stops at, and no more: a feed is read with all else that it holds."""
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_PREFIX_USED = re.compile(r"</?([A-Za-z_][\w.-]{0,60}):|\s([A-Za-z_][\w.-]{0,60}):[\w.-]{1,60}\s*=")
_MOST_PREFIXES = 200
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.-]*+(?::[A-Za-z_][\w.-]*+)?+)([^<>]*+)>")
_ATTRIBUTE = re.compile(
    r"(?<![\w.:-])([A-Za-z_][\w.:-]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))"
)
"""Possessive, as `_TAG` is: where nothing ends, going back to try again takes hours."""
_VOID = frozenset({"br", "hr", "img", "wbr", "input"})
"""Elements of HTML that nobody closes; those that feeds have, too (`link`, `source`), are not here."""
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_C1 = {
    code: text or None
    for code in range(0x80, 0xA0)
    if (text := bytes([code]).decode("cp1252", "ignore")) != chr(code)
}
"""Controls that nobody means: what was Windows-1252 under its number, as HTML reads it."""


@dataclass(slots=True)
class Node:
    """An element; its name has the usual prefix, whatever the feed calls it."""

    name: str
    attrs: dict[str, str] = field(default_factory=dict)
    base: str = ""
    """What its relative addresses are meant at (`xml:base`); may be relative itself."""
    parts: list[str | Node] = field(default_factory=list)
    """Its texts and its elements, in their order."""
    damage: str = ""
    """What is wrong with the XML that it was read from, as well as that could be."""

    @property
    def children(self) -> list[Node]:
        """The elements in it."""
        return [part for part in self.parts if isinstance(part, Node)]

    @property
    def text(self) -> str:
        """What it says; markup that was not escaped is written out again."""
        if not any(isinstance(part, Node) for part in self.parts):
            return "".join(map(str, self.parts)).strip()
        written = [p if isinstance(p, str) else p.markup for p in self.parts]
        if not any(_MARKUP.search(p) for p in self.parts if isinstance(p, str)):
            written = [
                escape(p, quote=False) if isinstance(p, str) else w
                for p, w in zip(self.parts, written, strict=True)
            ]
        return "".join(written).strip()

    @property
    def markup(self) -> str:
        """The element as HTML."""
        attrs = "".join(
            f' {name}="{escape(value)}"'
            for name, value in self.attrs.items()
            if ":" not in name and name != "xmlns"
        )
        inner = "".join(
            escape(p, quote=False) if isinstance(p, str) else p.markup for p in self.parts
        )
        if not self.parts and self.name in _VOID:
            return f"<{self.name}{attrs}/>"
        return f"<{self.name}{attrs}>{inner}</{self.name}>"

    def all(self, name: str) -> list[Node]:
        """Every child called *name*, in capitals or not."""
        wanted = name.lower()
        return [child for child in self.children if child.name.lower() == wanted]

    def first(self, *names: str) -> Node:
        """The first child called by the first of *names* that is there; else an empty one."""
        return next((child for name in names for child in self.all(name)), Node(""))

    def said(self, *names: str) -> str:
        """The first text among the children called *names*, the first name first."""
        return next((text for name in names for c in self.all(name) if (text := c.text)), "")

    def attr(self, *names: str) -> str:
        """The first attribute of *names* that says something, without space around it."""
        return next((text for name in names if (text := self.attrs.get(name, "").strip())), "")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the elements of a feed stand in: what its prefixes mean, and where it is."""

    spaces: Mapping[str, str] = field(default_factory=dict)
    """Namespaces by prefix; that of names without one is ""."""
    base: str = ""
    own: str = ""
    """The namespace whose names have no prefix here."""

    def opening(self, text: str) -> str:
        """Return the start tag of an element in which *text* means what it means in the feed."""
        spaces = USUAL | {key: uri for key, uri in self.spaces.items() if key and uri}
        for found in _PREFIX_USED.finditer(text):
            prefix = found[1] or found[2]
            if prefix not in ("xml", "xmlns") and len(spaces) < _MOST_PREFIXES:
                spaces.setdefault(prefix, f"urn:unknown:{prefix}")
        declared = "".join(f' xmlns:{key}="{escape(uri)}"' for key, uri in spaces.items())
        if own := self.spaces.get("", ""):
            declared += f' xmlns="{escape(own)}"'
        return (
            f'<feed{declared} xml:base="{escape(self.base)}">' if self.base else f"<feed{declared}>"
        )


def read_fragment(text: str, around: Surroundings) -> tuple[list[Node], bool]:
    """Return the elements in *text*, and whether tags had to be put right for it.

    Raises:
        ValueError: No way of reading finds an element, or it is made to fill memory.
    """
    reason = "no element in it"
    for repair in (str, _mended, _balanced):
        try:
            # Prefixes that nobody declared are looked for where there is something to put right.
            opening = around.opening("" if repair is str else text)
            document = f"{opening}{repair(text)}</feed>"
            return _tree(document, around.own).children, repair is _balanced
        except expat.ExpatError as e:
            reason = expat.errors.messages.get(e.code, "not well-formed")
    raise ValueError(f"is damaged XML ({reason})")


def spaces_of(tags: str) -> dict[str, str]:
    """Return the namespaces that start tags declare, by prefix."""
    return {
        found[1] or "": html.unescape(found[2] or found[3] or "").strip()
        for found in re.finditer(
            r"\sxmlns(?::([\w.-]+))?\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", tags
        )
    }


def attribute(tag: str, name: str) -> str:
    """Return an attribute of a start tag; empty if it has none."""
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name:
            return html.unescape(found[2] or found[3] or found[4] or "").strip()
    return ""


def without_comments(text: str) -> str:
    """Return *text* without the comments in it that have an end."""
    out, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        out.append(text[at:start])
        at = end + 3
    return "".join([*out, text[at:]])


def usual_prefix(uri: str, prefix: str = "") -> str:
    """Return the prefix, with its colon, by which names of the namespace *uri* are known here.

    Where nobody knows it, the *prefix* that the feed has for it counts.

    >>> [usual_prefix(u) for u in ("HTTP://itunes.com/DTDs/PodCast-1.0.dtd#", "http://www.w3.org/2005/Atom/")]
    ['itunes:', 'atom:']
    """
    known = _PREFIXES.get(_spelled(uri))
    if known is not None:
        return known
    if not prefix:
        return ""  # of a namespace by default, whatever it is
    return f"{prefix}:" if prefix in USUAL else "other:"


def _spelled(uri: str) -> str:
    """A namespace without what hosts get wrong: scheme, `www.`, capitals, what stands at its end."""
    bare = uri.strip().lower().partition("://")[2] or uri.strip().lower()
    return bare.removeprefix("www.").rstrip("/#").removesuffix(".dtd")


def _mended(text: str) -> str:
    """Put right what feed readers overlook: HTML's names for characters, a bare ampersand or `<`."""
    return "".join(
        part if part.startswith("<![CDATA[") else _in_text(part)
        for part in _cdata_apart(_NOT_IN_XML.sub("", text))
    )


def _cdata_apart(text: str) -> Iterator[str]:
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            # Nobody closed it: its beginning goes, and the rest is markup as any other.
            yield text[at:start] + text[start:].replace("<![CDATA[", "")
            return
        yield text[at:start]
        yield text[start : end + 3]
        at = end + 3
    yield text[at:]


def _in_text(text: str) -> str:
    text = _AMPERSAND.sub(_character, text)
    return re.sub(r"<(?![A-Za-z_/!?])", "&lt;", text).replace("]]>", "]]&gt;")


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        legal = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
        return found[0] if legal or 0x10000 <= code < 0x110000 else ""
    if name in _XML_NAMES:
        return found[0]
    known = html.unescape(found[0])
    return escape(known, quote=False) if known != found[0] else f"&amp;{found[0][1:]}"


def _balanced(text: str) -> str:
    """Close the tags that nobody closed, and leave out those that nobody opened."""
    out: list[str] = []
    open_tags: list[str] = []
    for part in _cdata_apart(without_comments(_NOT_IN_XML.sub("", text))):
        if part.startswith("<![CDATA["):
            out.append(part)
            continue
        at = 0
        for tag in _TAG.finditer(part):
            out.append(_plain(part[at : tag.start()]))
            at = tag.end()
            _balance(tag, open_tags, out)
        out.append(_plain(part[at:]))
    out += (f"</{name}>" for name in reversed(open_tags))
    return "".join(out)


def _balance(tag: re.Match[str], open_tags: list[str], out: list[str]) -> None:
    closing, name, rest = tag.groups()
    if closing:
        while name in open_tags:
            out.append(f"</{open_tags[-1]}>")
            if open_tags.pop() == name:
                break
        return
    said = {found[1]: found[2] or found[3] or found[4] or "" for found in _ATTRIBUTE.finditer(rest)}
    attrs = "".join(f' {key}="{_plain(value, quote=True)}"' for key, value in said.items() if value)
    empty = rest.rstrip().endswith("/") or name.lower() in _VOID
    out.append(f"<{name}{attrs}{'/' if empty else ''}>")
    if not empty:
        open_tags.append(name)
        if len(open_tags) > _DEEPEST:
            raise ValueError("is XML nested without end; it is not read")


def _plain(text: str, *, quote: bool = False) -> str:
    text = _AMPERSAND.sub(_character, text).replace("<", "&lt;").replace("]]>", "]]&gt;")
    return text.replace('"', "&quot;") if quote else text


def _tree(document: str, own: str) -> Node:
    """Return the root of *document*.

    Raises:
        ExpatError: It is not well-formed.
        ValueError: It is nested without end, or holds more than any feed.
        FeedError: It defines entities.
    """
    top = Node("")
    open_nodes = [top]
    count = 0

    def start(name: str, attrs: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(open_nodes) > _DEEPEST:
            raise ValueError("is XML nested without end; it is not read")
        if count > MOST_NODES:
            raise ValueError(f"holds more than {MOST_NODES:,} elements; it is not read")
        parent = open_nodes[-1]
        named = {_named(key, own, "rdf"): value.translate(_C1) for key, value in attrs.items()}
        base = _joined(parent.base, named["xml:base"]) if "xml:base" in named else parent.base
        node = Node(_named(name, own), named, base)
        parent.parts.append(node)
        open_nodes.append(node)

    def end(_: str) -> None:
        open_nodes.pop()

    def text(data: str) -> None:
        open_nodes[-1].parts.append(data if data.isascii() else data.translate(_C1))

    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refused
    parser.Parse(document.encode("utf-8", "ignore"), True)  # noqa: FBT003 - the end, as expat asks
    return top.children[0]


def _named(name: str, own: str, *attribute_prefixes: str) -> str:
    """Return a name of expat's with the prefix by which it is known here.

    Attributes of the namespaces of *attribute_prefixes* keep theirs; those of others are known by
    their bare names, as feeds write them.
    """
    uri, _, rest = name.partition(_SEPARATOR)
    if not rest:
        return name
    local, _, prefix = rest.partition(_SEPARATOR)
    if own and uri == own and not attribute_prefixes:
        return local
    known = usual_prefix(uri, prefix)
    if attribute_prefixes and known.rstrip(":") not in (*attribute_prefixes, "xml"):
        return local
    return known + local


def _joined(base: str, text: str) -> str:
    try:
        return urljoin(base, text.strip())
    except ValueError:
        return base


def _refused(*_: Any) -> None:
    raise FeedError("defines XML entities, which no feed needs; it is not read")
