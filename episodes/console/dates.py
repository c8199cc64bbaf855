"""The date that a person typed: what was understood is said, and what is not sure is asked about."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from columncast.episodes.console.console import Console
from columncast.episodes.dates.meaning import Meant, Wall, in_full, meaning
from columncast.episodes.errors import ColumncastError, UsageError
from columncast.episodes.show.folder import ShowFolder


def said_date(
    folder: ShowFolder, console: Console, text: str, *, now: datetime | None = None
) -> str:
    """Return the moment that *text* means in *folder*, in ISO 8601; of no text, none.

    Raises:
        UsageError: It is no date; or it has to be asked about, and nobody can be asked.
    """
    if not text:
        return ""
    show = folder.show
    here = Wall(
        timezone=show.timezone,
        language=show.language,
        now=now or datetime.now(UTC),
        every=show.schedule.every,
        taken=lambda: set(_days(folder)),
    )
    meant = meaning(text, here)
    if meant.exact and not meant.why:
        return text
    at = _the_one(meant, here, console)
    full = in_full(at, here.timezone)
    if meant.past and not _agreed(f"{full} is past. Is that the date?", console):
        raise UsageError(
            f"{text!r} means {full}, which is past; if that is the date, write {at.isoformat()}; "
            "nothing was changed"
        )
    console.say(f"Date      {full}")
    return at.isoformat()


def _the_one(meant: Meant, here: Wall, console: Console) -> datetime:
    if not meant.why:
        return meant.choices[0]
    full = [in_full(at, here.timezone) for at in meant.choices]
    if sys.stdin.isatty():
        number = console.chooses(f"{meant.why}. Which one?", full)
        if number:
            return meant.choices[number - 1]
    either = " or ".join(
        f"{at.isoformat(timespec='minutes')} ({at:%A} {at.day} {at:%B})" for at in meant.choices
    )
    raise UsageError(f"{meant.why}; write {either}; nothing was changed")


def _agreed(question: str, console: Console) -> bool:
    return sys.stdin.isatty() and console.asks(question)


def _days(folder: ShowFolder) -> Iterator[date]:
    """Give the days that have an episode, where the show is; of a damaged one nobody knows."""
    zone = ZoneInfo(folder.show.timezone)
    for source in folder.all():
        with suppress(ColumncastError):
            if not source.facts.retired:
                yield source.facts.published.astimezone(zone).date()
