"""A new show: its folder, its settings, a cover to begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import suffix_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.root import refuse_second_show
from columncast.episodes.show.settings import Ids, Show
from columncast.episodes.show.show_toml import new_show, show_toml
from columncast.episodes.show.toml import changed_toml
from columncast.feed.artwork.cover import read_cover
from columncast.feed.artwork.placeholder import placeholder_cover
from columncast.feed.rss.guid import podcast_guid


def create_show(
    directory: Path,
    *,
    title: str,
    site_url: str,
    base_url: str = "",
    description: str = "",
    author: str = "",
    email: str = "",
    language: str = "",
    category: Sequence[str] = (),
    cover: Path | None = None,
    settings: Mapping[str, object] | None = None,
) -> ShowFolder:
    """Make a show's folder: a commented `show.toml`, and a cover or a placeholder for one.

    *base_url* is `podcast/` on the *site_url* unless it is named. *settings* are further ones of
    `show.toml`; those of its tables are named `feed.complete`.

    Raises:
        UsageError: There is a show already.
        SettingsError: A setting cannot be.
        CoverError: The cover is not one that directories accept.
    """
    folder = ShowFolder(directory.absolute())
    refuse_second_show(directory)
    picture = read_cover(cover) if cover else None
    suffix = suffix_of(cover) or picture.suffix if cover and picture else ""
    show = new_show(
        {
            "title": title,
            "site_url": site_url,
            "base_url": base_url,
            "description": description,
            "author": author,
            "email": email,
            "language": language,
            "category": tuple(category),
            "cover": f"cover{suffix}" if suffix else "",
        }
    )
    show = replace(show, ids=Ids(guid=podcast_guid(show.feed_url)))
    if not folder.root.exists():
        with files.disk_errors(folder.root):
            folder.root.mkdir(parents=True)
            # So that a web server gets to audio/ and feed/ in it; what else is in it stays closed.
            folder.root.chmod(folder.root.stat().st_mode | 0o111)
    files.sweep(folder.root, shared=True)
    if cover:
        files.copy(cover, folder.root / show.cover)
    else:
        files.write(folder.root / show.cover, placeholder_cover(show.title))
    for data in (folder.episodes, folder.audio, folder.feed):
        with files.disk_errors(data):
            files.make_folder(data, public=data != folder.episodes)
    files.write(folder.root / ".gitignore", "# caches, made again when missing\n.columncast/\n")
    text = changed_toml(show_toml(show), settings or {}, Show, where="show.toml")
    # Without it there is no show: a run that is killed before is simply done again.
    files.sync([folder.root])
    files.write(folder.root / "show.toml", text)
    files.sync([folder.root])
    return folder


def create_sample_show(directory: Path) -> ShowFolder:
    """Make the show of `columncast demo` in *directory*."""
    return create_show(
        directory,
        title="Letters from the Harbour",
        description="A weekly column from a small harbour town, read aloud by its author.",
        author="Ines Halloran",
        email="ines@letters.example",
        language="en-gb",
        category=["Society & Culture > Personal Journals"],
        site_url="https://letters.example/",
        # So that `serve` shows the sample with everything in its place.
        base_url="http://127.0.0.1:8000/",
    )
