"""Submitting a show: what each directory wants, what is missing here, and where to go.

What they want stands in our own rules, each with its source; `directories` says which rule stands in
the way where.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from columncast.episodes.building.ledger import Ledger
from columncast.episodes.errors import UsageError
from columncast.episodes.format import shorten
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live.directories import AS_OF, DIRECTORIES, Directory, services
from columncast.feed.live.state import read_state
from columncast.feed.rules.show import check_episodes, check_show

ANYWHERE = frozenset({"no-episode", "show-not-https", "show-address-private", "cover-placeholder"})
"""The codes of warnings that keep a show out of every directory."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """How a show stands with one directory."""

    directory: Directory
    listed: str
    """Where the show is listed, as `[subscribe]` has it; empty: not, as far as is known here."""
    missing: tuple[Notice, ...]

    def lines(self, everywhere: Sequence[Notice], *, verbose: bool = False) -> Iterator[str]:
        """The entry for people; what is missing *everywhere* is no part of it.

        With *verbose*, it says where the directory itself says so.
        """
        where = self.listed or self.directory.address or "cannot be submitted to"
        yield f"{self.directory.name}: {'listed at ' if self.listed else ''}{where}"
        if self.listed:
            return
        yield from (f"    {sentence}" for sentence in self.directory.wants)
        if verbose and self.directory.source:
            yield f"    Its own words: {self.directory.source}"
        for notice in self.missing:
            if notice not in everywhere:
                yield f"    Missing: {notice.message} [{notice.code}]"


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
        asked = [entry for entry in self.entries if entry.directory.address and not entry.listed]
        everywhere = [n for e in asked[:1] for n in e.missing if all(n in a.missing for a in asked)]
        if everywhere:
            yield ""
            yield "Missing everywhere:"
            yield from (f"    {notice.message} [{notice.code}]" for notice in everywhere)
        for entry in self.entries:
            yield ""
            yield from entry.lines(everywhere, verbose=verbose)
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


def submission(folder: ShowFolder, chosen: Collection[str] = ()) -> Submission:
    """Return how the show in *folder* stands with each directory, or those *chosen*; nobody is asked.

    Raises:
        UsageError: One that is chosen is not known.
        SettingsError: show.toml is wrong.
        OutsideError: The cover is a link that leads out of the show.
    """
    for name in chosen:
        if name not in services():
            near = difflib.get_close_matches(name.lower(), services(), n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(services())}"
            raise UsageError(f"no directory {shorten(name)!r}; {hint}")
    show, listed = folder.show, folder.listed()
    episodes = [one for one in Ledger(folder).listings() if one.slug in listed]
    found = [*check_show(show, folder.cover), *check_episodes(show, episodes)]
    return Submission(
        feed_url=show.feed_url,
        live=any(read_state(folder, name).feed for name in show.destinations),
        entries=tuple(
            Entry(
                directory=directory,
                listed=show.subscribe.get(directory.service, ""),
                missing=tuple(_missing(directory, found)),
            )
            for directory in DIRECTORIES
            if not chosen or directory.service in chosen
        ),
    )


def _missing(directory: Directory, found: Sequence[Notice]) -> Iterator[Notice]:
    if directory.address:
        stops = directory.stops | ANYWHERE
        yield from (n for n in found if n.severity == "error" or n.code in stops)
