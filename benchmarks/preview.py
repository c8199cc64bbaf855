"""How long a save takes to the screen, with twenty pages open, and how the preview ends.

Run as `python benchmarks/preview.py SHOW SLUG` on a built show; a copy of it is worked on. Needs
Chromium. Prints milliseconds from the end of the write to the change in the page (median, 95th
percentile, worst), the same while twenty pages are open, the time until the last of a hundred
quick saves is shown, and the time from Ctrl-C to the end.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

SAVES = 40
PAGES = 20
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]
SERVE = (
    "import sys; from pathlib import Path; from columncast.episodes.show.folder import ShowFolder;"
    "from columncast.feed.preview.session import preview;"
    "preview(ShowFolder(Path(sys.argv[1])), sys.argv[2], port=0, open_browser=False,"
    "ready=lambda url: print(url, flush=True))"
)
# The page notes by its own clock, which is the machine's, when a word appears in the first pane.
WATCH = """(word) => { const look = () => {
  if (document.querySelector('.screen').textContent.includes(word)) window.seen = Date.now();
  else setTimeout(look, 2); }; window.seen = 0; look(); }"""


def main() -> None:
    """Measure and print."""
    show, slug = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "show"
        shutil.copytree(show, root)
        (column,) = (root / "episodes" / slug).glob("column.*")
        running = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(root), slug], stdout=subprocess.PIPE, text=True
        )
        url = (running.stdout.readline() if running.stdout else "").strip()
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            context = browser.new_context()
            page = _opened(context.new_page(), url)
            text = column.read_text(encoding="utf-8")
            _tell("one page", [_save(page, column, text, f"wordone{n}") for n in range(SAVES)])
            others = [_opened(context.new_page(), url) for _ in range(PAGES - 1)]
            page.bring_to_front()
            _tell(f"{PAGES} pages", [_save(page, column, text, f"wordmany{n}") for n in range(20)])
            _quick(page, others, column, text)
            began = time.monotonic()
            running.send_signal(signal.SIGINT)
            running.wait(timeout=30)
            print(f"Ctrl-C with {PAGES} pages open: {(time.monotonic() - began) * 1000:.0f} ms")
            browser.close()


def _opened(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_selector('#live[data-state="on"]')
    page.wait_for_timeout(300)
    return page


def _save(page: Page, column: Path, text: str, word: str) -> float:
    page.evaluate(WATCH, word)
    _write(column, text, word)
    saved = time.time() * 1000
    while not (seen := page.evaluate("window.seen")):
        page.wait_for_timeout(5)
    page.wait_for_timeout(100)
    return float(seen - saved)


def _quick(page: Page, others: list[Page], column: Path, text: str) -> None:
    for each in (page, *others):
        each.evaluate(WATCH, "wordquick99")
    began = time.time() * 1000
    for n in range(100):
        _write(column, text, f"wordquick{n:02}")
    saved = time.time() * 1000
    seen = []
    for each in (page, *others):
        while not (at := each.evaluate("window.seen")):
            each.wait_for_timeout(5)
        seen.append(at - saved)
    print(
        f"100 saves in {saved - began:.0f} ms: the last is on the first of {PAGES} pages after "
        f"{min(seen):.0f} ms, on all after {max(seen):.0f} ms"
    )


def _write(column: Path, text: str, word: str) -> None:
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if len(line) > 60 and ": " not in line)
    lines[at] = lines[at].replace(" ", f" {word} ", 1)
    draft = column.with_name(f".{column.name}.tmp")
    draft.write_text("\n".join(lines), encoding="utf-8")
    os.replace(draft, column)  # noqa: PTH105 - as text editors save


def _tell(what: str, milliseconds: list[float]) -> None:
    ordered = sorted(milliseconds)
    print(
        f"save to screen, {what}: median {statistics.median(ordered):.0f} ms, "
        f"95 % {ordered[int(len(ordered) * 0.95)]:.0f} ms, worst {ordered[-1]:.0f} ms"
    )


main()
