"""Who works when, and who waits for whom: every thread of a command, drawn over its time.

    ./run.sh bench timeline                      # `add` of ten minutes, with read-along
    ./run.sh bench timeline --minutes 3 --without-read-along
    ./run.sh bench timeline --checkout DIR       # the same of another checkout

Each line is a thread: of Python, or of an ffmpeg that it started, by the name that ffmpeg gives it
(`dec` decodes, `enc` encodes, `af` filters, `mux` writes). A column is a slice of the time, and its
sign how much of it the thread was on a core: nothing, `.` up to a quarter, `-` a half, `=` three
quarters, `#` more. The last line counts the cores that were busy, in tenths. Linux alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Final

from compare import NO_ALIGNER, column_of, recording_of

ROOT: Final = Path(__file__).parent.parent
COLUMNS: Final = 100
_EVERY_S: Final = 0.02
_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01
_SIGNS: Final = " .-=#"
_LEAST_S: Final = 0.05

Thread = tuple[int, int, str]
"""Process, thread, and what they are called."""


def watched(
    command: list[str], environment: dict[str, str]
) -> dict[Thread, list[tuple[float, float]]]:
    """Run *command*; return when each of its threads had had how much of a core, in seconds."""
    seen: dict[Thread, list[tuple[float, float]]] = defaultdict(list)
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        while process.poll() is None:
            at_s = time.perf_counter() - began
            for thread, cpu_s in _threads(process.pid):
                seen[thread].append((at_s, cpu_s))
            time.sleep(_EVERY_S)
        if process.returncode and process.stderr:
            sys.exit(
                f"{' '.join(command)} ended with {process.returncode}: {process.stderr.read()}"
            )
    return seen


def _threads(pid: int) -> list[tuple[Thread, float]]:
    found, waiting = [], [pid]
    while waiting:
        at = waiting.pop()
        for task in Path(f"/proc/{at}/task").glob("*"):
            try:
                stat = (task / "stat").read_text(encoding="utf-8")
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
            except OSError:
                continue  # it has just ended
            name, rest = (
                stat[stat.index("(") + 1 : stat.rindex(")")],
                stat[stat.rindex(")") :].split(),
            )
            found.append(((at, int(task.name), name), (int(rest[12]) + int(rest[13])) * _TICK_S))
    return found


def drawn(seen: dict[Thread, list[tuple[float, float]]]) -> list[str]:
    """Return the lines of the drawing."""
    end_s = max(samples[-1][0] for samples in seen.values())
    slice_s = end_s / COLUMNS
    whole = [0.0] * COLUMNS
    lines = []
    for (process, _, name), samples in sorted(
        seen.items(), key=lambda item: (item[0][0], item[1][0])
    ):
        busy = [0.0] * COLUMNS
        for (from_s, had_s), (to_s, has_s) in zip(
            [(samples[0][0], 0.0), *samples], samples, strict=False
        ):
            at = min(int((from_s + to_s) / 2 / slice_s), COLUMNS - 1)
            busy[at] += has_s - had_s
        for at, one in enumerate(busy):
            whole[at] += one
        if samples[-1][1] >= _LEAST_S:
            signs = "".join(_SIGNS[min(4, -int(-4 * one / slice_s // 1))] for one in busy)
            lines.append(f"{process:>7} {name:<15} {samples[-1][1]:6.2f} s |{signs}|")
    cores = "".join(f"{min(int(one / slice_s * 5 + 0.5), 9)}" for one in whole)
    lines.append(f"{'cores busy, of two in tenths':<34}|{cores}|")
    lines.append(f"{end_s:.2f} s, {sum(whole):.2f} s of CPU, {slice_s * 1000:.0f} ms a column")
    return lines


def main() -> None:
    """Run `add` once and draw it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--channels", type=int, choices=(1, 2), default=1)
    parser.add_argument("--without-read-along", action="store_true")
    parser.add_argument("--checkout", type=Path, default=ROOT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        (scratch / "columncast").symlink_to(options.checkout.absolute())
        environment = {**os.environ, "PYTHONPATH": str(scratch)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        ours = [sys.executable, "-m", "columncast"]
        take = recording_of(scratch, minutes=options.minutes, channels=options.channels)
        column = column_of(scratch, minutes=options.minutes)
        language = NO_ALIGNER if options.without_read_along else "en"
        facts = [
            "--title",
            "Weekly",
            "--site-url",
            "https://weekly.example/",
            "--language",
            language,
        ]
        show = str(scratch / "show")
        subprocess.run(
            [*ours, "init", show, *facts], env=environment, check=True, capture_output=True
        )
        add = ["add", str(take), str(column), "--date", "2026-01-05T06:00Z", "--force"]
        print("\n".join(drawn(watched([*ours, "-C", show, *add], environment))))


if __name__ == "__main__":
    main()
