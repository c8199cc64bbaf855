"""One address, asked for as a podcast app and a directory ask for it; `server_rules` judges the answers.

Apple wants HEAD and byte ranges answered with 206 (podcasters.apple.com/support/823); apps resume
and seek with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from columncast.episodes.http.client import Answer, Client
from columncast.episodes.model.media_types import same_type
from columncast.feed.serving.headers import content_type

MOST_REDIRECTS = 5
SAMPLE_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where redirects led."""

    url: str
    """Where it began."""
    answer: Answer
    """The last one."""
    hops: int = 0
    """How many redirects were followed; over `MOST_REDIRECTS` the answer is one more redirect."""
    insecure: tuple[str, ...] = ()
    """The addresses without https to which the way led."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What came of asking for a range of bytes."""

    start: int
    last: int
    length_bytes: int
    """Of the whole file."""
    answer: Answer
    here: bytes | None
    """The same bytes of the file here; None where there is none."""

    @property
    def is_range(self) -> bool:
        """Whether it is an answer of part of the file."""
        return self.answer.status == 206 and not self.answer.packed

    @property
    def is_right_range(self) -> bool:
        """Whether it is the part that was asked for, as its header and its length say."""
        named = self.answer.header("content-range").replace(" ", "")
        return (
            self.is_range
            and named == f"bytes{self.start}-{self.last}/{self.length_bytes}"
            and len(self.answer.content) == self.last - self.start + 1
        )

    @property
    def is_same(self) -> bool:
        """Whether the bytes are those of the file here, as far as it is here."""
        return self.is_right_range and self.here in (None, self.answer.content)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What came of asking for a file."""

    way: Way
    answer: Answer
    """To HEAD, or to GET where HEAD is refused."""
    mime_types: frozenset[str] = frozenset()
    """Those that are right; none when any is."""
    audio: bool = False
    length_bytes: int | None = None
    """What it should have; None when nobody knows."""
    parts: tuple[Part, ...] = ()
    """Up to the first that is wrong."""

    @property
    def has_right_type(self) -> bool:
        """Whether it is served as what it is."""
        kinds = self.mime_types
        return not kinds or any(same_type(self.answer.mime_type, kind) for kind in kinds)


def follow(
    client: Client,
    url: str,
    method: str = "GET",
    *,
    headers: Mapping[str, str] | None = None,
    most_bytes: int = 50_000_000,
) -> Way:
    """Ask for *url* and go where redirects lead.

    Raises:
        RemoteError: There was no answer.
    """
    answer = client.ask(url, method, headers=headers, most_bytes=most_bytes)
    hops, insecure = 0, []
    while answer.redirect:
        hops += 1
        if hops > MOST_REDIRECTS:
            break
        if url.startswith("https:") and answer.redirect.startswith("http:"):
            insecure.append(answer.redirect)
        answer = client.ask(answer.redirect, method, headers=headers, most_bytes=most_bytes)
    return Way(url=url, answer=answer, hops=hops, insecure=tuple(insecure))


def ask_for(
    client: Client,
    url: str,
    *,
    path: str,
    local: Path | None,
    mime_type: str = "",
    length_bytes: int | None = None,
) -> Asked:
    """Ask for the file *path*, which should have *length_bytes* and, where it is here, these bytes.

    Raises:
        RemoteError: There was no answer.
    """
    way = follow(client, url, "HEAD")
    answer = way.answer
    if answer.status in (405, 501):
        answer = follow(client, url, most_bytes=1).answer
    should = local.stat().st_size if local and local.is_file() else length_bytes
    kinds = {content_type(path).partition(";")[0], mime_type} - {"", "application/octet-stream"}
    asked = Asked(
        way=way,
        answer=answer,
        mime_types=frozenset(kinds),
        audio=path.startswith("audio/"),
        length_bytes=should,
    )
    if (
        not (asked.audio and should and asked.has_right_type)
        or (answer.status, answer.length_bytes) != (200, should)
        or answer.packed
    ):
        return asked
    return replace(asked, parts=tuple(_parts(client, answer.url, should, local)))


def _parts(client: Client, url: str, length_bytes: int, local: Path | None) -> Iterator[Part]:
    """Ask for a part from somewhere within and for the end, until one is wrong."""
    somewhere = int(hashlib.sha256(url.encode()).hexdigest(), 16) % length_bytes
    for start in (somewhere, max(0, length_bytes - SAMPLE_BYTES)):
        last = min(start + SAMPLE_BYTES, length_bytes) - 1
        wanted = {"range": f"bytes={start}-{last}"}
        part = Part(
            start=start,
            last=last,
            length_bytes=length_bytes,
            answer=client.ask(url, headers=wanted, most_bytes=SAMPLE_BYTES),
            here=_bytes_of(local, start, last) if local else None,
        )
        yield part
        if not part.is_same:
            return


def _bytes_of(local: Path, start: int, last: int) -> bytes:
    with local.open("rb") as f:
        f.seek(start)
        return f.read(last - start + 1)
