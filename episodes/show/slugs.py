"""The name of an episode: part of its files' names and of its addresses."""

from __future__ import annotations

import re
from collections.abc import Collection

from columncast.episodes.disk.file_names import file_name
from columncast.episodes.errors import EpisodeError, UsageError
from columncast.episodes.text.normalize import SLUG_LIMIT, cut_slug

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


SLUG_LENGTH = 80
"""Characters, of a slug that people choose; it is part of file names and URLs."""


def fit_slug(slug: str) -> bool:
    """Whether *slug* can name a folder on every system and be part of a URL."""
    return bool(SLUG.fullmatch(slug)) and len(slug) <= SLUG_LENGTH and file_name(slug) == slug


def free_slug(slug: str, taken: Collection[str]) -> str:
    """Return *slug*, or where it is *taken*, it with the first number from 2 on that is free.

    >>> free_slug("the-ferry", {"the-ferry", "the-ferry-2"})
    'the-ferry-3'
    """
    found, number = slug, 2
    while found in taken:
        end = f"-{number}"
        found, number = cut_slug(slug, max(len(slug), SLUG_LIMIT) - len(end)) + end, number + 1
    return found


def refuse_unfit_name(slug: str) -> None:
    """Refuse the *slug* of an episode's folder that people have named, if no address can hold it.

    Raises:
        EpisodeError: It has other characters than letters, digits and `.~_-`.
    """
    if not re.fullmatch(r"[\w.~-]+", slug, re.ASCII):
        raise EpisodeError(
            "the name of this folder cannot be part of an address; rename it to letters a-z, digits "
            "and hyphens",
            where=f"episodes/{slug}",
        )


def checked_slug(slug: str) -> str:
    """Return *slug* if it can name a folder and be part of a URL.

    Raises:
        UsageError: It has other characters than a-z, 0-9 and single hyphens, is too long, or is
            the name of a device on Windows.
    """
    if fit_slug(slug):
        return slug
    if SLUG.fullmatch(slug) and len(slug) <= SLUG_LENGTH:
        raise UsageError(f"the slug {slug!r} is the name of a device on Windows; give it another")
    raise UsageError(
        f"the slug {slug!r} must be of a-z, 0-9 and single hyphens, at most {SLUG_LENGTH} "
        "characters, as in 'the-last-ferry'"
    )
