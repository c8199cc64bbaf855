"""Web pages of other hosts that an earlier version put live as transcripts.

Such a page runs what it likes at the show's own address, and no feed that leaves it out takes it
away. It is replaced by its words, so that apps which still have the former feed find something
there; when its episode is long gone, `columncast prune` removes it like any file of the show.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import escape

import msgspec

from columncast.episodes.errors import ConflictError, RemoteError
from columncast.episodes.model.asset_name import HASH
from columncast.episodes.model.media_types import HTML, TEXT
from columncast.episodes.model.notice import Notice
from columncast.episodes.narration import captions
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.storage.store import Content, Served, Storage, Stored
from columncast.feed.live import history, inventory
from columncast.feed.live.state import digest
from columncast.feed.serving.headers import content_type

PAGE = re.compile(r"feed/[^/]+/transcript(?:[.-][^/]*)?\.html?")
SERVED = Served(content_type=content_type("x.html"), cache_control="no-cache")
_HASH = re.compile(rf"-({HASH})\.html?")


def foreign_pages(
    folder: ShowFolder,
    store: Storage,
    stored: Mapping[str, Stored],
    live: Mapping[str, Content],
    wanted: Collection[str],
) -> Mapping[str, Content]:
    """Return the pages at *store* that this show has put as transcripts, by key.

    A feed of this show that is or was live has to name them; where their name holds a hash, it has
    to be theirs. Those that no other show lists, that have no use any more, and that are not
    replaced yet. Where that cannot be known, there are none.

    Raises:
        RemoteError: The store failed.
    """
    keys = {key for key in stored if PAGE.fullmatch(key) and key not in wanted}
    if not keys:
        return {}
    try:
        known = inventory.read_inventory(store, folder.show)
    except RemoteError:
        return {}  # a damaged sheet: it is not known whose files these are
    listed = known.sheet.files
    keys -= {*known.sheet.foreign, *known.of_others}
    keys = {k for k in keys if k not in listed or not _is_replaced(listed[k], stored[k])}
    keys &= _named(folder, store, live) if keys else keys
    pages = {key: content for key in sorted(keys) if (content := store.get(key))}
    return {key: content for key, content in pages.items() if _is_as_named(key, content.data)}


def replace(folder: ShowFolder, store: Storage, pages: Mapping[str, Content]) -> list[Notice]:
    """Put its words in the place of each of *pages*; the inventory knows it before it is done.

    Raises:
        RemoteError: The store failed.
    """
    words = {key: of_words(content.data) for key, content in pages.items()}
    now = f"{store.now():%Y%m%dT%H%M%SZ}"
    entries = {
        key: inventory.Entry(length_bytes=len(data), sha256=digest(data), stopped=now)
        for key, data in words.items()
    }
    inventory.change(
        store,
        folder.show,
        lambda sheet: msgspec.structs.replace(sheet, files={**sheet.files, **entries}),
    )
    notices = []
    for key, data in words.items():
        try:
            store.put_if(key, data, SERVED, pages[key].version)
        except ConflictError:  # another run was quicker, or it is somebody else's now
            continue
        message = (
            "an earlier version had put this page of another host at your address; "
            "its words alone stand there now"
        )
        notices.append(
            Notice(code="transcript-page-replaced", message=message, where=key, severity="note")
        )
    return notices


def of_words(page: bytes) -> bytes:
    """Return a page that holds the words of *page*, a transcript, and nothing else of it."""
    try:
        kind, data = captions.made_ours(page, HTML.mime)
    except ValueError:
        kind, data = TEXT.mime, b""
    if kind == TEXT.mime:
        lines = data.decode().splitlines()
    else:
        cues = captions.read_cues(data, kind)
        lines = [f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text for cue in cues]
    said = "".join(f"<p>{escape(line)}</p>\n" for line in lines if line.strip())
    return f'<!doctype html>\n<meta charset="utf-8">\n<title>Transcript</title>\n{said}'.encode()


def _is_replaced(entry: inventory.Entry, stored: Stored) -> bool:
    return bool(entry.stopped) and entry.length_bytes == stored.length_bytes


def _named(folder: ShowFolder, store: Storage, live: Mapping[str, Content]) -> set[str]:
    """Return the transcripts that feeds of this show name, which are live or were."""
    documents = {content.data for content in live.values()}
    for former in history.former_feeds(store):
        documents |= set(history.documents(store, former).values())
    feeds = (inventory.own_feed(document, folder.show) for document in documents)
    return {n.path for feed in feeds if feed for n in feed.named if n.element == "transcript"}


def _is_as_named(key: str, data: bytes) -> bool:
    """Whether the bytes are those that the name of a file promises, if it promises any."""
    promised = _HASH.search(key)
    return promised is None or digest(data).startswith(promised[1])
