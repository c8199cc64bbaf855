"""Who makes the episodes of a build: this process, several of them, or workers elsewhere.

Each is written down as it is ready, so a build can be ended at any moment and the next goes on.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from columncast.episodes.building.jobs import Outcome, Progress, one_by_one, quiet
from columncast.episodes.building.ledger import Ledger
from columncast.episodes.building.mirror import Mirror, is_url
from columncast.episodes.building.records import record
from columncast.episodes.errors import ColumncastError
from columncast.episodes.model.episode import Episode

ALL = "all episodes"
"""How the whole of a build is called where progress is told."""

LOCAL = "local"
"""The executor that is this machine."""

_SAVE_EVERY_S = 5.0
_WORTH_MEASURING_S = 60.0


class Make(Protocol):
    """Makes an episode in a worker."""

    def __call__(
        self, place: str, common: str, slug: str, progress: Progress = quiet, /
    ) -> Episode | None:
        """Make *slug* of the show in *place*; *common* marks what all of its episodes depend on."""


@dataclass(frozen=True, kw_only=True)
class Crew:
    """Who does the work, and who is told of it."""

    jobs: int = 1
    executor: str = LOCAL
    """Or `dask://HOST:PORT`."""
    progress: Progress = quiet
    tell: Callable[[str], None] = lambda _: None
    """Gets what a person should know of the executor."""

    def work(
        self,
        ledger: Ledger,
        slugs: Sequence[str],
        *,
        make: Make,
        here: Callable[[str], Episode | None],
        versions: Callable[[], Mapping[str, str]],
        sound_s: Mapping[str, float],
    ) -> dict[str, ColumncastError]:
        """Make the episodes *slugs* and write each down when it is ready; return what failed.

        *make* is what is sent to workers, which say *versions*; *here* does the same in this
        process. *sound_s* tells whose audio has to be made, and how long it is.
        """
        jobs = min(self.jobs, len(slugs))
        failed: dict[str, ColumncastError] = {}
        began = saved = time.monotonic()
        try:
            done = self._done(ledger, slugs, make=make, here=here, versions=versions)
            for number, (slug, outcome) in enumerate(done, start=1):
                if isinstance(outcome, ColumncastError):
                    failed[slug] = outcome
                else:
                    if outcome:
                        record(ledger.folder, outcome)
                    ledger.note(slug, outcome)
                if len(slugs) > 1:
                    self.progress(ALL, number / len(slugs))
                if time.monotonic() > saved + _SAVE_EVERY_S:
                    ledger.save()
                    saved = time.monotonic()
            heard_s = sum(seconds for slug, seconds in sound_s.items() if slug not in failed)
            if heard_s > _WORTH_MEASURING_S and self.executor == LOCAL:
                ledger.speed = (time.monotonic() - began) * jobs / heard_s
        finally:  # what is done is done, also when a person ends it here
            ledger.save()
        return {slug: failed[slug] for slug in slugs if slug in failed}

    def _done(
        self,
        ledger: Ledger,
        slugs: Sequence[str],
        *,
        make: Make,
        here: Callable[[str], Episode | None],
        versions: Callable[[], Mapping[str, str]],
    ) -> Iterator[tuple[str, Outcome[Episode | None]]]:
        folder = ledger.folder
        if self.executor != LOCAL:
            from columncast.episodes.building.dask import on_cluster

            place = folder.show.build.workers_see or str(folder.root)
            mirror = Mirror(place) if is_url(place) else None
            if mirror:
                mirror.send(folder, slugs)
            there = functools.partial(make, place, ledger.common)
            done = on_cluster(
                there, slugs, address=self.executor, versions=versions, tell=self.tell
            )
            for slug, outcome in done:
                if mirror and not isinstance(outcome, ColumncastError):
                    mirror.take(folder, slug)
                yield slug, outcome
        elif min(self.jobs, len(slugs)) > 1:
            from columncast.episodes.building.processes import side_by_side

            beside = functools.partial(make, str(folder.root), ledger.common)
            yield from side_by_side(beside, slugs, jobs=self.jobs, progress=self.progress)
        else:
            yield from one_by_one(here, slugs)


def cores() -> int:
    """Return how many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
