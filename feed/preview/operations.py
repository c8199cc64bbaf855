"""What the buttons of the page call: the functions behind the commands, handed in by whoever has them.

The preview stands below the pipeline and may not import it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from columncast.episodes.building.built import Added, Built
from columncast.episodes.building.jobs import Progress
from columncast.episodes.model.cuts import Cut
from columncast.episodes.model.found_cuts import FoundCuts
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live.destinations import Published


class Add(Protocol):
    """Makes an episode; see `publish.add`."""

    def __call__(
        self,
        folder: ShowFolder,
        recording: Path,
        column: Path,
        *,
        date: str,
        draft: bool,
        progress: Progress,
    ) -> Added:
        """Make an episode of *recording* and *column*."""


class Build(Protocol):
    """Brings audio and feed up to date; see `publish.build`."""

    def __call__(self, folder: ShowFolder, slugs: Collection[str], *, progress: Progress) -> Built:
        """Build the episodes *slugs*."""


class Edit(Protocol):
    """Changes an episode and builds it; see `publish.edit`."""

    def __call__(
        self,
        folder: ShowFolder,
        slug: str,
        facts: Mapping[str, object],
        *,
        date: str,
        progress: Progress,
    ) -> Built:
        """Change the *facts* and the *date* of the episode *slug*."""


class Publish(Protocol):
    """Puts the show live; see `publish.publish`."""

    def __call__(
        self, folder: ShowFolder, *, dry_run: bool, progress: Progress
    ) -> Iterator[Published]:
        """Put the show live, or on a *dry_run* say what that would do."""


class Retire(Protocol):
    """Withdraws an episode; see `publish.retire`."""

    def __call__(self, folder: ShowFolder, slug: str, *, undo: bool, progress: Progress) -> Built:
        """Withdraw the episode *slug*, or with *undo* bring it back."""


class FindCuts(Protocol):
    """Finds what could be cut; see `publish.find_cuts`."""

    def __call__(self, folder: ShowFolder, slug: str, *, progress: Progress) -> FoundCuts:
        """Find what could be cut out of the recording of the episode *slug*."""


class HearCut(Protocol):
    """Plays over a seam; see `publish.seam_sound`."""

    def __call__(self, folder: ShowFolder, slug: str, cut: Cut, *, made: bool) -> bytes:
        """Return a WAV of what is around *cut* in the recording of *slug*, with it or without it."""


@dataclass(frozen=True, kw_only=True)
class Operations:
    """All of them."""

    add: Add
    build: Build
    edit: Edit
    find_cuts: FindCuts
    hear_cut: HearCut
    publish: Publish
    retire: Retire
