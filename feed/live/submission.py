"""Submitting a show: what each directory wants, what is missing here, and where to go.

What they want stands in our own rules, each with its source; here is which rule stands in the way
where. Addresses and ways are as of `AS_OF`: services move their pages, so look at the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from columncast.episodes.building.ledger import Ledger
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import SERVICES
from columncast.feed.live.state import read_state
from columncast.feed.rules.book import APPLE, NAMESPACE, SPOTIFY, YOUTUBE
from columncast.feed.rules.show import check_episodes, check_show

AS_OF = "November 2026"


@dataclass(frozen=True, kw_only=True)
class Directory:
    """One place where shows are listed."""

    service: str
    """Its name in `[subscribe]`."""
    address: str
    """Where a show is submitted; empty where nobody can."""
    wants: tuple[str, ...]
    """What a person should know before, a sentence each."""
    stops: frozenset[str] = frozenset()
    """The codes of warnings that keep a show out here, beyond those that do so everywhere."""
    source: str = ""
    """Where it says so; empty where we know no page of theirs."""

    @property
    def name(self) -> str:
        """What people call it."""
        return SERVICES[self.service][0]


_MAIL = "It sends a code to the e-mail address in the feed."
ANYWHERE = frozenset({"no-episode", "show-not-https", "show-address-private", "cover-placeholder"})
"""What keeps a show out everywhere."""

DIRECTORIES = (
    Directory(
        service="apple",
        address="https://podcastsconnect.apple.com/",
        wants=(
            "Sign in with an Apple Account, and add a new show with an RSS feed.",
            "A person looks at the show first. Overcast, Castro and others list what is here.",
            'A code that it asks for goes into show.toml: [[podcast.txt]], purpose = "applepodcastsverify".',
        ),
        stops=frozenset({"show-description-missing"}),
        source=APPLE,
    ),
    Directory(
        service="spotify",
        address="https://creators.spotify.com/",
        wants=(
            "Sign in, add a show that exists already, and paste the feed's address.",
            _MAIL,
        ),
        stops=frozenset({"show-author-missing", "show-email-missing"}),
        source=SPOTIFY,
    ),
    Directory(
        service="youtube",
        address="https://studio.youtube.com/",
        wants=(
            "In YouTube Studio: Create, New podcast, Submit RSS feed.",
            _MAIL,
            "It makes a video of each episode, and takes over no change that you make later.",
            "Advertisements are refused, unless the narrator reads them and you declare it.",
        ),
        stops=frozenset({"show-email-missing"}),
        source=YOUTUBE,
    ),
    Directory(
        service="amazon",
        address="https://podcasters.amazon.com/",
        wants=("Sign in, and add the feed. Audible shows what is here, too.", _MAIL),
        stops=frozenset({"show-email-missing"}),
    ),
    Directory(
        service="pocketcasts",
        address="https://pocketcasts.com/submit/",
        wants=("Paste the feed's address; no account is needed.",),
    ),
    Directory(
        service="podcastindex",
        address="https://podcastindex.org/add",
        wants=(
            "Paste the feed's address; no account is needed.",
            "Many independent apps search here.",
        ),
        stops=frozenset({"show-guid-missing"}),
        source=NAMESPACE,
    ),
    Directory(
        service="deezer",
        address="https://podcasters.deezer.com/",
        wants=("Sign in, and add the feed.", _MAIL),
        stops=frozenset({"show-email-missing"}),
    ),
    Directory(
        service="podcastaddict",
        address="https://podcastaddict.com/submit",
        wants=("Paste the feed's address; no account is needed.",),
    ),
    Directory(
        service="overcast",
        address="",
        wants=("It lists what Apple Podcasts lists, a day or so later.",),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """How a show stands with one directory."""

    directory: Directory
    listed: str
    """Where the show is listed, as `[subscribe]` has it; empty: not, as far as is known here."""
    missing: tuple[Notice, ...]

    def lines(self, *, verbose: bool = False) -> Iterator[str]:
        """The entry for people; with *verbose*, where the directory itself says so."""
        where = self.listed or self.directory.address or "cannot be submitted to"
        yield f"{self.directory.name}: {'listed at ' if self.listed else ''}{where}"
        if self.listed:
            return
        yield from (f"    {sentence}" for sentence in self.directory.wants)
        if verbose and self.directory.source:
            yield f"    Its own words: {self.directory.source}"
        yield from (f"    Missing: {notice.message} [{notice.code}]" for notice in self.missing)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """How a show stands with the directories."""

    feed_url: str
    live: bool
    """It was published from this folder."""
    entries: tuple[Entry, ...]

    def lines(self, *, verbose: bool = False) -> Iterator[str]:
        """The whole for people; with *verbose*, with sources."""
        yield f"Paste this address: {self.feed_url}"
        if not self.live:
            yield "It was never published from here. Directories fetch it at once, so publish first: columncast publish"
        for entry in self.entries:
            yield ""
            yield from entry.lines(verbose=verbose)
        yield ""
        yield f"As of {AS_OF}. Once a directory lists the show, put its page there under [subscribe] in show.toml."

    def as_json(self) -> dict[str, Any]:
        """The whole for tools."""
        return {
            "feed_url": self.feed_url,
            "live": self.live,
            "as_of": AS_OF,
            "directories": [
                {
                    "service": entry.directory.service,
                    "name": entry.directory.name,
                    "address": entry.directory.address,
                    "source": entry.directory.source,
                    "wants": list(entry.directory.wants),
                    "listed": entry.listed,
                    "missing": [notice.as_json() for notice in entry.missing],
                }
                for entry in self.entries
            ],
        }


def submission(folder: ShowFolder) -> Submission:
    """Return how the show in *folder* stands with each directory; nobody is asked.

    Raises:
        SettingsError: show.toml is wrong.
        OutsideError: The cover is a link that leads out of the show.
    """
    show, listed = folder.show, folder.listed()
    episodes = [one for one in Ledger(folder).listings() if one.slug in listed]
    found = [*check_show(show, folder.cover), *check_episodes(show, episodes)]
    return Submission(
        feed_url=show.feed_url,
        live=any(read_state(folder, name).feed for name in show.publish),
        entries=tuple(
            Entry(
                directory=directory,
                listed=show.subscribe.get(directory.service, ""),
                missing=tuple(_missing(directory, found)),
            )
            for directory in DIRECTORIES
        ),
    )


def _missing(directory: Directory, found: Sequence[Notice]) -> Iterator[Notice]:
    if directory.address:
        stops = directory.stops | ANYWHERE
        yield from (n for n in found if n.severity == "error" or n.code in stops)
