"""What would change for listeners: notes and feed item against a feed that is there already."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from columncast.episodes.errors import FeedError
from columncast.episodes.format import count
from columncast.episodes.model.episode import Episode
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show
from columncast.episodes.text.html import parse
from columncast.feed.preview.apps.panes import lines_of
from columncast.feed.rss import xml
from columncast.feed.rss.document import render_rss

_WORDS = re.compile(r"\s+|[^\s]+")
_PREFIXES = {uri: prefix for prefix, uri in xml.NAMESPACES.items()}
_HTML_FIELDS = ("description", "content:encoded")
_ALIKE = 0.4
"""Lines less alike than this are another line, not a changed one."""
_AROUND = 1
"""Unchanged lines shown before and after a change."""

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some words of a line."""

    text: str
    kind: Kind = "same"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a comparison."""

    kind: Literal["same", "added", "removed", "changed", "gap"]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """An episode against the one with the same guid in another feed."""

    new: bool
    """The other feed does not have it."""
    notes: tuple[Row, ...] = ()
    """Empty when nothing changes."""
    item: tuple[Row, ...] = ()
    """As `notes`, for the fields of the feed item."""

    @property
    def same(self) -> bool:
        return not (self.new or self.notes or self.item)


def compare(episode: Episode, show: Show, feed: bytes) -> Comparison:
    """Return how *episode* differs from its item in *feed*.

    Raises:
        FeedError: *feed* is not well-formed.
    """
    there = xml.parse(feed)
    before = _item(there, episode.guid)
    if before is None:
        return Comparison(new=True)
    # The cover is the show's affair: both sides have the one that is there.
    rendered = render_rss(show, [episode], cover_url=_cover(there) or cover_url(show))
    after = _item(xml.parse(rendered), episode.guid)
    if after is None:
        return Comparison(new=True)
    return Comparison(
        new=False,
        notes=changed(_notes(before), _notes(after)),
        item=changed(list(_fields(before)), list(_fields(after))),
    )


def in_short(comparison: Comparison) -> str:
    """Return what differs, as a person says it; empty: nothing.

    >>> words = (Piece(text="red", kind="removed"), Piece(text="blue", kind="added"))
    >>> row = Row(kind="changed", pieces=words)
    >>> date = Row(kind="removed", pieces=(Piece(text="pubDate: today", kind="removed"),))
    >>> in_short(Comparison(new=False, notes=(row,), item=(date,)))
    '1 word of the notes, the date'
    """
    words = max(_words_of(comparison.notes, "removed"), _words_of(comparison.notes, "added"))
    found = [f"{count(words, 'word')} of the notes"] if words else []
    if comparison.notes and not words:
        found = ["the notes"]
    for row in comparison.item:
        text = "".join(piece.text for piece in row.pieces)
        full = text.partition(": ")[0].rstrip(":")
        if row.kind not in ("same", "gap") and full not in _HTML_FIELDS:
            found.append(_IN_WORDS.get(full, "other tags"))
    if not found and comparison.item:
        found = ["the markup of the notes"]
    return ", ".join(dict.fromkeys(found))


_IN_WORDS = {
    "title": "the title",
    "itunes:title": "the title",
    "pubDate": "the date",
    "enclosure": "the audio",
    "itunes:duration": "the audio",
    "podcast:alternateEnclosure": "the audio",
    "podcast:source": "the audio",
    "link": "the link",
    "itunes:subtitle": "the subtitle",
    "itunes:season": "the season",
    "podcast:season": "the season",
    "itunes:episode": "the number",
    "podcast:episode": "the number",
    "itunes:episodeType": "the type",
    "itunes:explicit": "whether it is explicit",
    "itunes:block": "whether directories list it",
    "itunes:image": "the cover",
    "podcast:image": "the cover",
    "podcast:chapters": "the chapters",
    "podcast:transcript": "the transcript",
    "podcast:person": "the credits",
    "itunes:author": "the author",
    "author": "the author",
}


def _words_of(rows: Sequence[Row], kind: Kind) -> int:
    return sum(
        len(piece.text.split()) for row in rows for piece in row.pieces if piece.kind == kind
    )


def changed(before: Sequence[str], after: Sequence[str]) -> tuple[Row, ...]:
    """Return the lines that differ, with the words in them that do; nothing when none does.

    >>> [(p.text, p.kind) for p in changed(["a red boat"], ["a blue boat"])[0].pieces]
    [('a ', 'same'), ('red', 'removed'), ('blue', 'added'), (' boat', 'same')]
    """
    if list(before) == list(after):
        return ()
    rows: list[Row] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(_AROUND):
        if rows or group[0][1] > 0:
            rows.append(Row(kind="gap", pieces=()))
        for tag, i1, i2, j1, j2 in group:
            rows += _rows(tag, before[i1:i2], after[j1:j2])
    return tuple(rows)


def _rows(tag: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    if tag == "equal":
        for line in before:
            yield Row(kind="same", pieces=(Piece(text=line),))
        return
    paired = min(len(before), len(after))
    for old, new in zip(before[:paired], after[:paired], strict=True):
        if difflib.SequenceMatcher(None, old, new, autojunk=False).ratio() < _ALIKE:
            yield Row(kind="removed", pieces=(Piece(text=old, kind="removed"),))
            yield Row(kind="added", pieces=(Piece(text=new, kind="added"),))
        else:
            yield Row(kind="changed", pieces=_words(old, new))
    for line in before[paired:]:
        yield Row(kind="removed", pieces=(Piece(text=line, kind="removed"),))
    for line in after[paired:]:
        yield Row(kind="added", pieces=(Piece(text=line, kind="added"),))


def _words(old: str, new: str) -> tuple[Piece, ...]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(text="".join(before[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece(text="".join(before[i1:i2]), kind="removed"))
        if j2 > j1:
            pieces.append(Piece(text="".join(after[j1:j2]), kind="added"))
    return tuple(pieces)


def cover_of(folder: ShowFolder) -> str:
    """Return the address of the cover that the last build gave the show."""
    try:
        there = _cover(xml.parse((folder.feed / "feed.xml").read_bytes()))
    except (OSError, FeedError):
        there = ""
    return there or cover_url(folder.show)


def cover_url(show: Show) -> str:
    """Return a stand-in for the cover's address, before any build has given it one."""
    return f"{show.base_url}feed/cover.jpg"


def _cover(rss: xml.Element) -> str:
    image = xml.find(rss, "channel/itunes:image")
    return "" if image is None else str(image.get("href", ""))


def _item(rss: xml.Element, guid: str) -> xml.Element | None:
    items = xml.find_all(rss, "channel/item")
    return next((item for item in items if xml.text_at(item, "guid") == guid), None)


def _notes(item: xml.Element) -> list[str]:
    return [line for line in lines_of(parse(xml.text_at(item, "description"))) if line]


def _fields(item: xml.Element) -> Iterator[str]:
    """A line for each element: its name, what it says, its attributes."""
    for element in item.iter():
        if element is item or not isinstance(element.tag, str):
            continue
        uri, _, local = element.tag.rpartition("}")
        prefix = _PREFIXES.get(uri.lstrip("{"), "")
        name = f"{prefix}:{local}" if prefix else local
        text = " ".join((element.text or "").split())
        if name in _HTML_FIELDS:
            text = f"{len((element.text or '').encode()):,} bytes of HTML"
        said = [f"{_local(str(key))}={value!s}" for key, value in element.attrib.items()]
        yield " ".join(part for part in (f"{name}:", text, *said) if part)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
