"""The tags that feedgen does not write, as one feedgen extension.

feedgen's own podcast extension writes `yes`/`no` where Apple wants `true`/`false`, drops a cover
whose address ends in `.jpeg` without a word, and knows nothing of Podcasting 2.0; so it is left
out. The order here is the order in the file.

Sources: podcasters.apple.com/support/823-podcast-requirements; github.com/Podcast-Standards-Project
(PSP-1); podcastindex.org/namespace/1.0; podlove.org/simple-chapters; rssboard.org/media-rss;
rfc-editor.org/rfc/rfc5005.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from columncast.episodes.model import Chapter, Enclosure, Episode, Person
from columncast.episodes.podcasting import Location, Txt
from columncast.episodes.settings import Show
from columncast.feed.apps import subscribe_links
from columncast.feed.identity import podcast_guid
from columncast.feed.xml import NAMESPACES, Element, add, find, one_line, style, wrap_in_cdata

RSS_TYPE = "application/rss+xml"


class ShowTags:
    """What the channel says of the show; feedgen makes it without arguments."""

    show: Show
    cover_url: str
    links: Mapping[str, str]
    stylesheet: str = ""
    dated: bool = True

    def extend_ns(self) -> dict[str, str]:
        """Tell feedgen the prefixes, so that none becomes `ns0`."""
        return {p: uri for p, uri in NAMESPACES.items() if p not in ("atom", "content")}

    def extend_rss(self, rss: Element) -> Element:
        """Append the show's tags to the channel, before the items are."""
        channel = rss[0]
        if self.stylesheet:
            style(rss, self.stylesheet)
        undated = find(channel, "lastBuildDate")
        if not self.dated and undated is not None:
            channel.remove(undated)  # feedgen's default is the time of the run
        for rel, href in self.links.items():
            add(channel, "atom:link", href=href, rel=rel, type=RSS_TYPE if rel != "hub" else "")
        _itunes_of_show(channel, self.show, self.cover_url)
        _podcast_of_show(channel, self.show, self.cover_url)
        if self.stylesheet:
            _for_people(channel, self.show)
        return rss


class EntryTags:
    """What an item says of its episode; feedgen makes it without arguments."""

    show: Show
    episode: Episode
    cover_url: str

    def extend_rss(self, item: Element) -> Element:
        """Append the episode's tags to its item."""
        # feedgen escapes `description` but keeps `content:encoded` as CDATA; both hold HTML.
        wrap_in_cdata(find(item, "description"))
        _itunes_of_episode(item, self.show, self.episode)
        _podcast_of_episode(item, self.show, self.episode)
        add(item, "media:thumbnail", url=self.episode.image_url or self.cover_url)
        _simple_chapters(item, self.episode.chapters)
        return item


def _for_people(channel: Element, show: Show) -> None:
    """What a person needs who opens the feed in a browser: the style sheet shows it, apps skip it."""
    block = add(channel, "xhtml:div")
    add(
        block,
        "xhtml:p",
        "This is a podcast feed. To listen, open it in a podcast app, or add the address of this "
        "page to any other app.",
    )
    apps = add(block, "xhtml:p")
    for app, url in subscribe_links(show.feed_url):
        add(apps, "xhtml:a", app, href=url)
    here = f"{show.base_url}feed/"
    add(add(block, "xhtml:p"), "xhtml:a", "See all episodes and listen here", href=here)


def _itunes_of_show(channel: Element, show: Show, cover_url: str) -> None:
    add(channel, "itunes:image", href=cover_url)
    for path in dict.fromkeys(show.categories):
        parent = channel
        for part in path:
            parent = add(parent, "itunes:category", text_=part)
    add(channel, "itunes:explicit", _true(show.explicit))
    add(channel, "itunes:author", show.author or show.title)
    add(channel, "itunes:type", show.type)
    if show.email and show.feed.email:
        owner = add(channel, "itunes:owner")
        add(owner, "itunes:name", show.author or show.title)
        add(owner, "itunes:email", show.email)
    if show.feed.new_feed_url:
        add(channel, "itunes:new-feed-url", show.feed.new_feed_url)
    # Any value but "Yes" is ignored, so there is no "No" to write.
    if show.feed.block:
        add(channel, "itunes:block", "Yes")
    if show.feed.complete:
        add(channel, "itunes:complete", "Yes")


def _podcast_of_show(channel: Element, show: Show, cover_url: str) -> None:
    tags = show.podcast
    add(channel, "podcast:guid", show.ids.guid or podcast_guid(show.feed_url))
    add(channel, "podcast:locked", "yes" if tags.locked else "no", owner=_owner(show))
    add(channel, "podcast:medium", tags.medium)
    _persons(channel, tags.person)
    author = one_line(show.author)
    if author and not tags.person:
        add(channel, "podcast:person", author, role="author", group="writing")
    for funding in tags.funding:
        add(channel, "podcast:funding", funding.text, url=funding.url)
    _locations(channel, tags.location)
    _license(channel, tags.license, tags.license_url)
    _image(channel, cover_url, show.cover_alt)
    if (often := tags.update_frequency) is not None:
        add(
            channel,
            "podcast:updateFrequency",
            often.text,
            rrule=often.rrule,
            dtstart=often.dtstart,
            complete="true" if often.complete else "",
        )
    _txt(channel, tags.txt, ai_content=tags.ai_content or None)
    for slug in tags.block:
        add(channel, "podcast:block", "yes", id=slug if slug != "all" else "")
    if tags.podroll:
        podroll = add(channel, "podcast:podroll")
        for other in tags.podroll:
            add(
                podroll,
                "podcast:remoteItem",
                feedGuid=other.feed_guid,
                feedUrl=other.feed_url,
                title=other.title,
            )


def _itunes_of_episode(item: Element, show: Show, episode: Episode) -> None:
    add(item, "itunes:duration", str(max(1, round(episode.enclosure.duration_s))))
    explicit = show.explicit if episode.explicit is None else episode.explicit
    add(item, "itunes:explicit", _true(explicit))
    if episode.author and episode.author != (show.author or show.title):
        add(item, "itunes:author", episode.author)
    if episode.image_url:
        add(item, "itunes:image", href=episode.image_url)
    if episode.season:
        add(item, "itunes:season", str(episode.season))
    if episode.number:
        add(item, "itunes:episode", str(episode.number))
    add(item, "itunes:episodeType", episode.type)
    if episode.block:
        add(item, "itunes:block", "Yes")


def _podcast_of_episode(item: Element, show: Show, episode: Episode) -> None:
    tags = episode.podcast
    if episode.season:
        add(item, "podcast:season", str(episode.season), name=tags.season_name)
    if episode.number:
        add(item, "podcast:episode", str(episode.number), display=tags.episode_display)
    for transcript in episode.transcripts:
        language = transcript.language or episode.language
        add(
            item,
            "podcast:transcript",
            url=transcript.url,
            type=transcript.mime_type,
            language=language,
        )
    if episode.chapters_file:
        file = episode.chapters_file
        add(item, "podcast:chapters", url=file.url, type=file.mime_type)
    for bite in tags.soundbite:
        add(
            item,
            "podcast:soundbite",
            bite.title,
            startTime=round(bite.start_s, 3),
            duration=round(bite.duration_s, 3),
        )
    _persons(item, episode.persons)
    _locations(item, tags.location)
    _license(item, tags.license, tags.license_url)
    if episode.image_url:
        _image(item, episode.image_url, episode.image_alt)
    ai_content = tags.ai_content
    # An episode that says nothing repeats the show's yes: apps show items without their channel.
    _txt(
        item,
        tags.txt,
        ai_content=(show.podcast.ai_content or None) if ai_content is None else ai_content,
    )
    if episode.alternates:
        _alternate(item, episode.enclosure, default=True)
    for other in episode.alternates:
        _alternate(item, other)


def _alternate(item: Element, file: Enclosure, *, default: bool = False) -> None:
    bits = "" if not file.duration_s else str(round(file.length_bytes * 8 / file.duration_s))
    element = add(
        item,
        "podcast:alternateEnclosure",
        type=file.mime_type,
        length=file.length_bytes,
        bitrate=bits,
        lang=file.language,
        title=file.title or ("Standard" if default else ""),
        default="true" if default else "",
    )
    add(element, "podcast:source", uri=file.url)
    if file.sha256:
        digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        add(element, "podcast:integrity", type="sri", value=f"sha256-{digest}")


def _simple_chapters(item: Element, chapters: Iterable[Chapter]) -> None:
    marks = tuple(chapters)
    if marks:
        element = add(item, "psc:chapters", version="1.2")
        for mark in marks:
            add(element, "psc:chapter", start=normal_play_time(mark.start_s), title=mark.title)


def normal_play_time(seconds: float) -> str:
    """Return a time as Podlove Simple Chapters writes it (RFC 2326, 3.6).

    >>> normal_play_time(3725.25)
    '01:02:05.250'
    """
    milliseconds = round(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{rest:03}"


def _persons(parent: Element, persons: Iterable[Person]) -> None:
    for person in persons:
        add(
            parent,
            "podcast:person",
            person.name,
            role=person.role,
            group=person.group,
            href=person.href,
            img=person.img,
        )


def _locations(parent: Element, places: Iterable[Location]) -> None:
    for place in places:
        add(
            parent,
            "podcast:location",
            place.name,
            rel=place.rel,
            geo=place.geo,
            osm=place.osm,
            country=place.country.lower(),
        )


def _license(parent: Element, identifier: str, url: str) -> None:
    if identifier:
        add(parent, "podcast:license", identifier if url else identifier.lower(), url=url)


def _image(parent: Element, href: str, alt: str) -> None:
    add(parent, "podcast:image", href=href, alt=alt, aspect_ratio="1/1", purpose="artwork")


def _txt(parent: Element, notes: Iterable[Txt], *, ai_content: bool | None) -> None:
    for note in notes:
        add(parent, "podcast:txt", note.value, purpose=note.purpose)
    if ai_content is not None:
        add(parent, "podcast:txt", _true(ai_content), purpose="ai-content")


def _owner(show: Show) -> str:
    return show.email if show.feed.email else ""


def _true(value: bool) -> str:  # noqa: FBT001 - it is the value that is written
    return "true" if value else "false"
