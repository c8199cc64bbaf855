"""The pages of the command line, made of the commands themselves.

`man` reads roff in the form of man-pages(7); the reference of the documents is Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import click

_EXAMPLE = re.compile(r"\s*Example: (.+)", re.DOTALL)
_NAME = "columncast"

EXIT_CODES = (
    (0, "done"),
    (1, "the unexpected: disk full, no permission, another run is at work"),
    (2, "usage or settings: an option, show.toml, episode.toml"),
    (3, "an input or a check was refused: recording, column, cover, feed"),
    (4, "a server failed; running again is safe"),
    (5, "somebody else has changed what is live"),
    (130, "interrupted"),
)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One command, as its page tells it."""

    words: tuple[str, ...]
    """How it is called: ("import", "feed")."""
    usage: str
    summary: str
    """One sentence."""
    more: tuple[str, ...]
    """Further paragraphs."""
    example: str
    options: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, str], ...]
    """Of a group: the names of its commands, and what each does."""

    @property
    def name(self) -> str:
        """The command as it is typed."""
        return " ".join((_NAME, *self.words))


def pages(command: click.Command, *words: str) -> Iterator[Page]:
    """Return the page of *command*, and those of the commands below it that are not hidden."""
    context = click.Context(command, info_name=" ".join((_NAME, *words)))
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", command.help or "").strip()
    described = _EXAMPLE.sub("", text)
    found = _EXAMPLE.search(text)
    first, *more = (" ".join(part.split()) for part in described.split("\n\n"))
    below = command.commands if isinstance(command, click.Group) else {}
    seen = {name: sub for name, sub in below.items() if not sub.hidden}
    yield Page(
        words=words,
        usage=" ".join((context.command_path, *command.collect_usage_pieces(context))),
        summary=first,
        more=tuple(more),
        example=" ".join(found[1].split()) if found else "",
        options=tuple(
            record
            for option in command.params
            if (record := option.get_help_record(context)) and record[1]
        ),
        commands=tuple((name, _summary(sub)) for name, sub in seen.items()),
    )
    for name, sub in seen.items():
        yield from pages(sub, *words, name)


def markdown(page: Page) -> str:
    """Return *page* as a section of a Markdown document."""
    parts = [f"## {page.name}", page.summary, *page.more, f"```text\n{page.usage}\n```"]
    if page.example:
        parts.append(f"```bash\n{page.example}\n```")
    if page.options:
        rows = (f"| `{_cell(names)}` | {_cell(text)} |" for names, text in page.options)
        parts.append("\n".join(("| option | |", "| --- | --- |", *rows)))
    return "\n\n".join(parts) + "\n"


def roff(page: Page, *, version: str) -> str:
    """Return *page* as a manual page of section 1."""
    dashed = "-".join((_NAME, *page.words))
    lines = [
        f'.TH "{dashed.upper()}" "1" "" "columncast {version}" "columncast manual"',
        ".SH NAME",
        rf"{_text(dashed)} \- {_text(page.summary.rstrip('.'))}",
        ".SH SYNOPSIS",
        _text(page.usage),
        ".SH DESCRIPTION",
        _text(page.summary),
    ]
    for paragraph in page.more:
        lines += [".PP", _text(paragraph)]
    for title, rows in (("COMMANDS", page.commands), ("OPTIONS", page.options)):
        if rows:
            lines.append(f".SH {title}")
        for name, text in rows:
            lines += [".TP", rf"\fB{_text(name)}\fR", _text(text)]
    if page.example:
        lines += [".SH EXAMPLE", ".nf", _text(page.example), ".fi"]
    lines.append(".SH EXIT STATUS")
    for code, text in EXIT_CODES:
        lines += [".TP", rf"\fB{code}\fR", _text(text)]
    lines += [".SH SEE ALSO", _text("columncast help, which lists the documents")]
    return "\n".join(lines) + "\n"


def file_name(page: Page) -> str:
    """Return the name of the manual page's file."""
    return "-".join((_NAME, *page.words)) + ".1"


def _summary(command: click.Command) -> str:
    """The first sentence of a command's help, whole."""
    text = _EXAMPLE.sub("", command.help or "").split("\n\n")[0]
    return " ".join(text.split())


def _cell(text: str) -> str:
    """*text* in a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", r"\|")


def _text(text: str) -> str:
    """*text* as roff sets it: nothing in it is taken for a request or an escape."""
    plain = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
    return rf"\&{plain}" if plain.startswith(".") else plain
