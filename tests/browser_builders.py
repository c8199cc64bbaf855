"""What tests of pages in a browser share: a public folder on a real server, and Chromium."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from columncast.feed.serving import loopback
from columncast.feed.serving.server import public

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
]


@contextmanager
def served_publicly(folder: Path, listening: socket.socket) -> Iterator[None]:
    """Serve *folder* as `columncast serve` does, with ranges as browsers need them to seek."""
    started = threading.Event()
    server = loopback.server(public(folder, lambda _: None), listening, lambda _: started.set())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    started.wait(20)
    yield
    server.should_exit = True
    thread.join(20)


@contextmanager
def chromium(executable: str, flags: Sequence[str] = FLAGS) -> Iterator[Any]:
    """Give the Chromium that is at *executable*."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=[*flags])
        yield opened
        opened.close()
