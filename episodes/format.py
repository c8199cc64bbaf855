"""Plain text for people: dates, labelled lines, tables, numbers of things, sizes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def moment(date: datetime, timezone: str = "") -> str:
    """Return a date as people read it, the same in every locale; by the clock of *timezone*, if given.

    >>> moment(datetime.fromisoformat("2026-11-27T06:00+01:00"))
    '2026-11-27 06:00 +01:00'
    >>> moment(datetime.fromisoformat("2026-11-27T06:00+01:00"), "America/New_York")
    '2026-11-27 00:00 -05:00'
    """
    date = date.astimezone(ZoneInfo(timezone)) if timezone else date
    zone = date.isoformat()[-6:]
    return f"{date:%Y-%m-%d %H:%M} {'UTC' if zone == '+00:00' else zone}"


def day(date: datetime, timezone: str) -> str:
    """Return the day of *date* by the clock of *timezone* as apps write it, the same in every locale.

    >>> day(datetime.fromisoformat("2026-11-27T06:00+01:00"), "America/New_York")
    '27 Nov 2026'
    """
    date = date.astimezone(ZoneInfo(timezone))
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def aligned(lines: Iterable[tuple[str, str]]) -> list[str]:
    """Return labelled lines with their texts one under the other."""
    return [f"{label:<9} {text}" for label, text in lines]


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> list[str]:
    """Return *rows* as columns of plain text under *heads*."""
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (heads, *rows)
    ]


def count(number: int, noun: str) -> str:
    """Return a number of things.

    >>> count(1, "episode"), count(42, "episode")
    ('1 episode', '42 episodes')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def megabytes(length_bytes: int) -> str:
    """Return a file's size in megabytes of a million bytes.

    >>> megabytes(6_490_000)
    '6.5 MB'
    """
    return f"{length_bytes / 1e6:.1f} MB"


def shorten(text: str, most: int = 60) -> str:
    """Return *text* in at most *most* characters, with an ellipsis where it was cut."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def beginning(text: str, most: int = 200) -> str:
    """Return the beginning of *text* on one line, cut between words.

    >>> beginning("A boat,  and who waits for it.", 12)
    'A boat, and…'
    """
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + "…"


def how_to_install(*libraries: str) -> str:
    """Return the command that adds *libraries* to the environment that runs here."""
    by_pipx = "pipx" in Path(sys.prefix).parts
    command = "pipx inject columncast" if by_pipx else "pip install"
    return " ".join((command, *libraries))
