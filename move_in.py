"""Moving in: a podcast, or a folder of recordings and columns, becomes episodes of a show.

`episodes/importing` does it; what it has to ask audio and feed is brought to it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from columncast.audio.enclosures.durations import decoded_s
from columncast.audio.enclosures.passthrough import sound_facts
from columncast.audio.ffmpeg.probe import glance, probe
from columncast.audio.tags.door import read_tags
from columncast.episodes.building.built import Added
from columncast.episodes.building.jobs import Progress, quiet
from columncast.episodes.disk import files
from columncast.episodes.errors import ColumncastError, CoverError, RemoteError
from columncast.episodes.importing.episode import MediaInspector, Terms
from columncast.episodes.importing.pairs.pairing import Pair, Pairing, add_each, pair_up
from columncast.episodes.importing.plan import Import
from columncast.episodes.importing.run import Imported
from columncast.episodes.importing.run import take_over as run
from columncast.episodes.model import bounds
from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.media_types import SOUNDS, container_suffix
from columncast.episodes.model.notice import Notice
from columncast.episodes.private_urls import hidden
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.artwork.column_picture import suffix_of_picture
from columncast.feed.artwork.cover import read_cover, suffix_of
from columncast.feed.rss.guid import podcast_guid
from columncast.feed.site.create import create_show
from columncast.publish import add


def take_over(
    planned: Import,
    *,
    keep: bool = True,
    paid_text: bool = False,
    base_url: str = "",
    site_url: str = "",
    progress: Progress = quiet,
) -> Iterator[Imported]:
    """Take a podcast over as *planned*; yield what became of each episode. Nothing is built.

    What became of the show itself comes first, without a slug. It is made where there is none: at
    *base_url*, where the new feed will be served. With *keep*, the old enclosures are published
    byte by byte; else a build masters them.

    Raises:
        FolderError: The disk cannot hold it.
        SettingsError: *base_url* cannot be.
    """
    yield from run(
        planned,
        Terms(keep=keep, paid_text=paid_text, site_url=site_url),
        create_show=lambda: _create_show_of(planned, base_url),
        inspector=_media_inspector(planned.folder, keep=keep),
        progress=progress,
    )


def plan_pairs(source: Path) -> Pairing:
    """Work out which recording of the folder *source* is the reading of which column in it.

    Raises:
        UsageError: There are no recordings in it.
    """
    return pair_up(source, glance)


def add_pairs(
    folder: ShowFolder, pairs: Iterable[Pair], *, progress: Progress = quiet
) -> Iterator[tuple[Pair, Added | ColumncastError]]:
    """Add each of *pairs*; yield what became of it. One that cannot be added stops no other.

    Raises:
        FolderError: The disk is full or not ours to write.
    """

    def add_pair(pair: Pair) -> Added:
        recording, column = pair.recording.path, pair.column.path
        return add(folder, recording, column, date=pair.date, progress=progress)

    return add_each(pairs, add_pair)


def _create_show_of(planned: Import, base_url: str) -> Imported:
    """Make the show of the podcast that is *planned*, with its own settings and its cover."""
    old, root = planned.plan.show, planned.folder.root
    settings = dict(old.settings)
    if old.feed_url and not old.private:
        # Where the feed has none, Podcasting 2.0 says how to make it from the old address.
        settings.setdefault("ids.guid", podcast_guid(old.feed_url))
    picture: Path | None = None
    notices: tuple[Notice, ...] = ()
    if old.image_url:
        try:
            fetched = planned.fetcher.fetched(old.image_url, bound=bounds.PICTURE)
            picture = fetched.with_name(f"cover{read_cover(fetched).suffix}")
            files.copy(fetched, picture)
        except (CoverError, RemoteError) as e:
            message = hidden(f"a placeholder stands in for the cover {old.image_url}: {e.message}")
            notices = (Notice(code="import-cover", message=message, where="show.toml"),)
    title = settings.pop("title")
    create_show(
        root,
        title=title,
        site_url=settings.pop("site_url"),
        base_url=base_url,
        description=settings.pop("description", ""),
        author=settings.pop("author", ""),
        email=settings.pop("email", ""),
        language=settings.pop("language", ""),
        category=settings.pop("category", ()),
        cover=picture,
        settings=settings,
    )
    return Imported(slug="", title=title, notices=notices)


def _media_inspector(folder: ShowFolder, *, keep: bool) -> MediaInspector:
    """Return what audio and feed know of files, for those who take a podcast over."""

    def sound(path: Path) -> tuple[str, float]:
        if keep:
            facts = sound_facts(path, files.sha256(path), folder.cache)
            return facts.suffix, facts.duration_s
        container = probe(path).container
        return container_suffix(container), decoded_s(path)

    def chapters(path: Path, suffix: str) -> tuple[Chapter, ...]:
        ours = [kind.suffix for kind in SOUNDS]
        # Tags of another kind hold none; those that are damaged are told of.
        return read_tags(path, suffix=suffix).chapters if suffix in ours else ()

    def cover(path: Path) -> str:
        suffix = suffix_of(path)
        return suffix if suffix != ".webp" else read_cover(path).suffix

    return MediaInspector(sound=sound, chapters=chapters, cover=cover, picture=suffix_of_picture)
