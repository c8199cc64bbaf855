"""Times in notes: which of them an app turns into a way into the recording.

Each app has its own rule; an editor wants to know which of their times will be links, and whether
"10:30" will be taken for a time of the recording although it is a time of day. What only looks like
a time (a port, a ratio, a verse, a score, a date's time) is no link in a pane, whatever the app's
pattern makes of it; the pane says so beside the notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from columncast.episodes.model.timecode import in_seconds, read_clock
from columncast.episodes.text.urls import BARE_URL
from columncast.feed.preview.apps.lookalikes import only_looks_so

# github.com/Automattic/pocket-casts-ios, ShowNotesFormatterUtils: a time stands alone, and takes the
# character after it with it, so that a second one right behind it is none.
_COLON = re.compile(r"(?:^|[^a-zA-Z_0-9/])(\d{0,2}:?\d{1,2}:\d{2})(?:[^a-zA-Z_0-9\"]|$)")
# github.com/AntennaPod/AntennaPod, ShownotesCleaner
_ANTENNAPOD = re.compile(r"\b(?:(\d+):)?(\d+):(\d{2})\b")
# github.com/podverse/podverse-shared, timeHelpers: anywhere, also amid a longer number.
_PODVERSE = re.compile(r"(?:\d?\d:[0-5]?\d:[0-5]\d)|(?:[0-5]?\d:[0-5]\d)")
# Apple's (podcasters.apple.com/support/5482) and Spotify's chapters in descriptions.
_CHAPTER_LINE = re.compile(r"\s*\(?(?:(\d{1,2}):)?(\d{1,2}):(\d{2})\)?\s+(?:[-–—]\s*)?(\S.*)")
_CHAPTER_TIME = re.compile(r"(?<![\d:])(?:\d{1,2}:)?\d{1,2}:\d{2}(?![\d:])")

Finder = Callable[[str], list[tuple[int, int, int]]]
"""Finds (start, end, second) of every time in a run of text."""


def no_times(_text: str) -> list[tuple[int, int, int]]:
    """Find nothing, as apps do that link no times."""
    return []


def plausible(find: Finder) -> Finder:
    """Return *find* without what only looks like a time."""

    def found(text: str) -> list[tuple[int, int, int]]:
        addresses = [match.span() for match in BARE_URL.finditer(text)]
        return [
            each
            for each in find(text)
            if not only_looks_so(text, each[0], each[1])
            and not any(start <= each[0] < end for start, end in addresses)
        ]

    return found


def podverse_times(text: str) -> list[tuple[int, int, int]]:
    """Find every time, also amid a number (Podverse)."""
    return [(m.start(), m.end(), int(read_clock(m[0]))) for m in _PODVERSE.finditer(text)]


def colon_times(text: str) -> list[tuple[int, int, int]]:
    """Find everything that looks like a time (Pocket Casts).

    >>> colon_times("left at 10:30, back at 1:02:03")
    [(8, 13, 630), (23, 30, 3723)]
    >>> colon_times("http://10.0.0.1:8080 16:9 [2001:db8::10:3000] a10:30")
    []
    """
    return [(m.start(1), m.end(1), int(read_clock(m[1]))) for m in _COLON.finditer(text)]


def antennapod_times(texts: Sequence[str], duration_s: float) -> Finder:
    """Return AntennaPod's finder for notes with these *texts*.

    Short times (`10:30`) are hours and minutes, unless one of them would then lie beyond the end:
    then all of them are minutes and seconds. What lies beyond the end is left alone.
    """
    short = [m for text in texts for m in _ANTENNAPOD.finditer(text) if m[1] is None]
    hours = all(in_seconds(int(m[2]), int(m[3]), 0) <= duration_s for m in short)

    def find(text: str) -> list[tuple[int, int, int]]:
        found = []
        for match in _ANTENNAPOD.finditer(text):
            first, second, third = match[1], int(match[2]), int(match[3])
            if first is not None:
                at = in_seconds(int(first), second, third)
            else:
                at = in_seconds(second, third, 0) if hours else in_seconds(0, second, third)
            if not duration_s or at < duration_s:
                found.append((match.start(), match.end(), int(at)))
        return found

    return find


def chapter_times(lines: Sequence[str]) -> Finder:
    """Return a finder of the times that an app makes chapters of; none if it makes none."""
    if not chapters(lines):
        return no_times
    starting = {line.strip() for line in lines if _CHAPTER_LINE.match(line)}

    def find(text: str) -> list[tuple[int, int, int]]:
        match = _CHAPTER_TIME.search(text)
        if text.strip() not in starting or not match:
            return []
        return [(match.start(), match.end(), int(read_clock(match[0])))]

    return find


def chapters(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Return (second, title) of the chapters that Apple and Spotify read off *lines*.

    There must be three at least, the first at zero, each later than the one before.

    >>> chapters(["00:00:00 The quay", "00:02:10 The boat", "00:07:45 Home"])
    [(0, 'The quay'), (130, 'The boat'), (465, 'Home')]
    >>> chapters(["00:00:05 The quay", "00:02:10 The boat", "00:07:45 Home"])
    []
    """
    found = chapter_lines(lines)
    seconds = [second for second, _ in found]
    rising = all(a < b for a, b in pairwise(seconds))
    return found if len(found) >= 3 and seconds[0] == 0 and rising else []


def chapter_lines(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Return (second, title) of every line that begins with a time."""
    found = []
    for line in lines:
        if match := _CHAPTER_LINE.fullmatch(line.rstrip()):
            hours, minutes, seconds = int(match[1] or 0), int(match[2]), int(match[3])
            found.append((int(in_seconds(hours, minutes, seconds)), match[4]))
    return found
