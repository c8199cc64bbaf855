"""The previews of a show: kept while nothing changes, read again when a file did.

Twenty tabs and a hundred saves cost one reading a save: what is read is kept until one of its
files is another. A save that cannot be read leaves the last good preview, with the error.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from columncast.episodes.building.records import record_file
from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import plain_name
from columncast.episodes.entry.overview import Glance, Row, newest_first
from columncast.episodes.errors import ColumncastError, EpisodeError
from columncast.episodes.format import moment
from columncast.episodes.model.episode import status_of
from columncast.episodes.model.timecode import clock
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.text.template import safe
from columncast.feed.preview.column_file import opens
from columncast.feed.preview.draft import Draft, inputs, read_draft
from columncast.feed.preview.own import OwnPlaces, own_places
from columncast.feed.preview.page import (
    BESIDE,
    FIRST,
    SECTIONS,
    Around,
    Part,
    fill,
    part,
    parts_of,
    problem_values,
    text_values,
)
from columncast.feed.preview.standing import live_from_here

ReadTags = Callable[[Path], Sequence[tuple[str, str]]]
"""Reads the tags of an audio file as (name, value) for people; the audio side gives it."""

AskLive = Callable[[], bytes]
"""Fetches the feed that is live; raises a ColumncastError with what to do."""

Stamp = tuple[tuple[str, int, int], ...]

BUILT = "Against the feed as last built"
LIVE = "Against the feed that is live"
SAME = "Against the feed that is live, which is the one last built"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page that can be sent."""

    html: str
    own: OwnPlaces | None = None
    """Where the show itself shows it; None before the first build."""


class Desk:
    """Everything that pages are made from; it may be asked from several threads."""

    def __init__(
        self,
        root: Path,
        *,
        tags: ReadTags | None = None,
        live: AskLive | None = None,
        writable: bool = False,
    ) -> None:
        """Take the show's folder, what the audio and the network side can tell, and who may write."""
        self.root = root
        self.writable = writable
        self._tags = tags
        self._ask_live = live
        self._live: bytes | None = None
        self._live_problem = "" if live is None else "It is being fetched."
        # feedgen switches the process's locale for a moment, so pages are made one at a time.
        self._one = threading.Lock()
        self._pages: dict[str, tuple[Stamp, Shown]] = {}
        self._good: dict[str, Draft] = {}
        self._known_rows: dict[str, tuple[Stamp, Row]] = {}
        self._read_tags: dict[str, Sequence[tuple[str, str]]] = {}

    def ask_live(self) -> None:
        """Fetch the live feed, and remember what came of it."""
        if self._ask_live is None:
            return
        try:
            xml, problem = self._ask_live(), ""
        except ColumncastError as e:
            xml, problem = None, str(e)
        with self._one:
            self._live, self._live_problem = xml, problem
            self._pages.clear()

    def index(self) -> Shown:
        """Return the page that lists the episodes."""
        with self._one:
            return self._index()

    @files.in_one_line()
    def episode(self, slug: str) -> Shown:
        """Return the page of one episode.

        Raises:
            ColumncastError: There is nothing to show, not even of an earlier save.
        """
        if not plain_name(slug):
            raise EpisodeError("no folder can have this name, so there is no such episode")
        with self._one:
            stamp = self._stamp(slug)
            kept = self._pages.get(slug)
            if kept and kept[0] == stamp:
                return kept[1]
            shown = self._episode(slug)
            self._pages[slug] = (stamp, shown)
            return shown

    def _episode(self, slug: str) -> Shown:
        problem, own = "", None
        try:
            draft = read_draft(self.root, slug)
            own = own_places(draft)
        except ColumncastError as e:
            if slug not in self._good:
                raise
            draft, problem = self._good[slug], str(e)
        else:
            self._good[slug] = draft
        parts = parts_of(draft, self._around(draft, problem, own))
        sections = [pair for pair in SECTIONS if pair[0] in parts]
        work = safe(fill("work.html")) if self.writable else ""
        body = fill(
            "episode.html", parts=parts, sections=sections, first=FIRST, beside=BESIDE, work=work
        )
        html = self._laid_out(
            title=f"{draft.column.title} · {draft.show.title}",
            show=draft.show.title,
            body=body,
            slug=slug,
        )
        return Shown(html=html, own=own)

    def _around(self, draft: Draft, problem: str, own: OwnPlaces | None) -> Around:
        feeds, feed_problems, built = {}, {}, None
        try:
            feeds[BUILT] = built = (draft.folder.feed / "feed.xml").read_bytes()
        except OSError:
            feed_problems[BUILT] = "There is no feed yet."
        if self._live is not None and self._live == feeds.get(BUILT):
            feeds = {SAME: built} if built else {}
        elif self._live is not None:
            feeds[LIVE] = self._live
        elif self._ask_live is not None:
            feed_problems[LIVE] = self._live_problem
        tags, tags_problem = self._tags_of(draft)
        return Around(
            built_feed=built,
            live_feed=built if self._live == built else self._live,
            writable=self.writable,
            now=datetime.now(UTC),
            problem=problem,
            tags=tags,
            tags_problem=tags_problem,
            feeds=feeds,
            feed_problems=feed_problems,
            can_ask=self._ask_live is not None and self.writable,
            own=own,
        )

    def _tags_of(self, draft: Draft) -> tuple[Sequence[tuple[str, str]], str]:
        """The tags of a file: read once, since its name is another when they are."""
        if draft.audio is None or self._tags is None:
            return (), ""
        if draft.audio.name not in self._read_tags:
            try:
                self._read_tags[draft.audio.name] = self._tags(draft.audio)
            except ColumncastError as e:
                return (), str(e)
        return self._read_tags[draft.audio.name], ""

    def _index(self) -> Shown:
        rows: list[dict[str, str]] = []
        show = ""
        try:
            with files.in_one_line():
                folder = ShowFolder(self.root)
                show = folder.show.title
                rows, problem = self._rows(folder)
        except ColumncastError as e:
            problem = str(e)
        parts = {
            "problem": part("problem", **problem_values(problem)),
            "episodes": part("episodes", rows=rows, writable=self.writable),
        }
        work = safe(fill("work.html")) if self.writable else ""
        add = safe(fill("add.html", empty=not rows)) if self.writable and show else ""
        body = fill("index.html", many=len(rows) > 1, parts=parts, show=show, work=work, add=add)
        title = f"Preview · {show}" if show else "Preview"
        return Shown(html=self._laid_out(title=title, show=show, body=body, slug=""))

    def _rows(self, folder: ShowFolder) -> tuple[list[dict[str, str]], str]:
        """The episodes, newest first after those that cannot be read, and what is wrong with one."""
        rows, broken, now = [], dict[str, str](), datetime.now(UTC)
        listed = folder.listed()
        for source in folder.all():
            record = record_file(folder, source.slug)
            stamp = _stamp((source.facts_file, record))
            known = self._known_rows.get(source.slug)
            if known is None or known[0] != stamp:
                try:
                    with files.in_one_line():
                        glance = Glance.read(folder, source)
                except ColumncastError as e:
                    broken[source.slug] = str(e)
                    continue
                known = (stamp, Row.of(glance, now, listed=source.slug in listed))
                self._known_rows[source.slug] = known
            rows.append(known[1])
        live = live_from_here(folder)
        return [
            *map(_broken_row, broken),
            *(
                _index_row(row, now, folder.show.timezone, listed=listed, live=live)
                for row in newest_first(rows)
            ),
        ], next(iter(broken.values()), "")

    def gone(self, problem: str, slug: str) -> Shown:
        """Return the page that says why there is nothing to show of *slug*."""
        told: Part = part("problem", **problem_values(problem))
        text = self._text_of(slug)
        work = safe(fill("work.html")) if text else ""
        body = fill("gone.html", problem=problem, digest=told.digest, text=text, work=work)
        return Shown(html=self._laid_out(title="Preview", show="", body=body, slug=slug))

    def _text_of(self, slug: str) -> Part | None:
        """The column of an episode that cannot be shown, for who can repair it here."""
        if not self.writable:
            return None
        try:
            episode = ShowFolder(self.root).episode(slug)
            return part("text", **text_values(episode)) if opens(episode) else None
        except (ColumncastError, OSError):  # no folder can have such a name
            return None

    def _laid_out(self, *, title: str, show: str, body: str, slug: str) -> str:
        return fill(
            "layout.html",
            title=title,
            show=show,
            body=safe(body),
            slug=slug,
            around=[("All episodes", "/")] if slug else [],
            cover="/cover" if show else "",
            live=True,
            policy="",
            style="",
            script="",
        )

    def _stamp(self, slug: str) -> Stamp:
        """What tells one state of an episode's files from another."""
        live = ShowFolder(self.root).cache / "live"
        minute = int(datetime.now(UTC).timestamp() // 60)  # `scheduled` becomes `published`
        return (*_stamp(inputs(self.root, slug)), *_stamp(live.glob("*")), ("", minute, 0))


def _broken_row(slug: str) -> dict[str, str]:
    """Return the row of an episode that cannot be read; its page says why."""
    return {
        "slug": slug,
        "title": slug,
        "status": "broken",
        "state": "cannot be read",
        "published": "",
        "length": "",
    }


def _index_row(
    row: Row, now: datetime, timezone: str, *, listed: Container[str], live: Container[str]
) -> dict[str, str]:
    """Return *row* for people; *live* holds the guids of what went live from here."""
    status = status_of(
        row.published,
        now,
        retired=row.status == "retired",
        draft=row.status == "draft",
        listed=row.slug in listed,
    )
    out = "live" if row.guid in live else "built, not live yet"
    return {
        "slug": row.slug,
        "title": row.title or row.slug,
        "status": status,
        "state": out if status == "published" else status,
        "published": moment(row.published, timezone),
        "length": "not built" if row.duration_s is None else clock(row.duration_s),
    }


def _stamp(paths: Iterable[Path]) -> Stamp:
    found = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
