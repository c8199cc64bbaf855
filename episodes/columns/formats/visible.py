"""The lines of a column as others may see them in a preview: nothing that its reader leaves unseen.

A preview goes to others as a file. So comments are not in it, nor what HTML in Markdown hides: what
`hidden` and `from_html` keep from notes and page, this keeps from the lines as well. Where a tag has no
end, more goes rather than less.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from columncast.episodes.columns.blocks.from_html import GONE
from columncast.episodes.columns.formats.markdown import block_lines
from columncast.episodes.columns.private.dialects import plain_markdown
from columncast.episodes.columns.private.hidden import is_hidden
from columncast.episodes.columns.private.passages import Form, scan
from columncast.episodes.text.html import Element, parse

_MARK = re.compile(
    r"\\[<`\\]|`+|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/<>]*)"
    r"""(?P<rest>(?:=\s*+"[^"]*"|=\s*+'[^']*'|[^<>]|<(?=[^<>]*>))*+)>"""
)
"""An escaped sign, ticks around code, or a tag."""
_PARAGRAPH_END = re.compile(r"\n[ \t>]*\n(?!\s*<)")
_ENDS_A_PARAGRAPH = frozenset(
    "address article aside blockquote details div dl fieldset figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr main nav ol p pre section table ul".split()
)
"""Tags before which an open `<p>` ends (html.spec.whatwg.org, 4.4.1)."""
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_MAY_STAY_OPEN = frozenset("rt rp option".split())
_RAW = frozenset("script style textarea title noframes noembed xmp iframe".split())
"""Elements in which there are no tags but their own end."""


def visible_lines(text: str, form: Form) -> tuple[str, ...]:
    r"""Return the lines of *text*, as many as it has, without what nobody is to see.

    >>> visible_lines("One. %% a\nb %%\nTwo. <i hidden>c</i>", "markdown")
    ('One.', '', 'Two. ')
    """
    shown, found = scan(text, form)
    if form == "markdown":
        kept = {line.number for line in plain_markdown(shown, found) if line.text.strip()}
        shown = [line for line in shown if line.number in kept]
    texts = {line.number: line.text for line in shown}
    lines = [texts.get(number, "") for number in range(1, text.count("\n") + 2)]
    if form == "markdown":
        lines = _without("\n".join(lines)).split("\n")
    return tuple(lines)


def _without(text: str) -> str:
    """Return Markdown without its hidden elements, every line where it was."""
    if not re.search("<[a-zA-Z]", text):
        return text
    parts, at = [], 0
    for start, end in _hidden(text):
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end
    return "".join([*parts, text[at:]])


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """Where the hidden elements of a Markdown text begin and end."""
    marks, at = _Marks(text), 0
    while mark := marks.next(at):
        at, name = mark.end(), mark["name"].lower()
        if mark["end"] or not _hides(name, mark["rest"]):
            continue
        alone = name in _VOID or (name in ("svg", "math") and mark["rest"].endswith("/"))
        at = at if alone else _end(marks, at, name)
        yield mark.start(), at


def _end(marks: _Marks, at: int, name: str) -> int:
    """Where the element called *name* ends whose start tag ends at *at*."""
    depth, limit = 1, len(marks.text)
    if name == "p" and (paragraph := _PARAGRAPH_END.search(marks.text, at)):
        limit = paragraph.start()
    if name in _RAW:
        end = re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE).search(marks.text, at)
        return end.end() if end else limit
    while (mark := marks.next(at)) and mark.start() < limit:
        at, found = mark.end(), mark["name"].lower()
        if name == "p" and not mark["end"] and found in _ENDS_A_PARAGRAPH:
            return mark.start()
        if found == name:
            depth += -1 if mark["end"] else 1
        if depth == 0:
            return at
    return limit


class _Marks:
    """The tags of a Markdown text: what stands in code is none."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self.code = block_lines(text, "code")
        self.html = block_lines(text, "html")
        self.ticks: dict[int, list[int]] = {}
        for run in re.finditer("`+", text):
            self.ticks.setdefault(len(run[0]), []).append(run.start())
        self.ends = [found.start() for found in re.finditer(r"\n[ \t]*\n", text)]

    def next(self, at: int) -> re.Match[str] | None:
        """Return the next tag from *at* on; None after the last."""
        while found := _MARK.search(self.text, at):
            at = found.end()
            line = bisect_right(self.lines, found.start()) - 1
            if line in self.code:
                at = self.lines[line + 1] if line + 1 < len(self.lines) else len(self.text)
            elif found["name"]:
                return found
            elif line in self.html:
                at = found.start() + 1
            elif found[0][0] == "`":
                at = self._after_code(found)
        return None

    def _after_code(self, opened: re.Match[str]) -> int:
        """Where code in a line ends; after the ticks alone where as many do not follow."""
        places = self.ticks.get(len(opened[0]), [])
        following = bisect_right(places, opened.start())
        paragraph = bisect_right(self.ends, opened.start())
        limit = self.ends[paragraph] if paragraph < len(self.ends) else len(self.text)
        if following < len(places) and places[following] < limit:
            return places[following] + len(opened[0])
        return opened.end()


def _hides(name: str, attributes: str) -> bool:
    if name in GONE - _MAY_STAY_OPEN:
        return True
    if not attributes.strip("/ \t\n"):
        return is_hidden(Element(name))
    # As a `div`, since a cell or an item that stands alone is no element to a parser.
    element = next((e for e in parse(f"<div {attributes}>").walk() if e.tag == "div"), None)
    return element is not None and is_hidden(Element(name, attrs=element.attrs))
