"""What statistics need of each episode: a few numbers, read off the records one at a time.

Loudness is given as heard from two speakers, as show.toml has it: a mono file, which plays on both
of them, is 3 LU louder than a meter reads on its one channel.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from columncast.episodes.building.ledger import Ledger
from columncast.episodes.building.records import last_built
from columncast.episodes.errors import SettingsError
from columncast.episodes.model.episode import Episode, Silence, status_of
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One episode in numbers; a few hundred bytes, however long it is."""

    slug: str
    title: str
    published: datetime
    """In the show's time zone, so that it falls into the month that its audience saw."""
    scheduled: bool
    duration_s: float
    word_count: int
    """0 where there is no text."""
    before_lufs: float | None
    """As heard; None for audio that was taken over as it was, and so never measured."""
    after_lufs: float | None
    true_peak_dbtp: float | None
    silences: tuple[Silence, ...] | None
    """The longest ones; None: not known."""
    other_audio: bool
    """It was made with other settings of sound than there are now."""

    @property
    def words_per_minute(self) -> float:
        """As `pace` counts it; 0.0 where there is no text.

        >>> from datetime import UTC
        >>> Figures(slug="a", title="A", published=datetime(2026, 1, 2, tzinfo=UTC),
        ...     scheduled=False, duration_s=524, word_count=1267, before_lufs=None,
        ...     after_lufs=None, true_peak_dbtp=None, silences=None,
        ...     other_audio=False).words_per_minute
        145.1
        """
        return round(self.word_count * 60 / self.duration_s, 1) if self.duration_s > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The figures of a show's episodes, oldest first, and how many have none."""

    figures: tuple[Figures, ...]
    retired: int = 0
    drafts: int = 0
    not_built: int = 0


def gather(folder: ShowFolder, *, now: datetime | None = None) -> Gathered:
    """Return the figures of all episodes of *folder* as the last build recorded them.

    Withdrawn episodes have none, nor have drafts and those that were never built.
    """
    ledger, now = Ledger(folder), now or datetime.now(UTC)
    zone, other = ZoneInfo(folder.show.timezone), ledger.other_audio()
    found, retired, drafts, slugs = [], 0, 0, ledger.slugs
    for slug in slugs:
        episode = last_built(folder, slug) if ledger.listing(slug) else None
        if episode and episode.draft:
            drafts += 1
            continue
        if episode:
            found.append(figures_of(episode, now=now, zone=zone, other_audio=slug in other))
            continue
        with suppress(SettingsError):  # damaged: `check` says how; there are no figures of it
            retired += EpisodeFolder(path=folder.episodes / slug).facts.retired
    return Gathered(
        figures=tuple(sorted(found, key=lambda f: (f.published, f.slug))),
        retired=retired,
        drafts=drafts,
        not_built=len(slugs) - len(found) - retired - drafts,
    )


def figures_of(
    episode: Episode, *, now: datetime, zone: tzinfo = UTC, other_audio: bool = False
) -> Figures:
    """Return *episode* in numbers."""
    master = episode.master
    return Figures(
        slug=episode.slug,
        title=episode.title,
        published=episode.published.astimezone(zone),
        scheduled=status_of(episode.published, now) == "scheduled",
        duration_s=episode.enclosure.duration_s,
        word_count=episode.word_count,
        before_lufs=round(master.source_heard_lufs, 2) if master else None,
        after_lufs=round(master.heard_lufs, 2) if master else None,
        true_peak_dbtp=master.loudness.true_peak_dbtp if master else None,
        silences=master.silences if master else None,
        # Audio that is kept as it was does not depend on any setting.
        other_audio=bool(master) and other_audio,
    )
