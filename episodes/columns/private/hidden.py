"""What a page does not show: taken out of the tree before anything reads it.

So no title, subtitle, footnote or caption can bring a hidden text out by another way. A paywall is
cut before (see `paywall`), since its mark may itself be hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from columncast.episodes.columns.private.passages import comments_left_out
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.html import Element

_TAGS = frozenset(
    "template noscript noframes noembed comment hidden private draft todo annotation annotation-xml".split()
)
"""Shown where scripts or frames are off, by a script only, or never: a formula's source, say."""

_CLASSES = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only hidden is-hidden "
    "d-none display-none invisible hide comment-start comment-end deletion paragraph-deletion "
    "msocommentreference msocommenttext msocomoff msocomtxt msocomanchor editor-note".split()
)
_STYLE = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all|content-visibility:hidden|"
    r"opacity:0(?:\.0+)?%?(?=;|!|$)|font-size:0(?:\.0+)?(?:px|pt|em|rem|%)?(?=;|!|$)|"
    r"mso-element:(?:comment|comment-list|header|footer)(?=;|!|$))"
)
_COMMENT_MARK = re.compile(r"^#_?(?:cmnt(?:_ref)?|msocom_?|_msoanchor_)\d+$", re.IGNORECASE)
_COMMENT_PLACE = re.compile(r"^_?(?:cmnt|msocom_)\d+$", re.IGNORECASE)
"""Google Docs and Word write an editor's comments as notes at the end of their HTML."""

_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_AT_RULE = re.compile(
    r"@(?!font-face|page|charset|import)[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}"
)
_SELECTOR = re.compile(r"[\w-]*([.#])([\w-]+)")
_LARGEST_SHEET = 300_000
"""Characters of one style sheet; a writing tool's has some thousands."""


def prune(top: Element) -> tuple[Notice, ...]:
    """Take hidden elements out of the tree under *top*; return what is told of it."""
    unseen = _by_style_sheet(top)
    comments = _comments(top)
    for element in top.walk():
        kept = [
            child
            for child in element.children
            if not child.tag or child.tag == "body" or not _is_out(child, unseen)
        ]
        if len(kept) < len(element.children):
            element.children = kept
    return (comments_left_out(comments),) if comments else ()


def _is_out(element: Element, unseen: set[tuple[str, str]]) -> bool:
    if is_hidden(element):
        return True
    named = {(".", name) for name in element.classes} | {("#", element.id)}
    return bool(unseen and named & unseen)


def is_hidden(element: Element) -> bool:
    """Whether a browser would not show *element*, by what stands on it."""
    if element.tag in _TAGS or "hidden" in element.attrs:
        return True
    classes = {name.lower() for name in element.classes}
    if classes & _CLASSES:
        return True
    style = element.attrs.get("style", "")
    return bool(style) and bool(_STYLE.search(_declarations(style)))


def _declarations(style: str) -> str:
    return re.sub(r"/\*.*?\*/|\s+", "", style, flags=re.DOTALL).lower()


def _by_style_sheet(top: Element) -> set[tuple[str, str]]:
    """The classes and ids that a page's own style sheet hides, where that is all its rule says."""
    found: set[tuple[str, str]] = set()
    for element in top.walk():
        if element.tag != "style" or "media" in element.attrs:
            continue
        sheet = re.sub(r"/\*.*?\*/|<!--|-->", "", element.words(), flags=re.DOTALL)
        if len(sheet) > _LARGEST_SHEET:
            continue
        # What is hidden for printing or on small screens is there for everyone else.
        for selectors, declarations in _RULE.findall(_AT_RULE.sub("", sheet)):
            if not _STYLE.search(_declarations(declarations)):
                continue
            for selector in selectors.split(","):
                if simple := _SELECTOR.fullmatch(selector.strip()):
                    found.add((simple[1], simple[2]))
    return found


def _comments(top: Element) -> int:
    """Take out the comments of Google Docs and Word, and their marks in the text."""
    parents: dict[int, Element] = {}
    anchors: list[Element] = []
    for element in top.walk():
        for child in element.children:
            parents[id(child)] = element
        if element.tag == "a":
            anchors.append(element)
    count = 0
    for anchor in anchors:
        if _is_place(anchor):
            gone = _whole_comment(anchor, parents)
            count += 1
        elif _COMMENT_MARK.match(anchor.attrs.get("href", "")):
            gone = _whole_mark(anchor, parents)
        else:
            continue
        above = parents.get(id(gone))
        if above is not None:
            above.children = [child for child in above.children if child is not gone]
    return count


def _is_place(anchor: Element) -> bool:
    names = (anchor.id, anchor.attrs.get("name", ""))
    return any(_COMMENT_PLACE.match(name) for name in names)


def _whole_comment(anchor: Element, parents: dict[int, Element]) -> Element:
    """The paragraph that a comment begins, or the box around all of it."""
    blocks = ("p", "div", "li", "dd")
    block = next((e for e in _around(anchor, parents) if e.tag in blocks), anchor)
    above = parents.get(id(block))
    return above if above is not None and above.tag == "div" and _only_notes(above) else block


def _whole_mark(anchor: Element, parents: dict[int, Element]) -> Element:
    words = anchor.words().strip()
    for around in _around(anchor, parents):
        if around.tag not in ("sup", "span") or around.words().strip() != words:
            break
        anchor = around
    return anchor


def _around(element: Element, parents: dict[int, Element]) -> Iterable[Element]:
    while (above := parents.get(id(element))) is not None and above.tag not in ("body", "html"):
        yield above
        element = above


def _only_notes(box: Element) -> bool:
    """Whether a box holds one comment (of several paragraphs, with its answers) and nothing else."""
    first = next((e for e in box.walk() if e.tag == "a"), None)
    content = [child for child in box.children if child.tag or child.text.strip()]
    begins = bool(content) and any(e is first for e in content[0].walk())
    return first is not None and begins and _is_place(first)
