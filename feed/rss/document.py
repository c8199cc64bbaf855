"""The feed: RSS 2.0 as podcast directories and apps read it, written by feedgen.

The same show and episodes give the same bytes: nothing here looks at the clock, the locale or the
time zone of the machine. Call it from one thread only: feedgen switches the process's locale to
format dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from columncast.episodes.errors import FeedError
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.summary import Listing, listing_of, newest_first
from columncast.episodes.show.settings import Show
from columncast.episodes.text.html import runs
from columncast.feed.rss.channel_tags import ShowTags
from columncast.feed.rss.item_tags import EntryTags
from columncast.feed.rss.xml import legal, legal_line

FIRST_PAGE = "feed.xml"
STYLESHEET = "feed.css"


def render_rss(
    show: Show,
    episodes: Sequence[Episode],
    *,
    cover_url: str,
    links: Mapping[str, str] | None = None,
) -> bytes:
    """Return one feed document with all *episodes*, newest first.

    *links* are further `atom:link`s of the document, by their relation; `self` is the show's
    feed unless they say otherwise.

    Raises:
        FeedError: An episode's date has no time zone; the message names it.
    """
    for episode in episodes:
        if episode.published.tzinfo is None:
            raise FeedError("its date has no time zone", where=episode.slug)
    ordered = sorted(episodes, key=lambda e: (e.published, e.guid), reverse=True)
    feed = FeedGenerator()
    feed.register_extension("columncast", ShowTags, EntryTags, atom=False)
    feed.title(legal_line(show.title))
    feed.description(_as_html(legal(show.description or show.title).strip()))
    feed.link(href=show.site_url, rel="alternate")
    feed.language(show.language)
    feed.generator("columncast")
    feed.docs("https://www.rssboard.org/rss-specification")  # feedgen's own is not https
    feed.image(url=cover_url, title=legal_line(show.title), link=show.site_url)
    if show.copyright:
        feed.copyright(legal_line(show.copyright))
    if ordered:
        feed.lastBuildDate(ordered[0].published)
    tags = feed.columncast
    tags.show, tags.cover_url, tags.stylesheet = show, cover_url, STYLESHEET
    tags.dated = bool(ordered)
    tags.links = {"self": show.feed_url, **(links or {})}
    if show.feed.hub:
        tags.links["hub"] = show.feed.hub
    for episode in ordered:
        _add_entry(feed.add_entry(order="append"), show, episode, cover_url)
    xml: bytes = feed.rss_str(pretty=True)
    return xml


@dataclass(frozen=True, kw_only=True)
class Page:
    """One document of a feed, and the page for people that lists the same episodes."""

    file: str
    episodes: tuple[Listing, ...]
    """Newest first."""
    links: Mapping[str, str]
    """Its `atom:link`s, by their relation."""
    html: str
    newer: str = ""
    """The page for people with the episodes before these; empty: there are none."""
    older: str = ""


def plan_pages(show: Show, episodes: Iterable[Listing]) -> list[Page]:
    """Return the documents of the feed, feed.xml first.

    The newest `[feed] page_size` episodes are in feed.xml; the older ones are in pages that fill
    up from the oldest episode on (page-2.xml), so that a new episode changes feed.xml and the
    newest page, and no other (RFC 5005, section 3; `last` is page-2.xml, `next` counts down).
    """
    size = show.feed.page_size
    ordered = newest_first(episodes)
    older = ordered[size:]
    parts = {FIRST_PAGE: ordered[:size]}
    for number, end in enumerate(range(len(older), 0, -size), 2):
        parts[page_name(number)] = older[max(0, end - size) : end]
    last = len(parts)
    return [
        Page(
            file=page_name(number),
            episodes=tuple(parts[page_name(number)]),
            links=_paging(show, page_name(number), last),
            html=html_name(number),
            newer="" if number == 1 else html_name(1 if number == last else number + 1),
            older=""
            if number == 2 or last == 1
            else html_name(last if number == 1 else number - 1),
        )
        for number in range(1, last + 1)
    ]


def render_pages(show: Show, episodes: Sequence[Episode], *, cover_url: str) -> dict[str, bytes]:
    """Return the feed's documents by file name: feed.xml and, for a large show, page-2.xml ….

    Raises:
        FeedError: As `render_rss`.
    """
    whole = {episode.slug: episode for episode in episodes}
    return {
        page.file: render_rss(
            show, [whole[e.slug] for e in page.episodes], cover_url=cover_url, links=page.links
        )
        for page in plan_pages(show, map(listing_of, episodes))
    }


def page_name(number: int) -> str:
    """Return the file name of a page of the feed, counted from 1.

    >>> page_name(1), page_name(2)
    ('feed.xml', 'page-2.xml')
    """
    return FIRST_PAGE if number == 1 else f"page-{number}.xml"


def html_name(number: int) -> str:
    """Return the file name of the page for people that lists what `page_name` does.

    >>> html_name(1), html_name(2)
    ('index.html', 'page-2.html')
    """
    return "index.html" if number == 1 else page_name(number).replace(".xml", ".html")


def _as_html(text: str) -> str:
    """Return a plain text as apps read a description, which they take for HTML.

    One that holds no harmful markup stays as it is: that is what every app has shown so far.
    """
    return escape(text, quote=False) if runs(text) else text


def _paging(show: Show, file: str, pages: int) -> dict[str, str]:
    folder = f"{show.base_url}feed/"
    links = {"self": folder + file}
    if pages > 1:
        links["first"] = folder + FIRST_PAGE
        number = pages + 1 if file == FIRST_PAGE else int(file[len("page-") : -len(".xml")])
        if number > 2:
            links["next"] = folder + page_name(number - 1)
        links["last"] = folder + page_name(2)
    return links


def _add_entry(entry: FeedEntry, show: Show, episode: Episode, cover_url: str) -> None:
    entry.title(legal_line(episode.title))
    entry.link(href=episode.link, rel="alternate")
    entry.guid(legal(episode.guid), permalink=False)
    entry.description(legal(episode.notes.html))
    entry.content(legal(episode.notes.full_html or episode.notes.html), type="CDATA")
    entry.pubDate(episode.published)
    file = episode.enclosure
    entry.enclosure(url=file.url, length=str(file.length_bytes), type=file.mime_type)
    tags = entry.columncast
    tags.show, tags.episode, tags.cover_url = show, episode, cover_url
