"""What the words of an episode give: the one way from its folder to notes and feed entry.

Publishing and the preview both go through here, so what is previewed is what is published. The
audio comes in as what was made of it; nothing here knows how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from columncast.episodes.columns.door import read_column
from columncast.episodes.disk import files
from columncast.episodes.entry.accepted import looked_over
from columncast.episodes.entry.as_read import changes_of
from columncast.episodes.entry.credits import credits_of, without_unsafe_links
from columncast.episodes.entry.edited import chapters_heard, tags_heard
from columncast.episodes.entry.imported_narration import imported_chapters
from columncast.episodes.entry.imported_notes import NOTES, imported_notes_of
from columncast.episodes.errors import SettingsError
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.column import Column
from columncast.episodes.model.editor import Editor
from columncast.episodes.model.episode import Chapter, Enclosure, Episode, Master, ShowNotes
from columncast.episodes.model.time_map import TimeMap
from columncast.episodes.narration.carried import laid
from columncast.episodes.narration.check import narration_notices
from columncast.episodes.narration.pace import pace
from columncast.episodes.narration.units import units
from columncast.episodes.notes.compose import show_notes, try_template
from columncast.episodes.notes.parts import corrections
from columncast.episodes.pictures.placed import MakePicture, Placed, place
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.settings import Show


@dataclass(frozen=True, kw_only=True)
class TextWithNotes:
    """The column of an episode, and the notes made from it."""

    column: Column
    notes: ShowNotes
    page_url: str
    link: str
    """Where listeners are sent: the column on the writer's site, else `page_url`."""
    chapters: tuple[Chapter, ...]
    """As the notes list them: with the editor's titles."""
    placed: Placed
    """The column with its pictures."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """What lies in an episode's folder to be read, and was; its notes wait for the chapters."""

    show: Show
    column: Column
    placed: Placed
    """The column with its pictures."""
    page_url: str
    link: str
    editor: Editor
    template: str
    """The show's own, of notes; empty when it has none."""
    came_with: ShowNotes | None
    """Notes from another host, which are taken instead."""
    came_chapters: tuple[Chapter, ...]

    @property
    def language(self) -> str:
        """Of the column, else of the show."""
        return self.column.language or self.show.language

    @property
    def speaker(self) -> str:
        """Who is heard, as transcripts name them."""
        return self.column.narrator or self.column.author or self.show.author

    def heard_at(self, times: TimeMap, duration_s: float) -> Text:
        """Return the text for an episode of *duration_s* in which *times* of the recording are moved."""
        return replace(self, came_chapters=chapters_heard(self.came_chapters, times, duration_s))

    def with_chapters(self, chapters: Sequence[Chapter] = ()) -> TextWithNotes:
        """Make the notes; *chapters* are those of the audio, unless it came with some.

        Raises:
            SettingsError: The show's template of notes cannot be filled.
        """
        titled = retitled(self.came_chapters or chapters, self.editor.chapter_titles)
        notes = self.came_with or show_notes(
            self.placed.notes,
            self.show,
            link=self.link,
            editor=self.editor,
            chapters=titled,
            template=self.template,
        )
        return TextWithNotes(
            column=self.column,
            notes=notes,
            page_url=self.page_url,
            link=self.link,
            chapters=titled,
            placed=self.placed,
        )


def read_text(
    folder: ShowFolder,
    episode_dir: EpisodeFolder,
    *,
    make: MakePicture,
    column: Column | None = None,
) -> Text:
    """Read what lies in *episode_dir* to be read; its *column*, unless that was read already.

    *make* makes what is published of the column's pictures.

    Raises:
        ColumnError: The column cannot be read.
        EpisodeError: There is neither a column nor notes, or what it came with cannot be read.
        SettingsError: `show.toml`, `episode.toml` or the show's template of notes is wrong.
    """
    show, facts = folder.show, episode_dir.facts
    column = column or column_of(show, episode_dir)
    page_url = f"{show.base_url}feed/{episode_dir.slug}/"
    link = facts.link or column.source_url or page_url
    template = notes_template(folder)
    if template:  # before an hour of sound is worked on
        try_template(template, column, show, link=link)
    return Text(
        show=show,
        column=column,
        placed=place(column, episode_dir.path, slug=episode_dir.slug, page_url=page_url, make=make),
        page_url=page_url,
        link=link,
        editor=facts.notes,
        template=template,
        came_with=imported_notes_of(episode_dir, link=link),
        came_chapters=imported_chapters(episode_dir),
    )


def read_with_notes(
    folder: ShowFolder,
    episode_dir: EpisodeFolder,
    *,
    make: MakePicture,
    chapters: Sequence[Chapter] = (),
) -> TextWithNotes:
    """Read the column of *episode_dir* and make its notes; *chapters* are those of the audio.

    Raises:
        InputError: As `read_text`.
        SettingsError: As `read_text`.
    """
    return read_text(folder, episode_dir, make=make).with_chapters(chapters)


def read_given(
    show: Show,
    path: Path,
    *,
    title: str = "",
    post: str = "",
    paid_text: bool = False,
    kept: Path | None = None,
) -> Column:
    """Read the column in the file *path* as one of *show*; *title* wins over the column's own.

    *kept* is where a cache keeps what it holds; see `door.read_column`.

    Raises:
        ColumnError: It cannot be read.
    """
    return read_column(
        path,
        show_title=show.title,
        title=title,
        post=post or None,
        timezone=show.timezone,
        site_url=show.site_url,
        paid_text=paid_text,
        kept=kept,
    )


def column_of(show: Show, episode_dir: EpisodeFolder, *, kept: Path | None = None) -> Column:
    """Return the column of *episode_dir*; an empty one where it came with notes alone.

    *kept* is where a cache keeps what it holds; see `door.read_column`.

    Raises:
        ColumnError: It cannot be read.
        EpisodeError: There is neither a column nor notes.
    """
    facts = episode_dir.facts
    if not episode_dir.has_column and (episode_dir.path / NOTES).is_file():
        return Column(title=facts.title, slug=episode_dir.slug, blocks=())
    column = read_given(
        show, episode_dir.column, title=facts.title, paid_text=facts.source.paid_text, kept=kept
    )
    # The title that listeners know is left alone, even with the show's name or a mark in it.
    return replace(column, title=facts.title) if facts.source.feed and facts.title else column


def episode_of(
    folder: ShowFolder,
    episode_dir: EpisodeFolder,
    written: TextWithNotes,
    *,
    enclosure: Enclosure,
    master: Master | None,
    alignment: Alignment | None = None,
    times: TimeMap | None = None,
) -> Episode:
    """Return the feed's entry for what was *written*, with the audio that was made of it.

    *times* lead from the recording to that, intro and cuts and all.
    """
    show, facts, column = folder.show, episode_dir.facts, written.column
    words_per_minute, warned = pace(
        column.word_count, enclosure.duration_s, insisted=facts.source.forced
    )
    persons, unlinked = without_unsafe_links(credits_of(facts, column, show), show)
    heard = master.notices if master else ()
    if alignment:
        changes = changes_of(folder, episode_dir, column, alignment)
        heard += narration_notices(
            laid(units(column), alignment, language=column.language or folder.show.language),
            changes,
        )
    text_html = written.placed.page.html
    if text_html:  # else the page shows the notes, which have them
        text_html += "".join(one.html for one in corrections(column, show, facts.notes))
    return Episode(
        slug=episode_dir.slug,
        guid=facts.guid,
        title=column.title,
        published=facts.published,
        notes=written.notes,
        enclosure=enclosure,
        page_url=written.page_url,
        link=written.link,
        author=facts.notes.author or column.author or show.author,
        text_html=text_html,
        pictures=written.placed.files,
        subtitle=facts.notes.subtitle_of(column),
        season=facts.season,
        number=facts.number,
        type=facts.type,
        explicit=column.explicit if facts.explicit is None else facts.explicit,
        language=column.language,
        chapters=written.chapters,
        persons=persons,
        image_alt=facts.cover_alt,
        block=facts.block,
        draft=facts.draft,
        podcast=tags_heard(facts.podcast, times, enclosure.duration_s) if times else facts.podcast,
        master=master,
        word_count=column.word_count,
        words_per_minute=round(words_per_minute),
        notices=looked_over(
            (
                *column.notices,
                *written.placed.notices,
                *written.notes.notices,
                *heard,
                *warned,
                *unlinked,
            ),
            facts,
            column,
            alignment,
        ),
    )


def notes_template(folder: ShowFolder) -> str:
    """Return the text of the show's own template of notes; empty when it has none.

    Raises:
        SettingsError: It cannot be read.
        OutsideError: It is a link that leads out of the show.
    """
    name = folder.show.notes.template
    if not name:
        return ""
    try:
        return files.of_show(folder.root / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError(
            f"[notes] template {name!r} cannot be read as UTF-8 text", where="show.toml"
        ) from e


def retitled(chapters: Sequence[Chapter], titles: Mapping[str, str]) -> tuple[Chapter, ...]:
    """Return *chapters* with the editor's *titles*, which are given by the column's headings.

    >>> retitled([Chapter(start_s=0, title="One")], {"One": "The quay"})
    (Chapter(start_s=0, title='The quay', heading='One'),)
    """
    named = []
    for chapter in chapters:
        heading = chapter.heading or chapter.title
        title = titles.get(heading, heading)
        known = heading if title != heading else ""
        named.append(Chapter(start_s=chapter.start_s, title=title, heading=known))
    return tuple(named)
