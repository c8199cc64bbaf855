"""A show's folder: where things lie, which episodes there are, and the facts kept of each.

`episodes/<slug>/episode.toml` holds what must never change by accident: the guid, the publication
date, and what the editor set. It belongs to people: it is edited key by key, comments kept.
"""

from __future__ import annotations

import re
import time
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import as_text, file_name, plain_name
from columncast.episodes.disk.journal import complete, is_pending
from columncast.episodes.errors import (
    BusyError,
    ColumncastError,
    EpisodeError,
    FolderError,
    SettingsError,
    UsageError,
)
from columncast.episodes.model import bounds
from columncast.episodes.model.clock import day_of, in_whole_minutes, moment_of
from columncast.episodes.model.editor import Editor
from columncast.episodes.model.episode import EpisodeType, Person
from columncast.episodes.model.podcast20 import EpisodeTags
from columncast.episodes.show import staging
from columncast.episodes.show.settings import Show, convert, read_show, read_text, read_toml
from columncast.episodes.text.html import as_words

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 200
SLUG_LENGTH = 80
"""Characters; a slug is part of file names and URLs."""

HEADER = """\
# The facts of this episode. `guid` and `published` are what listeners' apps know it by:
# never change the guid. Whatever you set under [notes] wins over what the column says.
"""


@dataclass(frozen=True, kw_only=True)
class Source:
    """`[source]`: what was given to `add`, so that the same thing is known when it comes again."""

    recording: str
    recording_sha256: str
    column: str = ""
    """Empty: there is no text, only notes, as of an episode taken over from elsewhere."""
    column_sha256: str = ""
    post: str = ""
    """Which post of a collection (an export with many)."""
    paid_text: bool = False
    """The producer lets out what the column keeps for paying readers."""
    forced: bool = False
    """The producer took a recording that looked wrong, so a later build takes it too."""
    feed: str = ""
    """The feed that the episode was taken over from (`columncast import`)."""
    kept: bool = False
    """Its audio is published with the very bytes it has; false: at the show's loudness."""
    track: int = 0
    """Which of several audio tracks is the narration, from 1; 0: there is only one."""


FIRST_YEAR, LAST_YEAR = 2000, 2099
"""There were no podcasts before, and will be other clocks after."""
_HIGHEST_NUMBER = 10**15
"""Some hosts number episodes by their date."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`episode.toml`."""

    guid: str
    published: datetime
    source: Source
    title: str = ""
    """The editor's title; empty: the column's."""
    type: EpisodeType = "full"
    season: int | None = None
    number: int | None = None
    explicit: bool | None = None
    """None: as the column says, else the show."""
    retired: bool = False
    block: bool = False
    """Kept out of Apple's and others' listings, while subscribers get it."""
    link: str = ""
    """Where listeners are sent; empty: the column's address, else the episode's own page."""
    cover_alt: str = ""
    """The episode's own cover (cover.jpg or cover.png in its folder) in words."""
    person: tuple[Person, ...] = ()
    """Its credits, where they are not simply its author and its narrator."""
    podcast: EpisodeTags = field(default_factory=EpisodeTags)
    notes: Editor = field(default_factory=Editor)

    def __post_init__(self) -> None:
        """Refuse what would hurt subscribers: an empty guid, a date without a zone."""
        if not self.guid.strip():
            raise ValueError("guid must not be empty")
        if self.published.tzinfo is None:
            raise ValueError("published needs a time zone, as in 2026-11-23T09:00:00Z")
        if not FIRST_YEAR <= self.published.year <= LAST_YEAR:
            raise ValueError(
                f"published is in the year {self.published.year:04}, which cannot be: is the "
                "story's date taken for its publication?"
            )
        if not all(1 <= (n or 1) <= _HIGHEST_NUMBER for n in (self.season, self.number)):
            raise ValueError("season and number count from 1")


@dataclass(frozen=True, kw_only=True)
class EpisodeFolder:
    """`episodes/<slug>`: one column with its recording."""

    path: Path

    @property
    def slug(self) -> str:
        """The name of the folder, which is the episode's name everywhere."""
        return self.path.name

    @property
    def facts_file(self) -> Path:
        """Where the facts are kept."""
        return self.path / "episode.toml"

    @cached_property
    def facts(self) -> Facts:
        """What `episode.toml` says.

        Raises:
            SettingsError: It is missing, broken, or says something that cannot be.
        """
        try:
            facts = read_toml(self.facts_file, Facts)
        except SettingsError as e:
            raise SettingsError(e.message, where=f"episodes/{self.slug}/episode.toml") from e
        return _in_words(facts) if facts.source.feed else facts

    @property
    def column(self) -> Path:
        """The column as given.

        Raises:
            EpisodeError: There is none, or more than one.
            OutsideError: It is a link that leads out of the show.
        """
        return files.of_show(self._only("column"))

    @property
    def has_column(self) -> bool:
        """Whether there is a text; an episode taken over from elsewhere may have notes alone."""
        return any(not path.name.startswith(".") for path in self.path.glob("column.*"))

    @property
    def narration(self) -> Path:
        """The recording as given; with `add --link` a link to where it lies."""
        return self._only("narration")

    @property
    def cover(self) -> Path | None:
        """The episode's own cover as given, if it has one; raises as `column`."""
        return files.of_show(self._only("cover")) if any(self.path.glob("cover.*")) else None

    def _only(self, stem: str) -> Path:
        found = sorted(p for p in self.path.glob(f"{stem}.*") if not p.name.startswith("."))
        if len(found) != 1:
            what = "is missing" if not found else f"is there {len(found)} times; keep one"
            raise EpisodeError(what, where=f"episodes/{self.slug}/{stem}.*")
        return found[0]


@dataclass(frozen=True)
class ShowFolder:
    """A show's folder on a producer's disk; every path in it is named here."""

    root: Path

    @cached_property
    def show(self) -> Show:
        """What `show.toml` says; where episodes came from another host, in words without markup."""
        show = read_show(self.root)
        bare = _show_in_words(show)
        return bare if bare != show and self._was_imported() else show

    def _was_imported(self) -> bool:
        for source in self.all():
            with suppress(ColumncastError):  # whoever builds the episode hears of it
                if source.facts.source.feed:
                    return True
        return False

    @property
    def episodes(self) -> Path:
        """What producers give: columns, recordings, facts."""
        return self.root / "episodes"

    @property
    def audio(self) -> Path:
        """The enclosures."""
        return self.root / "audio"

    @property
    def feed(self) -> Path:
        """The feed and the pages."""
        return self.root / "feed"

    @property
    def cover(self) -> Path:
        """The show's cover.

        Raises:
            OutsideError: It is a link that leads out of the show.
        """
        return files.of_show(self.root / self.show.cover)

    @property
    def cache(self) -> Path:
        """What may be deleted at any time."""
        return self.root / ".columncast"

    def slugs(self) -> list[str]:
        """The names of all episodes there are, in order."""
        place = str(self.episodes)
        return sorted(
            name
            for name in files.names(self.episodes)
            if files.may_be_there(f"{place}/{name}/episode.toml")
        )

    def all(self) -> list[EpisodeFolder]:
        """Every episode there is, by slug."""
        return [EpisodeFolder(path=self.episodes / slug) for slug in self.slugs()]

    def episode(self, slug: str) -> EpisodeFolder:
        """The episode called *slug*.

        Raises:
            EpisodeError: There is none; the message lists what there is.
        """
        folder = EpisodeFolder(path=self.episodes / slug)
        # People may have named a folder otherwise than `add` would; it is an episode all the same.
        if plain_name(slug) and len(slug) <= _LONGEST_NAME and folder.facts_file.is_file():
            return folder
        checked_slug(slug)
        known = [e.slug for e in self.all()]
        some = f"there are: {', '.join(known[:8])}" if known else "the show has none yet"
        more = f" and {len(known) - 8} more (columncast list)" if len(known) > 8 else ""
        raise EpisodeError(f"no episode {slug!r}; {some}{more}")

    def listed(self) -> set[str]:
        """The slugs of the episodes that the feed on disk names, read off its enclosures."""
        found: set[str] = set()
        for feed in self.feed.glob("*.xml"):
            text = feed.read_text(encoding="utf-8", errors="replace")
            found |= set(re.findall(r"/audio/([a-z0-9-]+)-[0-9a-f]{8}\.\w+\"", text))
        return found

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs away while this one changes the show.

        What a killed run had begun is completed or undone first.
        """
        at_work = self.cache / "at-work"
        with files.locked(self.cache / "lock"):
            self._mend(everywhere=at_work.exists())
            with files.told(at_work):
                at_work.touch()
            yield
            # It stays where a run was killed, or failed: then drafts are looked for everywhere.
            with suppress(OSError):
                at_work.unlink()

    def settle(self) -> None:
        """Complete what a killed run had begun to change, before anything is read.

        Where another run is at it, or the disk lets us write nothing, things are read as they are.
        """
        for wait_s in (0.0, 0.1, 0.2, 0.4, 0.8):
            if not is_pending(self.root):
                return
            time.sleep(wait_s)  # another run may be at it: that takes a moment
            with suppress(BusyError, FolderError), self.locked():
                return

    def _mend(self, *, everywhere: bool) -> None:
        if complete(self.root):
            self.__dict__.pop("show", None)  # it may have been read before that
        staging.clear(self.root)
        files.sweep(self.root)
        files.sweep(self.audio)
        # Those of ten thousand episodes are looked into by every build (`Ledger.drafted`).
        files.sweep(self.episodes, depth=1 if everywhere else 0)
        files.sweep(self.feed, depth=1 if everywhere else 0)
        files.sweep(self.cache, depth=3 if everywhere else 1)
        files.sweep_old(self.fetched, older_than_s=bounds.PART_AGE_S)

    @property
    def fetched(self) -> Path:
        """Where what `import` fetches lies until it is taken in; swept when it is old."""
        return self.cache / "import"

    @property
    def staging(self) -> Path:
        """Where an episode is prepared before it is one; the same disk, so a rename is enough."""
        return staging.place(self.root)


def _in_words(facts: Facts) -> Facts:
    """Return *facts* as an import takes them over today: no text holds markup that runs.

    Earlier versions kept titles and names as the other host had them.
    """
    notes = facts.notes
    return replace(
        facts,
        title=as_words(facts.title),
        cover_alt=as_words(facts.cover_alt),
        person=_named_in_words(facts.person),
        notes=replace(
            notes,
            subtitle=as_words(notes.subtitle),
            author=as_words(notes.author),
            narrator=as_words(notes.narrator),
        ),
    )


def _show_in_words(show: Show) -> Show:
    """Return *show* as `_in_words` returns an episode's facts."""
    return replace(
        show,
        title=as_words(show.title),
        author=as_words(show.author),
        description=as_words(show.description),
        copyright=as_words(show.copyright),
        cover_alt=as_words(show.cover_alt),
        podcast=replace(show.podcast, person=_named_in_words(show.podcast.person)),
    )


def _named_in_words(persons: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(replace(person, name=as_words(person.name)) for person in persons)


def find_show(start: Path) -> ShowFolder:
    """Return the show that *start* lies in, looking upwards.

    Raises:
        UsageError: There is no `show.toml` here or above.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / "show.toml").is_file():
            found = ShowFolder(folder)
            found.settle()
            return found
    raise UsageError(
        f"no show.toml in {start} or above; run: columncast init --title … --site-url …"
    )


def fit_slug(slug: str) -> bool:
    """Whether *slug* can name a folder on every system and be part of a URL."""
    return bool(SLUG.fullmatch(slug)) and len(slug) <= SLUG_LENGTH and file_name(slug) == slug


def refuse_unfit_name(slug: str) -> None:
    """Refuse the *slug* of an episode's folder that people have named, if no address can hold it.

    Raises:
        EpisodeError: It has other characters than letters, digits and `.~_-`.
    """
    if not re.fullmatch(r"[\w.~-]+", slug, re.ASCII):
        raise EpisodeError(
            "the name of this folder cannot be part of an address; rename it to letters a-z, digits "
            "and hyphens",
            where=f"episodes/{slug}",
        )


def checked_slug(slug: str) -> str:
    """Return *slug* if it can name a folder and be part of a URL.

    Raises:
        UsageError: It has other characters than a-z, 0-9 and single hyphens, is too long, or is
            the name of a device on Windows.
    """
    if fit_slug(slug):
        return slug
    if SLUG.fullmatch(slug) and len(slug) <= SLUG_LENGTH:
        raise UsageError(f"the slug {slug!r} is the name of a device on Windows; give it another")
    raise UsageError(
        f"the slug {slug!r} must be of a-z, 0-9 and single hyphens, at most {SLUG_LENGTH} "
        "characters, as in 'the-last-ferry'"
    )


def new_facts(source: Source, published: datetime, *, guid: str = "", **given: Any) -> str:
    """Return the text of a new `episode.toml`.

    Its guid is made here, once and for ever, unless apps know the episode by one already.
    """
    import tomlkit  # noqa: PLC0415 - only what changes a file needs it

    document = tomlkit.parse(HEADER)
    document["guid"] = guid or str(uuid.uuid4())
    document["published"] = in_whole_minutes(published)
    # A key after a table would be one of the table's.
    for key, value in sorted(given.items(), key=lambda item: isinstance(item[1], dict | list)):
        if value not in (None, "", [], {}):
            document[key] = value
    table = tomlkit.table()
    for key, value in vars(source).items():
        if value:
            table[key] = as_text(value) if isinstance(value, str) else value
    document["source"] = table
    return tomlkit.dumps(document)


def change_facts(folder: EpisodeFolder, changes: Mapping[str, Any]) -> bool:
    """Set *changes* in `episode.toml` (a None removes the key); return whether any was new.

    Keys of a table are dotted: `source.column`. Comments and everything else stay.

    Raises:
        SettingsError: The result would not be valid; the file is left as it was.
    """
    replace(folder).facts  # noqa: B018 - a broken file must be said before it is changed
    where = f"episodes/{folder.slug}/episode.toml"
    return _change_toml(folder.facts_file, changes, Facts, where=where)


def change_settings(folder: ShowFolder, changes: Mapping[str, Any]) -> bool:
    """Set *changes* in `show.toml`, as `change_facts` does in `episode.toml`.

    Raises:
        SettingsError: The result would not be valid; the file is left as it was.
    """
    _ = folder.show  # a broken file must be said before it is changed
    return _change_toml(folder.root / "show.toml", changes, Show, where="show.toml")


def _change_toml(path: Path, changes: Mapping[str, Any], kind: type, *, where: str) -> bool:
    text = changed_toml(read_text(path), changes, kind, where=where)
    changed = files.write(path, text)
    files.sync([path.parent])
    return changed


def changed_toml(text: str, changes: Mapping[str, Any], kind: type, *, where: str) -> str:
    """Return the TOML *text* of a *kind* of settings with *changes*, its comments kept.

    Raises:
        SettingsError: The result would not be valid.
    """
    import tomlkit  # noqa: PLC0415 - as above

    document = tomlkit.parse(text)
    for dotted, value in changes.items():
        *tables, key = dotted.split(".")
        table: Any = document
        for name in tables:
            table = table.setdefault(name, tomlkit.table())
        new = as_text(value) if isinstance(value, str) else value
        if value is None:
            table.pop(key, None)
        elif table.get(key) != new:
            table[key] = new
    text = tomlkit.dumps(document)
    convert(tomllib.loads(text), kind, where=where)
    return text


def parse_date(text: str, timezone: str) -> datetime:
    """Return the moment that a person means by *text*, to the second.

    ISO 8601; without a zone it is meant in *timezone*, without a time at the beginning of that day.

    >>> parse_date("2026-11-23 09:30", "Europe/Berlin").isoformat()
    '2026-11-23T09:30:00+01:00'

    Raises:
        UsageError: It is no date, before 2000, over a year ahead, or in an hour that the clocks skip
            or go through twice.
    """
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError as e:
        raise UsageError(
            f"{text!r} is not a date; write 2026-11-23, 2026-11-23T09:00 or 2026-11-23T09:00+01:00"
        ) from e
    now = datetime.now(UTC)
    # By the year first: a time at either end of the calendar cannot be brought to another zone.
    if not 2000 <= moment.year <= now.year + 1 or _aware(moment, text, timezone) > now + _AHEAD:
        raise UsageError(
            f"the publication date {text} cannot be: it must lie between 2000 and a year from now"
        )
    return in_whole_minutes(_aware(moment, text, timezone))


_AHEAD = timedelta(days=366)
_DAY = re.compile(r"[\dW-]+")
"""A date without a time: 2026-11-23, 20261123, 2026-W48-1."""


def _aware(moment: datetime, text: str, timezone: str) -> datetime:
    if moment.tzinfo is not None:
        return moment
    if _DAY.fullmatch(text):
        return day_of(moment, timezone)
    meant = moment_of(moment, timezone)
    if meant.problem:
        raise UsageError(f"{meant.problem}; write {' or '.join(meant.choices)}")
    return meant.at
