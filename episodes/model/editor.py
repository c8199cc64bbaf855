"""What an editor says of an episode's notes, in `[notes]` of its episode.toml."""

from __future__ import annotations

from dataclasses import dataclass, field

from columncast.episodes.model.column import Mention


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What the editor decided about one episode's notes (`episode.toml`)."""

    hook: str = ""
    subtitle: str = ""
    author: str = ""
    narrator: str = ""
    mentioned: tuple[Mention, ...] = ()
    """The candidates that were accepted, or works that the editor added."""
    chapter_titles: dict[str, str] = field(default_factory=dict)
    """Better titles for chapters, by the titles that the column gives them."""
