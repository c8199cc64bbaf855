"""The options that set the facts of an episode, one for each, and the one that takes facts away."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, get_args

import click

from columncast.episodes.console.options import FILE
from columncast.episodes.errors import UsageError
from columncast.episodes.model.episode import EpisodeType
from columncast.episodes.show.fact_table import FACTS, Fact

P = ParamSpec("P")

_OPTIONS = tuple(fact for fact in FACTS if fact.kind not in ("date", "parts"))
_COVER = "cover"
"""The episode's own picture: a file, and no key of `episode.toml`."""
CLEARED = {fact.name: fact.key for fact in FACTS if fact.kind != "date"} | {_COVER: _COVER}
"""What can be taken away, by name: everything but the date."""
_KEY = "columncast.facts"


def option_of(fact: Fact) -> str:
    """Return the option that sets *fact*, as a person finds it in the help."""
    name = f"--{fact.name}"
    return f"{name}/--no-{fact.name}" if fact.kind == "flag" else name


FACT_OPTIONS = (*map(option_of, _OPTIONS), "--cover", "--clear")
"""All that `fact_options` gives a command."""


def fact_options(
    command: Callable[Concatenate[Mapping[str, object], P], None],
) -> Callable[P, None]:
    """Give *command* an option for each fact, and what they change: an argument after all others.

    That is the keys of `episode.toml` with their new values, and `cover` with the path of a picture;
    a None takes the fact away.
    """

    def with_facts(*arguments: P.args, **options: P.kwargs) -> None:
        changes, cleared = _given().get("set", {}), _given().get("clear", ())
        taken = {CLEARED[name]: None for name in cleared}
        if both := sorted(name for name in cleared if CLEARED[name] in changes):
            raise UsageError(
                f"--{both[0]} and --clear {both[0]} exclude each other; nothing was done"
            )
        command({**changes, **taken}, *arguments, **options)

    made: Callable[P, None] = functools.wraps(command)(with_facts)
    made = _COVER_OPTION(_CLEAR_OPTION(made))
    for fact in reversed(_OPTIONS):
        made = _option(fact)(made)
    return made


def _given() -> dict[str, Any]:
    given: dict[str, Any] = click.get_current_context().meta.setdefault(_KEY, {})
    return given


def _set(fact: Fact, value: object) -> None:
    if value is not None:
        said = fact.from_text(value) if isinstance(value, str) else value
        _given().setdefault("set", {})[fact.key] = said


def _set_cover(picture: Path | None) -> None:
    if picture is not None:
        _given().setdefault("set", {})[_COVER] = picture


def _clear(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> None:
    _given()["clear"] = value


def _option(fact: Fact) -> Callable[[Callable[P, None]], Callable[P, None]]:
    kinds = {"number": click.IntRange(min=1), "type": click.Choice(get_args(EpisodeType))}
    return click.option(
        option_of(fact),
        type=kinds.get(fact.kind),
        default=None,
        expose_value=False,
        callback=lambda _context, _parameter, value: _set(fact, value),
        help=fact.about,
    )


_COVER_OPTION = click.option(
    "--cover",
    type=FILE,
    expose_value=False,
    callback=lambda _context, _parameter, value: _set_cover(value),
    help="A square picture of its own, instead of the show's.",
)
_CLEAR_OPTION = click.option(
    "--clear",
    type=click.Choice(list(CLEARED)),
    metavar="FACT",
    multiple=True,
    expose_value=False,
    callback=_clear,
    help="Take a fact away, as in --clear hook; may be repeated.",
)
