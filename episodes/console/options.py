"""Options of a command: those of every command, and those that do not go together.

An option that would have no effect is refused before anything is done, and never dropped.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

import click

from columncast.episodes.console.console import Console
from columncast.episodes.errors import UsageError

P = ParamSpec("P")

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
    @_speech_option("-q", "--quiet", text="Say nothing but errors.")
    @_speech_option("-v", "--verbose", text="Say more.")
    @functools.wraps(command)
    def spoken(*arguments: P.args, **options: P.kwargs) -> None:
        context = click.get_current_context()
        command(Console(**context.meta.get(_SPEECH, {})), *arguments, **options)

    return spoken


_SPEECH = "columncast.speech"


def _speech_option(*names: str, text: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    def note(context: click.Context, parameter: click.Parameter, value: object) -> None:
        context.meta.setdefault(_SPEECH, {})[parameter.name] = value

    return click.option(*names, is_flag=True, expose_value=False, callback=note, help=text)


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
