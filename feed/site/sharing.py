"""What others show of a page: search engines (schema.org) and shared links (Open Graph, cards)."""

from __future__ import annotations

import json
from typing import Any

from columncast.episodes.model.episode import Episode
from columncast.episodes.model.timecode import iso_duration
from columncast.episodes.show.settings import Show
from columncast.feed.site.embed import HEIGHT_PX, WIDTH_PX, embed_url

Meta = list[tuple[str, str]]
"""Names and contents of `<meta>` elements."""


def open_graph_of_episode(show: Show, episode: Episode, image: str, summary: str) -> Meta:
    """Return what a shared link to an episode shows (ogp.me)."""
    return [
        ("og:type", "article"),
        ("og:site_name", show.title),
        ("og:title", episode.title),
        ("og:description", summary),
        ("og:url", episode.page_url),
        ("og:image", image),
        ("og:audio", episode.enclosure.url),
        ("og:audio:type", episode.enclosure.mime_type),
        ("article:published_time", episode.published.isoformat()),
    ]


def open_graph_of_show(show: Show, image: str, summary: str) -> Meta:
    """Return what a shared link to the show shows."""
    return [
        ("og:type", "website"),
        ("og:title", show.title),
        ("og:description", summary),
        ("og:url", f"{show.base_url}feed/"),
        ("og:image", image),
    ]


def player_card(episode: Episode, image: str, summary: str) -> Meta:
    """Return the card in which a post plays the episode."""
    return [
        ("twitter:card", "player"),
        ("twitter:title", episode.title),
        ("twitter:description", summary),
        ("twitter:image", image),
        ("twitter:player", embed_url(episode)),
        ("twitter:player:width", str(WIDTH_PX)),
        ("twitter:player:height", str(HEIGHT_PX)),
        ("twitter:player:stream", episode.enclosure.url),
        ("twitter:player:stream:content_type", episode.enclosure.mime_type),
    ]


def summary_card(show: Show, image: str, summary: str) -> Meta:
    """Return the card that shows the show."""
    return [
        ("twitter:card", "summary"),
        ("twitter:title", show.title),
        ("twitter:description", summary),
        ("twitter:image", image),
    ]


def podcast_episode(show: Show, episode: Episode, image: str, summary: str) -> str:
    """Return what search engines read of an episode: schema.org/PodcastEpisode, as JSON-LD.

    Chapters are clips of it, and transcripts are captions of its audio: the page has the words.
    """
    length = iso_duration(episode.enclosure.duration_s)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "url": episode.page_url,
        "name": episode.title,
        "description": summary,
        "datePublished": episode.published.isoformat(),
        "timeRequired": length,
        "image": image,
        "inLanguage": episode.language or show.language,
        "associatedMedia": {
            "@type": "AudioObject",
            "contentUrl": episode.enclosure.url,
            "encodingFormat": episode.enclosure.mime_type,
            "contentSize": str(episode.enclosure.length_bytes),
            "duration": length,
        },
        "partOfSeries": _series(show),
    }
    if episode.transcripts:
        data["associatedMedia"]["caption"] = [
            {
                "@type": "MediaObject",
                "contentUrl": transcript.url,
                "encodingFormat": transcript.mime_type,
                "inLanguage": transcript.language or episode.language or show.language,
            }
            for transcript in episode.transcripts
        ]
    if episode.chapters:
        data["hasPart"] = _clips(episode)
    if episode.author:
        data["author"] = {"@type": "Person", "name": episode.author}
    if episode.number:
        data["episodeNumber"] = episode.number
    if episode.season:
        data["partOfSeason"] = {"@type": "PodcastSeason", "seasonNumber": episode.season}
    if episode.link != episode.page_url:
        data["isBasedOn"] = episode.link
    return _json(data)


def _clips(episode: Episode) -> list[dict[str, Any]]:
    ends = [*(c.start_s for c in episode.chapters[1:]), episode.enclosure.duration_s]
    return [
        {
            "@type": "Clip",
            "name": chapter.title,
            "startOffset": round(chapter.start_s),
            "endOffset": round(end_s),
            "url": f"{episode.page_url}#t={round(chapter.start_s)}",
        }
        for chapter, end_s in zip(episode.chapters, ends, strict=True)
    ]


def podcast_series(show: Show, image: str) -> str:
    """Return what search engines read of the show: schema.org/PodcastSeries, as JSON-LD."""
    data = _series(show) | {
        "@context": "https://schema.org",
        "image": image,
        "inLanguage": show.language,
    }
    if show.description:
        data["description"] = show.description
    if show.author:
        data["author"] = {"@type": "Person", "name": show.author}
    if show.subscribe:
        data["sameAs"] = list(show.subscribe.values())
    return _json(data)


def _series(show: Show) -> dict[str, Any]:
    return {
        "@type": "PodcastSeries",
        "name": show.title,
        "url": f"{show.base_url}feed/",
        "webFeed": show.feed_url,
    }


def _json(data: dict[str, Any]) -> str:
    # "<" as an escape keeps `</script>` in a title from ending the element.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
