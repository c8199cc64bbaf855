"""How an episode stands, in truth: draft, scheduled, built or live, what differs, and what comes next.

The feed that is live is known by what this machine last put there and, once it was fetched, by what
its public address answers. Nothing here says "live" of an episode that neither of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from columncast.episodes.format import moment
from columncast.episodes.remarks.look import Reviews
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live.feed_index import FEED
from columncast.feed.live.remembered import remembered_items
from columncast.feed.live.state import digest, read_state
from columncast.feed.preview.diff import Comparison, in_short
from columncast.feed.preview.draft import Draft

State = Literal["withdrawn", "draft", "not built", "scheduled", "due", "built", "live"]
NOWHERE = "show.toml names no place to publish to: add [publish.NAME]"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that the editor can do now."""

    action: str
    label: str
    asks: Literal["", "date", "confirm", "plan"] = ""
    """What is asked before it is done."""
    question: str = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an episode stands."""

    state: State
    text: str
    differs: str = ""
    """What listeners, or the built feed, do not have yet; empty: nothing."""
    remarks: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    """What can be done; the first one comes next if *advance* says so."""
    advance: bool = False


BUILD = Step(action="build", label="Build")
PUBLISH = Step(action="rehearse", label="Publish…", asks="plan")
SCHEDULE = Step(action="schedule", label="Schedule…", asks="date")
WITHDRAW = Step(
    action="withdraw",
    label="Withdraw…",
    asks="confirm",
    question="Apps take the episode off their lists after the next publish. Its files stay, and it can come back.",
)
BRING_BACK = Step(action="bring-back", label="Bring back")


def standing(
    draft: Draft,
    now: datetime,
    *,
    built_feed: bytes | None,
    built: Comparison | None,
    there: Comparison | None,
) -> Standing:
    """Return how the episode of *draft* stands, compared with the feed as *built*, and with the one *there*.

    *there* is the live one; None where it was not fetched.
    """
    places = places_with(draft.folder, draft.facts.guid)
    on_air = bool(places) if there is None else not there.new
    state = _state(draft, now, live=on_air or bool(places))
    stale = _behind(draft.folder, built_feed)
    to_build = _to_build(draft, now)
    differs = _differs(state, there, built)
    if to_build and state != "not built" and not differs:
        differs = _what_is_newer(draft)
    return Standing(
        state=state,
        text=_text(draft, state, now),
        differs=differs,
        remarks=tuple(_remarks(draft, state, places=places, there=there, stale=stale)),
        steps=_steps(draft, state, to_build=to_build, stale=stale),
        advance=to_build or stale or state == "draft",
    )


def _what_is_newer(draft: Draft) -> str:
    if draft.newer_recording:
        return "the recording"
    return "the cuts" if draft.newer_edits else "the episode's files"


def places_with(folder: ShowFolder, guid: str) -> tuple[str, ...]:
    """Return the destinations at which the episode *guid* went live from here, by name."""
    known = ((name, remembered_items(folder, name)) for name in folder.show.destinations)
    return tuple(name for name, items in known if items and guid in items)


def live_from_here(folder: ShowFolder) -> set[str]:
    """Return the guids of all episodes that went live from here."""
    known = (remembered_items(folder, name) or {} for name in folder.show.destinations)
    return {guid for items in known for guid in items}


def _state(draft: Draft, now: datetime, *, live: bool) -> State:
    facts = draft.facts
    if facts.retired or facts.draft:
        return "withdrawn" if facts.retired else "draft"
    if live:
        return "live"
    if draft.built is None:
        return "not built"
    if draft.listed:
        return "built"
    return "scheduled" if facts.published > now else "due"


def _text(draft: Draft, state: State, now: datetime) -> str:
    when = moment(draft.facts.published, draft.show.timezone)
    if state == "live":
        later = draft.facts.published > now
        return f"Live; its new date, {when}, is still to come" if later else f"Live since {when}"
    return {
        "withdrawn": "Withdrawn",
        "draft": "Draft",
        "not built": "Not built yet",
        "scheduled": f"Scheduled for {when}",
        "due": f"Due since {when}; the feed does not hold it yet",
        "built": "Built, and not live yet",
    }[state]


def _to_build(draft: Draft, now: datetime) -> bool:
    """Whether a build would change audio, pages or feed."""
    if draft.facts.retired or draft.facts.draft:
        return draft.listed or (draft.facts.draft and (draft.built is None or draft.unbuilt))
    due = draft.facts.published <= now
    return draft.built is None or draft.unbuilt or draft.listed != due


def _steps(draft: Draft, state: State, *, to_build: bool, stale: bool) -> tuple[Step, ...]:
    places = bool(draft.show.destinations)
    publish = (PUBLISH,) if places else ()
    build = (BUILD,)
    if state == "withdrawn":
        first = publish if stale else ()
        return (*first, BRING_BACK, *(() if first else publish))
    if state == "draft":
        return (*build, SCHEDULE) if to_build else (SCHEDULE, *build)
    rest = (SCHEDULE, WITHDRAW) if draft.built else (SCHEDULE,)
    if to_build or not stale:
        return (*build, *publish, *rest)
    return (*publish, *build, *rest)


def _remarks(
    draft: Draft,
    state: State,
    *,
    places: tuple[str, ...],
    there: Comparison | None,
    stale: bool,
) -> list[str]:
    found = []
    if draft.show.needs_approval and isinstance(draft.reviews, Reviews):
        approval = draft.reviews.approval
        if approval.why:
            found.append(f"It needs an approval before it can be published: {approval.why}")
    if not draft.show.destinations and state in ("built", "live"):
        found.append(NOWHERE)
    if there is not None and places and there.new and state == "live":
        found.append("The public feed does not hold it (yet)")
    if state in ("withdrawn", "draft") and (places or (there is not None and not there.new)):
        found.append("The live feed still holds it until you publish")
    if stale and state == "live" and not _same(there):
        found.append("What is built differs from what is live")
    return found


def _same(there: Comparison | None) -> bool:
    return there is not None and there.same


def _behind(folder: ShowFolder, built_feed: bytes | None) -> bool:
    """Whether a place lacks the feed as built, as far as this machine has written down."""
    if built_feed is None:
        return False
    here = digest(built_feed)
    return any(
        read_state(folder, name).feed != here
        for name, place in folder.show.destinations.items()
        if FEED.partition("/")[0] in place.holds
    )


def _differs(state: State, there: Comparison | None, built: Comparison | None) -> str:
    """What a listener, or who reads the built feed, does not have yet."""
    known = (there if state == "live" else None) or built
    return "" if known is None or known.new else in_short(known)
