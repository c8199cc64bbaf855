"""Atom's feeds and entries (RFC 4287, and 0.3 before it) as the channels and items of RSS they would be.

So that everything after this knows one kind of feed. Links keep what `xml:base` says of them.
"""

from __future__ import annotations

from html import escape

from columncast.episodes.importing.feed.tree import Node
from columncast.episodes.model.media_types import TEXT


def as_item(entry: Node) -> Node:
    """Return an Atom *entry* as an item of RSS."""
    made = [_said("title", _text(entry.first("title"))), _said("guid", entry.said("id"))]
    made[1].attrs["isPermaLink"] = "false"
    for link in entry.all("link"):
        rel = link.attrs.get("rel", "alternate")
        if rel == "alternate":
            made.append(Node("link", base=link.base, parts=[link.attr("href")]))
        if rel == "enclosure":
            attrs = {"url": link.attr("href")} | link.attrs
            made.append(Node("enclosure", attrs, link.base))
    content = entry.first("content")
    if src := content.attr("src"):  # RFC 4287, 4.1.3.2: what it holds is elsewhere
        attrs = {"url": src, "type": content.attr("type")}
        made.append(Node("enclosure", attrs, content.base))
    made += [
        _said("description", _markup(entry.first("summary"))),
        _said("content:encoded", "" if content.attr("src") else _markup(content)),
        _said("pubDate", entry.said("published", "issued", "created")),
        _said("atom:updated", entry.said("updated", "modified")),
        _said("dc:creator", entry.first("author").said("name")),
    ]
    names = {"title", "id", "link", "content", "summary", "published", "updated", "author"}
    rest = [child for child in entry.children if child.name not in names]
    return _element("item", entry.base, [*made, *rest])


def as_channel(feed: Node, *, language: str = "") -> Node:
    """Return an Atom *feed* as a channel of RSS."""
    author = feed.first("author")
    made = [
        _said("title", _text(feed.first("title"))),
        _said("description", _markup(feed.first("subtitle", "tagline"))),
        _said("language", language),
        _said("dc:creator", author.said("name")),
        _said("managingEditor", author.said("email")),
        _said("copyright", _text(feed.first("rights", "copyright"))),
    ]
    if (picture := feed.first("logo", "icon")).text:
        made.append(Node("image", parts=[Node("url", base=picture.base, parts=[picture.text])]))
    for link in feed.all("link"):
        made.append(Node("atom:link", link.attrs, link.base))
        if link.attrs.get("rel", "alternate") == "alternate":
            made.append(Node("link", base=link.base, parts=[link.attr("href")]))
    names = {"title", "subtitle", "tagline", "author", "rights", "logo", "icon", "link", "id"}
    rest = [child for child in feed.children if child.name not in names]
    return _element("channel", feed.base, [*made, *rest])


def _element(name: str, base: str, nodes: list[Node]) -> Node:
    """An element of those of *nodes* that say something."""
    return Node(name, base=base, parts=[node for node in nodes if node.parts or node.attrs])


def _said(name: str, text: str) -> Node:
    return Node(name, parts=[text] if text else [])


def _text(node: Node) -> str:
    """A text construct as a title has it: markup stays, and is taken off with that of all titles."""
    inner = _xhtml(node)
    return node.text if inner is None else inner


def _markup(node: Node) -> str:
    """A text construct as HTML (RFC 4287, 3.1.1)."""
    inner = _xhtml(node)
    if inner is not None:
        return inner
    kind = node.attrs.get("type", "text").lower()
    return escape(node.text, quote=False) if kind in ("text", TEXT.mime) else node.text


def _xhtml(node: Node) -> str | None:
    """What is in the `div` that XHTML comes in; None of any other kind."""
    if "xhtml" not in node.attrs.get("type", "").lower() or not node.children:
        return None
    div = node.children[0]
    if len(node.children) == 1 and div.name == "div":
        return "".join(
            escape(p, quote=False) if isinstance(p, str) else p.markup for p in div.parts
        ).strip()
    return node.text
