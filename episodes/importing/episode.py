"""One episode on its way from its old host into the show."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from columncast.episodes.columns.door import read_column
from columncast.episodes.columns.exports.posts import refusals
from columncast.episodes.disk import files
from columncast.episodes.entry import imported_narration, imported_notes
from columncast.episodes.errors import (
    ColumncastError,
    ColumnError,
    FolderError,
    FormatError,
    InputError,
    RecordingError,
    RemoteError,
)
from columncast.episodes.importing.feed.episode import Linked, OldEpisode
from columncast.episodes.importing.fetcher import Fetcher
from columncast.episodes.importing.pairs.matching import Text
from columncast.episodes.importing.plan import Entry, Plan
from columncast.episodes.importing.posts import Ready
from columncast.episodes.model import bounds
from columncast.episodes.model.bounds import Bound
from columncast.episodes.model.episode import Chapter
from columncast.episodes.model.media_types import HTML, TRANSCRIPTS, by_suffix
from columncast.episodes.model.notice import Notice, Severity
from columncast.episodes.model.picture import Reference
from columncast.episodes.model.podcast20 import EpisodeTags
from columncast.episodes.narration import captions
from columncast.episodes.narration.pace import pace
from columncast.episodes.narration.transcript import to_chapters
from columncast.episodes.pictures.gather import Gatherer
from columncast.episodes.private_urls import hidden, scrubbed, without_keys
from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.intake import lay
from columncast.episodes.show.toml import new_facts
from columncast.episodes.text.normalize import clip, fold, one_line

Progress = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class MediaInspector:
    """What the other packages know of a file."""

    sound: Callable[[Path], tuple[str, float]]
    """The suffix that fits its content, and its length in seconds; raises a RecordingError."""
    chapters: Callable[[Path, str], tuple[Chapter, ...]]
    """Those in its own tags; the suffix says which kind it is."""
    cover: Callable[[Path], str]
    """The suffix that fits its content; raises a CoverError where it cannot be published."""
    picture: Callable[[Path], str]
    """The same of a column's picture; raises a PictureError."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a podcast is taken over."""

    keep: bool = True
    """Publish the very bytes of the old enclosures; else bring them to the show's loudness."""
    paid_text: bool = False
    site_url: str = ""
    fetch_pictures: bool = True
    """Fetch what columns show from the web."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What every episode of one run is taken over with; may be used from many threads."""

    folder: ShowFolder
    plan: Plan
    fetcher: Fetcher
    inspector: MediaInspector
    terms: Terms
    posts: Mapping[str, Ready | ColumnError]
    """See `lay_ready`."""
    progress: Progress


class Move:
    """One episode on its way."""

    def __init__(self, job: Job, entry: Entry, old: OldEpisode) -> None:
        self.job = job
        self.entry = entry
        self.old = old
        self.staged = EpisodeFolder(path=job.folder.staging / entry.slug)
        self.notices: list[Notice] = []

    def notice(self, code: str, message: str, severity: Severity = "warning") -> None:
        message = scrubbed(message, self.job.plan.show.keys)
        notice = Notice(code=code, message=message, where=self.entry.slug, severity=severity)
        self.notices.append(notice)

    def done(self) -> tuple[Notice, ...]:
        sound, suffix, duration_s = self.heard_sound()
        self.check_length(sound, duration_s)
        self.write_notes()
        # HTML last: what it becomes must not keep out what the host made.
        for linked in sorted(self.old.transcripts, key=lambda t: _kind(t) == HTML.mime):
            with self.left_out(f"the transcript {linked.url}"):
                self.write_transcript(linked)
        with self.left_out("the chapters"):
            self.write_chapters(sound, suffix, duration_s)
        with self.left_out(f"the cover {self.old.image_url}"):
            self.write_cover()
        column: Mapping[str, Any] = {}
        with self.left_out(f"the column {self.entry.text.name if self.entry.text else ''}"):
            column = self.write_column(duration_s)
        name = self.entry.audio.name if self.entry.audio else _name(self.old.audio_url)
        source = Provenance(
            recording=scrubbed(name, self.job.plan.show.keys),
            recording_sha256=files.sha256(sound),
            feed=self.job.plan.show.feed_url or self.job.plan.pages[0][0].name,
            kept=self.job.terms.keep,
            **column,
        )
        facts = new_facts(source, self.old.published, self.facts(duration_s), guid=self.old.guid)
        files.write(self.staged.facts_file, facts)
        if self.job.fetcher.stop.is_set():  # what was left out by that is not to stay left out
            raise InputError("was interrupted")
        # Last, so that what was fetched is kept for another run if anything before it fails.
        narration = self.staged.path / f"narration{suffix}"
        if self.entry.audio:
            files.copy(sound, narration)
        else:
            files.move(sound, narration)
        target = self.job.folder.episodes / self.entry.slug
        files.move(self.staged.path, target)
        files.sync([target.parent])
        self.job.progress(self.entry.slug, 1.0)
        return tuple(self.notices)

    @contextmanager
    def left_out(self, what: str) -> Iterator[None]:
        """Leave out a part of the episode that cannot be had, and tell why; the rest is taken over."""
        try:
            yield
        except FolderError:
            raise
        except ColumncastError as e:
            # Where it lies on its way here helps nobody, nor its address once more.
            led_on = e.where.startswith("http") and e.where not in what.split()
            why = reason(e) if led_on else clip(one_line(e.message), 300)
            self.notice("import-left-out", f"left out: {what} ({why})")
        except (ValueError, OSError) as e:
            self.notice("import-left-out", f"left out: {what} ({reason(e)})")
        except Exception as e:  # noqa: BLE001 - one part must not cost an episode, and it is told
            self.notice("import-left-out", f"left out: {what} ({unexpected(e)})")

    def heard_sound(self) -> tuple[Path, str, float]:
        """Return the audio with the suffix that fits it and its length, of the first that is audio."""
        if self.entry.audio:
            return self.entry.audio, *self.job.inspector.sound(self.entry.audio)
        refused: InputError | RemoteError | None = None
        for url in (self.old.audio_url, *self.old.other_urls):
            try:
                sound = self.fetched_sound(url)
                return sound, *self.heard(sound, url)
            except (RemoteError, RecordingError) as e:
                # What the feed names first is what apps play; why that failed is what counts.
                refused = refused or e
        assert refused is not None  # noqa: S101 - there is one address at least
        raise refused

    def fetched_sound(self, url: str) -> Path:
        slug, told = self.entry.slug, self.job.progress
        first = url == self.old.audio_url
        return self.job.fetcher.fetched(
            url,
            apart=self.old.guid,
            bound=bounds.audio(
                length_bytes=self.old.length_bytes if first else 0,
                duration_s=self.old.duration_s or 0.0,
            ),
            expected_bytes=self.old.length_bytes if first else 0,
            progress=lambda done, whole: told(slug, min(done / whole, 1.0) if whole else 0.0),
        )

    def heard(self, sound: Path, url: str) -> tuple[str, float]:
        try:
            return self.job.inspector.sound(sound)
        except FormatError as e:
            # The file is good; another run may have it mastered.
            raise FormatError(e.message, where=url) from e
        except RecordingError as e:
            sound.unlink(missing_ok=True)  # so that another run asks the host again
            raise RecordingError(e.message, where=url) from e

    def check_length(self, sound: Path, duration_s: float) -> None:
        said_s = self.old.duration_s
        if said_s and abs(duration_s - said_s) > max(5.0, said_s * 0.02):
            self.notice(
                "import-length",
                f"the audio lasts {duration_s:.0f} s, the old feed said {said_s:.0f} s; "
                f"is {sound.name if self.entry.audio else 'what the host sent'} the right file?",
            )

    def facts(self, duration_s: float) -> dict[str, Any]:
        """What `episode.toml` says besides guid and date; what says nothing is left out."""
        old, show = self.old, self.job.plan.show.settings
        notes = fold(f"{old.description} {old.content}")
        said: dict[str, Any] = {
            "title": old.title,
            "type": old.type if old.type != "full" else "",
            "season": old.season,
            "number": old.number,
            "explicit": old.explicit,
            "block": old.block or None,
            "link": old.link,
            "cover_alt": old.image_alt,
            "person": [_said(person) for person in old.persons],
            "podcast": _said(self.tags(duration_s)),
            "notes": {
                "subtitle": old.subtitle if fold(old.subtitle).rstrip(".… ") not in notes else "",
                "author": old.author if old.author != show.get("author") else "",
            },
        }
        said["notes"] = {key: value for key, value in said["notes"].items() if value}
        return said

    def tags(self, duration_s: float) -> EpisodeTags:
        """Those of the item, as far as they fit the audio that is here."""
        bites = self.old.podcast.soundbite
        fit = tuple(bite for bite in bites if bite.start_s + bite.duration_s <= duration_s)
        if len(fit) < len(bites):
            lost = f"{len(bites) - len(fit)} of {len(bites)} soundbites"
            self.notice("import-left-out", f"left out: {lost}, which end after the audio does")
        return replace(self.old.podcast, soundbite=fit)

    def write_notes(self) -> None:
        """The notes, and the shorter ones beside them where there were two."""
        old, keys = self.old, self.job.plan.show.keys
        files.write(
            self.staged.path / imported_notes.NOTES, scrubbed(old.content or old.description, keys)
        )
        if old.content:
            files.write(
                self.staged.path / imported_notes.DESCRIPTION, scrubbed(old.description, keys)
            )

    def write_transcript(self, linked: Linked) -> None:
        name, content = self.transcript(linked)
        files.write(self.staged.path / name, content)

    def transcript(self, linked: Linked) -> tuple[str, bytes]:
        """Return a transcript as it will lie here; raises a ValueError if it is none."""
        kind = imported_narration.transcript_kind(_kind(linked))
        content = self.job.fetcher.small(linked.url, bounds.TRANSCRIPT)
        try:
            mime_type, ours = captions.made_ours(content, kind.mime)
        except ValueError as e:
            raise ValueError(f"it {e}") from e
        name = imported_narration.transcript_name(mime_type, linked.language)
        if (self.staged.path / name).exists():
            raise ValueError(f"there is another one of the kind {mime_type}")
        if ours != content:
            self.notice(
                "transcript-mended",
                f"the transcript {linked.url} {imported_narration.NOT_AS_RECEIVED}; its words are kept as {name}",
                "note",
            )
        return name, ours

    def write_chapters(self, sound: Path, suffix: str, duration_s: float) -> None:
        """Those of the file that the item names, else those in the item, else those in the audio."""
        content = b""
        marks = self.old.chapters
        if self.old.chapters_file:
            url = self.old.chapters_file.url
            with self.left_out(f"the chapters {url}"):
                fetched = self.job.fetcher.small(url, bounds.CHAPTERS)
                marks, content = imported_narration.read_marks(fetched), fetched
        if not marks:
            marks, content = self.job.inspector.chapters(sound, suffix), b""
        fit = _fit(marks, duration_s)
        if len(fit) < len(marks):
            self.notice("import-chapters", _lost(marks, fit, duration_s))
        if fit != marks:
            content = imported_narration.with_marks(content, fit) if content else b""
        if fit:
            files.write(self.staged.path / imported_narration.CHAPTERS, content or to_chapters(fit))

    def write_cover(self) -> None:
        url, show = self.old.image_url, self.job.plan.show
        if not url or url == show.image_url:
            return
        path = self.job.fetcher.fetched(url, bound=bounds.PICTURE)
        suffix = self.job.inspector.cover(path)
        own = self.job.folder.root / "cover.jpg"
        for other in (own, own.with_suffix(".png")):
            if other.is_file() and other.read_bytes() == path.read_bytes():
                return  # the show's, under another address
        files.copy(path, self.staged.path / f"cover{suffix}")

    def write_column(self, duration_s: float) -> Mapping[str, Any]:
        """The column that the episode reads; what `[source]` says of it."""
        text = self.entry.text
        if text is None:
            return {}
        ready = self.job.posts.get(self.entry.slug)
        if ready is None:
            ready = refusals(self._single, text)
        if isinstance(ready, ColumnError):
            self.notice("import-left-out", f"the column {text.name} is left out: {ready}")
            return {}
        if odd := [n for n in pace(ready.word_count, duration_s)[1] if n.severity == "error"]:
            self.notice("import-left-out", f"the column {text.name} is left out: {odd[0].message}")
            return {}
        self.bring_pictures(ready.pictures, text.path)
        if ready.page != text.path:
            files.move(ready.page, self.staged.path / "column.html")
        else:
            lay(self.staged, "column", text.path)
        return {
            "column": text.path.name,
            "column_sha256": ready.sha256,
            "post": text.post,
            "paid_text": self.job.terms.paid_text,
        }

    def bring_pictures(self, pictures: tuple[Reference, ...], origin: Path) -> None:
        """The pictures of the column; where one cannot be had, the build says why."""

        def fetch(url: str, path: Path, bound: Bound) -> None:
            files.copy(self.job.fetcher.fetched(url, bound=bound), path)

        gatherer = Gatherer(
            judge=self.job.inspector.picture, fetch=fetch if self.job.terms.fetch_pictures else None
        )
        gatherer.gather(pictures, origin, self.staged.path)

    def _single(self, text: Text) -> Ready:
        column = read_column(text.path, title=self.old.title, paid_text=self.job.terms.paid_text)
        return Ready(
            page=text.path,
            word_count=column.word_count,
            pictures=column.pictures,
            sha256=files.sha256(text.path),
        )


def _fit(marks: tuple[Chapter, ...], duration_s: float) -> tuple[Chapter, ...]:
    """Return the chapters that an app can show, in order."""
    found: dict[float, Chapter] = {}
    for mark in sorted(marks, key=lambda m: m.start_s):
        if mark.title.strip() and 0 <= mark.start_s < duration_s:
            found.setdefault(mark.start_s, mark)
    return tuple(found.values())


def _lost(marks: tuple[Chapter, ...], fit: tuple[Chapter, ...], duration_s: float) -> str:
    """Say which of *marks* are not among those that are *fit*."""
    named = [mark for mark in marks if mark.title.strip()]
    within = [mark for mark in named if 0 <= mark.start_s < duration_s]
    late = sum(1 for mark in named if mark.start_s >= duration_s)
    counts = (
        (len(marks) - len(named), "without a title"),
        (len(named) - len(within) - late, "at no time that can be read"),
        (late, "beyond the end"),
        (len(within) - len(fit), "that begin where another does"),
    )
    why = ", ".join(f"{number} {reason}" for number, reason in counts if number)
    return f"{len(marks) - len(fit)} of {len(marks)} chapters are left out: {why}"


def _said(thing: Any) -> dict[str, Any]:
    """What is set of *thing*, as a table of TOML."""
    return {
        key: _plain(value) for key, value in asdict(thing).items() if value not in ("", (), None)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if each not in ("", (), None)}
    return value


def unexpected(error: Exception) -> str:
    """Return one line on an error that nobody has thought of: what it is, and where it arose."""
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" at {Path(p.filename).name}:{p.lineno}" for p in place)
    return (
        f"columncast failed on it ({type(error).__name__}{where}: {reason(error)}), "
        "which is a fault of columncast: please report it"
    )


def reason(error: Exception) -> str:
    """Return what an error says, in one line of bounded length."""
    return clip(one_line(hidden(str(error))), 300)


def _name(url: str) -> str:
    parts = urlsplit(without_keys(url))
    return unquote(parts.path).rpartition("/")[2] or parts.netloc


def _kind(linked: Linked) -> str:
    suffix = Path(urlsplit(linked.url).path).suffix.lower()
    known = by_suffix(suffix, TRANSCRIPTS)
    return linked.mime_type or (known.mime if known else "")
