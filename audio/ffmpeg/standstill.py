"""A program that gets nowhere is ended, so that nobody waits for it for ever.

When ffmpeg cannot write, it ends its threads one after the other, and waits for the one that reads
from us, while we wait for what it was to decode. And a recording can be made so that a program
computes on it without end. Neither shows in an exit code; that no byte moves any more does.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

STILL_S: Final = 30.0
"""So long a program may move no byte while all of it sleeps. Only where /proc shows that it does."""
FAILED_S: Final = 5.0
"""The same, once it has said that it failed."""
FRUITLESS_S: Final = 600.0
"""So long it may compute without moving a byte."""
READ_BYTES_PER_S: Final = 100_000
"""A second more is added for so many bytes of what it reads: it may look for a place far behind."""
_TICK_S: Final = 0.5
_SEEN: Final = Path("/proc/self/stat").exists()
_AT_WORK: Final = ("R", "D", "T", "t")
"""Runs, waits for a disk, was stopped by somebody."""
_UTIME, _STIME, _GROUP, _STATE = 11, 12, 2, 0
"""Fields of /proc/PID/stat behind the name (proc_pid_stat(5))."""


class Program(subprocess.Popen[bytes]):
    """A program, with whatever it starts in turn: a script in its place may start the real one."""

    awaited = True
    """We wait for it; False while it waits for us."""

    ends: list[End]
    """Ours, of all its pipes."""

    def kill(self) -> None:
        if os.name == "posix" and self.returncode is None:
            with suppress(ProcessLookupError, PermissionError):  # gone; a zombie, as macOS has it
                os.killpg(self.pid, signal.SIGKILL)
        super().kill()


class End(io.FileIO):
    """Our end of a pipe; it counts the bytes."""

    moved_bytes = 0

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        count = super().readinto(buffer)
        self.moved_bytes += count or 0
        return count

    def write(self, data: ReadableBuffer, /) -> int:
        count = super().write(data)
        self.moved_bytes += count or 0
        return count


class Watch:
    """Watches a program while a block lasts, and ends it when it gets nowhere."""

    failed = False
    """It has said so: it is about to end."""
    found: Literal["", "still", "fruitless"] = ""
    """Why it was ended, if it was."""

    def __init__(self, program: Program, files: Iterable[Path]) -> None:
        """Begin; the program may take longer the longer the *files* that it reads."""
        self._program = program
        self._fruitless_s = FRUITLESS_S + sum(map(_size_bytes, files)) / READ_BYTES_PER_S
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        moved_bytes, lived = -1, None
        still_s = fruitless_s = 0.0
        # Looks are counted and no clock is read: this process may have been stopped, or asleep.
        while not self._over.wait(_TICK_S):
            before, moved_bytes = moved_bytes, sum(end.moved_bytes for end in self._program.ends)
            if moved_bytes != before or not self._program.awaited:
                still_s = fruitless_s = 0.0
                continue
            fruitless_s += _TICK_S
            earlier, lived = lived, _computed(self._program.pid)
            sleeps = (_SEEN or self.failed) and lived == earlier is not None
            still_s = still_s + _TICK_S if sleeps else 0.0
            if still_s > (FAILED_S if self.failed else STILL_S):
                self.found = "still"
            elif fruitless_s > self._fruitless_s:
                self.found = "fruitless"
            if self.found:
                self._program.kill()
                return


def _size_bytes(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _computed(group: int) -> int | None:
    """Return what the processes of *group* have computed so far, in ticks.

    None while one of their threads computes, or waits for a disk or for a folder on the network, and
    when they are hidden from us; 0 where there is no /proc.
    """
    ticks = 0
    threads = list(_threads(group))
    if _SEEN and not threads:
        return None
    for fields in threads:
        if fields[_STATE] in _AT_WORK:
            return None
        ticks += int(fields[_UTIME]) + int(fields[_STIME])
    return ticks


def _threads(group: int) -> Iterator[list[str]]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile
            if int(_fields(process)[_GROUP]) == group:
                for thread in (process / "task").iterdir():
                    yield _fields(thread)


def _fields(entry: Path) -> list[str]:
    said = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    return said.rpartition(")")[2].split()
