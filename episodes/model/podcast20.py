"""What the Podcasting 2.0 namespace lets a show or an episode say, typed and checked when read.

One class for each tag that has parts; its fields are the tag's attributes, spelled as show.toml
spells things. The rules are the namespace's own (github.com/Podcastindex-org/podcast-namespace,
docs/tags); a broken one is told with the tag's name.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from columncast.episodes.model.limits import TXT_CHARACTERS, TXT_PURPOSE_CHARACTERS

NAMESPACE = "https://podcastindex.org/namespace/1.0"
"""Where the rules are; the tag's name is the anchor."""

# podcasttaxonomy.com, as the namespace keeps it in taxonomy.json.
TAXONOMY: dict[str, tuple[str, ...]] = {
    "creative direction": (
        "director",
        "assistant director",
        "executive producer",
        "senior producer",
        "producer",
        "associate producer",
        "development producer",
        "creative director",
    ),
    "cast": (
        "host",
        "co-host",
        "guest host",
        "guest",
        "voice actor",
        "narrator",
        "announcer",
        "reporter",
    ),
    "writing": (
        "author",
        "editorial director",
        "co-writer",
        "writer",
        "songwriter",
        "guest writer",
        "guest",
        "story editor",
        "managing editor",
        "script editor",
        "script coordinator",
        "researcher",
        "editor",
        "fact checker",
        "translater",
        "translator",
        "transcriber",
        "logger",
    ),
    "audio production": (
        "studio coordinator",
        "technical director",
        "technical manager",
        "audio engineer",
        "remote recording engineer",
        "post production engineer",
    ),
    "audio post-production": (
        "audio editor",
        "sound designer",
        "foley artist",
        "composer",
        "theme music",
        "music production",
        "music contributor",
    ),
    "administration": (
        "production coordinator",
        "booking coordinator",
        "production assistant",
        "content manager",
        "marketing manager",
        "sales representative",
        "sales manager",
    ),
    "visuals": ("graphic designer", "cover art designer"),
    "community": ("social media manager",),
    "misc.": ("consultant", "intern"),
    "video production": (
        "camera operator",
        "lighting designer",
        "camera grip",
        "assistant camera",
    ),
    "video post-production": ("editor", "assistant editor"),
}

# license/licenses.json of the namespace: these need no URL.
LICENSES = frozenset({"arr", "cc-by-4.0", "cc-by-nc-4.0", "cc-by-nc-nd-4.0", "v4v-1.0"})

Medium = Literal["podcast", "audiobook", "newsletter", "blog", "course"]
"""`podcast:medium`, of the values that a narrated column can be."""


@dataclass(frozen=True, kw_only=True)
class Funding:
    """`podcast:funding`: where listeners may support the show."""

    url: str
    text: str

    def __post_init__(self) -> None:
        """Check the link and its label."""
        link("funding", "url", self.url)
        short("funding", "text", self.text)


@dataclass(frozen=True, kw_only=True)
class Location:
    """`podcast:location`: what place this is about, or where it was made."""

    name: str
    rel: Literal["subject", "creator"] = "subject"
    geo: str = ""
    """RFC 5870: `geo:48.858093,2.294694`."""
    osm: str = ""
    """OpenStreetMap: `R113314`."""
    country: str = ""
    """ISO 3166-1, two letters."""

    def __post_init__(self) -> None:
        """Check the three machine-readable forms."""
        short("location", "name", self.name)
        if self.geo and not re.fullmatch(
            r"geo:-?\d+(\.\d+)?,-?\d+(\.\d+)?(,-?\d+(\.\d+)?)?(;[a-z]+=[\w.+-]+)*", self.geo
        ):
            broken("location", f"geo {self.geo!r} is not written like 'geo:48.858093,2.294694'")
        if self.osm and not re.fullmatch(r"[NWR]\d+(#\d+)?", self.osm):
            broken("location", f"osm {self.osm!r} is not written like 'R113314'")
        if self.country and not re.fullmatch(r"[A-Za-z]{2}", self.country):
            broken("location", f"country {self.country!r} is not two letters like 'fr'")


@dataclass(frozen=True, kw_only=True)
class Txt:
    """`podcast:txt`: free text for a service, mostly a code that proves who owns the feed."""

    value: str
    purpose: str = ""
    """`verify`, `applepodcastsverify`, `ai-content`, a domain …"""

    def __post_init__(self) -> None:
        """Check that there is something in it, and not too much."""
        if not self.value.strip() or len(self.value) > TXT_CHARACTERS:
            broken("txt", f"value must have 1 to {TXT_CHARACTERS} characters")
        if len(self.purpose) > TXT_PURPOSE_CHARACTERS:
            broken("txt", f"purpose must not be longer than {TXT_PURPOSE_CHARACTERS} characters")


@dataclass(frozen=True, kw_only=True)
class RemoteItem:
    """`podcast:remoteItem` in a `podcast:podroll`: another show that this one recommends."""

    feed_guid: str
    feed_url: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        """Check that it names a feed."""
        if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", self.feed_guid):
            broken("podroll", f"feed_guid {self.feed_guid!r} is not the other show's podcast:guid")
        if self.feed_url:
            link("podroll", "feed_url", self.feed_url)


@dataclass(frozen=True, kw_only=True)
class UpdateFrequency:
    """`podcast:updateFrequency`: how often the show means to come."""

    text: str
    """For people: `Every Friday`."""
    rrule: str = ""
    """RFC 5545, 3.3.10: `FREQ=WEEKLY;BYDAY=FR`."""
    dtstart: str = ""
    """ISO 8601; must be there when the rule counts."""
    complete: bool = False

    def __post_init__(self) -> None:
        """Check the shape of the rule."""
        short("updateFrequency", "text", self.text)
        if self.rrule:
            parts = [part.partition("=") for part in self.rrule.split(";")]
            frequency = {name: value for name, _, value in parts}.get("FREQ")
            if frequency not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY") or not all(
                re.fullmatch(r"[A-Z]+", name) and value for name, _, value in parts
            ):
                broken(
                    "updateFrequency",
                    f"rrule {self.rrule!r} is not written like 'FREQ=WEEKLY;BYDAY=FR'",
                )
            if any(name == "COUNT" for name, _, _ in parts) and not self.dtstart:
                broken("updateFrequency", "a rrule with COUNT needs dtstart")
        if self.dtstart and not re.fullmatch(
            r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?", self.dtstart
        ):
            broken("updateFrequency", f"dtstart {self.dtstart!r} is not a date like '2027-01-01'")


SHORTEST_BITE_S = 15.0


@dataclass(frozen=True, kw_only=True)
class Soundbite:
    """`podcast:soundbite`: the stretch that says it best."""

    start_s: float
    duration_s: float
    title: str = ""

    def __post_init__(self) -> None:
        """Check that it is as long as apps show it."""
        if not 0 <= self.start_s < math.inf:
            broken("soundbite", "start_s must be a number of seconds from 0")
        if not SHORTEST_BITE_S <= self.duration_s <= 120:
            broken("soundbite", f"duration_s is {self.duration_s:g}; it must be 15 to 120 seconds")
        if len(self.title) > 128:
            broken("soundbite", "title must not be longer than 128 characters")


@dataclass(frozen=True, kw_only=True)
class EpisodeTags:
    """What an episode alone may say in the feed: `[podcast]` in its episode.toml."""

    season_name: str = ""
    """`podcast:season name`: shown instead of the season's number."""
    episode_display: str = ""
    """`podcast:episode display`: shown instead of the episode's number: `Ch. 3`."""
    soundbite: tuple[Soundbite, ...] = ()
    location: tuple[Location, ...] = ()
    txt: tuple[Txt, ...] = ()
    license: str = ""
    license_url: str = ""
    ai_content: bool | None = None
    """True: the voice is synthetic. None: as the show says."""

    def __post_init__(self) -> None:
        """Check what has no class of its own."""
        known_license(self.license, self.license_url)
        if len(self.season_name) > 128:
            broken("season", "season_name must not be longer than 128 characters")
        if len(self.episode_display) > 32:
            broken("episode", "episode_display must not be longer than 32 characters")


def known_license(identifier: str, url: str) -> None:
    """Check a `podcast:license`.

    Raises:
        ValueError: It is none of the namespace's list and has no URL with its text.
    """
    if url:
        link("license", "license_url", url)
    if identifier and not url and identifier.lower() not in LICENSES:
        known = ", ".join(sorted(LICENSES))
        broken("license", f"{identifier!r} is not one of {known}; name its text by license_url")
    if len(identifier) > 128 or (url and not identifier):
        broken("license", "needs a short name of at most 128 characters")


def known_role(group: str, role: str) -> None:
    """Check that the Podcast Taxonomy has this *role* in this *group*; case does not matter.

    Raises:
        ValueError: It has not; the message names the roles there are.
    """
    roles = TAXONOMY.get(group.lower())
    if roles is None:
        broken("person", f"group {group!r} is not one of: {', '.join(TAXONOMY)}")
    elif role.lower() not in roles:
        broken("person", f"role {role!r} is not one of the group {group!r}: {', '.join(roles)}")


def short(tag: str, name: str, text: str, limit: int = 128) -> None:
    """Check a text that aggregators cut.

    Raises:
        ValueError: It is empty or longer than *limit* characters.
    """
    if not text.strip():
        broken(tag, f"{name} must not be empty")
    if len(text) > limit:
        broken(tag, f"{name} must not be longer than {limit} characters")


def link(tag: str, name: str, url: str) -> None:
    """Check a URL that the namespace asks to be https.

    Raises:
        ValueError: It is not a full http(s) URL in ASCII.
    """
    if not re.fullmatch(r"https?://[!-~]+", url):
        broken(tag, f"{name} {url!r} is not a full URL like https://example.org/")


def broken(tag: str, what: str) -> None:
    """Say which rule is broken and where it is written.

    Raises:
        ValueError: Always.
    """
    raise ValueError(f"{what} ({NAMESPACE}#{tag.lower()})")
