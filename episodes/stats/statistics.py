"""Statistics of a show: what there is, how loud it was and is, how it is read, what to look at.

Totals, months and spreads count what is published. What asks for a look (out of target, silences,
an unusual pace) includes scheduled episodes, since those can still be mended before anybody hears
them. Nothing here reads a file; see `figures`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from columncast.episodes.model.episode import Silence
from columncast.episodes.narration.pace import USUAL_WPM
from columncast.episodes.show.settings import AudioSettings, Show
from columncast.episodes.stats.distribution import Distribution
from columncast.episodes.stats.figures import Figures, Gathered

TOLERANCE_LU = 0.5
"""Farther from the target than this is out of it: half of what Apple allows
(podcasters.apple.com/support/893-audio-requirements); a build lands within 0.1."""
SILENCES = 5

REBUILD = "made with other [audio] settings than there are now; run: columncast build"
TOO_PEAKY = (
    "too peaky to be made louder; take out what bangs and pops, then: "
    "columncast edit SLUG --recording FILE"
)
TOO_LOUD = "give its recording once more: columncast edit SLUG --recording FILE"
OVERSHOT = "the encoder made its peaks higher; a higher [audio] bitrate helps"


@dataclass(frozen=True, kw_only=True)
class Month:
    """What was published in one month; nothing, it may be."""

    first_day: date
    episodes: int = 0
    duration_s: float = 0.0
    word_count: int = 0


@dataclass(frozen=True, kw_only=True)
class FoundSilence:
    """A stretch without speech, and in which episode."""

    episode: Figures
    silence: Silence

    @property
    def place(self) -> str:
        """`start` and `end` of the episode are told from what is between them."""
        if self.silence.start_s <= 0:
            return "start"
        # Encoders pad the last frame.
        over_s = self.silence.start_s + self.silence.duration_s
        return "end" if over_s >= self.episode.duration_s - 0.1 else "within"


@dataclass(frozen=True, kw_only=True)
class OutOfTarget:
    """An episode that is not as loud as the show, or was made for another target."""

    episode: Figures
    off_lu: float
    """Louder than the target by so much; negative: softer."""
    over_db: float
    """Its true peak is over the ceiling by so much; 0.0: it is not."""
    advice: str


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """A show in numbers."""

    title: str
    language: str
    audio: AudioSettings
    published: tuple[Figures, ...]
    """Oldest first."""
    scheduled: tuple[Figures, ...]
    retired: int
    drafts: int
    not_built: int
    months: tuple[Month, ...]
    """Every one from the first episode's to the last one's."""
    duration_s: Distribution
    words_per_minute: Distribution
    before_lufs: Distribution
    """As heard from two speakers."""
    after_lufs: Distribution
    not_measured: int
    """Published as they came from elsewhere, so that nobody measured them."""
    unusual_pace: tuple[Figures, ...]
    """Slower or faster than narrators read (`pace.USUAL_WPM`), slowest first."""
    silences: tuple[FoundSilence, ...]
    """The longest ones, longest first."""
    silences_unknown: int
    out_of_target: tuple[OutOfTarget, ...]
    """The farthest off first."""

    @property
    def word_count(self) -> int:
        """All words that are published."""
        return sum(figures.word_count for figures in self.published)

    @property
    def total_s(self) -> float:
        """All sound that is published."""
        return math.fsum(self.duration_s.values)

    @property
    def looked_at(self) -> int:
        """How many episodes were looked at for loudness, scheduled ones too."""
        return sum(f.after_lufs is not None for f in (*self.published, *self.scheduled))


def statistics(show: Show, gathered: Gathered) -> Statistics:
    """Return the statistics of *show*, whose episodes' figures were *gathered*."""
    every = gathered.figures
    published = tuple(f for f in every if not f.scheduled)
    low, high = USUAL_WPM
    unusual = [f for f in every if f.word_count and not low <= f.words_per_minute <= high]
    found = [FoundSilence(episode=f, silence=s) for f in every for s in f.silences or ()]
    found.sort(key=lambda s: (-s.silence.duration_s, s.episode.published, s.silence.start_s))
    out = [o for f in every if (o := _out_of_target(f, show.audio))]
    out.sort(key=lambda o: (-abs(o.off_lu), -o.over_db, o.episode.published, o.episode.slug))
    return Statistics(
        title=show.title,
        language=show.language,
        audio=show.audio,
        published=published,
        scheduled=tuple(f for f in every if f.scheduled),
        retired=gathered.retired,
        drafts=gathered.drafts,
        not_built=gathered.not_built,
        months=_months(published),
        duration_s=Distribution.of(f.duration_s for f in published),
        words_per_minute=Distribution.of(f.words_per_minute or None for f in published),
        before_lufs=Distribution.of(f.before_lufs for f in published),
        after_lufs=Distribution.of(f.after_lufs for f in published),
        not_measured=sum(f.after_lufs is None for f in published),
        unusual_pace=tuple(sorted(unusual, key=lambda f: f.words_per_minute)),
        silences=tuple(found[:SILENCES]),
        silences_unknown=sum(f.silences is None for f in every),
        out_of_target=tuple(out),
    )


def _out_of_target(figures: Figures, audio: AudioSettings) -> OutOfTarget | None:
    if figures.after_lufs is None or figures.true_peak_dbtp is None:
        return None
    off_lu = round(figures.after_lufs - audio.integrated_lufs, 2)
    over_db = round(max(figures.true_peak_dbtp - audio.true_peak_dbtp, 0.0), 2)
    if figures.other_audio:
        advice = REBUILD
    elif abs(off_lu) > TOLERANCE_LU:
        advice = TOO_LOUD if off_lu > 0 else TOO_PEAKY
    elif over_db:
        advice = OVERSHOT
    else:
        return None
    return OutOfTarget(episode=figures, off_lu=off_lu, over_db=over_db, advice=advice)


def _months(published: Iterable[Figures]) -> tuple[Month, ...]:
    found: dict[tuple[int, int], Month] = {}
    for figures in published:
        key = (figures.published.year, figures.published.month)
        for year, month in _through(next(reversed(found), key), key):
            found.setdefault((year, month), Month(first_day=date(year, month, 1)))
        known = found[key]
        found[key] = Month(
            first_day=known.first_day,
            episodes=known.episodes + 1,
            duration_s=known.duration_s + figures.duration_s,
            word_count=known.word_count + figures.word_count,
        )
    return tuple(found.values())


def _through(first: tuple[int, int], last: tuple[int, int]) -> Iterable[tuple[int, int]]:
    """Return the months from *first* to *last*, as (year, month).

    >>> list(_through((2025, 11), (2026, 1)))
    [(2025, 11), (2025, 12), (2026, 1)]
    """
    for count in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]):
        yield count // 12, count % 12 + 1
