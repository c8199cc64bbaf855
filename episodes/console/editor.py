"""The facts of an episode in the editor of the person at the terminal, until they can be."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from columncast.episodes.building.built import Built
from columncast.episodes.console.console import Console
from columncast.episodes.disk import files
from columncast.episodes.errors import InputError, SettingsError, UsageError
from columncast.episodes.show.fact_sheet import Changes, read_sheet, sheet
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import read_text


def edit_facts(
    folder: ShowFolder, slug: str, console: Console, change: Callable[[Changes], Built]
) -> Built | None:
    """Open the facts of *slug* in the editor, and *change* them as it says; None: nothing changed.

    What cannot be is said with its line, and the editor opens again if the person agrees. The sheet
    lies in the show's cache and is gone afterwards, whatever became of the editor.

    Raises:
        UsageError: There is no terminal, or no editor that works.
        Exit: The person does not want to put right what cannot be; nothing was changed.
    """
    if not sys.stdin.isatty():
        raise UsageError(
            f"say what to change, as in: columncast edit {slug} --title …; without a terminal no "
            "editor is opened, and nothing was changed"
        )
    with files.scratch(folder.cache) as place:
        path = place / f"{slug}.toml"
        path.write_text(sheet(folder.episode(slug), folder.show.timezone), encoding="utf-8")
        while True:
            given = sheet(folder.episode(slug), folder.show.timezone)
            _open(path)
            try:
                changes = read_sheet(_taken_back(path), given)
                if not (changes.facts or changes.date):
                    return None
                return change(changes)
            except (InputError, SettingsError, UsageError) as e:
                console.remark(f"Error: {e}")
                if not console.asks("Open the editor again?"):
                    raise click.exceptions.Exit(e.exit_code) from e


def _open(path: Path) -> None:
    """Open *path* in `$VISUAL`, `$EDITOR`, or one that this system has, and wait for its end."""
    try:
        click.edit(filename=str(path))
    except (click.ClickException, ValueError) as e:
        what = e.message if isinstance(e, click.ClickException) else f"$EDITOR: {e}"
        raise UsageError(
            f"{what}; name one that is installed in the variable EDITOR, as in EDITOR=nano; nothing "
            "was changed"
        ) from e


def _taken_back(path: Path) -> str:
    """Return what the editor left.

    Raises:
        UsageError: It left no file, or something else than text.
    """
    try:
        if path.is_file() and not path.is_symlink():
            return read_text(path)
    except (OSError, ValueError) as e:
        raise UsageError("the editor left a file that is not text in UTF-8") from e
    raise UsageError("the editor left no file; nothing was changed")
