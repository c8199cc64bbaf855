"""Millions of log lines: how long and how much memory, beside GoAccess and a plain count by awk.

    python benchmarks/audience.py                  # a million lines
    python benchmarks/audience.py --lines 10000000

The log is synthetic: IPv4 and IPv6 listeners of 40 episodes with 3,000 kinds of user agents over four
weeks, who ask for one piece of a file or for a dozen, and a fifth of the lines for pages. GoAccess and
awk count requests, which is less work: they know no listeners, windows, bytes, robots or networks.

CPU seconds are of the whole process, on all cores; they stay nearly the same where other programs
are at work, while seconds do not. Memory is the highest resident memory.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.toml import new_facts
from columncast.feed.site.create import create_show

EPISODES, DAYS = 40, 28
START = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=35)
PIECES = (1, 1, 2, 8, 12)


def agents() -> list[str]:
    """Return 3,004 user agents, as phones and browsers have them."""
    phones = [
        f"Mozilla/5.0 (Linux; Android 1{n % 5}; SM-G{n}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{100 + n % 40}.0.0.0 Mobile Safari/537.36"
        for n in range(1500)
    ]
    return [
        "AppleCoreMedia/1.0.0.21G93 (iPhone; U; CPU OS 17_6_1 like Mac OS X; en_us)",
        "Podcasts/4025.510.2 CFNetwork/1568.100.1 Darwin/24.0.0",
        "AntennaPod/3.4.1",
        "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)",
        *phones,
        *(f"Spotify/8.9.{n} Android/34 (SM-G{n})" for n in range(1500)),
    ]


def write_log(path: Path, lines: int) -> None:
    """Write a combined log of so many *lines*."""
    r, kinds, written = random.Random(1), agents(), 0  # noqa: S311 - no secret
    with path.open("w", encoding="ascii") as log:
        while written < lines:
            second = written * DAYS * 86400 // lines
            four = f"79.{192 + r.randrange(64)}.{r.randrange(256)}.{r.randrange(256)}"
            six = f"2003:{r.randrange(65536):x}:{r.randrange(65536):x}:{r.randrange(4)}::1"
            who, agent, episode = r.choice((four, six)), r.choice(kinds), r.randrange(EPISODES)
            for piece in range(min(r.choice(PIECES), lines - written)):
                at = START + timedelta(seconds=second + 20 * piece)
                audio = f"/audio/the-quay-{episode}-1a2b3c4d.mp3"
                asked = audio if r.random() < 0.8 else "/feed/index.html"
                log.write(
                    f'{who} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {asked} HTTP/1.1" 206 '
                    f'{r.randrange(2, 2_000_000)} "-" "{agent}"\n'
                )
                written += 1


def make_show(root: Path) -> None:
    """Make a show whose episodes were never built: a minute is 96 kbit/s then."""
    create_show(root, title="The Quay", site_url="https://quay.example/", author="Ada Mill")
    source = Provenance(
        recording="a.wav", recording_sha256="0" * 64, column="a.md", column_sha256="0" * 64
    )
    for number in range(EPISODES):
        home = root / "episodes" / f"the-quay-{number}"
        home.mkdir(parents=True)
        (home / "episode.toml").write_text(new_facts(source, START), encoding="utf-8")


def measure(name: str, command: list[str]) -> None:
    """Run *command*, and print how long and how much memory it took."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    cpu = used.ru_utime + used.ru_stime
    failed = f"   failed: {status}" if status else ""
    memory = used.ru_maxrss // 1024
    print(f"{name:<22} {wall:7.1f} s {cpu:7.1f} s CPU {memory:6} MiB{failed}", flush=True)


def main() -> None:
    """Write a log and count it in three ways."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the log is kept for another run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        log, show = folder / f"{given.lines}.log", Path(scratch) / "show"
        if not log.exists():
            write_log(log, given.lines)
        make_show(show)
        size = log.stat().st_size / 1e9
        load = os.getloadavg()[0]
        print(f"{given.lines:,} lines, {size:.2f} GB; load before: {load:.1f}", flush=True)
        command = [sys.executable, "-m", "columncast", "-C", str(show), "audience", str(log)]
        measure("columncast audience", command)
        measure("again, all booked", command)
        count = "{ requests[$7]++ } END { for (path in requests) print requests[path], path }"
        measure("awk, requests by path", ["awk", count, str(log)])
        if shutil.which("goaccess"):
            plain = ["--log-format=COMBINED", "--no-progress", "-o", f"{scratch}/report.json"]
            measure("GoAccess", ["goaccess", str(log), *plain])
        else:
            print("GoAccess is not installed (Debian: goaccess).")


if __name__ == "__main__":
    main()
