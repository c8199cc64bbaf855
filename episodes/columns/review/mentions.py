"""Works, people and links that a column speaks of: candidates for the notes' "Mentioned" list.

Candidates only. They are offered to the editor, and what is accepted is in `Editor.mentioned`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from urllib.parse import urlsplit

from columncast.episodes.columns.review.names import counted
from columncast.episodes.model.column import Block, Column, Mention, Span, spans_text
from columncast.episodes.text.normalize import fold, one_line

_MOST = 30

_WORD = r"[A-ZÀ-ÞĀ-Ž0-9][\w’'-]*"
_QUOTED = re.compile(r"«\s*([^«»]{3,120}?)\s*»")
_POSSESSOR = re.compile(rf"({_WORD}(?:\s+{_WORD}){{0,2}})['’]s?\s*$")
_ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The words of one language that show what a column mentions; `words/en.toml` explains them."""

    before: frozenset[str]
    never: frozenset[str]
    named: re.Pattern[str]
    """`his new book China and Russia, Philip Snow` and its like."""
    by: re.Pattern[str]


@cache
def _words(language: str) -> _Words:
    """Return the words of a *language* code such as `en-gb`; English ones where it has no file."""
    files = {
        path.name[: -len(".toml")]: path
        for path in (package_files(__package__) / "words").iterdir()
    }
    code = language.partition("-")[0].lower()
    said = tomllib.loads(files[code if code in files else _ENGLISH].read_text(encoding="utf-8"))
    works, called, by = (_any_of(said[key].split()) for key in ("works", "called", "by"))
    return _Words(
        before=frozenset(said["before"].casefold().split()),
        never=frozenset(said["never"].casefold().split()),
        named=re.compile(
            rf"\b(?i:{works})(?:\s+(?i:{called}))?,?\s+[“„\"]?({_title()})[”“\"]?"
            rf"(?:,\s+({_WORD}\s+{_WORD}))?"
        ),
        by=re.compile(rf"\s*,?\s*(?:{by})\s+({_WORD}(?:\s+{_WORD}){{1,2}})"),
    )


@cache
def _small() -> str:
    """Return a pattern of the small words inside a title, of all languages.

    A column names works in others than its own.
    """
    said = [
        tomllib.loads(path.read_text(encoding="utf-8"))["small"].split()
        for path in (package_files(__package__) / "words").iterdir()
    ]
    return _any_of({word for one in said for word in one})


def _title() -> str:
    return rf"{_WORD}(?::?\s+(?:{_small()}\s+)*{_WORD})*"


def _any_of(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, longest_first))})"


def candidates(column: Column) -> tuple[Mention, ...]:
    """Return what *column* mentions: works first, then people by how often, then links."""
    found: dict[str, Mention] = {}
    for mention in (*_works(column), *_people(column), *_links(column)):
        key = mention.href if mention.kind == "link" else fold(mention.title)
        found.setdefault(key, mention)
    return tuple(found.values())[:_MOST]


def _works(column: Column) -> Iterator[Mention]:
    words = _words(column.language)
    for block in column.blocks:
        if block.kind == "heading":
            continue
        text = one_line(block.text)
        for match in _QUOTED.finditer(text):
            yield Mention(kind="work", title=match[1], by=_author(text, match, words))
        for match in words.named.finditer(text):
            yield Mention(
                kind="work", title=match[1].rstrip(",:"), by=match[2] or _author(text, match, words)
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
        word for word in re.findall(r"\b[a-zà-þ][\w’'-]*", text) if not re.fullmatch(_small(), word)
    ]
    return len(big) >= 2 and len(small) <= len(big) // 2 and not text.endswith(("!", "?"))


def _author(text: str, match: re.Match[str], words: _Words) -> str:
    if by := words.by.match(text, match.end()):
        return by[1]
    before = _POSSESSOR.search(text[max(0, match.start() - 80) : match.start()])
    if not before:
        return ""
    parts = before[1].split()
    while len(parts) > 1 and parts[0].casefold() in words.before:
        del parts[0]
    return " ".join(parts)


def _people(column: Column) -> Iterator[Mention]:
    blocks = [block for block in column.blocks if block.kind != "heading"]
    words = _words(column.language)
    # A word that the column writes small elsewhere is a word, and no name.
    small = set(re.findall(r"\b[a-zà-þ][\w’'-]*", " ".join(block.text for block in blocks)))
    found: Counter[str] = Counter()
    for name, times in counted(blocks).items():
        found[_person(name, words, small)] += times
    for name, _ in found.most_common():
        if name and fold(name) != fold(column.author):
            yield Mention(kind="person", title=name)


def _person(name: str, words: _Words, small: Collection[str]) -> str:
    """Return the person in *name*, without what stands before it; empty if there is none."""
    parts = name.split()
    while parts and (parts[0].casefold() in words.before or parts[0].lower() in small):
        del parts[0]
    plain = {part.casefold() for part in re.split(r"[\s-]+", " ".join(parts))}
    return " ".join(parts) if len(parts) > 1 and not plain & words.never else ""


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
