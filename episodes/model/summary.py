"""What a whole show needs to know of each of its episodes, without reading them again.

Ten thousand of these are a few megabytes; the episodes themselves are loaded when a page of one,
or the part of the feed that it is in, is rendered.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Iterable
from datetime import datetime

import msgspec

from columncast.episodes.format import beginning
from columncast.episodes.model.episode import Episode, EpisodeType


class Listing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of a show's table of contents."""

    slug: str
    guid: str
    title: str
    published: datetime
    duration_s: float
    audio: tuple[str, ...]
    """The names of its files in `audio/`: the enclosure, then its alternates."""
    audio_url: str
    subtitle: str = ""
    summary: str = ""
    """One line about it: its subtitle, or how its notes begin."""
    type: EpisodeType = "full"
    season: int | None = None
    number: int | None = None
    season_name: str = ""
    episode_display: str = ""
    draft: bool = False
    """Kept out of the feed, whatever its date."""
    mark: str = ""
    """A hash of the whole episode: what is rendered of it changes only when this does."""


def listing_of(episode: Episode) -> Listing:
    """Return the line of *episode*."""
    sounds = (episode.enclosure, *episode.alternates)
    return Listing(
        slug=episode.slug,
        guid=episode.guid,
        title=episode.title,
        published=episode.published,
        duration_s=episode.enclosure.duration_s,
        audio=tuple(sound.path.rpartition("/")[2] for sound in sounds),
        audio_url=episode.enclosure.url,
        subtitle=episode.subtitle,
        summary=episode.subtitle or beginning(episode.notes.plain),
        type=episode.type,
        season=episode.season,
        number=episode.number,
        season_name=episode.podcast.season_name,
        episode_display=episode.podcast.episode_display,
        draft=episode.draft,
        mark=hashlib.sha256(msgspec.msgpack.encode(episode)).hexdigest(),
    )


_BY_DATE = operator.attrgetter("published", "guid")


def listings_of(episodes: Iterable[Episode]) -> list[Listing]:
    """Return the lines of *episodes*, newest first."""
    return newest_first(map(listing_of, episodes))


def newest_first(listings: Iterable[Listing]) -> list[Listing]:
    """Return *listings* in the order of the feed; two of the same second keep theirs by guid."""
    return sorted(listings, key=_BY_DATE, reverse=True)
