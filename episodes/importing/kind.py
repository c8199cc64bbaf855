"""What is given to `import`: a podcast, a folder of recordings and columns, or an export."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from columncast.episodes.columns.door import kind_of
from columncast.episodes.errors import UsageError
from columncast.episodes.importing.feed.episode import is_podcast

Kind = Literal["feed", "folder", "posts"]


def source_kind(source: str, *, posts: bool = False) -> Kind:
    """Return what *source* is, by what it holds; with *posts*, a feed is taken for its columns.

    Raises:
        UsageError: There is no such file.
        ColumnError: It is a file that holds neither.
    """
    if source.startswith(("http://", "https://")):
        return "feed"
    path = Path(source)
    if path.is_dir():
        return "folder"
    if not path.exists():
        raise UsageError(f"there is no file or folder {source!r}; a URL begins with https://")
    if posts or kind_of(path) != "newsfeed":
        return "posts"
    return "feed" if is_podcast(path) else "posts"
