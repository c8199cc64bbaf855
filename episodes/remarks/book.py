"""The reviews of an episode, in its folder: `reviews/2026-11-28-ruth-calder-1a2b3c4d.toml`.

One file for each review, named by day, person and content: two people who take two reviews touch no
file of each other's, and the same review taken twice is there once. A person may edit a file, so
it is checked as one that comes from outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from columncast.episodes.building.records import guid_of, last_built
from columncast.episodes.disk import files
from columncast.episodes.errors import ReviewError, SettingsError
from columncast.episodes.model.review import Content, Remark, Review
from columncast.episodes.remarks.review_file import UNTOUCHED, Received, checked, read_review
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.show.settings import read_toml
from columncast.episodes.show.toml import new_list
from columncast.episodes.text.normalize import make_slug

_HEADER = """\
# A colleague's review of this episode, taken in by `columncast review take`.
# `done = true` marks a remark that somebody has seen to.
"""
_SLACK_S = 1.0


@dataclass(frozen=True, kw_only=True)
class _Approves:
    words: str
    recording: str
    edits: str = ""


@dataclass(frozen=True, kw_only=True)
class _Row:
    text: str
    sentence: str = ""
    at_s: float | None = None
    done: bool = False


@dataclass(frozen=True, kw_only=True)
class _File:
    """One file of `reviews/`."""

    name: str
    sent: datetime
    approves: tuple[_Approves, ...] = ()
    remark: tuple[_Row, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a review that was given."""

    slug: str
    review: Review
    new: bool
    """False: it was here already, and nothing was changed."""

    def as_json(self) -> dict[str, Any]:
        """Return what `review take --json` prints of it."""
        return {"taken": self.review.id, "new": self.new}

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield what became of it, as (label, text) lines."""
        done = "taken" if self.new else "here already; nothing was changed"
        yield "Review", f"of {self.slug} by {self.review.name}: {done}"


def reviews_of(episode_dir: EpisodeFolder) -> tuple[Review, ...]:
    """Return the reviews of *episode_dir*, the newest first.

    Raises:
        SettingsError: A file in `reviews/` cannot be; in one line.
        OutsideError: It is a link that leads out of the show.
    """
    found = [_read(path) for path in _paths(episode_dir)]
    return tuple(sorted(found, key=lambda one: (one.sent, one.id), reverse=True))


def take(folder: ShowFolder, path: Path) -> Taken:
    """Take the review in the file *path* into the episode that it names.

    Raises:
        ReviewError: It is none, no episode of this show is meant, or a time is behind the
            recording's end; nothing was changed.
        SettingsError: A review that is there is damaged.
    """
    received = read_review(path)
    with folder.locked():
        try:
            episode_dir = _meant(folder, received)
            _refuse_late(folder, episode_dir, received.review)
        except ReviewError as e:
            raise ReviewError(f"{e.message}; {UNTOUCHED}", where=path.name) from e
        new = add(episode_dir, received.review)
        return Taken(slug=episode_dir.slug, review=received.review, new=new)


def add(episode_dir: EpisodeFolder, review: Review) -> bool:
    """Put *review* into the folder of the episode, unless it is there; return whether it is new.

    The show's lock must be held.
    """
    if any(there.id == review.id for there in reviews_of(episode_dir)):
        return False
    name = f"{review.sent:%Y-%m-%d}-{make_slug(review.name)}-{review.id[:8]}.toml"
    return files.write(_folder(episode_dir) / name, _text(review))


def mark(episode_dir: EpisodeFolder, review_id: str, number: int, *, done: bool) -> None:
    """Write down whether somebody has seen to a remark: the one with the index *number*, from 0.

    The show's lock must be held.

    Raises:
        ReviewError: There is no such remark.
    """
    for path in _paths(episode_dir):
        review = _read(path)
        if review.id == review_id and 0 <= number < len(review.remarks):
            remarks = list(review.remarks)
            remarks[number] = replace(remarks[number], done=done)
            files.write(path, _text(replace(review, remarks=tuple(remarks))))
            return
    raise ReviewError(f"there is no such remark any more; {UNTOUCHED}")


def _folder(episode_dir: EpisodeFolder) -> Path:
    return episode_dir.path / "reviews"


def _paths(episode_dir: EpisodeFolder) -> Iterator[Path]:
    folder = _folder(episode_dir)
    for name in files.names(folder):
        if name.endswith(".toml"):
            yield files.of_show(folder / name)


def _read(path: Path) -> Review:
    where = f"episodes/{path.parent.parent.name}/reviews/{path.name}"
    try:
        found = read_toml(path, _File)
        return checked(
            Review(
                name=found.name,
                sent=found.sent,
                remarks=tuple(Remark(**vars(row)) for row in found.remark),
                approves=Content(**vars(found.approves[0])) if found.approves else None,
            )
        )
    except (SettingsError, ReviewError) as e:
        raise SettingsError(e.message, where=where) from e


def _text(review: Review) -> str:
    tables: list[tuple[str, dict[str, object]]] = []
    if review.approves:
        tables.append(("approves", {k: v for k, v in vars(review.approves).items() if v}))
    for remark in review.remarks:
        row: dict[str, object] = {
            "text": remark.text,
            "sentence": remark.sentence,
            "at_s": remark.at_s,
        }
        kept = {key: value for key, value in row.items() if value not in ("", None)}
        tables.append(("remark", kept | ({"done": True} if remark.done else {})))
    return new_list(_HEADER, {"name": review.name, "sent": review.sent}, tables)


def _meant(folder: ShowFolder, received: Received) -> EpisodeFolder:
    """The episode that a review is of, by its guid: it may be called otherwise by now."""
    for episode_dir in folder.all():
        if received.guid and guid_of(folder, episode_dir) == received.guid:
            return episode_dir
    title = f" ({received.title!r})" if received.title else ""
    raise ReviewError(f"is a review of an episode{title} that is not in this show")


def _refuse_late(folder: ShowFolder, episode_dir: EpisodeFolder, review: Review) -> None:
    ends_s = recording_s(folder, episode_dir)
    for number, remark in enumerate(review.remarks, 1):
        if ends_s and remark.at_s is not None and remark.at_s > ends_s + _SLACK_S:
            raise ReviewError(
                f"remark {number} is at {remark.at_s:.0f} s, and the recording ends at {ends_s:.0f} s"
            )


def recording_s(folder: ShowFolder, episode_dir: EpisodeFolder) -> float:
    """Return how long the recording of an episode is, in seconds; 0.0: that is not known."""
    built = last_built(folder, episode_dir.slug)
    if built is None:
        return 0.0
    if edits := read_edits(episode_dir).duration_s:
        return edits
    heard = built.master.source_short_term_lufs if built.master else ()
    return max(float(len(heard) + 1), built.enclosure.duration_s)
