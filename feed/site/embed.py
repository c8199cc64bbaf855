"""The player for other sites: where it lies, the frame that shows it, and what oEmbed says of it.

oEmbed 1.0 (oembed.com) lets an editor paste the address of a page and get a player. Its answers are
files here, found by two links in the page's head; a file cannot obey `maxwidth`, so the frame is
narrow by its number and as wide as its place by its style. WordPress keeps the number, the height
and the title; Ghost keeps all of it.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass

import msgspec

from columncast.episodes.errors import EpisodeError
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.media_types import JSON, OEMBED_ANSWER
from columncast.episodes.phrases.book import phrases
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show
from columncast.feed.artwork.small_pictures import PLAY_PX
from columncast.feed.rss.xml import add, document, written
from columncast.feed.serving.headers import LATEST, OEMBED_XML

WIDTH_PX = 480
HEIGHT_PX = 200
"""WordPress makes no frame lower."""
OEMBED_JSON = "oembed.json"
KEPT_S = 86_400
"""How long a consumer may keep an answer: a title changes rarely."""


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """A link by which consumers find the answer, for `<link rel="alternate">`."""

    mime_type: str
    url: str


def discovery(episode: Episode) -> tuple[Discovery, ...]:
    """Return the links to the answers for an episode's page."""
    return (
        Discovery(mime_type=f"{JSON.mime}+oembed", url=f"{episode.page_url}{OEMBED_JSON}"),
        Discovery(mime_type=f"{OEMBED_ANSWER}+oembed", url=f"{episode.page_url}{OEMBED_XML}"),
    )


def embed_url(episode: Episode) -> str:
    """Return the address of an episode's player for other sites."""
    return f"{episode.page_url}embed/"


def latest_url(show: Show) -> str:
    """Return the address of a player that has the newest episode in it, whichever that is."""
    return f"{show.base_url}feed/{LATEST}"


def title_of(show: Show, episode: Episode) -> str:
    """Return what the frame around the player of *episode* is called."""
    said = phrases(episode.language or show.language, "embed", show.phrases)
    return said["listen_to"].format(title=episode.title)


def frame(url: str, title: str) -> str:
    """Return the element that shows the player at *url* in another page.

    >>> frame("https://w.example/feed/ferry/embed/", 'Listen to "Ferry"')
    '<iframe src="https://w.example/feed/ferry/embed/" title="Listen to &quot;Ferry&quot;" width="480" height="200" loading="lazy" style="width:100%;border:0"></iframe>'
    """
    return (
        f'<iframe src="{html.escape(url)}" title="{html.escape(title)}" width="{WIDTH_PX}" '
        f'height="{HEIGHT_PX}" loading="lazy" style="width:100%;border:0"></iframe>'
    )


def oembed(show: Show, episode: Episode, *, picture_url: str) -> dict[str, str | int]:
    """Return what oEmbed says of an episode's page; *picture_url* is its cover with a play sign."""
    said: dict[str, str | int] = {
        "type": "rich",
        "version": "1.0",
        "title": episode.title,
        "author_name": episode.author or show.author,
        "provider_name": show.title,
        "provider_url": f"{show.base_url}feed/",
        "cache_age": KEPT_S,
        "thumbnail_url": picture_url,
        "thumbnail_width": PLAY_PX,
        "thumbnail_height": PLAY_PX,
        "html": frame(embed_url(episode), title_of(show, episode)),
        "width": WIDTH_PX,
        "height": HEIGHT_PX,
    }
    return {key: value for key, value in said.items() if value != ""}


def play_picture_url(folder: ShowFolder, episode: Episode) -> str:
    """Return the address of the cover of *episode* under a play sign, as its page was last built.

    Raises:
        EpisodeError: It is not in `feed/`: nothing of it can be shown to anybody yet.
    """
    file = folder.feed / episode.slug / OEMBED_JSON
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Answer).thumbnail_url
    except (OSError, msgspec.DecodeError) as e:
        raise EpisodeError(
            f"{episode.slug} is not in the feed yet, so it has no page that a reader could open; "
            "run columncast build once its date has come",
        ) from e


class _Answer(msgspec.Struct):
    thumbnail_url: str


def as_json(said: dict[str, str | int]) -> str:
    """Return *said* as the file that the first link leads to."""
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def as_xml(said: dict[str, str | int]) -> bytes:
    """Return *said* as the file that the second link leads to."""
    root = document("oembed")
    for key, value in said.items():
        add(root, key, str(value))
    return written(root)
