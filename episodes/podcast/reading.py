"""An episode as another host's feed has it: everything that is to stay as it is.

What an episode must have and this one has not is looked for where apps look for it, and told.
Sources: rssboard.org/rss-specification; podcasters.apple.com/support/823-podcast-requirements;
podcastindex.org/namespace/1.0; podlove.org/simple-chapters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from columncast.episodes.links import clean_url
from columncast.episodes.model import Chapter, EpisodeType, Notice, Person
from columncast.episodes.podcast.items import BrokenItem, Node, read_items
from columncast.episodes.podcasting import EpisodeTags, Location, Soundbite, Txt, known_role
from columncast.episodes.text import TITLE_LIMIT, clip, one_line

T = TypeVar("T")

_SOUNDS = re.compile(r"\.(mp3|m4a|m4b|mp4|aac|ogg|oga|opus|wav|flac|mov|m4v)$", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[^/?#][!-~]*")
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_YES = ("yes", "true", "explicit")
_NO = ("no", "false", "clean")


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A file that an item names beside its audio."""

    url: str
    mime_type: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class OldEpisode:
    """One item with its audio."""

    guid: str
    title: str
    published: datetime
    audio_url: str
    length_bytes: int = 0
    """As the feed says; 0 where it does not."""
    mime_type: str = ""
    duration_s: float = 0.0
    link: str = ""
    description: str = ""
    """HTML, as it stands there."""
    content: str = ""
    """`content:encoded`; empty where there is none, or the same again."""
    subtitle: str = ""
    author: str = ""
    season: int | None = None
    number: int | None = None
    type: EpisodeType = "full"
    explicit: bool | None = None
    block: bool = False
    image_url: str = ""
    image_alt: str = ""
    chapters: tuple[Chapter, ...] = ()
    """Those that the item itself lists."""
    chapters_file: Linked | None = None
    transcripts: tuple[Linked, ...] = ()
    persons: tuple[Person, ...] = ()
    podcast: EpisodeTags = field(default_factory=EpisodeTags)
    notices: tuple[Notice, ...] = ()

    @property
    def without_notes(self) -> OldEpisode:
        """The same, light enough to be held by the thousand."""
        return replace(self, description="", content="")


def read_episodes(path: Path, *, base: str = "") -> Iterator[OldEpisode | BrokenItem]:
    """Yield the episodes of the feed *path* in its order; items without a sound are passed over.

    Links without a host are meant at *base*.

    Raises:
        FeedError: It cannot be read at all, or defines entities.
    """
    shared = _shared_links(path)
    before: datetime | None = None
    for item in read_items(path):
        if isinstance(item, BrokenItem):
            yield item
            continue
        sound = _sound(item)
        if sound is None:
            continue
        found = _Reader(item, base=base, shared=shared).episode(sound, before=before)
        before = found.published if isinstance(found, OldEpisode) else before
        yield found


def is_podcast(path: Path) -> bool:
    """Whether the feed *path* has an item with a sound.

    Raises:
        FeedError: As `read_episodes`.
    """
    return any(isinstance(item, Node) and _sound(item) for item in read_items(path))


def silent_items(path: Path) -> int:
    """Return how many items have no sound: posts that stand in the same feed."""
    return sum(1 for item in read_items(path) if isinstance(item, Node) and _sound(item) is None)


def _shared_links(path: Path) -> frozenset[str]:
    """The links that several items without a guid have, so that none of them is known by its own."""
    seen: set[str] = set()
    twice: set[str] = set()
    for item in read_items(path):
        if isinstance(item, Node) and not item.said("guid") and (link := item.said("link")):
            (twice if link in seen else seen).add(link)
    return frozenset(twice)


def _sound(item: Node) -> Node | None:
    for enclosure in item.all("enclosure"):
        kind = enclosure.attrs.get("type", "").strip().lower()
        url = enclosure.attrs.get("url", "").strip()
        if kind.startswith(("audio/", "video/")) and url:
            return enclosure
        # Many feeds say application/octet-stream, or nothing.
        if not kind.startswith(("image/", "text/")) and _SOUNDS.search(urlsplit(url).path):
            return enclosure
    return None


class _Reader:
    """Reads one item, and notes what is odd in it."""

    def __init__(self, item: Node, *, base: str, shared: frozenset[str]) -> None:
        self.item = item
        self.base = base
        self.shared = shared
        self.notices: list[Notice] = []
        self.where = ""

    def tell(self, code: str, message: str) -> None:
        self.notices.append(Notice(code=code, message=message, where=self.where))

    def episode(self, sound: Node, *, before: datetime | None) -> OldEpisode | BrokenItem:
        item = self.item
        title = one_line(item.said("title", "itunes:title"))
        self.where = clip(title or item.said("guid", "link"), 60)
        url = self.url(sound.attrs["url"])
        if not url:
            return BrokenItem(self.where, "names audio at no address that can be asked")
        description, content = self.notes()
        return OldEpisode(
            guid=self.guid(url),
            title=self.title(title, description or content),
            published=self.date(before),
            audio_url=url,
            length_bytes=_whole(sound.attrs.get("length", "")) or 0,
            mime_type=sound.attrs.get("type", "").strip().lower(),
            duration_s=seconds(item.said("itunes:duration")),
            link=self.link(),
            description=description,
            content=content,
            subtitle=one_line(item.said("itunes:subtitle")),
            author=one_line(item.said("itunes:author", "dc:creator")),
            season=_whole(item.said("itunes:season", "podcast:season")),
            number=_whole(item.said("itunes:episode", "podcast:episode")),
            type=_type(item.said("itunes:episodeType")),
            explicit=truth(item.said("itunes:explicit", "googleplay:explicit")),
            block=item.said("itunes:block").lower() in _YES,
            image_url=self.url(item.first("itunes:image").attrs.get("href", "")),
            image_alt=one_line(item.first("podcast:image").attrs.get("alt", "")),
            chapters=tuple(_simple_chapters(item.first("psc:chapters"))),
            chapters_file=self.linked(item.first("podcast:chapters")),
            transcripts=tuple(filter(None, map(self.linked, item.all("podcast:transcript")))),
            persons=persons(item, self.tell),
            podcast=self.tags(),
            notices=tuple(self.notices),
        )

    def guid(self, audio_url: str) -> str:
        guid = self.item.said("guid")
        if guid:
            return guid
        link = self.item.said("link")
        known_by = link if link and link not in self.shared else audio_url
        what = "link" if known_by == link else "audio's address"
        message = f"has no guid; the {what} stands in, by which apps know it: {known_by}"
        self.tell("import-no-guid", message)
        return known_by

    def title(self, title: str, notes: str) -> str:
        if not title:
            title = clip(one_line(re.sub(r"<[^>]*>", " ", notes)), 80) or "Untitled"
            self.tell("import-title", f"has no title; it is called {title!r}")
        if len(title) > TITLE_LIMIT:
            title = clip(title, TITLE_LIMIT)
            self.tell("import-title", f"has a title of over {TITLE_LIMIT} characters; it was cut")
        return title

    def date(self, before: datetime | None) -> datetime:
        text = self.item.said("pubDate", "dc:date", "atom:published", "atom:updated")
        found = read_moment(text)
        if found and found >= _FIRST:
            return found
        stand_in = (before or datetime(2020, 1, 1, tzinfo=UTC)) - timedelta(minutes=1)
        what = f"the date {text!r}, which cannot be" if text else "no date"
        self.tell(
            "import-no-date", f"has {what}; it is dated {stand_in:%Y-%m-%d %H:%M}, in its place"
        )
        return stand_in

    def link(self) -> str:
        guid = self.item.first("guid")
        text = self.item.said("link")
        for other in self.item.all("atom:link"):
            if other.attrs.get("rel", "alternate") == "alternate":
                text = text or other.attrs.get("href", "")
        if not text and guid.attrs.get("isPermaLink", "true").lower() == "true":
            text = guid.text if guid.text.startswith(("http:", "https:")) else ""
        return self.url(text)

    def url(self, text: str) -> str:
        """Return an address as it stands, unless it has to be mended to be one."""
        text = text.strip()
        if not text or _PLAIN_URL.fullmatch(text):
            return text
        found = clean_url(urljoin(self.base, text)) if self.base else clean_url(text)
        return found if found.startswith("http") else ""

    def notes(self) -> tuple[str, str]:
        item = self.item
        description, content = item.said("description"), item.said("content:encoded")
        if not description:
            description = content or item.said("itunes:summary", "googleplay:description")
        if not description:
            description = item.said("itunes:subtitle")
        return description, "" if content == description else content

    def linked(self, node: Node) -> Linked | None:
        url = self.url(node.attrs.get("url", ""))
        if not url:
            return None
        language = node.attrs.get("language", "").strip().lower()
        known = re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", language)
        return Linked(
            url=url,
            mime_type=node.attrs.get("type", "").strip().lower(),
            language=language if known else "",
        )

    def tags(self) -> EpisodeTags:
        item = self.item
        licence = item.first("podcast:license")
        kept: dict[str, Any] = {
            "soundbite": attempts(item.all("podcast:soundbite"), _soundbite, self.tell),
            "location": attempts(item.all("podcast:location"), location, self.tell),
            "txt": attempts(item.all("podcast:txt"), txt, self.tell),
        }
        groups: tuple[dict[str, Any], ...] = (
            {"season_name": one_line(item.first("podcast:season").attrs.get("name", ""))},
            {"episode_display": one_line(item.first("podcast:episode").attrs.get("display", ""))},
            {
                "license": one_line(licence.text),
                "license_url": self.url(licence.attrs.get("url", "")),
            },
        )
        for said in groups:
            try:
                EpisodeTags(**said)
            except ValueError as e:
                self.tell("import-left-out", f"left out: {e}")
            else:
                kept |= said
        return EpisodeTags(**kept)


def attempts(
    nodes: list[Node], make: Callable[[Node], T], tell: Callable[[str, str], None]
) -> tuple[T, ...]:
    """Return what *make* makes of each of *nodes*, without those that a rule does not let be."""
    found = []
    for node in nodes:
        try:
            found.append(make(node))
        except (ValueError, KeyError) as e:
            tell("import-left-out", f"left out: {e}")
    return tuple(found)


def persons(parent: Node, tell: Callable[[str, str], None]) -> tuple[Person, ...]:
    """Return the credits of a show or an item."""
    return attempts(
        [node for node in parent.all("podcast:person") if node.text],
        lambda n: _person(n, tell),
        tell,
    )


def _person(node: Node, tell: Callable[[str, str], None]) -> Person:
    said = {key: one_line(value) for key, value in node.attrs.items()}
    role, group = said.get("role") or "host", said.get("group") or "cast"
    name = one_line(node.text)[:128]
    try:
        known_role(group, role)
    except ValueError:
        tell(
            "import-left-out", f"{name} is credited as host: {role!r} of {group!r} is no known role"
        )
        role, group = "host", "cast"
    return Person(
        name=name, role=role, group=group, href=said.get("href", ""), img=said.get("img", "")
    )


def location(node: Node) -> Location:
    """Return a `podcast:location`."""
    said = node.attrs
    rel = "creator" if said.get("rel") == "creator" else "subject"
    return Location(
        name=one_line(node.text),
        rel=rel,  # type: ignore[arg-type]
        geo=said.get("geo", ""),
        osm=said.get("osm", ""),
        country=said.get("country", ""),
    )


def txt(node: Node) -> Txt:
    """Return a `podcast:txt`."""
    return Txt(value=node.text, purpose=node.attrs.get("purpose", ""))


def _soundbite(node: Node) -> Soundbite:
    return Soundbite(
        start_s=float(node.attrs["startTime"]),
        duration_s=float(node.attrs["duration"]),
        title=one_line(node.text)[:128],
    )


def _simple_chapters(chapters: Node) -> Iterator[Chapter]:
    for node in chapters.all("psc:chapter"):
        title = one_line(node.attrs.get("title", ""))
        if title and re.match(r"\d", node.attrs.get("start", "").strip()):
            yield Chapter(start_s=seconds(node.attrs["start"]), title=title)


def seconds(text: str) -> float:
    """Return a duration in seconds; 0.0 when there is none.

    >>> [seconds(t) for t in ("1:02:03", "56:07", "90", "00:00:04.500", "about an hour")]
    [3723.0, 3367.0, 90.0, 4.5, 0.0]
    """
    if not re.fullmatch(r"\d{1,6}(:\d{1,2}){0,2}([.,]\d+)?", text.strip()):
        return 0.0
    total = 0.0
    for part in text.strip().replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def truth(text: str) -> bool | None:
    """Return what a yes or no means, in all its spellings; None when it says neither."""
    said = text.strip().lower()
    return True if said in _YES else False if said in _NO else None


def read_moment(text: str) -> datetime | None:
    """Return a date of a feed, with a zone; None when it is none.

    >>> [str(read_moment(t)) for t in ("Mon, 4 Mar 2019 5:06 EST", "2019-03-04T05:06:07Z", "soon")]
    ['2019-03-04 05:06:00-05:00', '2019-03-04 05:06:07+00:00', 'None']
    """
    text = re.sub(r"^[A-Za-z]+,?\s+(?=\d)", "", text.strip())
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _type(text: str) -> EpisodeType:
    said = text.strip().lower()
    return said if said in ("trailer", "bonus") else "full"  # type: ignore[return-value]


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if re.fullmatch(r"\d{1,15}", text) and int(text) > 0 else None
