"""What the weekly routine costs: CPU seconds of `add`, `edit --title`, `edit --column`, `build`.

Run as `python benchmarks/weekly.py`, in an environment with or without pocketsphinx. The sound
is the sample's narration, said again until it is nine minutes long, and its column as often; or any
reading with `--recording FILE --column FILE`. `--checkout DIR` measures another checkout, with the
same libraries. Prints the median of five runs of each command: user and system time of the process
and of those that it starts.
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
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from columncast.audio.tags.door import length_s

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "episodes" / "sample"
MINUTES = 9
RUNS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recording", type=Path)
    parser.add_argument("--column", type=Path)
    parser.add_argument("--checkout", type=Path, default=ROOT)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        recording = options.recording or _recording(folder)
        column = options.column or _column(folder)
        found: dict[str, list[float]] = {}
        for number in range(options.runs):
            _routine(folder / str(number), recording, column, options.checkout, found)
    for command, seconds in found.items():
        print(f"{command:24} {statistics.median(seconds):6.2f} s")


def _routine(
    folder: Path, recording: Path, column: Path, checkout: Path, found: dict[str, list[float]]
) -> None:
    """Take the weekly commands in a new show in *folder*; add what each took to *found*."""
    # The checkout has any name; what is imported is called columncast.
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "columncast").symlink_to(checkout.absolute())
    changed = folder / f"changed{column.suffix}"
    text = column.read_text(encoding="utf-8")
    changed.write_text(text.replace(" that ", " which ", 1), encoding="utf-8")
    show = folder / "show"
    init = ("--title", "Weekly", "--site-url", "https://weekly.example/", "--category", "History")
    _run(folder, "init", show, *init)
    add = ("add", recording, column, "--date", "2026-01-05T06:00Z", "--slug", "week", "--force")
    for name, command in (
        ("add", add),
        ("edit --title", ("edit", "week", "--title", "Another Title")),
        ("edit --title, again", ("edit", "week", "--title", "A Third Title")),
        ("edit --column", ("edit", "week", "--column", changed)),
        ("build, nothing to do", ("build",)),
    ):
        found.setdefault(name, []).append(_run(folder, "-C", show, *command))
    shutil.rmtree(folder)


def _run(folder: Path, *command: str | Path) -> float:
    """Run columncast; return the CPU seconds that it and its children took."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "code")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # whoever installs it has its bytecode
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "columncast", *map(str, command)],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _recording(folder: Path) -> Path:
    recording = folder / "recording.flac"
    subprocess.run(
        [
            *(get_ffmpeg_exe(), "-v", "error", "-stream_loop", "-1"),
            *("-i", SAMPLE / "narration.flac", "-t", str(60 * MINUTES), recording),
        ],
        check=True,
    )
    return recording


def _column(folder: Path) -> Path:
    """The sample's text as often as its narration is heard, under one title and without notes."""
    head, _, body = (SAMPLE / "column.md").read_text(encoding="utf-8").partition("\n## ")
    told = f"\n## {body}".partition("\n[^1]:")[0].replace("[^1]", "")
    column = folder / "column.md"
    times = round(60 * MINUTES / length_s(SAMPLE / "narration.flac"))
    column.write_text(head + told * times, encoding="utf-8")
    return column


if __name__ == "__main__":
    main()
