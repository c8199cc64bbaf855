"""The pipeline: column and recording in, a listed episode out.

`add` begins it, `make_episode` is the straight line, `build` and `edit` walk it for what changed.
Here the packages meet; each step turns one noun into the next. Media and pages land before the
feed that names them, every file beside and renamed, and all of it under the show's lock.

What only some of the work needs is imported where it is needed: a build that finds nothing to do is
over before the libraries for sound and pages would have been loaded.
"""

from __future__ import annotations

import functools
import platform
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from columncast.episodes.building.built import Added, Built, built_episode
from columncast.episodes.building.jobs import Progress, in_steps, quiet
from columncast.episodes.building.ledger import Ledger, Reason
from columncast.episodes.building.mirror import Mirror, is_url
from columncast.episodes.building.records import (
    kept_column,
    last_aligned,
    pictures_folder,
    read_along_folder,
    record,
)
from columncast.episodes.building.runner import LOCAL, Crew, cores
from columncast.episodes.building.schedule import record_next_due
from columncast.episodes.building.unfinished import current_slug, former_base_url, record_rename
from columncast.episodes.disk import files
from columncast.episodes.disk.hashes import Hashes
from columncast.episodes.disk.journal import together
from columncast.episodes.disk.versions import software
from columncast.episodes.errors import (
    ColumncastError,
    ColumnError,
    CoverError,
    EpisodeError,
    FeedError,
    RecordingError,
    RemoteError,
    UsageError,
)
from columncast.episodes.model.clock import parse_date
from columncast.episodes.model.cuts import RecordingEdits
from columncast.episodes.model.summary import newest_first
from columncast.episodes.model.time_map import TimeMap
from columncast.episodes.show import staging, trash
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.slugs import checked_slug, free_slug, refuse_unfit_name
from columncast.episodes.show.toml import change_facts, change_settings, new_facts
from columncast.episodes.show.trash import Deleted
from columncast.feed.site.rendered import Rendered, everything

if TYPE_CHECKING:
    from columncast.audio.editing.door import CuttingDesk
    from columncast.audio.editing.pickups.door import PickupDesk
    from columncast.audio.enclosures.enclosure import AudioFolder, Mastered
    from columncast.audio.enclosures.forecast import Forecast
    from columncast.audio.enclosures.passthrough import Passthrough
    from columncast.audio.enclosures.recorded import EpisodeDesk, Proposed, Recorded
    from columncast.audio.enclosures.rerecorded import EpisodePickups
    from columncast.audio.tags.model import Tags
    from columncast.episodes.doctor.examination import Finding
    from columncast.episodes.entry.attachments import Attachments
    from columncast.episodes.entry.compose import Text, TextWithNotes
    from columncast.episodes.importing.episode import MediaInspector
    from columncast.episodes.importing.pairs.pairing import Pair, Pairing
    from columncast.episodes.importing.plan import Import
    from columncast.episodes.importing.run import Imported
    from columncast.episodes.model.alignment import Alignment
    from columncast.episodes.model.column import Column
    from columncast.episodes.model.cuts import Cut, Edits
    from columncast.episodes.model.episode import Chapter, Enclosure, Episode
    from columncast.episodes.model.found_cuts import FoundCuts
    from columncast.episodes.model.notice import Notice
    from columncast.episodes.model.pickups import Reread
    from columncast.episodes.model.picture import Picture
    from columncast.episodes.narration.cut_lists import Drawn
    from columncast.episodes.narration.sheet import Sheet
    from columncast.episodes.show.facts import Facts
    from columncast.feed.artwork.small_pictures import Cover
    from columncast.feed.live.destinations import Published
    from columncast.feed.preview.operations import Operations
    from columncast.feed.rules.files import MediaFacts

    Sound = Mastered | Passthrough


def add(
    folder: ShowFolder,
    recording: Path,
    column: Path,
    *,
    slug: str = "",
    date: str = "",
    post: str = "",
    paid_text: bool = False,
    track: int = 0,
    cut: str = "",
    link: bool = False,
    draft: bool = False,
    force: bool = False,
    title: str = "",
    season: int | None = None,
    number: int | None = None,
    type: str = "",  # noqa: A002 - the key in episode.toml
    progress: Progress = quiet,
) -> Added:
    """Make an episode of *recording* and *column*, and list it in the feed.

    The sources are copied (the recording linked, with *link*) and otherwise left alone. Nothing
    is in the show before the audio is made; from then on a killed run is completed by `build`.
    *title*, *season*, *number* and *type* win over the column's own. A *draft* stays out of the feed
    until `edit` says that it is none. *paid_text* lets out what the
    column keeps for paying readers. Of several audio tracks, *track* is the narration. With a *cut* of
    "sure", what can be cut without losing a word is cut; "none" cuts nothing, and "" is as the show has it.

    Raises:
        UsageError: *slug* or *date* cannot be; or the episode is there with other facts.
        InputError: The column or the recording cannot be used, the one cannot be the reading of the
            other (unless *force* is on), or another episode has the name.
    """
    from columncast.episodes.columns.door import is_collection
    from columncast.episodes.columns.extract import as_page
    from columncast.episodes.columns.formats.drafts import refuse_draft
    from columncast.episodes.entry.compose import read_given
    from columncast.episodes.entry.naming import title_of
    from columncast.episodes.show.intake import (
        already_there,
        content_hash,
        lay,
        named_as_given,
        refuse_endless,
        refuse_other_facts,
        refuse_taken,
    )
    from columncast.episodes.text.normalize import cut_from

    with folder.locked():
        ledger = Ledger(folder)
        refuse_endless(column, ColumnError)
        words = read_given(folder.show, column, title=title, post=post, paid_text=paid_text)
        refuse_draft(words, column.name, force=force or draft)
        given_slug, slug = bool(slug), checked_slug(slug or words.slug)
        source = Provenance(
            recording=recording.name,
            recording_sha256=content_hash(recording, RecordingError),
            column=column.name,
            column_sha256=content_hash(column, ColumnError),
            post=post,
            paid_text=paid_text,
            track=track,
            forced=force,
        )
        editor: dict[str, object] = {
            "title": title,
            "season": season,
            "number": number,
            "type": type,
            "draft": draft,
        }
        dated = parse_date(date, folder.show.timezone) if date else None
        if same := already_there(folder, source, slug):
            wanted: dict[str, object] = {
                "date": dated,
                "slug": slug if given_slug else "",
                **editor,
            }
            there = {
                "date": same.facts.published,
                "slug": same.slug,
                **{name: getattr(same.facts, name) for name in editor},
                "title": same.facts.title or title_of(folder, same),
            }
            refuse_other_facts(
                same.slug, {key: new for key, new in wanted.items() if new and new != there[key]}
            )
            due = [same.slug] if same.slug in ledger.due() else []
            built = _build(ledger, due, Crew(progress=progress), only=True)
            return Added(column=words, episode=built.find(same.slug), built=built, new=False)
        if (
            not given_slug
            and cut_from(words.title, slug)
            and folder.has(slug)
            and title_of(folder, folder.episode(slug)) != words.title
        ):
            slug = free_slug(slug, folder.slugs())  # two long titles that begin alike
        refuse_taken(folder, slug)
        published = dated or words.published or _now()
        facts: dict[str, object] = {"season": words.season, "number": words.number}
        facts |= {key: value for key, value in editor.items() if value}
        before = files.names(folder.audio)
        with staging.prepared(folder.root, slug) as place:
            staged = EpisodeFolder(path=place)
            post_of_many = is_collection(column)
            if post_of_many:  # the one post, not what else is in an export
                files.write(staged.path / "column.html", as_page(words))
            else:
                lay(staged, "column", column)
            _gather(folder, staged, words, column, progress)
            lay(staged, "narration", recording, link=link)
            files.write(staged.facts_file, new_facts(source, published, facts))
            # Made before it is in the show: what cannot become an episode never is one halfway.
            with named_as_given(staged, recording, column):
                text = _read(folder, staged, None if post_of_many else words)
                desk = _desk(folder, ledger.hashes, progress)
                cuts = (cut or folder.show.audio.cut) == "sure"
                made = make_episode(desk, staged, text, new_pair=True, cut=cuts)
            with together(folder.root) as changes:
                changes.remove(staged.path / staging.RECORD)
                changes.rename(staged.path, folder.episodes / slug)
        built = _build(ledger, [slug], Crew(progress=progress), made={slug: made}, before=before)
        return Added(column=words, episode=built.find(slug), built=built, new=True)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every episode of one run is made with."""

    folder: ShowFolder
    audio: AudioFolder
    """Where enclosures are made."""
    picture: bytes
    """The cover as audio files carry it."""
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class EpisodeParts:
    """An episode whose audio is in `audio/`, and what is laid beside it once it is in the show."""

    episode: Episode
    attachments: Attachments
    cover: Cover | None


def make_episode(
    desk: Desk,
    episode_dir: EpisodeFolder,
    text: Text | None = None,
    *,
    former_slug: str = "",
    new_pair: bool = False,
    cut: bool = False,
) -> EpisodeParts:
    """Make the episode in the folder *episode_dir*: the one way from recording and column to feed entry.

    Text is read, with *cut* what is sure to go is cut, audio mastered, the two aligned, the audio tagged, the entry composed: each once.
    *text* is what lies there to be read, if it was read already. *former_slug* is the name of the
    episode until now, when it is being renamed. Of a *new_pair*, the recording has to be one that can be
    the reading of its column.
    """
    from columncast.episodes.entry.accepted import looked_over
    from columncast.episodes.entry.as_read import as_it_sounds
    from columncast.episodes.entry.attachments import attachments_of
    from columncast.episodes.entry.compose import episode_of
    from columncast.episodes.entry.edited import edit_notices
    from columncast.episodes.narration.pace import refuse_impossible_pair
    from columncast.feed.artwork.episode_cover import own_cover, with_cover

    # Read before the audio is worked on: what is wrong with the text is said at once.
    text = text or _read(desk.folder, episode_dir)
    cover = own_cover(episode_dir)
    slugs = (episode_dir.slug, former_slug) if former_slug else (episode_dir.slug,)
    form, *other_forms = episode_dir.facts.outputs or desk.audio.settings.outputs
    if cut:
        _cut_sure(desk, episode_dir, text)
    recorded = _recorded(desk, episode_dir, text)
    with _master(desk, episode_dir, slugs, form, recorded, to_align=_aligns(text)) as sound:
        if new_pair and sound.master:
            refuse_impossible_pair(
                text.column.word_count,
                sound.master.duration_s,
                insisted=episode_dir.facts.source.forced,
                where=episode_dir.narration.name,
            )
        words = _align(desk, episode_dir, text, sound, recorded)
        words = words and as_it_sounds(desk.folder, episode_dir, text.column, words)
        times = recorded.edits.times.later_by(sound.master.offset_s) if sound.master else TimeMap()
        if sound.master:
            text = text.heard_at(times, sound.master.duration_s)
        written = text.with_chapters(words.chapters if words else ())
        tags = _tags(desk, episode_dir.facts, text, written)
        in_steps(desk.progress, episode_dir.slug)("tagging", 0.0)
        enclosure = _tag(desk, sound, tags, episode_dir.slug)
    alternates = []
    for other in other_forms if sound.master else ():
        with _master(desk, episode_dir, slugs, other, recorded) as sound_too:
            alternates.append(_tag(desk, sound_too, tags, episode_dir.slug))
    desk.progress(episode_dir.slug, 1.0)
    attachments = attachments_of(
        episode_dir,
        written,
        words,
        language=text.language,
        speaker=text.speaker,
        is_cut=recorded.edits.is_heard,
    )
    entry = episode_of(
        desk.folder,
        episode_dir,
        written,
        enclosure=enclosure,
        master=sound.master,
        alignment=words,
        times=times,
    )
    entry = replace(
        entry,
        alternates=tuple(alternates),
        transcripts=attachments.transcripts,
        chapters_file=attachments.chapters,
        notices=looked_over(
            (
                *entry.notices,
                *attachments.notices,
                *_beyond(episode_dir, text, written, sound, times),
                *edit_notices(episode_dir, recorded.edits, recorded.units),
            ),
            episode_dir.facts,
            written.column,
            words,
        ),
    )
    return EpisodeParts(episode=with_cover(entry, cover), attachments=attachments, cover=cover)


def _recorded(desk: Desk, episode_dir: EpisodeFolder, text: Text) -> Recorded:
    """Return the recording of *episode_dir* beside its *text*, and what is edited in it."""
    from columncast.audio.enclosures.recorded import Recorded
    from columncast.episodes.entry.edited import edits_of
    from columncast.episodes.narration.units import units

    source, show, recording = episode_dir.facts.source, desk.folder.show, episode_dir.narration
    edited = episode_dir.is_edited and not source.kept
    sha256 = desk.audio.hashes.of(recording) if edited else ""
    return Recorded(
        recording=recording,
        sha256=sha256,
        track=source.track,
        units=units(text.column),
        language=text.language,
        pronunciation=show.pronunciation,
        cache=desk.folder.cache,
        edits=edits_of(episode_dir, sha256) if edited else RecordingEdits(),
        even_pauses=show.audio.pauses == "even",
    )


def _aligns(text: Text) -> bool:
    from columncast.audio.align.method import can_align

    return bool(text.column.blocks and can_align(text.language))


@contextmanager
def _master(
    desk: Desk,
    episode_dir: EpisodeFolder,
    slugs: tuple[str, ...],
    form: str,
    recorded: Recorded,
    *,
    to_align: bool = False,
) -> Iterator[Sound]:
    """Give what is *recorded* at the show's loudness, or as it came from another host.

    With *to_align*, it will be laid beside its text.
    """
    from columncast.audio.enclosures.passthrough import keep

    facts = episode_dir.facts.source
    if facts.kept:
        desk.progress(episode_dir.slug, 0.0)
        yield keep(desk.audio, episode_dir.narration, episode_dir.slug)
        return
    with desk.audio.mastered(
        episode_dir.narration,
        slugs,
        form=form,
        track=facts.track,
        edits=recorded.edits,
        progress=in_steps(desk.progress, episode_dir.slug),
        force=facts.forced,
        to_align=to_align,
    ) as mastered:
        yield mastered


def _align(
    desk: Desk, episode_dir: EpisodeFolder, text: Text, sound: Sound, recorded: Recorded
) -> Alignment | None:
    """Return how the column lies beside *sound*; None where that is not known here."""
    from columncast.audio.enclosures.read_along import read_along
    from columncast.episodes.narration.units import units, with_chapters_of

    column = text.column
    if not column.blocks:
        return None  # notes alone are nothing to be read along
    # Version 0.1 laid every text under the title that the episode went by.
    former = units(replace(column, own_title=column.title))
    read = recorded.units
    alignment = read_along(
        read,
        sound,
        language=text.language,
        pronunciation=desk.folder.show.pronunciation,
        cache=desk.folder.cache,
        recorded=recorded,
        former=[former] if former != read else [],
        progress=lambda share: in_steps(desk.progress, episode_dir.slug)("aligning", share),
    )
    return alignment and with_chapters_of(alignment, column)


def _tags(desk: Desk, facts: Facts, text: Text, written: TextWithNotes) -> Tags:
    """Return what the audio file itself says of the episode."""
    from columncast.audio.tags.model import Tags

    show, column = desk.folder.show, written.column
    return Tags(
        title=column.title,
        show=show.title,
        artist=facts.notes.author or column.author or show.author,
        album_artist=show.author,
        published=facts.published,
        season=facts.season,
        number=facts.number,
        language=text.language,
        comment=facts.notes.subtitle_of(column),
        description=written.notes.plain,
        keywords=", ".join(facts.notes.keywords or column.keywords),
        lyrics=column.text,
        cover=desk.picture,
        page_url=written.link,
        show_url=show.site_url,
        # The feed's own address is not among the tags: a show that moves keeps its audio.
        copyright=show.copyright,
        guid=facts.guid,
        chapters=written.chapters,
    )


def _tag(desk: Desk, sound: Sound, tags: Tags, slug: str) -> Enclosure:
    """Return *sound* as the feed names it; what came from another host keeps its very bytes."""
    from columncast.audio.enclosures.passthrough import Passthrough

    return (
        sound.enclosure if isinstance(sound, Passthrough) else desk.audio.tagged(sound, tags, slug)
    )


def _beyond(
    episode_dir: EpisodeFolder, text: Text, written: TextWithNotes, sound: Sound, times: TimeMap
) -> tuple[Notice, ...]:
    """Return what is missing from, or cannot be in, the files of an episode that was mastered."""
    from columncast.audio.enclosures.enclosure import chapters_beyond
    from columncast.audio.enclosures.read_along import missing_extra
    from columncast.episodes.entry.attachments import times_moved

    if not sound.master:
        return ()
    return (
        *(missing_extra() if text.column.blocks else ()),
        *times_moved(episode_dir, times),
        *chapters_beyond(written.chapters),
    )


def _lay(folder: ShowFolder, parts: EpisodeParts) -> Episode:
    """Lay what was *parts* beside the audio where it waits for the feed; return the episode."""
    from columncast.feed.artwork.episode_cover import lay_cover

    slug = parts.episode.slug
    parts.attachments.write(read_along_folder(folder, slug))
    if parts.cover:
        lay_cover(folder, slug, parts.cover)
    if pictures_folder(folder, slug).is_dir():
        from columncast.feed.artwork.column_picture import forget_pictures

        forget_pictures(folder, slug, parts.episode.pictures)
    return parts.episode


def build(
    folder: ShowFolder,
    slugs: Collection[str] = (),
    *,
    jobs: int | None = None,
    executor: str = LOCAL,
    progress: Progress = quiet,
    tell: Callable[[str], None] = lambda _: None,
    now: datetime | None = None,
) -> Built:
    """Bring `audio/` and `feed/` up to date; *slugs* limits which episodes are looked at.

    Only what changed is done again (see `Ledger`), in so many processes as *jobs* says (by
    default one for each core), or by an *executor* elsewhere: `dask://HOST:PORT`. *tell* gets what
    a person should know of it.

    Raises:
        UsageError: *jobs* was given for an *executor* elsewhere.
        EpisodeError: There is no such episode.
        RemoteError: The executor cannot be reached, or cannot work.
        FeedError: The new feed would break a rule that directories enforce; the old one stays.
    """
    if jobs and executor != LOCAL:
        raise UsageError(
            f"the cluster at {executor} has its own workers, and --jobs is for this machine; "
            "nothing was done"
        )
    with folder.locked():
        named = [folder.episode(slug).slug for slug in slugs]
        crew = Crew(jobs=jobs or cores(), executor=executor, progress=progress, tell=tell)
        return _build(Ledger(folder), named, crew, now=now)


def _build(
    ledger: Ledger,
    slugs: Collection[str],
    crew: Crew,
    *,
    now: datetime | None = None,
    made: Mapping[str, EpisodeParts | None] | None = None,
    before: Collection[str] | None = None,
    only: bool = False,
) -> Built:
    """Build *slugs*, and with *only* nothing else.

    What was *made* just before this is in the show already (None: it is retired), and is taken as
    it is; *before* is what `audio/` held until then.
    """
    folder, now = ledger.folder, now or _now()
    before = set(files.names(folder.audio) if before is None else before)
    for slug, one in (made or {}).items():
        episode = _lay(folder, one) if one else None
        if episode:
            record(folder, episode)
        ledger.note(slug, episode)
    due = {} if only and not slugs else ledger.due(slugs)
    ledger.save()  # of files that were touched, and nothing else, the next build knows
    work = {slug: why for slug, why in due.items() if slug not in (made or {})}
    for slug in ledger.rewritten(work):
        from columncast.episodes.entry.as_read import keep_reading

        source = folder.episode(slug)
        with suppress(ColumncastError):  # making the episode says what is wrong
            keep_reading(folder, source, source, _column(folder, source))
    failed = _work(ledger, work, crew) if work else {}
    for slug, error in failed.items():
        if not ledger.listing(slug) and slug in folder.listed():
            # Leaving it out would take it from listeners' apps; that is for people to decide.
            raise FeedError(
                f"{error}; the feed lists this episode and was left as it is", where=slug
            ) from error
    episodes = newest_first(ledger.listings())
    ready = [e for e in episodes if not e.draft]
    feed = tuple(e for e in ready if e.published <= now)
    scheduled = tuple(e for e in reversed(ready) if e.published > now)
    changed = [f"audio/{name}" for e in episodes for name in e.audio if name not in before]
    rendered = Rendered(folder)
    for drafted in (*ledger.drafted, *rendered.changed):
        files.sweep(Path(drafted))
    if not rendered.settled(everything(folder, feed)):
        from columncast.feed.site.write import write_site

        crew.progress("the feed and its pages: writing", 0.0)
        load = functools.lru_cache(maxsize=400)(functools.partial(built_episode, folder))
        changed += write_site(folder, feed, load, rendered=rendered)
    record_next_due(folder, scheduled[0].published if scheduled else None)
    return Built(
        folder=folder,
        feed=feed,
        scheduled=scheduled,
        changed=tuple(changed),
        failed=failed,
        reasons=due,
    )


def _work(
    ledger: Ledger, due: Mapping[str, Sequence[Reason]], crew: Crew
) -> dict[str, ColumncastError]:
    """Make the episodes that are *due*, if the disk has room for them; return what failed."""
    expected = _forecast(ledger, due, jobs=min(crew.jobs, len(due)))
    expected.refuse()

    @functools.cache
    def desk() -> Desk:
        return _desk(ledger.folder, ledger.hashes, crew.progress)

    return crew.work(
        ledger,
        list(due),
        make=make_at,
        here=lambda slug: _make_for_feed(desk(), slug),
        versions=versions,
        sound_s=expected.sound_s,
    )


def plan(folder: ShowFolder, slugs: Collection[str] = (), *, jobs: int | None = None) -> Forecast:
    """Return what `build` would do, how long it would take and how much disk; nothing is changed.

    Raises:
        EpisodeError: There is no such episode.
    """
    ledger = Ledger(folder)
    due = ledger.due([folder.episode(slug).slug for slug in slugs])
    return _forecast(ledger, due, jobs=jobs or cores())


def _forecast(ledger: Ledger, due: Mapping[str, Sequence[Reason]], *, jobs: int) -> Forecast:
    from columncast.audio.enclosures.forecast import forecast

    return forecast(
        ledger.folder,
        due,
        unheard=ledger.unheard(due),
        episodes=len(ledger.slugs),
        jobs=jobs,
        speed=ledger.speed,
    )


def edit(
    folder: ShowFolder,
    slug: str,
    facts: Mapping[str, object],
    *,
    recording: Path | None = None,
    track: int = 0,
    column: Path | None = None,
    date: str = "",
    new_slug: str = "",
    edits: RecordingEdits | None = None,
    pickups: Sequence[Path] = (),
    force: bool = False,
    progress: Progress = quiet,
) -> Built:
    """Change the facts, the cover, the recording or the column of an episode and build; its guid stays.

    *facts* are keys of `episode.toml`; a None takes the key away. `cover` among them is the path of a
    picture for this episode alone; the words of another picture, in `cover_alt`, do not stay. Of several
    audio tracks, *track* is the narration. A draft that becomes none comes out now, if its date has
    passed and no other is given. *edits* is what is edited in the recording from now on, with new *pickups* by
    the names of these files; of a new recording, that begins afresh. The change is tried out first: one that cannot be built changes nothing.

    Raises:
        InputError: The new cover, column or recording cannot be used.
    """
    from columncast.episodes.entry.as_read import put_reading_in_place
    from columncast.episodes.pictures.names import put_pictures_in_place
    from columncast.episodes.show.intake import (
        draft_changed,
        lay,
        lay_edits,
        lay_pickups,
        lay_rest,
        named_as_given,
        put_edits_in_place,
        put_in_place,
        refuse_endless,
        sources_changed,
    )
    from columncast.feed.artwork.episode_cover import cover_change

    changes = dict(facts)
    cover = cover_change(changes)
    with folder.locked():
        before = files.names(folder.audio)
        slug = current_slug(folder, slug, new_slug)
        ledger, episode = Ledger(folder), folder.episode(slug)
        _ = episode.facts  # damaged ones are to be said by the name that they have now
        if column:
            refuse_endless(column, ColumnError)
        changes |= sources_changed(episode, recording=recording, column=column, track=track)
        if date:
            changes["published"] = parse_date(date, folder.show.timezone)
        changes |= draft_changed(folder, episode, changes, now=_now())
        if force:
            changes["source.forced"] = True
        target = EpisodeFolder(path=folder.episodes / checked_slug(new_slug or slug))
        if target.path != episode.path and target.path.exists():
            raise EpisodeError(f"an episode {new_slug!r} is there already; nothing was changed")
        with staging.prepared(folder.root, target.slug) as place:
            tried = EpisodeFolder(path=place)
            lay(tried, "narration", recording or episode.narration, link=not recording)
            words = lay_rest(tried, episode, column=column)
            cover.lay(tried)
            if edits is not None:
                lay_edits(tried, edits)
                lay_pickups(tried, episode, pickups)
            files.copy(episode.facts_file, tried.facts_file)
            change_facts(tried, changes)
            with named_as_given(tried, recording or episode.narration, words):
                made = _tried(
                    ledger,
                    tried,
                    column,
                    force=force,
                    former=episode,
                    progress=progress,
                    new_pair=bool(recording or column),
                    cut=bool(recording) and folder.show.audio.cut == "sure",
                )
            with together(folder.root) as step:
                step.remove(tried.path / staging.RECORD)
                if recording:
                    put_in_place(step, episode, tried.narration)
                cover.put_in_place(step, episode, tried)
                put_edits_in_place(step, episode, tried)
                if column:
                    put_in_place(step, episode, tried.column)
                    put_pictures_in_place(step, episode.path, tried.path)
                put_reading_in_place(step, episode, tried)
                step.copy(tried.facts_file, episode.facts_file)
                if target.path != episode.path:
                    record_rename(step, folder, slug, target.slug)
                    step.rename(episode.path, target.path)
        crew = Crew(progress=progress)
        return _build(ledger, [target.slug], crew, made={target.slug: made}, before=before)


def _tried(
    ledger: Ledger,
    tried: EpisodeFolder,
    column: Path | None,
    *,
    force: bool,
    former: EpisodeFolder,
    new_pair: bool,
    cut: bool,
    progress: Progress,
) -> EpisodeParts | None:
    """Make the changed episode *tried*, with its new *column*; None if it is retired.

    It was the episode *former* until now.

    Raises:
        ColumnError: The new column is a draft, unless *force* is on.
    """
    from columncast.episodes.columns.formats.drafts import refuse_draft
    from columncast.episodes.entry.as_read import keep_reading

    folder, retired = ledger.folder, tried.facts.retired
    if retired and not column:
        return None
    words = _column(folder, tried)
    if column:
        refuse_draft(words, column.name, force=force or tried.facts.draft)
        _gather(folder, tried, words, column, progress, former=former)
    keep_reading(folder, former, tried, words)
    text = _read(folder, tried, words)
    if retired:
        return None
    desk = _desk(folder, ledger.hashes, progress)
    return make_episode(desk, tried, text, former_slug=former.slug, new_pair=new_pair, cut=cut)


def retire(
    folder: ShowFolder, slug: str, *, undo: bool = False, progress: Progress = quiet
) -> Built:
    """Take an episode out of the feed, or with *undo* bring it back as the one it was.

    Its sources, facts and audio stay: an app that still has the old feed can go on playing.
    """
    with folder.locked():
        change_facts(folder.episode(slug), {"retired": None if undo else True})
        return _build(Ledger(folder), [slug], Crew(progress=progress))


def delete(folder: ShowFolder, slug: str, *, progress: Progress = quiet) -> tuple[Deleted, Built]:
    """Put the episode *slug* into the show's trash, and build the feed without it.

    Raises:
        EpisodeError: There is no such episode.
    """
    with folder.locked():
        gone = trash.delete(folder, slug)
        return gone, _build(Ledger(folder), (), Crew(progress=progress), only=True)


def restore(folder: ShowFolder, slug: str, *, progress: Progress = quiet) -> Built:
    """Bring the episode *slug* back from the trash, as the one it was, and build.

    Raises:
        EpisodeError: It is not in the trash, or another one is called so by now.
    """
    with folder.locked():
        trash.restore(folder, slug)
        return _build(Ledger(folder), [slug], Crew(progress=progress))


def check(folder: ShowFolder, slug: str = "", *, progress: Progress = quiet) -> list[Notice]:
    """Return everything that is wrong or odd with the show, or with the episode *slug*.

    Raises:
        EpisodeError: There is no episode *slug*.
    """
    from columncast.audio.enclosures.durations import Durations
    from columncast.audio.tags.door import read_tags
    from columncast.feed.rules.checkup import check_all
    from columncast.feed.rules.files import MediaFacts

    decoded = Durations(folder.cache / "decoded.json")

    def heard(episode: Episode) -> MediaFacts | None:
        path = folder.root / episode.enclosure.path
        try:
            tags = read_tags(path)
            duration_s = decoded.of(path, episode.enclosure.sha256)
        except (ColumncastError, OSError):
            return None  # the rules on files say what is wrong with it
        # Audio that is kept as it was says what it said elsewhere.
        said = {"title": tags.title, "album": tags.show} if episode.master else {}
        return MediaFacts(duration_s=duration_s, tags=said)

    found = check_all(folder, slug, heard=heard, progress=progress)
    decoded.save()
    return found


def accept(
    folder: ShowFolder, slug: str, code: str, *, reason: str, progress: Progress = quiet
) -> list[Notice]:
    """Let the warnings *code* of the episode *slug* be, for a *reason*; return what `check` says then.

    A warning comes back when the text that it is about changes.

    Raises:
        EpisodeError: There is no episode *slug*.
        UsageError: It has no such warning, or there is no reason; nothing was changed.
    """
    from columncast.episodes.entry import accepted
    from columncast.episodes.model.notice import with_acceptances

    if not slug:
        raise UsageError("which episode's? Name it: columncast check SLUG --accept CODE")
    found = check(folder, slug, progress=progress)
    chosen = [notice for notice in found if notice.code == code]
    if not chosen:
        raise UsageError(
            f"there is no warning {code!r}; columncast check {slug} lists them all; "
            "nothing was changed",
            where=slug,
        )
    with folder.locked():
        episode_dir = folder.episode(slug)
        accepted.accept(episode_dir, chosen, reason=reason)
    return list(with_acceptances(found, folder.episode(slug).facts.accepted))


def examine(folder: ShowFolder | None) -> list[Finding]:
    """Return what was examined on this machine, and in the show *folder*; nobody is asked."""
    from columncast.audio.align.method import available
    from columncast.audio.ffmpeg.process import executable, missing_encoders, version
    from columncast.audio.mastering.codecs import FORMS
    from columncast.episodes.doctor.examination import Ffmpeg
    from columncast.episodes.doctor.examination import examine as run

    found: Ffmpeg | ColumncastError
    try:
        lacking = missing_encoders(form.codec for form in FORMS.values())
        found = Ffmpeg(version=version(), path=executable(), missing=lacking)
    except (ColumncastError, OSError) as e:
        found = e if isinstance(e, ColumncastError) else files.explained(e)
    return run(folder, found, aligns=available())


def publish(
    folder: ShowFolder,
    *,
    to: str = "",
    dry_run: bool = False,
    replace_live: bool = False,
    force: bool = False,
    progress: Progress = quiet,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Published]:
    """Put the public folder live at each place, or the one called *to*; yield what was done there.

    On a *dry_run* nothing is put. With *replace_live*, a live feed that somebody else has changed
    is replaced. With *force*, what is for trying out only (a private address, the placeholder for a
    cover) goes where everybody gets it, too. *tell* gets a line, once, when something has to be tried
    again.

    Raises:
        FeedError: A check refuses what would be published.
        ReviewError: show.toml asks for an approval, and something that would go live has none.
        RemoteError: A server failed; the feed there is as it was, and a second run is safe.
        ConflictError: Somebody else has changed the live feed.
    """
    from columncast.feed.live.approvals import refuse_unapproved
    from columncast.feed.live.destinations import destinations, publish_all

    with folder.locked():
        # A place that there is not, or an approval, is said before all is looked at.
        refuse_unapproved(folder, destinations(folder.show, to), tell=tell)
        yield from publish_all(
            folder,
            check(folder),
            to=to,
            dry_run=dry_run,
            replace_live=replace_live,
            force=force,
            progress=progress,
            tell=tell,
        )


def move(
    folder: ShowFolder, new_base_url: str, *, progress: Progress = quiet
) -> tuple[Built, dict[str, str]]:
    """Move the show to another address; return the build and what the old server needs, by kind.

    Guids stay, the feed tells apps where it is now, and nobody loses an episode. Asked for again,
    as after a run that was killed, it tells the same.

    Raises:
        UsageError: *new_base_url* is not a full URL.
    """
    from columncast.feed.rss import redirects

    with folder.locked():
        old = folder.show
        try:
            new = redirects.moved(old, new_base_url)
        except ValueError as e:
            raise UsageError(str(e)) from e
        former = former_base_url(folder, old.base_url, new.base_url)
        change_settings(
            folder,
            {
                "base_url": new.base_url,
                "ids.guid": new.ids.guid,
                "feed.new_feed_url": new.feed.new_feed_url,
            },
        )
        crew = Crew(jobs=cores(), progress=progress)
        built = _build(Ledger(ShowFolder(folder.root)), (), crew)
        return built, redirects.redirects(former, new.base_url)


def operations() -> Operations:
    """Return what the buttons of the preview call: the functions behind the commands."""
    from columncast.feed.preview.operations import Operations

    return Operations(
        add=add,
        build=build,
        edit=edit,
        find_cuts=find_cuts,
        hear_cut=seam_sound,
        publish=publish,
        retire=retire,
    )


def transcribe(folder: ShowFolder, slug: str, *, progress: Progress = quiet) -> Alignment:
    """Return how the column of *slug* lies in its audio; the episode is built, as ever.

    Raises:
        UsageError: The aligner is not installed.
        EpisodeError: There is no such episode, or its language is not one we align.
    """
    from columncast.audio.enclosures.read_along import need_the_aligner

    build(folder, [slug], progress=progress).find(slug)
    found = last_aligned(folder, slug)
    if found is None:
        need_the_aligner()
        if not folder.episode(slug).has_column:
            raise EpisodeError(
                f"{slug} has notes but no text; give it one: columncast edit {slug} --column FILE"
            )
        raise EpisodeError(
            f"{slug} is in a language that is not aligned well enough to publish (columncast help read-along)"
        )
    return found


def transcribe_recording(
    audio: Path,
    text: Path,
    *,
    out: Path,
    track: int = 0,
    language: str = "",
    pronunciation: Mapping[str, str] | None = None,
    progress: Callable[[float], None],
) -> Alignment:
    """Lay the column in the file *text* beside the recording *audio*; write the files into *out*.

    For use outside of any show: a transcript is all that is made. Of several audio tracks, *track*
    is the narration. *language* is that of the text, where it is not the one that its front matter
    names, or English.

    Raises:
        UsageError: The aligner is not installed.
        ColumnError: *text* cannot be read.
        RecordingError: *audio* cannot be decoded, or has several tracks and *track* is 0.
    """
    from columncast.audio.enclosures.read_along import need_the_aligner
    from columncast.audio.mastering.tracks import the_track
    from columncast.episodes.columns.door import read_column
    from columncast.episodes.entry.attachments import read_along_files
    from columncast.episodes.narration.units import units, with_chapters_of
    from columncast.episodes.show.intake import refuse_endless

    need_the_aligner()
    from columncast.audio.align.door import align

    known = the_track(audio, track)
    refuse_endless(text, ColumnError)
    column = read_column(text)
    aligned = align(
        audio,
        units(column),
        track=known.track,
        language=language or column.language or "en",
        pronunciation=pronunciation or {},
        progress=progress,
    )
    aligned = with_chapters_of(aligned, column)
    files.sweep(out, shared=True)
    for name, (_, content) in read_along_files(aligned, column.narrator or column.author):
        files.write(out / name, content)
    return aligned


@contextmanager
def cutting_desk(
    audio: Path,
    text: Path,
    *,
    out: Path,
    drawn: Sequence[Drawn] | None = None,
    track: int = 0,
    pronunciation: Mapping[str, str] | None = None,
    progress: Callable[[float], None],
) -> Iterator[CuttingDesk]:
    """Lay the recording *audio* beside its *text*, to be cut to *out*, while the block lasts.

    For use outside of any show. *audio* itself is never changed. What a person has *drawn* is added
    to the cuts proposed, or takes their place.

    Raises:
        UsageError: The aligner is not installed, or *out* cannot be.
        InputError: Something *drawn* lies behind the end of the recording.
        ColumnError: *text* cannot be read.
        RecordingError: *audio* cannot be decoded, has several tracks and *track* is 0, or is not
            the reading of *text*.
    """
    from columncast.audio.enclosures.read_along import need_the_aligner
    from columncast.audio.mastering.tracks import the_track
    from columncast.episodes.columns.door import read_column
    from columncast.episodes.narration.units import units
    from columncast.episodes.show.intake import refuse_endless

    need_the_aligner()
    from columncast.audio.editing.door import lay_on_desk, refuse_output

    refuse_output(out, audio)
    known = the_track(audio, track)
    refuse_endless(text, ColumnError)
    column = read_column(text, title=text.stem)  # it need not begin with one
    with files.scratch_file(out.with_suffix(".pcm")) as speech_pcm:
        desk = lay_on_desk(
            audio,
            known,
            units(column),
            speech_pcm=speech_pcm,
            language=column.language or "en",
            pronunciation=pronunciation or {},
            progress=progress,
        )
        yield desk.drawn([(one.start_s, one.end_s) for one in drawn or ()])


def cut_on(
    desk: CuttingDesk, chosen: Callable[[Cut], bool], *, out: Path, all_the_same: bool = False
) -> Edits:
    """Apply the cuts that are *chosen* and write what is left to *out*; nothing without a cut.

    A cut that turns out to do harm is undone, but for one that is wanted *all the same*.

    Raises:
        RecordingError: The recording cannot be decoded any more.
        FolderError: The disk is full.
    """
    edits = desk.edits(chosen, all_the_same=all_the_same)
    if any(cut.applied for cut in edits.cuts):
        with files.beside(out) as draft:
            desk.write(edits, draft)
    return edits


_NARRATION_SHARE = 0.7
"""Of the work of finding pickups: hearing the narration; the rest is that of the fixes."""


@contextmanager
def pickup_desk(
    audio: Path,
    text: Path,
    fixes: Sequence[Path],
    *,
    out: Path,
    track: int = 0,
    pronunciation: Mapping[str, str] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Iterator[PickupDesk]:
    """Find what is read again in *fixes*, to go into *audio*, while the block lasts.

    For use outside of any show: *text* is what *audio* reads, and *out* what the two become.

    Raises:
        UsageError: The aligner is not installed, *out* cannot be, or a file is named twice.
        ColumnError: *text* cannot be read.
        RecordingError: *audio* or one of *fixes* cannot be decoded; *audio* has several tracks and
            *track* is 0, or is not the reading of *text*; one of *fixes* is silent or too long.
    """
    from columncast.audio.enclosures.read_along import need_the_aligner
    from columncast.audio.mastering.tracks import the_track
    from columncast.episodes.columns.door import read_column
    from columncast.episodes.narration.units import units
    from columncast.episodes.show.intake import refuse_endless

    need_the_aligner()
    from columncast.audio.editing.door import refuse_output
    from columncast.audio.editing.pickups.door import known_fixes, lay_narration

    refuse_output(out, audio)
    known = the_track(audio, track)
    fixed = known_fixes(fixes, apart_from=(audio, out))
    refuse_endless(text, ColumnError)
    column = read_column(text, title=text.stem)  # it need not begin with one
    with files.scratch(out.absolute().parent) as work:
        narration = lay_narration(
            audio,
            known,
            units(column),
            work=work,
            language=column.language or "en",
            pronunciation=pronunciation or {},
            progress=lambda done: progress(_NARRATION_SHARE * done),
        )
        yield narration.with_fixes(
            fixed, lambda done: progress(_NARRATION_SHARE + (1 - _NARRATION_SHARE) * done)
        )


def place_pickups(desk: PickupDesk, *, out: Path) -> list[Reread]:
    """Write the recording of *desk* with all that can be placed in it to *out*; nothing if none can.

    Raises:
        RecordingError: A recording cannot be decoded any more.
        FolderError: The disk is full.
    """
    with files.scratch(out.absolute().parent) as work:
        rows, placed = desk.fitted(work)
        if placed:
            with files.beside(out) as draft:
                desk.write(placed, draft)
    return rows


def _cut_sure(desk: Desk, episode_dir: EpisodeFolder, text: Text) -> None:
    """Choose what is sure to go out of the new recording in *episode_dir*.

    Raises:
        UsageError: The aligner is not installed.
        RecordingError: It is not the reading of this text, or that cannot be told.
    """
    from columncast.audio.enclosures.read_along import need_the_aligner
    from columncast.episodes.show.intake import lay_edits

    need_the_aligner()
    episode_dir.edits_file.unlink(missing_ok=True)  # of a former recording
    sha256 = desk.audio.hashes.of(episode_dir.narration)
    recorded = replace(_recorded(desk, episode_dir, text), sha256=sha256)
    with recorded.on_desk(_finding(desk.progress, episode_dir.slug)) as table:
        edits = table.edits(lambda cut: cut.sure)
        lay_edits(episode_dir, table.kept(edits, recorded.edits, sha256))


@contextmanager
def episode_on_desk(
    folder: ShowFolder,
    slug: str,
    *,
    drawn: Sequence[Drawn] | None = None,
    progress: Progress = quiet,
) -> Iterator[EpisodeDesk]:
    """Lay the recording of the episode *slug* beside its text, to be cut, while the block lasts.

    What is *drawn* takes the place of what was proposed, as on the `cutting_desk`.

    Raises:
        UsageError: The aligner is not installed.
        InputError: Something *drawn* lies behind the end of the recording, or `edits.toml` cannot
            be used.
        RecordingError: The recording is gone, is not the reading of this text, or that cannot be
            told; or it is published as it came from another host.
    """
    from columncast.audio.enclosures.recorded import EpisodeDesk

    recorded = _recorded_of(folder, slug, progress)
    with recorded.on_desk(_finding(progress, slug)) as table:
        laid = table.drawn([(one.start_s, one.end_s) for one in drawn]) if drawn else table
        yield EpisodeDesk(slug=slug, recorded=recorded, table=laid)


def cuts_of(folder: ShowFolder, slug: str, *, progress: Progress = quiet) -> Edits:
    """Return what could be cut out of the episode *slug*, and what is; else as `episode_on_desk`."""
    from columncast.episodes.model.cuts import Edits

    recorded = _recorded_of(folder, slug, progress)
    found: Proposed = recorded.cuts(_finding(progress, slug))
    return Edits(cuts=found.cuts, duration_s=found.duration_s)


def seam_sound(folder: ShowFolder, slug: str, cut: Cut, *, made: bool) -> bytes:
    """Return a WAV of what is heard around *cut* of the episode *slug*, once it is *made* or as it is.

    *cut* is one that `cuts_of` has returned; else as `episode_on_desk`.
    """
    return _recorded_of(folder, slug, quiet).seam_sound(cut, made=made)


def cut_episode(
    folder: ShowFolder,
    on_desk: EpisodeDesk,
    chosen: Callable[[Cut], bool],
    *,
    all_the_same: bool = False,
    declined: bool = False,
    progress: Progress = quiet,
) -> tuple[Edits, Built | None]:
    """Make the cuts *chosen* of an episode, and no other; return what came of each, and of the show.

    Nothing is built where nothing is decided that was not before. With *declined*, those that are
    not chosen are remembered as ones that stay. Else as `cut_on`.
    """
    table, recorded = on_desk.table, on_desk.recorded
    edits = table.edits(chosen, all_the_same=all_the_same, declined=declined)
    kept = table.kept(edits, recorded.edits, recorded.sha256)
    if kept.cuts == recorded.edits.cuts:
        return edits, None
    return edits, edit(folder, on_desk.slug, {}, edits=kept, progress=progress)


def find_cuts(folder: ShowFolder, slug: str, *, progress: Progress = quiet) -> FoundCuts:
    """Return what could be cut out of *slug*, with a picture of its sound; else as `episode_on_desk`."""
    from columncast.episodes.model.found_cuts import FoundCuts

    recorded = _recorded_of(folder, slug, progress)
    found: Proposed = recorded.cuts(_finding(progress, slug))
    tone_start_s, tone_end_s = found.tone
    return FoundCuts(
        recording_sha256=recorded.sha256,
        duration_s=found.duration_s,
        cuts=tuple(replace(cut, applied=False, kept=False) for cut in found.cuts),
        tone_start_s=tone_start_s,
        tone_end_s=tone_end_s,
        peaks=found.levels,
    )


def undo_cuts(folder: ShowFolder, slug: str, *, progress: Progress = quiet) -> Built:
    """Take back what was decided about the cuts of the episode *slug*; the former sound comes back.

    Raises:
        EpisodeError: Nothing was.
    """
    episode = folder.episode(slug)
    was = read_edits(episode)
    if not was.cuts:
        raise EpisodeError("nothing is cut in it; nothing was changed", where=slug)
    return edit(folder, slug, {}, edits=replace(was, cuts=()), progress=progress)


def _finding(progress: Progress, slug: str) -> Callable[[float], None]:
    return lambda share: progress(f"cuts of {slug}: finding", share)


def _recorded_of(folder: ShowFolder, slug: str, progress: Progress) -> Recorded:
    from columncast.audio.enclosures.read_along import need_the_aligner
    from columncast.episodes.entry.edited import edits_of
    from columncast.episodes.show.intake import content_hash

    need_the_aligner()
    episode = folder.episode(slug)
    if episode.facts.source.kept:
        raise RecordingError(
            "its audio is published as it came from the old host, so nothing can be cut; give it "
            f"the recording first: columncast edit {slug} --recording FILE; nothing was changed",
            where=slug,
        )
    sha256 = content_hash(episode.narration, RecordingError)
    desk = _desk(folder, Hashes(folder.cache / "hashes.json"), progress)
    recorded = _recorded(desk, episode, _read(folder, episode))
    return replace(recorded, sha256=sha256, edits=edits_of(episode, sha256))


@contextmanager
def episode_pickups(
    folder: ShowFolder, slug: str, fixes: Sequence[Path], *, progress: Progress = quiet
) -> Iterator[EpisodePickups]:
    """Find what is read again in *fixes*, to go into the episode *slug*, while the block lasts.

    Raises:
        UsageError: The aligner is not installed, or a file is named twice.
        InputError: `edits.toml` cannot be used.
        RecordingError: The recording is gone, is not the reading of this text, or that cannot be
            told, or it is published as it came from another host; one of *fixes* cannot be
            decoded, is silent or too long.
    """
    from columncast.audio.enclosures.rerecorded import EpisodePickups

    recorded = _recorded_of(folder, slug, progress)
    with EpisodePickups.of(
        slug, recorded, fixes, lambda share: progress(f"fixes of {slug}: finding", share)
    ) as found:
        yield found


def pickup_episode(
    folder: ShowFolder, found: EpisodePickups, *, progress: Progress = quiet
) -> tuple[list[Reread], Built | None]:
    """Put all that was *found* and can be placed into its episode; return what came of each.

    Where nothing can be placed, nothing is built.
    """
    rows, edits, new = found.placed()
    if not new:
        return rows, None
    return rows, edit(folder, found.slug, {}, edits=edits, pickups=new, progress=progress)


def undo_pickups(folder: ShowFolder, slug: str, *, progress: Progress = quiet) -> Built:
    """Take the pickups of the episode *slug* out; its former sound comes back.

    Raises:
        EpisodeError: It has none.
    """
    episode = folder.episode(slug)
    was = read_edits(episode)
    if not was.pickups:
        raise EpisodeError("nothing in it was read again; nothing was changed", where=slug)
    return edit(folder, slug, {}, edits=replace(was, pickups=()), progress=progress)


def sheet(folder: ShowFolder, slug: str, *, progress: Progress = quiet) -> Sheet:
    """Return what the narrator of the episode *slug* has to read again; it is built, as ever.

    That is what is missing, what was read otherwise, what has changed in the text since, and what
    colleagues remark on a sentence.

    Raises:
        UsageError: The aligner is not installed.
        EpisodeError: There is no such episode, or its language is not one we align.
        RecordingError: Its audio is not the reading of its text.
    """
    from columncast.episodes.building.records import last_built
    from columncast.episodes.entry.as_read import changed_sentences
    from columncast.episodes.narration.sheet import Reason, Sheet, to_read_again
    from columncast.episodes.remarks.look import look_at_reviews

    found = transcribe(folder, slug, progress=progress)
    if found.verdict != "ok":
        raise RecordingError(f"{found.message}; nothing is known to be read again", where=slug)
    source = folder.episode(slug)
    changed = [
        Reason(sentence=one.index, why=one.reason)
        for one in changed_sentences(folder, source, _column(folder, source))
        if one.index is not None
    ]
    remarks = [
        Reason(sentence=one.index, why=f"{one.review.name}: {one.remark.text}")
        for one in look_at_reviews(folder, slug).remarks
        if one.index is not None and not one.remark.done
    ]
    built = last_built(folder, slug)
    return Sheet(
        title=built.title if built else slug,
        language=found.language,
        rows=to_read_again(found, [*changed, *remarks]),
    )


SAMPLE = Path(__file__).parent / "episodes" / "sample"
"""The column and the recording that `demo` is made of, written for it."""


def demo(directory: Path, *, progress: Progress = quiet) -> tuple[ShowFolder, Added]:
    """Build the sample show in *directory*; where it is built already, nothing changes."""
    from columncast.feed.site.create import create_sample_show

    exists = (directory / "show.toml").exists()
    folder = ShowFolder(directory.absolute()) if exists else create_sample_show(directory)
    column, recording = SAMPLE / "column.md", SAMPLE / "narration.flac"
    # A date in the past, so that the episode is in the feed at once.
    return folder, add(folder, recording, column, date="2026-11-20T06:00Z", progress=progress)


def make_at(place: str, common: str, slug: str, progress: Progress = quiet) -> Episode | None:
    """Make the episode *slug* of the show in the folder *place*; None if it is retired.

    This is what a worker does, wherever it runs: what is sent to it is plain text. *place* may be a
    URL (see `Mirror`). *common* tells one state of what all episodes depend on from another.

    Raises:
        ColumncastError: It cannot be made.
    """
    if not is_url(place):
        return _make_for_feed(_bench(place, common, progress), slug)
    with Mirror(place).worked_on(slug) as folder:
        return _make_for_feed(_desk(folder, Hashes(folder.cache / "hashes.json"), progress), slug)


def versions() -> dict[str, str]:
    """Return what has to be the same everywhere, so that all machines make the same bytes."""
    from columncast.audio.ffmpeg.process import version

    ours = software()[:12]
    return {"columncast": ours, "ffmpeg": version(), "Python": platform.python_version()}


@functools.lru_cache(maxsize=1)  # a worker makes one episode of the same show after the other
def _bench(place: str, _common: str, progress: Progress) -> Desk:
    folder = ShowFolder(Path(place))
    return _desk(folder, Hashes(folder.cache / "hashes.json"), progress)


@files.in_one_line()
def _make_for_feed(desk: Desk, slug: str) -> Episode | None:
    refuse_unfit_name(slug)
    source = EpisodeFolder(path=desk.folder.episodes / slug)
    if source.facts.retired:
        return None
    return _lay(desk.folder, make_episode(desk, source))


def _desk(folder: ShowFolder, hashes: Hashes, progress: Progress) -> Desk:
    from columncast.audio.enclosures.enclosure import AudioFolder
    from columncast.feed.artwork.tag_picture import tag_picture

    return Desk(
        folder=folder,
        audio=AudioFolder(root=folder.root, cache=folder.cache, show=folder.show, hashes=hashes),
        picture=tag_picture(folder, hashes),
        progress=progress,
    )


def _gather(
    folder: ShowFolder,
    episode_dir: EpisodeFolder,
    words: Column,
    column: Path,
    progress: Progress,
    *,
    former: EpisodeFolder | None = None,
) -> None:
    """Bring the pictures that *words* name, read from *column*, into the folder *episode_dir*."""
    if not words.pictures:
        return  # what fetches is a tenth of a second of libraries
    from columncast.episodes.pictures.gather import Gatherer, from_web
    from columncast.feed.artwork.column_picture import suffix_of_picture

    Gatherer(
        judge=suffix_of_picture,
        fetch=from_web() if folder.show.feed.fetch_pictures else None,
        progress=lambda share: in_steps(progress, episode_dir.slug)("fetching pictures", share),
    ).gather(words.pictures, column, episode_dir.path, former=former.path if former else None)


def _read(folder: ShowFolder, episode_dir: EpisodeFolder, column: Column | None = None) -> Text:
    """Return what the episode in the folder *episode_dir* says; its *column*, if it was read already."""
    from columncast.episodes.entry.compose import read_text

    def make(source: Path, slug: str, name: str) -> Picture:
        from columncast.feed.artwork.column_picture import published_picture

        return published_picture(folder, source, slug, name)

    column = column or _column(folder, episode_dir)
    return read_text(folder, episode_dir, make=make, column=column)


def _column(folder: ShowFolder, episode_dir: EpisodeFolder) -> Column:
    """Return the column in the folder *episode_dir*, from a cache if it was read before."""
    from columncast.episodes.entry.compose import column_of

    kept = kept_column(folder, episode_dir.slug)
    return column_of(folder.show, episode_dir, kept=kept)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


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
    from columncast.episodes.importing.episode import Terms
    from columncast.episodes.importing.run import take_over as run

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
    from columncast.audio.ffmpeg.probe import glance
    from columncast.episodes.importing.pairs.pairing import pair_up

    return pair_up(source, glance)


def add_pairs(
    folder: ShowFolder, pairs: Iterable[Pair], *, progress: Progress = quiet
) -> Iterator[tuple[Pair, Added | ColumncastError]]:
    """Add each of *pairs*; yield what became of it. One that cannot be added stops no other.

    Raises:
        FolderError: The disk is full or not ours to write.
    """
    from columncast.episodes.importing.pairs.pairing import add_each

    def add_pair(pair: Pair) -> Added:
        recording, column = pair.recording.path, pair.column.path
        return add(folder, recording, column, date=pair.date, progress=progress)

    return add_each(pairs, add_pair)


def _create_show_of(planned: Import, base_url: str) -> Imported:
    """Make the show of the podcast that is *planned*, with its own settings and its cover."""
    from columncast.episodes.importing.run import Imported
    from columncast.episodes.model import bounds
    from columncast.episodes.model.notice import Notice
    from columncast.episodes.private_urls import hidden
    from columncast.feed.artwork.cover import read_cover
    from columncast.feed.rss.guid import podcast_guid
    from columncast.feed.site.create import create_show

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
    from columncast.audio.enclosures.durations import decoded_s
    from columncast.audio.enclosures.passthrough import sound_facts
    from columncast.audio.ffmpeg.probe import probe
    from columncast.audio.tags.door import read_tags
    from columncast.episodes.importing.episode import MediaInspector
    from columncast.episodes.model.media_types import SOUNDS, container_suffix
    from columncast.feed.artwork.column_picture import suffix_of_picture
    from columncast.feed.artwork.cover import read_cover, suffix_of

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
