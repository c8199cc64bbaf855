"""The ledger: what each episode was last made from, so that a build does only what changed.

It is kept by content: a file whose size, times and inode are what they were is taken to be the same
(as git does it); any other is hashed, and only another hash is a reason to work. The ledger may be
deleted at any time: everything is looked at again, and comes out the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

import msgspec

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import as_text
from columncast.episodes.disk.hashes import Hashes, digest
from columncast.episodes.disk.versions import software
from columncast.episodes.model.asset_name import stem_of
from columncast.episodes.model.episode import Episode
from columncast.episodes.model.summary import Listing, listing_of
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.settings import AudioSettings, BuildSettings

_AUDIO = "[audio] in show.toml"
_KEPT = ("built", "covers", "pictures", "read-along")
"""Folders of the cache in which a part of an episode waits."""


@dataclass(frozen=True)
class Reason:
    """Why an episode has to be looked at; as text, in a few words.

    >>> str(Reason("column.md", "changed"))
    'column.md changed'
    """

    what: str
    """A file, as seen from the episode's folder or the show's, or another part of the show."""
    happened: str

    def __str__(self) -> str:
        return f"{self.what} {self.happened}".strip()


_ASKED = Reason("", "asked for")
_NEW = Reason("", "not built yet")


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one episode was made from, and what came of it."""

    seen: str
    """How its folder looked; see `files.signature`."""
    inputs: dict[str, str]
    """The files in its folder, by name, with the SHA-256 of each."""
    common: str
    """A hash of what all episodes depend on; see `Ledger.common`."""
    listing: Listing | None
    """None: it is retired."""
    audio: dict[str, str]
    """Its files in `audio/`, and how they looked."""
    kept: tuple[str, ...]
    """What waits for it in the cache, as `built/the-ferry`."""


class _Book(msgspec.Struct):
    commons: dict[str, dict[str, str]] = {}
    lines: dict[str, Line] = {}
    speed: float = 0.0


class Ledger:
    """The ledger of one show."""

    def __init__(self, folder: ShowFolder) -> None:
        """Open the ledger of *folder*, an empty one if there is none."""
        self.folder = folder
        self._file = folder.cache / "ledger.json"
        self.drafted: list[str] = []
        """Folders of episodes in which drafts were met."""
        self._changed = False
        self._book = _Book()
        with suppress(OSError, msgspec.DecodeError):  # never built here, or by another version
            self._book = msgspec.json.decode(self._file.read_bytes(), type=_Book)

    @cached_property
    def hashes(self) -> Hashes:
        """Content hashes, worked out once."""
        return Hashes(self.folder.cache / "hashes.json")

    @cached_property
    def common(self) -> str:
        """A hash of everything that all episodes depend on: settings, sounds, cover, columncast."""
        parts = dict(self._common_parts())
        key = digest(parts)
        self._book.commons[key] = parts
        return key

    @cached_property
    def slugs(self) -> list[str]:
        """Every episode that there is, retired ones too."""
        # As `ShowFolder.slugs` has it; a folder that looks as it did has its facts still.
        return sorted(
            slug
            for slug, looks in self._folders.items()
            if not slug.startswith(".")
            and (
                self._looked(slug) == looks
                or files.may_be_there(self.folder.episodes / slug / "episode.toml")
            )
        )

    @cached_property
    def _folders(self) -> dict[str, str]:
        """How the folders of all episodes look."""
        return files.signatures(self.folder.episodes, drafted=self.drafted)

    def _looked(self, slug: str) -> str:
        line = self._book.lines.get(slug)
        return line.seen if line else ""

    def due(self, slugs: Collection[str] = ()) -> dict[str, tuple[Reason, ...]]:
        """Return the episodes that have to be looked at, each with the reasons why.

        Of other episodes than *slugs*, if any are given, only those that were never built.
        """
        seen = {slug: self._folders[slug] for slug in self.slugs}
        audio = files.signatures(self.folder.audio)
        kept = {
            f"{place}/{name.removesuffix('.json')}"
            for place in _KEPT
            for name in files.names(self.folder.cache / place)
        }
        found: dict[str, tuple[Reason, ...]] = {}
        for slug, looks in seen.items():
            line = self._book.lines.get(slug)
            if line is None or slug in slugs:
                found[slug] = (_ASKED if line else _NEW,)
            elif not slugs and (reasons := tuple(self._reasons(slug, line, looks, audio, kept))):
                found[slug] = reasons
        return found

    def unheard(self, due: Mapping[str, Collection[Reason]]) -> list[str]:
        """Return those of the episodes that are *due* whose audio has to be made."""
        sounds = {stem_of(name) for name in files.names(self.folder.audio)}
        audio = self.folder.show.audio
        common = {_AUDIO, audio.intro, audio.outro, "edits.toml"} - {""}
        return [
            slug
            for slug, reasons in due.items()
            if slug not in sounds
            or any(
                reason.what in common or reason.what.startswith(("narration.", "audio/"))
                for reason in reasons
            )
        ]

    @property
    def speed(self) -> float:
        """How many seconds of one core a second of sound took, the last time; 0.0: never."""
        return self._book.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._book.speed = round(speed, 4)
        self._changed = True

    def note(self, slug: str, episode: Episode | None) -> None:
        """Write down that *slug* was made (None: that it is retired)."""
        listing = listing_of(episode) if episode else None
        names = listing.audio if listing else ()
        waiting = [f"{place}/{slug}" for place in _KEPT if self._waits(place, slug)]
        self._book.lines[slug] = Line(
            seen=self._seen(slug),
            inputs=self._inputs(slug),
            common=self.common,
            listing=listing,
            audio={name: files.state(self.folder.audio / name) for name in names},
            kept=tuple(waiting) if listing else (),
        )
        self._changed = True

    def rewritten(self, slugs: Iterable[str]) -> Iterator[str]:
        """Yield those of *slugs* whose text is another than when they were made, and the recording not."""
        for slug in slugs:
            line = self._book.lines.get(slug)
            now = self._inputs(slug) if line else {}
            changed = {n for n in now if line and line.inputs.get(n) != now[n]}
            stems = {name.partition(".")[0] for name in changed}
            if "column" in stems and "narration" not in stems:
                yield slug

    def listing(self, slug: str) -> Listing | None:
        """Return the line of the episode *slug* in the show's table of contents, if it was made."""
        line = self._book.lines.get(slug)
        return line.listing if line else None

    def unchanged(self, slug: str) -> Listing | None:
        """Return the line of the episode *slug* if its folder looks as it did when it was built.

        None where it does not, and for one that is retired.
        """
        line = self._book.lines.get(slug)
        return line.listing if line and line.seen == self._folders.get(slug) else None

    def listings(self) -> list[Listing]:
        """Return every episode that was made and is there, but for retired ones."""
        lines = (self._book.lines.get(slug) for slug in self.slugs)
        return [line.listing for line in lines if line and line.listing]

    def other_audio(self) -> set[str]:
        """Return the episodes that were made with other settings of sound than there are now."""
        names = (_AUDIO, self.folder.show.audio.intro, self.folder.show.audio.outro)
        commons = self._book.commons
        now = {name: part for name, part in commons[self.common].items() if name in names}
        other = {
            key
            for key, parts in commons.items()
            if {name: part for name, part in parts.items() if name in names} != now
        }
        return {slug for slug, line in self._book.lines.items() if line.common in other}

    def save(self) -> None:
        """Keep the ledger; lines of episodes that are gone are left out."""
        if "hashes" in self.__dict__:
            self.hashes.save()
        there = set(self.slugs)
        if not self._changed and self._book.lines.keys() <= there:
            return
        self._book.lines = {s: line for s, line in self._book.lines.items() if s in there}
        used = {line.common for line in self._book.lines.values()}
        used |= {self.common} if "common" in self.__dict__ else set()  # of lines yet to be noted
        self._book.commons = {k: v for k, v in self._book.commons.items() if k in used}
        files.write(self._file, msgspec.json.encode(self._book))
        self._changed = False

    def _reasons(
        self, slug: str, line: Line, looks: str, audio: Mapping[str, str], kept: Collection[str]
    ) -> Iterable[Reason]:
        if looks != line.seen:
            inputs = self._inputs(slug)
            yield from _differences(line.inputs, inputs)
            if inputs == line.inputs:  # touched, and nothing else
                self._book.lines[slug] = msgspec.structs.replace(line, seen=looks)
                self._changed = True
        if line.common != self.common:
            before = self._book.commons.get(line.common, {})
            yield from _differences(before, self._book.commons[self.common])
        for name, state in line.audio.items():
            if audio.get(name) != state:
                yield Reason(f"audio/{name}", "changed" if name in audio else "is gone")
        for name in line.kept:
            if name not in kept:
                yield Reason(f".columncast/{name}", "is gone")

    def _seen(self, slug: str) -> str:
        return files.signature(self.folder.episodes / slug)

    def _inputs(self, slug: str) -> dict[str, str]:
        folder = self.folder.episodes / slug
        found = {}
        try:
            paths = sorted(folder.iterdir())
        except OSError:
            return {"": "unreadable"}
        for path in paths:
            if path.is_file() and not path.name.startswith("."):
                try:
                    found[as_text(path.name)] = self.hashes.of(path)
                except OSError:
                    found[as_text(path.name)] = (
                        "unreadable"  # which the episode's own build reports
                    )
        return found

    def _waits(self, place: str, slug: str) -> bool:
        folder = self.folder.cache / place
        return (folder / slug).exists() or (folder / f"{slug}.json").exists()

    def _common_parts(self) -> Iterable[tuple[str, str]]:
        show, root = self.folder.show, self.folder.root
        # Where it is made, and where it goes live, makes no difference to an episode.
        rest = replace(show, publish={}, build=BuildSettings(), audio=AudioSettings())
        yield "show.toml", digest(rest)
        yield _AUDIO, digest(show.audio.master)
        parts = (show.cover, show.audio.intro, show.audio.outro, show.notes.template)
        for name in filter(None, parts):
            if (root / name).is_file():
                yield name, files.sha256(root / name)
        yield "columncast or one of its libraries", software()


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[Reason]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield Reason(name, "is gone")
        elif name not in before:
            yield Reason(name, "is new")
        elif before[name] != after[name]:
            yield Reason(name, "changed")
