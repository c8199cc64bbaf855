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
from columncast.episodes.console import colour
from columncast.episodes.errors import InputError, UsageError
from columncast.episodes.format import table
from columncast.episodes.model.notice import Notice, gathered
from columncast.episodes.text.terminal import plain, plain_json

_NARROWEST = 8
"""Columns that a cell keeps, however narrow the terminal is."""
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
        from rich.markdown import Markdown  # noqa: PLC0415

        terminal = colour.terminal(sys.stdout)
        terminal.width = min(terminal.width, _READABLE)
        with terminal.capture() as page:
            terminal.print(Markdown(text, hyperlinks=False))
        click.echo_via_pager(page.get())

    def table(self, rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
        """Print *rows* under *heads*: within the width of a terminal, and whole where there is none."""
        if not (self.as_json or self.quiet):
            for line in self._rows(rows, heads):
                put(line)

    @staticmethod
    def _rows(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> list[str]:
        seen = sys.stdout.isatty() or colour.wanted(sys.stdout)
        return _fitted(rows, heads) if seen else table(rows, heads)

    def document(self, value: object) -> None:
        """Print *value* for a tool: the one JSON document of the run."""
        if self.as_json:
            unicode = sys.stdout.encoding.lower().startswith("utf")
            click.echo(plain_json(value, only_ascii=not unicode))

    def notices(self, notices: Iterable[Notice]) -> None:
        """Print the errors and warnings among *notices*; with -v the notes, too."""
        if self.quiet:
            return
        first_errors = sorted(notices, key=lambda notice: notice.severity != "error")
        for notice, others in gathered(first_errors, apart=self.verbose):
            if self.verbose or (notice.severity != "note" and not notice.accepted):
                self.remark(notice.line_with(others))

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
        from rich.table import Column  # noqa: PLC0415

        columns = (
            progress.TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=2),
            ),
            progress.BarColumn(bar_width=None, table_column=Column(ratio=1)),
            progress.TaskProgressColumn(),
            progress.TimeRemainingColumn(compact=True),
        )
        screen = colour.terminal(sys.stderr)
        with progress.Progress(*columns, console=screen, transient=True, expand=True) as bars:
            tasks: dict[str, progress.TaskID] = {}

            def show(what: str, fraction: float) -> None:
                item, _, step = what.partition(": ")
                text = plain(f"{step.capitalize() or doing} {item}")
                if item not in tasks:
                    tasks[item] = bars.add_task(text, total=1.0)
                task = bars.tasks[bars.task_ids.index(tasks[item])]
                bars.update(
                    tasks[item],
                    description=text,
                    completed=max(task.completed, fraction),  # a further form begins anew
                    # A bar that has nothing left to do makes room for those to come.
                    visible=fraction < 1,
                    refresh=text != task.description,  # each step is seen, however short it is
                )

            yield show


def has_display() -> bool:
    """Whether a person is at the terminal, on a machine that can open a window for them."""
    windows = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    )
    return windows and sys.stdout.isatty()


def _fitted(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> list[str]:
    """The lines of a table that is no wider than the terminal: the widest columns are cut short."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 - see above

    shown = [[plain(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    room = colour.terminal(sys.stdout).width - 2 * (len(widths) - 1)
    for first in (max(len(widths) - 2, 0), 0):  # slug and title stand last and give way first
        while sum(widths) > room and max(widths[first:]) > _NARROWEST:
            widest = max(range(first, len(widths)), key=widths.__getitem__)
            widths[widest] -= 1
    return [
        "  ".join(
            cell + " " * (width - cell_len(cell))
            if cell_len(cell) <= width
            else set_cell_size(cell, width - 1) + "…"
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in shown
    ]


def put(line: str, *, err: bool = False) -> None:
    """Print one line, to stderr with *err*."""
    stream = sys.stderr if err else sys.stdout
    click.echo(
        colour.painted(colour.laid_out(plain(line), stream), stream),
        file=stream,
        color=colour.wanted(stream),
    )
