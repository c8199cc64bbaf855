"""A preview from the command to Ctrl-C."""

from __future__ import annotations

import socket
import threading
import webbrowser
import zlib
from collections.abc import Callable
from pathlib import Path

from columncast.episodes.errors import RemoteError
from columncast.episodes.http.client import Client
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live.probe import follow
from columncast.feed.preview.access import PARAMETER, Door
from columncast.feed.preview.operations import Operations
from columncast.feed.preview.pages import AskLive, Desk, ReadTags
from columncast.feed.preview.server import Listeners, application
from columncast.feed.preview.watch import EVERY, Watcher
from columncast.feed.serving import loopback

LIVE_TIMEOUT_S = 15
"""Seconds that the page waits for the live feed before it says that there was no answer."""


def preview(
    folder: ShowFolder,
    slug: str | None,
    *,
    port: int,
    open_browser: bool,
    ready: Callable[[str], None],
    tags: ReadTags | None = None,
    live: AskLive | None = None,
    operations: Operations | None = None,
) -> None:
    """Show the episodes of *folder*, or at once the one called *slug*, until Ctrl-C.

    *ready* gets the address once requests are answered; it holds the key of this session, without
    which nobody gets an answer. *port* 0 takes the show's own, which is the
    same each time, so that a page that was left open finds its preview again; a free one if that
    is taken. *tags* reads those of an audio file, *live* fetches the feed that is live.
    *operations* are what the buttons of the page call; without them it can only be read.

    Raises:
        EpisodeError: There is no such episode.
        UsageError: The port is taken, or not ours to use.
    """
    if slug:
        folder.episode(slug)
    desk = Desk(folder.root, tags=tags, live=live, writable=operations is not None)
    listeners, door = Listeners(), Door()
    watcher = Watcher(folder.root, listeners.tell)

    def ask_live() -> None:
        desk.ask_live()
        listeners.tell(frozenset({EVERY}))

    def begin(url: str) -> None:
        page = f"{url}episodes/{slug}/" if slug else url
        if live is not None:  # a slow network must not keep the page, nor Ctrl-C, waiting
            threading.Thread(target=ask_live, name="live", daemon=True).start()
        ready(f"{page}?{PARAMETER}={door.key}")
        if open_browser:  # which may be one in this terminal, that waits until it is left
            address = f"{page}?{PARAMETER}={door.key_for_once}"
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

    watcher.start()
    try:
        loopback.run(
            application(desk, listeners, door, operations),
            port=port or own_port(folder.root),
            ready=begin,
        )
    finally:
        watcher.stop()


def live_feed(folder: ShowFolder) -> AskLive:
    """Return what fetches the feed of *folder* from where it is served, for `preview`."""

    def ask() -> bytes:
        url = ShowFolder(folder.root).show.feed_url
        answer = follow(Client(timeout_s=LIVE_TIMEOUT_S), url).answer
        if answer.status != 200:
            raise RemoteError(f"answers {answer.status}; is it published yet?", where=url)
        return answer.content

    return ask


def own_port(root: Path) -> int:
    """Return the port at which the preview of the show in *root* is looked for; 0 if it is taken."""
    port = 20_000 + zlib.crc32(str(root.resolve()).encode()) % 8_000
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((loopback.LOOPBACK, port))
        except OSError:
            return 0
    return port
