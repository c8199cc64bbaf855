"""Colour and weight by meaning: errors, warnings, what was made, where it is, what a label labels.

The sixteen colours of the terminal's own theme, so that it reads on light and on dark. Where no
terminal is, or `NO_COLOR` is set (no-color.org), a line is printed as it is.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:  # takes longer to import than most commands take
    from rich.console import Console as Terminal

Choice = Literal["auto", "always", "never"]
CHOICES: tuple[Choice, ...] = ("auto", "always", "never")

_chosen: Choice = "auto"

_STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold blue",
    "done": "bold green",
    "label": "bold",
    "heads": "bold",
    "path": "cyan",
    "address": "cyan",
    "code": "bright_black",
    "aside": "bright_black",
}
_LINES = (
    r"^(?P<error>[Ee]rror:)",
    r"^(?P<warning>warning:)",
    r"^(?P<note>note:)",
    r"^(?P<error>error) {2,}",
    r"^(?P<warning>warning) {2,}",
    r"^(?P<note>note) {2,}",
    r"^(?P<done>ok) {2,}",
    r"(?P<code> \[[a-z][a-z0-9-]+\])$",
    r"^(?P<done>Made|Moved|Published|Put|Done|Restored) {1,}",
    r"^(?P<label>[A-Z][a-z]+(?: [a-z]+)?) {2,}",
    r"^(?P<label>[A-Z][a-z]{8}) (?=\S)",
    r"^(?P<heads>[A-Z]{3,}(?: +[A-Z]+)*)$",
    r"(?P<path>(?<![\w/.])(?:audio|feed|episodes|site)/[\w./@…-]*[\w…])",
    r"(?P<address>https?://[^\s;,()]+)",
    r" {3}(?P<aside>\([^()]*\))$",
)
"""What is found in a line, by its style."""


_TEXT_AT, _NOTICE_AT, _NARROWEST = 10, 4, 20
_HANGING = re.compile(
    r"(?P<label>(?!Next  )[A-Z][a-z]+(?: [a-z]+)? +(?<=^.{10})(?=\S))|(?:[Ee]rror|warning|note): "
)
"""The label of a line whose text stands at column ten, or the beginning of a notice."""


def choose(choice: Choice) -> None:
    """Let this run be coloured as *choice* says."""
    global _chosen  # noqa: PLW0603 - one process speaks in one way
    _chosen = choice


def wanted(stream: TextIO) -> bool:
    """Whether what goes to *stream* is coloured."""
    if _chosen == "auto":
        dull = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return stream.isatty() and not dull
    return _chosen == "always"


def terminal(stream: TextIO, *, width: int | None = None) -> Terminal:
    """Return *stream* as rich draws on it, coloured if that is wanted."""
    from rich.console import Console as Terminal  # noqa: PLC0415 - see above
    from rich.theme import Theme  # noqa: PLC0415

    coloured = wanted(stream)
    return Terminal(
        file=stream,
        width=width,
        force_terminal=True if coloured else None,
        color_system="standard" if coloured else None,
        no_color=not coloured,
        theme=Theme({f"line.{name}": style for name, style in _STYLES.items()}),
        highlight=False,
        emoji=False,
        markup=False,
    )


def laid_out(line: str, stream: TextIO) -> str:
    """Return *line* within the width of the terminal, its further lines under its text.

    A line that people paste elsewhere is none of ours to break: only those with a label are, and notices.
    """
    hanging = _HANGING.match(line)
    if not (hanging and (stream.isatty() or _chosen == "always")):
        return line
    from rich.text import Text  # noqa: PLC0415 - see above

    screen = terminal(stream)
    label = hanging["label"] or ""
    indent = " " * (_TEXT_AT if label else _NOTICE_AT)
    room = max(screen.width - len(indent), _NARROWEST)
    first, *more = (part.plain.rstrip() for part in Text(line[len(label) :]).wrap(screen, room))
    return "\n".join((label + first, *(indent + part for part in more)))


def painted(line: str, stream: TextIO) -> str:
    """Return the one *line* with the colours of what is in it, if *stream* wants any."""
    if not wanted(stream):
        return line
    from rich.text import Text  # noqa: PLC0415 - see above

    text = Text(line)
    for pattern in _LINES:
        text.highlight_regex(pattern, style_prefix="line.")
    screen = terminal(stream, width=max(len(line), 1))
    with screen.capture() as drawn:
        screen.print(text, soft_wrap=True, end="")
    return drawn.get()
