"""Two revisions side by side: what a change made quicker, slower, larger or smaller.

    ./run.sh bench --compare REV                       # a few minutes
    ./run.sh bench --compare REV --minutes 10 --episodes 10000 --rounds 3

What is in the checkout now is *after*, the revision REV is *before*. Each row is one whole command,
run by both in turns (before, after; after, before; …), so that what else the machine does hits both
alike. A bare encode by ffmpeg and `python -c "import click"` run in the same turns: they are the same
on both sides, and say how quick the machine is.

A row has moved where every round of the one is beyond every round of the other, and their medians
are apart by more than 3 %; anything else is noise. CPU is user and system time of the command with all
processes that it starts; memory the highest sum of their resident memory, sampled.

Where both have the same locked libraries they run with the Python of this checkout; else REV gets
an environment of its own in its temporary folder.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from catalogue import RATE, SAMPLE, catalogue, episode
from mastering import COLUMNCAST, FFMPEG, tree_mib

from columncast.audio.ffmpeg.probe import probe
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_settings

ROOT: Final = Path(__file__).parent.parent
LOCKED: Final = "requirements-dev.lock"
SIDES: Final = ("before", "after")
_MOVED: Final = 0.03
FEWEST_ROUNDS: Final = 3
BARE: Final = "bare encode"
NO_ALIGNER: Final = "fi"
"""A language that is not aligned, so that the same text is added without its times."""


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A revision that can be run."""

    code: Path
    """A folder in which it is called columncast, whatever its own folder is called."""
    python: str

    def command(self, *words: object) -> list[str]:
        """Return columncast with *words*."""
        return [self.python, "-m", "columncast", *map(str, words)]


@dataclass(frozen=True, kw_only=True)
class Took:
    """What one command took."""

    wall_s: float
    cpu_s: float
    memory_mib: float


@dataclass(kw_only=True)
class Row:
    """One command, on both sides or, where it is none of ours, once a round."""

    name: str
    took: dict[str, list[Took]] = field(default_factory=lambda: {side: [] for side in SIDES})

    def of(self, side: str, what: str) -> list[float]:
        """Return every round's *what*: `wall_s`, `cpu_s` or `memory_mib`."""
        return [getattr(took, what) for took in self.took[side]]

    def median(self, side: str, what: str) -> float:
        """Return the median; of memory, the highest."""
        found = self.of(side, what)
        return max(found) if what == "memory_mib" else statistics.median(found)

    def moved(self, what: str) -> float | None:
        """Return by which factor *what* changed; None where it is within the noise, or run once."""
        before, after = self.of("before", what), self.of("after", what)
        ratio = statistics.median(after) / max(statistics.median(before), 1e-9)
        apart = len(after) >= FEWEST_ROUNDS and (
            max(after) < min(before) or min(after) > max(before)
        )
        return ratio if apart and abs(ratio - 1) > _MOVED else None

    @property
    def verdict(self) -> str:
        """What moved, in words."""
        said = []
        for what, unit in (("cpu_s", "CPU"), ("wall_s", "time"), ("memory_mib", "memory")):
            ratio = self.moved(what)
            if ratio is not None:
                said.append(f"{abs(ratio - 1):.0%} {'less' if ratio < 1 else 'MORE'} {unit}")
        return ", ".join(said) or "no change"


def run(command: list[str], *, code: Path | None = None) -> Took:
    """Run *command*, with *code* where Python looks for columncast, and measure it."""
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # whoever installs it has its bytecode
    if code:
        environment["PYTHONPATH"] = str(code)
    before, began, highest = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0.0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:  # a pipe would fill, and stop it
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, env=environment
        ) as process:
            while process.poll() is None:
                looked = time.perf_counter()
                highest = max(highest, tree_mib(process.pid))
                # At most a hundredth of a core: it would be taken from those who are measured.
                time.sleep(max(0.01, 99 * (time.perf_counter() - looked)))
        wall_s = time.perf_counter() - began
        if process.returncode:
            told.seek(0)
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{told.read()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall_s=wall_s, cpu_s=cpu_s, memory_mib=highest)


@contextmanager
def checkouts(revision: str, scratch: Path) -> Iterator[dict[str, Checkout]]:
    """Give the revision as *before* and what is in the checkout now as *after*."""
    there = scratch / "revision"
    _git("worktree", "add", "--quiet", "--detach", str(there), revision)
    try:
        same = (there / LOCKED).read_bytes() == (ROOT / LOCKED).read_bytes()
        python = sys.executable if same else _own_environment(there)
        found = {
            "before": Checkout(code=_named(scratch / "before", there), python=python),
            "after": Checkout(code=_named(scratch / "after", ROOT), python=sys.executable),
        }
        for one in found.values():  # as installed, with its bytecode
            run([one.python, "-m", "compileall", "-q", *_packages(one.code)])
        yield found
    finally:
        _git("worktree", "remove", "--force", str(there))


def _named(folder: Path, checkout: Path) -> Path:
    folder.mkdir()
    (folder / "columncast").symlink_to(checkout.absolute())
    return folder


def _packages(code: Path) -> list[str]:
    names = ("audio", "episodes", "feed", "cli.py", "publish.py", "__init__.py", "__main__.py")
    return [str(code / "columncast" / name) for name in names]


def _own_environment(checkout: Path) -> str:
    """Install the locked libraries of *checkout* into an environment of its own; return its Python."""
    print("The locked libraries differ: installing those of the revision …", file=sys.stderr)
    home = checkout / ".venv"
    venv.create(home, with_pip=True)
    python = str(home / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--requirement", checkout / LOCKED], check=True)
    return python


def _git(*words: str) -> None:
    subprocess.run(["git", "-C", ROOT, *words], check=True)


class Bench:
    """The rows, and the turns in which they are run."""

    def __init__(self, checkouts: dict[str, Checkout]) -> None:
        """Compare *checkouts*, by the names of their sides."""
        self.checkouts = checkouts
        self.rows: dict[str, Row] = {}
        self._turns: Counter[str] = Counter()

    def outside(self, name: str, command: list[str]) -> None:
        """Run what is none of ours: once a round, and the same on both sides."""
        took = run(command)
        for side in SIDES:
            self._row(name).took[side].append(took)
        self._said(name, "both", took)

    def ours(self, name: str, words: Callable[[str], list[object]]) -> None:
        """Run columncast with what *words* gives for each side."""
        self.each(name, lambda side: self.checkouts[side].command(*words(side)))

    def each(self, name: str, command: Callable[[str], list[str]]) -> None:
        """Run *command* of each side, in another order every other time."""
        self._turns[name] += 1
        for side in SIDES if self._turns[name] % 2 else reversed(SIDES):
            took = run(command(side), code=self.checkouts[side].code)
            self._row(name).took[side].append(took)
            self._said(name, side, took)

    def _row(self, name: str) -> Row:
        return self.rows.setdefault(name, Row(name=name))

    def _said(self, name: str, side: str, took: Took) -> None:
        told = f"{took.cpu_s:.2f} s CPU, {took.wall_s:.2f} s, {took.memory_mib:.0f} MiB"
        print(f"{name}, {side}: {told}", file=sys.stderr, flush=True)


def small(bench: Bench, scratch: Path, turn: int, *, minutes: float, channels: int) -> None:
    """One round of the weekly commands, with a recording of so many *minutes*."""
    take = recording_of(scratch, minutes=minutes, channels=channels)
    column = column_of(scratch, minutes=minutes)
    bitrate = "96k" if channels == 1 else "128k"
    shows = {
        (side, language): scratch / f"{side}-{turn}-{language}"
        for side in SIDES
        for language in ("en", NO_ALIGNER)
    }
    for (side, language), root in shows.items():
        facts = ["--title", "Weekly", "--site-url", "https://weekly.example/"]
        facts += ["--category", "History", "--language", language]
        checkout = bench.checkouts[side]
        run(checkout.command("init", root, *facts), code=checkout.code)
        change_settings(ShowFolder(root), {"audio.channels": channels, "audio.bitrate": bitrate})

    def add(language: str) -> Callable[[str], list[object]]:
        facts = ("--date", "2026-01-05T06:00Z", "--slug", "week", "--force")
        return lambda side: ["-C", shows[side, language], "add", take, column, *facts]

    def on_it(*words: object) -> Callable[[str], list[object]]:
        return lambda side: ["-C", shows[side, "en"], *words]

    def master(side: str) -> list[str]:
        words = [COLUMNCAST, take, scratch / f"{side}.mp3", bitrate, channels]
        return [bench.checkouts[side].python, "-W", "ignore", "-c", *map(str, words)]

    bare = [FFMPEG, "-v", "error", "-y", "-nostdin", "-i", str(take), "-b:a", bitrate]
    bench.outside("import click", [sys.executable, "-c", "import click"])
    bench.outside(BARE, [*bare, str(scratch / "bare.mp3")])
    bench.each("mastering alone", master)
    bench.ours("--help", lambda _: ["--help"])
    bench.ours("add, without read-along", add(NO_ALIGNER))
    bench.ours("add, with read-along", add("en"))
    bench.ours("edit --title", on_it("edit", "week", "--title", f"Another Title {turn}"))
    bench.ours("build, nothing to do", on_it("build"))
    for root in shows.values():
        shutil.rmtree(root)


def large(bench: Bench, scratch: Path, episodes: int, rounds: int) -> None:
    """What a catalogue of so many *episodes* costs; its audio is kept as it is."""
    shows = {side: scratch / f"{side}-catalogue" for side in SIDES}
    for root in shows.values():
        catalogue(root, episodes, seconds=1, kept=True)
    of = f"of {episodes:,}"

    def in_it(*words: object) -> Callable[[str], list[object]]:
        return lambda side: ["-C", shows[side], *words]

    bench.ours(f"first build {of}", in_it("build"))
    for side in SIDES:  # what a first build leaves for the next one to write down
        again = bench.checkouts[side]
        run(again.command("-C", shows[side], "build"), code=again.code)
    for turn in range(rounds):
        bench.ours(f"build, nothing to do, {of}", in_it("build"))
        bench.ours(f"list {of}", in_it("list"))
        bench.ours(f"an episode named by a part of its title, {of}", in_it("embed", "day 00007"))
        for root in shows.values():
            published = datetime(2026, 1, 1, turn, tzinfo=UTC)
            episode(root, episodes + turn, scratch / "sound-1.mp3", published, kept=True)
        bench.ours(f"one more {of}", in_it("build"))


def recording_of(folder: Path, *, minutes: float, channels: int) -> Path:
    """Return the sample's narration, over and over until it is so long, made on the first call."""
    path = folder / "recording.wav"
    if not path.exists():
        command = [FFMPEG, "-v", "error", "-stream_loop", "-1", "-i", SAMPLE / "narration.flac"]
        command += ["-t", f"{60 * minutes}", "-ac", f"{channels}", "-ar", f"{RATE}", path]
        subprocess.run(command, check=True)
    return path


def column_of(folder: Path, *, minutes: float) -> Path:
    """Return the sample's text as often as its narration is heard, under one title, without notes."""
    path = folder / "column.md"
    if not path.exists():
        head, _, body = (SAMPLE / "column.md").read_text(encoding="utf-8").partition("\n## ")
        told = f"\n## {body}".partition("\n[^1]:")[0].replace("[^1]", "")
        times = round(60 * minutes / (probe(SAMPLE / "narration.flac").promised_s or 1.0))
        path.write_text(head + told * max(times, 1), encoding="utf-8")
    return path


def table(rows: list[Row], bare: Row) -> str:
    """Return the results as a Markdown table: medians, with the lowest and the highest round."""
    lines = [
        "| | CPU before | CPU after | time before | time after | x bare | memory before, after | moved |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    floor_s = bare.median("after", "wall_s")
    for row in rows:
        cells = [
            f"{row.median(side, what):.2f} s ({min(row.of(side, what)):.2f}-{max(row.of(side, what)):.2f})"
            for what in ("cpu_s", "wall_s")
            for side in SIDES
        ]
        memory = ", ".join(f"{row.median(side, 'memory_mib'):.0f}" for side in SIDES)
        ratio = row.median("after", "wall_s") / floor_s
        lines.append(
            f"| {row.name} | {' | '.join(cells)} | {ratio:.2f} | {memory} MiB | {row.verdict} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("revision", metavar="REV", help="what git calls the older one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=3, help="of the recording")
    parser.add_argument("--channels", type=int, choices=(1, 2), default=1)
    parser.add_argument("--episodes", type=int, default=300, help="of the catalogue; 0: without")
    options = parser.parse_args()
    if options.rounds < FEWEST_ROUNDS:
        parser.error(f"fewer than {FEWEST_ROUNDS} rounds tell no change from noise")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        with checkouts(options.revision, scratch) as found:
            bench = Bench(found)
            for turn in range(options.rounds):
                small(bench, scratch, turn, minutes=options.minutes, channels=options.channels)
            if options.episodes:
                large(bench, scratch, options.episodes, options.rounds)
    print(
        f"{options.revision} and the checkout: {options.rounds} rounds, {options.minutes:g} minutes, "
        f"{options.channels} channel(s), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}. "
        "Medians, lowest and highest.\n"
    )
    print(table(list(bench.rows.values()), bench.rows[BARE]))


if __name__ == "__main__":
    main()
