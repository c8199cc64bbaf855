"""The rules about one episode: its texts, its numbers, its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from columncast.episodes.model.clock import FIRST_YEAR, LAST_YEAR
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.limits import EPISODE_LONGEST_S, NOTES_BYTES, TITLE_CHARACTERS
from columncast.episodes.model.media_types import (
    HTML,
    PICTURES,
    PLAYED_EVERYWHERE,
    SUBTITLES,
    TRANSCRIPTS,
    by_own_mime,
)
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.settings import Show
from columncast.episodes.text.html import runs
from columncast.episodes.text.html_lint import read_markup
from columncast.feed.rss.xml import legal
from columncast.feed.rules.book import (
    APPLE,
    APPLE_ART,
    APPLE_TRANSCRIPTS,
    NAMESPACE,
    PSP1,
    RSS,
    UNICODE,
    RuleBook,
    is_secure,
    quoted,
    url_trouble,
)

NOTES_TAGS = frozenset({"p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"})
"""What PSP-1 lets `description` hold; `br` is understood by all."""
TRANSCRIPT_MIMES = frozenset(kind.mime for kind in TRANSCRIPTS)
BIDI_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An episode with its show."""

    show: Show
    episode: Episode


EPISODE: RuleBook[Entry] = RuleBook()


def check_episode(show: Show, episode: Episode) -> list[Notice]:
    """Return what is wrong with one episode, without looking at its files."""
    return EPISODE.check(Entry(show=show, episode=episode), episode.slug)


@EPISODE.rule("error", APPLE)
def title_empty(entry: Entry) -> Iterator[str]:
    """An episode has a title."""
    if not legal(entry.episode.title).strip():
        yield "the title is empty"


@EPISODE.rule("error", APPLE)
def title_length(entry: Entry) -> Iterator[str]:
    """A title has at most 255 characters."""
    if len(entry.episode.title) > TITLE_CHARACTERS:
        yield f"the title has {len(entry.episode.title)} characters; keep it under {TITLE_CHARACTERS}"


@EPISODE.rule("warning", APPLE)
def title_number(entry: Entry) -> Iterator[str]:
    """A title does not repeat the season, the episode number or the show's name: apps add them."""
    title, name = entry.episode.title, entry.show.title
    # "Episode 3" is taken for a number, a column called "Episodes of a Long Summer" is not.
    if re.match(r"(?i)(s\d+\s*e\d+|(episode|ep\.?|season)\s*#?\d+|#\d+)\b", title):
        yield f"the title {quoted(title)} begins with a number; apps show the number by themselves"
    if name and title.casefold().startswith(f"{name.casefold()}:"):
        yield f"the title {quoted(title)} begins with the show's name; apps show that name next to it"


@EPISODE.rule("warning", UNICODE)
def text_illegal(entry: Entry) -> Iterator[str]:
    """Texts hold no character that XML cannot hold."""
    episode = entry.episode
    texts = {"title": episode.title, "notes": episode.notes.html, "author": episode.author}
    for name, text in texts.items():
        if legal(text) != text:
            yield f"{name} has control characters, which are left out"


@EPISODE.rule("warning", UNICODE)
def title_direction(entry: Entry) -> Iterator[str]:
    """A title holds no character that turns the direction of the text around it."""
    if BIDI_OVERRIDES.search(entry.episode.title):
        yield "the title has characters that reverse the reading direction; remove them"


@EPISODE.rule("error", RSS)
def guid_empty(entry: Entry) -> Iterator[str]:
    """An episode has a guid, without spaces around it."""
    if not entry.episode.guid or entry.episode.guid != entry.episode.guid.strip():
        yield f"the guid {quoted(entry.episode.guid)} is empty or has spaces around it"


@EPISODE.rule("error", APPLE)
def date_impossible(entry: Entry) -> Iterator[str]:
    """A publication date lies in the time of podcasts and has a time zone."""
    date = entry.episode.published
    if date.tzinfo is None:
        yield "the date has no time zone"
    elif not FIRST_YEAR <= date.year <= LAST_YEAR:
        yield f"the date {date:%Y-%m-%d} is not plausible; is it the date of the story instead of the publication?"


@EPISODE.rule("warning", APPLE)
def notes_empty(entry: Entry) -> Iterator[str]:
    """An episode has show notes."""
    if not entry.episode.notes.html.strip():
        yield "there are no show notes"


@EPISODE.rule("error", PSP1)
def notes_length(entry: Entry) -> Iterator[str]:
    """The notes in `description` have at most 4,000 bytes; Apple cuts the rest off."""
    length = entry.episode.notes.length_bytes
    if length > NOTES_BYTES:
        yield f"the show notes have {length} bytes; directories cut them after {NOTES_BYTES}"


@EPISODE.rule("error", PSP1)
def notes_open(entry: Entry) -> Iterator[str]:
    """Every tag in the notes is closed."""
    for html in dict.fromkeys((entry.episode.notes.html, entry.episode.notes.full_html)):
        for tag in read_markup(html).open_tags:
            yield f"<{tag}> in the show notes is not closed where it should be"


@EPISODE.rule("error", PSP1)
def notes_dangerous(entry: Entry) -> Iterator[str]:
    """The notes hold nothing that runs, frames or fetches."""
    for html in dict.fromkeys((entry.episode.notes.html, entry.episode.notes.full_html)):
        for danger in read_markup(html).dangers:
            yield f"{quoted(danger)} has no place in show notes"


@EPISODE.rule("warning", PSP1)
def notes_tags(entry: Entry) -> Iterator[str]:
    """The notes in `description` use only tags that every app understands."""
    others = sorted(read_markup(entry.episode.notes.html).tags - NOTES_TAGS)
    if others:
        yield f"apps do not all understand <{'>, <'.join(others)}> in show notes"


@EPISODE.rule("error", PSP1)
def notes_links(entry: Entry) -> Iterator[str]:
    """Links in the notes are full addresses: they are read far from our site."""
    for html in dict.fromkeys((entry.episode.notes.html, entry.episode.notes.full_html)):
        for url in read_markup(html).links:
            trouble = "" if url.startswith(("mailto:", "tel:")) else url_trouble(url)
            if trouble:
                yield f"the link {quoted(url)} {trouble}"


@EPISODE.rule("error", APPLE)
def address_broken(entry: Entry) -> Iterator[str]:
    """Every address that the feed names is full and plain ASCII."""
    for name, url in _addresses(entry.episode):
        if trouble := url_trouble(url):
            yield f"{name} {quoted(url)} {trouble}"


@EPISODE.rule("warning", NAMESPACE)
def address_not_https(entry: Entry) -> Iterator[str]:
    """Every address that the feed names is https."""
    for name, url in _addresses(entry.episode):
        if url.startswith("http:") and not is_secure(url):
            yield f"{name} {url} is not https; some apps refuse it"


@EPISODE.rule("error", APPLE)
def enclosure_type(entry: Entry) -> Iterator[str]:
    """The main audio is MP3 or M4A, and its extension says so."""
    file = entry.episode.enclosure
    kind = by_own_mime(file.mime_type, PLAYED_EVERYWHERE)
    if kind is None:
        yield f"{file.mime_type} is not played by every app; the main audio must be MP3 or M4A"
    elif not file.url.lower().endswith(kind.suffixes):
        yield f"{file.url} is {file.mime_type}, which its name does not say"


@EPISODE.rule("error", RSS)
def enclosure_length(entry: Entry) -> Iterator[str]:
    """The length of the audio in bytes and in seconds is known."""
    file = entry.episode.enclosure
    if file.length_bytes <= 0:
        yield f"the audio has {file.length_bytes} bytes"
    if not 1 <= file.duration_s <= EPISODE_LONGEST_S:
        yield f"the audio lasts {file.duration_s:g} seconds"


@EPISODE.rule("error", APPLE)
def number_invalid(entry: Entry) -> Iterator[str]:
    """Season and episode numbers start at 1; readers drop a 0."""
    for name, number in (("season", entry.episode.season), ("number", entry.episode.number)):
        if number is not None and number < 1:
            yield f"{name} {number} must be at least 1"


@EPISODE.rule("error", APPLE_ART)
def image_type(entry: Entry) -> Iterator[str]:
    """An episode's own cover is a JPEG or a PNG."""
    url = entry.episode.image_url
    if url and not url.lower().endswith(tuple(s for kind in PICTURES for s in kind.suffixes)):
        yield f"the episode's cover {url} is neither .jpg nor .png"


@EPISODE.rule("error", f"{NAMESPACE}#transcript")
def transcript_type(entry: Entry) -> Iterator[str]:
    """A transcript is of a kind that apps know."""
    for transcript in entry.episode.transcripts:
        if transcript.mime_type not in TRANSCRIPT_MIMES:
            known = ", ".join(sorted(TRANSCRIPT_MIMES))
            yield f"a transcript is {transcript.mime_type}; apps know {known}"


@EPISODE.rule("error", f"{NAMESPACE}#transcript")
def transcript_page(entry: Entry) -> Iterator[str]:
    """No page of another host is served from this site as a transcript."""
    for transcript in entry.episode.transcripts:
        if transcript.mime_type == HTML.mime:
            yield f"the transcript {transcript.url} is a page of another host; run build"


@EPISODE.rule("warning", PSP1)
def text_markup(entry: Entry) -> Iterator[str]:
    """Titles, names and other plain texts hold no markup that runs where an app takes them for HTML."""
    episode = entry.episode
    texts = [("the title", episode.title), ("the subtitle", episode.subtitle)]
    texts += [("the author", episode.author), ("the text for the cover", episode.image_alt)]
    texts += [("the name of a person", person.name) for person in episode.persons]
    texts += [("the title of a chapter", chapter.title) for chapter in episode.chapters]
    for name, text in texts:
        if runs(text):
            yield f"{name} {quoted(text)} holds markup that an app may run; take it out"


@EPISODE.rule("note", APPLE_TRANSCRIPTS)
def transcript_apple(entry: Entry) -> Iterator[str]:
    """Of several transcripts, Apple takes WebVTT or SubRip."""
    kinds = {transcript.mime_type for transcript in entry.episode.transcripts}
    if kinds and not kinds & {kind.mime for kind in SUBTITLES}:
        yield "Apple Podcasts takes a transcript as WebVTT or SubRip only"


@EPISODE.rule("error", f"{NAMESPACE}#chapters")
def chapters_order(entry: Entry) -> Iterator[str]:
    """Chapters have titles, follow each other, and begin before the audio ends."""
    chapters = entry.episode.chapters
    if any(not chapter.title.strip() for chapter in chapters):
        yield "a chapter has no title"
    if any(b.start_s <= a.start_s for a, b in pairwise(chapters)):
        yield "the chapters are not in the order of their times"
    if chapters and not 0 <= chapters[-1].start_s < entry.episode.enclosure.duration_s:
        yield f"the chapter {quoted(chapters[-1].title)} begins after the end of the audio"


@EPISODE.rule("error", f"{NAMESPACE}#soundbite")
def soundbite_beyond_end(entry: Entry) -> Iterator[str]:
    """A soundbite lies within the audio."""
    for bite in entry.episode.podcast.soundbite:
        if bite.start_s + bite.duration_s > entry.episode.enclosure.duration_s:
            yield f"the soundbite at {bite.start_s:g} s ends after the audio does"


@EPISODE.rule("warning", f"{NAMESPACE}#alternate-enclosure")
def alternate_unverified(entry: Entry) -> Iterator[str]:
    """Another encoding is named briefly and with the hash by which an app can verify it."""
    for other in entry.episode.alternates:
        if not other.sha256:
            yield f"{other.url} has no hash"
        if len(other.title) > 32:
            yield f"the name {quoted(other.title)} is longer than the 32 characters that apps show"


def _addresses(episode: Episode) -> Iterator[tuple[str, str]]:
    yield "the audio", episode.enclosure.url
    yield "the link", episode.link
    yield "the page", episode.page_url
    if episode.image_url:
        yield "the cover", episode.image_url
    yield from (("the file", file.url) for file in episode.alternates)
    yield from (("the transcript", file.url) for file in episode.transcripts)
    if episode.chapters_file:
        yield "the chapters", episode.chapters_file.url
    for person in episode.persons:
        for url in filter(None, (person.href, person.img)):
            yield "the person's link", url
