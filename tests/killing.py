"""Commands that are failed from outside: strace kills them, or refuses them a call, at any one call.

A *call* is a system call by which a process changes files. It is reached by its number: strace
counts, in each thread apart, how often a system call was made, and the first thread that comes to the
number gets what is injected. So a run is listed first, and of all numbers the call that each would
hit is taken from the list.

A *call site* is the system call and the path it names, with all that differs from run to run taken
out (`place`): drafts of one folder are one site, what a draft becomes is another.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent

OPENS, NAMES = ("openat",), ("rename", "renameat", "renameat2", "link", "linkat")
GOES = ("unlink", "unlinkat", "rmdir")
MAKES = ("mkdir", "mkdirat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "utimensat")
FILLS = ("write", "pwrite64", "sendfile", "copy_file_range", "ftruncate", "truncate")
SYNCS = ("fsync", "fdatasync")
CALLS = (*OPENS, *NAMES, *GOES, *MAKES, *FILLS, *SYNCS)
REFUSED = dict.fromkeys((*OPENS, *NAMES, *GOES), "EACCES") | dict.fromkeys(
    (*MAKES, *FILLS, *SYNCS), "ENOSPC"
)
"""What is refused by which error, where a call is refused once."""

_LINE = re.compile(r"(\d+) +(\w+)\((.*)")
_PATH = re.compile(r'"([^"]+)"|<(/[^<>]*)>')


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a run."""

    name: str
    number: int
    """The how-many-th of its name it is in its thread, which is what strace counts."""
    paths: tuple[str, ...]
    """As `place` gives them, below the room."""

    @property
    def site(self) -> str:
        """What tells its call site from others."""
        paths = self.paths[:1] if self.name in FILLS else self.paths
        return f"{self.name} {' -> '.join(paths)}"


def place(path: str) -> str:
    r"""Return *path* without what differs from run to run, and from one draft to the next.

    >>> place("show/feed/a-slug/.columncast-0123abcd-77-0123abcd-x8_z.html")
    'show/feed/*/DRAFT'
    >>> place("show/audio/a-slug-0123abcd.mp3"), place("show/.columncast/measured/survey-12ab.json")
    ('show/audio/*.mp3', 'show/.columncast/*')
    """
    path = re.sub(r" \(deleted\)$|/#\d+$", "", path)
    path = re.sub(r"\.columncast-(?!before)[^/]*", "DRAFT", path)
    path = re.sub(r"DRAFT/.*", "DRAFT", path)
    path = re.sub(
        r"(feed|episodes|\.columncast\.staging|\.columncast/feeds)/[^/.]+/", r"\1/*/", path
    )
    path = re.sub(r"(audio|feed|feed/\*)/(?!feed.xml)[^/]*\.(\w+)$", r"\1/*.\2", path)
    return re.sub(r"^(show/\.columncast)/.*?(DRAFT)?$", r"\1/*\2", path)


class Room:
    """A folder with all that a command works on, and the runner that its runs are forks of."""

    def __init__(self, root: Path, runner: Runner) -> None:
        self.root = root
        self.runner = runner

    @property
    def show(self) -> Path:
        return self.root / "show"

    def copy(self, root: Path) -> Room:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.root, root, symlinks=True)
        return Room(root, self.runner)

    def run(self, *argv: str, strace: Sequence[str] = (), log: str = "") -> Ended:
        return self.runner.run(self.root, argv, strace=strace, log=log)

    def done(self, *argv: str) -> None:
        ended = self.run(*argv)
        assert ended.code == 0, (argv, ended)

    def calls(self, *argv: str) -> list[Call]:
        """Run to the end, and return every call by which something changed, each once."""
        ended = self.run(*argv, strace=["-y", "-e", f"trace={','.join(CALLS)}"], log="list")
        assert ended.code == 0, ended
        return list(_calls(ended.log, str(self.root)))

    def failed_at(self, call: Call, what: str, *argv: str) -> Ended:
        """Run and be failed at *call*: *what* is `signal=KILL` or `error=ENOSPC` or the like."""
        return self.run(
            *argv,
            strace=[
                "-e",
                f"trace={call.name}",
                "-e",
                f"inject={call.name}:{what}:when={call.number}",
            ],
            log="failed",
        )

    def files(self, *parts: str) -> dict[str, bytes | str]:
        """Return what is public or a source in *parts*, without caches."""
        found: dict[str, bytes | str] = {}
        for part in parts:
            for path in sorted((self.root / part).rglob("*")):
                name = path.relative_to(self.root)
                if ".columncast" in name.parts:
                    continue
                if path.is_symlink():
                    found[name.as_posix()] = f"a link to {path.readlink()}"
                elif path.is_file():
                    # The path of the room is in no file; if it were, two rooms would differ.
                    found[name.as_posix()] = path.read_bytes()
        return found

    def left(self) -> list[str]:
        """Return the drafts, parts and journals there are, caches included.

        An empty folder is left by an import that was killed as it took it away, and found nothing
        to do when it came again: whatever builds takes it away.
        """
        return [
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.name.startswith((".columncast-", ".columncast."))
            or path.name.endswith((".part", ".part.json"))
            if path.is_file() or any(path.iterdir())
        ]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended."""

    code: int
    """As `subprocess` has it: -9 is killed."""
    out: str
    err: str
    log: str = ""
    """Of strace."""


class Runner:
    """Starts the runs; see `kill_runner`."""

    def __init__(self, scratch: Path, given: Path) -> None:
        """Begin; below *given* lies what an episode is made of to warm up."""
        self.scratch = scratch
        quiet = {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        self._process = subprocess.Popen(
            [sys.executable, HERE / "kill_runner.py", given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | quiet,
        )

    def run(self, cwd: Path, argv: Sequence[str], *, strace: Sequence[str], log: str) -> Ended:
        out, err, traced = (self.scratch / name for name in ("out", "err", f"{log}.strace"))
        asked = {"cwd": str(cwd), "argv": argv, "out": str(out), "err": str(err)}
        self._ask(json.dumps(asked | {"traced": bool(strace)}))
        process = int(self._answer())
        if strace:
            tracer = subprocess.Popen(
                ["strace", "-f", "-qq", "-o", traced, "-p", str(process), *strace],
                stderr=subprocess.PIPE,
                text=True,
            )
            while _tracer_of(process) == 0:
                assert tracer.poll() is None, tracer.communicate()[1]
                time.sleep(0.002)
            os.kill(process, signal.SIGCONT)
            tracer.communicate(timeout=120)  # it ends when the last process of the run has
        code = int(self._answer())
        said = traced.read_text("utf-8", "replace") if strace else ""
        return Ended(code=code, out=out.read_text("utf-8"), err=err.read_text("utf-8"), log=said)

    def _ask(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command that is failed, and what has to be so afterwards."""

    argv: tuple[str, ...]
    base: str = "one"
    """Which room it is run in: see the tests."""
    own: str = ""
    """A pattern of the call sites that are its own. Of others, another command's calls stand for its:
    all that is written goes the same way. Empty: that is so of all of them."""
    then: Callable[[Room], Sequence[str]] | None = None
    """What the next run is; else the same again."""
    parts: tuple[str, ...] = ("show",)
    """What has to be as if nobody had been killed."""


def chosen(calls: Sequence[Call], own: str) -> list[Call]:
    """Return one call of each site that the command has for its own."""
    sites: dict[str, Call] = {}
    for call in calls:
        if re.search(own, call.site):
            sites.setdefault(call.site, call)
    return list(sites.values())


def _calls(log: str, root: str) -> Iterator[Call]:
    made: Counter[tuple[str, str]] = Counter()
    reached = set()
    for line in log.splitlines():
        found = _LINE.match(line)
        if not found:
            continue
        thread, name, rest = found.groups()
        made[thread, name] += 1
        number = made[thread, name]
        if (name, number) in reached:
            continue  # another thread was there before, and gets what is injected
        reached.add((name, number))
        paths = [
            os.path.join(root, named) if named else opened  # noqa: PTH118 - an absolute one stays
            for named, opened in _PATH.findall(re.sub(r"AT_FDCWD<[^>]*>", "", rest))
            if opened or name not in FILLS
        ]
        ours = tuple(
            dict.fromkeys(place(p.removeprefix(f"{root}/")) for p in paths if p.startswith(root))
        )
        opened = name != "openat" or re.search(r"O_(CREAT|TRUNC|TMPFILE)", rest)
        if ours and opened and not re.search(r" = -1 E", rest):
            yield Call(name=name, number=number, paths=ours)


def _tracer_of(process: int) -> int:
    with suppress(OSError):
        status = Path(f"/proc/{process}/status").read_text("utf-8")
        return int(status.partition("TracerPid:")[2].split()[0])
    return 0
