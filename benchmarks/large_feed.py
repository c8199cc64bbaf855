"""Time and memory of rendering a large show: every page of its feed, and its index page.

    python benchmarks/large_feed.py [EPISODES]

CPU seconds of this process, peak memory of the process (Linux: kilobytes from getrusage).
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from feed_builders import COVER_URL, episode, notes, show

from columncast.feed.pages import render_index, render_page
from columncast.feed.rss import render_pages


def main() -> None:
    """Print a line for each step."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    html = "<p>" + "The ferry has two timetables. " * 50 + "</p>"  # about 1.5 KB, as real notes
    episodes = [episode(week, notes=notes(html), number=week) for week in range(1, count + 1)]
    steps = {
        "feed": lambda: render_pages(show(), episodes, cover_url=COVER_URL),
        "index page": lambda: render_index(show(), episodes, cover_url=COVER_URL),
        "one episode's page": lambda: render_page(show(), episodes[0], cover_url=COVER_URL),
    }
    for name, step in steps.items():
        start = time.process_time()
        made = step()
        seconds = time.process_time() - start
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = sum(map(len, made.values())) if isinstance(made, dict) else len(made)
        print(f"{name:20} {seconds:6.2f} s  {size / 1e6:6.2f} MB  peak {peak_mb:4.0f} MB")


if __name__ == "__main__":
    main()
