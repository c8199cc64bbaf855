"""The nouns that travel from one package to the next.

Plain, frozen and picklable: they go to worker processes and into build records as they are.
Units are in the names (`duration_s`, `length_bytes`, `gain_db`); dates are aware `datetime`s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from columncast.episodes.model.limits import MONO_OFFSET_LU
from columncast.episodes.model.notice import Notice
from columncast.episodes.model.podcast20 import EpisodeTags, known_role, short

EpisodeType = Literal["full", "trailer", "bonus"]
"""Apple's `itunes:episodeType` (podcasters.apple.com/support/823-podcast-requirements)."""


AudioForm = Literal["mp3", "m4a", "opus"]
"""The forms in which an episode's audio can go out."""


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """What a BS.1770 meter reads on one recording."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A stretch in which nobody speaks."""

    start_s: float
    duration_s: float


@dataclass(frozen=True, kw_only=True)
class Master:
    """What mastering did: the facts that the feed, the page and the producer need of it."""

    source: Loudness
    loudness: Loudness
    """Read off the encoded file."""
    gain_db: float
    """From the recording's voice to the master's, before the limiter."""
    limited_s: float
    """Seconds in which the limiter acted; 0.0 when it was not needed."""
    duration_s: float
    """Of the encoded file, by decoding."""
    channels: int
    sample_rate_hz: int
    bitrate: str
    encoder: str
    short_term_lufs: tuple[float, ...] = ()
    """Short-term loudness of the encoded file, one value a second, for the picture."""
    limited_at_s: tuple[float, ...] = ()
    """The seconds (whole) in which the limiter acted, for the picture."""
    source_short_term_lufs: tuple[float, ...] = ()
    """The same of the recording, as it was."""
    offset_s: float = 0.0
    """Where the first moment of the recording lies in the master: after an intro; negative when
    silence before it was trimmed."""
    steps: tuple[str, ...] = ()
    """What the show had done to the sound besides its loudness, in words."""
    encodes: int = 1
    """How often it was encoded until the encoded sound met the target."""
    silences: tuple[Silence, ...] | None = None
    """The longest ones of at least a second, longest first; None: made before this was noted."""
    notices: tuple[Notice, ...] = ()

    @property
    def heard_lufs(self) -> float:
        """How loud it is from two speakers: the one number that people are given."""
        return self.loudness.integrated_lufs + self._louder_lu

    @property
    def source_heard_lufs(self) -> float:
        """The same of the recording."""
        return self.source.integrated_lufs + self._louder_lu

    @property
    def _louder_lu(self) -> float:
        return MONO_OFFSET_LU if self.channels == 1 else 0.0


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One chapter of the published audio."""

    start_s: float
    title: str
    heading: str = ""
    """What the column calls it, where the editor gave it another title."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A credit: `role` and `group` of the Podcast Taxonomy (podcasttaxonomy.com)."""

    name: str
    role: str = "host"
    group: str = "cast"
    href: str = ""
    img: str = ""

    def __post_init__(self) -> None:
        """Refuse a credit that no app could show."""
        short("person", "name", self.name)
        known_role(self.group, self.role)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that the feed names beside the enclosure: a transcript, chapters."""

    url: str
    mime_type: str
    language: str = ""
    made_from: str = ""
    """A digest of what it was made from, which tells whether its content changed."""
    kept: bool = False
    """Taken over from another host byte for byte: its faults are told, not refused."""


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A published audio file, as RSS names it (rssboard.org/rss-specification)."""

    path: str
    """From the show's folder, with forward slashes: `audio/the-ferry-1a2b3c4d.mp3`."""
    url: str
    length_bytes: int
    """Of the final, tagged file: exactly what a server sends."""
    mime_type: str
    duration_s: float
    sha256: str
    bitrate: str = ""
    title: str = ""
    """What an alternate is called in an app: `Small (Opus)`; at most 32 characters."""
    language: str = ""
    """Of an alternate that is read in another language."""


@dataclass(frozen=True, kw_only=True)
class ShowNotes:
    """The notes of one episode in the three forms that apps read."""

    html: str
    """For `description`: safe subset, at most 4,000 bytes of UTF-8 (Apple, PSP-1)."""
    full_html: str
    """For `content:encoded`; equal to `html` unless the show asks for the full text."""
    plain: str
    """For tags and terminals."""
    notices: tuple[Notice, ...] = ()

    @property
    def length_bytes(self) -> int:
        """What Apple counts: bytes of UTF-8, markup included."""
        return len(self.html.encode())


@dataclass(frozen=True, kw_only=True)
class Episode:
    """Everything that the feed and the episode's page say about one episode."""

    slug: str
    guid: str
    title: str
    published: datetime
    notes: ShowNotes
    enclosure: Enclosure
    page_url: str
    """The episode's own page under `base_url`."""
    link: str
    """Where listeners are sent: the column on the writer's site, else `page_url`."""
    author: str
    text_html: str
    """The whole column as safe HTML, for the page (never past a paywall mark)."""
    pictures: tuple[str, ...] = ()
    """The files of the column's pictures, in the folder of the page."""
    subtitle: str = ""
    season: int | None = None
    number: int | None = None
    type: EpisodeType = "full"
    explicit: bool | None = None
    """None: as the show says."""
    language: str = ""
    alternates: tuple[Enclosure, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    chapters_file: Attachment | None = None
    transcripts: tuple[Attachment, ...] = ()
    persons: tuple[Person, ...] = ()
    master: Master | None = None
    """What mastering did; None for audio that was taken over as it was."""
    word_count: int = 0
    """Of the whole column; 0 where there is no text."""
    words_per_minute: int = 0
    """Of the whole column over the whole recording; 0 where there is no text."""
    notices: tuple[Notice, ...] = ()
    """Everything that a person should know about its column, notes and recording."""
    image_url: str = ""
    """The episode's own cover; empty: the show's."""
    image_alt: str = ""
    """The cover in words, for those who do not see it."""
    block: bool = False
    """Kept out of Apple's and others' listings, while subscribers get it."""
    draft: bool = False
    """Kept out of the feed, whatever its date, until its editor says that it is ready."""
    podcast: EpisodeTags = field(default_factory=EpisodeTags)


def status_of(
    published: datetime,
    now: datetime,
    *,
    retired: bool = False,
    draft: bool = False,
    listed: bool | None = None,
) -> str:
    """Return `published`, `scheduled`, `retired`, `draft`, or `unbuilt`.

    *listed* says whether the feed as built holds the episode; None: as its date says. It is unbuilt
    when its date has come and the feed does not hold it yet: the next build brings it.
    """
    if retired or draft:
        return "retired" if retired else "draft"
    if listed:
        return "published"
    if published > now:
        return "scheduled"
    return "published" if listed is None else "unbuilt"
