"""The tags of the channel that feedgen does not write, as one half of a feedgen extension.

feedgen's own podcast extension writes `yes`/`no` where Apple wants `true`/`false`, drops a cover
whose address ends in `.jpeg` without a word, and knows nothing of Podcasting 2.0; so it is left
out. The order here is the order in the file.

Sources: podcasters.apple.com/support/823-podcast-requirements; github.com/Podcast-Standards-Project
(PSP-1); podcastindex.org/namespace/1.0; rfc-editor.org/rfc/rfc5005.
"""

from __future__ import annotations

from collections.abc import Mapping

from columncast.episodes.model.media_types import RSS
from columncast.episodes.phrases.book import direction, phrases
from columncast.episodes.show.settings import Show
from columncast.feed.rss.common_tags import image, licence, locations, persons, true_or_false, txt
from columncast.feed.rss.guid import podcast_guid
from columncast.feed.rss.subscribe import subscribe_links
from columncast.feed.rss.xml import NAMESPACES, Element, add, find, legal_line, style


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
            add(channel, "atom:link", href=href, rel=rel, type=RSS.mime if rel != "hub" else "")
        _itunes_of_show(channel, self.show, self.cover_url)
        _podcast_of_show(channel, self.show, self.cover_url)
        if self.stylesheet:
            _for_people(channel, self.show)
        return rss


def _for_people(channel: Element, show: Show) -> None:
    """What a person needs who opens the feed in a browser: the style sheet shows it, apps skip it."""
    said = phrases(show.language, "feed", show.phrases)
    # Left to right goes without saying, in XML as in HTML.
    turned = direction(show.language)
    block = add(channel, "xhtml:div", dir=turned if turned != "ltr" else "")
    add(block, "xhtml:p", said["this_is"])
    apps = add(block, "xhtml:p")
    for app, url in subscribe_links(show.feed_url):
        add(apps, "xhtml:a", app, href=url)
    here = f"{show.base_url}feed/"
    add(add(block, "xhtml:p"), "xhtml:a", said["see_all"], href=here)


def _itunes_of_show(channel: Element, show: Show, cover_url: str) -> None:
    add(channel, "itunes:image", href=cover_url)
    for path in dict.fromkeys(show.categories):
        parent = channel
        for part in path:
            parent = add(parent, "itunes:category", text_=part)
    add(channel, "itunes:explicit", true_or_false(show.explicit))
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
    persons(channel, tags.person)
    author = legal_line(show.author)
    if author and not tags.person:
        add(channel, "podcast:person", author, role="author", group="writing")
    for funding in tags.funding:
        add(channel, "podcast:funding", funding.text, url=funding.url)
    locations(channel, tags.location)
    licence(channel, tags.license, tags.license_url)
    image(channel, cover_url, show.cover_alt)
    if (often := tags.update_frequency) is not None:
        add(
            channel,
            "podcast:updateFrequency",
            often.text,
            rrule=often.rrule,
            dtstart=often.dtstart,
            complete="true" if often.complete else "",
        )
    txt(channel, tags.txt, ai_content=tags.ai_content or None)
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


def _owner(show: Show) -> str:
    return show.email if show.feed.email else ""
