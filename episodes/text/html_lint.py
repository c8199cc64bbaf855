"""What is in a piece of show-notes HTML: tags, links, what is left open, what is dangerous.

Read with another parser than the one that made the notes, so that it is a proof and not an echo;
what is dangerous is for the sanitiser to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from columncast.episodes.text.html import unfit
from columncast.episodes.text.urls import is_unsafe

VOID = frozenset({"br", "col", "hr", "img", "wbr"})


@dataclass
class Markup:
    """What was found."""

    tags: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)
    """Left open at the end, or closed without having been opened."""
    dangers: list[str] = field(default_factory=list)
    """What the sanitiser takes out; see `html.unfit`."""


def read_markup(html: str) -> Markup:
    """Return what is in *html*.

    >>> read_markup("<p>A <a href='b'>c</p>").open_tags
    ['a']
    """
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
        reader.found.open_tags += reader.stack
    except AssertionError:  # Python's parser, of `<![x`; the sanitiser says so below
        pass
    found = reader.found
    # A link that leads nowhere harms nobody; `urls` has it.
    nowhere = {f'{name}="{url}"' for name in ("href", "src") for url in found.links}
    found.dangers += [danger for danger in unfit(html) if danger not in nowhere]
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Markup()
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.tags.add(tag)
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
        if name in ("href", "src") and not is_unsafe(value):
            self.found.links.append(value)
