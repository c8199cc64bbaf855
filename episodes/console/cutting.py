"""What the cutting desk says: the cuts as a list, a question for each, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from columncast.episodes.building.built import Built
from columncast.episodes.building.jobs import Progress
from columncast.episodes.console.console import Console
from columncast.episodes.console.results import say_built
from columncast.episodes.disk import files
from columncast.episodes.errors import RecordingError, UsageError
from columncast.episodes.format import count, shorten, table
from columncast.episodes.model.cuts import Cut, Edits
from columncast.episodes.model.timecode import clock, position
from columncast.episodes.narration.cut_lists import Drawn, as_list, read_list, refuse_list
from columncast.episodes.show.folder import EpisodeFolder

_HEADS = ("Time", "Kind", "", "Saves", "Words", "Why")


class OnDesk(Protocol):
    """A recording on the cutting desk."""

    @property
    def cuts(self) -> Sequence[Cut]:
        """What can be cut out of it."""


D = TypeVar("D", bound=OnDesk)


@dataclass(frozen=True)
class Asked:
    """What a person has asked the cutting desk for."""

    console: Console
    apply: str
    """`sure`, `all`, or the name of a list; empty where nobody has said it."""
    drawn: tuple[Drawn, ...] | None
    """The rows of that list."""
    labels: Path | None
    terminal: bool
    """Whether somebody is there to be asked about each cut."""

    @property
    def all_the_same(self) -> bool:
        """Whether a cut that does harm is wanted even so."""
        return self.apply == "all" or self.drawn is not None

    @property
    def one_by_one(self) -> bool:
        """Whether somebody is asked about each cut."""
        return not self.apply and self.terminal

    def cut_recording(
        self,
        audio: Path,
        out: Path,
        *,
        lay: Callable[[Callable[[float], None]], AbstractContextManager[D]],
        make: Callable[[D, Callable[[Cut], bool]], Edits],
    ) -> None:
        """Cut the recording *audio* that *lay* lays on the desk, by *make*, to *out*, and say it.

        Raises:
            RecordingError: Cuts were wanted, and there is nothing to cut, or nothing that is sure.
        """
        with ExitStack() as opened:
            with self.console.progress("Listening to") as progress:
                desk = opened.enter_context(lay(lambda share: progress(audio.name, share)))
            edits = make(desk, self._decisions(desk.cuts))
        _say_cuts(edits, self.console)
        if any(cut.applied for cut in edits.cuts):
            self.console.say(f"Made      {out}   {_saved(edits)}")
        else:
            self._say_none(edits, where=audio, untouched=f"{out} was not written")

    def cut_episode(
        self,
        episode: EpisodeFolder,
        *,
        look: Callable[[Progress], Edits],
        lay: Callable[[Progress], AbstractContextManager[D]],
        make: Callable[[D, Callable[[Cut], bool], Progress], tuple[Edits, Built | None]],
    ) -> None:
        """Cut *episode*, or have a *look* at what could be cut; else as `cut_recording`."""
        built: Built | None = None
        if self._chooses:
            with ExitStack() as opened:
                with self.console.progress() as progress:
                    desk = opened.enter_context(lay(progress))
                decided = self._decisions(desk.cuts)
                with self.console.progress() as progress:
                    edits, built = make(desk, decided, progress)
        else:
            with self.console.progress() as progress:
                edits = look(progress)
            self._list(edits.cuts)
        _say_cuts(edits, self.console)
        applied = any(cut.applied for cut in edits.cuts)
        if applied:
            back = f"columncast cut {episode.slug} --undo"
            self.console.say(f"Cut       {_saved(edits)}; back with: {back}")
        if built:
            retired = episode.facts.retired
            say_built(built, self.console, None if retired else built.find(episode.slug))
        elif not applied:
            self._say_none(edits, where=episode.slug, untouched="nothing was changed")
        elif self._chooses:
            self.console.say("Nothing changed: it is cut like this already.")

    @property
    def _chooses(self) -> bool:
        return bool(self.apply) or self.terminal

    def _decisions(self, cuts: Sequence[Cut]) -> Callable[[Cut], bool]:
        """Return which of *cuts* are wanted; what was decided before is not asked again."""
        self._list(cuts)
        decided = {cut: self._chosen(cut) for cut in cuts}
        return decided.__getitem__

    def _list(self, cuts: Sequence[Cut]) -> None:
        if self.labels:
            files.write(self.labels, as_list(cuts, self.labels.suffix))

    def _chosen(self, cut: Cut) -> bool:
        if self.drawn is not None:
            return any(r.start_s < cut.end_s and r.end_s > cut.start_s for r in self.drawn)
        if self.apply == "all":
            return True
        if cut.applied or cut.kept:
            return cut.applied
        if self.apply == "sure":
            return cut.sure
        return self.terminal and self.console.asks(f"Cut {_described(cut)}?")

    def _say_none(self, edits: Edits, *, where: Path | str, untouched: str) -> None:
        if not edits.cuts:
            raise RecordingError(f"holds nothing to cut; {untouched}", where=where)
        if self._chooses:
            raise RecordingError(
                f"has no cut that was chosen or is sure; {untouched}. Listen to those listed, and "
                "cut them with --apply all",
                where=where,
            )
        self.console.say("Nothing is cut yet. To cut: --apply sure, or --apply all")


def asked(console: Console, apply: str, labels: Path | None, *, terminal: bool) -> Asked:
    """Return what `--apply` and `--labels` ask for; at a *terminal* without either, one by one.

    Raises:
        UsageError: *apply* is neither `sure` nor `all` nor a list that is there, or *labels* has a
            suffix that no list has.
        InputError: The list cannot be used.
    """
    if labels:
        refuse_list(labels)
    drawn = None
    if apply not in ("", "sure", "all"):
        if not Path(apply).is_file():
            raise UsageError(
                f"--apply takes sure, all, or a list of cuts; there is no file {apply}; nothing was "
                "done"
            )
        drawn = read_list(Path(apply))
    at_terminal = terminal and not (apply or labels or console.as_json)
    return Asked(console, apply, drawn, labels, at_terminal)


def refuse_mixture(what: Sequence[str], *, out: Path | None, track: int) -> None:
    """Refuse what names neither one episode nor a recording, its text and the new recording.

    Raises:
        UsageError: It does.
    """
    if len(what) > 2 or (len(what) == 2) != bool(out):
        raise UsageError(
            "name one episode, or a recording and its text with -o FILE for the new one"
        )
    if track and not out:
        raise UsageError(f"the track of an episode is set by: columncast edit {what[0]} --track N")


def _say_cuts(edits: Edits, console: Console) -> None:
    console.document(edits.as_json())
    if edits.cuts:
        console.say(*table([_row(cut) for cut in edits.cuts], _HEADS), "")
    for word in edits.lost:
        console.remark(f"Lost by a cut that was not sure: {word}")


def _saved(edits: Edits) -> str:
    applied = sum(cut.applied for cut in edits.cuts)
    left_s = edits.duration_s - edits.cut_s
    of_all = f"{applied} of {count(len(edits.cuts), 'cut')}"
    return f"{of_all}, {edits.cut_s:.1f} s less: {clock(left_s)}"


def _row(cut: Cut) -> tuple[str, ...]:
    done = "cut" if cut.applied else "keep" if cut.kept else "sure" if cut.sure else "ask"
    saved = f"{cut.saved_s:.1f} s"
    return (position(cut.start_s), cut.kind, done, saved, shorten(cut.text, 40), cut.reason)


def _described(cut: Cut) -> str:
    words = f" “{shorten(cut.text, 40)}”" if cut.text else ""
    doubt = "" if cut.sure else f" (not sure: {cut.reason})"
    return f"the {cut.kind}{words} at {position(cut.start_s)}, {cut.saved_s:.1f} s{doubt}"
