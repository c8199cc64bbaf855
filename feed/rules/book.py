"""What a rule is: one function, one source, one severity; and how a book of them is gone through.

The other modules of this room hold the rules: of the show, of an episode, of all episodes together,
of the files, and of the rendered feed. A function's name is the rule's code, its docstring says the
rule in one sentence, and it yields a line for each thing that it finds wrong. `error` is what a directory refuses or what makes an app
show something false: `build` does not replace a good feed by one that has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import SplitResult, urlsplit

from columncast.episodes.model.notice import Notice, Severity

T = TypeVar("T")
Look = Callable[[T], Iterator[str]]

APPLE = "https://podcasters.apple.com/support/823-podcast-requirements"
APPLE_ART = "https://podcasters.apple.com/support/896-artwork-requirements"
APPLE_GUIDE = "https://help.apple.com/itc/podcasts_connect/#/itcb54353390"
APPLE_TRANSCRIPTS = "https://podcasters.apple.com/support/5316-transcripts-on-apple-podcasts"
CWE_LINKS = "https://cwe.mitre.org/data/definitions/59.html"
FORBIDDEN = "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.4"
NAMESPACE = "https://podcastindex.org/namespace/1.0"
PSP1 = "https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification"
RFC5005 = "https://www.rfc-editor.org/rfc/rfc5005"
RFC5646 = "https://www.rfc-editor.org/rfc/rfc5646"
RSS = "https://www.rssboard.org/rss-specification"
SPECIAL_ADDRESSES = "https://www.rfc-editor.org/rfc/rfc6890"
SPOTIFY = "https://support.spotify.com/us/creators/article/podcast-specification-doc/"
SRT = "https://docs.fileformat.com/video/srt/"
UNICODE = "https://www.w3.org/TR/xml/#charsets"
WEBVTT = "https://www.w3.org/TR/webvtt1/"
YOUTUBE = "https://support.google.com/youtube/answer/13525207"


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[T]):
    """One rule about one kind of thing."""

    code: str
    severity: Severity
    source: str
    says: str
    look: Look[T]


class RuleBook(list[Rule[T]]):
    """The rules about one kind of thing, in the order in which findings are listed."""

    def rule(self, severity: Severity, source: str) -> Callable[[Look[T]], Look[T]]:
        """Add the decorated function as a rule; its name is the code: `feed_art` is `feed-art`."""

        def add(look: Look[T]) -> Look[T]:
            code = look.__name__.replace("_", "-")
            says = " ".join((look.__doc__ or "").split())
            self.append(Rule(code=code, severity=severity, source=source, says=says, look=look))
            return look

        return add

    def check(self, thing: T, where: str) -> list[Notice]:
        """Return everything that is wrong with *thing*, found at *where*."""
        return [
            Notice(
                code=rule.code,
                severity=rule.severity,
                source=rule.source,
                message=message,
                where=where,
            )
            for rule in self
            for message in rule.look(thing)
        ]


def split_url(url: str) -> SplitResult:
    """Return the parts of *url*; all are empty where it is no address at all.

    >>> split_url("http://[::1").hostname, split_url("http://a.example/b").hostname
    (None, 'a.example')
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # which is read when it is asked for
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def url_trouble(url: str) -> str:
    """Say what makes *url* one that apps cannot fetch; nothing when they can.

    >>> url_trouble("https://example.org/a%20b.mp3")
    ''
    >>> url_trouble("audio/a.mp3")
    'is not a full address'
    >>> url_trouble("https://example.org/a b.mp3")
    'has characters other than plain ASCII'
    """
    parts = split_url(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "is not a full address"
    return "" if re.fullmatch(r"[!-~]+", url) else "has characters other than plain ASCII"


def is_secure(url: str) -> bool:
    """Whether *url* is https, or on this machine, where nobody listens in."""
    parts = split_url(url)
    return parts.scheme == "https" or parts.hostname in ("127.0.0.1", "::1", "localhost")


def quoted(text: str, limit: int = 60) -> str:
    """Show *text* inside a message, not too long."""
    return f"‘{text if len(text) <= limit else text[: limit - 1] + '…'}’"
