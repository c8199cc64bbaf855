"""`edits.toml`, beside an episode's recording: what people chose to cut, keep or read again.

    edits = read_edits(episode)                           # empty where there is none
    edits.recording_sha256 != sha256                      # of another recording: to be left alone
    changes.write(episode.edits_file, edits_text(edits))  # with `journal.together`

It holds decisions alone: a cut that nobody has decided about is found again, and not kept here. In
time, one key a line, so that git shows what changed. Times are seconds of the recording to the
millisecond. The recording is named by its hash: a list of another one is of no effect, since its
times mean nothing. A person may edit the file, so it is checked as any other. Each `[[pickup]]`
is a `Pickup`: what sounds from `from_s` to `to_s` in its file is heard in the place of `start_s` to
`end_s` of the recording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Final, Literal

from columncast.episodes.disk import files
from columncast.episodes.errors import SettingsError
from columncast.episodes.model.cuts import Cut, CutKind, Pickup, RecordingEdits
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.show.settings import read_toml
from columncast.episodes.show.toml import new_list

_HEADER: Final = """\
# What is edited in this episode's recording, which itself is never changed. Times are its seconds.
# `choice` is "cut" or "keep". `columncast cut` and `columncast pickup` write this file.
"""
_LATEST_S: Final = 1e6
_MOST_FILL_S: Final = 60.0
_MOST_LEVEL_DB: Final = 60.0
_ROUNDING_S: Final = 0.002
_LENGTHS: Final = ("duration_s", "tone_start_s", "tone_end_s")
_MAY_BE_MISSING: Final = ("fill_s", "text", "reason", "level_db")
_FILE: Final = re.compile(r"pickups/\w[\w.-]*", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class _CutRow:
    """`[[cut]]`."""

    start_s: float
    end_s: float
    kind: CutKind
    choice: Literal["cut", "keep"] = "cut"
    sure: bool = False
    fill_s: float = 0.0
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class _File:
    """`edits.toml`."""

    recording_sha256: str
    duration_s: float
    tone_start_s: float = 0.0
    tone_end_s: float = 0.0
    cut: tuple[_CutRow, ...] = ()
    pickup: tuple[Pickup, ...] = ()


def read_edits(episode: EpisodeFolder) -> RecordingEdits:
    """Return what `edits.toml` of *episode* says, of whatever recording; without one, nothing.

    Raises:
        SettingsError: In one line: it is no TOML, a key or a time in it cannot be, or two edits
            overlap.
        OutsideError: It is a link that leads out of the show.
    """
    path = episode.edits_file
    if not files.may_be_there(path):
        return RecordingEdits()
    where = f"episodes/{episode.slug}/{path.name}"
    try:
        found = read_toml(files.of_show(path), _File)
    except SettingsError as e:
        raise SettingsError(e.message, where=where) from e
    for wrong in _wrong(found):
        raise SettingsError(f"{wrong}; nothing was changed", where=where)
    return RecordingEdits(
        recording_sha256=found.recording_sha256,
        duration_s=found.duration_s,
        tone_start_s=found.tone_start_s,
        tone_end_s=found.tone_end_s,
        cuts=tuple(
            _cut(row) for row in sorted(found.cut, key=lambda one: (one.start_s, one.end_s))
        ),
        pickups=tuple(sorted(found.pickup, key=lambda one: (one.start_s, one.end_s))),
    )


def edits_text(edits: RecordingEdits) -> str:
    """Return *edits* as `edits.toml` holds them."""
    keys = {
        "recording_sha256": edits.recording_sha256,
        **{name: round(getattr(edits, name), 3) for name in _LENGTHS},
    }
    return new_list(_HEADER, keys, _tables(edits))


def _tables(edits: RecordingEdits) -> Iterator[tuple[str, Mapping[str, object]]]:
    for cut in sorted(edits.cuts, key=lambda one: (one.start_s, one.end_s)):
        row = _CutRow(
            start_s=cut.start_s,
            end_s=cut.end_s,
            kind=cut.kind,
            choice="cut" if cut.applied else "keep",
            sure=cut.sure,
            fill_s=cut.fill_s,
            text=cut.text,
            reason=cut.reason,
        )
        yield "cut", _tidy(asdict(row))
    for pickup in sorted(edits.pickups, key=lambda one: (one.start_s, one.end_s)):
        yield "pickup", _tidy(asdict(pickup))


def _tidy(row: Mapping[str, object]) -> dict[str, object]:
    """Return *row* with its numbers rounded and without what is empty."""
    tidy = {k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}
    return {k: v for k, v in tidy.items() if v or k not in _MAY_BE_MISSING}


def _cut(row: _CutRow) -> Cut:
    return Cut(
        start_s=row.start_s,
        end_s=row.end_s,
        kind=row.kind,
        sure=row.sure,
        text=row.text,
        reason=row.reason,
        fill_s=row.fill_s,
        applied=row.choice == "cut",
        kept=row.choice == "keep",
    )


def _wrong(found: _File) -> Iterator[str]:
    """Yield what cannot be in *found*."""
    end_s = found.duration_s + _ROUNDING_S
    if not 0 < found.duration_s < _LATEST_S:
        yield f"duration_s is {found.duration_s:g}; it is the length of the recording in seconds"
    if not 0 <= found.tone_start_s <= found.tone_end_s <= end_s:
        yield "tone_start_s and tone_end_s are no stretch of the recording"
    for cut in found.cut:
        for wrong in _wrong_cut(cut, end_s, has_tone=found.tone_end_s > found.tone_start_s):
            yield f"[[cut]] {_span(cut)} {wrong}"
    for pickup in found.pickup:
        for wrong in _wrong_pickup(pickup, end_s):
            yield f"[[pickup]] {_span(pickup)} {wrong}"
    yield from _overlaps("cut", [cut for cut in found.cut if cut.choice == "cut"])
    yield from _overlaps("pickup", found.pickup)


def _wrong_cut(cut: _CutRow, end_s: float, *, has_tone: bool) -> Iterator[str]:
    if not 0 <= cut.start_s < cut.end_s <= end_s:
        yield "is no stretch of the recording"
    if not 0 <= cut.fill_s <= _MOST_FILL_S:
        yield f"has a fill_s that does not lie between 0 and {_MOST_FILL_S:g}"
    if cut.fill_s and not has_tone:
        yield "has a fill_s, and there is no room tone to fill it with"


def _wrong_pickup(pickup: Pickup, end_s: float) -> Iterator[str]:
    if not 0 <= pickup.start_s <= pickup.end_s <= end_s:
        yield "is no stretch of the recording"
    if not 0 <= pickup.from_s < pickup.to_s < _LATEST_S:
        yield "has a from_s and a to_s that are no stretch of its file"
    if not _FILE.fullmatch(pickup.file) or ".." in pickup.file:
        yield "names a file that is not one in pickups/ of the episode's folder"
    if pickup.sentence < 0 or not abs(pickup.level_db) <= _MOST_LEVEL_DB:
        yield "has a sentence or a level_db that cannot be"


def _overlaps(name: str, rows: Sequence[_CutRow | Pickup]) -> Iterator[str]:
    ordered = sorted(rows, key=lambda one: (one.start_s, one.end_s))
    for one, other in pairwise(ordered):
        if other.start_s < one.end_s:
            yield f"[[{name}]] {_span(one)} and {_span(other)} overlap"


def _span(row: _CutRow | Pickup) -> str:
    return f"{row.start_s:g}-{row.end_s:g} s"
