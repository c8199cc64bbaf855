"""What an editor does to an episode by a button: each the same library call as the command's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from columncast.episodes.building.built import Built
from columncast.episodes.building.jobs import Progress
from columncast.episodes.disk import files
from columncast.episodes.entry import report
from columncast.episodes.errors import ColumncastError, ConflictError, InputError, UsageError
from columncast.episodes.format import aligned, count
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.live.destinations import Published
from columncast.feed.live.feed_index import FEED
from columncast.feed.preview import cutting
from columncast.feed.preview.operations import Operations
from columncast.feed.preview.tasks import Bench, Outcome, Task


class Actions:
    """The buttons of one preview."""

    def __init__(self, root: Path, operations: Operations, bench: Bench) -> None:
        """Take the show's folder, what to call, and where the work is done."""
        self.root = root
        self.bench = bench
        self._do = operations

    def build(self, slug: str) -> Task:
        """Bring the episode *slug*, and the feed, up to date."""
        return self._built("build", slug, lambda f, p: self._do.build(f, [slug], progress=p))

    def schedule(self, slug: str, date: str) -> Task:
        """Let the episode *slug* come out on *date*; a draft is none any more."""
        change = {"draft": False} if self._folder().episode(slug).facts.draft else {}
        return self._built(
            "schedule", slug, lambda f, p: self._do.edit(f, slug, change, date=date, progress=p)
        )

    def withdraw(self, slug: str) -> Task:
        """Take the episode *slug* out of the feed."""
        return self._built(
            "withdraw", slug, lambda f, p: self._do.retire(f, slug, undo=False, progress=p)
        )

    def bring_back(self, slug: str) -> Task:
        """Bring a withdrawn episode *slug* back."""
        return self._built(
            "bring back", slug, lambda f, p: self._do.retire(f, slug, undo=True, progress=p)
        )

    def rehearse(self, slug: str) -> Task:
        """Say what `publish` would do."""
        folder = self._folder()

        def work(progress: Progress) -> Outcome:
            basis = _feed(folder)
            lines, failure = _went_live(
                folder, self._do.publish(folder, dry_run=True, progress=progress)
            )
            return Outcome(lines=lines, failure=failure, basis=basis)

        return self.bench.begin("dry run", slug, work)

    def publish(self, slug: str, basis: str) -> Task:
        """Put the show live, as the dry run of the feed *basis* said.

        Raises:
            ConflictError: The feed has changed since.
        """
        folder = self._folder()
        if basis != _feed(folder):
            raise ConflictError(
                "the feed has changed since the dry run was shown; look at it again; nothing was published"
            )

        def work(progress: Progress) -> Outcome:
            lines, failure = _went_live(
                folder, self._do.publish(folder, dry_run=False, progress=progress)
            )
            return Outcome(lines=lines, failure=failure)

        return self.bench.begin("publish", slug, work)

    def find_cuts(self, slug: str) -> Task:
        """Find what could be cut out of the recording of *slug*."""
        folder = self._folder()
        episode = folder.episode(slug)

        def work(progress: Progress) -> Outcome:
            found = cutting.find(
                folder, episode, lambda: self._do.find_cuts(folder, slug, progress=progress)
            )
            sure = sum(cut.sure for cut in found.cuts)
            return Outcome(lines=[f"{count(len(found.cuts), 'cut')} found, {sure} of them sure"])

        return self.bench.begin("find cuts", slug, work)

    def hear_cut(self, slug: str, start_ms: int, end_ms: int, *, made: bool) -> bytes:
        """Return a WAV of what is heard around a cut of *slug*, with it or without it.

        Raises:
            UsageError: There is no such cut.
            RecordingError: The recording cannot be decoded.
        """
        folder = self._folder()
        laid = cutting.table(folder, folder.episode(slug))
        if laid is None:
            raise UsageError("nobody has looked for cuts yet")
        cut = cutting.cut_at(laid, start_ms, end_ms)
        return self._do.hear_cut(folder, slug, cut, made=made)

    def add(self, recording: Path, column: Path, *, date: str, draft: bool) -> Task:
        """Make an episode of what was uploaded; the uploads go when that is done."""
        folder = self._folder()

        def work(progress: Progress) -> Outcome:
            place = f"{recording.parent}/"
            try:
                added = self._do.add(
                    folder, recording, column, date=date, draft=draft, progress=progress
                )
            except InputError as e:  # the editor knows the file by its own name
                raise InputError(e.message, where=e.where.replace(place, "")) from e
            finally:
                files.remove_tree(recording.parent)
            lines = report.receipt(added.episode, added.column, folder.show, verbose=False)
            return Outcome(
                lines=[*aligned(lines), *aligned(report.outlook(added.built))],
                slug=added.episode.slug,
            )

        return self.bench.begin("add", "", work)

    def _built(self, name: str, slug: str, work: Callable[[ShowFolder, Progress], Built]) -> Task:
        folder = self._folder()
        folder.episode(slug)

        def run(progress: Progress) -> Outcome:
            built = work(folder, progress)
            failure = built.failed.get(slug)
            return Outcome(lines=list(_lines(built)), failure=failure)

        return self.bench.begin(name, slug, run)

    def _folder(self) -> ShowFolder:
        return ShowFolder(self.root)


def _lines(built: Built) -> Iterator[str]:
    """Yield what `build` prints."""
    yield from (f"Made      {path}" for path in built.changed)
    if not built.changed:
        yield "Nothing changed: everything is up to date."
    yield from aligned(report.outlook(built))


def _went_live(
    folder: ShowFolder, publishing: Iterator[Published]
) -> tuple[list[str], ColumncastError | None]:
    """Return what `publish` prints, and what ended it early."""
    lines: list[str] = []
    episodes = None
    failure = None
    try:
        for published in publishing:
            lines += [*published.plan.lines(), *(n.line for n in published.plan.notices)]
            if published.done:
                lines += [notice.line for notice in published.done.notices]
                episodes = published.done.episodes
    except ColumncastError as e:
        failure = e
    if episodes is not None:
        lines.append(f"Live      {folder.show.feed_url}, {count(episodes, 'episode')}")
    return lines, failure


def _feed(folder: ShowFolder) -> str:
    """Return the SHA-256 of the feed as built; empty where there is none."""
    try:
        return hashlib.sha256((folder.root / FEED).read_bytes()).hexdigest()
    except OSError:
        return ""
