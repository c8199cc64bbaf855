"""Whether an approval of an episode still holds, and what has changed where none does.

It guards against oversight, not against forgery: whoever can write to the show's folder can write an
approval, and a review file is not signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from columncast.episodes.errors import ReviewError
from columncast.episodes.model.column import Column
from columncast.episodes.model.review import Content, Review
from columncast.episodes.remarks import book
from columncast.episodes.remarks.content import content_of
from columncast.episodes.remarks.review_file import checked
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder

State = Literal["approved", "changed", "none"]


@dataclass(frozen=True, kw_only=True)
class Approval:
    """How an episode stands with those who approve it."""

    state: State
    """`changed`: somebody approved it, and it is another now."""
    name: str = ""
    """Who approved it last."""
    sent: datetime | None = None
    changed: tuple[str, ...] = ()
    """What is another than that person approved: `the text`, `the recording`, `the edits`."""
    problem: str = ""
    """Why nobody can say; empty if it is known."""

    @property
    def why(self) -> str:
        """Why it is not approved, in words; empty if it is.

        >>> Approval(state="none").why
        'nobody has approved it'
        """
        if self.state == "none":
            return self.problem or "nobody has approved it"
        if self.state == "approved" or self.sent is None:
            return ""
        what = " and ".join(self.changed)
        has = "has" if len(self.changed) == 1 and self.changed != ("the edits",) else "have"
        return f"{what} {has} changed since {self.name} approved it on {self.sent:%Y-%m-%d}"

    def as_json(self) -> dict[str, Any]:
        """Return what tools read of it."""
        return {
            "state": self.state,
            "name": self.name,
            "sent": self.sent.isoformat() if self.sent else "",
            "changed": list(self.changed),
        }


def approval_of(
    folder: ShowFolder, episode_dir: EpisodeFolder, column: Column | None = None
) -> Approval:
    """Return how the episode *episode_dir* stands; its *column*, if it was read already.

    Raises:
        ColumncastError: What an approval is for cannot be read, or a review is damaged.
    """
    reviews = [one for one in book.reviews_of(episode_dir) if one.approves]
    return standing(reviews, content_of(folder, episode_dir, column)) if reviews else _NONE


def standing(reviews: Sequence[Review], now: Content) -> Approval:
    """Return how what is *now* stands with the approvals among *reviews*, the newest first."""
    approvals = [(one, one.approves) for one in reviews if one.approves]
    for review, content in approvals:
        if content == now:
            return Approval(state="approved", name=review.name, sent=review.sent)
    if not approvals:
        return _NONE
    review, content = approvals[0]
    parts = (("words", "the text"), ("recording", "the recording"), ("edits", "the edits"))
    changed = tuple(said for name, said in parts if getattr(content, name) != getattr(now, name))
    return Approval(state="changed", name=review.name, sent=review.sent, changed=changed)


def approve(folder: ShowFolder, slug: str, name: str, basis: Content) -> Approval:
    """Approve the episode *slug* as it is now, in the *name* of a person who was shown *basis*.

    Raises:
        ReviewError: Nobody is named, or it is another by now; nothing was changed.
        ColumncastError: What an approval is for cannot be read.
    """
    with folder.locked():
        episode_dir = folder.episode(slug)
        now = content_of(folder, episode_dir)
        if now != basis:
            raise ReviewError(
                "has changed since it was shown, so it is not approved; look at it again",
                where=slug,
            )
        sent = datetime.now(UTC)
        book.add(episode_dir, checked(Review(name=name, sent=sent, approves=now)))
        return Approval(state="approved", name=name, sent=sent)


_NONE = Approval(state="none")
