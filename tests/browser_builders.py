"""What tests of pages in a browser share: a public folder on a real server, and Chromium."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from columncast.feed.serving import loopback
from columncast.feed.serving.server import public

OFF = [
    # Pages of its window, in which nobody types: they took as long as all that the tests look at.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    # The servers of the tests are on loopback, where no page of the web may ask.
    "BlockInsecurePrivateNetworkRequests",
    "LocalNetworkAccessChecks",
]
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
    f"--disable-features={','.join(OFF)}",
]
LONGEST_WAIT_MS = 120_000
"""For what should be there at once; a slow machine is no failure."""


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


@pytest.fixture(scope="session")
def chromium(part) -> Iterator[Any]:
    """Chromium, started when a test first needs it."""
    path = part("chromium", "chromium-browser", "google-chrome")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=FLAGS)
        opened.on("context", lambda context: context.set_default_timeout(LONGEST_WAIT_MS))
        sync_api.expect.set_options(timeout=LONGEST_WAIT_MS)
        # Playwright leaves its event loop marked as running in this thread: no test but those that
        # use the browser shall find it so.
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield opened, loop
        asyncio._set_running_loop(loop)
        opened.close()


@pytest.fixture
def browser(chromium) -> Iterator[Any]:
    """Chromium for one test, which ends with all that the test opened closed."""
    opened, loop = chromium
    asyncio._set_running_loop(loop)
    yield opened
    for context in opened.contexts:
        context.close()
    asyncio._set_running_loop(None)


def until(page: Any, condition: str, *, within_s: float = 30) -> None:
    """Wait for *condition* in a page or a frame, from outside: policies forbid evaluating strings inside."""
    end = time.monotonic() + within_s
    while not page.evaluate(condition):
        complaints = getattr(page, "complaints", "")
        assert time.monotonic() < end, f"never true: {condition}; {complaints}"
        page.wait_for_timeout(20)
