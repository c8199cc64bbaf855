"""Options of a command: those of every command, those of several, and which do not go together.

An option that would have no effect is refused before anything is done, and never dropped.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import click

from columncast.episodes.console.console import Console
from columncast.episodes.errors import UsageError

if TYPE_CHECKING:
    from columncast.episodes.show.folder import ShowFolder

P = ParamSpec("P")

# Whether a file can be read, reading it tells, with what was left untouched.
FILE = click.Path(exists=True, dir_okay=False, readable=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, readable=False, path_type=Path)
FOLDER_THERE = click.Path(exists=True, file_okay=False, readable=False, path_type=Path)
THERE = click.Path(exists=True, readable=False, path_type=Path)

SPEECH = ("--json", "--quiet", "--verbose")
"""The options that every command takes."""

_RULES = "columncast.option_rules"
_UNDONE = "nothing was done"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What one option of a command asks of the others."""

    option: str
    excludes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    """One of these at least."""

    def broken_by(self, given: frozenset[str]) -> str:
        """Return what is wrong with the options *given*; empty if nothing is."""
        if self.option not in given:
            return ""
        if clash := sorted(self.excludes & given):
            return f"{self.option} and {', '.join(clash)} exclude each other; {_UNDONE}"
        if self.needs and not self.needs & given:
            return f"{self.option} needs {' or '.join(sorted(self.needs))}; {_UNDONE}"
        return ""


def excludes(option: str, *others: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Refuse *option* together with any of *others*; an argument goes by its name in the usage."""
    return _ruled(Rule(option=option, excludes=frozenset(others)))


def needs(option: str, *others: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Refuse *option* without one of *others*."""
    return _ruled(Rule(option=option, needs=frozenset(others)))


def rules_of(command: click.Command) -> tuple[Rule, ...]:
    """Return the rules of *command*."""
    rules: tuple[Rule, ...] = vars(command.callback).get(_RULES, ())
    return rules


def given_options(context: click.Context) -> frozenset[str]:
    """Return the options and arguments that a person has given, by their longest names."""
    return frozenset(
        name_of(parameter)
        for parameter in context.command.params
        if parameter.name
        and context.get_parameter_source(parameter.name) is click.core.ParameterSource.COMMANDLINE
    )


def name_of(parameter: click.Parameter) -> str:
    """Return how a person names *parameter*: `--dry-run`, `--keep/--master`, or `SLUG`."""
    if isinstance(parameter, click.Argument):
        return (parameter.name or "").upper()
    return "/".join((max(parameter.opts, key=len), *parameter.secondary_opts))


def speaking(command: Callable[Concatenate[Console, P], None]) -> Callable[P, None]:
    """Give *command* `--json`, `-q` and `-v`, and as its first argument the console they ask for."""

    @excludes("--quiet", "--verbose")
    @_speech_option("--json", "as_json", text="One JSON document on stdout.")
    @_speech_option("-q", "--quiet", text="Print errors only.")
    @_speech_option("-v", "--verbose", text="Print more.")
    @functools.wraps(command)
    def with_console(*arguments: P.args, **options: P.kwargs) -> None:
        context = click.get_current_context()
        command(Console(**context.meta.get(_SPEECH, {})), *arguments, **options)

    return with_console


_SPEECH = "columncast.speech"


def _speech_option(*names: str, text: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    def note(context: click.Context, parameter: click.Parameter, value: object) -> None:
        context.meta.setdefault(_SPEECH, {})[parameter.name] = value

    return click.option(*names, is_flag=True, expose_value=False, callback=note, help=text)


def directory_option() -> Path | None:
    """Return what `-C` names."""
    directory: Path | None = click.get_current_context().find_root().params["directory"]
    return directory


def show_here(otherwise: str = "") -> ShowFolder:
    """Return the show that the command works on; where there is none, say what else can be done."""
    # `--help` and a shell's completion read no show, and reading one takes a while to load.
    from columncast.episodes.show.folder import find_show  # noqa: PLC0415

    try:
        return find_show(directory_option() or Path.cwd())
    except UsageError as e:
        if not otherwise:
            raise
        raise UsageError(f"there is no show here; {otherwise}") from e


def on_a_show(command: Callable[Concatenate[ShowFolder, P], None]) -> Callable[P, None]:
    """Give a command the show that it works on as its first argument."""

    @functools.wraps(command)
    def with_show(*arguments: P.args, **options: P.kwargs) -> None:
        command(show_here(), *arguments, **options)

    return with_show


def on_no_show(command: Callable[P, None]) -> Callable[P, None]:
    """Refuse `-C` for a command that works on no show that is there already."""

    @functools.wraps(command)
    def alone(*arguments: P.args, **options: P.kwargs) -> None:
        refuse_directory("this command needs no show")
        command(*arguments, **options)

    return alone


def refuse_directory(why: str) -> None:
    """Refuse `-C` where it would have no effect."""
    if directory_option():
        raise UsageError(f"-C names a show, and {why}; nothing was done")


def episode_options(command: Callable[P, None]) -> Callable[P, None]:
    """Give a command the facts of an episode that people set."""
    number, kinds = click.IntRange(min=1), click.Choice(["full", "trailer", "bonus"])
    for option in (
        click.option("--type", "kind", type=kinds, help="What kind of episode it is."),
        click.option("--number", type=number, help="Episode number."),
        click.option("--season", type=number, help="Season number."),
        click.option("--title", help="The episode's title; without it, the column's."),
        date_option,
    ):
        command = option(command)
    return command


def date_option(command: Callable[P, None]) -> Callable[P, None]:
    """Give a command the date of an episode, as people write it."""
    option = click.option(
        "--date",
        help="When it is published: 2026-11-23T09:00, friday 6am, in 3 days, next free slot.",
    )
    return option(command)


def track_option(command: Callable[P, None]) -> Callable[P, None]:
    """Give a command the number of the audio track that is the narration; 0 when none is named."""
    option = click.option(
        "--track",
        type=click.IntRange(min=1),
        metavar="N",
        callback=lambda _context, _parameter, value: value or 0,
        help="Which of several audio tracks is the narration.",
    )
    return option(command)


paid_text_option = click.option(
    "--include-paid-text",
    "paid_text",
    is_flag=True,
    help="Include text that only paying readers may read; a podcast is public.",
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show what would be done; change nothing."
)


def _ruled(rule: Rule) -> Callable[[Callable[P, None]], Callable[P, None]]:
    def decorate(command: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(command)
        def checked(*arguments: P.args, **options: P.kwargs) -> None:
            if wrong := rule.broken_by(given_options(click.get_current_context())):
                raise UsageError(wrong)
            command(*arguments, **options)

        vars(checked)[_RULES] = (rule, *vars(command).get(_RULES, ()))
        return checked

    return decorate
