"""What would be put where, in which order: worked out before anything is touched."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from columncast.episodes.errors import FeedError
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Destination, Show
from columncast.episodes.storage.store import Content, Storage, Stored
from columncast.feed.live import root_pages
from columncast.feed.live.feed_index import (
    FEED,
    FeedDocument,
    Item,
    Named,
    differences,
    live_documents,
    read_feed,
)
from columncast.feed.live.foreign_pages import foreign_pages
from columncast.feed.live.inventory import unclaimed
from columncast.feed.live.local_site import Stage, Step, items_of, local_feed, wanted
from columncast.feed.live.state import changed, digest, read_state, refuse_foreign
from columncast.feed.serving.headers import is_hashed

MOST_LINES = 20
"""Of a difference, before it is cut."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything one publication would do, in its order."""

    name: str
    label: str
    feed_url: str
    hub: str
    steps: tuple[Step, ...]
    public: bool
    """Whether the public addresses answer as soon as a file is put, and are asked."""
    verify: tuple[Named, ...]
    """What the feed will name and the live one does not: asked for at its public URL."""
    unchanged: int
    """How many files are there already."""
    wanted: frozenset[str] = frozenset()
    """The keys of all files that have a use there, those already there included."""
    live: Mapping[str, Content] = field(default_factory=dict)
    """The documents of the live feed, by key."""
    diff: tuple[str, ...] = ()
    """What changes for listeners."""
    claims: frozenset[str] = frozenset()
    """Of the files there, those that another show has put and that this one is to list as well."""
    foreign_pages: Mapping[str, Content] = field(default_factory=dict)
    """Pages of other hosts that an earlier version put there, and that their words replace."""
    ping_only: bool = False
    """The feed is live, but the hub was not told."""
    notices: tuple[Notice, ...] = ()
    """What cannot be put, and stands in the way of nothing else."""

    @property
    def nothing(self) -> bool:
        """Whether everything is live already."""
        return not (self.steps or self.ping_only or self.claims or self.foreign_pages)

    @property
    def changes_feed(self) -> bool:
        """Whether listeners will see a difference."""
        return any(step.stage == "feed" for step in self.steps)

    @property
    def length_bytes(self) -> int:
        """Of all files to put."""
        return sum(step.length_bytes for step in self.steps)

    def at(self, stage: Stage) -> tuple[Step, ...]:
        """The steps of one stage."""
        return tuple(step for step in self.steps if step.stage == stage)

    def lines(self) -> Iterator[str]:
        """What a dry run prints."""
        if self.nothing:
            yield f"Nothing to do: {self.label} has it all ({self.unchanged} files)"
            return
        wide = max((len(step.key) for step in self.steps), default=0)
        for stage in ("media", "page"):
            for step in self.at(stage):
                how = "" if step.new else "   (replaces)"
                yield f"Put       {step.key:{wide}}  {size(step.length_bytes):>8}{how}"
            if stage == "media" and self.verify:
                yield f"Verify    {len(self.verify)} files at their public addresses"
        for step in self.at("feed"):
            yield f"Feed      {step.key:{wide}}  {size(step.length_bytes):>8}   (if the live one is still the same)"
        yield from (f"          {line}" for line in shortened(self.diff))
        for step in self.at("root"):
            how = "" if step.new else "   (replaces)"
            yield f"Put       {step.key:{wide}}  {size(step.length_bytes):>8}{how}"
        for key in self.foreign_pages:
            yield f"Replace   {key}   (a page of another host, by its words)"
        if self.changes_feed and self.public:
            yield f"Read back {self.feed_url}"
        if self.hub and (self.changes_feed or self.ping_only):
            yield f"Ping      {self.hub}"
        yield f"Unchanged {self.unchanged} files at {self.label}"

    def as_json(self) -> dict[str, object]:
        """What a tool is told."""
        return {
            "destination": self.name,
            "label": self.label,
            "put": [
                {"key": s.key, "length_bytes": s.length_bytes, "stage": s.stage, "new": s.new}
                for s in self.steps
            ],
            "verify": [named.url for named in self.verify],
            "feed": {"url": self.feed_url, "changes": list(self.diff)},
            "replace": list(self.foreign_pages),
            "ping": self.hub if self.changes_feed or self.ping_only else "",
            "unchanged": self.unchanged,
            "notices": [notice.as_json() for notice in self.notices],
            "length_bytes": self.length_bytes,
        }


def plan(
    folder: ShowFolder,
    destination: Destination,
    storage: Storage,
    *,
    name: str,
    replace: bool = False,
) -> Plan:
    """Work out what has to be put to bring *folder* live at the destination called *name*.

    *replace* takes the place of a live feed that is not the one last seen.

    Raises:
        FeedError: The feed here names a file that is missing or other than it says.
        LiveFeedChangedError: What is live was changed by somebody else.
        RemoteError: The store could not be asked.
    """
    documents = local_feed(folder)
    named = {n.url: n for document in documents.values() for n in document.named}
    everything = list(wanted(folder, documents, destination.holds))
    files = [step for step in everything if step.stage != "root"]
    root = root_pages.look([s for s in everything if s.stage == "root"], storage, folder.show)
    stored = {s.key: s for part in destination.holds for s in storage.find(f"{part}/")}
    live = live_documents(storage, stored)
    here = items_of(documents.values())
    before = _read_live(live, folder.show, here, storage.label, replace=replace)
    there = items_of(before)
    state = read_state(folder, name)
    if FEED in live and not replace:
        refuse_foreign(folder, state, live, there=there, here=here, label=storage.label)
    steps = [
        dataclasses.replace(step, new=step.key not in stored)
        for step in files
        if not _is_there(step, stored, live, storage)
    ]
    unchanged = len(files) - len(steps) + len(root.wanted) - len(root.put)
    steps += root.put
    put = {step.key for step in steps}
    known = {n.url for document in before for n in document.named}
    feeds = "feed" in destination.holds
    keys = frozenset(step.key for step in files) | root.wanted
    asked = [n for n in named.values() if n.path in put or (feeds and n.url not in known)]
    at_feed = any(step.stage == "feed" for step in steps)
    local = digest((folder.root / FEED).read_bytes())
    return Plan(
        name=name,
        label=storage.label,
        feed_url=folder.show.feed_url,
        hub=folder.show.feed.hub if feeds else "",
        steps=tuple(steps),
        public=destination.verify,
        verify=tuple(asked) if steps and destination.verify else (),
        unchanged=unchanged,
        wanted=keys,
        claims=unclaimed(storage, folder.show, keys),
        foreign_pages=foreign_pages(folder, storage, stored, live, keys),
        live=live,
        notices=root.notices,
        diff=tuple(differences(there, here)) if at_feed else (),
        # A run that was killed after the feed went live has yet to tell the hub.
        ping_only=feeds and not at_feed and state.pending == local != state.hub,
    )


def shortened(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return *lines*, cut to what a person reads."""
    if len(lines) <= MOST_LINES:
        return lines
    return (*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more")


def size(length_bytes: int) -> str:
    """Return a file's size as people read it.

    >>> size(512), size(31_000), size(6_490_000)
    ('512 B', '31 kB', '6.5 MB')
    """
    if length_bytes < 1000:
        return f"{length_bytes} B"
    if length_bytes < 1_000_000:
        return f"{length_bytes / 1000:.0f} kB"
    return f"{length_bytes / 1e6:.1f} MB"


def _read_live(
    live: Mapping[str, Content], show: Show, here: Sequence[Item], label: str, *, replace: bool
) -> list[FeedDocument]:
    try:
        return [read_feed(live[key].data, show, where=f"the live {key}") for key in live]
    except FeedError as e:
        if replace:
            return []  # whatever lies there, it is to go
        raise changed([], here, label) from e


def _is_there(
    step: Step, stored: Mapping[str, Stored], live: Mapping[str, Content], storage: Storage
) -> bool:
    there = stored.get(step.key)
    if step.key in live:
        return live[step.key].data == step.path.read_bytes()
    if there is None or there.length_bytes != step.length_bytes:
        return False
    return is_hashed(step.key) or storage.same(there, step.path)
