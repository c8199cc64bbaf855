"""What the cutting desk says: the cuts as a list, a question for each, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from columncast.episodes.console.console import Console
from columncast.episodes.disk import files
from columncast.episodes.errors import RecordingError, UsageError
from columncast.episodes.format import count, shorten, table
from columncast.episodes.model.cuts import Cut, Edits
from columncast.episodes.model.timecode import clock, position
from columncast.episodes.narration.cut_lists import Drawn, as_list, read_list, refuse_list

_HEADS = ("Time", "Kind", "", "Saves", "Words", "Why")


@dataclass(frozen=True)
class Wanted:
    """Which cuts a person has asked for."""

    apply: str
    """`sure`, `all`, or the name of a list; empty where nobody has said it."""
    drawn: tuple[Drawn, ...] | None = None
    """The rows of that list."""

    @property
    def all_the_same(self) -> bool:
        """Whether a cut that does harm is wanted even so."""
        return self.apply == "all" or self.drawn is not None

    def choice(self, console: Console, *, terminal: bool) -> Callable[[Cut], bool] | None:
        """Return which cuts are wanted: at a *terminal*, those that a person says yes to.

        None where nobody says which.
        """
        if self.drawn is not None:
            rows = self.drawn
            return lambda cut: any(r.start_s < cut.end_s and r.end_s > cut.start_s for r in rows)
        if self.apply == "all":
            return lambda _: True
        if self.apply == "sure":
            return lambda cut: cut.sure
        if terminal and not console.as_json:
            return lambda cut: console.asks(f"Cut {_described(cut)}?")
        return None


def wanted(apply: str, labels: Path | None) -> Wanted:
    """Return what `--apply` and `--labels` ask for.

    Raises:
        UsageError: *apply* is neither `sure` nor `all` nor a list that is there, or *labels* has a
            suffix that no list has.
        InputError: The list cannot be used.
    """
    if labels:
        refuse_list(labels)
    if apply in ("", "sure", "all"):
        return Wanted(apply)
    path = Path(apply)
    if not path.is_file():
        raise UsageError(
            f"--apply takes sure, all, or a list of cuts; there is no file {apply}; nothing was done"
        )
    return Wanted(apply, read_list(path))


def write_labels(cuts: Sequence[Cut], labels: Path) -> None:
    """Write *cuts* for another tool to the list *labels*.

    Raises:
        FolderError: The disk is full, or not ours to write.
    """
    files.write(labels, as_list(cuts, labels.suffix))


def end_cutting(edits: Edits, console: Console, *, audio: Path, out: Path, chose: bool) -> None:
    """Say what was cut of *audio*, or could be.

    Raises:
        RecordingError: Cuts were wanted, and there is nothing to cut, or nothing that is sure.
    """
    console.document(edits.as_json())
    if edits.cuts:
        console.say(*table([_row(cut) for cut in edits.cuts], _HEADS), "")
    for word in edits.lost:
        console.remark(f"Lost by a cut that was not sure: {word}")
    applied = sum(cut.applied for cut in edits.cuts)
    if applied:
        left_s = edits.duration_s - edits.cut_s
        of_all = f"{applied} of {count(len(edits.cuts), 'cut')}"
        console.say(f"Made      {out}   {of_all}, {edits.cut_s:.1f} s less: {clock(left_s)}")
    elif not edits.cuts:
        raise RecordingError(f"holds nothing to cut; {out} was not written", where=audio)
    elif chose:
        raise RecordingError(
            f"has no cut that was chosen or is sure; {out} was not written. Listen to those "
            "listed, and cut them with --apply all",
            where=audio,
        )
    else:
        console.say("Nothing is cut yet. To cut: --apply sure, or --apply all")


def _row(cut: Cut) -> tuple[str, ...]:
    done = "cut" if cut.applied else "sure" if cut.sure else "ask"
    saved = f"{cut.saved_s:.1f} s"
    return (position(cut.start_s), cut.kind, done, saved, shorten(cut.text, 40), cut.reason)


def _described(cut: Cut) -> str:
    words = f" “{shorten(cut.text, 40)}”" if cut.text else ""
    doubt = "" if cut.sure else f" (not sure: {cut.reason})"
    return f"the {cut.kind}{words} at {position(cut.start_s)}, {cut.saved_s:.1f} s{doubt}"
