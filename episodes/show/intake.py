"""Taking in what a producer gives: copied beside the show first, known when it comes again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from columncast.episodes.disk import files
from columncast.episodes.disk.file_names import suffix_of
from columncast.episodes.disk.journal import Changes
from columncast.episodes.errors import (
    ColumncastError,
    ColumnError,
    EpisodeError,
    InputError,
    RecordingError,
    UsageError,
)
from columncast.episodes.model.containers import container_of
from columncast.episodes.model.cuts import RecordingEdits
from columncast.episodes.model.media_types import container_suffix
from columncast.episodes.show.edits_file import edits_text, read_edits
from columncast.episodes.show.facts import Provenance
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder


def already_there(folder: ShowFolder, source: Provenance, slug: str) -> EpisodeFolder | None:
    """Return the episode made of the very same things; refuse one that would be a second of it."""
    for episode in folder.all():
        try:
            there = episode.facts.source
        except ColumncastError:
            if episode.slug == slug:
                raise
            continue  # damaged, which stops no other; `check` says how
        recording = there.recording_sha256 == source.recording_sha256
        column = (there.column_sha256, there.post) == (source.column_sha256, source.post)
        if recording and column:
            if source.track and source.track != there.track:
                raise EpisodeError(
                    f"this is the episode {episode.slug!r} already; to take another track of it: "
                    f"columncast edit {episode.slug} --track {source.track}; nothing was changed"
                )
            return episode
        if (recording or column) and not source.forced:
            same, other = ("recording", "column") if recording else ("column", "recording")
            raise EpisodeError(
                f"this {same} is the episode {episode.slug!r} already; to give it this {other}: "
                f"columncast edit {episode.slug} --{other} …; nothing was changed"
            )
    return None


def refuse_other_facts(slug: str, wanted: Mapping[str, object]) -> None:
    """Refuse to add the episode *slug* again with other facts: `edit` is what changes them.

    *wanted* are the facts that differ, by the name of their option.

    Raises:
        UsageError: There are any; the message is the command to run.
    """
    if wanted:
        options = " ".join(_option(name, value) for name, value in wanted.items())
        raise UsageError(
            f"this recording and this column are the episode {slug!r} already; to change it: "
            f"columncast edit {slug} {options}; nothing was changed"
        )


def _option(name: str, value: object) -> str:
    """Return the option *name* as a person types it.

    >>> _option("title", "The Wall"), _option("draft", True)
    ("--title 'The Wall'", '--draft')
    """
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"--{name}" if value is True else f"--{name} {shlex.quote(text)}"


def refuse_taken(folder: ShowFolder, slug: str) -> None:
    """Refuse *slug* for a new episode if another one has it.

    Raises:
        EpisodeError: It has.
    """
    if folder.has(slug):
        published = folder.episode(slug).facts.published
        raise EpisodeError(
            f"an episode {slug!r} is there already ({published:%d %b %Y}); change it with "
            f"`columncast edit {slug}`, or give this one another name with --slug; nothing was changed"
        )


@contextmanager
def named_as_given(staged: EpisodeFolder, recording: Path, column: Path | None) -> Iterator[None]:
    """Name the producer's own files in what goes wrong, not the copies that are worked on."""
    names = {str(staged.narration): recording}
    if column:
        names[str(staged.column)] = column
    names |= {Path(copy).name: given for copy, given in names.items()}
    try:
        yield
    except InputError as e:
        copy, _, place = e.where.partition(" ")
        if copy not in names:
            raise
        raise type(e)(e.message, where=f"{names[copy]} {place}".strip()) from e


def lay(folder: EpisodeFolder, stem: str, source: Path, *, link: bool = False) -> None:
    """Put *source* into *folder* as its `stem.*`: a copy, or with *link* a link to it."""
    target = folder.path / f"{stem}{suffix_of(source) or _suffix_by_content(stem, source)}"
    if link:
        files.link(source, target)
    else:
        files.copy(source, target)


def _suffix_by_content(stem: str, source: Path) -> str:
    """The suffix for a file that has none, or none of letters and digits."""
    if stem != "narration":
        return ".txt"  # columns are told apart by what is in them
    try:
        container = container_of(source)
    except OSError:
        container = ""  # reading it will say what is wrong
    return container_suffix(container)


def lay_rest(folder: EpisodeFolder, episode: EpisodeFolder, *, column: Path | None) -> Path | None:
    """Put the text of *episode*, or *column* in its place, and its cover and notes into *folder*.

    Returns the text, if there is one.
    """
    for path in sorted(episode.path.iterdir()):
        if (
            path.name[0] != "."
            and path.is_file()
            and path.stem not in ("narration", "column", "episode")
            and not (column and path.name.startswith("picture-"))
        ):
            files.link(path, folder.path / path.name)
    if episode.pickups.is_dir():
        files.link(episode.pickups, folder.pickups)
    text = column or (episode.column if episode.has_column else None)
    if text:
        lay(folder, "column", text, link=not column)
    return text


def lay_edits(folder: EpisodeFolder, edits: RecordingEdits) -> None:
    """Put *edits* into *folder* as its `edits.toml`, in the place of those that are there."""
    if edits.cuts or edits.pickups:
        files.write(folder.edits_file, edits_text(edits))
    else:
        folder.edits_file.unlink(missing_ok=True)


def put_edits_in_place(changes: Changes, episode: EpisodeFolder, tried: EpisodeFolder) -> None:
    """Let *episode* have the `edits.toml` that was laid into *tried*, and its pickups; none without one."""
    if tried.is_edited:
        if not tried.edits_file.is_symlink():  # else it is the episode's own
            changes.copy(tried.edits_file, episode.edits_file)
    elif episode.is_edited:
        changes.remove(episode.edits_file)
    _put_pickups_in_place(changes, episode, tried)


def lay_pickups(folder: EpisodeFolder, episode: EpisodeFolder, new: Sequence[Path]) -> None:
    """Give *folder* the pickups that *episode* has, and *new* ones by the names of these files."""
    if not new:
        return
    folder.pickups.unlink(missing_ok=True)  # a link to those that are there
    for path in [*(episode.pickups / name for name in files.names(episode.pickups)), *new]:
        files.copy(path, folder.pickups / path.name)


def _put_pickups_in_place(changes: Changes, episode: EpisodeFolder, tried: EpisodeFolder) -> None:
    """Let *episode* have the pickups that the edits of *tried* name, with their fixes, and no other."""
    named = {Path(pickup.file).name for pickup in read_edits(tried).pickups}
    fixes = {name.partition("-")[0] for name in named}
    there = set(files.names(episode.pickups))
    for name in {*there, *files.names(tried.pickups)}:
        wanted = name in named or Path(name).stem in fixes
        if wanted and name not in there:
            changes.copy(tried.pickups / name, episode.pickups / name)
        elif name in there and not wanted:
            changes.remove(episode.pickups / name)


def put_in_place(changes: Changes, episode: EpisodeFolder, new: Path) -> None:
    """Let *new* take the place of what *episode* has of that kind; there is always one of them."""
    old = [path for path in episode.path.glob(f"{new.stem}.*") if path.name != new.name]
    changes.copy(new, episode.path / new.name)
    for path in old:
        changes.remove(path)


def refuse_endless(path: Path, kind: type[InputError]) -> None:
    """Refuse what has no end, or can be read only once: a device, a named pipe, `<(a command)`.

    Raises:
        InputError: Of *kind*.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise kind(
            "is a device or a pipe; save it to a file first; nothing was changed", where=path
        )


def content_hash(path: Path, kind: type[InputError]) -> str:
    """Return the SHA-256 of what was given.

    Raises:
        InputError: Of *kind*, if it cannot be read.
    """
    refuse_endless(path, kind)
    try:
        return files.sha256(path)
    except OSError as e:
        raise kind(f"cannot be read: {e.strerror}; nothing was changed", where=path) from e


def draft_changed(
    folder: ShowFolder, episode: EpisodeFolder, changes: Mapping[str, object], *, now: datetime
) -> dict[str, object]:
    """Return the facts that change when *changes* make *episode* a draft, or none any more.

    Raises:
        EpisodeError: Listeners know it, so that it can be withdrawn and be no draft.
    """
    if "draft" not in changes:
        return {}
    if changes["draft"] and not episode.facts.draft and episode.slug in folder.listed():
        raise EpisodeError(
            f"{episode.slug} is published, so it can be no draft; to take it out of the feed: "
            f"columncast retire {episode.slug}; nothing was changed"
        )
    ready = episode.facts.draft and not changes["draft"]
    # Nobody chose the day on which a draft was begun, and apps would list it far down.
    late = ready and "published" not in changes and episode.facts.published <= now
    return {"draft": changes["draft"] or None} | ({"published": now} if late else {})


def sources_changed(
    episode: EpisodeFolder, *, recording: Path | None, column: Path | None, track: int
) -> dict[str, object]:
    """Return the facts that change when *episode* gets another recording, column or track of it.

    Raises:
        InputError: One of them cannot be read.
        UsageError: The audio of *episode* is published as it is, so no *track* can be taken.
    """
    changes: dict[str, object] = {}
    if recording:
        changes["source.recording"] = recording.name
        changes["source.recording_sha256"] = content_hash(recording, RecordingError)
        changes["source.kept"] = None  # a new take is brought to the show's loudness
        changes["source.track"] = track or None
    elif track and episode.facts.source.kept:
        raise UsageError(
            "its audio is published as it is, so no track of it can be chosen; give it a recording "
            "as well: --recording FILE --track N; nothing was changed"
        )
    elif track:
        changes["source.track"] = track
    if column:
        changes["source.column"] = column.name
        changes["source.column_sha256"] = content_hash(column, ColumnError)
    return changes
