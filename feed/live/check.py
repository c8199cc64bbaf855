"""`check --live`: the real server, asked as a directory would ask it, and what to change there.

`server_rules` holds the rules; here is who is asked, for what, and in which order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from columncast.episodes.errors import FeedError, RemoteError
from columncast.episodes.http.client import Answer
from columncast.episodes.model.asset_name import glob_of
from columncast.episodes.model.media_types import RSS
from columncast.episodes.model.notice import Cure, Notice
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Show
from columncast.feed.live.advice import HOSTS, advice, cures, host_of
from columncast.feed.live.feed_index import FEED, FeedDocument, Named, read_feed, slug_of
from columncast.feed.live.local_site import items_of
from columncast.feed.live.probe import Asked, ask_for, follow
from columncast.feed.live.server_rules import (
    ARTICLE,
    CERTIFICATE,
    CORS,
    FEED_REPLY,
    FILE_REPLY,
    FRAME,
    ORIGIN,
    Certificate,
    Feed,
    File,
    troubles_of,
)
from columncast.feed.live.verify import Servers, asking
from columncast.feed.rules import book
from columncast.feed.serving.headers import LATEST, content_type

AT_ONCE = 8
NEWEST = 10
SAMPLE = 10


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
        way = servers.retry(lambda: follow(servers.client, url, headers=ORIGIN))
    except RemoteError as e:
        return [_no_answer(e, url)]
    answer = way.answer
    asked = Asked(way=way, answer=answer, mime_types=frozenset({RSS.mime}))
    troubles = troubles_of(asked, url)
    if url.startswith("https:"):
        ends = servers.client.certificate_ends(url)
        certificate = Certificate(host=urlsplit(url).hostname or "", ends=ends)
        troubles += CERTIFICATE.check(certificate, url)
    if answer.status == 200:
        feed = _feed(folder, servers, answer)
        troubles += [*FEED_REPLY.check(feed, url), *CORS.check(answer, url)]
    findings = [_with_cure(trouble, answer) for trouble in troubles]
    if answer.status != 200 or not answer.readable:
        return findings
    try:
        live = read_feed(answer.content, folder.show, where=url)
    except FeedError as e:
        broken = Notice(
            code="not-a-feed", message=e.message, where=url, severity="error", source=book.RSS
        )
        return [*findings, _with_cure(broken, answer)]
    files = _chosen(live, answer.content, newest, sample)
    with asking(servers, AT_ONCE) as pool:
        for found in pool.map(lambda named: list(_file_findings(folder, servers, named)), files):
            findings += found
        for found in pool.map(
            lambda key: list(_article_findings(folder, servers, key)), _of_articles(folder, live)
        ):
            findings += found
        for found in pool.map(
            lambda key: list(_player_findings(folder, servers, key)), _players(folder, live)
        ):
            findings += found
    return findings


def _players(folder: ShowFolder, live: FeedDocument) -> list[str]:
    """Return the players for other sites: the newest episode's and the newest of all, if built."""
    slug = _newest_slug(live)
    pages = {f"feed/{slug}/embed/": "index.html", f"feed/{LATEST}": ""}
    return [key for key, index in pages.items() if (folder.root / key / index).is_file()]


def _player_findings(folder: ShowFolder, servers: Servers, key: str) -> Iterator[Notice]:
    url = folder.show.base_url + key
    try:
        way = servers.retry(lambda: follow(servers.client, url))
    except RemoteError as e:
        yield _no_answer(e, url)
        return
    if way.answer.status == 200:  # else built by this version and not yet live
        for trouble in FRAME.check(way.answer, url):
            yield _with_cure(trouble, way.answer)


def _newest_slug(live: FeedDocument) -> str:
    return next((slug_of(item.enclosure.path) for item in live.items if item.enclosure.path), "")


def _of_articles(folder: ShowFolder, live: FeedDocument) -> list[str]:
    """Return what an article with the newest episode fetches, as far as it was built here."""
    slug = _newest_slug(live)
    home = folder.feed / slug
    times = sorted(home.glob(glob_of("sentences", ".json"))) if slug else []
    files = [folder.feed / "listen.js", *([home / "listen.json"] if slug else []), *times]
    return [file.relative_to(folder.root).as_posix() for file in files if file.is_file()]


def _article_findings(folder: ShowFolder, servers: Servers, key: str) -> Iterator[Notice]:
    url = folder.show.base_url + key
    try:
        way = servers.retry(lambda: follow(servers.client, url, "HEAD", headers=ORIGIN))
    except RemoteError as e:
        yield _no_answer(e, url)
        return
    if way.answer.status != 200:
        return  # built by this version and not yet live; nothing that is live leads there
    kinds = frozenset({content_type(key).partition(";")[0]})
    asked = Asked(way=way, answer=way.answer, mime_types=kinds)
    for trouble in [*troubles_of(asked, url), *ARTICLE.check(way.answer, url)]:
        yield _with_cure(trouble, way.answer)


def _feed(folder: ShowFolder, servers: Servers, answer: Answer) -> Feed:
    """Ask what else the rules about the feed want to know of its server."""
    tag, date = answer.header("etag"), answer.header("last-modified")
    condition = {"if-none-match": tag} if tag else {"if-modified-since": date} if date else {}
    local = folder.root / FEED
    return Feed(
        answer=answer,
        again=servers.retry(lambda: servers.client.ask(answer.url, headers=condition))
        if condition
        else None,
        here=local.read_bytes() if local.is_file() else None,
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
        troubles = [
            *troubles_of(asked, named.url),
            *(_file_troubles(servers, named, asked.answer) if asked.answer.status == 200 else ()),
        ]
    except RemoteError as e:
        yield _no_answer(e, named.url)
        return
    for trouble in troubles:
        if trouble.code == "redirected" and _measured(folder.show, named):
            continue  # a measuring service does nothing else
        yield _with_cure(trouble, asked.answer)


def _file_troubles(servers: Servers, named: Named, answer: Answer) -> list[Notice]:
    troubles = FILE_REPLY.check(File(named=named, answer=answer), named.url)
    if named.element in ("transcript", "chapters"):
        for_players = servers.client.ask(answer.url, "HEAD", headers=ORIGIN)
        troubles += CORS.check(for_players, named.url)
    return troubles


def _measured(show: Show, named: Named) -> bool:
    return bool(show.media.prefix) and named.url.startswith(show.media.prefix)


def _no_answer(error: RemoteError, url: str) -> Notice:
    return _with_cure(
        Notice(
            code="no-answer",
            message=error.message,
            where=url,
            severity="error",
            source=book.APPLE,
        )
    )


def _with_cure(trouble: Notice, answer: Answer | None = None) -> Notice:
    """Return *trouble* with what to change at the host that gave *answer*."""
    known = cures(trouble.code)
    cure = Cure(
        what=advice(trouble.code, answer) if answer else known[""],
        host=HOSTS.get(host_of(answer), "") if answer else "",
        by_host=tuple((HOSTS.get(host, "other"), what) for host, what in known.items()),
    )
    return replace(trouble, cure=cure)
