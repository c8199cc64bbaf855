"""The one door to HTML: reading it (selectolax, the parser of browsers) and the last gate (nh3).

Reading gives a plain tree of `Element`s of bounded depth, so that whoever walks it may recurse.
The gate is for what is about to be shown: our own renderers write nothing it would remove, and a
test holds them to that; it stands there for the day that this is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from columncast.episodes.errors import ColumnError
from columncast.episodes.links import SCHEMES

NOTES_TAGS = frozenset({"p", "a", "ul", "ol", "li", "br", "strong", "em", "b", "i"})
"""What every app shows: the set of Apple and PSP-1, with `br`."""

PAGE_TAGS = NOTES_TAGS | {
    *("h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "hr", "sup"),
    *("figure", "figcaption", "img", "table", "tr", "td"),
}

_PAGE_ATTRIBUTES = {
    "a": {"href", "id"},
    "img": {"src", "alt"},
    "li": {"id", "value"},
    "ol": {"class"},
}

_DEPTH = 60
"""Elements nested deeper than this lie beside each other; no column needs more."""

_MOST_TAGS = 60_000
_DEEPEST = 2_000
_MOST_REOPENED = 100_000
"""Bounds of what is parsed at all: a browser's parser opens unclosed emphasis again in every later
paragraph, and looks through all open elements at each end tag, so a page of a few megabytes can
take gigabytes and hours."""

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_NEVER_OPEN = frozenset(
    "area base br col embed hr img input link meta source track wbr p li dd dt td th tr tbody thead "
    "tfoot option path".split()
)
"""Elements that have no content, or that the next of their kind closes."""


@dataclass(slots=True)
class Element:
    """An element, or a run of text when `tag` is empty."""

    tag: str
    text: str = ""
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attrs.get("class", "").split())

    @property
    def id(self) -> str:
        return self.attrs.get("id", "")

    def walk(self) -> Iterator[Element]:
        """Every element and text under this one, in reading order, this one first."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    def words(self) -> str:
        """All text under this element."""
        return "".join(e.text for e in self.walk() if not e.tag)


def parse(html: str) -> Element:
    """Return the `<html>` element of a page, or of a fragment as a browser would complete it.

    Raises:
        ColumnError: It has more elements, or deeper ones, than any page.
    """
    _refuse_monsters(html)
    root = LexborHTMLParser(html).root
    top = Element("html")
    if root is None:
        return top
    top.attrs = _attributes(root)
    waiting: list[tuple[LexborNode, Element, int]] = [(root, top, 0)]
    while waiting:
        node, parent, depth = waiting.pop()
        child = node.first_child
        while child is not None:
            if child.is_text_node:
                parent.children.append(Element("", text=child.text_content or ""))
            elif child.is_comment_node:  # Ghost and WordPress keep paywall marks in comments
                parent.children.append(Element("#comment", text=child.comment_content or ""))
            elif child.is_element_node:
                inner = Element(child.tag or "", attrs=_attributes(child))
                parent.children.append(inner)
                nearest = inner if depth < _DEPTH else parent
                waiting.append((child, nearest, depth + 1))
            child = child.next
    return top


def without_cdata(text: str) -> str:
    """Return *text* without the wrapping that XML puts around HTML; what it wraps stays."""
    end = text.rfind("]]>") + 3
    return _CDATA.sub(r"\1", text[:end]) + text[end:] if end > 2 else text


def _refuse_monsters(html: str) -> None:
    if html.count("<") > _MOST_TAGS:
        raise ColumnError(f"holds more than {_MOST_TAGS:,} tags, which no column does")
    depth = formatting = reopened = 0
    for end, name in _TAG.findall(html):
        tag = name.lower()
        step = -1 if end else 1
        if tag in _FORMATTING:
            formatting = max(0, formatting + step)
        elif not end:
            reopened += formatting
        if tag not in _NEVER_OPEN:
            depth = max(0, depth + step)
        if depth > _DEEPEST or reopened > _MOST_REOPENED:
            raise ColumnError("its HTML has far too many tags that are never closed; save it again")


def gate(html: str, *, page: bool = False) -> str:
    """Return *html* with nothing in it but what notes (or an episode's page) may hold."""
    return nh3.clean(
        html,
        tags=set(PAGE_TAGS if page else NOTES_TAGS),
        clean_content_tags={"script", "style"},
        attributes=_PAGE_ATTRIBUTES if page else {"a": {"href"}},
        url_schemes=set(SCHEMES),
        # A page's footnote marks lead to a place on the page; notes have no such places.
        url_relative=(lambda url: url if url.startswith("#") else None) if page else "deny",
        link_rel=None,
    )


def _attributes(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}
