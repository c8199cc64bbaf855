"""What one show has put at a place: the only files there that it may ever remove.

The inventory lies at the place itself, `.columncast/put/GUID.json`, so every machine that publishes
the show knows it, and shows that share a bucket or a folder each have their own. It is written
before the first file is put: whatever is killed, a file that was put is in it. Two machines that
publish at the same time add to it, one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from columncast.episodes.disk.files import sha256
from columncast.episodes.errors import ConflictError, FeedError, RemoteError
from columncast.episodes.model.media_types import JSON
from columncast.episodes.show.settings import Show
from columncast.episodes.storage.store import Content, Served, Storage
from columncast.feed.live.feed_index import FeedDocument, read_feed
from columncast.feed.live.local_site import Step
from columncast.feed.live.state import digest as sha256_of
from columncast.feed.rss.guid import podcast_guid
from columncast.feed.rss.xml import find, parse
from columncast.feed.serving.headers import is_hashed

FOLDER = ".columncast/put/"
SERVED = Served(content_type=JSON.served, cache_control="no-store")
TRIES = 8
"""How often it is read again because another machine has just written to it."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A file that this show has put."""

    length_bytes: int
    sha256: str = ""
    """Empty for a file whose name holds a hash of its bytes."""
    stopped: str = ""
    """Since when the show has no use for it, `YYYYmmddTHHMMSSZ`; empty while it has."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The file of one show's inventory."""

    files: Mapping[str, Entry] = msgspec.field(default_factory=dict)
    """By key: what this show has put."""
    foreign: Sequence[str] = ()
    """Keys under which something else lay before this show wrote there: never removed."""
    replacing: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Of pages for the base address, the SHA-256 of what a run was about to replace: killed before
    it did, it has left those bytes there, which are this show's as well."""
    shared: Sequence[str] = ()
    """Keys of files that this show names and has not put: another show may have."""


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """What is known of one show's files at one place, and of those of others."""

    sheet: Sheet
    of_others: frozenset[str]
    """Keys that other shows have put or name: nothing of theirs is ever touched."""


def owner_of(show: Show) -> str:
    """Return by which name *show* keeps its inventory: its guid, which survives a move."""
    return owner_by(show.ids.guid or podcast_guid(show.feed_url))


def owner_by(guid: str) -> str:
    """Return *guid* as a file name.

    >>> owner_by("9b024349-ccf0-5f69-a609-6b82873eab3c"), owner_by("../x")
    ('9b024349-ccf0-5f69-a609-6b82873eab3c', '---x')
    """
    return re.sub(r"[^A-Za-z0-9-]", "-", guid.strip())


def own_feed(document: bytes, show: Show) -> FeedDocument | None:
    """Return a former feed if it was this show's, and not that of another which was here before."""
    try:
        guid = find(parse(document), "channel/podcast:guid")
        if guid is None or guid.text is None:
            return None
        return read_feed(document, show) if owner_by(guid.text) == owner_of(show) else None
    except FeedError:
        return None


def read_inventory(store: Storage, show: Show) -> Inventory:
    """Return what lies at *store* of this and of other shows.

    Raises:
        RemoteError: The store failed, or a sheet is damaged: it is not known whose files are there.
    """
    own = _key(show)
    sheet, of_others = Sheet(), set[str]()
    for key in sorted(stored.key for stored in store.find(FOLDER)):
        content = store.get(key)
        try:
            found = msgspec.json.decode(content.data, type=Sheet) if content else Sheet()
        except msgspec.DecodeError as e:
            raise RemoteError(
                "is damaged, so it is not known whose files are there; publish again the show that "
                "it belongs to",
                where=store.label + key,
            ) from e
        if key == own:
            sheet = found
        else:
            of_others |= {*found.files, *found.shared, *found.foreign}
    return Inventory(sheet=sheet, of_others=frozenset(of_others))


def unclaimed(store: Storage, show: Show, wanted: Collection[str]) -> frozenset[str]:
    """Return which of the *wanted* files another show lists and this one does not.

    Until it does, the other show could remove them.

    Raises:
        RemoteError: The store failed.
    """
    if all(stored.key == _key(show) for stored in store.find(FOLDER)):
        return frozenset()
    try:
        known = read_inventory(store, show)
    except RemoteError:
        return frozenset()  # a damaged sheet hinders removing, not publishing
    return known.of_others & set(wanted) - {*known.sheet.files, *known.sheet.shared}


def note_before_putting(
    store: Storage,
    show: Show,
    steps: Sequence[Step],
    wanted: Collection[str],
    *,
    named_before: Callable[[], Collection[str]],
) -> None:
    """Write down what is about to be put, before the first of it is.

    What lay there before with other bytes is not the show's, unless it is in the inventory; or
    *named_before* gives it, where an earlier version published the show and kept none.

    Raises:
        RemoteError: The store failed.
    """
    proofs = {step.key: "" if is_hashed(step.key) else sha256(step.path) for step in steps}

    def noted(sheet: Sheet) -> Sheet:
        files = {
            key: msgspec.structs.replace(entry, stopped="") if key in wanted else entry
            for key, entry in sheet.files.items()
        }
        replaced = {step.key for step in steps if not step.new and step.key not in files}
        # A name with a hash is put once: other bytes under it are somebody else's.
        foreign = {*sheet.foreign, *(key for key in replaced if is_hashed(key))}
        if replaced - foreign:
            foreign |= replaced - set(named_before())
        for step in steps:
            if step.key not in foreign:
                files[step.key] = Entry(length_bytes=step.length_bytes, sha256=proofs[step.key])
        shared = {*sheet.shared, *wanted} - set(files)
        replacing = {s.key: sha256_of(s.replaces.data) for s in steps if s.replaces}
        return Sheet(
            files=files,
            foreign=sorted(foreign),
            shared=sorted(shared),
            replacing={**sheet.replacing, **replacing},
        )

    change(store, show, noted)


def note_what_stopped(store: Storage, show: Show, wanted: Collection[str]) -> None:
    """Write down which files the show, as it is live now, has no use for any more.

    Raises:
        RemoteError: The store failed.
    """
    now = f"{store.now():%Y%m%dT%H%M%SZ}"

    def noted(sheet: Sheet) -> Sheet:
        return msgspec.structs.replace(
            sheet,
            files={
                key: entry
                if key in wanted or entry.stopped
                else msgspec.structs.replace(entry, stopped=now)
                for key, entry in sheet.files.items()
            },
        )

    change(store, show, noted)


def change(store: Storage, show: Show, changed: Callable[[Sheet], Sheet]) -> None:
    """Replace the show's sheet by what *changed* makes of it; of the newest, if another run writes.

    Raises:
        RemoteError: The store failed, or others write there all the time.
    """
    key = _key(show)
    for _ in range(TRIES):
        there = store.get(key)
        sheet = _read(there)
        after = changed(sheet)
        after = msgspec.structs.replace(after, files=dict(sorted(after.files.items())))
        if there and after == sheet:
            return
        try:
            data = msgspec.json.encode(after)
            store.put_if(key, data, SERVED, there.version if there else None)
        except ConflictError:
            continue
        return
    raise RemoteError("is written to by others all the time; run again", where=store.label + key)


def _read(there: Content | None) -> Sheet:
    try:
        return msgspec.json.decode(there.data, type=Sheet) if there else Sheet()
    except msgspec.DecodeError:
        return Sheet()  # damaged: what it listed is nobody's, and stays for ever


def _key(show: Show) -> str:
    return f"{FOLDER}{owner_of(show)}.json"
