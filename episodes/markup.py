"""What is in a piece of show-notes HTML: tags, links, what is left open, what is dangerous.

Read with another parser than the one that made the notes, so that it is a proof and not an echo.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "wbr"})
DANGEROUS = frozenset(
    {"script", "style", "iframe", "object", "embed", "form", "svg", "link", "meta"}
)


@dataclass
class Markup:
    """What was found."""

    tags: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)
    """Left open at the end, or closed without having been opened."""
    dangers: list[str] = field(default_factory=list)


def read_markup(html: str) -> Markup:
    """Return what is in *html*.

    >>> read_markup("<p>A <a href='b'>c</p>").open_tags
    ['a']
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.found.open_tags += reader.stack
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Markup()
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.tags.add(tag)
        if tag in DANGEROUS:
            self.found.dangers.append(f"<{tag}>")
        for name, value in attrs:
            self._attribute(name, value or "")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.stack:
            self.found.open_tags.append(tag)
            return
        while (left := self.stack.pop()) != tag:
            self.found.open_tags.append(left)

    def _attribute(self, name: str, value: str) -> None:
        plain = "".join(value.split()).lower()
        if name.startswith("on") or plain.startswith(
            ("javascript:", "vbscript:", "data:", "file:")
        ):
            self.found.dangers.append(f'{name}="{value}"')
        elif name in ("href", "src"):
            self.found.links.append(value)
