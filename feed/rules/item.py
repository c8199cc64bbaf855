"""The rules about one item of a rendered feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from columncast.episodes.model.limits import NOTES_BYTES, TITLE_CHARACTERS
from columncast.episodes.model.media_types import HTML, SOUNDS, by_own_mime
from columncast.episodes.text.html_lint import read_markup
from columncast.feed.rss.xml import Element, find, find_all, text_at
from columncast.feed.rules.book import (
    APPLE,
    NAMESPACE,
    PSP1,
    RSS,
    RuleBook,
    quoted,
    split_url,
    url_trouble,
)
from columncast.feed.rules.episode import TRANSCRIPT_MIMES


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item of a feed, with the folder in which its audio should lie, if there is one."""

    element: Element
    base_url: str
    folder: Path | None


ITEM: RuleBook[Item] = RuleBook()


@ITEM.rule("error", APPLE)
def item_required(item: Item) -> Iterator[str]:
    """An item has title, guid, date and notes."""
    for tag in ("title", "guid", "pubDate", "description"):
        if not text_at(item.element, tag):
            yield f"<{tag}> is missing"


@ITEM.rule("error", RSS)
def item_guid(item: Item) -> Iterator[str]:
    """A guid that is no address says so by `isPermaLink="false"`."""
    guid = find(item.element, "guid")
    if (
        guid is not None
        and guid.get("isPermaLink", "true") == "true"
        and url_trouble(guid.text or "")
    ):
        yield f'the guid {quoted(guid.text or "")} must say isPermaLink="false"'


@ITEM.rule("error", RSS)
def item_date(item: Item) -> Iterator[str]:
    """A date is written by RFC 2822, with its zone."""
    told = text_at(item.element, "pubDate")
    if told and date_of(told) is None:
        yield f"the date {quoted(told)} is not written like ‘Fri, 02 Jan 2026 06:00:00 +0000’"


@ITEM.rule("error", APPLE)
def item_text_length(item: Item) -> Iterator[str]:
    """A title has at most 255 characters, a description at most 4,000 bytes."""
    if len(text_at(item.element, "title")) > TITLE_CHARACTERS:
        yield f"the title is longer than {TITLE_CHARACTERS} characters"
    length = len(text_at(item.element, "description").encode())
    if length > NOTES_BYTES:
        yield f"<description> has {length} bytes; directories cut it after {NOTES_BYTES}"


@ITEM.rule("error", PSP1)
def item_notes(item: Item) -> Iterator[str]:
    """The notes are whole HTML without anything that runs."""
    texts = {text_at(item.element, tag): tag for tag in ("content:encoded", "description")}
    for text, tag in texts.items():  # mostly the same one
        found = read_markup(text)
        yield from (f"<{left}> in <{tag}> is not closed" for left in found.open_tags)
        yield from (f"{quoted(danger)} has no place in <{tag}>" for danger in found.dangers)


@ITEM.rule("error", RSS)
def item_enclosure(item: Item) -> Iterator[str]:
    """An item has one enclosure, whose length is a number and whose type fits its name."""
    files = find_all(item.element, "enclosure")
    if len(files) != 1:
        yield f"there are {len(files)} enclosures; there must be one"
    for file in files:
        kind, path = file.get("type"), split_url(file.get("url")).path.lower()
        if not re.fullmatch(r"[1-9]\d*", file.get("length")):
            yield f"the length of the enclosure is {quoted(file.get('length'))}"
        known = by_own_mime(kind, SOUNDS)
        if known and not path.endswith(known.suffixes):
            yield f"the enclosure {quoted(path)} has the type {kind}"
        elif not kind.startswith(("audio/", "video/")):
            yield f"the enclosure has the type {quoted(kind)}, which is no audio"


@ITEM.rule("error", APPLE)
def item_duration(item: Item) -> Iterator[str]:
    """The duration is a number of seconds above 0."""
    told = text_at(item.element, "itunes:duration")
    if told and not re.fullmatch(r"[1-9]\d*", told):
        yield f"the duration {quoted(told)} is not a whole number of seconds"


@ITEM.rule("error", f"{NAMESPACE}#transcript")
def item_transcript(item: Item) -> Iterator[str]:
    """A transcript has an address and a type that apps know."""
    for transcript in find_all(item.element, "podcast:transcript"):
        if not transcript.get("url"):
            yield "a transcript has no address"
        elif transcript.get("type") not in TRANSCRIPT_MIMES:
            yield f"a transcript has the type {quoted(transcript.get('type'))}, which apps do not know"
        elif (
            item.base_url
            and transcript.get("url").startswith(item.base_url)
            and transcript.get("type") == HTML.mime
        ):
            yield f"the transcript {quoted(transcript.get('url'))} is a page of another host"


@ITEM.rule("error", RSS)
def item_audio(item: Item) -> Iterator[str]:
    """The audio lies where the feed says, with as many bytes."""
    file = find(item.element, "enclosure")
    if item.folder is None or file is None or not item.base_url:
        return
    inside = file.get("url").removeprefix(item.base_url)
    if inside == file.get("url"):
        return  # served from elsewhere
    path = item.folder / inside
    if not path.is_file():
        yield f"{inside} is missing"
    elif str(path.stat().st_size) != file.get("length"):
        yield f"{inside} has {path.stat().st_size} bytes, the feed says {file.get('length')}"


def date_of(text: str) -> datetime | None:
    """Return a date of RFC 2822 with its zone; None when it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return date if date.tzinfo else None
