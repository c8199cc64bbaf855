"""The one door to HTML: reading it (selectolax, the parser of browsers) and the last gate (nh3).

Reading gives a plain tree of `Element`s of bounded depth, so that whoever walks it may recurse.
The gate is for what is about to be shown: our own renderers write nothing it would remove, and a
test holds them to that; it stands there for the day that this is wrong.

`unfit` decides about the HTML of others, which is published as it stands: it is fit when the
sanitiser changes nothing in it. Two parsers that follow the HTML standard must agree on that, and
the text itself must hold no other tags than harmless ones: what one parser takes for a comment, a
title or a style sheet is markup to the next (mutation XSS, cure53.de/fp170.pdf).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from columncast.episodes.errors import ColumnError
from columncast.episodes.text.urls import SCHEMES

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

_HARMLESS_TAGS = (nh3.ALLOWED_TAGS - {"area", "map"}) | {"big", "font", "tfoot"}
"""What others may have written into notes that stay as they are: nothing runs, frames or fetches
but a picture. (`map` and `area` would lay links over the page around them.)"""

_HARMLESS_ATTRIBUTES = {
    "*": {
        *("align", "aria-label", "border", "class", "dir", "height", "id", "lang", "role", "style"),
        *("title", "valign", "width"),
    },
    "a": {"href", "hreflang", "rel", "target"},
    "font": {"color", "face", "size"},
    "img": {"alt", "decoding", "fetchpriority", "loading", "sizes", "src", "srcset"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "table": {"cellpadding", "cellspacing"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
}
_HARMLESS_PREFIXES = {"data-"}
_HARMLESS_SCHEMES = {*SCHEMES, "tel"}
_HARMLESS_STYLE = re.compile(
    r"""(?!.*(?:url|expression|image|position)\b)[\w\s#%.,:;()!'"+-]*""", re.IGNORECASE | re.DOTALL
)
"""Colours, sizes and the like; nothing that fetches, covers the page, or hides behind an escape."""

_HARMLESS_TAG = re.compile(
    r"""</?(?P<name>[a-zA-Z][a-zA-Z0-9]*)"""
    r"""(?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'`=<>]+))?)*\s*/?>"""
)
"""A tag that every parser reads alike, sloppy ones too."""
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_BARE_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*)\s*/?>")
_ACTIVE_TAGS = frozenset(
    "applet audio base body button embed form frame frameset head html iframe input link marquee "
    "math meta noembed noframes noscript object plaintext script select source style svg template "
    "textarea title video xmp".split()
)
"""Elements that do something, or change how what follows is read."""
_ANY_TAG = re.compile(r"<(?:[a-zA-Z/!?])[^<>]*>")
_FULL_ADDRESS = re.compile(r"(?:https?://[^/?#]|mailto:|tel:)[!-~]*", re.IGNORECASE)
_FULL_ADDRESSES = re.compile(
    r"\s*https?://[^/?#\s][!-~]*(?:\s+[\d.]+[wx])?(?:\s*,\s+https?://[^/?#\s][!-~]*(?:\s+[\d.]+[wx])?)*\s*",
    re.IGNORECASE,
)
_UNSEEN_BY_BROWSERS = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""What XML cannot hold, or browsers leave out: `<\x0bscript>` is text until it is taken out.

More than XML forbids: what a browser does not see must not hide a tag from us.
"""

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


def unfit(html: str) -> tuple[str, ...]:
    """Return what stands against publishing *html* as it is; nothing when it is fit to keep.

    Spelling does not count: capitals, quotation marks, entities, tags that close by themselves.

    >>> unfit("<P>One &amp two<br/>")
    ()
    >>> unfit("<p onclick=x()>One")
    ('onclick="x()"',)
    """
    if not (_MARKUP.search(html) or _UNSEEN_BY_BROWSERS.search(html)):
        return ()
    try:
        _refuse_monsters(html)
    except ColumnError as e:
        return (f"markup that {e.message}",)
    found = dict.fromkeys("a control character" for _ in _UNSEEN_BY_BROWSERS.finditer(html))
    read = parse(html)
    found |= dict.fromkeys(_harms(read))
    if found:
        return tuple(found)
    # A tag in the text that the reading has not: it hides in what one parser takes for text.
    for match in _MARKUP.finditer(html):
        tag = _HARMLESS_TAG.match(html, match.start())
        if not (tag and tag["name"].lower() in _HARMLESS_TAGS):
            return (html[match.start() : match.start() + 20],)
    cleaned = _harmless(html)
    if cleaned != html and parse(cleaned) != read:
        return ("markup that browsers read in several ways",)
    return ()


def runs(text: str) -> bool:
    """Whether a plain *text* could run something where an app takes it for HTML.

    Titles and names are text, and may hold a tag; one that says nothing to a browser does no harm.

    >>> runs("How <b>not</b> to </item>"), runs("<script>"), runs("<b onclick=x()>")
    (False, True, True)
    """
    bare = _UNSEEN_BY_BROWSERS.sub("", text)
    return any(
        not (tag := _BARE_TAG.match(bare, found.start())) or tag[1].lower() in _ACTIVE_TAGS
        for found in _MARKUP.finditer(bare)
    ) and bool(unfit(bare))


def as_words(text: str) -> str:
    """Return a plain *text* without its tags, if one of them `runs`.

    >>> as_words("Ham & <b>eggs</b>"), as_words("Ham <img src=x onerror=y()>"), as_words("<script>")
    ('Ham & <b>eggs</b>', 'Ham', '‹script›')
    """
    if not runs(text):
        return text
    return without_tags(text) or text.replace("<", "‹").replace(">", "›")


def without_tags(text: str) -> str:
    """Return the words of *text*, whatever its tags mean."""
    words = " ".join(_ANY_TAG.sub(" ", _UNSEEN_BY_BROWSERS.sub("", text)).split())
    return words.replace("<", "‹")


def _harmless(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_HARMLESS_TAGS),
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in _HARMLESS_ATTRIBUTES.items()},
        generic_attribute_prefixes=set(_HARMLESS_PREFIXES),
        attribute_filter=lambda tag, name, value: None if _harm(tag, name, value) else value,
        url_schemes=set(_HARMLESS_SCHEMES),
        url_relative="deny",
        link_rel=None,
    )


def _harms(top: Element) -> Iterator[str]:
    """What of a page that was read is not harmless, by its name."""
    for element in top.walk():
        if element.tag == "#comment":
            yield "<!-- -->"
        elif element.tag in ("html", "head", "body", ""):
            yield from (f'{name}="{value}"' for name, value in element.attrs.items())
        elif element.tag not in _HARMLESS_TAGS:
            yield f"<{element.tag}>"
        else:
            for name, value in element.attrs.items():
                if _harm(element.tag, name, value):
                    yield f'{name}="{value}"'


def _harm(tag: str, name: str, value: str) -> bool:
    known = _HARMLESS_ATTRIBUTES["*"] | _HARMLESS_ATTRIBUTES.get(tag, set())
    if name not in known and not name.startswith(tuple(_HARMLESS_PREFIXES)):
        return True
    if name in ("href", "src"):
        return not _FULL_ADDRESS.fullmatch(value)
    if name == "srcset":
        return not _FULL_ADDRESSES.fullmatch(value)
    return name == "style" and not _HARMLESS_STYLE.fullmatch(value)


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
