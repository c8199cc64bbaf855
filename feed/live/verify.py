"""New files at their public addresses, before and after the feed names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from columncast.episodes.errors import RemoteError
from columncast.episodes.http.client import Answer, Client
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import public_url
from columncast.episodes.storage.store import Content, Storage
from columncast.episodes.waiting.retry import Retry, TemporaryError
from columncast.feed.live.advice import advice
from columncast.feed.live.feed_index import FEED, Named, read_feed
from columncast.feed.live.plan import Plan
from columncast.feed.live.probe import Asked, ask_for
from columncast.feed.live.server_rules import packing, troubles_of
from columncast.feed.serving.headers import is_hashed

VERIFY_TRIES = 4
"""A new file may take a moment until every server of a store knows it."""
PICTURES = frozenset({"image", "thumbnail", "person"})


@dataclass(frozen=True, kw_only=True)
class Servers:
    """How one run talks to servers."""

    client: Client = field(default_factory=Client)
    retry: Retry = field(default_factory=Retry)


def is_audio(named: Named) -> bool:
    """Whether it is what listeners hear, here or elsewhere."""
    return named.element in ("enclosure", "alternateEnclosure")


def verify(
    folder: ShowFolder, servers: Servers, named: Sequence[Named], *, at_once: int
) -> list[Notice]:
    """Ask for files at their public addresses before a feed names them."""
    retry = replace(servers.retry, tries=min(VERIFY_TRIES, servers.retry.tries))

    def ask(file: Named) -> Asked:
        # A measuring service only redirects to it; what counts here is the file itself.
        url = public_url(folder.show, file.path) if file.path else file.url
        local = folder.root / file.path if file.path else None
        asked = ask_for(
            servers.client,
            url,
            path=file.path or url,
            local=local,
            mime_type=file.mime_type,
            length_bytes=file.length_bytes,
        )
        if asked.answer.status != 200:
            raise TemporaryError(
                f"is not at its public address yet ({asked.answer.status}); if base_url is right, "
                + advice("absent", asked.answer),
                where=url,
            )
        return asked

    notices = []
    with asking(servers, at_once) as pool:
        answers = pool.map(lambda file: retry(lambda: ask(file)), named)
        for file, asked in zip(named, answers, strict=True):
            notices += _judged(file, asked)
    return notices


@contextmanager
def asking(servers: Servers, at_once: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads that ask servers; one error ends what is not begun, Ctrl-C all of it."""
    with ThreadPoolExecutor(at_once, thread_name_prefix="ask") as pool:
        try:
            yield pool
        except BaseException as e:
            pool.shutdown(wait=False, cancel_futures=True)
            if not isinstance(e, Exception):
                servers.client.stop()
            raise


def _judged(file: Named, asked: Asked) -> list[Notice]:
    """Return what is to be told of *file*, or raise what keeps it out of the feed."""
    notices = []
    for trouble in troubles_of(asked, file.url):
        if trouble.code == "not-https" and not asked.way.url.startswith("https:"):
            continue  # the show's own choice; `check` reports it
        message = f"{trouble.message}; {advice(trouble.code, asked.answer)}"
        if trouble.code not in _forgiven(file):
            raise RemoteError(f"{message}; the feed was not touched", where=file.url)
        notices.append(replace(trouble, message=message, severity="warning"))
    return notices


def _forgiven(file: Named) -> frozenset[str]:
    """What does not hinder listening: a type that apps do not look at, a picture made smaller."""
    if file.element == "enclosure":
        return frozenset({"redirected"})
    if is_audio(file) or (is_hashed(file.path) and file.element not in PICTURES):
        return frozenset({"redirected", "type-wrong", "packed-unasked"})
    return frozenset({"redirected", "type-wrong", "packed-unasked", "length-differs"})


def read_back(folder: ShowFolder, store: Storage, plan: Plan, servers: Servers) -> list[Notice]:
    """Read the live feed back, from the store and as an app gets it."""
    for step in plan.at("feed"):
        there = store.get(step.key)
        if there is None or there.data != step.path.read_bytes():
            raise RemoteError(
                "does not hold what was just written; somebody else may be publishing too: run "
                "again: columncast publish",
                where=store.label + step.key,
            )
        read_feed(there.data, folder.show, where=store.label + step.key)
    if not plan.public:
        return []
    answer = servers.retry(
        lambda: servers.client.ask(plan.feed_url, headers={"cache-control": "no-cache"})
    )
    local = (folder.root / FEED).read_bytes()
    if answer.status == 200 and answer.content == local:
        read_feed(answer.content, folder.show, where=plan.feed_url)
        return [_packed_feed(answer)] if answer.packed else []
    before = plan.live.get(FEED, Content(data=b"", version=""))
    if answer.status == 200 and before.data and answer.content == before.data:
        age = answer.header("cache-control") or "no Cache-Control"
        return [
            Notice(
                code="feed-cached",
                message=f"a cache still gives the feed before this one ({age}); {advice('feed-cached', answer)}",
                where=plan.feed_url,
            )
        ]
    if answer.status == 200 and not answer.readable:
        notice = _packed_feed(answer)
        raise RemoteError(f"cannot be read back: it {notice.message}", where=plan.feed_url)
    what = f"answers {answer.status}" if answer.status != 200 else "gives another feed than was put"
    raise RemoteError(
        f"{what}; is base_url in show.toml where {store.label} is served?", where=plan.feed_url
    )


def _packed_feed(answer: Answer) -> Notice:
    message = f"{packing(answer)}; {advice('packed-unasked', answer)}"
    return Notice(code="packed-unasked", message=message, where=answer.url)


def not_live_yet(servers: Servers, urls: Sequence[str]) -> Iterator[Notice]:
    """Yield which of *urls* nobody can open: a letter with them in it cannot be called back."""
    for url in urls:
        try:
            status = servers.client.ask(url, "HEAD").status
            why = "" if status < 400 else f"answers {status}"
        except RemoteError as e:
            why = e.message
        if why:
            yield Notice(
                code="not-live-yet",
                message=f"{why}; run columncast publish before the letter is sent",
                where=url,
            )
