"""What people name on the command line, and what their shell completes: episodes, places, categories.

A type of click's for each. A shell waits for its completions, so they read no more than names.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from columncast.episodes.console.console import Console
from columncast.episodes.console.options import show_here
from columncast.episodes.errors import UsageError
from columncast.episodes.show.root import show_root, slugs_in

P = ParamSpec("P")


def _slugs(ctx: click.Context) -> list[str]:
    root = _root(ctx)
    return [*slugs_in(root), "latest"] if root else []


def _places(ctx: click.Context) -> list[str]:
    import tomllib  # noqa: PLC0415 - to complete, only

    with suppress(OSError, ValueError, AttributeError, KeyError, TypeError):  # damaged settings
        if root := _root(ctx):
            return list(tomllib.loads((root / "show.toml").read_text("utf-8-sig"))["publish"])
    return []


def _root(ctx: click.Context) -> Path | None:
    """Return the folder of the show that a command would work on; nothing in it is touched."""
    return show_root(ctx.find_root().params.get("directory") or Path.cwd())


def _categories(_ctx: click.Context) -> list[str]:
    from columncast.episodes.model.codes import categories_with  # noqa: PLC0415 - to complete, only

    return categories_with("")


class OneOf(click.ParamType[str]):
    """Any text: who uses it says what is wrong with it. The *names* that are known are completed."""

    name = "text"

    def __init__(self, names: Callable[[click.Context], Iterable[str]]) -> None:
        self.names = names

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's own
        incomplete: str,
    ) -> list[CompletionItem[str]]:
        """Complete the names that begin with *incomplete*, or the only one that has it in its middle."""
        typed, names = incomplete.casefold(), list(self.names(ctx))
        begin = [name for name in names if name.casefold().startswith(typed)]
        hold = [name for name in names if typed in name.casefold()]
        return [CompletionItem(name) for name in begin or (hold if len(hold) == 1 else [])]


class EpisodeName(OneOf):
    """An episode, by its slug, its number, `latest`, or a part of slug or title; gives the slug.

    A *careful* command takes a guess only from a person who says yes to it, and so does one with
    the option *careful_with* (eager, so that it is known in time).
    """

    name = "slug"

    def __init__(self, *, careful: bool = False, careful_with: str = "") -> None:
        super().__init__(_slugs)
        self.careful = careful
        self.careful_with = careful_with

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the slug that *value* names; of an argument left out, its default.

        Raises:
            UsageError: It can mean several, or is a guess that nobody can be asked about.
            EpisodeError: It names none.
        """
        if ctx is None or ctx.resilient_parsing or not (value or _was_typed(param, ctx)):
            return value
        # A command that names no episode does without.
        from columncast.episodes.entry.naming import find_episode  # noqa: PLC0415

        found = find_episode(show_here(), value)
        if not found.exact and (self.careful or ctx.params.get(self.careful_with)):
            _confirm(value, found.slug)
        return found.slug


class DeletableName(EpisodeName):
    """An episode that is there, or the whole slug of one in the trash: with `--undo`, or half deleted."""

    def __init__(self) -> None:
        super().__init__(careful=True)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the slug; raises as `EpisodeName`."""
        if ctx and not ctx.resilient_parsing:
            if ctx.params.get("undo"):
                return value
            from columncast.episodes.show.trash import in_trash  # noqa: PLC0415 - for one command

            show = show_here()
            if value in {each.slug for each in in_trash(show)} and not show.has(value):
                return value
        return super().convert(value, param, ctx)


def _languages(_ctx: click.Context) -> list[str]:
    from columncast.episodes.model.codes import LANGUAGES  # noqa: PLC0415 - to complete, only

    return sorted(LANGUAGES)


def _topics(_: click.Context) -> list[str]:
    from columncast.episodes.manual import topics  # noqa: PLC0415 - only a shell that completes one

    return topics.names()


class Respelling(click.ParamType[tuple[str, str]]):
    """A name and how it is read, as in `[pronunciation]`: `Zhou Enlai=joe en lie`."""

    name = "NAME=SAID"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,  # noqa: ARG002 - click's own
        ctx: click.Context | None,  # noqa: ARG002 - click's own
    ) -> tuple[str, str]:
        """Return both.

        Raises:
            UsageError: One of them is missing.
        """
        written, _, said = (part.strip() for part in value.partition("="))
        if not written or not said:
            raise UsageError(f"{value!r} is not NAME=SAID, as in 'Zhou Enlai=joe en lie'")
        return written, said


EPISODE = EpisodeName()
RESPELLING = Respelling()
TOPIC = OneOf(_topics)
SHELLS = ("bash", "zsh", "fish")
CATEGORY = OneOf(_categories)
LANGUAGE = OneOf(_languages)


def place_option(command: Callable[P, None]) -> Callable[P, None]:
    """Give a command the place that it is limited to; empty when none is named."""

    def name(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
        if value is not None and not value:
            raise UsageError(
                "--to names no place, and without --to it is all of them; nothing was done"
            )
        return value or ""

    option = click.option(
        "--to",
        metavar="NAME",
        type=OneOf(_places),
        callback=name,
        help="Only the place [publish.NAME].",
    )
    return option(command)


def _was_typed(param: click.Parameter | None, ctx: click.Context) -> bool:
    source = ctx.get_parameter_source(param.name) if param and param.name else None
    return source is ParameterSource.COMMANDLINE


def _confirm(typed: str, slug: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            f"{typed!r} is not the whole name of an episode, and nobody can be asked whether "
            f"{slug} is meant; name it by its slug or its number; nothing was changed"
        )
    if not Console().asks(f"Is {slug} meant?"):
        raise UsageError("nothing was changed")
