"""A show's folder: where things lie, and which episodes there are."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import plain_name
from columncast.episodes.disk.journal import complete, is_pending
from columncast.episodes.errors import (
    BusyError,
    ColumncastError,
    EpisodeError,
    FolderError,
    UsageError,
)
from columncast.episodes.model import bounds
from columncast.episodes.model.asset_name import stem_of
from columncast.episodes.show import staging
from columncast.episodes.show.facts import Facts, facts_in_words, persons_in_words
from columncast.episodes.show.root import show_root
from columncast.episodes.show.settings import Show, read_show, read_toml
from columncast.episodes.show.slugs import checked_slug
from columncast.episodes.text.html import as_words


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
        except ColumncastError as e:
            raise type(e)(e.message, where=f"episodes/{self.slug}/episode.toml") from e
        return facts_in_words(facts) if facts.source.feed else facts

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
    def edits_file(self) -> Path:
        """Where it is kept what is edited in the recording."""
        return self.path / "edits.toml"

    @property
    def is_edited(self) -> bool:
        """Whether anything was decided about its recording."""
        return files.may_be_there(self.edits_file)

    @property
    def pickups(self) -> Path:
        """Where recordings of sentences read again later lie."""
        return self.path / "pickups"

    @property
    def cover(self) -> Path | None:
        """The episode's own cover as given, if it has one; raises as `column`."""
        return files.of_show(self._only("cover")) if any(self.path.glob("cover.*")) else None

    def _only(self, stem: str) -> Path:
        found = sorted(p for p in self.path.glob(f"{stem}.*") if not p.name.startswith("."))
        if len(found) != 1:
            what = "is missing" if not found else f"is there {len(found)} times; keep one"
            raise EpisodeError(what, where=f"episodes/{self.slug}/{stem}.*")
        if found[0].is_dir():
            where = f"episodes/{self.slug}/{found[0].name}"
            raise EpisodeError("is a folder; put the file itself there", where=where)
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
    def site(self) -> Path:
        """The pages for the base address, where `[site] root` asks for them."""
        return self.root / "site"

    @property
    def audience(self) -> Path:
        """The book of listeners, once any were counted."""
        return self.root / "audience"

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
        if self.has(slug):
            return EpisodeFolder(path=self.episodes / slug)
        checked_slug(slug)
        known = [e.slug for e in self.all()]
        some = f"there are: {', '.join(known[:8])}" if known else "the show has none yet"
        more = f" and {len(known) - 8} more (columncast list)" if len(known) > 8 else ""
        raise EpisodeError(f"no episode {slug!r}; {some}{more}")

    def has(self, slug: str) -> bool:
        """Whether there is an episode called *slug*, exactly."""
        # People may have named a folder otherwise than `add` would; it is an episode all the same.
        return plain_name(slug) and EpisodeFolder(path=self.episodes / slug).facts_file.is_file()

    def listed(self) -> set[str]:
        """The slugs of the episodes that the feed on disk names, read off its enclosures."""
        found: set[str] = set()
        for feed in self.feed.glob("*.xml"):  # of ten thousand episodes, a hundred megabytes
            names = re.findall(rb"/audio/([\w.~\x80-\xff-]+)\"", feed.read_bytes())
            found |= {stem_of(name.decode(errors="replace")) for name in names}
        return found - {""}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs away while this one changes the show.

        What a killed run had begun is completed or undone first.
        """
        at_work = self.cache / "at-work"
        with files.locked(self.cache / "lock"):
            self._mend(everywhere=at_work.exists())
            with files.disk_errors(at_work):
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
        files.sweep(self.audience)
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


def _show_in_words(show: Show) -> Show:
    """Return *show* as `facts_in_words` returns an episode's facts."""
    return replace(
        show,
        title=as_words(show.title),
        author=as_words(show.author),
        description=as_words(show.description),
        copyright=as_words(show.copyright),
        cover_alt=as_words(show.cover_alt),
        podcast=replace(show.podcast, person=persons_in_words(show.podcast.person)),
    )


def find_show(start: Path) -> ShowFolder:
    """Return the show that *start* lies in, looking upwards.

    Raises:
        UsageError: There is no `show.toml` here or above.
    """
    start = start.absolute()
    if root := show_root(start):
        found = ShowFolder(root)
        found.settle()
        return found
    raise UsageError(
        f"no show.toml in {start} or above; run: columncast init --title … --site-url …"
    )
