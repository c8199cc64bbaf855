"""Fetching large files so that no byte is fetched twice: a run that was killed goes on.

What has come lies in `NAME.part`, and beside it what the server called that very file (its ETag or
its date): only then is the rest asked for (RFC 9110, 13.1.5 and 14.2). A server that sends the
whole instead starts over, and one that has another file by now does so, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from columncast.episodes import files
from columncast.episodes.errors import RemoteError
from columncast.episodes.fetch import BUSY, Answer, Client, Stream
from columncast.episodes.retry import Retry, TemporaryError

_MOST_REDIRECTS = 20
"""Measuring services stand one behind the other; browsers follow so many."""

Progress = Callable[[int, int], None]
"""Told how many bytes are there, and how many there will be (0: not known)."""


@dataclass(frozen=True)
class _Told:
    """What is known of the file that `NAME.part` is the beginning of."""

    url: str
    validator: str
    length_bytes: int


def unseen(_done: int, _whole: int) -> None:
    """Show no progress."""


def download(
    client: Client,
    url: str,
    path: Path,
    *,
    retry: Retry,
    expected_bytes: int = 0,
    progress: Progress = unseen,
) -> None:
    """Fetch *url* to *path*, which is there only when it is whole.

    *expected_bytes* is believed where the server does not say how long the file is.

    Raises:
        RemoteError: The server has no such file, or failed as often as we try; what came stays.
        FolderError: The disk is full or not ours to write.
    """
    if not urlsplit(url).hostname:
        raise RemoteError("is not a URL that can be asked", where=url)
    part = path.with_name(f"{path.name}.part")
    with files.told(part):
        part.parent.mkdir(parents=True, exist_ok=True)
    furthest = -1
    while True:
        try:
            retry(lambda: _go(client, url, part, expected_bytes, progress))
            break
        except RemoteError as e:
            # A line that drops again and again is no reason to give up while it gets further.
            if not isinstance(e.__cause__, TemporaryError) or _size(part) <= furthest:
                raise
            furthest = _size(part)
    files.move(part, path)
    _note(part).unlink(missing_ok=True)


def _go(client: Client, url: str, part: Path, expected_bytes: int, progress: Progress) -> None:
    """Fetch what is missing; the file is whole afterwards."""
    known, there = _known(part), _size(part)
    headers = {}
    if there and known and known.url == url and known.validator:
        headers = {"range": f"bytes={there}-", "if-range": known.validator}
    asked = url
    for _ in range(_MOST_REDIRECTS):
        with client.open(asked, headers=headers) as stream:
            if not stream.answer.redirect:
                _take(
                    stream,
                    url,
                    part,
                    there=there if headers else 0,
                    expected_bytes=expected_bytes,
                    progress=progress,
                )
                return
            asked = stream.answer.redirect
    raise RemoteError("leads from one address to the next without end", where=url)


def _take(
    stream: Stream, url: str, part: Path, *, there: int, expected_bytes: int, progress: Progress
) -> None:
    answer = stream.answer
    if answer.status == 416 and _whole_length(answer) == there:
        return  # all of it was there already
    if answer.status == 416:
        part.unlink(missing_ok=True)
        raise TemporaryError("has another file by now; it is fetched anew", where=url)
    if answer.status not in (200, 206):
        raise _refusal(answer, url)
    start = _range_start(answer) if answer.status == 206 else 0
    if start not in (0, there):
        part.unlink(missing_ok=True)
        raise TemporaryError("sent another part than it was asked for", where=url)
    length = _whole_length(answer)
    validator = answer.header("etag") or answer.header("last-modified")
    if validator.startswith("W/"):
        validator = answer.header("last-modified")  # a weak one does not vouch for bytes
    if not start:
        told = _Told(url=url, validator=validator, length_bytes=length)
        files.write(_note(part), msgspec.json.encode(told))
    with files.told(part), part.open("r+b" if start else "wb") as f:
        f.seek(start)
        done = start
        for piece in stream.pieces:
            f.write(piece)
            done += len(piece)
            progress(done, length or expected_bytes)
        f.truncate()
    # What comes in chunks says itself where it ends; a feed's word is for what does not.
    wanted = length or (0 if answer.header("transfer-encoding") else expected_bytes)
    if done < wanted:
        raise TemporaryError(f"broke off after {done:,} of {wanted:,} bytes", where=url)
    if length and done > length:
        part.unlink(missing_ok=True)
        raise TemporaryError(f"sent more than the {length:,} bytes it promised", where=url)


def _refusal(answer: Answer, url: str) -> RemoteError:
    message = f"the server answered {answer.status}"
    if answer.status in BUSY:
        asked = answer.header("retry-after")
        return TemporaryError(message, where=url, wait_s=float(asked) if asked.isdigit() else 0.0)
    return RemoteError(message, where=url)


def _range_start(answer: Answer) -> int:
    found = re.match(r"bytes (\d+)-", answer.header("content-range"))
    return int(found[1]) if found else -1


def _whole_length(answer: Answer) -> int:
    """How long the file is by what the server says; 0 where it does not."""
    if answer.status == 200:
        return answer.length_bytes or 0
    total = answer.header("content-range").rpartition("/")[2]
    return int(total) if total.isdigit() else 0


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except OSError:
        return 0


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _known(part: Path) -> _Told | None:
    try:
        return msgspec.json.decode(_note(part).read_bytes(), type=_Told)
    except (OSError, msgspec.DecodeError):
        return None
