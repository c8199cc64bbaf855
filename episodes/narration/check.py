"""The narration check: what the producer should know before the episode goes out.

Each difference between column and recording becomes one notice with its place, so that it can be
listened to. A sentence that was left out on purpose and a jingle that belongs there are told as
well; only a person can know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from columncast.episodes.model.alignment import AlignedSentence, Alignment, Extra
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.timecode import position
from columncast.episodes.narration.changed import TextChange, change_notices

_KINDS = {"ad-lib": "is spoken that is not in the column", "retake": "is in the recording twice"}
_SHOWN = 60


def narration_notices(
    alignment: Alignment, changes: Sequence[TextChange] = ()
) -> tuple[Notice, ...]:
    """Return what differs, in the order of the text and then of the recording.

    Of what differs by the *changes* that the text has seen since it was read, only those are told.
    """
    if alignment.verdict == "hard":
        return (_refusal(alignment), *_doubted(alignment.sentences))
    if alignment.verdict != "ok":
        return (_refusal(alignment),)
    changed = {change.index for change in changes}
    # Whoever reads a table aloud does it in words of their own, and most leave it to the page.
    sentences = [
        replace(s, status="read") if at in changed else s
        for at, s in enumerate(alignment.sentences)
        if not s.optional
    ]
    unheard = (*_unread(sentences), *_masked(sentences))
    removed = {change.start_s for change in changes if change.kind == "removed"}
    extras = [e for e in alignment.extras if e.start_s not in removed]
    return (*change_notices(changes), *unheard, *_unsure(sentences), *_said(extras))


def _refusal(alignment: Alignment) -> Notice:
    """Return why column and recording were not laid side by side."""
    message = alignment.message
    match alignment.verdict:
        case "hard":
            return Notice(code="narration-hard", message=message)
        case "too-noisy":
            return Notice(code="narration-too-noisy", message=message)
        case "not-this-text":
            return Notice(code="narration-not-this-text", message=message)
        case "no-speech":
            return Notice(code="narration-no-speech", message=message)
        case "other-language":
            return Notice(code="narration-other-language", message=message)
        case _:
            return Notice(code="narration-language", message=message, severity="note")


def _doubted(sentences: Sequence[AlignedSentence]) -> list[Notice]:
    """Return a notice for each sentence that may not be read, or elsewhere than it was found."""
    return [
        Notice(
            code="sentence-doubted",
            message=f"this was not heard clearly; listen to it: {_short(s.text)}",
            where="" if s.start_s is None else position(s.start_s),
        )
        for s in sentences
        if not (s.heading or s.optional) and (s.status != "read" or s.band == "look")
    ]


def _unread(sentences: Sequence[AlignedSentence]) -> list[Notice]:
    """Return a notice for each run of sentences that is not in the recording.

    A heading that was not read out is no fault: many readers leave them to the page.
    """
    bodies = [s for s in sentences if not s.heading]
    ordinals = {p: i for i, p in enumerate(dict.fromkeys(s.paragraph for s in bodies), start=1)}
    found = []
    for paragraph, group in groupby(bodies, key=lambda s: s.paragraph):
        inside = list(group)
        where = f"paragraph {ordinals[paragraph]}"
        missing = [s for s in inside if s.status == "missing"]
        if len(missing) == len(inside):
            message = f"{where} was not read: {_short(inside[0].text)}"
            found.append(Notice(code="paragraph-not-read", message=message, where=where))
        else:
            found += [
                Notice(
                    code="sentence-not-read",
                    message=f"a sentence of {where} was not read: {_short(s.text)}",
                    where=where,
                )
                for s in missing
            ]
    return found


def _unsure(sentences: Sequence[AlignedSentence]) -> list[Notice]:
    return [
        Notice(
            code="sentence-differs",
            message=f"this was read in part or in other words; listen to it: {_short(s.text)}",
            where=position(s.start_s),
        )
        for s in sentences
        if s.status == "unsure" and s.start_s is not None
    ]


def _masked(sentences: Sequence[AlignedSentence]) -> list[Notice]:
    """Return a notice for all that noise covers, each of which may have been read."""
    drowned = [s for s in sentences if s.status == "unsure" and s.start_s is None]
    if not drowned:
        return []
    count = "one sentence" if len(drowned) == 1 else f"{len(drowned)} sentences"
    message = (
        f"{count} could not be heard for the noise, and may have been read or not; listen to "
        f"them: {_short(drowned[0].text)}"
    )
    return [Notice(code="sentence-drowned", message=message)]


def _said(extras: Sequence[Extra]) -> list[Notice]:
    return [
        Notice(
            code="retake-left-in" if e.kind == "retake" else "not-in-column",
            message=f"from {position(e.start_s)} to {position(e.end_s)} something {_KINDS[e.kind]}",
            where=position(e.start_s),
        )
        for e in extras
        if e.kind in _KINDS
    ]


def _short(text: str) -> str:
    return f"“{text}”" if len(text) <= _SHOWN else f"“{text[:_SHOWN].rsplit(' ', 1)[0]} …”"
