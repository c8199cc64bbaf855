"""How each podcast app shows notes: the table `apps.toml`, typed.

Nothing in it is measured by us. Each row says where it comes from, when that was read, and how far
to trust it; what a pane of the preview shows is this row and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from typing import Literal

from columncast.episodes.model.episode import ShowNotes
from columncast.episodes.show.settings import read_toml

NotesField = Literal["description", "content"]
"""`content` is `content:encoded`."""

Trust = Literal["documented", "tested", "unverified"]
"""`documented`: the vendor's page or the app's own source; `tested`: others' published tests."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Where an app cuts the notes, markup included."""

    number: int
    unit: Literal["bytes", "characters"]
    assumed: bool = False
    """Nobody documents it; it is a guess on the safe side."""


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """What an app shows of an episode in a list, before anybody opens it."""

    title_lines: int
    """After so many lines the title ends in an ellipsis."""
    notes_lines: int
    """Lines of the notes below it; 0: none."""
    date: Literal["above", "below"]
    """Of the title."""
    source: str = ""
    """Where it is written; empty: nobody writes it down, and it is a guess."""


@dataclass(frozen=True, kw_only=True)
class App:
    """One row of the table."""

    name: str
    reads: tuple[NotesField, ...]
    """The fields it looks at; it shows the first that has something in it."""
    keeps: frozenset[str]
    """The elements it shows as such; of others the text is left."""
    trust: Trust
    read_on: date
    """When the sources were read."""
    sources: tuple[str, ...]
    row: ListRow
    choose: Literal["first", "longest"] = "first"
    limit: Limit | None = None
    line_ends: Literal["space", "break", "break-if-plain"] = "space"
    """What a line end in the source becomes; `break-if-plain`: a break unless there is `p` or `br`."""
    bare_links: bool = False
    """An address in the text becomes a link."""
    times: Literal["none", "colon", "antennapod", "podverse", "chapters"] = "none"
    """Which times of the text lead into the recording; see `timestamps`."""
    told: str = ""
    """What else an editor should know of it."""

    def __post_init__(self) -> None:
        """Refuse a row that says nothing of where it comes from."""
        if not self.reads:
            raise ValueError(f"{self.name} must read a field")
        if self.trust != "unverified" and not self.sources:
            raise ValueError(f"{self.name} has no source, so its trust is unverified")

    def field_of(self, notes: ShowNotes) -> NotesField:
        """Return which field this app shows of *notes*."""
        texts = {"description": notes.html, "content": notes.full_html}
        if self.choose == "longest":
            return max(self.reads, key=lambda name: len(texts[name]))
        return next((name for name in self.reads if texts[name]), self.reads[0])


@dataclass(frozen=True, kw_only=True)
class _Table:
    app: tuple[App, ...] = field(default_factory=tuple)


@cache
def apps() -> tuple[App, ...]:
    """Return every app of the table, in its order."""
    with as_file(files("columncast.feed.preview.apps") / "apps.toml") as path:
        return read_toml(path, _Table).app
