"""Looking an episode up: what was built last, and how it stands now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from columncast.episodes.building.records import last_built
from columncast.episodes.entry.compose import column_of
from columncast.episodes.errors import EpisodeError
from columncast.episodes.model.column import Column
from columncast.episodes.model.episode import Episode, status_of
from columncast.episodes.model.notice import with_acceptances
from columncast.episodes.show.folder import ShowFolder


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
    # As the facts are now, and not as they were when it was built.
    episode = replace(episode, notices=with_acceptances(episode.notices, source.facts.accepted))
    listed = folder.listed()
    status = status_of(
        source.facts.published,
        datetime.now(UTC),
        retired=source.facts.retired,
        draft=source.facts.draft,
        listed=slug in listed,
    )
    return Look(episode=episode, column=column, status=status, listed=len(listed))
