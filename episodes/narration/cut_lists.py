"""Lists of cuts as other tools keep them: Audacity's labels, and the regions of Reaper as CSV.

A person deletes the rows that should stay, moves their ends, adds others, and hands the list back.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from columncast.episodes.errors import InputError, UsageError
from columncast.episodes.model.cuts import Cut
from columncast.episodes.model.timecode import in_seconds, stamp

SUFFIXES: Final = (".txt", ".csv")
_HEADS: Final = ("#", "Name", "Start", "End", "Length")
_MOST_BYTES: Final = 5_000_000
_TIME: Final = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)")
_UNTOUCHED: Final = "nothing was cut"


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One row of a list: what somebody wants to be cut."""

    start_s: float
    end_s: float
    label: str


def refuse_list(path: Path) -> None:
    """Refuse a list in a form that nobody knows.

    Raises:
        UsageError: *path* has another suffix.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"{path}: a list of cuts is a .txt (labels of Audacity) or a .csv (regions of Reaper); "
            "nothing was done"
        )


def as_list(cuts: Sequence[Cut], suffix: str) -> str:
    """Return *cuts* in the form of *suffix*, `.txt` or `.csv`."""
    if suffix.lower() == ".txt":
        return "".join(f"{c.start_s:.6f}\t{c.end_s:.6f}\t{_label(c)}\n" for c in cuts)
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(_HEADS)
    for number, cut in enumerate(cuts, start=1):
        times = (stamp(at) for at in (cut.start_s, cut.end_s, cut.end_s - cut.start_s))
        rows.writerow((f"R{number}", _label(cut), *times))
    return written.getvalue()


def read_list(path: Path) -> tuple[Drawn, ...]:
    """Return the rows of the list *path*, in time; single points among them are no cuts.

    Raises:
        InputError: In one line: it cannot be read, a row is none, or two of them overlap.
        UsageError: It has another suffix.
    """
    refuse_list(path)
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig")
    except OSError as e:
        raise InputError(f"cannot be read: {e.strerror}; {_UNTOUCHED}", where=path) from e
    except UnicodeDecodeError as e:
        raise InputError(f"is no text in UTF-8; {_UNTOUCHED}", where=path) from e
    rows = _regions(text) if path.suffix.lower() == ".csv" else _labels(text)
    drawn = []
    for number, start, end, label in rows:
        start_s, end_s = _seconds(start), _seconds(end)
        if start_s is None or end_s is None or end_s < start_s:
            raise InputError(
                f"line {number}: {start!r} and {end!r} are no start and end in seconds, or in minutes "
                f"and seconds; {_UNTOUCHED}",
                where=path,
            )
        if end_s > start_s:
            drawn.append(Drawn(start_s=start_s, end_s=end_s, label=label))
    drawn.sort(key=lambda one: one.start_s)
    for one, other in pairwise(drawn):
        if other.start_s < one.end_s:
            raise InputError(
                f"two cuts overlap at {stamp(other.start_s)}; {_UNTOUCHED}", where=path
            )
    return tuple(drawn)


def _labels(text: str) -> Iterator[tuple[int, str, str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        # The second line of a label, with a backslash, holds frequencies.
        if line.strip() and not line.startswith("\\"):
            start, end, label, *_ = (*line.split("\t"), "", "", "")
            yield number, start, end, label


def _regions(text: str) -> Iterator[tuple[int, str, str, str]]:
    for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        name, label, start, end, *_ = (*row, "", "", "", "")
        if number > 1 and name.startswith("R"):  # else a head, or a marker
            yield number, start, end, label


def _seconds(text: str) -> float | None:
    """Return a time in seconds; None for what is none, such as bars and beats.

    >>> _seconds("83.25"), _seconds("1:23.25"), _seconds("1:00:01,5"), _seconds("5.1.00")
    (83.25, 83.25, 3601.5, None)
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    hours, minutes, seconds = found.groups()
    at = in_seconds(int(hours or 0), int(minutes or 0), float(seconds.replace(",", ".")))
    return at if math.isfinite(at) else None


def _label(cut: Cut) -> str:
    """Return what a person reads on a cut, on one line."""
    sure = "sure" if cut.sure else "ask"
    return " ".join(f"{cut.kind}, {sure}: {cut.text or cut.reason}".split())
