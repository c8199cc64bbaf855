"""Reading transcripts and chapters back: WebVTT, SubRip, HTML, and the Podcasting 2.0 JSON files.

Ours are read to check them, those of other hosts to judge and to show them. Rules: WebVTT as
browsers parse it (w3.org/TR/webvtt1, 6: a header, notes, styles and regions are no cues, hours may
be missing), SubRip as players do, JSON and HTML as the Podcasting 2.0 namespace has them
(github.com/Podcastindex-org/podcast-namespace: transcripts, chapters/jsonChapters.md).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from typing import Any, NamedTuple

from columncast.episodes.errors import ColumnError
from columncast.episodes.model.media_types import HTML, JSON, SRT, TEXT, VTT
from columncast.episodes.model.timecode import in_seconds, read_clock
from columncast.episodes.narration import transcript
from columncast.episodes.text import html
from columncast.episodes.text.normalize import illegal_lines, without_illegal

STAMP = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
TIMES = re.compile(rf"\s*{STAMP}\s*-->\s*{STAMP}(?:\s.*)?")

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]+)>")
_CUE_TAG = re.compile(
    r"</?(?:[bciuv]|lang|rt|ruby)(?:\.[^\s<>=&]+)*(?:\s[^<>=`]*)?>"
    r"""|</?font(?:\s+(?:color|face|size)=(?:"[\w#, -]*"|[\w#]+))*\s*>"""
)
"""What WebVTT and SubRip know in the text of a cue. A name holds no `=`: a page that puts the text
into its own markup would make an attribute of it."""
_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_POSITION = re.compile(r"\{\\[^{}]*\}")
_NO_CUE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*|[ \t]*)")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?$", re.MULTILINE)
_PAGE = re.compile(r"\s*(?:<!doctype|<html)", re.IGNORECASE)
_HEARD_NOT = frozenset({"#comment", "head", "script", "style", "template", "noscript", "title"})
_SECOND_A_WORD = 0.4
"""How long a word is shown where nothing says when the text ends."""
_DEEPEST = 50
"""How deep JSON of these kinds may be nested."""


class Cue(NamedTuple):
    """A stretch of a transcript: what is said, as plain text."""

    start_s: float
    end_s: float
    text: str
    speaker: str = ""


def read_cues(data: bytes, mime_type: str) -> list[Cue]:
    """Return the cues of a transcript; a kind without times (text, HTML) has none.

    Raises:
        ValueError: It is not what *mime_type* says, in one line.
    """
    return _cues(_utf8(data), mime_type, lenient=False)


def made_ours(data: bytes, mime_type: str) -> tuple[str, bytes]:
    """Return a transcript of another host as it may lie on our site: its kind and its bytes.

    They are the very bytes where nothing in them could run in a page that shows them; otherwise
    its words are written anew. HTML is never served: it becomes WebVTT by its times, or plain text.

    Raises:
        ValueError: There are no words in it that can be read, in one line.
    """
    text, exact = _decoded(data)
    if not text.strip():
        raise ValueError("is empty")
    if mime_type == HTML.mime:
        return _from_html(text)
    if _PAGE.match(text):
        raise ValueError("is a web page, no transcript")
    exact = exact and not illegal_lines(text)
    if mime_type == TEXT.mime:
        return TEXT.mime, data if exact and not html.runs(text) else html.as_words(text).encode()
    if mime_type == SRT.mime and _HEADER.match(text):
        mime_type = VTT.mime
    cues = _cues(text, mime_type, lenient=True)
    if not any(cue.text for cue in cues):
        raise ValueError("has no cues")
    harms = _json_harms if mime_type == JSON.mime else _cue_harms
    if exact and not harms(text) and _reads_alike(text, mime_type, cues):
        return mime_type, data
    return mime_type, _written(cues, mime_type)


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
        return [(_second(c["startTime"]), str(c.get("title", ""))) for c in chapters]
    except (AttributeError, KeyError, TypeError, ValueError) as e:
        raise ValueError("has a chapter without a startTime in seconds") from e


def chapters_are_fit(data: bytes) -> bool:
    """Whether a chapters file of another host may lie on our site as it is.

    Its texts hold nothing that runs where an app takes them for HTML, and its pictures and links
    are full addresses of the web.
    """
    text, exact = _decoded(data)
    if not exact or illegal_lines(text):
        return False
    try:
        return not _json_harms(text)
    except ValueError:
        return False


def _cues(text: str, mime_type: str, *, lenient: bool) -> list[Cue]:
    if mime_type == VTT.mime:
        return _vtt(text, lenient=lenient)
    if mime_type in (SRT.mime, *SRT.also):
        return _blocks(text, lenient=lenient, entities=False)
    if mime_type == JSON.mime:
        segments = _json(text).get("segments")
        if not isinstance(segments, list):
            raise ValueError("has no list of segments")
        return [_segment(segment) for segment in segments]
    return []


def _reads_alike(text: str, mime_type: str, cues: list[Cue]) -> bool:
    """Whether a strict reader finds just the same *cues* in a transcript."""
    try:
        return _cues(text, mime_type, lenient=False) == cues
    except ValueError:
        return False


def _vtt(text: str, *, lenient: bool) -> list[Cue]:
    head, _, body = text.partition("\n")
    if not _HEADER.fullmatch(head):
        raise ValueError("does not begin with WEBVTT")
    first = body.split("\n\n", 1)[0]
    if body[:1] not in ("", "\n") and "-->" not in first:  # the rest of the header
        body = body[len(first) :]
    return _blocks(body, lenient=lenient, entities=True)


def _blocks(text: str, *, lenient: bool, entities: bool) -> list[Cue]:
    cues: list[Cue] = []
    number = 0
    for lines in _cue_blocks(text, apart=lenient):
        if entities and _NO_CUE.fullmatch(lines[0]) and not any("-->" in x for x in lines[:2]):
            continue
        number += 1
        try:
            cues.append(_cue(lines, number, entities=entities))
        except ValueError:
            if not lenient:
                raise
            if cues and not any("-->" in line for line in lines):  # a blank line within a text
                more = _said("\n".join(lines), entities=entities)
                cues[-1] = cues[-1]._replace(text=f"{cues[-1].text}\n{more}".strip())
    if lenient and number and not cues:
        raise ValueError("has no cue with times that can be read")
    return cues


def _cue_blocks(text: str, *, apart: bool) -> Iterator[list[str]]:
    """Part a transcript at its blank lines; with *apart*, before each line with times as well."""
    for block in re.split(r"\n(?:[ \t]*\n)+", text.strip("\n")):
        lines = block.split("\n")
        times = [at for at, line in enumerate(lines) if TIMES.fullmatch(line)] if apart else []
        # A cue's number or name may stand above its times; below a text it is a number alone.
        starts = [at - 1 if at > 1 and lines[at - 1].strip().isdigit() else at for at in times[1:]]
        for start, end in pairwise([0, *starts, len(lines)]):
            if "".join(lines[start:end]).strip():
                yield lines[start:end]


def _cue(lines: list[str], number: int, *, entities: bool) -> Cue:
    at = next((i for i, line in enumerate(lines[:2]) if "-->" in line), None)
    if at is None:
        raise ValueError(f"cue {number} has no line with its times")
    times = TIMES.fullmatch(lines[at])
    if not times:
        raise ValueError(f"cue {number} has times that cannot be read: {lines[at].strip()[:60]!r}")
    payload = "\n".join(lines[at + 1 :])
    if "-->" in payload:
        raise ValueError(f"cue {number} has an arrow in its text: a blank line is missing")
    start_s, end_s = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
    voice = _VOICE.search(payload)
    speaker = voice[1].strip() if voice else ""
    speaker = unescape(speaker) if entities else speaker
    return Cue(start_s, end_s, _said(payload, entities=entities), speaker)


def _said(payload: str, *, entities: bool) -> str:
    """Return the words of a cue's text, without its markup."""
    words = _TAG.sub("", _POSITION.sub("", payload))
    words = "\n".join(line.strip() for line in words.split("\n")).strip()
    return unescape(words).strip() if entities else words


def _seconds(parts: tuple[str | Any, ...]) -> float:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return in_seconds(hours, minutes, seconds) + int(parts[3].ljust(3, "0")) / 1000


def _segment(segment: Any) -> Cue:
    try:
        speaker = segment.get("speaker")
        return Cue(
            _second(segment["startTime"]),
            _second(segment["endTime"]),
            str(segment["body"]),
            speaker if isinstance(speaker, str) else "",
        )
    except (AttributeError, KeyError, TypeError, ValueError) as e:
        raise ValueError("has a segment without startTime, endTime and body") from e


def _second(value: Any) -> float:
    """Return a time of JSON, which spells numbers that are none as well."""
    try:
        second = float(value)
    except OverflowError:
        second = math.inf
    if isinstance(value, bool) or not math.isfinite(second):
        raise ValueError("is no time")
    return second


def _cue_harms(text: str) -> bool:
    """Whether a page that puts WebVTT or SubRip into its markup as it is would run something."""
    return any(not _CUE_TAG.match(text, found.start()) for found in _MARKUP.finditer(text))


def _json_harms(text: str) -> bool:
    """Whether JSON holds what runs in a page, or says a thing twice, so that two readers differ."""
    twice = False

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        found = dict(pairs)
        twice = twice or len(found) != len(pairs)
        return found

    document = _json(text, noted)
    return twice or any(_harm(key, value) for key, value in _strings(document))


def _strings(document: Any) -> Iterator[tuple[str, str]]:
    """Every text in *document* with its key, and each key as a text of its own."""
    waiting = [("", document)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, list):
            waiting += [(key, each) for each in value]
        elif isinstance(value, dict):
            waiting += value.items()
            yield from (("", name) for name in value)


def _harm(key: str, value: str) -> bool:
    if key in ("url", "img", "href", "src", "image") and value:
        return not re.fullmatch(r"https?://[^/?#\"'<>\\][^\"'<>\\\s]*", value, re.IGNORECASE)
    return html.runs(value)


def _written(cues: list[Cue], mime_type: str) -> bytes:
    """Return *cues* as a file of ours, with words only."""
    said = [
        transcript.Line(
            start_s=cue.start_s,
            end_s=cue.end_s,
            text=_words(cue.text),
            speaker=_words(cue.speaker).replace("=", " "),
        )
        for cue in cues
    ]
    write = {
        VTT.mime: transcript.vtt_of,
        SRT.mime: transcript.srt_of,
        JSON.mime: transcript.json_of,
    }[mime_type]
    return write([line for line in said if line.text]).encode()


def _words(text: str) -> str:
    return " ".join(html.as_words(without_illegal(text).replace("-->", "→")).split())


def _from_html(text: str) -> tuple[str, bytes]:
    """Return WebVTT of a page with `<cite>`, `<time>` and `<p>`; plain text without any times."""
    try:
        top = html.parse(text)
    except ColumnError as e:
        raise ValueError(str(e.message)) from e
    parts = [part for part in _parts(top) if part.words]
    if not parts:
        raise ValueError("has no words in it")
    timed = [part for part in parts if part.start_s is not None]
    if not timed or any(b.start_s < a.start_s for a, b in pairwise(timed)):  # type: ignore[operator]
        lines = (f"{p.speaker}: {p.words}" if p.speaker else p.words for p in parts)
        return TEXT.mime, ("\n\n".join(map(html.as_words, lines)) + "\n").encode()
    cues: list[Cue] = []
    for part in parts:
        start_s = part.start_s
        if start_s is None or (cues and start_s == cues[-1].start_s):
            if cues:  # goes on where the one before it ends
                cues[-1] = cues[-1]._replace(text=f"{cues[-1].text} {part.words}")
                continue
            start_s = 0.0
        cues.append(Cue(start_s, math.inf, part.words, part.speaker))
    ends = [later.start_s for later in cues[1:]]
    ends.append(cues[-1].start_s + max(1.0, len(cues[-1].text.split()) * _SECOND_A_WORD))
    timed_cues = [cue._replace(end_s=end_s) for cue, end_s in zip(cues, ends, strict=True)]
    return VTT.mime, _written(timed_cues, VTT.mime)


class _Part(NamedTuple):
    speaker: str
    start_s: float | None
    words: str


def _parts(top: html.Element) -> Iterator[_Part]:
    """What is said in a page, each with the speaker and the time that stand before it."""
    speaker, start_s, said = "", None, ""

    def so_far() -> Iterator[_Part]:
        if words := " ".join(said.split()):
            yield _Part(speaker, start_s, words)

    waiting = [top]
    while waiting:
        element = waiting.pop()
        if element.tag == "cite":
            yield from so_far()
            speaker, start_s, said = " ".join(element.words().split()).rstrip(":"), None, ""
        elif element.tag == "time":
            if said.strip():
                yield from so_far()
                said = ""
            start_s = _clock(element.words())
        elif not element.tag:
            said += element.text
        elif element.tag not in _HEARD_NOT:
            said += " "
            waiting.extend(reversed(element.children))
    yield from so_far()


def _clock(text: str) -> float | None:
    """Return the second that `1:02:03`, `2:03` or `2:03.5` names; None when it names none."""
    if not re.fullmatch(r"\s*(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?\s*", text):
        return None
    return read_clock(text.strip().replace(",", "."))


def _json(text: str, noted: Any = None) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=noted)
    except json.JSONDecodeError as e:
        raise ValueError(f"is not JSON: {e.msg} in line {e.lineno}") from e
    except (RecursionError, ValueError) as e:  # nested without end; a number of 5,000 digits
        raise ValueError("is JSON that no app reads") from e
    if not isinstance(document, dict):
        raise ValueError("is not a JSON object")
    return document


def _utf8(data: bytes) -> str:
    try:
        return _lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError as e:
        raise ValueError("is not UTF-8 text") from e


def _decoded(data: bytes) -> tuple[str, bool]:
    """Return the text of a file of another host, and whether it is UTF-8, as apps expect it."""
    try:
        return _utf8(data), True
    except ValueError:
        pass
    for encoding in ("utf-16", "cp1252"):
        if encoding == "cp1252" or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not illegal_lines(text):
                return _lines(text), False
    raise ValueError("is neither UTF-8 nor any other text")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
