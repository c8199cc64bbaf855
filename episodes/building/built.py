"""What a build, and the adding of an episode, found and did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from columncast.episodes.building.ledger import Reason
from columncast.episodes.building.records import last_built
from columncast.episodes.errors import ColumncastError, EpisodeError
from columncast.episodes.model.column import Column
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.summary import Listing
from columncast.episodes.show.folder import ShowFolder


@dataclass(frozen=True, kw_only=True)
class Built:
    """What a build found and did."""

    folder: ShowFolder
    feed: tuple[Listing, ...]
    """What the feed lists, newest first."""
    scheduled: tuple[Listing, ...]
    """Built, and held out of the feed until their date; the next one first."""
    changed: tuple[str, ...]
    """The files that are new or have other bytes than before, from the show's folder."""
    failed: Mapping[str, ColumncastError]
    """By slug; each keeps its last good version in the feed, if it had one."""
    reasons: Mapping[str, Sequence[Reason]] = field(default_factory=dict)
    """Why an episode was looked at, by slug; one that is not here was up to date."""

    def find(self, slug: str) -> Episode:
        """Return the episode called *slug*, or raise what made it fail."""
        if slug in self.failed:
            raise self.failed[slug]
        return built_episode(self.folder, slug)


@dataclass(frozen=True, kw_only=True)
class Added:
    """What `add` did."""

    column: Column
    episode: Episode
    built: Built
    new: bool
    """False: the same recording and column were here already, and nothing was changed."""


def built_episode(folder: ShowFolder, slug: str) -> Episode:
    """Return the episode called *slug* as the last build recorded it.

    Raises:
        EpisodeError: None did.
    """
    episode = last_built(folder, slug)
    if episode is None:
        raise EpisodeError(f"is not built yet; run: columncast build {slug}", where=slug)
    return episode
