"""Which recording in a folder is the reading of which column: by names, dates, titles and length.

What fits in one way only is sure, unless nobody could read the column in that time. The rest is
for a person to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from columncast.episodes.columns.door import is_collection, read_column
from columncast.episodes.columns.formats.drafts import refuse_draft
from columncast.episodes.errors import (
    BusyError,
    ColumncastError,
    ColumnError,
    FolderError,
    UsageError,
)
from columncast.episodes.importing.pairs.matching import TEXTS, bare_title, drop, once, sounds_in
from columncast.episodes.narration.pace import POSSIBLE_WPM, USUAL_WPM, pace
from columncast.episodes.text.normalize import make_slug

T = TypeVar("T")

Glance = Callable[[Path], tuple[str, float]]
"""Returns the title in a recording's tags, and how long it is in seconds."""

_DATE = re.compile(r"(20\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])(?!\d)")
_NOISE = frozenset(
    [
        "audio",
        "narration",
        "narrated",
        "narrator",
        "recording",
        "recorded",
        "reading",
        "voice",
        "voiceover",
        "take",
        "final",
        "master",
        "mastered",
        "edit",
        "edited",
        "mix",
        "mixed",
        "raw",
        "wav",
        "mp3",
        "column",
        "text",
        "draft",
        "script",
        "article",
        "essay",
        "copy",
        "the",
        "a",
        "an",
        "new",
        "version",
        "of",
    ]
)
_ALIKE = 0.5
_MOST_OFFERED = 5
_LEAST = 2
"""Words in common, so that one of them is no accident."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A recording, and what tells it from others."""

    path: Path
    title: str
    duration_s: float

    @property
    def words(self) -> frozenset[str]:
        """What its name and its tag say."""
        return frozenset(name_words(self.path.stem)) | frozenset(name_words(self.title))


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A column, and what tells it from others."""

    path: Path
    title: str
    word_count: int
    published: datetime | None = None

    @property
    def words(self) -> frozenset[str]:
        """What its name and its title say."""
        return frozenset(name_words(self.path.stem)) | frozenset(name_words(self.title))


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A recording and the column that it reads."""

    recording: Sound
    column: Reading
    by: str
    sure: bool = True

    @property
    def words_per_minute(self) -> float:
        """How fast it is read, if it is."""
        return pace(self.column.word_count, self.recording.duration_s)[0]

    @property
    def date(self) -> str:
        """When it is published, where only a file's name says so; empty: as the column says."""
        if self.column.published:
            return ""
        return date_in(self.recording.path.stem) or date_in(self.column.path.stem)


@dataclass(frozen=True, kw_only=True)
class Unpaired:
    """A recording without a column, and those that it might read."""

    recording: Sound
    why: str
    candidates: tuple[Reading, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """What was found in a folder."""

    pairs: tuple[Pair, ...]
    unpaired: tuple[Unpaired, ...] = ()
    left: tuple[Reading, ...] = ()
    """Columns without a recording."""
    unreadable: tuple[str, ...] = field(default=())


def pair_up(folder: Path, glance: Glance) -> Pairing:
    """Return which recording in *folder* (and below) reads which column.

    Raises:
        UsageError: There are no recordings in it, or no columns, or it is a show's.
    """
    if (folder / "show.toml").exists():
        raise UsageError("is a show's own folder, not one to take from", where=folder)
    sounds = []
    for path in sounds_in(folder):
        title, duration_s = glance(path)
        sounds.append(Sound(path=path, title=title, duration_s=duration_s))
    readings, unreadable = _readings(folder)
    if not (sounds and readings):
        what = "recordings" if not sounds else "columns"
        raise UsageError(
            f"there are no {what} in it; a podcast is imported by its feed, an export by its file",
            where=folder,
        )
    pairs: list[Pair] = []
    left, right = list(sounds), list(readings)
    for by, of_sound, of_reading in _keys(folder, sounds, readings):
        new = once(left, right, of_sound, of_reading)
        pairs += [_judged(sound, reading, by) for sound, reading in new]
        drop(left, right, new)
    alike = _alike(left, right)
    pairs += alike
    drop(left, right, [(pair.recording, pair.column) for pair in alike])
    if len(left) == len(right) == 1 and _fits(left[0], right[0], USUAL_WPM):
        pairs.append(Pair(recording=left[0], column=right[0], by="length", sure=False))
        left, right = [], []
    return Pairing(
        pairs=tuple(sorted(pairs, key=lambda pair: pair.recording.path)),
        unpaired=tuple(_unpaired(sound, left, right) for sound in left),
        left=tuple(right),
        unreadable=tuple(unreadable),
    )


def add_each(
    pairs: Iterable[Pair], add: Callable[[Pair], T]
) -> Iterator[tuple[Pair, T | ColumncastError]]:
    """Let each of *pairs* be added by *add*; yield what became of it. No other one is stopped by it.

    Raises:
        FolderError: The disk is full or not ours to write.
        BusyError: Somebody else is at work on the show.
    """
    for pair in pairs:
        try:
            yield pair, add(pair)
        except (FolderError, BusyError):
            raise
        except ColumncastError as e:
            yield pair, e


def _readings(folder: Path) -> tuple[list[Reading], list[str]]:
    found, unreadable = [], []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in TEXTS or path.name.startswith(".") or not path.is_file():
            continue
        try:
            if is_collection(path):
                continue
            column = read_column(path)
            refuse_draft(column, path.name, force=False)
        except ColumnError as e:
            unreadable.append(str(e))
        else:
            found.append(
                Reading(
                    path=path,
                    title=column.title,
                    word_count=column.word_count,
                    published=column.published,
                )
            )
    return found, unreadable


_Key = tuple[str, Callable[[Sound], Hashable], Callable[[Reading], Hashable]]


def _keys(folder: Path, sounds: Sequence[Sound], readings: Sequence[Reading]) -> list[_Key]:
    """What may be the same of a recording and a column, the surest first."""
    places = [Counter(s.path.parent for s in sounds), Counter(r.path.parent for r in readings)]

    def alone(path: Path) -> str:
        crowded = any(there[path.parent] > 1 for there in places)
        return "" if crowded or path.parent == folder else str(path.parent)

    return [
        ("name", lambda s: name_of(s.path.stem), lambda r: name_of(r.path.stem)),
        ("folder", lambda s: alone(s.path), lambda r: alone(r.path)),
        ("tag and title", lambda s: s.title and bare_title(s.title), lambda r: bare_title(r.title)),
        ("name and title", lambda s: name_of(s.path.stem), lambda r: name_of(make_slug(r.title))),
        ("date", lambda s: date_in(s.path.stem), lambda r: date_in(r.path.stem)),
        (
            "date of the column",
            lambda s: date_in(s.path.stem),
            lambda r: f"{r.published:%Y-%m-%d}" if r.published else "",
        ),
    ]


def _judged(sound: Sound, reading: Reading, by: str) -> Pair:
    """A pair that nobody could read in that time is for a person to look at."""
    return Pair(recording=sound, column=reading, by=by, sure=_fits(sound, reading, POSSIBLE_WPM))


def _fits(sound: Sound, reading: Reading, bounds: tuple[int, int]) -> bool:
    words_per_minute, _ = pace(reading.word_count, sound.duration_s)
    return bounds[0] <= words_per_minute <= bounds[1]


def _alike(sounds: Sequence[Sound], readings: Sequence[Reading]) -> list[Pair]:
    """Those that share most of their words, where none other does."""
    likes = [(s, r) for s in sounds for r in readings if _share(s.words, r.words) >= _ALIKE]
    return [
        Pair(recording=sound, column=reading, by="like words", sure=False)
        for sound, reading in likes
        if sum(s is sound for s, _ in likes) == 1
        and sum(r is reading for _, r in likes) == 1
        and _fits(sound, reading, POSSIBLE_WPM)
    ]


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    common = a & b
    return len(common) / min(len(a), len(b)) if len(common) >= _LEAST else 0.0


def _unpaired(sound: Sound, sounds: Sequence[Sound], readings: Sequence[Reading]) -> Unpaired:
    possible = [r for r in readings if _fits(sound, r, POSSIBLE_WPM)]
    near = [
        r
        for r in possible
        if _share(sound.words, r.words) >= _ALIKE
        or name_of(r.path.stem) == name_of(sound.path.stem)
    ]
    same = [
        other
        for other in sounds
        if other is not sound and name_of(other.path.stem) == name_of(sound.path.stem)
    ]
    if near and same:
        why = f"{same[0].path.name} may be of the same column"
    elif len(near) > 1:
        why = f"{len(near)} columns are like it"
    elif near:
        why = "several recordings are like that column"
    elif not sound.duration_s:
        why = "it cannot be read"
    elif possible:
        why = "no column has its name, date or title"
    else:
        why = "no column that is left is as long"
    few = possible if len(possible) <= _MOST_OFFERED else []
    return Unpaired(recording=sound, why=why, candidates=tuple(near or few))


def name_of(stem: str) -> str:
    """Return a file's name for comparing: without dates, numbers of takes, and words of the trade.

    >>> name_of("2026-01-05 The Ferry (final take 3)"), name_of("the_ferry.narration")
    ('ferry', 'ferry')
    """
    return "-".join(name_words(stem))


def name_words(text: str) -> list[str]:
    """Return the words of a name that say something."""
    bare = re.sub(r"(?i)\b(?:take|version|v|draft|edit)[-_ ]?\d+\b", " ", _DATE.sub(" ", text))
    words = make_slug(bare.replace("_", " ").replace(".", " ")).split("-") if bare.strip() else []
    kept = [word for word in words if word not in _NOISE]
    return kept if any(not word.isdigit() for word in kept) else [w.lstrip("0") or w for w in kept]


def date_in(stem: str) -> str:
    """Return the date in a file's name.

    >>> date_in("20260105-ferry"), date_in("ferry 2026.01.05"), date_in("ferry 12")
    ('2026-01-05', '2026-01-05', '')
    """
    found = _DATE.search(stem)
    return "-".join(found.groups()) if found else ""
