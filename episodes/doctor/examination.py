"""A machine and a show examined: each thing that must work, whether it does, and what to do if not.

Nobody on the network is asked. What ffmpeg can do comes in as a value: this room knows no audio.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from columncast.episodes.disk import files
from columncast.episodes.doctor.extras import EXTRAS, missing
from columncast.episodes.errors import ColumncastError
from columncast.episodes.format import count
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.storage.door import lacks

Verdict = Literal["ok", "note", "warning", "error"]
_OLDEST_PYTHON = (3, 11)
_LITTLE_BYTES, _TOO_LITTLE_BYTES = 1_000_000_000, 100_000_000
"""Free on the disk: an hour's recording as WAV has 600 MB."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was examined."""

    name: str
    verdict: Verdict
    message: str
    cure: str = ""
    """What to do; empty where nothing has to be done."""

    def lines(self) -> Iterator[str]:
        """The finding for people."""
        yield f"{self.verdict:<8} {self.name:<12} {self.message}"
        if self.cure:
            yield f"{'':<8} {'':<12} -> {self.cure}"

    def as_json(self) -> dict[str, Any]:
        """The finding for tools."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "message": self.message,
            "cure": self.cure,
        }


@dataclass(frozen=True, kw_only=True)
class Ffmpeg:
    """What is known of the ffmpeg that is used here."""

    version: str
    path: str
    missing: Sequence[str]
    """Encoders that it lacks."""


def examine(
    folder: ShowFolder | None,
    ffmpeg: Ffmpeg | ColumncastError,
    *,
    aligns: bool,
    now: datetime | None = None,
) -> list[Finding]:
    """Return what was examined on this machine, and in the show *folder* if there is one.

    *aligns* says whether the aligner, which makes transcripts, is installed.
    """
    now = now or datetime.now(UTC)
    return [
        *_software(),
        *_ffmpeg(ffmpeg),
        _aligner(installed=aligns),
        *_extras(folder),
        *_clock(folder, now),
        *_terminal(),
        *_editor(),
        *([] if folder is None else _show(folder)),
    ]


def verdict_line(findings: Iterable[Finding]) -> str:
    """Return how many need something, in one line.

    >>> verdict_line([Finding(name="disk", verdict="error", message="full")])
    '1 error, 0 warnings.'
    """
    verdicts = [finding.verdict for finding in findings]
    errors, warnings = verdicts.count("error"), verdicts.count("warning")
    return f"{count(errors, 'error')}, {count(warnings, 'warning')}."


def _software() -> Iterator[Finding]:
    yield Finding(name="columncast", verdict="ok", message=version("columncast"))
    wanted = ".".join(map(str, _OLDEST_PYTHON))
    python = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    old = sys.version_info[:2] < _OLDEST_PYTHON
    yield Finding(
        name="Python",
        verdict="error" if old else "ok",
        message=python,
        cure=f"install Python {wanted} or newer, and columncast with it" if old else "",
    )


def _ffmpeg(found: Ffmpeg | ColumncastError) -> Iterator[Finding]:
    if isinstance(found, ColumncastError):
        yield Finding(
            name="ffmpeg",
            verdict="error",
            message=found.message,
            cure="pip install --force-reinstall imageio-ffmpeg",
        )
        return
    lacking = ", ".join(found.missing)
    yield Finding(
        name="ffmpeg",
        verdict="error" if lacking else "ok",
        message=f"{found.version} ({found.path})"
        + (f" cannot encode {lacking}" if lacking else ""),
        cure="unset IMAGEIO_FFMPEG_EXE, or set it to an ffmpeg that can" if lacking else "",
    )


def _aligner(*, installed: bool) -> Finding:
    return Finding(
        name="transcripts",
        verdict="ok" if installed else "warning",
        message="can be made" if installed else "the aligner is not installed",
        cure=""
        if installed
        else "pip install --force-reinstall columncast (docs/how-to/install.md)",
    )


def _extras(folder: ShowFolder | None) -> Iterator[Finding]:
    wanted = _extras_of(folder)
    for extra, what_for in EXTRAS.items():
        gone = missing(extra)
        needed = gone and extra in wanted
        state = f"{', '.join(gone)} not installed" if gone else "installed"
        yield Finding(
            name=f"[{extra}]",
            verdict="error" if needed else "note" if gone else "ok",
            message=f"{state}: {what_for}",
            cure=f'pip install "columncast[{extra}]"' if gone else "",
        )


def _extras_of(folder: ShowFolder | None) -> set[str]:
    """Return the extras without which the show cannot do what its settings say."""
    try:
        show = folder.show if folder else None
    except ColumncastError:
        return set()  # which is a finding of its own
    if show is None:
        return set()
    return {place.kind for place in show.destinations.values()} | (
        {"audience"} if show.audience.logs else set()
    )


def _clock(folder: ShowFolder | None, now: datetime) -> Iterator[Finding]:
    """A clock that is behind dates episodes wrongly, and no store lets it in."""
    newest = Path(__file__).stat().st_mtime
    for path in (folder.feed / "feed.xml", folder.root / "show.toml") if folder else ():
        if path.exists():
            newest = max(newest, path.stat().st_mtime)
    behind = datetime.fromtimestamp(newest, UTC) - now > timedelta(minutes=5)
    yield Finding(
        name="clock",
        verdict="error" if behind else "ok",
        message=f"{now:%Y-%m-%d %H:%M} UTC" + (", before files that are here" if behind else ""),
        cure="set this machine's date and time, and let the system keep them" if behind else "",
    )
    try:
        zones = f"tzdata {version('tzdata')}"
    except PackageNotFoundError:
        zones = "of the system"
    yield Finding(name="time zones", verdict="ok", message=zones)


def _terminal() -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "").lower()
    plain = not encoding.startswith("utf")
    width = shutil.get_terminal_size().columns
    colour = "NO_COLOR is set" if os.environ.get("NO_COLOR") else f"{width} columns"
    yield Finding(
        name="terminal",
        verdict="warning" if plain else "ok",
        message=f"{encoding or 'no encoding'}, {colour}"
        + (": letters that it has not are spelled out" if plain else ""),
        cure="set LANG to a UTF-8 locale, as in LANG=C.UTF-8, or PYTHONUTF8=1" if plain else "",
    )


def _editor() -> Iterator[Finding]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    program = named.split()[0].strip("'\"") if named.split() else ""
    usual = ("notepad",) if os.name == "nt" else ("sensible-editor", "vim", "nano", "vi")
    found = shutil.which(program) if program else next((e for e in usual if shutil.which(e)), None)
    yield Finding(
        name="editor",
        verdict="ok" if found else "note",
        message=named or found or "none",
        cure="" if found else "for `edit SLUG`, name an editor in EDITOR, as in EDITOR=nano",
    )


def _show(folder: ShowFolder) -> Iterator[Finding]:
    yield from _disk(folder)
    yield from _rights(folder)
    try:
        show = folder.show
    except ColumncastError as e:
        yield Finding(name="show", verdict="error", message=str(e), cure="correct show.toml")
        return
    yield Finding(name="show", verdict="ok", message=f"{show.title} ({folder.root})")
    local = datetime.now(ZoneInfo(show.timezone))
    yield Finding(
        name="its time", verdict="ok", message=f"{local:%Y-%m-%d %H:%M %Z} ({show.timezone})"
    )
    for name, place in show.destinations.items():
        try:
            lacking = lacks(place, folder.root)
        except ColumncastError as e:
            lacking = [str(e)]
        yield Finding(
            name=f"to {name}",
            verdict="error" if lacking else "ok",
            message="; ".join(lacking) or f"{place.kind}: nothing is missing here",
            cure="docs/how-to/publish.md says what each kind of place needs" if lacking else "",
        )


def _disk(folder: ShowFolder) -> Iterator[Finding]:
    for name, place in (("disk", folder.root), ("temp disk", Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(place).free
        short = free < _LITTLE_BYTES
        yield Finding(
            name=name,
            verdict="error" if free < _TOO_LITTLE_BYTES else "warning" if short else "ok",
            message=f"{free / 1e9:,.1f} GB free",
            cure="free some space; an hour of WAV has 600 MB" if short else "",
        )


def _rights(folder: ShowFolder) -> Iterator[Finding]:
    places = (folder.root, folder.episodes, folder.audio, folder.feed, folder.cache)
    shut = [p for p in places if p.exists() and not os.access(p, os.R_OK | os.W_OK | os.X_OK)]
    public = [p for p in (folder.audio, folder.feed) if p.exists() and not files.is_open(p)]
    names = ", ".join(path.relative_to(folder.root).as_posix() for path in shut or public)
    told = "no right to write: " if shut else "a web server may not read: "
    yield Finding(
        name="rights",
        verdict="error" if shut else "warning" if public else "ok",
        message=f"{told}{names or '.'}" if names else "all folders can be written",
        cure=f"chmod {'u+rwx' if shut else 'a+rx'} {names}" if names else "",
    )
