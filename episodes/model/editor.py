"""What an editor says of an episode's notes, in `[notes]` of its episode.toml."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from columncast.episodes.model.column import Column, Mention

LONGEST_CORRECTION = 1000
"""Characters; a longer one leaves no room for the notes, of which apps take 4,000 bytes."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What listeners are told of a text that is another than the recording, or of a mistake in both."""

    date: dt.date
    text: str

    def __post_init__(self) -> None:
        """Refuse one that says nothing, or too much."""
        if not self.text.strip():
            raise ValueError("a correction needs a text")
        if len(self.text) > LONGEST_CORRECTION:
            raise ValueError(f"a correction has at most {LONGEST_CORRECTION:,} characters")


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What the editor decided about one episode's notes (`episode.toml`)."""

    hook: str = ""
    subtitle: str | None = None
    """None: the column's; empty: the episode has none, whatever the column says."""
    author: str = ""
    narrator: str = ""
    keywords: tuple[str, ...] = ()
    """Instead of the column's, where there are any."""
    mentioned: tuple[Mention, ...] = ()
    """The candidates that were accepted, or works that the editor added."""
    chapter_titles: dict[str, str] = field(default_factory=dict)
    """Better titles for chapters, by the titles that the column gives them."""
    correction: tuple[Correction, ...] = ()
    """What listeners are told, each with its date."""

    def subtitle_of(self, column: Column) -> str:
        """Return the subtitle of the episode that narrates *column*; empty: it has none."""
        return column.subtitle if self.subtitle is None else self.subtitle
