"""XML elements of a feed: the one place where lxml is used, and where text becomes legal XML.

XML 1.0 cannot hold most control characters, lone surrogates or U+FFFE, not even escaped
(w3.org/TR/xml, 2.2): one of them in one title would make the whole feed unreadable. `legal` takes
them out at this border; the rules say where they were.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Protocol

from lxml import etree as lxml_etree

from columncast.episodes.errors import FeedError
from columncast.episodes.model.media_types import CSS
from columncast.episodes.text.normalize import ILLEGAL

etree: Any = lxml_etree  # lxml ships no types; what leaves this module has them


class Element(Protocol):
    """What the feed's modules use of an lxml element."""

    tag: str
    text: str | None
    attrib: dict[str, str]

    def get(self, key: str, default: str = "") -> str:
        """Return an attribute."""

    def set(self, key: str, value: str) -> None:
        """Give it an attribute."""

    def find(self, path: str) -> Element | None:
        """Return the first element at *path*."""

    def remove(self, child: Element) -> None:
        """Take *child* out."""

    def iter(self, *tags: str) -> Iterator[Element]:
        """Go through it and everything in it, in the order of the document."""

    def __getitem__(self, index: int) -> Element:
        """Return a child."""

    def __iter__(self) -> Iterator[Element]:
        """Go through the children."""

    def __len__(self) -> int:
        """Count the children."""


NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "media": "http://search.yahoo.com/mrss/",
    "psc": "http://podlove.org/simple-chapters",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
"""The prefixes that feeds use; Apple and PSP-1 compare the URIs letter by letter."""

# C0 and C1 controls but tab and line ends, surrogates, and noncharacters. C1 would be legal, but
# no reader shows them: they are Windows-1252 punctuation that was decoded wrongly. Those above
# U+FFFF are legal too, and looking for them would take ten times as long.
SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def legal(text: str) -> str:
    r"""Return *text* without the characters that XML cannot hold; a split emoji is put together.

    >>> legal("a\x0bb\ufffe and \ud83d\ude00")
    'ab and 😀'
    """
    if not ILLEGAL.search(text):
        return text
    joined = SURROGATE_PAIR.sub(
        lambda m: m[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text
    )
    return ILLEGAL.sub("", joined)


def legal_line(text: str) -> str:
    r"""Return *text* as a title is written: legal, on one line, single spaces.

    >>> legal_line(" The\n Ferry ")
    'The Ferry'
    """
    return " ".join(legal(text).split())


def name(tag: str) -> str:
    """Return a prefixed name as lxml spells it.

    >>> name("podcast:guid")
    '{https://podcastindex.org/namespace/1.0}guid'
    """
    prefix, colon, local = tag.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else tag


def document(tag: str, **attributes: str) -> Element:
    """Return the root of a new document."""
    root: Element = etree.Element(tag, attributes)
    return root


def written(root: Element) -> bytes:
    """Return the document of *root* as it is saved."""
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return content


def add(parent: Element, tag: str, text: str = "", **attributes: str | float | None) -> Element:
    """Append `<tag attributes>text</tag>` to *parent*; attributes that say nothing are left out.

    A trailing underscore in an attribute's name is dropped and others become hyphens, so that
    `class_` and `aspect_ratio` can be said.
    """
    element: Element = etree.SubElement(parent, name(tag))
    if text:
        element.text = legal(text).strip()
    for key, value in attributes.items():
        if value not in ("", None):
            element.set(key.rstrip("_").replace("_", "-"), legal_line(str(value)))
    return element


def wrap_in_cdata(element: Element | None) -> None:
    """Write the text of *element* as CDATA: markup in it stays readable in the source."""
    if element is not None and element.text:
        element.text = etree.CDATA(element.text)


def style(root: Any, href: str) -> None:
    """Tell browsers by which style sheet to show the document (w3.org/TR/xml-stylesheet)."""
    root.addprevious(
        etree.ProcessingInstruction("xml-stylesheet", f'type="{CSS.mime}" href="{href}"')
    )


def parse(xml: bytes) -> Element:
    """Return the root of *xml*, without following entities or addresses.

    Raises:
        FeedError: It is not well-formed; the message names the line.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root: Element = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as e:
        raise FeedError(f"is not well-formed XML: {e.msg}", where="feed.xml") from e
    return root


def mark_of(element: Any) -> str:
    """Return a hash of *element* and everything in it."""
    written_out: bytes = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return hashlib.blake2b(written_out, digest_size=16).hexdigest()


def find(parent: Any, path: str) -> Element | None:
    """Return the first element at *path*, in which prefixes may be used."""
    found: Element | None = parent.find(path, NAMESPACES)
    return found


def find_all(parent: Any, path: str) -> list[Element]:
    """Return every element at *path*, in which prefixes may be used."""
    return list(parent.iterfind(path, NAMESPACES))


def text_at(parent: Any, path: str) -> str:
    """Return the text at *path*; empty when there is no such element or nothing in it."""
    return str(parent.findtext(path, "", NAMESPACES)).strip()
