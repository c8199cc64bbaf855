"""Looking an episode up, and all of them: what was built last, and how it stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from columncast.episodes.building.records import last_built
from columncast.episodes.entry.compose import column_of
from columncast.episodes.entry.report import Row
from columncast.episodes.errors import ColumncastError, EpisodeError
from columncast.episodes.model.column import Column
from columncast.episodes.model.episode import Episode, status_of
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder


@dataclass(frozen=True, kw_only=True)
class Look:
    """What `show` tells of an episode."""

    episode: Episode
    column: Column
    status: str
    listed: int
    """How many episodes the feed has."""


def look_up(folder: ShowFolder, slug: str) -> Look:
    """Return the episode called *slug* as it was last built.

    Raises:
        EpisodeError: There is none, or it was not built yet.
    """
    source = folder.episode(slug)
    episode = last_built(folder, source.slug)
    if episode is None:
        raise EpisodeError(f"{slug} is not built yet; run: columncast build {slug}")
    column = column_of(folder.show, source)
    listed = folder.listed()
    status = status_of(
        source.facts.published,
        datetime.now(UTC),
        retired=source.facts.retired,
        draft=source.facts.draft,
        listed=slug in listed,
    )
    return Look(episode=episode, column=column, status=status, listed=len(listed))


def overview(folder: ShowFolder) -> tuple[list[Row], list[ColumncastError]]:
    """Return a line on every episode, newest first; one that is not built yet says so.

    And what is wrong with those that cannot be read.
    """
    now, listed = datetime.now(UTC), folder.listed()
    rows, damaged = [], []
    for source in folder.all():
        try:
            rows.append(row_of(folder, source, now, listed=source.slug in listed))
        except ColumncastError as e:
            damaged.append(e)
    return newest_first(rows), damaged


def row_of(folder: ShowFolder, episode_dir: EpisodeFolder, now: datetime, *, listed: bool) -> Row:
    """Return a line on one episode; *listed* says whether the feed as built holds it."""
    facts, built = episode_dir.facts, last_built(folder, episode_dir.slug)
    return Row(
        slug=episode_dir.slug,
        guid=facts.guid,
        title=facts.title or (built.title if built else ""),
        published=facts.published,
        status=status_of(
            facts.published, now, retired=facts.retired, draft=facts.draft, listed=listed
        ),
        duration_s=round(built.enclosure.duration_s, 3) if built else None,
    )


def newest_first(rows: Iterable[Row]) -> list[Row]:
    """Return *rows* in the order of the feed."""
    return sorted(rows, key=lambda row: (row.published, row.guid), reverse=True)
