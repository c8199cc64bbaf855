"""An episode as another host's feed has it: everything that is to stay as it is.

What an episode must have and this one has not is looked for where apps look for it, and told.
Sources: rssboard.org/rss-specification; podcasters.apple.com/support/823-podcast-requirements;
podcastindex.org/namespace/1.0; podlove.org/simple-chapters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from columncast.episodes.importing.feed.moments import feed_date
from columncast.episodes.importing.feed.sounds import Sound, sounds_of
from columncast.episodes.importing.feed.tree import Node
from columncast.episodes.importing.feed.xml import BrokenItem, read_items
from columncast.episodes.model.episode import Chapter, EpisodeType, Person
from columncast.episodes.model.limits import TITLE_CHARACTERS
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.podcast20 import EpisodeTags, Location, Soundbite, Txt, known_role
from columncast.episodes.model.timecode import in_seconds, read_clock
from columncast.episodes.private_urls import HIDDEN, LONGEST_URL, hidden, without_keys
from columncast.episodes.text.html import as_words
from columncast.episodes.text.normalize import (
    clip,
    decode_entities,
    mojibake,
    one_line,
    without_tags,
)
from columncast.episodes.text.urls import clean_url

T = TypeVar("T")

_PLAIN_URL = re.compile(r"https?://[^/?#][!-~]*")
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_YES = ("yes", "true", "explicit")
_NO = ("no", "false", "clean")
_MOST_ESCAPES = 4
_LONGEST_DURATION = 30
_TWICE = re.compile(r"&amp;(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ESCAPED_TAG = re.compile(
    r"&lt;/?(?:p|br|a|div|span|strong|em|b|i|u|ul|ol|li|h[1-6]|img|blockquote|hr)\b(?:(?!&lt;).){0,500}?&gt;",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


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
    other_urls: tuple[str, ...] = ()
    """Where else its audio may be, if the first is none: other formats, files of no known kind."""
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
    shared = _shared(path)
    before: datetime | None = None
    for item in read_items(path):
        if isinstance(item, BrokenItem):
            yield item
            continue
        sounds = sounds_of(item)
        if not sounds:
            if item.damage:  # what it had may be lost
                yield BrokenItem(_called(item), item.damage)
            continue
        reader = _Reader(item, base=base, shared=shared)
        try:
            found = reader.episode(sounds, before=before)
        except (ArithmeticError, LookupError, TypeError, ValueError) as e:
            # Nobody has thought of what stands there; it must not cost the other episodes.
            found = BrokenItem(_called(item), f"cannot be read ({type(e).__name__}: {e})")
        before = found.published if isinstance(found, OldEpisode) else before
        yield found


def is_podcast(path: Path) -> bool:
    """Whether the feed *path* has an item with a sound, or no item at all.

    Raises:
        FeedError: As `read_episodes`.
    """
    empty = True
    for item in read_items(path):
        if isinstance(item, Node) and sounds_of(item):
            return True
        empty = False
    return empty


def silent_items(path: Path) -> int:
    """Return how many items have no sound: posts that stand in the same feed."""
    return sum(
        1
        for item in read_items(path)
        if isinstance(item, Node) and not item.damage and not sounds_of(item)
    )


def _called(item: Node) -> str:
    return (
        clip(words(item.said("title", "itunes:title")) or item.said("guid", "link"), 60) or "item"
    )


def _shared(path: Path) -> frozenset[str]:
    """The links and guids, without keys, that stand for several items, so that none is known by them."""
    seen: dict[str, str] = {}
    shared: set[str] = set()
    for item in read_items(path):
        if isinstance(item, Node) and sounds_of(item):
            guid = _own_guid(item)
            known_by = guid or _link_of(item)
            bare = without_keys(known_by)
            # The same guid twice is the same episode; another one that became the same is not.
            if bare in seen and not (guid and seen[bare] == guid):
                shared.add(bare)
            seen.setdefault(bare, guid)
    return frozenset(shared - {""})


def _own_guid(item: Node) -> str:
    """What an item is known by; RSS 1.0 says it in the item's own tag."""
    return item.said("guid") or item.attr("rdf:about")


def _link_of(item: Node) -> str:
    return item.said("link") or item.first("link").attr("href")


class _Reader:
    """Reads one item, and notes what is odd in it."""

    def __init__(self, item: Node, *, base: str, shared: frozenset[str]) -> None:
        self.item = item
        self.base = base
        self.shared = shared
        self.notices: list[Notice] = []
        self.where = ""

    def notice(self, code: str, message: str) -> None:
        self.notices.append(Notice(code=code, message=hidden(message), where=self.where))

    def episode(self, sounds: list[Sound], *, before: datetime | None) -> OldEpisode | BrokenItem:
        item = self.item
        title = words(item.said("title", "itunes:title"))
        self.where = hidden(clip(title or item.said("guid", "link"), 60))
        found = [(sound, self.url(sound.url, sound.base)) for sound in sounds]
        found = [(sound, url) for sound, url in found if url]
        if not found:
            return BrokenItem(self.where, "names audio at no address that can be asked")
        sound, url = found[0]
        if item.damage:
            self.notice("import-mended", f"{item.damage}; the readable part is imported")
        description, content = self.notes()
        return OldEpisode(
            guid=self.guid(url),
            title=self.title(title, description or content),
            published=self.date(before),
            audio_url=url,
            length_bytes=sound.length_bytes,
            mime_type=sound.mime_type,
            other_urls=tuple(other for _, other in found[1:]),
            duration_s=seconds(item.said("itunes:duration")),
            link=self.link(),
            description=description,
            content=content,
            subtitle=words(item.said("itunes:subtitle")),
            author=words(item.said("itunes:author", "dc:creator")),
            season=self.number("season"),
            number=self.number("episode"),
            type=_type(item.said("itunes:episodeType")),
            explicit=truth(item.said("itunes:explicit", "googleplay:explicit")),
            block=item.said("itunes:block").lower() in _YES,
            image_url=self.picture(),
            image_alt=words(item.first("podcast:image").attrs.get("alt", "")),
            chapters=tuple(_simple_chapters(item.first("psc:chapters"))),
            chapters_file=self.linked(item.first("podcast:chapters")),
            transcripts=tuple(filter(None, map(self.linked, item.all("podcast:transcript")))),
            persons=persons(item, self.notice),
            podcast=self.tags(),
            notices=tuple(self.notices),
        )

    def guid(self, audio_url: str) -> str:
        guid = _own_guid(self.item)
        bare = without_keys(guid)
        if guid and (bare == guid or bare not in self.shared):
            if bare != guid:
                message = "its guid held a key or a date of expiry, which is left out; an app that "
                self.notice(
                    "import-guid", message + "knew it with that shows the episode once more"
                )
            return bare
        link = without_keys(_link_of(self.item))
        known_by = link if link and link not in self.shared else without_keys(audio_url)
        what = "link" if known_by == link else "audio's address"
        message = f"has no guid; the {what} stands in, by which apps know it: {known_by}"
        self.notice("import-no-guid", message)
        return known_by

    def title(self, title: str, notes: str) -> str:
        if not title:
            title = clip(words(_TAG.sub(" ", notes)), 80) or "Untitled"
            self.notice("import-title", f"has no title; it is called {title!r}")
        if sign := mojibake(title):
            title = repaired(title)
            done = "it was put right" if not mojibake(title) else "it is kept as it is"
            self.notice(
                "import-title", f"{sign!r} is a sign of a wrong encoding in its title; {done}"
            )
        if len(title) > TITLE_CHARACTERS:
            title = clip(title, TITLE_CHARACTERS)
            self.notice(
                "import-title", f"has a title of over {TITLE_CHARACTERS} characters; it was cut"
            )
        return title

    def date(self, before: datetime | None) -> datetime:
        names = ("pubDate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published")
        text = self.item.said(*names, "atom:updated", "dcterms:modified")
        found = feed_date(text)
        # What `--date` takes: between the first podcasts and a year from now.
        if found and found.at >= _FIRST and found.at.year <= datetime.now(UTC).year + 1:
            if found.remark:
                self.notice("import-date", f"the date {clip(text, 60)!r}: {found.remark}")
            return found.at
        stand_in = (before or datetime(2020, 1, 1, tzinfo=UTC)) - timedelta(minutes=1)
        what = f"the date {clip(text, 60)!r}, which cannot be" if text else "no date"
        self.notice(
            "import-no-date", f"has {what}; it is dated {stand_in:%Y-%m-%d %H:%M}, in its place"
        )
        return stand_in

    def link(self) -> str:
        guid = self.item.first("guid")
        node = self.item.first("link")
        text, base = node.text or node.attr("href"), node.base
        for other in self.item.all("atom:link"):
            if not text and other.attrs.get("rel", "alternate") == "alternate":
                text, base = other.attrs.get("href", ""), other.base
        if not text and guid.attrs.get("isPermaLink", "true").lower() == "true":
            text = guid.text if guid.text.startswith(("http:", "https:")) else ""
        link = without_keys(self.url(text, base))
        return "" if HIDDEN in link else link  # leads nowhere without its key

    def picture(self) -> str:
        names = ("itunes:image", "googleplay:image", "podcast:image")
        named = [node for name in names for node in self.item.all(name)]
        found = (self.url(node.attr("href", "url") or node.text, node.base) for node in named)
        return next((url for url in found if url), "")

    def number(self, name: str) -> int | None:
        """Return the number of the season or the episode, however it is written: `4`, `E04`, `Ep. 4`."""
        text = self.item.said(f"itunes:{name}", f"podcast:{name}")
        written = re.fullmatch(
            rf"(?:{name}|{name[:2]}|{name[0]}|#)?[.\s]*(\d{{1,9}})", text, re.IGNORECASE
        )
        if written:
            return int(written[1]) or None  # readers drop a 0
        if text:
            self.notice(
                "import-left-out", f"left out: {clip(text, 40)!r} is no number of its {name}"
            )
        return None

    def url(self, text: str, base: str = "") -> str:
        """Return an address as it stands, unless it has to be mended to be one; empty if it is none."""
        text = text.strip()
        if not text or len(text) > LONGEST_URL:
            return ""
        try:
            if _PLAIN_URL.fullmatch(text):
                parts = urlsplit(text)
                return text if parts.hostname and parts.port != 0 else ""
            meant_at = urljoin(self.base, base)
            found = clean_url(urljoin(meant_at, text)) if meant_at else clean_url(text)
        except ValueError:
            return ""
        return found if found.startswith("http") else ""

    def notes(self) -> tuple[str, str]:
        item = self.item
        description, content = item.said("description"), item.said("content:encoded")
        if not description:
            description = content or item.said("itunes:summary", "googleplay:description")
        if not description:
            description = item.said("itunes:subtitle", "media:description")
        fit = [hidden(unescaped(text)) for text in (description, content)]
        if fit != [hidden(description), hidden(content)]:
            self.notice("import-escaped", "the notes were escaped twice; once is right")
        description, content = fit
        return description, "" if content == description else content

    def linked(self, node: Node) -> Linked | None:
        url = self.url(node.attrs.get("url", ""), node.base)
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
            "soundbite": attempts(item.all("podcast:soundbite"), _soundbite, self.notice),
            "location": attempts(item.all("podcast:location"), location, self.notice),
            "txt": attempts(item.all("podcast:txt"), txt, self.notice),
        }
        groups: tuple[dict[str, Any], ...] = (
            {"season_name": words(item.first("podcast:season").attrs.get("name", ""))},
            {"episode_display": words(item.first("podcast:episode").attrs.get("display", ""))},
            {
                "license": one_line(licence.text),
                "license_url": self.url(licence.attrs.get("url", "")),
            },
        )
        for said in groups:
            try:
                EpisodeTags(**said)
            except ValueError as e:
                self.notice("import-left-out", f"left out: {e}")
            else:
                kept |= said
        return EpisodeTags(**kept)


def attempts(
    nodes: list[Node], make: Callable[[Node], T], notice: Callable[[str, str], None]
) -> tuple[T, ...]:
    """Return what *make* makes of each of *nodes*, without those that a rule does not let be."""
    found = []
    for node in nodes:
        try:
            found.append(make(node))
        except (ValueError, KeyError) as e:
            notice("import-left-out", f"left out: {e}")
    return tuple(found)


def persons(parent: Node, notice: Callable[[str, str], None]) -> tuple[Person, ...]:
    """Return the credits of a show or an item."""
    return attempts(
        [node for node in parent.all("podcast:person") if node.text],
        lambda n: _person(n, notice),
        notice,
    )


def _person(node: Node, notice: Callable[[str, str], None]) -> Person:
    said = {key: words(value) for key, value in node.attrs.items()}
    role, group = said.get("role") or "host", said.get("group") or "cast"
    name = words(node.text)[:128]
    try:
        known_role(group, role)
    except ValueError:
        notice(
            "import-left-out", f"{name} is credited as host: {role!r} of {group!r} is no known role"
        )
        role, group = "host", "cast"
    links = {key: said[key] for key in ("href", "img") if said.get(key)}
    for key, url in links.items():
        if not _PLAIN_URL.fullmatch(url):
            notice(
                "import-left-out", f"the {key} of {name} is left out: {clip(url, 60)!r} is no URL"
            )
            links[key] = ""
    return Person(name=name, role=role, group=group, **links)


def location(node: Node) -> Location:
    """Return a `podcast:location`."""
    said = node.attrs
    rel = "creator" if said.get("rel") == "creator" else "subject"
    return Location(
        name=words(node.text),
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
        title=words(node.text)[:128],
    )


def _simple_chapters(chapters: Node) -> Iterator[Chapter]:
    for node in chapters.all("psc:chapter"):
        start_s = _clock_s(node.attrs.get("start", ""))
        # One at no time that can be read is left out with those beyond the end, and told with them.
        yield Chapter(
            start_s=-1.0 if start_s is None else start_s, title=words(node.attrs.get("title", ""))
        )


def seconds(text: str) -> float:
    """Return a duration in seconds; 0.0 when there is none.

    >>> [seconds(t) for t in ("1:02:03", "56:07", "90", "00:00:04.500", "about an hour", "1h 2m 3s")]
    [3723.0, 3367.0, 90.0, 4.5, 0.0, 3723.0]
    """
    text = text.strip()
    found = _clock_s(text)
    if found is not None or len(text) > _LONGEST_DURATION:
        return found or 0.0
    said = re.fullmatch(
        r"p?t?(?:(\d{1,3})\s*h\w*\.?)?\s*(?:(\d{1,4})\s*m\w*\.?)?\s*(?:(\d{1,6})\s*s\w*\.?)?",
        text.lower(),
    )
    hours, minutes, rest = (int(part or 0) for part in said.groups()) if said else (0, 0, 0)
    return float(in_seconds(hours, minutes, rest))


def _clock_s(text: str) -> float | None:
    """Return a time of normal play (RFC 2326, 3.6) in seconds, its frames or thousandths as well.

    >>> [_clock_s(t) for t in ("1:02:03", "00:00:01:500", "T00:00:01", "1.5", "soon")]
    [3723.0, 1.5, 1.0, 1.5, None]
    """
    text = text.strip().upper().removeprefix("T").replace(",", ".")
    if thousandths := re.fullmatch(r"(\d{1,3}:\d{1,2}:\d{1,2}):(\d{3})", text):
        text = f"{thousandths[1]}.{thousandths[2]}"
    if not re.fullmatch(r"\d{1,6}(:\d{1,3}){0,2}(\.\d{1,9})?", text):
        return None
    return read_clock(text)


def words(text: str) -> str:
    """Return a short text of a feed as a person reads it: no markup, whatever was escaped too often.

    >>> [words(t) for t in ("Tom &amp;amp; Ann", "It&#8217;s <b>late</b>", "Use &lt;p&gt; tags")]
    ['Tom & Ann', 'It’s late', 'Use <p> tags']
    """
    return one_line(plain(text))


def plain(text: str) -> str:
    """Return a text as `words` does, with its lines."""
    text = without_tags(text)
    for _ in range(_MOST_ESCAPES):
        once = decode_entities(text)
        if once == text:
            break
        text = once
    return as_words(text)


def unescaped(notes: str) -> str:
    """Return *notes*, which are HTML, without what was escaped once too often.

    >>> unescaped("&lt;p&gt;It&amp;#8217;s late&lt;/p&gt;"), unescaped("<p>Q&amp;A: 1 &lt; 2</p>")
    ('<p>It&#8217;s late</p>', '<p>Q&amp;A: 1 &lt; 2</p>')
    """
    if not _TAG.search(notes) and _ESCAPED_TAG.search(notes):
        notes = decode_entities(notes)
    for _ in range(_MOST_ESCAPES):
        once = _TWICE.sub(_once, notes)
        if once == notes:
            break
        notes = once
    return notes


def _once(found: re.Match[str]) -> str:
    entity = f"&{found[1]};"
    return entity if html.unescape(entity) != entity else found[0]


def repaired(text: str) -> str:
    """Return *text* that was UTF-8 and read as Windows-1252 as it was; unchanged if it is not that.

    >>> repaired("CafÃ© itâ€™s"), repaired("Ã la carte")
    ('Café it’s', 'Ã la carte')
    """
    try:
        return one_line(
            b"".join(
                c.encode("latin-1" if "\x80" <= c < "\xa0" else "cp1252") for c in text
            ).decode()
        )
    except UnicodeError:
        return text


def truth(text: str) -> bool | None:
    """Return what a yes or no means, in all its spellings; None when it says neither."""
    said = text.strip().lower()
    return True if said in _YES else False if said in _NO else None


def _type(text: str) -> EpisodeType:
    said = text.strip().lower()
    return said if said in ("trailer", "bonus") else "full"  # type: ignore[return-value]
