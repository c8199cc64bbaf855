"""A Ghost post that has no HTML: its editor's own document, Lexical or (before 2023) Mobiledoc.

Both become the HTML that Ghost itself makes of them, with its class names, so that all else is read
in one place. github.com/TryGhost/Koenig has the nodes (kg-default-nodes) and the cards; mobiledoc
is described in github.com/bustle/mobiledoc-kit.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any

import msgspec

from columncast.episodes.columns.formats.markdown import to_html
from columncast.episodes.errors import ColumnError
from columncast.episodes.model.notice import Notice

_DEEPEST = 60
"""Nodes within nodes; a list in a list in a quotation has six."""

_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (16, "code"), (32, "sub"), (64, "sup"))
"""Bits of a Lexical text's `format`; 8 (underline) and 128 (highlight) have no place in a column."""

_MEMBERS_ONLY = "<!--members-only-->"

Node = dict[str, Any]


@dataclass
class Written:
    """A post's text as HTML, and the kinds of cards that could not be read."""

    html: str
    unknown: Counter[str] = field(default_factory=Counter)

    def notices(self) -> tuple[Notice, ...]:
        """One line for all the cards that could not be read."""
        if not self.unknown:
            return ()
        kinds = ", ".join(f"{kind} ({n})" if n > 1 else kind for kind, n in self.unknown.items())
        message = f"left out cards of a kind that cannot be read here: {kinds}; see what they say"
        return (Notice(code="document-parts-left-out", message=message),)


def read_lexical(text: str, *, paid: bool = False) -> Written:
    """Return the Lexical document *text* as HTML; parts for members only with *paid* only.

    Raises:
        ColumnError: It is no such document, or is nested without end.
    """
    root = _document(text).get("root")
    if not isinstance(root, dict):
        raise ColumnError(
            "the post has no text that can be read (its Lexical document has no root)"
        )
    writer = _Writer(paid=paid)
    html = writer.nodes(_list(root.get("children")), 0)
    return Written(html=html, unknown=writer.unknown)


def read_mobiledoc(text: str, *, paid: bool = False) -> Written:
    """Return the Mobiledoc document *text* as HTML; parts for members only with *paid* only.

    Raises:
        ColumnError: It is no such document.
    """
    document = _document(text)
    writer = _Writer(paid=paid)
    html = "".join(writer.section(document, section) for section in _list(document.get("sections")))
    return Written(html=html, unknown=writer.unknown)


def _document(text: str) -> Node:
    try:
        document = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as e:
        raise ColumnError(f"the post's own document cannot be read: {e}") from e
    if not isinstance(document, dict):
        raise ColumnError("the post's own document is not one of Ghost's editor")
    return document


class _Writer:
    """HTML of nodes, sections and cards."""

    def __init__(self, *, paid: bool) -> None:
        self.paid = paid
        self.unknown: Counter[str] = Counter()

    # Lexical

    def nodes(self, nodes: Iterable[Any], depth: int) -> str:
        if depth > _DEEPEST:
            raise ColumnError("the post's document is nested without end")
        return "".join(self.node(node, depth) for node in nodes if isinstance(node, dict))

    def node(self, node: Node, depth: int) -> str:  # noqa: C901, PLR0911 - one case a kind
        kind = str(node.get("type") or "").removeprefix("extended-")
        if kind == "text":
            return _formatted(str(node.get("text") or ""), node.get("format"))
        inner = self.nodes(_list(node.get("children")), depth + 1)
        match kind:
            case "linebreak":
                return "<br>"
            case "tab":
                return " "
            case "link" | "autolink" | "at-link":
                return f'<a href="{_attribute(node.get("url"))}">{inner}</a>'
            case "heading":
                tag = str(node.get("tag") or "h2")
                return _element(tag if tag in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2", inner)
            case "quote" | "aside":
                return _element("blockquote", _element("p", inner))
            case "list":
                return _element("ol" if node.get("listType") == "number" else "ul", inner)
            case "listitem":
                return _element("li", inner)
            case "paragraph":
                return _element("p", inner)
        if kind in CARDS:
            return self.card(kind, node)
        if inner:  # a block of a later Ghost, that holds text like any other
            return _element("div", inner)
        self.unknown[kind or "a part without a name"] += 1
        return ""

    # Mobiledoc

    def section(self, document: Node, section: Any) -> str:  # noqa: PLR0911 - one case a kind
        if not isinstance(section, list) or len(section) < 2:
            return ""
        match section[0]:
            case 1 if len(section) > 2:
                tag = str(section[1]).lower()
                inner = self.markers(document, section[2])
                if tag in ("blockquote", "aside", "pull-quote"):
                    return _element("blockquote", _element("p", inner))
                return _element(
                    tag if tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6") else "p", inner
                )
            case 2:
                return f'<img src="{_attribute(section[1])}">'
            case 3 if len(section) > 2:
                items = (_element("li", self.markers(document, item)) for item in _list(section[2]))
                return _element("ol" if str(section[1]).lower() == "ol" else "ul", "".join(items))
            case 10:
                name, payload = _named(document.get("cards"), section[1])
                kind = _OLD_NAMES.get(name, name)
                if kind in CARDS:
                    return self.card(kind, payload)
                self.unknown[name or "a card without a name"] += 1
        return ""

    def markers(self, document: Node, markers: Any) -> str:
        """Running text: each marker opens some markups, has text or an atom, and closes some."""
        known = _list(document.get("markups"))
        opened: list[str] = []
        out = []
        for marker in _list(markers):
            if not isinstance(marker, list) or len(marker) < 4:
                continue
            kind, opens, closes, value = marker[:4]
            for index in _list(opens):
                markup = known[index] if isinstance(index, int) and 0 <= index < len(known) else []
                tag, start = _markup(markup)
                opened.append(tag)
                out.append(start)
            if kind == 1:
                name, _ = _named(document.get("atoms"), value)
                out.append("<br>" if name == "soft-return" else "")
            else:
                out.append(escape(str(value), quote=False))
            ending = min(closes if isinstance(closes, int) else 0, len(opened))
            out += [f"</{opened.pop()}>" for _ in range(ending)]
        return "".join(out) + "".join(f"</{tag}>" for tag in reversed(opened))

    # Both

    def card(self, kind: str, card: Node) -> str:
        """A card as Ghost shows it on the web to somebody who is not a member."""
        if not self.paid and not _is_for_all(card.get("visibility")):
            return ""
        return CARDS[kind](card)


def _markup(markup: Any) -> tuple[str, str]:
    tag = str(markup[0]).lower() if isinstance(markup, list) and markup else "span"
    if tag == "a":
        pairs = _list(markup[1]) if len(markup) > 1 else []
        href = next((v for k, v in zip(pairs[::2], pairs[1::2], strict=False) if k == "href"), "")
        return "a", f'<a href="{_attribute(href)}">'
    tag = tag if tag in ("strong", "b", "em", "i", "s", "code", "sub", "sup") else "span"
    return tag, f"<{tag}>"


def _named(things: Any, index: Any) -> tuple[str, Node]:
    """The name and payload of an atom or a card, by its number."""
    known = _list(things)
    thing = known[index] if isinstance(index, int) and 0 <= index < len(known) else []
    if not isinstance(thing, list) or not thing:
        return "", {}
    payload = next((part for part in reversed(thing) if isinstance(part, dict)), {})
    return str(thing[0]), payload


def _is_for_all(visibility: Any) -> bool:
    """Whether everyone sees a card on the web: Ghost says it in two ways, and mostly not at all."""
    if not isinstance(visibility, dict):
        return True
    web = visibility.get("web")
    if isinstance(web, dict):
        return web.get("nonMember") is not False
    if visibility.get("showOnWeb") is False:
        return False
    return str(visibility.get("segment") or "") in ("", "status:free,status:-free")


def _formatted(text: str, bits: Any) -> str:
    shown = escape(text, quote=False)
    for bit, tag in _FORMATS:
        if isinstance(bits, int) and bits & bit:
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _image(card: Node) -> str:
    picture = f'<img src="{_attribute(card.get("src"))}" alt="{_attribute(card.get("alt"))}">'
    href = card.get("href")
    linked = f'<a href="{_attribute(href)}">{picture}</a>' if href else picture
    return _figure(linked, card)


def _gallery(card: Node) -> str:
    images = [i for i in _list(card.get("images")) if isinstance(i, dict)]
    inner = "".join(
        f'<img src="{_attribute(i.get("src"))}" alt="{_attribute(i.get("alt"))}">' for i in images
    )
    return _figure(inner, card)


def _figure(inner: str, card: Node, kind: str = "kg-image-card") -> str:
    caption = str(card.get("caption") or "")
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="{kind}">{inner}{below}</figure>'


def _bookmark(card: Node) -> str:
    about = card.get("metadata") if isinstance(card.get("metadata"), dict) else card
    url = (about or {}).get("url") or card.get("url")
    title = (about or {}).get("title") or card.get("title") or url
    return (
        f'<figure class="kg-bookmark-card"><a href="{_attribute(url)}">'
        f'<div class="kg-bookmark-title">{escape(str(title or ""))}</div></a></figure>'
    )


def _embed(card: Node) -> str:
    about = card.get("metadata")
    title = about.get("title") if isinstance(about, dict) else ""
    link = f'<a href="{_attribute(card.get("url"))}" title="{_attribute(title)}">{escape(str(title or ""))}</a>'
    return f'<figure class="kg-embed-card">{link}</figure>'


def _html(card: Node) -> str:
    return str(card.get("html") or "")


def _markdown(card: Node) -> str:
    return to_html(str(card.get("markdown") or ""))


def _code(card: Node) -> str:
    return _figure(f"<pre>{escape(str(card.get('code') or ''), quote=False)}</pre>", card, "")


def _callout(card: Node) -> str:
    emoji = escape(str(card.get("calloutEmoji") or ""))
    text = str(card.get("calloutText") or "")
    return f"<div><p>{emoji} {text}</p></div>" if emoji else f"<div><p>{text}</p></div>"


def _toggle(card: Node) -> str:
    return f"<h4>{card.get('heading') or ''}</h4><div>{card.get('content') or ''}</div>"


def _product(card: Node) -> str:
    title, text = str(card.get("productTitle") or ""), str(card.get("productDescription") or "")
    href = card.get("productUrl")
    shown = f'<a href="{_attribute(href)}">{title}</a>' if href else title
    return f"<p><strong>{shown}</strong></p><div>{text}</div>"


def _header(card: Node) -> str:
    heading, below = str(card.get("header") or ""), str(card.get("subheader") or "")
    return f"<h2>{heading}</h2><p>{below}</p>"


def _file(card: Node) -> str:
    title = escape(str(card.get("fileTitle") or card.get("fileName") or ""))
    return (
        f'<div class="kg-file-card"><a href="{_attribute(card.get("src"))}">'
        f'<div class="kg-file-card-title">{title}</div></a></div>'
    )


def _video(_: Node) -> str:
    return '<div class="kg-video-card"></div>'


def _audio(card: Node) -> str:
    length = card.get("duration")
    known = json.dumps({"duration": length}) if isinstance(length, int | float) else ""
    return f'<div class="kg-audio-card" data-attrs="{_attribute(known)}"></div>'


def _button(_: Node) -> str:
    return '<div class="kg-button-card"></div>'


def _signup(_: Node) -> str:
    return '<div class="kg-signup-card"></div>'


def _nothing(_: Node) -> str:
    """For mails only."""
    return ""


CARDS: dict[str, Callable[[Node], str]] = {
    "image": _image,
    "gallery": _gallery,
    "bookmark": _bookmark,
    "embed": _embed,
    "html": _html,
    "markdown": _markdown,
    "codeblock": _code,
    "callout": _callout,
    "toggle": _toggle,
    "product": _product,
    "header": _header,
    "file": _file,
    "video": _video,
    "audio": _audio,
    "button": _button,
    "call-to-action": _button,
    "signup": _signup,
    "transistor": _audio,
    "horizontalrule": lambda _: "<hr>",
    "paywall": lambda _: _MEMBERS_ONLY,
    "email": _nothing,
    "email-cta": _nothing,
}
"""What a card becomes, by its name in Lexical."""

_OLD_NAMES = {"hr": "horizontalrule", "code": "codeblock", "card-markdown": "markdown"}
"""Mobiledoc's names where they are others."""


def _element(tag: str, inner: str) -> str:
    return f"<{tag}>{inner}</{tag}>"


def _attribute(value: Any) -> str:
    return escape(str(value or ""))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
