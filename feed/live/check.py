"""`check --live`: the real server, asked as a directory would ask it, and what to change there.

The rules are those of Apple (podcasters.apple.com/support/823), the Podcast Standards Project
(its issue 2, on transport) and Podcasting 2.0 (podcastindex.org/namespace/1.0).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from columncast.episodes.errors import FeedError, RemoteError
from columncast.episodes.http.client import Answer, number
from columncast.episodes.model.media_types import RSS, same_type
from columncast.episodes.model.notice import Cure, Notice
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show
from columncast.feed.live.advice import HOSTS, advice, cures, host_of
from columncast.feed.live.feed_index import FEED, FeedDocument, Named, read_feed
from columncast.feed.live.local_site import items_of
from columncast.feed.live.probe import ask_for, follow, packed
from columncast.feed.live.verify import Servers, asking
from columncast.feed.rules import book
from columncast.feed.serving.headers import is_hashed

AT_ONCE = 8
NEWEST = 10
SAMPLE = 10
FEED_KEPT_S = 3600
"""A feed that caches keep longer is late in apps."""
CERTIFICATE_DAYS = 14
PICTURE_BYTES = 512_000
"""Podcast Standards Project, issue 13."""

PSP_TRANSPORT = f"{book.PSP1}/issues/2"
ORIGIN = {"origin": "https://player.example"}


SOURCES = {
    "no-cors": book.NAMESPACE,
    "no-304": PSP_TRANSPORT,
    "no-validator": PSP_TRANSPORT,
    "feed-kept-long": PSP_TRANSPORT,
    "picture-heavy": book.APPLE_ART,
    "not-https": book.NAMESPACE,
}
"""Where a rule is written, if not among Apple's requirements."""


def check_live(
    folder: ShowFolder,
    *,
    servers: Servers | None = None,
    newest: int = NEWEST,
    sample: int = SAMPLE,
) -> list[Notice]:
    """Ask the real server for the feed, its newest episodes, and a sample of the others.

    An empty list means that a directory would find nothing. No file is changed anywhere.
    """
    servers = servers or Servers()
    url = folder.show.feed_url
    try:
        answer, way = servers.retry(lambda: follow(servers.client, url, headers=ORIGIN))
    except RemoteError as e:
        return [_finding(Notice(severity="error", code="no-answer", message=e.message), url, None)]
    findings = [_finding(trouble, url, answer) for trouble in way]
    findings += [_finding(t, url, answer) for t in _feed_troubles(folder, servers, url, answer)]
    findings += [_finding(t, url, answer) for t in _certificate(servers, url)]
    if answer.status != 200 or not answer.readable:
        return findings
    try:
        live = read_feed(answer.content, folder.show, where=url)
    except FeedError as e:
        return [
            *findings,
            _finding(Notice(severity="error", code="not-a-feed", message=e.message), url, answer),
        ]
    files = _chosen(live, answer.content, newest, sample)
    with asking(servers, AT_ONCE) as pool:
        for found in pool.map(lambda named: list(_file_findings(folder, servers, named)), files):
            findings += found
    return findings


def _feed_troubles(
    folder: ShowFolder, servers: Servers, url: str, answer: Answer
) -> Iterator[Notice]:
    """What is wrong with the feed as it is served."""
    if not url.startswith("https:"):
        yield Notice(code="not-https", message="the feed's address is not https")
    if answer.status != 200:
        yield Notice(
            severity="error", code="absent", message=f"answers {answer.status} instead of 200"
        )
        return
    if not same_type(answer.mime_type, RSS.mime):
        yield Notice(
            severity="error",
            code="type-wrong",
            message=f"is served as {answer.mime_type or 'nothing'} instead of {RSS.mime}",
        )
    if answer.packed:
        yield packed(answer, audio=False)
    yield from _validators(servers, answer)
    yield from _cors(answer)
    kept_s = kept_for_s(answer)
    if kept_s is not None and kept_s > FEED_KEPT_S:
        yield Notice(code="feed-kept-long", message=f"may be kept for {kept_s / 3600:.0f} hours")
    local = folder.root / FEED
    if not answer.readable:
        return
    if not local.is_file() or local.read_bytes() != answer.content:
        yield Notice(code="feed-differs", message="is not the feed that was built here")


def _validators(servers: Servers, answer: Answer) -> Iterator[Notice]:
    tag, date = answer.header("etag"), answer.header("last-modified")
    if not tag and not date:
        yield Notice(code="no-validator", message="has neither ETag nor Last-Modified")
        return
    asked = {"if-none-match": tag} if tag else {"if-modified-since": date}
    again = servers.retry(lambda: servers.client.ask(answer.url, headers=asked))
    if again.status != 304:
        (name,) = asked
        yield Notice(code="no-304", message=f"answers {name} with {again.status} instead of 304")


def _cors(answer: Answer) -> Iterator[Notice]:
    if answer.header("access-control-allow-origin") not in ("*", ORIGIN["origin"]):
        yield Notice(code="no-cors", message="does not let web players read it")


def _certificate(servers: Servers, url: str) -> Iterator[Notice]:
    if not url.startswith("https:"):
        return
    ends = servers.client.certificate_ends(url)
    left = ends - datetime.now(UTC)
    if left < timedelta(days=CERTIFICATE_DAYS):
        yield Notice(
            code="certificate-ends",
            message=f"the certificate of {urlsplit(url).hostname} ends in {left.days} days",
        )


def _chosen(live: FeedDocument, xml: bytes, newest: int, sample: int) -> list[Named]:
    """Return the files to ask for: the cover, all of the newest items, and some of the others."""
    items = items_of([live])
    # The same feed is asked about the same ones, so that a finding can be looked into.
    others = random.Random(xml).sample(items[newest:], min(sample, len(items[newest:])))  # noqa: S311 - no secret
    chosen = [named for item in [*items[:newest], *others] for named in item.named]
    of_items = {named.url for item in items for named in item.named}
    cover = [named for named in live.named if named.url not in of_items]
    return list({named.url: named for named in [*cover, *chosen]}.values())


def _file_findings(folder: ShowFolder, servers: Servers, named: Named) -> Iterator[Notice]:
    local = folder.root / named.path if named.path else None
    try:
        asked = servers.retry(
            lambda: ask_for(
                servers.client,
                named.url,
                path=named.path or named.url,
                local=local if local and local.is_file() else None,
                mime_type=named.mime_type,
                length_bytes=named.length_bytes,
            )
        )
        troubles = list(asked.troubles) + list(_kind_troubles(servers, named, asked.answer))
    except RemoteError as e:
        yield _finding(
            Notice(severity="error", code="no-answer", message=e.message), named.url, None
        )
        return
    for trouble in troubles:
        if trouble.code == "redirected" and _measured(folder.show, named):
            continue  # a measuring service does nothing else
        yield _finding(trouble, named.url, asked.answer)


def _kind_troubles(servers: Servers, named: Named, answer: Answer) -> Iterator[Notice]:
    if answer.status != 200:
        return
    if not named.url.startswith("https:"):
        yield Notice(code="not-https", message="its address is not https")
    if named.element in ("transcript", "chapters"):
        yield from _cors(servers.client.ask(answer.url, "HEAD", headers=ORIGIN))
    if named.element in ("image", "thumbnail") and (answer.length_bytes or 0) > PICTURE_BYTES:
        yield Notice(
            code="picture-heavy", message=f"has {(answer.length_bytes or 0) / 1000:.0f} kB"
        )
    if named.element == "enclosure" and is_hashed(named.path):
        kept_s = kept_for_s(answer)
        if kept_s is None or kept_s < 86_400:
            yield Notice(code="audio-not-kept", message="may be kept for less than a day")


def _measured(show: Show, named: Named) -> bool:
    return bool(show.media.prefix) and named.url.startswith(show.media.prefix)


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


def _finding(trouble: Notice, url: str, answer: Answer | None) -> Notice:
    """Return *trouble* with its place, where the rule stands and what to change."""
    known = cures(trouble.code)
    cure = Cure(
        what=advice(trouble.code, answer) if answer else known[""],
        host=HOSTS.get(host_of(answer), "") if answer else "",
        by_host=tuple((HOSTS.get(host, "other"), what) for host, what in known.items()),
    )
    source = SOURCES.get(trouble.code, book.APPLE)
    return replace(trouble, where=url, source=source, cure=cure)
