"""Reading transcripts and chapters back: WebVTT, SubRip, and the Podcasting 2.0 JSON files."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

STAMP = r"(?:(\d+):)?(\d\d):(\d\d)[.,](\d\d\d)"
TIMES = re.compile(rf"\s*{STAMP}\s+-->\s+{STAMP}(?:\s.*)?")


class Cue(NamedTuple):
    """A stretch of a transcript."""

    start_s: float
    end_s: float
    text: str


def read_cues(data: bytes, mime_type: str) -> list[Cue]:
    """Return the cues of a transcript; a kind without times (text, HTML) has none.

    Raises:
        ValueError: It is not what *mime_type* says, in one line.
    """
    text = _utf8(data)
    if mime_type == "text/vtt":
        return _vtt(text)
    if mime_type in ("application/x-subrip", "application/srt"):
        return _blocks(text)
    if mime_type == "application/json":
        segments = _json(text).get("segments")
        if not isinstance(segments, list):
            raise ValueError("has no list of segments")
        return [_segment(segment) for segment in segments]
    return []


def read_chapters(data: bytes) -> list[tuple[float, str]]:
    """Return start in seconds and title of the chapters of a JSON Chapters 1.2 file.

    Raises:
        ValueError: It is no such file, in one line.
    """
    document = _json(_utf8(data))
    if not isinstance(document.get("version"), str):
        raise ValueError("has no version such as '1.2.0'")
    chapters = document.get("chapters")
    if not isinstance(chapters, list):
        raise ValueError("has no list of chapters")
    try:
        return [(float(c["startTime"]), str(c.get("title", ""))) for c in chapters]
    except (KeyError, TypeError, ValueError) as e:
        raise ValueError("has a chapter without a startTime in seconds") from e


def _vtt(text: str) -> list[Cue]:
    head, _, body = text.partition("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", head):
        raise ValueError("does not begin with WEBVTT")
    blocks = re.split(r"\n{2,}", body.strip("\n"))
    kept = [b for b in blocks if not re.match(r"(NOTE|STYLE|REGION)\b", b)]
    return _blocks("\n\n".join(kept))


def _blocks(text: str) -> list[Cue]:
    cues = []
    for number, block in enumerate(re.split(r"\n{2,}", text.strip("\n")), 1):
        lines = block.split("\n")
        at = next((i for i, line in enumerate(lines[:2]) if "-->" in line), None)
        if at is None:
            if any(lines):
                raise ValueError(f"cue {number} has no line with its times")
            continue
        times = TIMES.fullmatch(lines[at])
        if not times:
            raise ValueError(f"cue {number} has times that cannot be read: {lines[at].strip()!r}")
        told = "\n".join(lines[at + 1 :]).strip()
        if "-->" in told:
            raise ValueError(f"cue {number} has an arrow in its text: a blank line is missing")
        cues.append(Cue(_seconds(times.groups()[:4]), _seconds(times.groups()[4:]), told))
    return cues


def _seconds(parts: tuple[str | Any, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _segment(segment: Any) -> Cue:
    try:
        return Cue(float(segment["startTime"]), float(segment["endTime"]), str(segment["body"]))
    except (KeyError, TypeError, ValueError) as e:
        raise ValueError("has a segment without startTime, endTime and body") from e


def _json(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as e:
        raise ValueError(f"is not JSON: {e.msg} in line {e.lineno}") from e
    if not isinstance(document, dict):
        raise ValueError("is not a JSON object")
    return document


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as e:
        raise ValueError("is not UTF-8 text") from e
