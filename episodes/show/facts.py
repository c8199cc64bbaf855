"""The facts kept of an episode: its guid, its publication date, what the editor set.

`episodes/<slug>/episode.toml` holds what must never change by accident. It belongs to people: `toml`
edits it key by key, comments kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from columncast.episodes.model.clock import FIRST_YEAR, LAST_YEAR
from columncast.episodes.model.editor import Editor
from columncast.episodes.model.episode import AudioForm, EpisodeType, Person
from columncast.episodes.model.notice import Acceptance
from columncast.episodes.model.podcast20 import EpisodeTags
from columncast.episodes.text.html import as_words


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """`[source]`: what was given to `add`, so that the same thing is known when it comes again."""

    recording: str
    recording_sha256: str
    column: str = ""
    """Empty: there is no text, only notes, as of an episode taken over from elsewhere."""
    column_sha256: str = ""
    post: str = ""
    """Which post of a collection (an export with many)."""
    paid_text: bool = False
    """The producer lets out what the column keeps for paying readers."""
    forced: bool = False
    """The producer took a recording that looked wrong, so a later build takes it too."""
    feed: str = ""
    """The feed that the episode was taken over from (`columncast import`)."""
    kept: bool = False
    """Its audio is published with the very bytes it has; false: at the show's loudness."""
    track: int = 0
    """Which of several audio tracks is the narration, from 1; 0: there is only one."""


_HIGHEST_NUMBER = 10**15
"""Some hosts number episodes by their date."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`episode.toml`."""

    guid: str
    published: datetime
    source: Provenance
    title: str = ""
    """The editor's title; empty: the column's."""
    type: EpisodeType = "full"
    season: int | None = None
    number: int | None = None
    explicit: bool | None = None
    """None: as the column says, else the show."""
    retired: bool = False
    draft: bool = False
    """It is in the show and not in the feed until its editor says that it is ready."""
    outputs: tuple[AudioForm, ...] = ()
    """Which audio files go out, as `[audio] outputs` says it for the show; empty: as there."""
    block: bool = False
    """Kept out of Apple's and others' listings, while subscribers get it."""
    link: str = ""
    """Where listeners are sent; empty: the column's address, else the episode's own page."""
    cover_alt: str = ""
    """The episode's own cover (cover.jpg or cover.png in its folder) in words."""
    person: tuple[Person, ...] = ()
    """Its credits, where they are not simply its author and its narrator."""
    podcast: EpisodeTags = field(default_factory=EpisodeTags)
    accepted: tuple[Acceptance, ...] = ()
    """The warnings that its editor lets be."""
    notes: Editor = field(default_factory=Editor)

    def __post_init__(self) -> None:
        """Refuse what would hurt subscribers: an empty guid, a date without a zone."""
        if not self.guid.strip():
            raise ValueError("guid must not be empty")
        if self.published.tzinfo is None:
            raise ValueError("published needs a time zone, as in 2026-11-23T09:00:00Z")
        if not FIRST_YEAR <= self.published.year <= LAST_YEAR:
            raise ValueError(
                f"published is in the year {self.published.year:04}, which cannot be: is the "
                "story's date taken for its publication?"
            )
        if len(set(self.outputs)) < len(self.outputs):
            raise ValueError('outputs must name each form once, for example ["mp3", "opus"]')
        numbers = (n for n in (self.season, self.number) if n is not None)
        if not all(1 <= n <= _HIGHEST_NUMBER for n in numbers):
            raise ValueError("season and number count from 1")


def facts_in_words(facts: Facts) -> Facts:
    """Return *facts* as an import takes them over today: no text holds markup that runs.

    Earlier versions kept titles and names as the other host had them.
    """
    notes = facts.notes
    return replace(
        facts,
        title=as_words(facts.title),
        cover_alt=as_words(facts.cover_alt),
        person=persons_in_words(facts.person),
        notes=replace(
            notes,
            subtitle=None if notes.subtitle is None else as_words(notes.subtitle),
            author=as_words(notes.author),
            narrator=as_words(notes.narrator),
        ),
    )


def persons_in_words(persons: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return *persons* with their names as an import takes them over today."""
    return tuple(replace(person, name=as_words(person.name)) for person in persons)
