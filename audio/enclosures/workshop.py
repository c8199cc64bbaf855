"""Making episodes of what lies in their folders: read, master, note, tag.

Everything that one run shares (content hashes, the cover, who is told of progress) is here, so an
episode is made the same way by `add`, `edit` and `build`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from columncast.audio.enclosures.enclosure import AudioFolder, Mastered
from columncast.audio.enclosures.passthrough import Kept, keep
from columncast.audio.enclosures.read_along import (
    attach,
    attach_kept,
    can_align,
    chapters_beyond,
    detach,
    missing_extra,
    read_along,
    times_moved,
)
from columncast.audio.tags.door import Tags
from columncast.episodes.building.jobs import Progress, quiet
from columncast.episodes.building.records import read_along_folder
from columncast.episodes.columns.door import read_column
from columncast.episodes.disk.hashes import Hashes
from columncast.episodes.entry.compose import Written, episode_of, read_written
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.column import Column
from columncast.episodes.model.episode import Attachment, Episode
from columncast.episodes.model.notice import Notice
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What every episode of one run is made with."""

    folder: ShowFolder
    picture: bytes
    """The cover as audio files carry it."""
    hashes: Hashes
    """Content hashes, worked out once."""
    progress: Progress = quiet

    @cached_property
    def audio(self) -> AudioFolder:
        """Where enclosures are made."""
        return AudioFolder(
            root=self.folder.root,
            cache=self.folder.cache,
            show=self.folder.show,
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
        """Make one episode: read, master, align, note, tag."""
        # Read before the audio is worked on: what is wrong with the text is said at once.
        written = read_written(self.folder, source)
        if source.facts.source.kept:
            return self._taken_over(source, written)
        slugs = (source.slug, former_slug) if former_slug else (source.slug,)
        main, *further = self.folder.show.audio.outputs
        aligned = can_align(written.column, self._language(written))
        with self._mastered(source, slugs, main, voice=aligned) as mastered:
            alignment = self._alignment(source, written, mastered)
            if alignment and alignment.chapters:
                written = read_written(self.folder, source, chapters=alignment.chapters)
            tags = self.tags(source.facts, written)
            enclosure = self.audio.tagged(mastered, tags, source.slug)
        alternates = []
        for form in further:
            with self._mastered(source, slugs, form) as other:
                alternates.append(self.audio.tagged(other, tags, source.slug))
        transcripts, chapters_file, done = self._attached(source, written, alignment)
        episode = episode_of(
            self.folder,
            source,
            written,
            enclosure=enclosure,
            master=mastered.master,
            alignment=alignment,
        )
        return replace(
            episode,
            notices=episode.notices
            + done
            + (missing_extra() if written.column.blocks else ())
            + times_moved(source, mastered.master.offset_s)
            + chapters_beyond(written.chapters),
            alternates=tuple(alternates),
            transcripts=transcripts,
            chapters_file=chapters_file,
        )

    def _taken_over(self, source: EpisodeFolder, written: Written) -> Episode:
        """Make an episode whose audio stays what it was at another host."""
        self.progress(source.slug, 0.0)
        sound = keep(self.audio, source.narration, source.slug)
        alignment = self._alignment(source, written, sound)
        if alignment and alignment.chapters:
            written = read_written(self.folder, source, chapters=alignment.chapters)
        transcripts, chapters_file, done = self._attached(source, written, alignment)
        episode = episode_of(
            self.folder,
            source,
            written,
            enclosure=sound.enclosure,
            master=None,
            alignment=alignment,
        )
        self.progress(source.slug, 1.0)
        return replace(
            episode,
            notices=episode.notices + done,
            transcripts=transcripts,
            chapters_file=chapters_file,
        )

    def _mastered(
        self, source: EpisodeFolder, slugs: tuple[str, ...], form: str, *, voice: bool = False
    ) -> AbstractContextManager[Mastered]:
        return self.audio.mastered(
            source.narration,
            slugs,
            form=form,
            track=source.facts.source.track,
            progress=lambda fraction: self.progress(source.slug, fraction),
            force=source.facts.source.forced,
            voice=voice,
        )

    def _alignment(
        self, source: EpisodeFolder, written: Written, mastered: Mastered | Kept
    ) -> Alignment | None:
        if not written.column.blocks:
            return None  # notes alone are nothing to be read along
        return read_along(
            written.column,
            mastered,
            language=self._language(written),
            pronunciation=self.folder.show.pronunciation,
            cache=self.folder.cache,
            progress=lambda fraction: self.progress(f"{source.slug} (aligning)", fraction),
        )

    def _language(self, written: Written) -> str:
        return written.column.language or self.folder.show.language

    def _attached(
        self, source: EpisodeFolder, written: Written, alignment: Alignment | None
    ) -> tuple[tuple[Attachment, ...], Attachment | None, tuple[Notice, ...]]:
        waiting = read_along_folder(self.folder, source.slug)
        if source.path.parent != self.folder.episodes:  # tried out: what waits there is still right
            waiting = source.path.parent / f".{source.slug}" / "read-along"
        made: tuple[tuple[Attachment, ...], Attachment | None] = (), None
        if alignment is None:
            detach(waiting)
        else:
            column = written.column
            made = attach(
                replace(alignment, chapters=written.chapters),
                waiting,
                url=written.page_url,
                language=self._language(written),
                speaker=column.narrator or column.author or self.folder.show.author,
            )
        transcripts, chapters_file, done = attach_kept(source, written, waiting)
        return transcripts or made[0], chapters_file or made[1], done

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
            language=self._language(written),
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
