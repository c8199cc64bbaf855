"""The rules about the show itself, and about its episodes taken together."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from columncast.episodes.errors import CoverError
from columncast.episodes.http.networks import open_to_all
from columncast.episodes.model.limits import NOTES_BYTES, TITLE_CHARACTERS
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.summary import Listing
from columncast.episodes.show.settings import Show
from columncast.episodes.text.urls import is_unsafe
from columncast.feed.artwork.marks import is_placeholder
from columncast.feed.artwork.small_pictures import Cover
from columncast.feed.rss.xml import legal
from columncast.feed.rules.book import (
    APPLE,
    APPLE_ART,
    NAMESPACE,
    PSP1,
    RSS,
    SPECIAL_ADDRESSES,
    SPOTIFY,
    UNICODE,
    YOUTUBE,
    RuleBook,
    is_secure,
    quoted,
    split_url,
)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """A show with all its published episodes."""

    show: Show
    episodes: Sequence[Listing]


SHOW: RuleBook[Show] = RuleBook()
ART: RuleBook[Path] = RuleBook()
TOGETHER: RuleBook[Catalogue] = RuleBook()


def check_show(show: Show, cover: Path | None = None) -> list[Notice]:
    """Return what is wrong with show.toml and, when it is named, the picture *cover*."""
    found = SHOW.check(show, "show.toml")
    return found if cover is None else found + ART.check(cover, cover.name)


def check_episodes(show: Show, episodes: Sequence[Listing]) -> list[Notice]:
    """Return what is wrong with the episodes as a set: what should be unique and is not."""
    return TOGETHER.check(Catalogue(show=show, episodes=episodes), "feed.xml")


def plain_addresses(show: Show) -> list[str]:
    """Return the addresses in show.toml that are not https, each once."""
    urls = [show.base_url, show.media.base_url, show.site_url, show.podcast.license_url]
    urls += [funding.url for funding in show.podcast.funding]
    return list(dict.fromkeys(url for url in urls if url and not is_secure(url)))


@SHOW.rule("error", APPLE)
def show_title_length(show: Show) -> Iterator[str]:
    """A show's title has at most 255 characters."""
    if len(show.title) > TITLE_CHARACTERS:
        yield f"the title has {len(show.title)} characters; keep it under {TITLE_CHARACTERS}"


@SHOW.rule("warning", APPLE)
def show_description_missing(show: Show) -> Iterator[str]:
    """A show has a description; Apple and PSP-1 require one, so the title stands in."""
    if not show.description.strip():
        yield "there is no description; say in a sentence or two what the show is"


@SHOW.rule("error", PSP1)
def show_description_length(show: Show) -> Iterator[str]:
    """A show's description has at most 4,000 bytes."""
    length = len(show.description.encode("utf-8", "replace"))
    if length > NOTES_BYTES:
        yield f"the description has {length} bytes; directories cut it after {NOTES_BYTES}"


@SHOW.rule("warning", UNICODE)
def show_text_illegal(show: Show) -> Iterator[str]:
    """The show's texts hold no character that XML cannot hold."""
    for name in ("title", "description", "author", "copyright"):
        if legal(getattr(show, name)) != getattr(show, name):
            yield f"{name} has control characters, which are left out"


@SHOW.rule("warning", SPOTIFY)
def show_author_missing(show: Show) -> Iterator[str]:
    """A show names its author; Spotify requires it, so the title stands in."""
    if not show.author.strip():
        yield "there is no author; name the writer or the publication"


@SHOW.rule("warning", f"{NAMESPACE}#person")
def show_person_link(show: Show) -> Iterator[str]:
    """No link of a person of the show runs anything; one that would is not in the feed."""
    for person in show.podcast.person:
        for url in (person.href, person.img):
            if is_unsafe(url):
                yield f"the link {quoted(url)} of {quoted(person.name)} is left out; take it out"


@SHOW.rule("warning", YOUTUBE)
def show_email_missing(show: Show) -> Iterator[str]:
    """A feed shows an address to which YouTube and others can send the code that proves it ours."""
    if not (show.email and show.feed.email):
        yield "there is no e-mail address; YouTube refuses such a feed: give one that you read"


@SHOW.rule("warning", NAMESPACE)
def show_not_https(show: Show) -> Iterator[str]:
    """Every address of a show is https."""
    if plain := plain_addresses(show):
        are = "is" if len(plain) == 1 else "are"
        yield f"{' and '.join(plain)} {are} not https; some apps refuse that"


@SHOW.rule("warning", SPECIAL_ADDRESSES)
def show_address_private(show: Show) -> Iterator[str]:
    """Where the show is served, everybody can reach it."""
    for name, url in (("base_url", show.base_url), ("[media] base_url", show.media.base_url)):
        if url and not open_to_all(split_url(url).hostname or ""):
            yield f"{name} {url} is on this machine or in a private network, where no listener gets"


@SHOW.rule("warning", f"{NAMESPACE}#guid")
def show_guid_missing(show: Show) -> Iterator[str]:
    """The show's own identifier is written down, so that a move cannot change it."""
    if not show.ids.guid:
        yield "[ids] guid is not set; write it down before the feed's address ever changes"


@SHOW.rule("error", f"{NAMESPACE}#guid")
def show_guid_invalid(show: Show) -> Iterator[str]:
    """The show's own identifier is a UUID."""
    try:
        uuid.UUID(show.ids.guid or str(uuid.NAMESPACE_URL))
    except ValueError:
        yield f"[ids] guid {quoted(show.ids.guid)} is not a UUID"


@SHOW.rule("note", PSP1)
def show_copyright_sign(show: Show) -> Iterator[str]:
    """The copyright names its holder only: apps add the word and the sign."""
    if re.search(r"©|\(c\)|copyright", show.copyright, re.IGNORECASE):
        yield "copyright needs neither the word nor the sign; apps add them"


def _read(cover: Path) -> Cover:
    from columncast.feed.artwork.cover import read_cover  # noqa: PLC0415 - Pillow, for `check` alone

    return read_cover(cover)


@ART.rule("error", APPLE_ART)
def cover_refused(cover: Path) -> Iterator[str]:
    """The cover is a square picture of 1,400 to 3,000 pixels."""
    try:
        _read(cover)
    except CoverError as e:
        yield e.message


@ART.rule("warning", APPLE_ART)
def cover_placeholder(cover: Path) -> Iterator[str]:
    """The cover is the show's own, and not the one that `init` has drawn for the time being."""
    if is_placeholder(cover):
        yield "is the placeholder that init has drawn; put the show's own cover in its place"


@ART.rule("note", APPLE_ART)
def cover_mended(cover: Path) -> Iterator[str]:
    """The cover is RGB, JPEG or PNG as its name says, and under 512 KB; else it is made so."""
    try:
        yield from (notice.message for notice in _read(cover).notices)
    except CoverError:
        return  # `cover-refused` says so


@TOGETHER.rule("error", RSS)
def guid_duplicate(all_of: Catalogue) -> Iterator[str]:
    """No two episodes have the same guid: apps would show only one of them."""
    for guid, slugs in _shared(all_of, lambda e: e.guid):
        yield f"{slugs} have the same guid {quoted(guid)}; give one of them a new one"


@TOGETHER.rule("error", APPLE)
def enclosure_duplicate(all_of: Catalogue) -> Iterator[str]:
    """No two episodes have the same audio: Apple ignores the second."""
    for url, slugs in _shared(all_of, lambda e: e.audio_url):
        yield f"{slugs} have the same audio {url}; is one of them a copy?"


@TOGETHER.rule("warning", APPLE)
def title_duplicate(all_of: Catalogue) -> Iterator[str]:
    """Titles tell episodes apart."""
    for title, slugs in _shared(all_of, lambda e: e.title.strip().casefold()):
        yield f"{slugs} have the same title {quoted(title)}"


@TOGETHER.rule("warning", APPLE)
def number_duplicate(all_of: Catalogue) -> Iterator[str]:
    """Within a season, each full episode has its own number."""
    full = [e for e in all_of.episodes if e.type == "full" and e.number]
    shared = Counter((e.season, e.number) for e in full)
    for (season, number), count in shared.items():
        if count > 1:
            slugs = ", ".join(e.slug for e in full if (e.season, e.number) == (season, number))
            yield f"{slugs} are all number {number}" + (f" of season {season}" if season else "")


@TOGETHER.rule("warning", APPLE)
def number_missing(all_of: Catalogue) -> Iterator[str]:
    """In a serial show each full episode has a number: Apple plays them in that order."""
    # No error: without one, apps go by the date, and many a serial that is live has none.
    if all_of.show.type == "serial":
        for episode in all_of.episodes:
            if episode.type == "full" and not episode.number:
                yield f"{episode.slug} has no number, and the show is a serial one"


@TOGETHER.rule("warning", SPOTIFY)
def no_episode(all_of: Catalogue) -> Iterator[str]:
    """A feed has an episode before it is submitted anywhere."""
    if not all_of.episodes:
        yield "there is no episode yet; directories refuse an empty feed"


def _shared(all_of: Catalogue, key: Callable[[Listing], str]) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for episode in all_of.episodes:
        groups.setdefault(key(episode), []).append(episode.slug)
    for value, slugs in groups.items():
        if len(slugs) > 1:
            yield value, " and ".join(slugs)
