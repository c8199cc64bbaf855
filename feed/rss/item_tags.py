"""The tags of an item that feedgen does not write, as the other half of our feedgen extension.

Sources: podcasters.apple.com/support/823-podcast-requirements; github.com/Podcast-Standards-Project
(PSP-1); podcastindex.org/namespace/1.0; podlove.org/simple-chapters;
rssboard.org/media-rss.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from columncast.episodes.model.episode import Chapter, Enclosure, Episode
from columncast.episodes.model.timecode import stamp, whole_seconds
from columncast.episodes.show.settings import Show
from columncast.feed.rss.common_tags import image, licence, locations, persons, true_or_false, txt
from columncast.feed.rss.xml import Element, add, find, wrap_in_cdata


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


def _itunes_of_episode(item: Element, show: Show, episode: Episode) -> None:
    add(item, "itunes:duration", str(whole_seconds(episode.enclosure.duration_s)))
    explicit = show.explicit if episode.explicit is None else episode.explicit
    add(item, "itunes:explicit", true_or_false(explicit))
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
    persons(item, episode.persons)
    locations(item, tags.location)
    licence(item, tags.license, tags.license_url)
    if episode.image_url:
        image(item, episode.image_url, episode.image_alt)
    ai_content = tags.ai_content
    # An episode that says nothing repeats the show's yes: apps show items without their channel.
    txt(
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
            add(element, "psc:chapter", start=stamp(mark.start_s), title=mark.title)
