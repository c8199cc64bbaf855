"""What a feed names: its items, and every file under the show's own addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import msgspec

from columncast.episodes.errors import FeedError
from columncast.episodes.http.client import number
from columncast.episodes.model.asset_name import stem_of
from columncast.episodes.show.settings import Show, path_of
from columncast.episodes.storage.store import Content, Storage
from columncast.feed.rss.document import FIRST_PAGE
from columncast.feed.rss.xml import Element, find, find_all, mark_of, parse, text_at

FEED = f"feed/{FIRST_PAGE}"
PAGE = re.compile(r"feed/page-\d+\.xml")
CARRIERS = {
    "enclosure": "url",
    "transcript": "url",
    "chapters": "url",
    "image": "href",
    "thumbnail": "url",
    "person": "img",
}
"""The elements that name a file, and in which attribute."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A file that a feed names."""

    url: str
    path: str
    """In the show's folder; empty for what is not the show's own."""
    element: str
    length_bytes: int | None = None
    mime_type: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One episode, as a feed tells of it."""

    guid: str
    title: str
    enclosure: Named
    named: tuple[Named, ...] = ()
    """All files of it, the enclosure included."""
    mark: str = ""
    """A hash of all that is said of it."""


@dataclass(frozen=True, kw_only=True)
class FeedDocument:
    """A feed, or one page of it."""

    items: tuple[Item, ...]
    named: tuple[Named, ...]
    """Every file, each once."""
    following: str
    """The path of the next page, where it is the show's own."""


def read_feed(xml: bytes, show: Show, *, where: str = FEED) -> FeedDocument:
    """Read a feed as an app does.

    Raises:
        FeedError: It is no feed, or an item has no guid or no enclosure.
    """
    try:
        channel = find(parse(xml), "channel")
    except FeedError as e:
        raise FeedError(e.message, where=where) from e
    if channel is None:
        raise FeedError("is XML, but no RSS feed", where=where)
    following = ""
    for link in find_all(channel, "atom:link"):
        if link.get("rel") == "next":
            following = path_of(show, link.get("href", ""))
    items = tuple(_item(element, show, where) for element in find_all(channel, "item"))
    unique = {named.url: named for named in _named(channel, show)}
    return FeedDocument(items=items, named=tuple(unique.values()), following=following)


def live_documents(storage: Storage, stored: Collection[str]) -> dict[str, Content]:
    """Return the live feed's documents by key, feed.xml first."""
    keys = [key for key in stored if key == FEED or PAGE.fullmatch(key)]
    found = {key: storage.get(key) for key in sorted(keys, key=lambda key: (key != FEED, key))}
    return {key: content for key, content in found.items() if content}


def differences(before: Sequence[Item], after: Sequence[Item]) -> list[str]:
    """Return what changes for listeners from one feed to the next, a line for each episode."""
    return changes(summaries(before), summaries(after))


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """As much of an item as tells whether it changed, and how."""

    title: str
    audio: str
    """The address of its audio."""
    mark: str
    """A hash of the whole item."""


def summaries(items: Iterable[Item]) -> dict[str, Summary]:
    """Return *items* in short, by guid."""
    return {
        item.guid: Summary(title=item.title, audio=item.enclosure.url, mark=item.mark)
        for item in items
    }


def changes(before: Mapping[str, Summary], after: Mapping[str, Summary]) -> list[str]:
    """Return what changes for listeners, a line for each episode.

    >>> one = Summary(title="The Ferry", audio="a.mp3", mark="1")
    >>> changes({"x": one}, {"x": msgspec.structs.replace(one, mark="2"), "y": one})
    ['+ The Ferry   (is new)', '~ The Ferry   (other text or files)']
    """
    lines = [f"- {item.title}   (leaves the feed)" for g, item in before.items() if g not in after]
    lines += [f"+ {item.title}   (is new)" for g, item in after.items() if g not in before]
    for guid in (g for g in before if g in after):
        was, now = before[guid], after[guid]
        if was.title != now.title:
            lines.append(f"~ {was.title} -> {now.title}")
        elif was.audio != now.audio:
            lines.append(f"~ {now.title}   (other audio)")
        elif was.mark != now.mark:
            lines.append(f"~ {now.title}   (other text or files)")
    return lines


def _item(element: Element, show: Show, where: str) -> Item:
    named = tuple(_named(element, show))
    title = text_at(element, "title")
    enclosure = next((n for n in named if n.element == "enclosure"), None)
    guid = text_at(element, "guid")
    if not guid or enclosure is None:
        missing = "enclosure" if guid else "guid"
        raise FeedError(f"the episode {title!r} has no {missing}", where=where)
    return Item(guid=guid, title=title, enclosure=enclosure, named=named, mark=mark_of(element))


def _named(parent: Element, show: Show) -> Iterator[Named]:
    for element in parent.iter("*"):
        tag = element.tag.rpartition("}")[2]
        url = element.get(CARRIERS[tag], "") if tag in CARRIERS else ""
        if tag == "alternateEnclosure":  # says its length and type once, for all its sources
            for source in find_all(element, "podcast:source"):
                yield _file(tag, source.get("uri", ""), element, show)
        elif tag == "image" and (inner := text_at(element, "url")):  # RSS's own <image>
            yield _file(tag, inner, element, show)
        elif url:
            yield _file(tag, url, element, show)


def _file(tag: str, url: str, facts: Element, show: Show) -> Named:
    return Named(
        url=url,
        path=path_of(show, url),
        element=tag,
        length_bytes=number(facts.get("length", "")),
        mime_type=facts.get("type", "").partition(";")[0].strip().lower(),
    )


def slug_of(path: str) -> str:
    """Return the episode that *path* belongs to, by its name.

    >>> slug_of("audio/the-ferry-1a2b3c4d.mp3"), slug_of("feed/the-ferry/index.html")
    ('the-ferry', 'the-ferry')
    """
    file = PurePosixPath(path)
    if file.parts[0] == "audio":
        return stem_of(file.name)
    return file.parts[1] if len(file.parts) > 2 else ""
