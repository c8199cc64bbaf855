"""What the last build recorded of an episode: the episode itself, and how text and audio lay.

Records are in the cache, which may be deleted at any time; a build writes them anew.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.picture import PUBLISHED
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.settings import parsed, read_text

_HEAD_BYTES = 10_000
"""Of a damaged `episode.toml`; its guid stands at the top."""
_EARLIER_NOTE = (b'"severity":"info"', b'"severity":"note"')
"""How earlier versions recorded a note. No text looks like it: JSON escapes quotes in texts."""


def record_file(folder: ShowFolder, slug: str) -> Path:
    """Return where the record of the episode called *slug* is."""
    return folder.cache / "built" / f"{slug}.json"


def record(folder: ShowFolder, episode: Episode) -> None:
    """Record *episode* as it was built."""
    files.write(record_file(folder, episode.slug), msgspec.json.encode(episode))


def last_built(folder: ShowFolder, slug: str) -> Episode | None:
    """Return the episode called *slug* as the last build recorded it; None if none did."""
    try:
        found = record_file(folder, slug).read_bytes()
        return msgspec.json.decode(found.replace(*_EARLIER_NOTE), type=Episode)
    except (OSError, msgspec.DecodeError):
        return None


def guid_of(folder: ShowFolder, episode_dir: EpisodeFolder) -> str:
    """Return the guid that apps know the episode *episode_dir* by, even if its facts are damaged.

    "" if neither they, nor the last build, nor the line that the guid stands in can tell it. Nothing
    else of the facts is looked at: there may be thousands of episodes.
    """
    with suppress(OSError, ValueError):
        guid = parsed(read_text(episode_dir.facts_file)).get("guid")
        if isinstance(guid, str) and guid.strip():
            return guid
    if built := last_built(folder, episode_dir.slug):
        return built.guid
    with suppress(OSError):
        text = episode_dir.facts_file.read_bytes()[:_HEAD_BYTES].decode(errors="replace")
        if found := re.search(r'^guid = ("[^"\n]+")\s*$', text, re.MULTILINE):
            with suppress(ValueError):
                return str(tomllib.loads(found[0])["guid"])
    return ""


def kept_column(folder: ShowFolder, slug: str) -> Path:
    """Return where a cache keeps what the column of an episode holds."""
    return folder.cache / "columns" / f"{slug}.json"


def read_along_folder(folder: ShowFolder, slug: str) -> Path:
    """Return where an episode's transcripts and chapters wait until the feed lists it."""
    return folder.cache / "read-along" / slug


def pictures_folder(folder: ShowFolder, slug: str) -> Path:
    """Return where the pictures of an episode's column wait until the feed lists it."""
    return folder.cache / "pictures" / slug


def own_pictures(folder: ShowFolder, slug: str, names: tuple[str, ...]) -> Iterator[Path]:
    """Return the *names* of an episode's pictures as files, where they wait to be published."""
    yield from (pictures_folder(folder, slug) / name for name in names)


def waiting_file(folder: ShowFolder, slug: str, path: str) -> Path:
    """Return where that lies which is served as *path* once the feed lists the episode *slug*.

    A scheduled episode has its audio in `audio/`, where nobody knows its name; its page, its
    transcripts, its chapters and its pictures come to `feed/` with the feed that names them.
    """
    home, _, name = path.rpartition("/")
    waits = home == f"feed/{slug}"
    if waits and PUBLISHED.fullmatch(name):
        return pictures_folder(folder, slug) / name
    return read_along_folder(folder, slug) / name if waits else folder.root / path


def alignment_file(read_along: Path) -> Path:
    """Return where the alignment lies that the files in the folder *read_along* were made from."""
    return read_along.with_name(f"{read_along.name}.json")


def last_aligned(folder: ShowFolder, slug: str) -> Alignment | None:
    """Return how column and audio of the episode called *slug* were last laid side by side."""
    try:
        kept = alignment_file(read_along_folder(folder, slug)).read_bytes()
        return msgspec.json.decode(kept, type=Alignment)
    except (OSError, msgspec.DecodeError):
        return None
