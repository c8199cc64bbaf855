"""A whole back catalogue: built, left alone, added to, resumed; how long and how much memory.

    python benchmarks/catalogue.py                      # 1,000 episodes
    python benchmarks/catalogue.py --episodes 10000 --kept
    python benchmarks/catalogue.py --real 20            # recordings of 10 minutes, one core and two

The catalogue is synthetic: a text of 200 words each, and a second of sound. With --kept the audio is
published as it is, as after a move from another host; else it is mastered. The texts are said to be
German, which is not aligned: a second of sound is no reading. With --real they are the sample's
column and its narration, again and again until the time is full, mastered and aligned.

Times are of the whole command, memory the highest sum of resident memory over its processes,
sampled several times a second. What a step is for is said beside it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from mastering import tree_mib

from columncast.audio.ffmpeg.probe import probe
from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.toml import new_facts
from columncast.feed.site.create import create_show

RATE = 44100
SAMPLE = Path(__file__).parent.parent / "episodes" / "sample"
SENTENCES = (
    "The ferry has two timetables, and the town reads the older one.",
    "Nobody on the quay has asked why the lamp is lit at noon.",
    "My neighbour counts the boats, writes the number down, and throws it away.",
    "In the archive there is a drawer for letters that were never collected.",
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One command as it was measured."""

    wall_s: float
    cpu_s: float
    memory_mib: float


def catalogue(
    root: Path, episodes: int, *, seconds: float, kept: bool = False, language: str = "de"
) -> Path:
    """Make a show with so many episodes, none of them built."""
    if root.exists():
        shutil.rmtree(root)
    create_show(
        root,
        title="The Quay",
        description="A column a day.",
        author="Ada Mill",
        email="ada@example.org",
        site_url="https://quay.example/",
        base_url="https://cast.quay.example/",
        category=["History"],
        language=language,
    )
    sound = reading(root.parent / f"sound-{seconds:g}.wav", seconds)
    if kept:
        sound = as_mp3(sound)
    first = datetime(2010, 1, 4, 6, tzinfo=UTC)
    for day in range(episodes):
        episode(root, day, sound, first + timedelta(hours=12 * day), kept=kept)
    return root


def episode(
    root: Path, day: int, sound: Path, published: datetime, *, kept: bool = False, text: str = ""
) -> Path:
    """Lay an episode into the show's folder, as `add` does before it builds."""
    folder = root / "episodes" / f"the-quay-day-{day:05}"
    folder.mkdir(parents=True)
    lines = [SENTENCES[(day + n) % len(SENTENCES)] for n in range(16)]
    text = text or "\n\n".join(" ".join(lines[n : n + 4]) for n in (0, 4, 8, 12))
    text = f"# The quay, day {day}\n\n{text}"
    (folder / "column.md").write_text(text, encoding="utf-8")
    (folder / f"narration{sound.suffix}").symlink_to(sound.absolute())
    source = Provenance(
        recording=sound.name,
        recording_sha256="0" * 64,
        column="column.md",
        column_sha256="0" * 64,
        kept=kept,
    )
    (folder / "episode.toml").write_text(new_facts(source, published), encoding="utf-8")
    return folder


def reading(path: Path, seconds: float) -> Path:
    """Write a synthetic voice: syllables, phrases, pauses, a little noise."""
    rng = np.random.default_rng(1)
    with wave.open(str(path), "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(RATE)
        for at in np.arange(0, seconds, 10):
            t = at + np.arange(int(min(10, seconds - at) * RATE)) / RATE
            voice = sum(np.sin(2 * np.pi * 130 * k * t + k) / k for k in range(1, 12))
            voice = voice * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * t)) * (t % 2.4 < 1.9)
            sound = 0.06 * voice + rng.normal(0, 2e-4, len(t))
            f.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def sample() -> tuple[str, float]:
    """Return what is read in the project's sample, and how long its narration is."""
    _, _, body = (SAMPLE / "column.md").read_text(encoding="utf-8").split("---\n", maxsplit=2)
    return body.strip(), probe(SAMPLE / "narration.flac").promised_s or 0.0


def repeated(path: Path, times: int, *, from_s: float) -> Path:
    """Write the sample's narration so many times over, without its first moments."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-stream_loop", f"{times - 1}"]
    command += ["-i", SAMPLE / "narration.flac", "-ss", f"{from_s}", "-ar", f"{RATE}", path]
    subprocess.run(command, check=True)
    return path


def as_mp3(sound: Path) -> Path:
    """Encode *sound* as another host would have."""
    encoded = sound.with_suffix(".mp3")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", "-y", "-i", sound, "-b:a", "96k", encoded], check=True)
    return encoded


def run(root: Path, *arguments: str, cores: int = 0) -> Run:
    """Run columncast on the show, on so many cores (0: all), and measure it."""
    command = [sys.executable, "-m", "columncast", "-C", str(root), *arguments]
    before = os.times()
    began = time.perf_counter()
    everywhere = os.sched_getaffinity(0)
    if cores:  # a child inherits it
        os.sched_setaffinity(0, range(cores))
    highest = 0.0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:  # a pipe would fill, and stop it
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        os.sched_setaffinity(0, everywhere)
        while process.poll() is None:
            looked = time.perf_counter()
            highest = max(highest, tree_mib(process.pid))
            # At most a hundredth of a core: it would be taken from those who are measured.
            time.sleep(max(0.02, 99 * (time.perf_counter() - looked)))
        wall_s = time.perf_counter() - began
        said.seek(0)
        if process.returncode:
            told = said.read()[-2000:]
            sys.exit(f"{' '.join(arguments)} ended with {process.returncode}:\n{told}")
    after = os.times()
    cpu_s = after.children_user + after.children_system
    cpu_s -= before.children_user + before.children_system
    return Run(wall_s=wall_s, cpu_s=cpu_s, memory_mib=highest)


def told(name: str, done: Run) -> None:
    """Print a line of the table."""
    print(
        f"| {name} | {done.wall_s:.2f} s | {done.cpu_s:.2f} s | {done.memory_mib:.0f} MiB |",
        flush=True,
    )


def many(root: Path, episodes: int, *, kept: bool) -> None:
    """The claims about a catalogue of many short episodes."""
    catalogue(root, episodes, seconds=1, kept=kept)
    print(
        f"{episodes:,} episodes of one second\n\n| step | wall | CPU | memory |\n|---|--:|--:|--:|"
    )
    told("built for the first time", run(root, "build"))
    for _ in range(3):
        told("nothing changed", run(root, "build"))
    sound = root.parent / "sound-1.wav"
    extra = episode(root, episodes, sound, datetime(2026, 1, 1, tzinfo=UTC))
    told("one more episode", run(root, "build"))
    facts = extra / "episode.toml"
    facts.write_text('title = "Renamed"\n' + facts.read_text(encoding="utf-8"), encoding="utf-8")
    told("a new title", run(root, "build"))
    for path in (root / "episodes").glob("*/column.md"):
        path.touch()
    told("every column touched, none changed", run(root, "build"))
    told("what would be done", run(root, "build", "--dry-run"))
    told("listed", run(root, "list"))


def real(root: Path, episodes: int, minutes: float) -> None:
    """The claims about work side by side: the same recordings on one core, and on two."""
    print(
        f"{episodes} recordings of {minutes:g} minutes\n\n| cores | wall | CPU | memory |\n|---|--:|--:|--:|"
    )
    text, length_s = sample()
    times = max(1, round(minutes * 60 / length_s))
    walls = {}
    for cores in (1, 2):
        catalogue(root, 0, seconds=1, language="en")
        for day in range(episodes):
            sound = repeated(root.parent / f"sound-{day}.wav", times, from_s=0.1 * day)
            published = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day)
            episode(root, day, sound, published, text="\n\n".join([text] * times))
        done = run(root, "build", "--jobs", str(cores), cores=cores)
        walls[cores] = done.wall_s
        told(f"{cores}", done)
        sound_h = episodes * times * length_s / 3600
        rate = sound_h / (done.cpu_s / 3600)
        print(f"{sound_h:.1f} hours of sound, {rate:.0f} for each hour of a core", flush=True)
    print(f"\n{walls[1] / walls[2]:.2f} times as fast on two cores")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--kept", action="store_true", help="publish the audio as it is")
    parser.add_argument("--real", type=int, default=0, metavar="RECORDINGS")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--folder", type=Path, default=Path(".cache/benchmarks/catalogue"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    root = options.folder.absolute() / "show"
    if options.real:
        real(root, options.real, options.minutes)
    else:
        many(root, options.episodes, kept=options.kept)


if __name__ == "__main__":
    main()
