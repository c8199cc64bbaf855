"""What a server must do with a show's files, each rule a function with its source.

The rules are those of Apple (podcasters.apple.com/support/823), the Podcast Standards Project
(its issue 2, on transport) and Podcasting 2.0 (podcastindex.org/namespace/1.0). `advice` knows what
to change at a host that breaks one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from columncast.episodes.http.client import Answer, number
from columncast.episodes.model.notice import Notice
from columncast.feed.live.feed_index import Named
from columncast.feed.live.probe import MOST_REDIRECTS, Asked, Way
from columncast.feed.rules.book import APPLE, APPLE_ART, NAMESPACE, PSP1, RuleBook
from columncast.feed.serving.headers import is_hashed

FEED_KEPT_S = 3600
"""A feed that caches keep longer is late in apps."""
AUDIO_KEPT_S = 86_400
ARTICLE_KEPT_S = 86_400
CERTIFICATE_DAYS = 14
PICTURE_BYTES = 512_000
"""Podcast Standards Project, issue 13."""
CORS_STANDARD = "https://fetch.spec.whatwg.org/#http-cors-protocol"
FRAME_ANCESTORS = "https://www.w3.org/TR/CSP3/#directive-frame-ancestors"
CACHING = "https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.1"
PSP_TRANSPORT = f"{PSP1}/issues/2"
ORIGIN = {"origin": "https://player.example"}
"""A web player of another site, as its browser presents it."""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """The feed as a server gives it."""

    answer: Answer
    again: Answer | None
    """To the question whether it has changed; None when there is nothing to ask that by."""
    here: bytes | None
    """The feed as it was built; None when there is none."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What a server proves its name by."""

    host: str
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that the feed names, and what its server says of it."""

    named: Named
    answer: Answer


WAY: RuleBook[Way] = RuleBook()
REPLY: RuleBook[Asked] = RuleBook()
CERTIFICATE: RuleBook[Certificate] = RuleBook()
FEED_REPLY: RuleBook[Feed] = RuleBook()
CORS: RuleBook[Answer] = RuleBook()
ARTICLE: RuleBook[Answer] = RuleBook()
"""Of the script for the publisher's article, and of what it fetches."""
FRAME: RuleBook[Answer] = RuleBook()
"""Of the player for other sites."""
FILE_REPLY: RuleBook[File] = RuleBook()


def troubles_of(asked: Asked, where: str) -> list[Notice]:
    """Return what apps and directories stumble over in what came of asking for a file."""
    return [*WAY.check(asked.way, where), *REPLY.check(asked, where)]


@WAY.rule("warning", NAMESPACE)
def not_https(way: Way) -> Iterator[str]:
    """The feed and every file that it names are served over https, without a detour over http."""
    if not way.url.startswith("https:"):
        yield "its address is not https"
    for url in way.insecure:
        yield f"leads from https to {url}"


@WAY.rule("warning", APPLE)
def redirected(way: Way) -> Iterator[str]:
    """An address answers by itself, without sending apps to another."""
    if way.hops > MOST_REDIRECTS:
        yield f"redirects over {MOST_REDIRECTS} times"
    elif way.hops:
        yield f"redirects to {way.answer.url}"


@REPLY.rule("error", APPLE)
def head_refused(asked: Asked) -> Iterator[str]:
    """The server answers HEAD, by which apps ask for a file's size."""
    if asked.way.answer.status in (405, 501):
        yield f"answers HEAD with {asked.way.answer.status}"


@REPLY.rule("error", APPLE)
def absent(asked: Asked) -> Iterator[str]:
    """The feed and every file that it names are there."""
    if asked.answer.status != 200:
        yield f"answers {asked.answer.status} instead of 200"


@REPLY.rule("error", APPLE)
def audio_packed(asked: Asked) -> Iterator[str]:
    """Audio is not compressed on the way: apps count its bytes and seek in them."""
    if asked.audio:
        answers = (asked.answer, *(part.answer for part in asked.parts))
        if found := next((answer for answer in answers if _is_packed(answer)), None):
            yield packing(found)


@REPLY.rule("warning", APPLE)
def packed_unasked(asked: Asked) -> Iterator[str]:
    """Files are compressed only for those who accept it."""
    if not asked.audio and _is_packed(asked.answer):
        yield packing(asked.answer)


@REPLY.rule("error", APPLE)
def length_differs(asked: Asked) -> Iterator[str]:
    """The server gives the length that the file has."""
    answer, should = asked.answer, asked.length_bytes
    # The length of packed bytes says nothing of the file.
    if answer.status == 200 and not answer.packed and should not in (None, answer.length_bytes):
        there = "no length" if answer.length_bytes is None else f"{answer.length_bytes} bytes"
        yield f"has {there} instead of {should}"


@REPLY.rule("error", APPLE)
def type_wrong(asked: Asked) -> Iterator[str]:
    """The server gives the type that the file has."""
    if asked.answer.status == 200 and not asked.has_right_type:
        kind = asked.answer.mime_type or "nothing"
        yield f"is served as {kind} instead of {min(asked.mime_types)}"


@REPLY.rule("error", APPLE)
def range_ignored(asked: Asked) -> Iterator[str]:
    """The server answers a byte range with 206; apps seek and resume by them."""
    for part in asked.parts:
        if part.answer.status != 206 and not part.answer.packed:
            yield f"answers a byte range with {part.answer.status} instead of 206"


@REPLY.rule("error", APPLE)
def range_wrong(asked: Asked) -> Iterator[str]:
    """The server answers a byte range with these bytes and no others."""
    for part in asked.parts:
        if part.is_range and not part.is_right_range:
            named = part.answer.header("content-range")
            yield f"answers bytes {part.start}-{part.last} with {named!r}"


@REPLY.rule("error", APPLE)
def bytes_differ(asked: Asked) -> Iterator[str]:
    """The bytes at the server are those of the file here."""
    for part in asked.parts:
        if part.is_right_range and not part.is_same:
            yield f"has other bytes at {part.start} than the file here"


@CERTIFICATE.rule("warning", APPLE)
def certificate_ends(certificate: Certificate) -> Iterator[str]:
    """The server's certificate holds for two more weeks at least."""
    left = certificate.ends - datetime.now(UTC)
    if left < timedelta(days=CERTIFICATE_DAYS):
        yield f"the certificate of {certificate.host} ends in {left.days} days"


@FEED_REPLY.rule("warning", PSP_TRANSPORT)
def no_validator(feed: Feed) -> Iterator[str]:
    """The feed has an ETag or a date of change, so that apps need not load it again and again."""
    if feed.again is None:
        yield "has neither ETag nor Last-Modified"


@FEED_REPLY.rule("warning", PSP_TRANSPORT)
def no_304(feed: Feed) -> Iterator[str]:
    """Asked for a feed that has not changed, the server answers 304."""
    if feed.again and feed.again.status != 304:
        name = "if-none-match" if feed.answer.header("etag") else "if-modified-since"
        yield f"answers {name} with {feed.again.status} instead of 304"


@CORS.rule("warning", NAMESPACE)
def no_cors(answer: Answer) -> Iterator[str]:
    """Web players of other sites may read the feed, transcripts and chapters."""
    if not _open_to_all(answer):
        yield "does not let web players read it"


@ARTICLE.rule("warning", CORS_STANDARD)
def article_no_cors(answer: Answer) -> Iterator[str]:
    """The publisher's article may load the script for articles, and read what that fetches."""
    if not _open_to_all(answer):
        yield "does not let the publisher's article read it"


@ARTICLE.rule("warning", CACHING)
def article_kept_long(answer: Answer) -> Iterator[str]:
    """Caches keep what has one name for ever for a day at most: a mended script is to arrive."""
    kept_s = kept_for_s(answer)
    if kept_s is not None and kept_s > ARTICLE_KEPT_S and not is_hashed(answer.url):
        yield f"may be kept for {kept_s / 86_400:.0f} days"


@FRAME.rule("warning", FRAME_ANCESTORS)
def frame_forbidden(answer: Answer) -> Iterator[str]:
    """Every site may show the player for other sites in a frame."""
    if forbids := _forbids_frames(answer):
        yield f"may not stand in a frame of another site ({forbids})"


@FEED_REPLY.rule("warning", PSP_TRANSPORT)
def feed_kept_long(feed: Feed) -> Iterator[str]:
    """Caches keep the feed for an hour at most, or new episodes are late."""
    kept_s = kept_for_s(feed.answer)
    if kept_s is not None and kept_s > FEED_KEPT_S:
        yield f"may be kept for {kept_s / 3600:.0f} hours"


@FEED_REPLY.rule("warning", APPLE)
def feed_differs(feed: Feed) -> Iterator[str]:
    """The live feed is the one that was built last."""
    if feed.answer.readable and feed.here != feed.answer.content:
        yield "is not the feed that was built here"


@FILE_REPLY.rule("warning", APPLE_ART)
def picture_heavy(file: File) -> Iterator[str]:
    """A picture has at most 512 kB: apps load it again and again."""
    length_bytes = file.answer.length_bytes or 0
    if file.named.element in ("image", "thumbnail") and length_bytes > PICTURE_BYTES:
        yield f"has {length_bytes / 1000:.0f} kB"


@FILE_REPLY.rule("warning", APPLE)
def audio_not_kept(file: File) -> Iterator[str]:
    """Caches keep audio whose name holds its hash for a day at least: it never changes."""
    if file.named.element == "enclosure" and is_hashed(file.named.path):
        kept_s = kept_for_s(file.answer)
        if kept_s is None or kept_s < AUDIO_KEPT_S:
            yield "may be kept for less than a day"


def packing(answer: Answer) -> str:
    """Return what is wrong with a server that packs for those who ask for a file as it is.

    Podcast apps do ask so (`Accept-Encoding: identity`), since they count bytes and seek in them.
    """
    return f"is sent packed ({answer.packed}) although it was asked for as it is"


def _open_to_all(answer: Answer) -> bool:
    return answer.header("access-control-allow-origin") in ("*", ORIGIN["origin"])


def _forbids_frames(answer: Answer) -> str:
    """Return what keeps *answer* out of the frames of other sites; empty where nothing does.

    Where a policy names frame-ancestors, browsers pass over X-Frame-Options (CSP 3, 6.4.2.2); of
    several policies each must agree.

    >>> both = {"x-frame-options": "DENY", "content-security-policy": "frame-ancestors *"}
    >>> _forbids_frames(Answer(url="", status=200, headers=both, content=b""))
    ''
    """
    policies = [
        next((words for words in directives if words[:1] == ["frame-ancestors"]), None)
        for policy in answer.header("content-security-policy").lower().split(",")
        for directives in [[directive.split() for directive in policy.split(";")]]
    ]
    if any(policies):
        strict = (words for words in policies if words and not {"*", "https:"} & set(words[1:]))
        return " ".join(next(strict, []))
    options = answer.header("x-frame-options")
    words = {word.strip() for word in options.lower().split(",")}
    return f"x-frame-options {options}" if words & {"deny", "sameorigin"} else ""


def _is_packed(answer: Answer) -> bool:
    return bool(answer.packed) and answer.status < 400


def kept_for_s(answer: Answer) -> int | None:
    """Return for how many seconds caches may keep *answer*; None where it does not say.

    >>> kept_for_s(Answer(url="", status=200, headers={"cache-control": "public, max-age=300"}, content=b""))
    300
    """
    words = [word.strip() for word in answer.header("cache-control").lower().split(",")]
    if "no-store" in words or "no-cache" in words:
        return 0
    ages = [word.partition("=")[2] for word in words if word.startswith(("max-age=", "s-maxage="))]
    return max((age for age in map(number, ages) if age is not None), default=None)
