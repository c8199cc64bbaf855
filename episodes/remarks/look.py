"""An episode's reviews as they stand now: what people remarked and where, who approved it, and what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from columncast.episodes.building.records import kept_column, last_aligned, last_built
from columncast.episodes.disk import files
from columncast.episodes.entry.compose import column_of
from columncast.episodes.errors import ColumncastError
from columncast.episodes.format import count, moment
from columncast.episodes.model.column import Column
from columncast.episodes.model.review import Content, Review
from columncast.episodes.model.time_map import TimeMap
from columncast.episodes.narration.carried import laid
from columncast.episodes.narration.units import units
from columncast.episodes.remarks.approval import Approval, standing
from columncast.episodes.remarks.book import reviews_of
from columncast.episodes.remarks.content import content_of
from columncast.episodes.remarks.places import Placed, place
from columncast.episodes.show.edits_file import read_edits
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder


@dataclass(frozen=True, kw_only=True)
class Reviews:
    """The reviews of one episode."""

    slug: str
    timezone: str
    """The show's own (IANA)."""
    reviews: tuple[Review, ...]
    """The newest first."""
    remarks: tuple[Placed, ...]
    """All of them, in the order of the text."""
    approval: Approval
    content: Content | None = None
    """What an approval would be for now; None where nobody asks for one, or that cannot be read."""
    paragraphs: tuple[int, ...] = ()
    """Of each sentence of the text as it is, the number of its paragraph; 0 for the title and a date."""

    @property
    def open(self) -> int:
        """How many remarks nobody has seen to yet."""
        return sum(not one.remark.done for one in self.remarks)

    def as_json(self) -> dict[str, Any]:
        """Return what `review show --json` prints."""
        return {
            "slug": self.slug,
            "approval": self.approval.as_json(),
            "open": self.open,
            "reviews": [
                {
                    "id": one.id,
                    "name": one.name,
                    "sent": one.sent.isoformat(),
                    "approves": bool(one.approves),
                    "remarks": len(one.remarks),
                }
                for one in self.reviews
            ],
            "remarks": [one.as_json() for one in self.remarks],
        }

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield the reviews for people, as (label, text) lines."""
        if not self.reviews:
            yield "Reviews", "none yet"
            yield "Next", f"columncast preview {self.slug} --export {self.slug}.html, and send it"
            return
        for one in self.reviews:
            told = count(len(one.remarks), "remark") + (", approves it" if one.approves else "")
            yield "Review", f"{one.name}, {moment(one.sent, self.timezone)}: {told}"
        for placed in self.remarks:
            remark = placed.remark
            yield "Done" if remark.done else "Remark", f"{placed.review.name}: {remark.text}"
            yield "", f"  {placed.where}"
        approval = self.approval
        yes = f"by {approval.name}, as it is now" if approval.state == "approved" else ""
        yield "Approved", yes or f"no: {approval.why}"


def look_at_reviews(folder: ShowFolder, slug: str) -> Reviews:
    """Return the reviews of the episode *slug* as they stand now.

    Raises:
        ColumncastError: There is no such episode, or a file of it cannot be read.
    """
    episode_dir = folder.episode(slug)
    column = column_of(folder.show, episode_dir, kept=kept_column(folder, slug))
    return reviews_now(folder, episode_dir, column)


@files.in_one_line()
def reviews_now(folder: ShowFolder, episode_dir: EpisodeFolder, column: Column) -> Reviews:
    """Return the reviews of *episode_dir*, beside the sentences of its *column*.

    Raises:
        ColumncastError: A file of the episode cannot be read.
    """
    found = reviews_of(episode_dir)
    if not (found or folder.show.needs_approval):
        return Reviews(
            slug=episode_dir.slug,
            timezone=folder.show.timezone,
            reviews=(),
            remarks=(),
            approval=Approval(state="none"),
        )
    language = column.language or folder.show.language
    aligned = last_aligned(folder, episode_dir.slug)
    sentences = laid(units(column), aligned, language=language).sentences
    content: Content | None = None
    try:
        content = content_of(folder, episode_dir, column)
        approval = standing(found, content)
    except ColumncastError as e:  # remarks can be read without the recording
        approval = Approval(state="none", problem=str(e))
    return Reviews(
        slug=episode_dir.slug,
        timezone=folder.show.timezone,
        reviews=found,
        remarks=place(found, sentences, heard_s=times_of(folder, episode_dir).heard),
        approval=approval,
        content=content,
        paragraphs=tuple(one.paragraph for one in sentences),
    )


def times_of(folder: ShowFolder, episode_dir: EpisodeFolder) -> TimeMap:
    """Return the map from the times of the recording to those of the audio file made of it."""
    built = last_built(folder, episode_dir.slug)
    offset_s = built.master.offset_s if built and built.master else 0.0
    return read_edits(episode_dir).times.later_by(offset_s)
