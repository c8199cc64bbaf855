"""One public file, asked for as a podcast app and a directory ask for it.

Apple wants HEAD and byte ranges answered with 206 (podcasters.apple.com/support/823); apps resume
and seek with them. Each thing wrong is a `Notice` without a place and a cure: `advice` knows these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from columncast.episodes.http.client import Answer, Client
from columncast.episodes.model.media_types import same_type
from columncast.episodes.model.notice import Notice
from columncast.feed.serving.headers import content_type

MOST_REDIRECTS = 5
SAMPLE_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What came of asking for a file."""

    url: str
    """Where it was in the end, after redirects."""
    answer: Answer
    """To HEAD, or to GET where HEAD is refused."""
    troubles: tuple[Notice, ...] = ()


def follow(
    client: Client,
    url: str,
    method: str = "GET",
    *,
    headers: Mapping[str, str] | None = None,
    most_bytes: int = 50_000_000,
) -> tuple[Answer, list[Notice]]:
    """Return the last answer on the way that redirects lead, and what to say of the way.

    Raises:
        RemoteError: There was no answer.
    """
    troubles: list[Notice] = []
    answer = client.ask(url, method, headers=headers, most_bytes=most_bytes)
    hops = 0
    while answer.redirect:
        hops += 1
        if hops > MOST_REDIRECTS:
            troubles.append(
                Notice(code="redirected", message=f"redirects over {MOST_REDIRECTS} times")
            )
            return answer, troubles
        if url.startswith("https:") and answer.redirect.startswith("http:"):
            troubles.append(
                Notice(code="not-https", message=f"leads from https to {answer.redirect}")
            )
        answer = client.ask(answer.redirect, method, headers=headers, most_bytes=most_bytes)
    if hops:
        troubles.append(Notice(code="redirected", message=f"redirects to {answer.url}"))
    return answer, troubles


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
    answer, troubles = follow(client, url, "HEAD")
    if answer.status in (405, 501):
        troubles.append(
            Notice(
                severity="error", code="head-refused", message=f"answers HEAD with {answer.status}"
            )
        )
        answer, _ = follow(client, url, most_bytes=1)
    if answer.status != 200:
        troubles.append(
            Notice(
                severity="error", code="absent", message=f"answers {answer.status} instead of 200"
            )
        )
        return Asked(url=answer.url, answer=answer, troubles=tuple(troubles))
    should = local.stat().st_size if local and local.is_file() else length_bytes
    audio = path.startswith("audio/")
    if answer.packed:  # its length is that of the packed bytes, and says nothing of the file
        troubles.append(packed(answer, audio=audio))
    elif should is not None and answer.length_bytes != should:
        there = "no length" if answer.length_bytes is None else f"{answer.length_bytes} bytes"
        troubles.append(
            Notice(
                severity="error", code="length-differs", message=f"has {there} instead of {should}"
            )
        )
    kinds = {content_type(path).partition(";")[0], mime_type} - {"", "application/octet-stream"}
    if kinds and not any(same_type(answer.mime_type, kind) for kind in kinds):
        troubles.append(
            Notice(
                severity="error",
                code="type-wrong",
                message=f"is served as {answer.mime_type or 'nothing'} instead of {min(kinds)}",
            )
        )
    elif audio and should and answer.length_bytes == should and not answer.packed:
        troubles += _ranges(client, answer.url, should, local)
    return Asked(url=answer.url, answer=answer, troubles=tuple(troubles))


def packed(answer: Answer, *, audio: bool) -> Notice:
    """Return what to say of a server that packs for those who ask for a file as it is.

    Podcast apps do ask so (`Accept-Encoding: identity`), since they count bytes and seek in them.
    """
    message = f"is sent packed ({answer.packed}) although it was asked for as it is"
    if audio:
        return Notice(code="audio-packed", message=message, severity="error")
    return Notice(code="packed-unasked", message=message)


def _ranges(client: Client, url: str, length_bytes: int, local: Path | None) -> list[Notice]:
    """Ask for a part from somewhere within and for the end, and compare them with the file here."""
    somewhere = int(hashlib.sha256(url.encode()).hexdigest(), 16) % length_bytes
    for start in (somewhere, max(0, length_bytes - SAMPLE_BYTES)):
        last = min(start + SAMPLE_BYTES, length_bytes) - 1
        wanted = {"range": f"bytes={start}-{last}"}
        answer = client.ask(url, headers=wanted, most_bytes=SAMPLE_BYTES)
        if answer.packed:
            return [packed(answer, audio=True)]
        told = answer.header("content-range")
        if answer.status != 206:
            return [
                Notice(
                    severity="error",
                    code="range-ignored",
                    message=f"answers a byte range with {answer.status} instead of 206",
                )
            ]
        if (
            told.replace(" ", "") != f"bytes{start}-{last}/{length_bytes}"
            or len(answer.content) != last - start + 1
        ):
            return [
                Notice(
                    severity="error",
                    code="range-wrong",
                    message=f"answers bytes {start}-{last} with {told!r}",
                )
            ]
        if local:
            with local.open("rb") as f:
                f.seek(start)
                if f.read(last - start + 1) != answer.content:
                    return [
                        Notice(
                            severity="error",
                            code="bytes-differ",
                            message=f"has other bytes at {start} than the file here",
                        )
                    ]
    return []
