"""Time and memory of a large show: its folder `feed/` made, left alone, and after one change.

    python benchmarks/large_feed.py [EPISODES]

CPU seconds of this process, wall-clock seconds, and its peak memory so far.
"""

from __future__ import annotations

import dataclasses
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from feed_builders import FIRST_DAY, episode, master, notes, show

from columncast.episodes.model.episode import Episode
from columncast.episodes.model.summary import listings_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.show_toml import show_toml
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.site.write import write_site


def main() -> None:
    """Print a line for each step."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    html = "<p>" + "The ferry has two timetables. " * 50 + "</p>"  # about 1.5 KB, as real notes
    heard = master()  # with seven minutes of loudness, as a real episode

    def daily(day: int) -> Episode:
        date = FIRST_DAY - timedelta(hours=12 * (count - day))
        return episode(day, notes=notes(html), number=day, master=heard, published=date)

    days = [daily(day) for day in range(1, count + 1)]
    edited = dataclasses.replace(days[-2], title="The ferry, once more")
    steps = {
        "built for the first time": days,
        "nothing changed": days,
        "a title was changed": [*days[:-2], edited, days[-1]],
        "one more episode": [*days[:-2], edited, days[-1], daily(count + 1)],
    }
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        (root / "show.toml").write_text(show_toml(show()), encoding="utf-8")
        (root / "cover.jpg").write_bytes(placeholder_cover(show().title))
        for name, listed in steps.items():
            cpu, wall = time.process_time(), time.perf_counter()
            whole = {e.slug: e for e in listed}
            changed = write_site(ShowFolder(root), listings_of(listed), whole.__getitem__)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{name:25} {cpu:6.2f} s CPU {wall:6.2f} s {len(changed):6} files "
                f"peak {peak_mb:4.0f} MB"
            )


if __name__ == "__main__":
    main()
