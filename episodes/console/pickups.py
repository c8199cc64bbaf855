"""What `columncast pickup` says: which sentences were read again, where they went, and what is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from columncast.episodes.console.console import Console
from columncast.episodes.errors import RecordingError, UsageError
from columncast.episodes.format import count, shorten, table
from columncast.episodes.model.pickups import Reread, WhichSentence
from columncast.episodes.model.timecode import position

_HEADS = ("Time", "Fixes", "", "Level", "Words", "Note")


def recording_text_fixes(what: Sequence[str]) -> tuple[Path, Path, list[Path]]:
    """Return the recording, its text and the fixes that a person named.

    Raises:
        UsageError: There are fewer than three, or one of them is not there.
    """
    if len(what) < 3:
        raise UsageError(
            "name a recording, its text, and one or more files of fixes: columncast pickup take.wav "
            "column.md fixes.wav -o OUT.wav"
        )
    audio, text, *fixes = map(Path, what)
    for path in (audio, text, *fixes):
        if not path.is_file():
            raise UsageError(f"{path}: no such file; nothing was done")
    return audio, text, fixes


def asker(console: Console, *, terminal: bool) -> Callable[[WhichSentence], int | None]:
    """Return who says which of several sentences a reading is: a person at a *terminal*, or nobody."""

    def ask(which: WhichSentence) -> int | None:
        choices = [
            f"“{shorten(text, 60)}”" + ("" if start_s is None else f" at {position(start_s)}")
            for _, text, start_s in which.choices
        ]
        span = f"{position(which.from_s)} to {position(which.to_s)}"
        chosen = console.chooses(f"{which.file}, {span}: which sentence is it?", choices)
        return which.choices[chosen - 1][0] if chosen else None

    return ask if terminal and not console.as_json else lambda _: None


def end_pickups(rows: Sequence[Reread], console: Console, *, made: str, where: Path) -> None:
    """Say what became of each reading; *made* is what now holds those that are placed.

    Raises:
        RecordingError: None could be placed in *where*, and nothing was made.
    """
    console.document({"pickups": [row.as_json() for row in rows]})
    if rows:
        console.say(*table([_row(row) for row in rows], _HEADS), "")
    placed = sum(row.placed for row in rows)
    if not placed:
        why = f"; {rows[0].file} at {position(rows[0].from_s)}: {rows[0].reason}" if rows else ""
        raise RecordingError(
            f"no sentence could be placed in it{why}; {made} was not written", where=where
        )
    console.say(f"Made      {made}   {placed} of {count(len(rows), 'reading')} placed")


def _row(row: Reread) -> tuple[str, ...]:
    return (
        "" if row.start_s is None else position(row.start_s),
        f"{Path(row.file).name} {position(row.from_s)}",
        "placed" if row.placed else "not placed",
        "" if row.level_db is None else f"{row.level_db:+.1f} dB",
        shorten(row.text, 40),
        row.reason,
    )
