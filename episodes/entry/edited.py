"""What an edited recording means for an episode: times set by hand are moved, and it is said.

Chapters that came with a recording, and soundbites, are kept in the recording's time; feed, tags,
notes and pages have them where they are heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from columncast.episodes.format import count
from columncast.episodes.model.alignment import Unit
from columncast.episodes.model.cuts import RecordingEdits
from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.podcast20 import SHORTEST_BITE_S, EpisodeTags
from columncast.episodes.model.time_map import TimeMap
from columncast.episodes.model.timecode import position
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.text.normalize import plain_words

_SHOWN = 60


def edits_of(episode: EpisodeFolder, recording_sha256: str) -> RecordingEdits:
    """Return what is edited in the recording of *episode*, which has that hash; nothing of another one.

    Raises:
        SettingsError: As `read_edits`.
        OutsideError: As `read_edits`.
    """
    found = read_edits(episode)
    return found if found.recording_sha256 == recording_sha256 else RecordingEdits()


def edit_notices(
    episode: EpisodeFolder, edits: RecordingEdits, units: Sequence[Unit]
) -> tuple[Notice, ...]:
    """Return what the producer of *episode* should know of its *edits*; *units* are its text."""
    where = episode.edits_file.name
    if not edits.recording_sha256:
        if not read_edits(episode).recording_sha256:
            return ()
        message = (
            "it is of another recording, so nothing of it is cut or taken; start afresh with: "
            f"columncast cut {episode.slug}"
        )
        return (Notice(code="edits-of-another-recording", message=message, where=where),)
    notices = []
    if edits.applied:
        less_s = sum(cut.saved_s for cut in edits.applied)
        message = (
            f"{count(len(edits.applied), 'cut')} take {less_s:.1f} s out of the recording; to list "
            f"them, and what else could go: columncast cut {episode.slug}"
        )
        notices.append(Notice(code="recording-edited", message=message, severity="note"))
    text = f" {plain_words(' '.join(unit.text for unit in units))} "
    for pickup in edits.pickups:
        if f" {plain_words(pickup.text)} " not in text:
            message = (
                f"{pickup.file} reads “{_short(pickup.text)}”, which the text no longer has; read "
                "the new sentence, or take this one out"
            )
            notices.append(Notice(code="pickup-text-changed", message=message, where=where))
    for cut in edits.applied:
        if f" {plain_words(cut.text)} " not in text and plain_words(cut.text):
            message = (
                f"the cut at {position(cut.start_s)} took “{_short(cut.text)}”, which the text no "
                "longer has"
            )
            notices.append(
                Notice(code="cut-text-changed", message=message, where=where, severity="note")
            )
    return tuple(notices)


def chapters_heard(
    chapters: Sequence[Chapter], times: TimeMap, duration_s: float
) -> tuple[Chapter, ...]:
    """Return *chapters* of a recording where they are heard in an episode of *duration_s* seconds.

    Of several at one moment, the last one stays; one whose whole part was cut from the end goes.
    """
    moved: dict[float, Chapter] = {}
    for chapter in chapters:
        start_s = round(max(0.0, times.heard(chapter.start_s)), 3)
        # What begins with the recording begins with the episode: players want one there.
        start_s = 0.0 if chapter.start_s == 0 else start_s
        if start_s < duration_s:
            moved[start_s] = replace(chapter, start_s=start_s)
    return tuple(moved[start_s] for start_s in sorted(moved))


def tags_heard(tags: EpisodeTags, times: TimeMap, duration_s: float) -> EpisodeTags:
    """Return *tags* with their soundbites where they are heard in an episode of *duration_s* seconds.

    They are kept in the time of the episode as it would be without cuts, an intro included. One of
    which too little is left for apps goes on behind it, or begins before.
    """
    if not (tags.soundbite and times.stretches):
        return tags
    bites = []
    for bite in tags.soundbite:
        start_s = times.heard(bite.start_s - times.offset_s)
        end_s = times.heard(bite.start_s + bite.duration_s - times.offset_s)
        length_s = max(round(end_s - start_s, 3), SHORTEST_BITE_S)
        start_s = round(max(0.0, min(start_s, duration_s - length_s)), 3)
        bites.append(replace(bite, start_s=start_s, duration_s=length_s))
    return replace(tags, soundbite=tuple(bites))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]} …"
