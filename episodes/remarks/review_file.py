"""The small file that a colleague sends back: read as what it is, input from a stranger.

It is what the exported page gives: JSON, or the same within an e-mail's text, between two lines that
say so, in letters that mail programs leave alone (base64, RFC 4648). Every key is known, every
text is bounded and plain, every time lies in the recording; else the file is refused as a whole.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from columncast.episodes.disk.hashes import digest
from columncast.episodes.errors import ReviewError
from columncast.episodes.model.clock import FIRST_YEAR, LAST_YEAR
from columncast.episodes.model.review import Content, Remark, Review
from columncast.episodes.text.normalize import clean, one_line

VERSION = 1
BEGIN = "-----BEGIN COLUMNCAST REVIEW-----"
END = "-----END COLUMNCAST REVIEW-----"
MOST_BYTES = 1_000_000
"""Five hundred remarks of a page each have less."""
MOST_REMARKS = 500
NAME_LIMIT = 80
TEXT_LIMIT = 5_000
SENTENCE_LIMIT = 2_000
_LATEST_S = 1e6
UNTOUCHED = "nothing was changed"
_HASH = re.compile(r"[0-9a-f]{64}")
_QUOTED = re.compile(r"^[>\s]*", re.MULTILINE)
"""What mail programs put before the lines of a message that is answered."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A review, and which episode its file names."""

    guid: str
    title: str
    """What the episode was called when it was exported, for people."""
    review: Review


class _Remark(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    sentence: str = ""
    at_s: float | None = None


class _Content(msgspec.Struct, forbid_unknown_fields=True):
    words: str
    recording: str
    edits: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    columncast_review: int
    guid: str
    title: str
    name: str
    sent: datetime
    remarks: list[_Remark]
    approves: _Content | None = None


def read_review(path: Path) -> Received:
    """Read the review in the file *path*.

    Raises:
        ReviewError: It is none, or holds what no page of ours sends; in one line.
    """
    where = path.name
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as e:
        raise ReviewError(f"cannot be read: {e.strerror}; {UNTOUCHED}", where=where) from e
    try:
        return received(data)
    except ReviewError as e:
        raise ReviewError(f"{e.message}; {UNTOUCHED}", where=where) from e


def received(data: bytes) -> Received:
    """Return the review that *data* holds.

    Raises:
        ReviewError: As `read_review`.
    """
    if len(data) > MOST_BYTES:
        raise ReviewError(f"is larger than {MOST_BYTES // 1_000_000} MB, and no review is")
    try:
        sent = msgspec.json.decode(_json_of(data), type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as e:
        why = one_line(str(e)) if isinstance(e, msgspec.ValidationError) else ""
        told = "is no review that an exported preview made" + (f" ({why})" if why else "")
        raise ReviewError(told) from e
    if sent.columncast_review != VERSION:
        raise ReviewError(
            "is a review of another version of columncast; update columncast, or export the "
            "episode again and ask for a new one"
        )
    review = checked(
        Review(
            name=sent.name,
            sent=sent.sent,
            remarks=tuple(
                Remark(text=one.text, sentence=one.sentence, at_s=one.at_s) for one in sent.remarks
            ),
            approves=Content(**msgspec.structs.asdict(sent.approves)) if sent.approves else None,
        )
    )
    title = _line(sent.title, "the title", SENTENCE_LIMIT)
    return Received(guid=_line(sent.guid, "the guid", SENTENCE_LIMIT), title=title, review=review)


def checked(review: Review) -> Review:
    """Return *review* with its texts in their normal form, and the hash by which it is known again.

    Raises:
        ReviewError: Something in it cannot be.
    """
    name = _line(review.name, "the name", NAME_LIMIT)
    if not name:
        raise ReviewError("does not say whose it is; ask for a review with a name")
    if not review.remarks and not review.approves:
        raise ReviewError("holds neither a remark nor an approval")
    sent = _moment(review.sent)
    remarks, approves = _remarks(review.remarks), _content(review.approves)
    told = [(remark.text, remark.sentence, remark.at_s) for remark in remarks]
    known = digest(name, sent.isoformat(), told, approves)[:16]
    return Review(name=name, sent=sent, remarks=remarks, approves=approves, id=known)


def _json_of(data: bytes) -> bytes:
    """The JSON of a review: the file as it is, or what stands between the two lines of a message."""
    begin, end = data.find(BEGIN.encode()), data.rfind(END.encode())
    if begin < 0 or end < begin:
        return data.removeprefix(b"\xef\xbb\xbf")
    between = data[begin + len(BEGIN) : end].decode("ascii", "replace")
    try:
        return base64.b64decode("".join(_QUOTED.sub("", between).split()), validate=True)
    except (ValueError, binascii.Error) as e:
        raise ReviewError(
            "is not whole between the two lines that say COLUMNCAST REVIEW; ask for it as a file"
        ) from e


def _remarks(sent: Sequence[Remark]) -> tuple[Remark, ...]:
    if len(sent) > MOST_REMARKS:
        raise ReviewError(f"holds {len(sent):,} remarks, and at most {MOST_REMARKS} are taken")
    return tuple(_remark(remark, f"remark {number}") for number, remark in enumerate(sent, 1))


def _remark(remark: Remark, what: str) -> Remark:
    if remark.at_s is not None and not 0 <= remark.at_s <= _LATEST_S:
        raise ReviewError(f"{what} is at a time that is in no recording")
    text = _text(remark.text, f"the text of {what}", TEXT_LIMIT)
    if not text:
        raise ReviewError(f"{what} says nothing")
    return Remark(
        text=text,
        sentence=_line(remark.sentence, f"the sentence of {what}", SENTENCE_LIMIT),
        at_s=None if remark.at_s is None else round(remark.at_s, 3),
        done=remark.done,
    )


def _content(content: Content | None) -> Content | None:
    if content:
        parts = (content.words, content.recording, *([content.edits] if content.edits else []))
        if not all(_HASH.fullmatch(part) for part in parts):
            raise ReviewError("approves something that no exported preview shows")
    return content


def _moment(sent: datetime) -> datetime:
    if sent.tzinfo is None or not FIRST_YEAR <= sent.year <= LAST_YEAR:
        raise ReviewError("was sent at a time that cannot be")
    return sent.astimezone(UTC).replace(microsecond=0)


def _line(text: str, what: str, limit: int) -> str:
    return one_line(_text(text, what, limit))


def _text(text: str, what: str, limit: int) -> str:
    """The text in its normal form; refused where it is too long, or holds what nobody types."""
    if len(text) > limit:
        raise ReviewError(f"{what} has over {limit:,} characters")
    if odd := next((c for c in text if _is_odd(c)), ""):
        raise ReviewError(f"{what} holds the control character U+{ord(odd):04X}")
    return clean(text).strip()


def _is_odd(character: str) -> bool:
    """Whether nobody types it: a control, half a character, or what turns the way of reading."""
    turns = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return turns or (character not in "\n\r\t" and unicodedata.category(character) in ("Cc", "Cs"))
