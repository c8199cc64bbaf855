"""Transcripts and chapters as files: WebVTT, SRT, Podcasting 2.0 JSON, words for the page.

The words are the column's own, with its spelling and punctuation, and only what was read. Rules:
WebVTT (w3.org/TR/webvtt1) with the speaker as a voice tag, SRT of two lines of 32 characters,
JSON transcripts and chapters 1.2 (github.com/Podcastindex-org/podcast-namespace: transcripts,
chapters/jsonChapters.md). Cues last 1 to 7 seconds, break at phrases, and never overlap.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import Any

from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra
from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.timecode import stamp

VTT_LINE = 65
SRT_LINE = 32
_SHORTEST_S = 1.0
_LONGEST_S = 7.0
_BREATH_S = 0.35  # how long a cue may stay after its last word
_PHRASE_END = (",", ";", ":", "—", "–", ".", "!", "?", "…", ")", "”", "’", "»", "“", "«")
_OPENS = frozenset("«‹„“‘‚([¿¡")
_CLOSES = frozenset("»›”’!?;:.,…)]%‰°€$£")
_HARD_SPACE = "\u00a0"
_NOTED = {"jingle": "[music]", "intro": "[introduction]", "ad-lib": "[aside]", "outro": "[closing]"}


@dataclass(frozen=True)
class Cue:
    """Some words that are shown together."""

    start_s: float
    end_s: float
    text: str
    note: bool = False
    """Whether it tells of sound that is not the column's."""


@dataclass(frozen=True)
class _Said:
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one cue of a file says, as plain text."""

    start_s: float
    end_s: float
    text: str
    speaker: str = ""


def to_vtt(alignment: Alignment, speaker: str = "", *, extras: bool = False) -> str:
    """Return the transcript as WebVTT; lines of at most 65 characters, one a cue.

    With *extras* what is not the column is noted: `[music]`.
    """
    return vtt_of(_lines(alignment, speaker, line=VTT_LINE, lines=1, extras=extras))


def to_srt(alignment: Alignment, *, extras: bool = False) -> str:
    """Return the transcript as SubRip; two lines of at most 32 characters a cue."""
    return srt_of(_lines(alignment, "", line=SRT_LINE, lines=2, extras=extras))


def to_json(alignment: Alignment, speaker: str = "", *, extras: bool = False) -> str:
    """Return the transcript as Podcasting 2.0 JSON, in segments of a phrase each."""
    return json_of(_lines(alignment, speaker, line=VTT_LINE, lines=1, extras=extras))


def _lines(
    alignment: Alignment, speaker: str, *, line: int, lines: int, extras: bool
) -> Iterator[Line]:
    name = " ".join(speaker.split())
    for cue in cues(alignment, line=line, lines=lines, extras=extras):
        said_by = "" if cue.note else name
        yield Line(start_s=cue.start_s, end_s=cue.end_s, text=cue.text, speaker=said_by)


def vtt_of(lines: Iterable[Line]) -> str:
    """Return *lines* as WebVTT, with the speaker as a voice tag."""
    blocks = ["WEBVTT\n"]
    for line in lines:
        text = escape(line.text, quote=False)
        voice = f"<v {escape(line.speaker, quote=False)}>" if line.speaker else ""
        spoken = f"{voice}{text}</v>" if voice else text
        blocks.append(f"{stamp(line.start_s)} --> {stamp(line.end_s)}\n{spoken}\n")
    return "\n".join(blocks)


def srt_of(lines: Iterable[Line]) -> str:
    """Return *lines* as SubRip, wrapped at 32 characters."""
    blocks = []
    for number, line in enumerate(lines, start=1):
        text = "\n".join(_wrapped(line.text.split(" "), SRT_LINE))
        blocks.append(
            f"{number}\n{stamp(line.start_s, ',')} --> {stamp(line.end_s, ',')}\n{text}\n"
        )
    return "\n".join(blocks)


def json_of(lines: Iterable[Line]) -> str:
    """Return *lines* as Podcasting 2.0 JSON."""
    segments: list[dict[str, Any]] = []
    for line in lines:
        said_by = {"speaker": line.speaker} if line.speaker else {}
        segments.append(
            {**said_by, "startTime": line.start_s, "endTime": line.end_s, "body": line.text}
        )
    return _dumped({"version": "1.0.0", "segments": segments})


def to_words(alignment: Alignment) -> str:
    """Return the times of all words and what the narration check found, for the page.

    `{"version", "duration", "sentences": [{"text", "status", "band", "start", "end", "paragraph",
    "heading", "words": [[text, start, end], …]}], "extras": [{"start", "end", "kind", "after"}]}`,
    seconds; null where a word was not heard.
    """
    return _dumped(
        {
            "version": 1,
            "verdict": alignment.verdict,
            "duration": alignment.duration_s,
            "sentences": [
                {
                    "text": s.text,
                    "status": s.status,
                    "band": s.band,
                    "start": s.start_s,
                    "end": s.end_s,
                    "paragraph": s.paragraph,
                    "heading": s.heading,
                    "words": [[w.text, w.start_s, w.end_s] for w in s.words],
                }
                for s in alignment.sentences
            ],
            "extras": [
                {"start": e.start_s, "end": e.end_s, "kind": e.kind, "after": e.after}
                for e in alignment.extras
            ],
        }
    )


def to_chapters(chapters: Sequence[Chapter]) -> str:
    """Return `chapters.json` in version 1.2.0, in order of time."""
    ordered = sorted(chapters, key=lambda chapter: chapter.start_s)
    return _dumped(
        {
            "version": "1.2.0",
            "chapters": [{"startTime": c.start_s, "title": c.title} for c in ordered],
        }
    )


def cues(alignment: Alignment, *, line: int, lines: int, extras: bool = False) -> list[Cue]:
    """Return the cues of the transcript, in order of time and without overlap."""
    if alignment.verdict != "ok":
        return []
    made: list[Cue] = []
    for sentence in alignment.spoken:
        made += [
            Cue(part[0].start_s, part[-1].end_s, " ".join(w.text for w in part))
            for part in _parts(_said(sentence), line, lines)
        ]
    if extras:
        made += [_noted(e) for e in alignment.extras if e.kind in _NOTED]
    made.sort(key=lambda cue: cue.start_s)
    return _fitted(made, alignment.duration_s)


def _noted(extra: Extra) -> Cue:
    shown_s = min(extra.end_s, extra.start_s + _LONGEST_S)
    return Cue(extra.start_s, shown_s, _NOTED[extra.kind], note=True)


def _said(sentence: AlignedSentence) -> list[_Said]:
    """Return the words that were read, with the signs that stand by themselves.

    A sign goes with the word before it, and one that opens, such as the French «, with the word
    after it. No line breaks between the two: the space is a hard one, as French has it anyway.
    """
    said: list[_Said] = []
    opening = ""
    for word in sentence.words:
        sign = not any(c.isalnum() for c in word.text)
        if sign and set(word.text) <= _OPENS:
            opening += word.text + _HARD_SPACE
        elif sign and said:
            before = said[-1]
            space = _HARD_SPACE if set(word.text) <= _CLOSES else " "
            end_s = max(before.end_s, word.end_s or 0.0)
            said[-1] = _Said(f"{before.text}{space}{word.text}", before.start_s, end_s)
        elif word.start_s is not None and word.end_s is not None:
            said.append(_Said(opening + word.text, word.start_s, word.end_s))
            opening = ""
    return said


def _parts(words: Sequence[_Said], line: int, lines: int) -> Iterator[list[_Said]]:
    """Cut a sentence into parts that fit into a cue, at the ends of phrases where there are any."""
    rest = list(words)
    while rest:
        fitting = 1
        while fitting < len(rest) and _fits(rest[: fitting + 1], line, lines):
            fitting += 1
        if fitting < len(rest):
            ends = [
                i
                for i in range(1, fitting + 1)
                if rest[i - 1].text.endswith(_PHRASE_END) and 3 * i >= fitting
            ]
            # A last word must not be left alone on its cue.
            fitting = ends[-1] if ends else fitting - (len(rest) - fitting == 1 and fitting > 2)
        yield rest[:fitting]
        rest = rest[fitting:]


def _fits(words: Sequence[_Said], line: int, lines: int) -> bool:
    short = words[-1].end_s - words[0].start_s <= _LONGEST_S
    tokens = [token for word in words for token in word.text.split(" ")]
    return short and len(_filled(tokens, line)) <= lines


def _wrapped(words: Sequence[str], line: int) -> list[str]:
    """Break *words* into the fewest lines, and those as even as can be; a long word stays whole."""
    fewest = _filled(words, line)
    for width in range(line // 2, line):
        even = _filled(words, width)
        if len(even) == len(fewest) and max(map(len, even)) <= line:
            return even
    return fewest


def _filled(words: Sequence[str], width: int) -> list[str]:
    """Break *words* into lines, each as full as *width* characters let it be."""
    rows: list[str] = []
    for word in words:
        if rows and len(rows[-1]) + 1 + len(word) <= width:
            rows[-1] += " " + word
        else:
            rows.append(word)
    return rows


def _fitted(made: Sequence[Cue], duration_s: float) -> list[Cue]:
    """Let each cue stay for a second at least and seven at most, and end before the next begins.

    A very short sentence holds the next one back a little rather than flash by. Where that would
    push cues past the end of the audio, those before it make room; where there are more cues than
    seconds, they share the time.
    """
    last_s = duration_s or max((cue.end_s + _BREATH_S for cue in made), default=0.0)
    last_s = math.floor(last_s * 1000) / 1000  # files hold thousandths
    shortest_s = min(_SHORTEST_S, last_s / len(made)) if made else _SHORTEST_S
    spans: list[tuple[float, float]] = []
    for cue, following in zip_longest(made, made[1:]):
        next_s = following.start_s if following else last_s
        start_s = max(cue.start_s, spans[-1][1] if spans else 0.0)
        end_s = max(min(cue.end_s + _BREATH_S, next_s), start_s + shortest_s)
        spans.append((start_s, min(end_s, start_s + _LONGEST_S)))
    fitted: list[Cue] = []
    for cue, (start_s, end_s) in zip(reversed(made), reversed(spans), strict=True):
        ends_s = min(end_s, last_s)
        last_s = max(0.0, min(start_s, ends_s - shortest_s))
        fitted.append(Cue(round(last_s, 3), round(ends_s, 3), cue.text, cue.note))
    return fitted[::-1]


def _dumped(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
