"""Which episode a person means: its slug, its number, `latest`, or any part of slug or title.

The one place that turns what somebody typed into an episode. Case, accents and marks do not count.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from columncast.episodes.building.ledger import Ledger
from columncast.episodes.building.records import last_built
from columncast.episodes.building.unfinished import renamed_to
from columncast.episodes.entry.overview import Glance
from columncast.episodes.errors import ColumncastError, EpisodeError, UsageError
from columncast.episodes.format import shorten
from columncast.episodes.show.folder import EpisodeFolder, ShowFolder
from columncast.episodes.text.normalize import plain_words

LATEST = "latest"
_MOST_NAMED = 8
"""Candidates in one message."""
_NEAREST = 5
_NEAR = 0.6
"""Of 1: how alike a name must be to be offered (`difflib.SequenceMatcher`)."""
_LONGEST = 300
"""Characters; nothing longer is part of a title."""
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
"""Before every episode: where one whose date cannot be read stands."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """The episode that a person means."""

    slug: str
    exact: bool
    """It was named by its slug (or the one it had until the last rename) or its number: no guess."""


def find_episode(folder: ShowFolder, text: str, *, now: datetime | None = None) -> Named:
    """Return the episode of *folder* that *text* names.

    A slug wins over a number, that over `latest`, a whole title over a part of one. `latest` is the
    newest that is out; where none is out, the next to come.

    Raises:
        UsageError: *text* is empty, or part of several names.
        EpisodeError: It is part of none; the message lists the nearest.
    """
    text = text.strip()
    if not text:
        raise UsageError("an empty name names no episode; nothing was done")
    if folder.has(text):
        return Named(slug=text, exact=True)
    new_name = renamed_to(folder, text)
    if new_name and folder.has(new_name):
        return Named(slug=new_name, exact=True)
    ledger = Ledger(folder)
    known = [_Known.at(ledger, slug) for slug in ledger.slugs]
    if number := re.fullmatch(r"#?0*(\d{1,16})", text, re.ASCII):
        numbered = [one for one in known if one.number == int(number[1])]
        if numbered:
            return Named(slug=_only(numbered, text).slug, exact=True)
    if text.casefold() == LATEST and known:
        return Named(slug=_latest(known, now or datetime.now(UTC)).slug, exact=False)
    wanted = plain_words(text) if len(text) <= _LONGEST else ""
    for agrees in _WAYS:
        if found := [one for one in known if wanted and any(agrees(wanted, n) for n in one.names)]:
            return Named(slug=_only(found, text).slug, exact=False)
    raise EpisodeError(f"no episode {shorten(text)!r}; {_nearest(known, wanted)}")


@dataclass(frozen=True, kw_only=True)
class _Known:
    slug: str
    title: str
    number: int | None = None
    published: datetime | None = None
    kept_out: bool = False
    """Of the feed: withdrawn, or a draft."""

    @classmethod
    def at(cls, ledger: Ledger, slug: str) -> _Known:
        """Return what is known of the episode *slug*; of one whose facts are damaged, its name."""
        try:
            known = Glance.at(ledger, slug)
        except ColumncastError:  # whoever works on the episode hears of it
            return cls(slug=slug, title="")
        source = EpisodeFolder(path=ledger.folder.episodes / slug)
        return cls(
            slug=slug,
            title=known.title or title_of(ledger.folder, source),
            number=known.number,
            published=known.published,
            kept_out=known.retired or known.draft,
        )

    @property
    def names(self) -> tuple[str, str]:
        return plain_words(self.slug), plain_words(self.title)

    def __str__(self) -> str:
        return f"{self.slug} ({shorten(self.title, 40)})" if self.title else self.slug


def title_of(folder: ShowFolder, source: EpisodeFolder) -> str:
    """Return the title of *source* as it was last built, else its column's; "" if none can be read."""
    if built := last_built(folder, source.slug):
        return built.title
    # It loads all readers of columns, and most commands name an episode that is built.
    from columncast.episodes.entry.compose import column_of  # noqa: PLC0415

    with suppress(ColumncastError):
        return column_of(folder.show, source).title
    return ""


def _only(found: Sequence[_Known], text: str) -> _Known:
    if len(found) == 1:
        return found[0]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    names = ", ".join(map(str, found[:_MOST_NAMED]))
    raise UsageError(
        f"{shorten(text)!r} can mean {names}{more}; type more of one of them; nothing was done"
    )


def _latest(known: Sequence[_Known], now: datetime) -> _Known:
    dated = [(one.published, one.slug, one) for one in known if one.published and not one.kept_out]
    out = [entry for entry in dated if entry[0] <= now]
    if not dated:
        raise EpisodeError("no episode is the latest: all are drafts, withdrawn or damaged")
    return (max(out) if out else min(dated))[-1]


def _part(wanted: str, name: str) -> bool:
    return wanted in name


def _every_word(wanted: str, name: str) -> bool:
    return all(word in name for word in wanted.split())


def _whole(wanted: str, name: str) -> bool:
    return wanted == name


_WAYS: tuple[Callable[[str, str], bool], ...] = (_whole, _part, _every_word)
"""How a name agrees with what was typed, the surest first; only the first that finds any counts."""


def _nearest(known: Sequence[_Known], wanted: str) -> str:
    if not known:
        return "the show has none yet"
    alike = functools.lru_cache(maxsize=None)(_alike)
    ranked = sorted(
        ((max(_likeness(wanted, name, alike) for name in one.names), one) for one in known),
        key=lambda pair: -pair[0],
    )
    near = [str(one) for score, one in ranked[:_NEAREST] if score >= _NEAR]
    if near:
        return f"the nearest: {', '.join(near)}"
    newest = sorted(known, key=lambda one: one.published or _LONG_AGO, reverse=True)[:_NEAREST]
    more = f" and {len(known) - _NEAREST} more (columncast list)" if len(known) > _NEAREST else ""
    return f"there are: {', '.join(map(str, newest))}{more}"


def _likeness(wanted: str, name: str, alike: Callable[[str, str], float]) -> float:
    """How much *wanted* is like *name*, or like the words of it that come nearest; from 0 to 1."""
    if not (wanted and name):
        return 0.0
    words = wanted.split()
    by_word = sum(max(alike(word, other) for other in name.split()) for word in words) / len(words)
    return max(alike(wanted, name), by_word)


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
