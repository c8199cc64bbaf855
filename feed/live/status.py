"""How a show stands: what is built, scheduled, in draft and live, and what comes next.

All of it is read from the show's folder and its records; only *live* asks the places themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from columncast.episodes.building.ledger import Ledger, Reason
from columncast.episodes.entry.overview import Row, overview
from columncast.episodes.errors import ColumncastError
from columncast.episodes.format import count, moment, shorten
from columncast.episodes.remarks.approval import Approval
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Destination
from columncast.feed.live import destinations
from columncast.feed.live.approvals import to_approve
from columncast.feed.live.feed_index import FEED, changes
from columncast.feed.live.plan import shortened
from columncast.feed.live.remembered import items_here, remembered_items
from columncast.feed.live.state import digest, read_state

_NAMED = 5
"""Episodes in one state, before the rest is only counted."""
_STATES = ("published", "scheduled", "draft", "retired")


@dataclass(frozen=True, kw_only=True)
class Place:
    """How one destination stands."""

    name: str
    where: str
    """As a person would look for it: `folder ../www`."""
    state: str
    """In one sentence."""
    behind: bool
    """A `publish` would change something there, as far as is known."""
    changes: tuple[str, ...] = ()
    """What listeners would see of it."""
    failure: ColumncastError | None = None
    """Why it could not be asked."""

    def as_json(self) -> dict[str, Any]:
        """The place for tools."""
        return {
            "name": self.name,
            "where": self.where,
            "state": self.state,
            "behind": self.behind,
            "changes": list(self.changes),
        }


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a show stands."""

    title: str
    feed_url: str
    timezone: str
    """The show's own (IANA), in which dates are told."""
    rows: tuple[Row, ...]
    due: Mapping[str, Sequence[Reason]]
    """What the next build looks at, and why."""
    damaged: tuple[ColumncastError, ...]
    places: tuple[Place, ...]
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    """What somebody has to approve before it goes live, by slug; nothing unless show.toml asks."""

    @property
    def next_step(self) -> str:
        """The command that brings the show further; empty if there is nothing to do."""
        if self.damaged:
            return "columncast check"
        if not self.rows:
            return "columncast add RECORDING COLUMN"
        if self.due or any(row.status == "unbuilt" for row in self.rows):
            return "columncast build"
        out = {row.slug for row in self.rows if row.status == "published"}
        behind = any(place.behind for place in self.places)
        # What is scheduled keeps nothing else from going live.
        asked = [slug for slug in self.approvals if slug in out or not behind]
        if asked:
            return f"columncast preview {asked[0]} --export {asked[0]}.html, for an approval"
        return "columncast publish" if behind else ""

    def lines(self) -> Iterator[tuple[str, str]]:
        """The status for people, as (label, text) lines."""
        yield "Show", self.title
        yield "Feed", self.feed_url
        numbers = Counter(row.status for row in self.rows)
        told = [f"{numbers[state]:,} {state}" for state in _STATES if numbers[state]]
        yield "Episodes", ", ".join(told) or "none yet"
        yield from _some("Next up", [_when(row, self.timezone) for row in self._in("scheduled")])
        yield from _some("Draft", [_named(row) for row in self._in("draft")])
        why = {slug: "; ".join(map(str, reasons)) for slug, reasons in self.due.items()}
        why = {r.slug: "its date has come" for r in self._in("unbuilt") if r.slug not in why} | why
        yield from _some("To build", [f"{slug}   ({text})" for slug, text in why.items()])
        asked = [f"{slug}   ({one.why})" for slug, one in self.approvals.items()]
        yield from _some("Approve", asked)
        yield from _some("Damaged", [str(error) for error in self.damaged])
        for place in self.places:
            yield "Live", f"{place.name} ({place.where}): {place.state}"
            yield from (("", f"  {line}") for line in shortened(place.changes))
        if not self.places:
            yield "Live", "nowhere: show.toml names no place to publish to"
        first = "add [publish.NAME] to show.toml (columncast help publish), or: columncast serve"
        yield "Next", self.next_step or ("nothing to do" if self.places else first)

    def as_json(self) -> dict[str, Any]:
        """The status for tools."""
        numbers = Counter(row.status for row in self.rows)
        return {
            "show": self.title,
            "feed_url": self.feed_url,
            "episodes": {state: numbers[state] for state in (*_STATES, "unbuilt")},
            "scheduled": [row.as_json() for row in self._in("scheduled")],
            "drafts": [row.as_json() for row in self._in("draft")],
            "due": {slug: list(map(str, reasons)) for slug, reasons in self.due.items()},
            "to_approve": {slug: one.as_json() for slug, one in self.approvals.items()},
            "damaged": [str(error) for error in self.damaged],
            "places": [place.as_json() for place in self.places],
            "next": self.next_step,
        }

    def _in(self, state: str) -> list[Row]:
        return [row for row in reversed(self.rows) if row.status == state]


def status(folder: ShowFolder, *, live: bool = False) -> Status:
    """Return how the show in *folder* stands; with *live*, ask each place what it has.

    Raises:
        SettingsError: show.toml is wrong.
    """
    ledger = Ledger(folder)
    rows, damaged = overview(folder, ledger)
    known = folder.show.destinations
    look = _asked if live else _remembered
    return Status(
        title=folder.show.title,
        feed_url=folder.show.feed_url,
        timezone=folder.show.timezone,
        rows=tuple(rows),
        due=ledger.due(),
        damaged=tuple(damaged),
        places=tuple(look(folder, name, place) for name, place in known.items()),
        approvals=to_approve(folder),
    )


def _remembered(folder: ShowFolder, name: str, destination: Destination) -> Place:
    """Return how *destination* stands as far as this machine has written down."""
    state, where = read_state(folder, name), _where(destination)
    if "feed" not in destination.holds:
        return Place(name=name, where=where, state="holds audio alone", behind=False)
    try:
        here = digest((folder.root / FEED).read_bytes())
    except OSError:
        return Place(name=name, where=where, state="there is no feed yet", behind=False)
    if not state.feed:
        begun = "a publish was begun and did not end" if state.pending else "never published"
        return Place(name=name, where=where, state=f"{begun} from this folder", behind=True)
    if state.feed == here:
        return Place(name=name, where=where, state="as built", behind=False)
    before = remembered_items(folder, name)
    if before is None:
        told = "another feed than the one here; what differs is not known without --live"
        return Place(name=name, where=where, state=told, behind=True)
    found = tuple(changes(before, items_here(folder)))
    told = (
        f"behind by {count(len(found), 'episode')}" if found else "behind by the show's own facts"
    )
    return Place(name=name, where=where, state=told, behind=True, changes=found)


def _asked(folder: ShowFolder, name: str, destination: Destination) -> Place:
    """Return how *destination* stands, by what it says itself; nothing is put there."""
    where = _where(destination)
    try:
        (found,) = destinations.publish_all(folder, (), to=name, dry_run=True)
    except ColumncastError as e:
        return Place(name=name, where=where, state=str(e), behind=False, failure=e)
    plan = found.plan
    told = f"{count(len(plan.steps), 'file')} to put" if plan.steps else "as built"
    return Place(
        name=name, where=where, state=told, behind=not plan.nothing, changes=tuple(plan.diff)
    )


def _where(destination: Destination) -> str:
    place = {
        "folder": destination.path,
        "s3": f"{destination.bucket}/{destination.prefix}".rstrip("/"),
        "sftp": f"{destination.host}:{destination.path}",
    }[destination.kind]
    return f"{destination.kind} {place}"


def _named(row: Row) -> str:
    return f"{row.slug}   {shorten(row.title, 50)}".rstrip()


def _when(row: Row, timezone: str) -> str:
    return f"{moment(row.published, timezone)}   {_named(row)}"


def _some(label: str, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return *texts* one below the other, the first after *label*; many are cut and counted."""
    for number, text in enumerate(texts[:_NAMED]):
        yield label if number == 0 else "", text
    if len(texts) > _NAMED:
        yield "", f"and {len(texts) - _NAMED:,} more (columncast list)"
