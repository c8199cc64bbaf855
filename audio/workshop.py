"""Making episodes of what lies in their folders: read, master, note, tag.

Everything that one run shares (content hashes, the cover, who is told of progress) is here, so an
episode is made the same way by `add`, `edit` and `build`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from columncast.audio.enclosure import AudioFolder
from columncast.audio.tags import Tags
from columncast.episodes.catalogue import EpisodeFolder, Facts, ShowFolder
from columncast.episodes.column import Column
from columncast.episodes.columns import read_column
from columncast.episodes.hashes import Hashes
from columncast.episodes.model import Enclosure, Episode, Master
from columncast.episodes.written import Written, episode_of, read_written

Progress = Callable[[str, float], None]
"""Told the slug being worked on and how far its audio is, 0 to 1."""


def quiet(_slug: str, _fraction: float) -> None:
    """Show no progress."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What every episode of one run is made with."""

    folder: ShowFolder
    picture: bytes
    """The cover as audio files carry it."""
    progress: Progress = quiet

    def __post_init__(self) -> None:
        """Note what is there before anything is made."""
        _ = self.audio_before

    @cached_property
    def audio_before(self) -> frozenset[str]:
        """The names of the enclosures that were there when the run began."""
        return frozenset(path.name for path in self.folder.audio.glob("*"))

    @cached_property
    def hashes(self) -> Hashes:
        """Content hashes, worked out once."""
        return Hashes(self.folder.cache / "hashes.json")

    @cached_property
    def audio(self) -> AudioFolder:
        """Where enclosures are made."""
        return AudioFolder(
            root=self.folder.root,
            cache=self.folder.cache,
            base_url=self.folder.show.base_url,
            settings=self.folder.show.audio,
            hashes=self.hashes,
        )

    def column(
        self, path: Path, *, title: str = "", post: str = "", paid_text: bool = False
    ) -> Column:
        """Read a column as this show's; *title* wins over the column's own."""
        show = self.folder.show
        return read_column(
            path,
            show_title=show.title,
            title=title,
            post=post or None,
            timezone=show.timezone,
            site_url=show.site_url,
            paid_text=paid_text,
        )

    def episode(self, source: EpisodeFolder, *, former_slug: str = "") -> Episode:
        """Make one episode: read, master, note, tag."""
        # Read before the audio is worked on: what is wrong with the text is said at once.
        written = read_written(self.folder, source)
        slugs = (source.slug, former_slug) if former_slug else (source.slug,)
        tags = self.tags(source.facts, written)
        main, *further = self.folder.show.audio.outputs
        enclosure, master = self.enclosure(source, slugs, tags, main)
        alternates = [self.enclosure(source, slugs, tags, form)[0] for form in further]
        episode = episode_of(self.folder, source, written, enclosure=enclosure, master=master)
        return replace(episode, alternates=tuple(alternates))

    def enclosure(
        self, source: EpisodeFolder, slugs: tuple[str, ...], tags: Tags, form: str
    ) -> tuple[Enclosure, Master]:
        """Make one audio file of an episode."""
        with self.audio.mastered(
            source.narration,
            slugs,
            form=form,
            progress=lambda fraction: self.progress(source.slug, fraction),
            force=source.facts.source.forced,
        ) as mastered:
            return self.audio.tagged(mastered, tags, source.slug), mastered.master

    def tags(self, facts: Facts, written: Written) -> Tags:
        """Return what the audio file itself says of the episode."""
        show, column = self.folder.show, written.column
        return Tags(
            title=column.title,
            show=show.title,
            artist=facts.notes.author or column.author or show.author,
            album_artist=show.author,
            published=facts.published,
            season=facts.season,
            number=facts.number,
            language=column.language or show.language,
            comment=facts.notes.subtitle or column.subtitle,
            description=written.notes.plain,
            keywords=", ".join(column.keywords),
            lyrics=column.text,
            cover=self.picture,
            page_url=written.link,
            show_url=show.site_url,
            # The feed's own address is not among the tags: a show that moves keeps its audio.
            copyright=show.copyright,
            guid=facts.guid,
            chapters=written.chapters,
        )
