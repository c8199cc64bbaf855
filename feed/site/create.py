"""A new show: its folder, its settings, a cover to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import suffix_of
from columncast.episodes.errors import UsageError
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import Ids, Show
from columncast.episodes.show.show_toml import new_show, show_toml
from columncast.episodes.show.toml import changed_toml
from columncast.feed.artwork.cover import read_cover
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.rss.guid import podcast_guid


def create_show(
    directory: Path,
    *,
    cover: Path | None = None,
    further: Mapping[str, Any] | None = None,
    **given: Any,
) -> ShowFolder:
    """Make a show's folder: a commented `show.toml`, and a cover or a placeholder for one.

    *given* are settings of `show.toml`; *further* ones, of its tables, are named `feed.complete`.

    Raises:
        UsageError: There is a show already.
        SettingsError: A setting cannot be.
        CoverError: The cover is not one that directories accept.
    """
    folder = ShowFolder(directory.absolute())
    if (folder.root / "show.toml").exists():
        raise UsageError("there is a show here already; nothing was changed", where=directory)
    picture = read_cover(cover) if cover else None
    suffix = suffix_of(cover) or picture.suffix if cover and picture else ""
    show = new_show(given | {"cover": f"cover{suffix}" if suffix else ""})
    show = replace(show, ids=Ids(guid=podcast_guid(show.feed_url)))
    if not folder.root.exists():
        with files.told(folder.root):
            folder.root.mkdir(parents=True)
            # So that a web server gets to audio/ and feed/ in it; what else is in it stays closed.
            folder.root.chmod(folder.root.stat().st_mode | 0o111)
    files.sweep(folder.root, shared=True)
    if cover:
        files.copy(cover, folder.root / show.cover)
    else:
        files.write(folder.root / show.cover, placeholder_cover(show.title))
    for data in (folder.episodes, folder.audio, folder.feed):
        with files.told(data):
            files.make_folder(data, public=data != folder.episodes)
    files.write(folder.root / ".gitignore", "# caches, made again when missing\n.columncast/\n")
    text = changed_toml(show_toml(show), further or {}, Show, where="show.toml")
    # Without it there is no show: a run that is killed before is simply done again.
    files.sync([folder.root])
    files.write(folder.root / "show.toml", text)
    files.sync([folder.root])
    return folder
