"""What an editor says of an episode's notes, in `[notes]` of its episode.toml."""

from __future__ import annotations

from dataclasses import dataclass, field

from columncast.episodes.model.column import Column, Mention


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

    def subtitle_of(self, column: Column) -> str:
        """Return the subtitle of the episode that narrates *column*; empty: it has none."""
        return column.subtitle if self.subtitle is None else self.subtitle
