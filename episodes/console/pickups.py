"""What `columncast pickup` says: which sentences were read again, where they went, and what is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self, TypeVar

from columncast.episodes.building.built import Built
from columncast.episodes.building.jobs import Progress
from columncast.episodes.console.console import Console
from columncast.episodes.console.results import say_built
from columncast.episodes.disk import files
from columncast.episodes.errors import RecordingError, UsageError
from columncast.episodes.format import count, shorten, table
from columncast.episodes.model.pickups import Reread, WhichSentence
from columncast.episodes.model.timecode import position
from columncast.episodes.narration.sheet import Sheet
from columncast.episodes.show.folder import EpisodeFolder

_HEADS = ("Time", "Fixes", "", "Level", "Words", "Note")
_UNTOUCHED = "nothing was done"


class OnDesk(Protocol):
    """A recording with fixes beside it."""

    def asked(self, choose: Callable[[WhichSentence], int | None]) -> Self:
        """Return it with the sentences that *choose* names where there are several."""


D = TypeVar("D", bound=OnDesk)


@dataclass(frozen=True)
class Asked:
    """Who wants sentences put into a recording."""

    console: Console
    terminal: bool
    """Whether somebody is there to be asked which sentence a reading is."""

    def into_recording(
        self,
        audio: Path,
        out: Path,
        *,
        lay: Callable[[Callable[[float], None]], AbstractContextManager[D]],
        make: Callable[[D], Sequence[Reread]],
    ) -> None:
        """Put what *lay* finds into the recording *audio*, by *make*, as *out*, and say it.

        Raises:
            RecordingError: Nothing could be placed.
        """
        with ExitStack() as opened:
            with self.console.progress("Listening to") as progress:
                desk = opened.enter_context(lay(lambda share: progress(audio.name, share)))
            rows = make(desk.asked(self._choose))
        placed = self._say(rows)
        if not placed:
            raise _nothing_placed(rows, str(audio), f"{out} was not written")
        self.console.say(f"Made      {out}   {placed} of {count(len(rows), 'reading')} placed")

    def into_episode(
        self,
        episode: EpisodeFolder,
        *,
        lay: Callable[[Progress], AbstractContextManager[D]],
        make: Callable[[D, Progress], tuple[Sequence[Reread], Built | None]],
    ) -> None:
        """Put what *lay* finds into *episode*, by *make*; else as `into_recording`."""
        with ExitStack() as opened:
            with self.console.progress() as progress:
                desk = opened.enter_context(lay(progress))
            answered = desk.asked(self._choose)
            with self.console.progress() as progress:
                rows, built = make(answered, progress)
        placed = self._say(rows)
        if not built:
            raise _nothing_placed(rows, episode.slug, "nothing was changed")
        back = f"columncast pickup {episode.slug} --undo"
        self.console.say(f"Placed    {placed} of {count(len(rows), 'reading')}; back with: {back}")
        say_built(built, self.console, None if episode.facts.retired else built.find(episode.slug))

    def _choose(self, which: WhichSentence) -> int | None:
        if not self.terminal or self.console.as_json:
            return None
        choices = [
            f"“{shorten(text, 60)}”" + ("" if start_s is None else f" at {position(start_s)}")
            for _, text, start_s in which.choices
        ]
        span = f"{position(which.from_s)} to {position(which.to_s)}"
        chosen = self.console.chooses(f"{which.file}, {span}: which sentence is it?", choices)
        return which.choices[chosen - 1][0] if chosen else None

    def _say(self, rows: Sequence[Reread]) -> int:
        """Say what became of each reading; return how many were placed."""
        self.console.document({"pickups": [row.as_json() for row in rows]})
        if rows:
            self.console.say(*table([_row(row) for row in rows], _HEADS), "")
        return sum(row.placed for row in rows)


def recording_and_fixes(what: Sequence[str]) -> list[Path]:
    """Return the recording, its text and the fixes that a person named.

    Raises:
        UsageError: There are fewer than three, or one of them is not there.
    """
    if len(what) < 3:
        raise UsageError(
            "with -o, name a recording, its text, and one or more files of fixes: columncast pickup "
            f"take.wav column.md fixes.wav -o OUT.wav; {_UNTOUCHED}"
        )
    return _there(what)


def episode_and_fixes(what: Sequence[str], *, fixes: bool, track: int) -> tuple[str, list[Path]]:
    """Return what names the episode, and the *fixes* that a person named, if there are to be any.

    Raises:
        UsageError: There are none, or some where there should be none; one of them is not there; or
            a *track* was named, which an episode has for good.
    """
    name, *rest = what
    if track:
        raise UsageError(f"the track of an episode is set by: columncast edit {name} --track N")
    if fixes and not rest:
        raise UsageError(
            f"name one or more files of fixes: columncast pickup {name} fixes.wav; {_UNTOUCHED}"
        )
    if rest and not fixes:
        raise UsageError(f"--sheet and --undo take an episode and no fixes; {_UNTOUCHED}")
    return name, _there(rest)


def end_sheet(sheet: Sheet, console: Console, html: Path | None) -> None:
    """Print *sheet*, and write it as the page *html*."""
    console.document(sheet.as_json())
    if html:
        files.write_out(html, sheet.page())
    console.say(*sheet.lines())
    if html:
        console.say(f"Made      {html}")


def _there(names: Sequence[str]) -> list[Path]:
    paths = [Path(name) for name in names]
    for path in paths:
        if not path.is_file():
            raise UsageError(f"{path}: no such file; {_UNTOUCHED}")
    return paths


def _nothing_placed(rows: Sequence[Reread], where: str, untouched: str) -> RecordingError:
    why = f"; {rows[0].file} at {position(rows[0].from_s)}: {rows[0].reason}" if rows else ""
    return RecordingError(f"no sentence could be placed in it{why}; {untouched}", where=where)


def _row(row: Reread) -> tuple[str, ...]:
    return (
        "" if row.start_s is None else position(row.start_s),
        f"{Path(row.file).name} {position(row.from_s)}",
        "placed" if row.placed else "not placed",
        "" if row.level_db is None else f"{row.level_db:+.1f} dB",
        shorten(row.text, 40),
        row.reason,
    )
