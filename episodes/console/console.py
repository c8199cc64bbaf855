"""The console of a command: to a person, quietly, at length, or as JSON to a tool.

Messages go to stdout, progress, questions, warnings and errors to stderr. Whatever is in a line, it
stays one line, and text.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

from columncast.episodes.building.jobs import Progress
from columncast.episodes.building.jobs import quiet as no_progress
from columncast.episodes.errors import InputError, UsageError
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.terminal import plain, plain_json

_READABLE = 90
"""Columns of a page; longer lines are hard to read."""


@dataclass(frozen=True, kw_only=True)
class Console:
    """How one run of a command speaks."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False

    def say(self, *lines: str) -> None:
        """Print *lines* for a person."""
        if not (self.as_json or self.quiet):
            for line in lines:
                put(line)

    def page(self, text: str) -> None:
        """Show a document in Markdown: set in a pager on a terminal, as it is where nobody looks."""
        if self.as_json:
            return
        if not sys.stdout.isatty():
            for line in text.splitlines():
                put(line)
            return
        # Takes longer to import than most commands take.
        from rich.console import Console as Terminal  # noqa: PLC0415
        from rich.markdown import Markdown  # noqa: PLC0415

        terminal = Terminal()
        terminal = Terminal(width=min(terminal.width, _READABLE), highlight=False)
        with terminal.capture() as page:
            terminal.print(Markdown(text, hyperlinks=False))
        click.echo_via_pager(page.get())

    def document(self, value: object) -> None:
        """Print *value* for a tool: the one JSON document of the run."""
        if self.as_json:
            unicode = sys.stdout.encoding.lower().startswith("utf")
            click.echo(plain_json(value, only_ascii=not unicode))

    def notices(self, notices: Iterable[Notice]) -> None:
        """Print the errors and warnings among *notices*; with -v the notes, too."""
        if not self.quiet:
            for notice in notices:
                if self.verbose or notice.severity != "note":
                    self.remark(notice.line)

    def remark(self, line: str) -> None:
        """Print *line* to stderr, whoever reads."""
        put(line, err=True)

    def errors(self, lines: Iterable[str]) -> bool:
        """Print what could not be done, last, where it is seen; return whether there was any."""
        errors = list(lines)
        for line in errors:
            self.remark(f"Error: {line}")
        return bool(errors)

    def end_with_errors(self, lines: Iterable[str]) -> None:
        """Print what could not be done; end the command with 3 if there was any."""
        if self.errors(lines):
            raise click.exceptions.Exit(InputError.exit_code)

    def agrees(self, question: str, *, yes: bool) -> bool:
        """Ask a person *question*; *yes* answers it.

        Raises:
            UsageError: There is no terminal to ask at.
        """
        if yes:
            return True
        if not sys.stdin.isatty():
            raise UsageError("this needs confirmation; without a terminal, pass --yes")
        return self.asks(question)

    def asks(self, question: str, *, default: bool = False) -> bool:
        """Ask a person yes or no, on stderr; Enter is the *default*."""
        return click.confirm(plain(question), default=default, err=True)

    def asks_for(self, question: str, default: str | None) -> str:
        """Ask a person for a line, on stderr; Enter is the *default*, and nothing without one."""
        answer: str = click.prompt(
            plain(question), default=default, show_default=bool(default), err=True
        )
        return answer

    def chooses(self, question: str, choices: Sequence[str]) -> int:
        """Ask a person for one of *choices*; return its number from 1 on, or 0 for none."""
        for number, choice in enumerate(choices, 1):
            self.remark(f"  {number}  {choice}")
        which = click.IntRange(0, len(choices))
        answer: int = click.prompt(f"{question} 0 is none", type=which, default=0, err=True)
        return answer

    @contextmanager
    def progress(self, doing: str = "Mastering") -> Iterator[Progress]:
        """Show how far the work is, on a terminal; nothing where stderr is piped."""
        if self.quiet or not sys.stderr.isatty():
            yield no_progress
            return
        # Takes longer to import than most commands take.
        from rich import progress  # noqa: PLC0415
        from rich.console import Console as Terminal  # noqa: PLC0415

        columns = (
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TimeRemainingColumn(),
        )
        with progress.Progress(*columns, console=Terminal(stderr=True), transient=True) as bars:
            tasks: dict[str, progress.TaskID] = {}

            def show(slug: str, fraction: float) -> None:
                if slug not in tasks:
                    tasks[slug] = bars.add_task(plain(f"{doing} {slug}"), total=1.0)
                # The bar of an episode that is done makes room for those to come.
                visible = fraction < 1 or len(tasks) == 1
                bars.update(tasks[slug], completed=fraction, visible=visible)

            yield show


def has_display() -> bool:
    """Whether a person is at the terminal, on a machine that can open a window for them."""
    windows = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    )
    return windows and sys.stdout.isatty()


def put(line: str, *, err: bool = False) -> None:
    """Print one line, to stderr with *err*."""
    click.echo(plain(line), err=err)
