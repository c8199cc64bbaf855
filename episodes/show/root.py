"""Where a show is, and what its episodes are called: all that a shell's completion has to read.

Apart from `folder`, for a shell waits, and this loads nothing.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from columncast.episodes.errors import UsageError


def show_root(start: Path) -> Path | None:
    """Return the folder of the show that *start* lies in, looking upwards; None if it is in none."""
    start = start.absolute()
    places = (start, *start.parents)
    return next((folder for folder in places if (folder / "show.toml").is_file()), None)


def refuse_second_show(directory: Path) -> None:
    """Refuse *directory* for a new show if there is one in it.

    Raises:
        UsageError: There is.
    """
    if (directory / "show.toml").exists():
        raise UsageError("there is a show here already; nothing was changed", where=directory)


def slugs_in(root: Path) -> list[str]:
    """Return the names of all episodes of the show in *root*; of a disk that fails, none."""
    with suppress(OSError):
        return sorted(facts.parent.name for facts in root.glob("episodes/[!.]*/episode.toml"))
    return []
