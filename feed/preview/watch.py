"""Saves in a show's folder, told within a moment: the one place where watchfiles is used.

One thread watches for all open pages. It looks at the folders that a preview depends on and at
nothing below them: a show's audio may be large, its list of episodes long.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import watchfiles

STEP_MS = 20
"""A save is told this long after the last sign of it; editors write a file in several steps."""
BEAT_MS = 100
"""So often the watch says that it is there when nothing is saved."""
RETRY_S = 0.3
"""Seconds before trying again where the system cannot watch."""
AT_MOST_MS = 200
"""However busy the disk is, what has changed is told after this."""

EVERY = "*"
"""Stands for all episodes: show.toml, a template, or the list of episodes changed."""

OnChange = Callable[[frozenset[str]], None]
"""Gets the slugs whose preview may have changed; `EVERY` among them means all."""


class Watcher:
    """Tells of saves from `start` to `stop`."""

    def __init__(self, root: Path, on_change: OnChange) -> None:
        """Take the show's folder, and whom to tell; they are told in the watcher's thread."""
        self._root = root.resolve()
        self._told = on_change
        self._stop = threading.Event()
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch; on return every save is seen, unless the system is very slow to begin."""
        self._thread.start()
        self._begun.wait(timeout=2)

    def stop(self) -> None:
        """End; returns within a moment."""
        self._stop.set()
        self._thread.join(timeout=1)

    def _run(self) -> None:
        polling = None
        while not self._stop.is_set():
            try:
                self._watch(polling=polling)
            except FileNotFoundError:
                continue  # a folder went while it was about to be watched
            except (OSError, RuntimeError):
                # The system watches only so many files, or this disk cannot: look at them in turn.
                polling = True
                self._stop.wait(RETRY_S)

    def _watch(self, *, polling: bool | None) -> None:
        """Tell of saves until the set of folders is another."""
        folders = set(self._folders())
        saves = watchfiles.watch(
            *folders,
            watch_filter=_is_a_save,
            debounce=AT_MOST_MS,
            step=STEP_MS,
            rust_timeout=BEAT_MS,
            yield_on_timeout=True,
            stop_event=self._stop,
            raise_interrupt=False,
            force_polling=polling,
            recursive=False,
            ignore_permission_denied=True,
        )
        next(saves, None)
        # Now it is watching; what was saved while it was being set up was not seen.
        self._told(frozenset({EVERY}))
        self._begun.set()
        for changes in saves:
            if changes and set(self._folders()) != folders:
                return  # an episode came or went: watch its folder, or no longer
            if changes:
                self._told(frozenset(self._slug(Path(path)) for _, path in changes))

    def _folders(self) -> Iterator[Path]:
        root = self._root
        episodes = root / "episodes"
        cache = root / ".columncast"
        for folder in (root, root / "templates", episodes, cache / "built", root / "feed"):
            if folder.is_dir():
                yield folder
        if episodes.is_dir():
            yield from (f for f in sorted(episodes.iterdir()) if f.name[0] != "." and f.is_dir())

    def _slug(self, path: Path) -> str:
        """Which episode a save is about."""
        try:
            inside = path.relative_to(self._root).parts
        except ValueError:
            return EVERY
        if inside[0] == "episodes" and len(inside) > 2:
            return inside[1]
        if inside[:2] == (".columncast", "built") and len(inside) == 3:
            return Path(inside[2]).stem
        return EVERY


def _is_a_save(_change: watchfiles.Change, path: str) -> bool:
    """Leave out what is only on its way to being a file: drafts, swap and lock files."""
    name = Path(path).name
    return not (
        name.startswith((".columncast", ".#", ".~"))
        or name.endswith(("~", ".swp", ".swx", ".tmp", ".lock"))
        or name in ("4913", ".DS_Store", "lock", "hashes.json")
    )
