"""What a person is asked before an episode is deleted, and what they hear afterwards."""

from __future__ import annotations

import sys

from columncast.episodes.building.built import Built
from columncast.episodes.console.console import Console
from columncast.episodes.console.results import end
from columncast.episodes.entry import report
from columncast.episodes.errors import UsageError
from columncast.episodes.format import aligned
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.trash import Deleted

_APPS = (
    "Apps take it off their lists when they next read the feed. Listeners keep what they have "
    "downloaded, and some apps keep showing it."
)


def agreed_deletion(folder: ShowFolder, slug: str, console: Console, *, yes: bool) -> bool:
    """Whether *slug* is to be deleted: asked at a terminal, unless *yes* answers it.

    Where nobody can be asked, an episode that no listener knows goes without a question.

    Raises:
        UsageError: Listeners know it, and nobody can be asked.
    """
    listed = slug in folder.listed()
    if yes:
        return True
    if not sys.stdin.isatty():
        if listed:
            raise UsageError(
                f"{slug} is published. To withdraw it and keep its files: columncast retire {slug}. To "
                "delete it without a terminal, pass --yes; nothing was changed"
            )
        return True
    if (folder.episodes / slug).exists():
        if listed:
            console.remark(f"{slug} is published. {_APPS}")
            console.remark(f"To withdraw it and keep its files: columncast retire {slug}")
        return console.asks(f"Put {slug} with its column and recording into the trash?")
    return True


def end_delete(folder: ShowFolder, gone: Deleted, built: Built, console: Console) -> None:
    """Say where the deleted episode lies now, what apps will do, and the way back."""
    place = gone.path.relative_to(folder.root).as_posix()
    console.document(
        {"deleted": gone.slug, "trash": place} | report.build_as_json(built),
    )
    published = bool(folder.show.destinations)
    lines = [
        ("Deleted", f"{gone.slug}; its files are in {place}"),
        ("Undo", f"columncast delete {gone.slug} --undo"),
        *((("Next", "columncast publish, so that apps hear of it"),) if published else ()),
    ]
    console.say(*aligned(lines), *aligned(report.outlook(built)))
    end(built, console)
