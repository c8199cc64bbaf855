"""Works, people and links that a column speaks of: candidates for the notes' "Mentioned" list.

Candidates only. They are offered to the editor, and what is accepted is in `Editor.mentioned`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from columncast.episodes.columns.review.names import counted
from columncast.episodes.model.column import Block, Column, Mention, Span, spans_text
from columncast.episodes.text.normalize import fold, one_line

_MOST = 30

_WORD = r"[A-ZÀ-ÞĀ-Ž0-9][\w’'-]*"
_SMALL = r"(?:and|of|the|in|on|to|for|a|an|at|from|with|und|der|die|das|de|la|le|et|y|del)"
_TITLE = rf"{_WORD}(?::?\s+(?:{_SMALL}\s+)*{_WORD})*"

_QUOTED = re.compile(r"«\s*([^«»]{3,120}?)\s*»")
_KINDS = (
    r"(?:book|novel|memoirs?|biography|autobiography|diary|study|film|documentary|poem|play|opera)"
)
_NAMED = re.compile(
    rf"\b{_KINDS}(?:\s+(?:called|titled|entitled))?,?\s+[“\"]?({_TITLE})[”\"]?(?:,\s+({_WORD}\s+{_WORD}))?"
)
"""`his new book China and Russia, Philip Snow` and its like."""
_BY = re.compile(rf"\s*,?\s*(?:by|von|de|par)\s+({_WORD}(?:\s+{_WORD}){{1,2}})")
_POSSESSOR = re.compile(rf"({_WORD}(?:\s+{_WORD}){{0,2}})['’]s?\s*$")

_NOT_PEOPLE = frozenset(
    [
        "Union",
        "Republic",
        "War",
        "Wars",
        "Party",
        "University",
        "College",
        "School",
        "Institute",
        "Center",
        "Centre",
        "Congress",
        "Project",
        "Series",
        "Papers",
        "Committee",
        "Council",
        "Army",
        "Navy",
        "Fleet",
        "Street",
        "Avenue",
        "Road",
        "River",
        "Sea",
        "Ocean",
        "Lake",
        "Mountain",
        "Bay",
        "Island",
        "Islands",
        "Hall",
        "House",
        "Palace",
        "Gate",
        "Bridge",
        "Station",
        "Hotel",
        "Museum",
        "Library",
        "Church",
        "Court",
        "Office",
        "Bank",
        "Company",
        "Corporation",
        "Association",
        "Society",
        "Foundation",
        "Times",
        "Post",
        "Daily",
        "Journal",
        "Review",
        "Press",
        "Great",
        "New",
        "North",
        "South",
        "East",
        "West",
        "Northern",
        "Southern",
        "Eastern",
        "Western",
        "Central",
        "United",
        "People",
        "Peoples",
        "National",
        "International",
        "World",
        "Cold",
        "Soviet",
        "Chinese",
        "Russian",
        "American",
        "British",
        "French",
        "German",
        "European",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Chairman",
        "President",
        "Premier",
        "The",
        "This",
        "That",
        "These",
        "When",
        "Where",
        "But",
        "And",
        "Yet",
        "For",
        "After",
        "Before",
        "In",
        "On",
        "At",
        "By",
        "With",
        "From",
        "Many",
        "Most",
        "Some",
        "All",
        "Both",
        "If",
        "As",
        "It",
        "He",
        "She",
        "They",
        "We",
        "Communist",
        "Party's",
        "Revolution",
        "Forward",
        "Leap",
    ]
)


def candidates(column: Column) -> tuple[Mention, ...]:
    """Return what *column* mentions: works first, then people by how often, then links."""
    found: dict[str, Mention] = {}
    for mention in (*_works(column), *_people(column), *_links(column)):
        key = mention.href if mention.kind == "link" else fold(mention.title)
        found.setdefault(key, mention)
    return tuple(found.values())[:_MOST]


def _works(column: Column) -> Iterator[Mention]:
    for block in column.blocks:
        if block.kind == "heading":
            continue
        text = one_line(block.text)
        for match in _QUOTED.finditer(text):
            yield Mention(kind="work", title=match[1], by=_author(text, match))
        for match in _NAMED.finditer(text):
            yield Mention(
                kind="work", title=match[1].rstrip(",:"), by=match[2] or _author(text, match)
            )
        for span, href in _stressed(block.spans):
            title = one_line(spans_text(span.children)).strip(",.;:")
            if _is_title(title):
                yield Mention(kind="work", title=title, href=href)


def _stressed(spans: Iterable[Span], href: str = "") -> Iterator[tuple[Span, str]]:
    for span in spans:
        inner = [child for child in span.children if child.kind == "link"]
        if span.kind == "em":
            yield span, href or (inner[0].href if len(inner) == len(span.children) == 1 else "")
        else:
            yield from _stressed(span.children, span.href if span.kind == "link" else href)


def _is_title(text: str) -> bool:
    """Whether words in italics are a title, and not a stress or a foreign word."""
    big = re.findall(rf"\b{_WORD}", text)
    small = [
        word for word in re.findall(r"\b[a-zà-þ][\w’'-]*", text) if not re.fullmatch(_SMALL, word)
    ]
    return len(big) >= 2 and len(small) <= len(big) // 2 and not text.endswith(("!", "?"))


def _author(text: str, match: re.Match[str]) -> str:
    if by := _BY.match(text, match.end()):
        return by[1]
    before = _POSSESSOR.search(text[max(0, match.start() - 80) : match.start()])
    return re.sub(r"^(?:In|As|From|By|See|The)\s+", "", before[1]) if before else ""


def _people(column: Column) -> Iterator[Mention]:
    names = counted([block for block in column.blocks if block.kind != "heading"])
    for name, _ in names.most_common():
        parts = re.split(r"[\s-]+", name)
        if not any(part in _NOT_PEOPLE for part in parts) and fold(name) != fold(column.author):
            yield Mention(kind="person", title=name)


def _links(column: Column) -> Iterator[Mention]:
    notes = [block for note in column.footnotes for block in note.blocks]
    for block in (*column.blocks, *notes):
        if block.kind == "embed":
            yield Mention(kind="link", title=spans_text(block.spans), href=block.src)
        for span in _flat(block):
            host = urlsplit(span.href).netloc
            title = one_line(spans_text(span.children))
            yield Mention(kind="link", title=host if title == span.href else title, href=span.href)


def _flat(block: Block) -> Iterator[Span]:
    waiting = list(block.spans)
    for item in block.items:
        for inner in item:
            yield from _flat(inner)
    while waiting:
        span = waiting.pop(0)
        if span.kind == "link" and span.href.startswith("http"):
            yield span
        waiting = [*span.children, *waiting]
