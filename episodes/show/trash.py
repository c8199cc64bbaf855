"""Episodes that were deleted: whole, out of the show, until a person empties the folder.

They lie in `episodes/.trash`, on the disk that they were on, each under the time of its deletion.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from columncast.episodes.disk import files
from columncast.episodes.disk.journal import together
from columncast.episodes.errors import ColumncastError, EpisodeError
from columncast.episodes.model.asset_name import stem_of
from columncast.episodes.show.folder import ShowFolder

_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(\d{8}T\d{6}Z)-(.+)")
_NAMED = 8


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """One episode in the trash."""

    path: Path
    slug: str
    """What it was called."""


def in_trash(folder: ShowFolder) -> list[Deleted]:
    """Return what lies in the trash of *folder*, what was deleted last first."""
    place = _place(folder)
    return [
        Deleted(path=place / name, slug=found[2])
        for name in sorted(files.names(place), reverse=True)
        if (found := _NAME.fullmatch(name))
    ]


def delete(folder: ShowFolder, slug: str) -> Deleted:
    """Put the episode *slug* into the trash; the show's lock must be held.

    Its audio stays in `audio/` if listeners may know it, and goes if it was never in the feed: a
    build makes the same again. A deletion that was killed before the feed was built counts as done.

    Raises:
        EpisodeError: There is no such episode.
    """
    gone = next((each for each in in_trash(folder) if each.slug == slug), None)
    if gone and not (folder.episodes / slug).exists() and slug in folder.listed():
        return gone
    episode, now = folder.episode(slug), datetime.now(UTC)
    while (place := _place(folder) / f"{now:{_TIME}}-{slug}").exists():
        now += timedelta(seconds=1)
    audio: list[str] = []
    with suppress(ColumncastError):  # damaged: nobody can tell, and nothing more goes
        if not (slug in folder.listed() or episode.facts.retired):
            audio = [name for name in files.names(folder.audio) if stem_of(name) == slug]
    with together(folder.root) as step:
        for name in audio:
            step.remove(folder.audio / name)
        step.rename(episode.path, place)
    return Deleted(path=place, slug=slug)


def restore(folder: ShowFolder, slug: str) -> None:
    """Take the episode *slug* that was deleted last out of the trash; the lock must be held.

    Raises:
        EpisodeError: It is not there, or another one has its name by now.
    """
    known = in_trash(folder)
    found = next((each for each in known if each.slug == slug), None)
    if found is None:
        slugs = list(dict.fromkeys(each.slug for each in known))
        more = f" and {len(slugs) - _NAMED} more" if len(slugs) > _NAMED else ""
        there = f"it holds: {', '.join(slugs[:_NAMED])}{more}" if slugs else "it is empty"
        raise EpisodeError(f"{slug!r} is not in the trash; {there}")
    if files.is_there(folder.episodes / slug):
        raise EpisodeError(
            f"another episode is called {slug!r} by now; rename that one first: columncast edit {slug} "
            "--slug …; nothing was changed"
        )
    with together(folder.root) as step:
        step.rename(found.path, folder.episodes / slug)


def _place(folder: ShowFolder) -> Path:
    return folder.episodes / ".trash"
