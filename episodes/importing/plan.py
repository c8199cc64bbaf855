"""What taking a podcast over will do, worked out before anything is done."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from columncast.episodes.building.records import guid_of
from columncast.episodes.errors import ColumnError, FolderError, UsageError
from columncast.episodes.format import count, megabytes
from columncast.episodes.http.client import Client
from columncast.episodes.importing.feed.episode import OldEpisode, read_episodes, silent_items
from columncast.episodes.importing.feed.show import OldShow, read_show_of
from columncast.episodes.importing.feed.xml import BrokenItem, Outside, read_outside
from columncast.episodes.importing.fetcher import Fetcher, feed_pages
from columncast.episodes.importing.pairs.matching import (
    Match,
    Text,
    last_step,
    match_audio,
    match_columns,
    sounds_in,
    texts_in,
)
from columncast.episodes.model import bounds
from columncast.episodes.model.notice import Notice
from columncast.episodes.private_urls import hidden, scrubbed, without_keys
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.slugs import fit_slug, free_slug
from columncast.episodes.text.normalize import cut_from, make_slug

_USUAL_BYTES_PER_S = 12_000
"""Of a podcast at 96 kbit/s, where a feed does not say how large a file is."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An episode that will be taken over."""

    slug: str
    old: OldEpisode
    """Without its notes."""
    audio: Path | None = None
    """A file that is here; None: it is fetched."""
    text: Text | None = None

    @property
    def length_bytes(self) -> int:
        """How large its audio is, or probably is."""
        return self.old.length_bytes or round(self.old.duration_s * _USUAL_BYTES_PER_S)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What will be done."""

    show: OldShow
    pages: tuple[tuple[Path, str], ...]
    entries: tuple[Entry, ...]
    known: int
    """Episodes that the show has already."""
    silent: int
    """Items without a sound."""
    no_audio: tuple[OldEpisode, ...] = ()
    """Not in the folder that the audio is taken from."""
    unused_audio: tuple[Path, ...] = ()
    matches: tuple[Match, ...] = ()
    no_column: tuple[OldEpisode, ...] = ()
    """Without a column, where columns were given."""
    bad: tuple[BrokenItem, ...] = field(default=())
    notices: tuple[Notice, ...] = ()
    """What is odd with the feed as a whole."""

    @property
    def unsure(self) -> tuple[Match, ...]:
        """The matches that a person should look at; they are not made unless asked for."""
        return tuple(match for match in self.matches if not match.sure)

    def with_unsure(self) -> Plan:
        """Return the plan with those matches made, too."""
        texts = {match.guid: match.text for match in self.matches}
        entries = tuple(replace(entry, text=texts.get(entry.old.guid)) for entry in self.entries)
        return replace(self, entries=entries)

    @property
    def fetch_bytes(self) -> int:
        """How much will be fetched."""
        return sum(entry.length_bytes for entry in self.entries if entry.audio is None)

    @property
    def disk_bytes(self) -> int:
        """How much the show's folder will grow by this; a build needs about as much again."""
        return sum(
            entry.audio.stat().st_size if entry.audio else entry.length_bytes
            for entry in self.entries
        )


@dataclass(frozen=True, kw_only=True)
class Import:
    """A podcast that is about to be taken over."""

    folder: ShowFolder
    plan: Plan
    fetcher: Fetcher
    new: bool
    """There is no show in the folder yet; it will be made."""


@contextmanager
def leaving_no_trace(root: Path) -> Iterator[None]:
    """Remove the folder *root* at the end of this block if it held nothing and no show was made.

    What a run that was killed has cached counts as nothing.
    """
    empty = not root.exists() or {path.name for path in root.iterdir()} == {".columncast"}
    try:
        yield
    finally:
        if empty and not (root / "show.toml").exists():
            shutil.rmtree(root, ignore_errors=True)


def plan_import(
    folder: ShowFolder,
    source: str,
    *,
    audio: Path | None = None,
    columns: Path | None = None,
    base_url: str = "",
    site_url: str = "",
    allow_private: bool = False,
    client: Client | None = None,
) -> Import:
    """Work out what taking the podcast *source* over into *folder* will do.

    The recordings come from the folder *audio* if there is one, the texts that they read from
    *columns*: an export of posts, or a folder. *site_url* is where the publication is.
    The folder need not hold a show yet. Nothing is changed but what is cached. A feed may lead
    into private networks where *allow_private* says so, or it is there itself. *client* says how
    long servers are waited for.

    Raises:
        UsageError: The show is there already, at another address than *base_url*.
        RemoteError: The feed cannot be fetched.
        FeedError: It is no podcast feed.
        ColumnError: The columns cannot be read.
    """
    fetcher = Fetcher(folder.fetched, allow_private=allow_private)
    fetcher.client = client or fetcher.client
    new = not (folder.root / "show.toml").is_file()
    if base_url and not new and base_url.rstrip("/") != folder.show.base_url.rstrip("/"):
        raise UsageError(
            f"the show is there already, at {folder.show.base_url}, and --base-url does not move it; "
            "nothing was done. To move it: columncast edit --move-to URL"
        )
    plan = _plan(source, folder, fetcher, audio=audio, columns=columns, site_url=site_url)
    return Import(folder=folder, plan=plan, fetcher=fetcher, new=new)


def _plan(
    source: str,
    folder: ShowFolder,
    fetcher: Fetcher,
    *,
    audio: Path | None,
    columns: Path | None,
    site_url: str,
) -> Plan:
    bad: list[BrokenItem] = []
    pages = feed_pages(source, fetcher, tell=lambda line: bad.append(BrokenItem("feed", line)))
    outside = [read_outside(path) for path, _ in pages]
    bad += (BrokenItem("feed", _BREAKS_OFF) for page in outside if page.breaks_off)
    show = read_show_of(outside[0].channel, url=pages[0][1], site_url=site_url)
    # What changes every day in an address (tokens, dates of expiry) makes no other episode of it.
    guids, untold = known_guids(folder)
    there = {without_keys(guid) for guid in guids}
    bad += (BrokenItem(f"episodes/{slug}/episode.toml", _UNTOLD) for slug in sorted(untold))
    found: dict[str, OldEpisode] = {}
    twice = 0
    for path, url in pages:
        for episode in read_episodes(path, base=url or show.feed_url):
            if isinstance(episode, BrokenItem):
                bad.append(episode)
            elif episode.guid not in found:
                found[episode.guid] = episode.without_notes
            elif without_keys(found[episode.guid].audio_url) != without_keys(episode.audio_url):
                told = f"has the guid of another episode, so apps never showed it: {episode.guid}"
                bad.append(BrokenItem(episode.title, told))
            else:
                twice += 1
    new = [
        episode
        for episode in found.values()
        if episode.guid not in there and not (untold and _name_of(episode) in untold)
    ]
    sounds = sounds_in(audio) if audio else []
    files = match_audio(new, sounds)
    wanted = [episode for episode in new if not audio or episode.guid in files]
    texts = _texts(columns, bad) if columns else []
    matches = match_columns(wanted, texts, show_title=str(show.settings["title"]))
    by_guid = {match.guid: match.text for match in matches if match.sure}
    slugs = _slugs(wanted, {e.slug for e in folder.all()})
    used = set(files.values())
    return Plan(
        show=show,
        pages=tuple(pages),
        entries=tuple(
            Entry(slug=slug, old=e, audio=files.get(e.guid), text=by_guid.get(e.guid))
            for e, slug in zip(wanted, slugs, strict=True)
        ),
        known=len(found) - len(new),
        silent=sum(silent_items(path) for path, _ in pages),
        no_audio=tuple(e for e in new if audio and e.guid not in files),
        unused_audio=tuple(path for path in sounds if path not in used),
        matches=tuple(matches),
        no_column=tuple(e for e in wanted if columns and e.guid not in by_guid),
        bad=tuple(bad),
        notices=tuple(
            _notices(show, outside, named_by=source if pages[0][1] != source else "", twice=twice)
        ),
    )


_UNTOLD = (
    "is damaged and does not tell its guid, so an episode of the feed that has this name was left "
    "out; fix it, or move its folder away, and run again"
)
_BREAKS_OFF = "breaks off before its end; what is whole is taken over, the rest is missing"


def _notices(
    show: OldShow, pages: Sequence[Outside], *, named_by: str, twice: int
) -> Iterator[Notice]:
    """Say what is odd with the feed as a whole; *named_by* is where it was looked for."""
    if named_by.startswith("http"):
        message = f"{hidden(named_by)} is a web page; the feed that it names is taken over"
        yield Notice(code="import-feed", message=message, where="feed")
    if show.private:
        message = (
            "the feed is private: its address holds a key that is one listener's own. The key is "
            "kept nowhere. What you publish is open to everyone; make sure that you may"
        )
        yield Notice(code="import-private", message=message, where="feed")
    if twice:
        message = f"{count(twice, 'item')} came twice, with the same guid and audio; once is enough"
        yield Notice(code="import-feed", message=message, where="feed")
    for remark in dict.fromkeys(remark for page in pages for remark in page.remarks):
        message = scrubbed(remark, show.keys)
        yield Notice(code="import-feed", message=message, where="feed")


def known_guids(folder: ShowFolder) -> tuple[set[str], set[str]]:
    """Return the guids of the episodes that *folder* has, and the slugs of those that tell none."""
    found, untold = set(), set()
    for episode in folder.all():
        guid = guid_of(folder, episode)
        if guid:
            found.add(guid)
        else:
            untold.add(episode.slug)
    return found, untold


def refuse_full_disk(plan: Plan, root: Path) -> None:
    """Say it before anything is fetched if the disk cannot hold it.

    Raises:
        FolderError: It cannot.
    """
    place = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    if plan.disk_bytes > free - bounds.DISK_FLOOR_BYTES:
        raise FolderError(
            f"the audio needs {megabytes(plan.disk_bytes)} (and a build as much again), but there "
            f"are {megabytes(free)} free; nothing was changed",
            where=root,
        )


def _texts(columns: Path, bad: list[BrokenItem]) -> list[Text]:
    found = []
    for text in texts_in(columns):
        if isinstance(text, ColumnError):
            bad.append(BrokenItem(columns.name, str(text)))
        else:
            found.append(text)
    return found


def _slugs(episodes: Sequence[OldEpisode], taken: set[str]) -> list[str]:
    """Give each a name of its own: what its old address calls it, else its title.

    Of two with one name, the later in the feed gets its date; of two long ones cut alike, a number.
    """
    found = []
    for episode in episodes:
        slug = _name_of(episode)
        if slug in taken and not cut_from(episode.title, slug):
            slug = f"{slug}-{episode.published:%Y-%m-%d}"
        slug = free_slug(slug, taken)
        taken.add(slug)
        found.append(slug)
    return found


def _name_of(episode: OldEpisode) -> str:
    step = last_step(episode.link)
    named = fit_slug(step) and re.search(r"[a-z]", step)
    return step if named else make_slug(episode.title)
