"""The pipeline: column and recording in, a listed episode out.

Here the packages meet; each step turns one noun into the next. Media and pages land before the
feed that names them, every file beside and renamed, and all of it under the show's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from columncast.audio.durations import Durations
from columncast.audio.enclosure import AudioFolder
from columncast.audio.tags import Tags, read_tags
from columncast.episodes import files
from columncast.episodes.catalogue import (
    EpisodeFolder,
    Facts,
    ShowFolder,
    Source,
    change_facts,
    checked_slug,
    new_facts,
    parse_date,
)
from columncast.episodes.column import Column
from columncast.episodes.columns import is_collection, read_column
from columncast.episodes.columns.extract import as_page
from columncast.episodes.errors import (
    ColumncastError,
    ColumnError,
    EpisodeError,
    FeedError,
    InputError,
    RecordingError,
    SettingsError,
)
from columncast.episodes.hashes import Hashes
from columncast.episodes.model import Enclosure, Episode, Master
from columncast.episodes.settings import Destination, Show
from columncast.episodes.storage import open_storage
from columncast.episodes.written import Written, episode_of, last_built, read_written
from columncast.feed import live
from columncast.feed.cover import Cover, read_cover, thumbnail
from columncast.feed.episode_rules import check_episode
from columncast.feed.feed_rules import check_feed
from columncast.feed.file_rules import MediaFacts, check_files
from columncast.feed.rules import Finding, refused
from columncast.feed.show_rules import check_episodes, check_show
from columncast.feed.site import write_site
from columncast.feed.start import create_show

SAMPLE = Path(__file__).parent / "episodes" / "sample"
"""The column and the recording that `demo` is made of, written for it."""

Progress = Callable[[str, float], None]
"""Told the slug being worked on and how far its audio is, 0 to 1."""


def quiet(_slug: str, _fraction: float) -> None:
    """Show no progress."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """What a build found and did."""

    feed: tuple[Episode, ...]
    """What the feed lists, newest first."""
    scheduled: tuple[Episode, ...]
    """Built, and held out of the feed until their date; the next one first."""
    changed: tuple[str, ...]
    """The files that are new or have other bytes than before, from the show's folder."""
    failed: Mapping[str, ColumncastError]
    """By slug; each keeps its last good version in the feed, if it had one."""

    def find(self, slug: str) -> Episode:
        """Return the episode called *slug*, or raise what made it fail."""
        if slug in self.failed:
            raise self.failed[slug]
        return next(e for e in (*self.feed, *self.scheduled) if e.slug == slug)


@dataclass(frozen=True, kw_only=True)
class Added:
    """What `add` did."""

    column: Column
    episode: Episode
    built: Built
    new: bool
    """False: the same recording and column were here already, and nothing was changed."""


@dataclass(frozen=True)
class Workshop:
    """What every episode of one run is made with."""

    folder: ShowFolder
    progress: Progress = quiet

    def __post_init__(self) -> None:
        """Note what is there before anything is made."""
        _ = self.audio_before

    @cached_property
    def audio_before(self) -> frozenset[str]:
        """The names of the enclosures that were there when the run began."""
        return frozenset(path.name for path in self.folder.audio.glob("*"))

    @cached_property
    def cover(self) -> Cover:
        """The show's cover, read once."""
        return read_cover(self.folder.root / self.folder.show.cover)

    @cached_property
    def picture(self) -> bytes:
        """The cover as audio files carry it: small, since it is paid for in every download."""
        return thumbnail(self.cover)

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
            feed_url=show.feed_url,
            copyright=show.copyright,
            guid=facts.guid,
            chapters=written.chapters,
        )


def add(
    folder: ShowFolder,
    recording: Path,
    column: Path,
    *,
    slug: str = "",
    date: str = "",
    post: str = "",
    paid_text: bool = False,
    link: bool = False,
    force: bool = False,
    progress: Progress = quiet,
    **given: Any,
) -> Added:
    """Make an episode of *recording* and *column*, and list it in the feed.

    The sources are copied (the recording linked, with *link*) and otherwise left alone. Nothing
    is in the show before the audio is made; from then on a killed run is completed by `build`.
    *given* is what the producer set: title, season, number, type. *paid_text* lets out what the
    column keeps for paying readers.

    Raises:
        UsageError: *slug* or *date* cannot be.
        InputError: The column or the recording cannot be used, or the episode is there already.
    """
    with folder.locked():
        workshop = Workshop(folder, progress)
        text = workshop.column(
            column, title=given.get("title") or "", post=post, paid_text=paid_text
        )
        slug = checked_slug(slug or text.slug)
        source = Source(
            recording=recording.name,
            recording_sha256=_hash(recording, RecordingError),
            column=column.name,
            column_sha256=_hash(column, ColumnError),
            post=post,
            paid_text=paid_text,
            forced=force,
        )
        if same := _already_there(folder, source, slug):
            built = _build(workshop, [same.slug])
            return Added(column=text, episode=built.find(same.slug), built=built, new=False)
        zone = folder.show.timezone
        published = parse_date(date, zone) if date else text.published or _now()
        facts = {"season": text.season, "number": text.number}
        facts |= {key: value for key, value in given.items() if value}
        staged = EpisodeFolder(path=folder.staging / slug)
        if is_collection(column):  # the one post, not what else is in an export
            files.write(staged.path / "column.html", as_page(text))
        else:
            _put(staged, "column", column)
        _put(staged, "narration", recording, link=link)
        files.write(staged.facts_file, new_facts(source, published, **facts))
        # Mastered before it is in the show: what cannot become an episode never is one halfway.
        with _named(staged, recording, column):
            workshop.episode(staged)
        with files.told(folder.episodes):
            folder.episodes.mkdir(exist_ok=True)
            staged.path.rename(folder.episodes / slug)
        built = _build(workshop, [slug])
        return Added(column=text, episode=built.find(slug), built=built, new=True)


def build(
    folder: ShowFolder,
    slugs: Collection[str] = (),
    *,
    progress: Progress = quiet,
    now: datetime | None = None,
) -> Built:
    """Bring `audio/` and `feed/` up to date; *slugs* limits which episodes are looked at.

    Raises:
        EpisodeError: There is no such episode.
        FeedError: The new feed would break a rule that directories enforce; the old one stays.
    """
    with folder.locked():
        return _build(Workshop(folder, progress), [folder.episode(s).slug for s in slugs], now=now)


def edit(
    folder: ShowFolder,
    slug: str,
    facts: Mapping[str, object],
    *,
    recording: Path | None = None,
    column: Path | None = None,
    date: str = "",
    new_slug: str = "",
    force: bool = False,
    progress: Progress = quiet,
) -> Built:
    """Change the facts, the recording or the column of an episode and build; its guid stays.

    *facts* are keys of `episode.toml`; a None takes the key away. The change is tried out
    beside the episode first: one that cannot be built changes nothing.

    Raises:
        InputError: The new column or recording cannot be used.
    """
    changes = dict(facts)
    with folder.locked():
        workshop, episode = Workshop(folder, progress), folder.episode(slug)
        if recording:
            sha256 = _hash(recording, RecordingError)
            changes |= {"source.recording": recording.name, "source.recording_sha256": sha256}
        if column:
            sha256 = _hash(column, ColumnError)
            changes |= {"source.column": column.name, "source.column_sha256": sha256}
        if date:
            changes["published"] = parse_date(date, folder.show.timezone)
        if force:
            changes["source.forced"] = True
        tried = EpisodeFolder(path=folder.staging / checked_slug(new_slug or slug))
        target = EpisodeFolder(path=folder.episodes / tried.slug)
        if target.path != episode.path and target.path.exists():
            raise EpisodeError(f"an episode {new_slug!r} is there already; nothing was changed")
        _put(tried, "narration", recording or episode.narration, link=not recording)
        _put(tried, "column", column or episode.column, link=not column)
        files.copy(episode.facts_file, tried.facts_file)
        change_facts(tried, changes)
        if not tried.facts.retired:
            with _named(tried, recording or episode.narration, column or episode.column):
                workshop.episode(tried, former_slug=slug)
        if recording:
            _replace(episode.narration, tried.narration)
        if column:
            _replace(episode.column, tried.column)
        files.copy(tried.facts_file, episode.facts_file)
        if target.path != episode.path:
            with files.told(target.path):
                episode.path.rename(target.path)
        return _build(workshop, [target.slug])


def retire(
    folder: ShowFolder, slug: str, *, undo: bool = False, progress: Progress = quiet
) -> Built:
    """Take an episode out of the feed, or with *undo* bring it back as the one it was.

    Its sources, facts and audio stay: an app that still has the old feed can go on playing.
    """
    with folder.locked():
        change_facts(folder.episode(slug), {"retired": None if undo else True})
        return _build(Workshop(folder, progress), [slug])


def check(folder: ShowFolder, slug: str = "", *, progress: Progress = quiet) -> list[Finding]:
    """Return everything that is wrong or odd with the show, or with the episode *slug*.

    Looked at are the settings, the cover, each episode, its files (decoded) and the feed.

    Raises:
        EpisodeError: There is no episode *slug*.
    """
    show, chosen = folder.show, [folder.episode(slug)] if slug else folder.all()
    feed = folder.feed / "feed.xml"
    found: list[Finding] = []
    if not slug:
        found += check_show(show, folder.root / show.cover)
        found += check_feed(feed.read_bytes(), folder.root) if feed.exists() else []
    episodes = [e for e in (_checked(folder, source, found) for source in chosen) if e]
    if not slug:
        found += check_episodes(show, episodes)
    decoded = Durations(folder.cache / "decoded.json")
    for number, episode in enumerate(episodes):
        progress(slug or "the files", number / len(episodes))
        found += check_episode(show, episode)
        found += check_files(show, episode, folder.root, _heard(folder, episode, decoded))
    decoded.save()
    return found


def _checked(folder: ShowFolder, source: EpisodeFolder, found: list[Finding]) -> Episode | None:
    """Return an episode as it was built; tell in *found* what its words are like now."""
    where = source.slug
    try:
        if source.facts.retired:
            return None
        episode = last_built(folder, source.slug)
        if episode is None:
            raise EpisodeError(f"is not built yet; run: columncast build {source.slug}")
        written = read_written(folder, source, chapters=episode.chapters)
        now = episode_of(
            folder, source, written, enclosure=episode.enclosure, master=episode.master
        )
        for notice in now.notices:
            place = f"{where} {notice.where}".strip()
            found.append(Finding(**{**asdict(notice), "where": place}))
        if now.notes != episode.notes or now.title != episode.title:
            found.append(
                Finding(
                    code="build-behind",
                    message="the column or its facts changed since the last build; run build",
                    where=where,
                )
            )
    except ColumncastError as e:
        found.append(Finding(code="episode-broken", message=str(e), where=where, severity="error"))
        return None
    return episode


def _heard(folder: ShowFolder, episode: Episode, decoded: Durations) -> MediaFacts | None:
    path = folder.root / episode.enclosure.path
    try:
        tags = read_tags(path)
        duration_s = decoded.of(path, episode.enclosure.sha256)
    except (ColumncastError, OSError):
        return None  # `file-missing` and `file-type` say what is wrong with it
    return MediaFacts(duration_s=duration_s, tags={"title": tags.title, "album": tags.show})


def destinations(show: Show, to: str = "") -> dict[str, Destination]:
    """Return where *show* is published, by name: all of its places, or the one called *to*.

    Those that hold audio come before those that hold the feed which names it.

    Raises:
        SettingsError: show.toml names none, or none called *to*.
    """
    known = show.publish
    if not known:
        raise SettingsError("names no place to publish to: add [publish.NAME]", where="show.toml")
    if to and to not in known:
        raise SettingsError(
            f"has no [publish.{to}]; known are: {', '.join(known)}", where="show.toml"
        )
    names = [to] if to else sorted(known, key=lambda name: "audio" not in known[name].holds)
    return {name: known[name] for name in names}


@dataclass(frozen=True, kw_only=True)
class Published:
    """What was, or on a dry run would be, done at one destination."""

    plan: live.Plan
    done: live.Live | None = None


def publish(
    folder: ShowFolder,
    *,
    to: str = "",
    dry_run: bool = False,
    replace_live: bool = False,
    progress: Progress = quiet,
) -> Iterator[Published]:
    """Put the public folder live, and tell of each destination as it is done.

    Raises:
        SettingsError: show.toml does not say where.
        FeedError: A check refuses what would be published.
        RemoteError: A server failed; the feed there is as it was, and a second run is safe.
        ConflictError: Somebody else has changed the live feed.
    """
    with folder.locked():
        places = destinations(folder.show, to)
        if broken := refused(check(folder)):
            first, more = broken[0], len(broken) - 1
            others = f" (and {more} more)" if more else ""
            raise FeedError(
                f"{first.message} [{first.code}]{others}; nothing was published, see: "
                "columncast check",
                where=first.where,
            )
        for name, destination in places.items():
            with closing(open_storage(destination, folder.root)) as storage:
                plan = live.plan(folder, destination, storage, name=name, replace=replace_live)
                if dry_run or plan.nothing:
                    yield Published(plan=plan)
                else:
                    done = live.go_live(folder, storage, plan, progress=progress)
                    yield Published(plan=plan, done=done)


def roll_back(folder: ShowFolder, *, to: str = "") -> Iterator[live.RolledBack]:
    """Bring the former feed back live at each destination that holds the feed."""
    with folder.locked():
        for name, destination in destinations(folder.show, to).items():
            if "feed" in destination.holds:
                with closing(open_storage(destination, folder.root)) as storage:
                    yield live.rollback(folder, storage, name=name)


def prune(folder: ShowFolder, *, to: str = "", dry_run: bool = False) -> Iterator[live.Pruned]:
    """Remove, at each destination, what no feed of the last 30 days named."""
    with folder.locked():
        for destination in destinations(folder.show, to).values():
            with closing(open_storage(destination, folder.root)) as storage:
                yield live.prune(folder, storage, dry_run=dry_run)


def demo(directory: Path, *, progress: Progress = quiet) -> tuple[ShowFolder, Added]:
    """Build the sample show in *directory*; where it is built already, nothing changes."""
    if (directory / "show.toml").exists():
        folder = ShowFolder(directory.absolute())
    else:
        folder = create_show(
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
    column, recording = SAMPLE / "column.md", SAMPLE / "narration.flac"
    # A fixed date, so that every demo makes the same feed.
    return folder, add(folder, recording, column, date="2026-11-20T06:00Z", progress=progress)


def _build(
    workshop: Workshop, slugs: Collection[str] = (), *, now: datetime | None = None
) -> Built:
    folder, now = workshop.folder, now or _now()
    episodes: list[Episode] = []
    failed: dict[str, ColumncastError] = {}
    for source in folder.all():
        last = last_built(folder, source.slug)
        try:
            if source.facts.retired:
                continue
            known = last if slugs and source.slug not in slugs else None
            episodes.append(known or workshop.episode(source))
        except ColumncastError as e:
            failed[source.slug] = e
            if last:
                episodes.append(last)
            elif source.slug in folder.listed():
                # Leaving it out would take it from listeners' apps; that is for people to decide.
                raise FeedError(
                    f"{e}; the feed lists this episode and was left as it is", where=source.slug
                ) from e
        else:
            files.write(_record(folder, source), msgspec.json.encode(episodes[-1]))
    workshop.hashes.save()
    # Newest first; two of the same second in a stable order.
    episodes.sort(key=lambda e: (e.published, e.guid), reverse=True)
    feed = tuple(e for e in episodes if e.published <= now)
    scheduled = tuple(e for e in reversed(episodes) if e.published > now)
    paths = [e.enclosure.path for e in episodes]
    audio = [path for path in paths if Path(path).name not in workshop.audio_before]
    changed = (*audio, *write_site(folder, feed, cover=workshop.cover))
    return Built(feed=feed, scheduled=scheduled, changed=changed, failed=failed)


def _already_there(folder: ShowFolder, source: Source, slug: str) -> EpisodeFolder | None:
    """Return the episode made of the very same things; refuse one that would be a second of it."""
    for episode in folder.all():
        there = episode.facts.source
        recording = there.recording_sha256 == source.recording_sha256
        column = (there.column_sha256, there.post) == (source.column_sha256, source.post)
        if recording and column:
            return episode
        if (recording or column) and not source.forced:
            same, other = ("recording", "column") if recording else ("column", "recording")
            raise EpisodeError(
                f"this {same} is the episode {episode.slug!r} already; to give it this {other}: "
                f"columncast edit {episode.slug} --{other} …; nothing was changed"
            )
        if episode.slug == slug:
            raise EpisodeError(
                f"an episode {slug!r} is there already ({episode.facts.published:%d %b %Y}); "
                f"change it with `columncast edit {slug}`, or give this one another name with "
                "--slug; nothing was changed"
            )
    return None


@contextmanager
def _named(staged: EpisodeFolder, recording: Path, column: Path) -> Iterator[None]:
    """Name the producer's own files in what goes wrong, not the copies that are worked on."""
    names = {str(staged.narration): recording, str(staged.column): column}
    names |= {Path(copy).name: given for copy, given in names.items()}
    try:
        yield
    except InputError as e:
        copy, _, place = e.where.partition(" ")
        if copy not in names:
            raise
        raise type(e)(e.message, where=f"{names[copy]} {place}".strip()) from e


def _put(folder: EpisodeFolder, stem: str, source: Path, *, link: bool = False) -> None:
    target = folder.path / f"{stem}{source.suffix.lower()}"
    if link:
        with files.told(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source.resolve())
    else:
        files.copy(source, target)


def _replace(old: Path, new: Path) -> None:
    files.move(new, old.parent / new.name)
    if old.name != new.name:
        old.unlink()


def _hash(path: Path, kind: type[InputError]) -> str:
    try:
        return files.sha256(path)
    except OSError as e:
        raise kind(f"cannot be read: {e.strerror}; nothing was changed", where=path) from e


def _record(folder: ShowFolder, source: EpisodeFolder) -> Path:
    return folder.cache / "built" / f"{source.slug}.json"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
