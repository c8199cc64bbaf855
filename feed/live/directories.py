"""The directories that list podcasts: where each takes a show, what it wants, what stops it there.

Addresses and ways are as of `AS_OF`: services move their pages, so look at the source.
"""

from __future__ import annotations

from dataclasses import dataclass

from columncast.feed.rules.book import APPLE, NAMESPACE, SPOTIFY, YOUTUBE

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
    """The codes of warnings that keep a show out here; an error keeps it out everywhere."""
    source: str = ""
    """Where it says so; empty where we know no page of theirs."""

    @property
    def name(self) -> str:
        """What people call it."""
        # Of settings that take a while to load, and a shell that completes a service needs none.
        from columncast.episodes.show.settings import SERVICES  # noqa: PLC0415

        return SERVICES[self.service][0]


_MAIL = "It sends a code to the e-mail address in the feed."

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


def services() -> list[str]:
    """Return the names of all directories, as `[subscribe]` has them."""
    return [directory.service for directory in DIRECTORIES]
