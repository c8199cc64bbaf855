"""Every episode of a show at a glance: what lists them all, and what finds one by its name.

An episode whose folder looks as it did when it was built is known from the ledger; only of another
one are its facts, and the record of its last build, read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from columncast.episodes.building.ledger import Ledger
from columncast.episodes.building.records import last_built
from columncast.episodes.errors import ColumncastError
from columncast.episodes.format import moment
from columncast.episodes.model.episode import status_of
from columncast.episodes.model.timecode import clock
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What is known of an episode without reading it."""

    slug: str
    guid: str
    title: str
    """As it was last built, unless its facts say another; empty: only its column can tell."""
    published: datetime
    number: int | None
    retired: bool
    draft: bool
    duration_s: float | None
    """None: not built yet."""

    @classmethod
    def at(cls, ledger: Ledger, slug: str) -> Glance:
        """Return what is known of the episode *slug*.

        Raises:
            ColumncastError: It changed since it was built, and its facts cannot be read.
        """
        line = ledger.unchanged(slug)
        if line is None:
            return cls.read(ledger.folder, EpisodeFolder(path=ledger.folder.episodes / slug))
        return cls(
            slug=slug,
            guid=line.guid,
            title=line.title,
            published=line.published,
            number=line.number,
            retired=False,
            draft=line.draft,
            duration_s=line.duration_s,
        )

    @classmethod
    def read(cls, folder: ShowFolder, episode_dir: EpisodeFolder) -> Glance:
        """Return what the facts of *episode_dir* say, and the record of its last build.

        Raises:
            ColumncastError: Its facts cannot be read.
        """
        facts, built = episode_dir.facts, last_built(folder, episode_dir.slug)
        return cls(
            slug=episode_dir.slug,
            guid=facts.guid,
            title=facts.title or (built.title if built else ""),
            published=facts.published,
            number=facts.number,
            retired=facts.retired,
            draft=facts.draft,
            duration_s=built.enclosure.duration_s if built else None,
        )


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of `list`."""

    HEADS: ClassVar = ("PUBLISHED", "STATUS", "LENGTH", "SLUG", "TITLE")

    slug: str
    guid: str
    title: str
    published: datetime
    status: str
    duration_s: float | None
    """None: not built yet."""

    @classmethod
    def of(cls, known: Glance, now: datetime, *, listed: bool) -> Row:
        """Return the line of the episode *known*; *listed* says whether the feed as built holds it."""
        length_s = known.duration_s
        return cls(
            slug=known.slug,
            guid=known.guid,
            title=known.title,
            published=known.published,
            status=status_of(
                known.published, now, retired=known.retired, draft=known.draft, listed=listed
            ),
            duration_s=None if length_s is None else round(length_s, 3),
        )

    def cells(self, timezone: str) -> tuple[str, ...]:
        """The row for people, with the time that it is in *timezone*."""
        length = "not built" if self.duration_s is None else clock(self.duration_s)
        return (moment(self.published, timezone), self.status, length, self.slug, self.title)

    def as_json(self) -> dict[str, Any]:
        """The row for tools."""
        return vars(self) | {"published": self.published.isoformat()}


def overview(
    folder: ShowFolder, ledger: Ledger | None = None
) -> tuple[list[Row], list[ColumncastError]]:
    """Return a line on every episode, newest first; one that is not built yet says so.

    And what is wrong with those that cannot be read. *ledger* is the show's, where it is open.
    """
    ledger = ledger or Ledger(folder)
    now, listed = datetime.now(UTC), folder.listed()
    rows, damaged = [], []
    for slug in ledger.slugs:
        try:
            rows.append(Row.of(Glance.at(ledger, slug), now, listed=slug in listed))
        except ColumncastError as e:
            damaged.append(e)
    return newest_first(rows), damaged


def newest_first(rows: Iterable[Row]) -> list[Row]:
    """Return *rows* in the order of the feed."""
    return sorted(rows, key=lambda row: (row.published, row.guid), reverse=True)
