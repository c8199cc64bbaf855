"""Choosing one post out of an export: what is in it, and what may leave it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, ParamSpec, TypeVar

from columncast.episodes.errors import ColumnError
from columncast.episodes.format import moment
from columncast.episodes.model.notice import Notice

PAID_FLAG = "--include-paid-text"
"""The option that lets paid text out; its name is the warning."""


IN_EXPORT = "as its export says"
"""Where it is said that a post of an export is a draft."""

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Post:
    """One post of an export, as a list of them shows it."""

    HEADS: ClassVar = ("PUBLISHED", "FOR", "SLUG", "TITLE")

    slug: str
    """What the export calls it, and no path: see `file_names`."""
    title: str
    published: datetime | None = None
    audience: str = "everyone"
    """Who may read it, in the export's own words; anything else is not for everyone."""
    draft: bool = False

    @property
    def is_public(self) -> bool:
        """Whether everyone may read it where it was published."""
        return self.audience in ("everyone", "public")

    def cells(self) -> tuple[str, ...]:
        """The row for people."""
        date = moment(self.published) if self.published else "-"
        return ("draft" if self.draft else date, self.audience, self.slug, self.title)

    def as_json(self) -> dict[str, Any]:
        """The row for tools."""
        date = self.published.isoformat() if self.published else None
        return asdict(self) | {"published": date}


def apart(found: Iterable[tuple[Post, T]]) -> Iterator[tuple[Post, T]]:
    """Yield posts, each with its own thing; of two with one slug, the later gets a number.

    So each can be chosen, and none takes the place of another.
    """
    seen: set[str] = set()
    for post, thing in found:
        slug, number = post.slug, 2
        while slug in seen:
            slug, number = f"{post.slug}-{number}", number + 1
        seen.add(slug)
        yield replace(post, slug=slug), thing


def chosen(posts: Iterable[Post], wanted: str | None) -> Post:
    """Return the post with the slug *wanted*; without one, the only post that there is.

    Raises:
        ColumnError: There is no such post, or more than one to choose from.
    """
    found = {post.slug: post for post in posts}
    if not found:
        raise ColumnError("there are no posts in it")
    if wanted is None:
        if len(found) == 1:
            return next(iter(found.values()))
        some = ", ".join(list(found)[:3])
        raise ColumnError(
            f"holds {len(found)} posts; choose one with --post SLUG (for example {some})"
        )
    if wanted not in found:
        near = difflib.get_close_matches(wanted, found, n=1, cutoff=0.4)
        hint = (
            f"did you mean {near[0]!r}?"
            if near
            else "list them with: columncast import FILE --list"
        )
        raise ColumnError(f"has no post {wanted!r}; {hint}")
    return found[wanted]


def refusals(read: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R | ColumnError:
    """Return what *read* returns, or why it refuses: one bad post is no reason to stop at it."""
    try:
        return read(*arguments, **named)
    except ColumnError as e:
        return e


def let_out(post: Post, *, paid: bool) -> tuple[Notice, ...]:
    """Return what is to be said about *post* as an episode that everyone can hear.

    Raises:
        ColumnError: It is for paying (or signed-up) readers, and *paid* does not allow that.
    """
    notices = []
    if not post.is_public:
        if not paid:
            raise ColumnError(
                f"the post {post.slug!r} is not for everyone (audience: {post.audience}); a podcast is. "
                f"Publish its text all the same with {PAID_FLAG}"
            )
        message = f"text that is for {post.audience} is published to everyone, as asked"
        notices.append(Notice(code="paid-text-included", message=message))
    if post.draft:
        message = "the post is a draft: its text may still change, and its page may not exist yet"
        notices.append(Notice(code="draft-post", message=message))
    return tuple(notices)
