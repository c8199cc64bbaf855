"""Footnotes in HTML, as Markdown, Substack, Word (through mammoth), WordPress and Ghost write them.

Each writes a mark that links to a place, and at that place a note that links back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from columncast.episodes.text.html import Element

_NOTE_ID = re.compile(
    r"^_?(fn|ftn|edn|footnote|endnote|cite_note|note)[-_:.]?\w*[-\w]*$", re.IGNORECASE
)
_MARK_TEXT = re.compile(
    r"^[\[(]?\s*(\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§]{1,3})\s*[\])]?$", re.IGNORECASE
)
_MARK_CLASSES = frozenset(
    "footnote-anchor footnote-ref footnote-reference footnote-link noteref fn easy-footnote "
    "modern-footnotes-footnote simple-footnote footnote_referrer".split()
)
_BACK = re.compile(r"^[\s↩↑⤴^︎️\[\]\d.*]*$")


@dataclass
class Marks:
    """The notes of a text, numbered in the order in which their marks stand."""

    bodies: list[Element] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, anchor: Element) -> int:
        """The number of the note that *anchor* marks; 0 if it is some other link."""
        return self.numbers.get(anchor.attrs.get("href", "").removeprefix("#"), 0)


def take_footnotes(top: Element) -> Marks:
    """Take the notes out of the tree under *top* and return them."""
    parents: dict[int, Element] = {}
    places: dict[str, Element] = {}
    for element in top.walk():
        for child in element.children:
            parents[id(child)] = element
        for name in (element.id, element.attrs.get("name", "") if element.tag == "a" else ""):
            if name and element is not top:
                places.setdefault(name, element)
    marks = Marks()
    taken: set[int] = set()
    for anchor in [e for e in top.walk() if e.tag == "a"]:
        target = anchor.attrs.get("href", "").removeprefix("#")
        above = parents.get(id(anchor), anchor)
        if target in marks.numbers or not _is_mark(anchor, above, places.get(target)):
            continue
        if id(anchor) in taken:  # a link back, from inside a note
            continue
        body = _body(places[target], parents)
        taken.update(id(e) for e in body.walk())
        marks.bodies.append(body)
        marks.numbers[target] = len(marks.bodies)
    _detach(marks.bodies, parents)
    for body in marks.bodies:
        _without_links_back(body, marks)
    return marks


def _is_mark(anchor: Element, above: Element, place: Element | None) -> bool:
    href = anchor.attrs.get("href", "")
    if place is None or not href.startswith("#") or not _MARK_TEXT.match(anchor.words().strip()):
        return False
    declared = (
        anchor.attrs.get("role") == "doc-noteref"
        or bool((anchor.classes | above.classes) & _MARK_CLASSES)
        or "data-fn" in above.attrs  # WordPress's block editor, whose ids are numbers of no meaning
    )
    return declared or bool(_NOTE_ID.match(href[1:]))


def _body(place: Element, parents: dict[int, Element]) -> Element:
    """The whole note around the *place* that its mark leads to."""
    while place.tag in ("a", "span", "sup", "strong", "b") and id(place) in parents:
        place = parents[id(place)]
    return place


def _detach(bodies: Sequence[Element], parents: dict[int, Element]) -> None:
    """Take *bodies* out, and the lists or sections around them once those are empty."""
    gone = bodies
    while gone:
        # All at once: hundreds of notes stand in one list, which is looked through once.
        ids = {id(element) for element in gone}
        around = {id(above): above for e in gone if (above := parents.get(id(e))) is not None}
        for above in around.values():
            above.children = [child for child in above.children if id(child) not in ids]
        gone = [e for e in around.values() if e.tag not in ("body", "html") and _is_empty(e)]


def _is_empty(element: Element) -> bool:
    return not any(e.text.strip() for e in element.walk() if not e.tag)


def _without_links_back(body: Element, marks: Marks) -> None:
    for element in list(body.walk()):
        element.children = [
            child
            for child in element.children
            if not (
                child.tag == "a"
                and child.attrs.get("href", "").startswith("#")
                and child.attrs["href"][1:] not in marks.numbers
                and _BACK.match(child.words())
            )
        ]
