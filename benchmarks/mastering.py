"""Mastering, side by side: how long, how much memory, how exact, against what others use.

    python benchmarks/mastering.py                  # 10 minutes, mono, five rounds
    python benchmarks/mastering.py --minutes 60 --channels 2 --rounds 5
    python benchmarks/mastering.py --recording my-reading.flac

Everything runs on the same synthetic reading (or on a recording of yours, repeated until it is
long enough), in turns (A B C A B C …), so that what else the
machine does hits all alike; medians are shown. Times are of whole programs, from start to a
finished file; memory is the highest sum over a program and its children, sampled some times a
second.
Loudness and true peak are read off each *encoded* file by ffmpeg's own meter.

The peers are installed into an environment of their own beside the results on the first run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import venv
import wave
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg
import numpy as np

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
PEERS = ("ffmpeg-normalize==1.43.0", "pyloudnorm==0.2.0", "soundfile", "pydub==0.25.1")
RATE = 44100

PYDUB = """
import sys
from pydub import AudioSegment, effects
AudioSegment.converter = sys.argv[4]
sound = AudioSegment.from_wav(sys.argv[1])
effects.normalize(sound, headroom=1.0).export(sys.argv[2], format="mp3", bitrate=sys.argv[3])
"""
PYLOUDNORM = """
import subprocess, sys
import pyloudnorm, soundfile
source, output, bitrate, ffmpeg, target = sys.argv[1:]
data, rate = soundfile.read(source)
loudness = pyloudnorm.Meter(rate).integrated_loudness(data)
soundfile.write(output + ".wav", pyloudnorm.normalize.loudness(data, loudness, float(target)), rate)
subprocess.run([ffmpeg, "-v", "error", "-y", "-i", output + ".wav", "-b:a", bitrate, output],
               check=True)
"""
COLUMNCAST = """
import sys
from pathlib import Path
from columncast.audio.mastering.master import make_master
from columncast.audio.tags.door import Tags, write_tags
from columncast.episodes.show.settings import AudioSettings
source, output, bitrate, channels = sys.argv[1:]
make_master(Path(source), Path(output), AudioSettings(bitrate=bitrate, channels=int(channels)))
write_tags(Path(output), Tags(title="A benchmark", show="Benchmarks", artist="Nobody"))
"""
TWO_RUNS = """
import json, subprocess, sys
source, output, bitrate, ffmpeg, target, rate = sys.argv[1:]
aim = f"loudnorm=I={target}:TP=-1:LRA=20"
said = subprocess.run([ffmpeg, "-i", source, "-af", aim + ":print_format=json", "-f", "null", "-"],
                      capture_output=True, text=True, check=True).stderr
start, end = said.rindex("{"), said.rindex("}") + 1
seen = json.loads(said[start:end])
aim += (f":linear=true:measured_I={seen['input_i']}:measured_TP={seen['input_tp']}"
        f":measured_LRA={seen['input_lra']}:measured_thresh={seen['input_thresh']}")
subprocess.run([ffmpeg, "-v", "error", "-y", "-i", source, "-af", aim, "-ar", rate,
                "-b:a", bitrate, output], check=True)
"""


@dataclass
class Contender:
    """One way to a finished MP3."""

    name: str
    output: Path
    command: list[str]
    aims: bool = True
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    memory_mib: float = 0.0
    loudness_lufs: float = 0.0
    true_peak_dbtp: float = 0.0


def reading(path: Path, *, minutes: float, channels: int) -> None:
    """Write a synthetic reading: a voice's rhythm and colour, level drift, noise, sharp peaks."""
    with wave.open(str(path), "wb") as f:
        f.setnchannels(channels)
        f.setsampwidth(2)
        f.setframerate(RATE)
        for second in range(0, round(minutes * 60), 10):
            rng = np.random.default_rng(second)
            at = second + np.arange(10 * RATE) / RATE
            pitch = 2 * np.pi * np.cumsum(115 + 20 * np.sin(2 * np.pi * 0.6 * at)) / RATE
            voice = sum(np.sin(k * pitch + k) / k for k in range(1, 24))
            syllables = np.clip(np.sin(2 * np.pi * 2.3 * at) + 0.4, 0, None) ** 1.5
            phrases = np.sin(2 * np.pi * at / 3.7) > -0.7
            breath = np.convolve(rng.standard_normal(len(at)), np.hanning(12) / 6, "same")
            drift = 10 ** (3 * np.sin(2 * np.pi * at / 97) / 20)
            sound = (voice + 0.15 * breath) * syllables * phrases * drift * 0.05
            for peak in rng.integers(0, len(at) - 900, 3):
                sound[peak : peak + 800] *= 1 + 1.5 * np.hanning(800)
            sound += 2e-4 * breath
            frames = np.repeat(sound[:, None], channels, axis=1)
            if channels == 2:
                frames[:, 1] *= 0.9
            f.writeframes(np.rint(np.clip(frames, -1, 1) * 32767).astype("<i2").tobytes())


def repeated(recording: Path, path: Path, *, minutes: float, channels: int) -> None:
    """Write *recording* as often as it takes to fill *minutes*."""
    command = [FFMPEG, "-v", "error", "-y", "-stream_loop", "-1", "-i", str(recording)]
    command += ["-t", f"{minutes * 60}", "-ac", f"{channels}", "-ar", f"{RATE}", str(path)]
    subprocess.run(command, check=True)


def peers(folder: Path) -> Path:
    """Return the Python of the peers' environment, made on the first call."""
    home = folder / "peers"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
    return python


def contenders(source: Path, folder: Path, *, channels: int, bitrate: str) -> list[Contender]:
    """Return all ways, in the order of the table."""
    target = str(-16 if channels == 2 else -19)
    python = peers(folder)
    ours, theirs = sys.executable, str(python)
    bare = [FFMPEG, "-v", "error", "-y", "-nostdin", "-i", str(source), "-b:a", bitrate]
    norm = [theirs, "-m", "ffmpeg_normalize", str(source), "-f", "-q", "-t", target]
    norm += ["-tp", "-1", "-c:a", "libmp3lame", "-b:a", bitrate, "-ar", str(RATE)]
    linear = ["--keep-lra-above-loudness-range-target", "-o"]

    def script(code: str, *arguments: str, python: str = theirs) -> list[str]:
        return [python, "-W", "ignore", "-c", code, str(source), "OUTPUT", bitrate, *arguments]

    commands = {
        "bare encode": [*bare, "OUTPUT"],
        "columncast": script(COLUMNCAST, str(channels), python=ours),
        "ffmpeg-normalize": [*norm, "-o", "OUTPUT"],
        "ffmpeg-normalize linear": [*norm, *linear, "OUTPUT"],
        "loudnorm, two passes": script(TWO_RUNS, FFMPEG, target, str(RATE)),
        "pydub normalize": script(PYDUB, FFMPEG),
        "pyloudnorm": script(PYLOUDNORM, FFMPEG, target),
    }
    found = []
    for name, command in commands.items():
        output = folder / f"{name.replace(', ', '-').replace(' ', '-')}.mp3"
        filled = [str(output) if word == "OUTPUT" else word for word in command]
        found.append(Contender(name, output, filled, aims=name != "bare encode"))
    return found


def run(contender: Contender) -> None:
    """Run it once and note what it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environment = os.environ | {"FFMPEG_PATH": FFMPEG}
    process = subprocess.Popen(contender.command, env=environment)
    while process.poll() is None:
        looked = time.perf_counter()
        contender.memory_mib = max(contender.memory_mib, tree_mib(process.pid))
        # At most a hundredth of a core: it would be taken from those who are measured.
        time.sleep(max(0.02, 99 * (time.perf_counter() - looked)))
    contender.wall_s.append(time.perf_counter() - started)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    contender.cpu_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    if process.returncode:
        sys.exit(f"{contender.name} failed with {process.returncode}")


def tree_mib(pid: int) -> float:
    """Return the resident memory of a process and its children (Linux only; else 0).

    A child that has not yet become another program is its parent, and counts once.
    """
    kib, waiting = 0, [(pid, "")]
    while waiting:
        at, parent = waiting.pop()
        try:
            status = Path(f"/proc/{at}/statm").read_text(encoding="ascii")
            if status == parent:
                continue
            kib += int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
            for task in Path(f"/proc/{at}/task").iterdir():
                children = (task / "children").read_text(encoding="ascii")
                waiting += [(int(child), status) for child in children.split()]
        except (OSError, ValueError):
            continue
    return kib / 1024


def meter(contender: Contender) -> None:
    """Read loudness and true peak off the encoded file."""
    command = [FFMPEG, "-nostdin", "-i", str(contender.output), "-af", "ebur128=peak=true"]
    said = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True)
    words = said.stderr[said.stderr.rindex("Summary:") :].split()
    contender.loudness_lufs = float(words[words.index("I:") + 1])
    contender.true_peak_dbtp = float(words[words.index("Peak:") + 1])


def table(all_of_them: list[Contender], target: float) -> str:
    """Return the results as a Markdown table."""
    floor_s = statistics.median(all_of_them[0].wall_s)
    floor_cpu_s = statistics.median(all_of_them[0].cpu_s)
    lines = [
        "| | wall | x bare | CPU | x bare | memory | off target | true peak |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in all_of_them:
        wall_s, cpu_s = statistics.median(one.wall_s), statistics.median(one.cpu_s)
        off = f"{one.loudness_lufs - target:+.1f} LU" if one.aims else "-"
        lines.append(
            f"| {one.name} | {wall_s:.2f} s | {wall_s / floor_s:.2f} | {cpu_s:.2f} s "
            f"| {cpu_s / floor_cpu_s:.2f} | {one.memory_mib:.0f} MiB | {off} "
            f"| {one.true_peak_dbtp:+.1f} dBTP |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--channels", type=int, choices=(1, 2), default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recording", type=Path, help="real speech instead of the synthetic one")
    parser.add_argument("--only", default="", help="names to run, separated by |; the floor always")
    parser.add_argument("--folder", type=Path, default=Path(".cache/benchmarks"))
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    name = chosen.recording.stem if chosen.recording else "reading"
    source = folder / f"{name}-{chosen.minutes:g}-{chosen.channels}.wav"
    if not source.exists():
        draft = source.with_stem(f"{source.stem}-draft")
        if chosen.recording:
            repeated(chosen.recording, draft, minutes=chosen.minutes, channels=chosen.channels)
        else:
            reading(draft, minutes=chosen.minutes, channels=chosen.channels)
        draft.rename(source)
    bitrate = "96k" if chosen.channels == 1 else "128k"
    field_of = contenders(source, folder, channels=chosen.channels, bitrate=bitrate)
    if chosen.only:
        named = chosen.only.split("|")
        field_of = [one for one in field_of if not one.aims or one.name in named]
    for turn in range(chosen.rounds):
        for one in field_of:
            run(one)
            took = f"{one.wall_s[-1]:.2f} s, CPU {one.cpu_s[-1]:.2f} s, {one.memory_mib:.0f} MiB"
            print(f"round {turn + 1}: {one.name} {took}", file=sys.stderr)
    for one in field_of:
        meter(one)
    print(
        f"{chosen.minutes:g} min, {chosen.channels} channel(s), MP3 {bitrate}, "
        f"{chosen.rounds} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    print(table(field_of, -16.0 if chosen.channels == 2 else -19.0))
    results = {one.name: {"wall_s": one.wall_s, "cpu_s": one.cpu_s} for one in field_of}
    (folder / "mastering.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
