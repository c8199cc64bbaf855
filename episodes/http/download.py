"""Fetching files so that no byte is fetched twice: a run that was killed goes on.

What has come lies in `NAME.part`, and next to it what the server called that very file (its ETag or
its date): only then is the rest asked for (RFC 9110, 13.1.5 and 14.2). A server that sends the
whole instead starts over, and one that has another file by now does so, too.

Nothing is taken without an end (see `bounds`), nor when it would fill the disk.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.errors import FolderError, RemoteError
from columncast.episodes.http.client import BUSY, Answer, SlowError, Stream, number, refuse_other
from columncast.episodes.http.unpacking import unpacked
from columncast.episodes.model import bounds
from columncast.episodes.model.bounds import Bound
from columncast.episodes.private_urls import without_keys
from columncast.episodes.waiting.retry import Retry, TemporaryError

_MOST_REDIRECTS = 20
"""Measuring services stand one behind the other; browsers follow so many."""
_WAY_S = 60.0
"""For all of them together."""
_FURTHER_BYTES = 1 << 17
"""How much more must be there before a line that drops is worth another round of tries."""
_MOST_ROUNDS = 25
_PIECE_BYTES = 1 << 18
_PART, _NOTE = ".part", ".part.json"

Progress = Callable[[int, int], None]
"""Told how many bytes are there, and how many there will be (0: not known)."""


class Asks(Protocol):
    """Who is asked for a file: a `Client`, or who knows more of the servers of one run."""

    def open(
        self, url: str, *, headers: Mapping[str, str] | None = None, whole_s: float
    ) -> AbstractContextManager[Stream]:
        """Give the answer to one GET while it comes."""


@dataclass(frozen=True)
class _PartFacts:
    """What is known of the file that `NAME.part` is the beginning of."""

    file: str
    """A digest of its address without keys: those stand on no disk, and change from day to day."""
    validator: str
    length_bytes: int
    packed: str = ""


@dataclass(frozen=True, kw_only=True)
class _Want:
    """What is fetched, and how much of it."""

    url: str
    part: Path
    bound: Bound
    expected_bytes: int
    progress: Progress


def unseen(_done: int, _whole: int) -> None:
    """Show no progress."""


def download(
    asks: Asks,
    url: str,
    path: Path,
    *,
    retry: Retry,
    bound: Bound | None = None,
    expected_bytes: int = 0,
    progress: Progress = unseen,
) -> None:
    """Fetch *url* to *path*, which is there only when it is whole.

    *expected_bytes* is believed where the server does not say how long the file is. Without a
    *bound*, it is that of audio of such a length.

    Raises:
        RemoteError: The server has no such file, or more of it than *bound*, or failed as often as
            we try; what came stays.
        FolderError: The disk is full, or nearly, or not ours to write.
    """
    refuse_other(url)
    part = path.with_name(f"{path.name}{_PART}")
    bound = bound or bounds.audio(length_bytes=expected_bytes)
    want = _Want(url=url, part=part, bound=bound, expected_bytes=expected_bytes, progress=progress)
    with files.disk_errors(part):
        part.parent.mkdir(parents=True, exist_ok=True)
    furthest = 0
    for _ in range(_MOST_ROUNDS):
        try:
            retry(lambda: _go(asks, want))
            break
        except RemoteError as e:
            # A line that drops again and again is no reason to give up while it gets further.
            dropped = isinstance(e.__cause__, TemporaryError) and not isinstance(
                e.__cause__, SlowError
            )
            if not dropped or _size(part) < furthest + _FURTHER_BYTES:
                raise
            furthest = _size(part)
    else:
        raise RemoteError("broke off again and again; run again to go on", where=url)
    known = _known(part)
    if known and known.packed:
        _unpack(want, known.packed, path)
        part.unlink(missing_ok=True)
    else:
        files.move(part, path)
    _note(part).unlink(missing_ok=True)


def forget(path: Path) -> None:
    """Remove what was fetched to *path*, whole or in part."""
    for each in (
        path,
        path.with_name(f"{path.name}{_PART}"),
        path.with_name(f"{path.name}{_NOTE}"),
    ):
        each.unlink(missing_ok=True)


def _go(asks: Asks, want: _Want) -> None:
    """Fetch what is missing; the file is whole afterwards."""
    known, there = _known(want.part), _size(want.part)
    headers = {}
    if there and known and known.file == _file(want.url) and known.validator:
        headers = {"range": f"bytes={there}-", "if-range": known.validator}
    asked = want.url
    began = time.monotonic()
    ends = began + want.bound.whole_s
    for _ in range(_MOST_REDIRECTS + 1):
        if time.monotonic() > began + _WAY_S:
            raise SlowError("leads from one slow address to the next", where=want.url)
        left_s = max(0.1, ends - time.monotonic())
        with asks.open(asked, headers=headers, whole_s=left_s) as stream:
            if not stream.answer.redirect:
                _take(stream, want, there=there if headers else 0)
                return
            asked = stream.answer.redirect
    raise RemoteError("leads from one address to the next without end", where=want.url)


def _take(stream: Stream, want: _Want, *, there: int) -> None:
    answer, url, part = stream.answer, want.url, want.part
    if answer.status == 416 and there and _whole_length(answer) == there:
        return  # all of it was there already
    if answer.status == 416:
        _drop(part)
        raise TemporaryError("has another file by now; it is fetched anew", where=url)
    if answer.status not in (200, 206):
        raise _refusal(answer, url)
    start = _range_start(answer) if answer.status == 206 else 0
    if start not in (0, there):
        _drop(part)
        raise TemporaryError("sent another part of the file than the one requested", where=url)
    length = _whole_length(answer)
    _refuse_much(max(length, start), want)
    _refuse_full_disk(part, max(0, length - start))
    if not start:
        told = _PartFacts(
            file=_file(url), validator=_validator(answer), length_bytes=length, packed=answer.packed
        )
        files.write(_note(part), msgspec.json.encode(told))
    done = _write(stream.pieces, want, start=start, length=length)
    # What comes in chunks says itself where it ends, and what is packed has another length; a
    # feed's word is for what says nothing.
    silent = not (answer.header("transfer-encoding") or answer.packed)
    wanted = length or (want.expected_bytes if silent else 0)
    if done < wanted:
        raise TemporaryError(f"broke off after {done:,} of {wanted:,} bytes", where=url)
    if length and done > length:
        _drop(part)
        raise TemporaryError(f"sent more than the {length:,} bytes it promised", where=url)


def _write(pieces: Iterator[bytes], want: _Want, *, start: int, length: int) -> int:
    """Write what comes; return how long the part is now."""
    done = start
    with files.disk_errors(want.part), want.part.open("r+b" if start else "wb") as f:
        f.seek(start)
        for piece in pieces:
            done += len(piece)
            _refuse_much(done, want)
            _refuse_full_disk(want.part, len(piece))
            f.write(piece)
            want.progress(done, length or want.expected_bytes)
        f.truncate()
    return done


def _unpack(want: _Want, packed: str, path: Path) -> None:
    """Unpack the part to *path*."""

    def pieces() -> Iterator[bytes]:
        with want.part.open("rb") as f:
            while piece := f.read(_PIECE_BYTES):
                yield piece

    try:
        with files.beside(path) as draft, draft.open("wb") as f:
            for piece in unpacked(
                pieces(), packed, most_bytes=want.bound.most_bytes, where=want.url
            ):
                _refuse_full_disk(draft, len(piece))
                f.write(piece)
    except RemoteError:
        _drop(want.part)  # asked for again, it may be better
        raise


def _drop(part: Path) -> None:
    """Remove a part that is of no use."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _refuse_much(length_bytes: int, want: _Want) -> None:
    if length_bytes > want.bound.most_bytes:
        _drop(want.part)
        raise RemoteError(
            f"is larger than the {want.bound.most_bytes // bounds.MB} MB that are taken of it",
            where=want.url,
        )


def _refuse_full_disk(path: Path, more_bytes: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if free - more_bytes < bounds.DISK_FLOOR_BYTES:
        raise FolderError(
            f"the disk has {free // bounds.MB} MB free, and {bounds.DISK_FLOOR_BYTES // bounds.MB} "
            "MB are left to the machine; free some space and run again, it goes on from here",
            where=path.parent,
        )


def _validator(answer: Answer) -> str:
    """Return what the server calls this very file; a weak tag does not vouch for its bytes."""
    tag = answer.header("etag")
    return tag if tag and not tag.startswith("W/") else answer.header("last-modified")


def _refusal(answer: Answer, url: str) -> RemoteError:
    message = f"the server answered {answer.status}"
    if answer.status in BUSY:
        return TemporaryError(message, where=url, wait_s=number(answer.header("retry-after")) or 0)
    return RemoteError(message, where=url)


def _range_start(answer: Answer) -> int:
    found = re.match(r"bytes ([0-9]{1,18})-", answer.header("content-range"))
    return int(found[1]) if found else -1


def _whole_length(answer: Answer) -> int:
    """How long the file is by what the server says; 0 where it does not."""
    if answer.status == 200:
        return answer.length_bytes or 0
    return number(answer.header("content-range").rpartition("/")[2]) or 0


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except OSError:
        return 0


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _file(url: str) -> str:
    return hashlib.sha256(without_keys(url).encode()).hexdigest()


def _known(part: Path) -> _PartFacts | None:
    try:
        return msgspec.json.decode(_note(part).read_bytes(), type=_PartFacts)
    except (OSError, msgspec.DecodeError):
        return None
