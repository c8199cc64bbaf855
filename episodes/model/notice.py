"""Something to tell a person about a column, a recording, an episode, a feed or a server.

One type and one vocabulary for all of it: `add`, `check`, `check --live`, `import`, `publish`, the
preview and the JSON of each. docs/reference/warnings.md explains every code.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
"""`error` refuses the episode or the feed, `warning` asks for a look, `note` reports what was done."""


_PLACE = re.compile(r"(?:, )?\blines? \d+\b|\b\d+(?::\d\d){1,2}\b(?= (?:and|to)\b|[,;)]|$)")
"""Places that a message names; they move when a line is put in above."""
_FEW = 2
"""So many of a kind are listed one by one."""


@dataclass(frozen=True, kw_only=True)
class Cure:
    """What to change at the server that a notice is about."""

    what: str
    """At the host that answered; where nobody knows which that is, at any host."""
    host: str = ""
    """The host that answered, by the name that people use; empty when it is not known."""
    by_host: tuple[tuple[str, str], ...] = ()
    """The host's name and what to change there; `other` stands for every other host."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something that a person should know."""

    code: str
    """Stable and kebab-case: scripts rely on it."""
    message: str
    where: str = ""
    """The place as a person would look for it: `line 14`, `episode.toml`, `1:23`, an address."""
    severity: Severity = "warning"
    source: str = ""
    """The address at which the rule is written; empty when it is no rule of others."""
    cure: Cure | None = None
    """What to change at the server; None when the message says it."""
    about: str = ""
    """The words that it is about, where they are not all in the message: a paragraph, a sentence."""
    accepted: str = ""
    """Why somebody lets it be; empty: nobody does. An error is never let be."""

    @property
    def mark(self) -> str:
        """A hash of what it says, and of the words it says it about: another text is another mark.

        Where the words stand does not count.
        """
        said = _PLACE.sub("", self.message)
        words = "\n".join((self.code, " ".join(said.split()), " ".join(self.about.split())))
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    @property
    def line(self) -> str:
        """The notice as people read it.

        >>> Notice(code="pace-unusual", message="203 words a minute", where="line 1").line
        'warning: line 1: 203 words a minute [pace-unusual]'
        """
        place = f"{self.where}: " if self.where else ""
        why = f" (accepted: {self.accepted})" if self.accepted else ""
        return f"{self._kind}: {place}{self.message}{why} [{self.code}]"

    @property
    def _kind(self) -> str:
        return "accepted" if self.accepted else self.severity

    def line_with(self, others: int) -> str:
        """Return the line of this one for itself and for so many *others* of its kind.

        >>> Notice(code="pace-unusual", message="203 words a minute").line_with(3)
        'warning: 203 words a minute, and 3 more of this kind (-v lists them) [pace-unusual]'
        """
        if not others:
            return self.line
        place = f"{self.where}: " if self.where else ""
        more = f"and {others} more of this kind (-v lists them)"
        return f"{self._kind}: {place}{self.message}, {more} [{self.code}]"

    def as_json(self) -> dict[str, Any]:
        """Return the notice as tools read it."""
        told: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "where": self.where,
            "severity": self.severity,
            "source": self.source,
        }
        if self.accepted:
            told["accepted"] = self.accepted
        if self.cure:
            cure = self.cure
            told |= {"host": cure.host, "fix": cure.what, "fixes": dict(cure.by_host)}
        return told


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """`[[accepted]]` of `episode.toml`: a warning that an editor lets be, as long as it says the same."""

    code: str
    mark: str
    """`Notice.mark`: another text has another, so the warning comes back when its text changes."""
    reason: str

    def __post_init__(self) -> None:
        """Refuse one that says nothing."""
        if not (self.code and self.mark and self.reason.strip()):
            raise ValueError("an accepted warning has a code, a mark and a reason")


def with_acceptances(
    notices: Iterable[Notice], acceptances: Iterable[Acceptance]
) -> tuple[Notice, ...]:
    """Return *notices*, those warnings with a reason that somebody has accepted.

    >>> said = Notice(code="clock-time", message="'9:15' becomes a link", where="line 3")
    >>> known = Acceptance(code=said.code, mark=said.mark, reason="a film")
    >>> [n.accepted for n in with_acceptances([said, replace(said, about="other words")], [known])]
    ['a film', '']
    """
    reasons = {(one.code, one.mark): one.reason for one in acceptances}
    return tuple(
        replace(notice, accepted=reasons.get((notice.code, notice.mark), ""))
        if notice.severity == "warning"
        else notice
        for notice in notices
    )


def errors_in(notices: Iterable[Notice]) -> list[Notice]:
    """Return those that keep an episode or a feed from being published."""
    return [notice for notice in notices if notice.severity == "error"]


def problems_in(notices: Iterable[Notice]) -> list[Notice]:
    """Return errors and warnings, in the order given: what a person must decide about."""
    return [notice for notice in notices if notice.severity != "note" and not notice.accepted]


def accepted_in(notices: Iterable[Notice]) -> list[Notice]:
    """Return the warnings that somebody lets be, in the order given."""
    return [notice for notice in notices if notice.accepted]


def gathered(notices: Iterable[Notice], *, apart: bool = False) -> list[tuple[Notice, int]]:
    """Return one notice of each kind, with how many others of the kind there are.

    Two of a kind stay two, and so do all with *apart*; one that is there twice is there once.

    >>> several = [Notice(code="word-missing", message="...", where=f"line {n}") for n in (3, 8, 9)]
    >>> [(notice.where, others) for notice, others in gathered(several)]
    [('line 3', 2)]
    """
    kinds: dict[tuple[str, Severity, str], list[Notice]] = {}
    for notice in dict.fromkeys(notices):
        # That an address is not https is one matter, wherever it stands.
        kind = "not-https" if notice.code.endswith("-not-https") else notice.code
        kinds.setdefault((kind, notice.severity, notice.accepted), []).append(notice)
    return [
        pair
        for kind in kinds.values()
        for pair in (
            [(one, 0) for one in kind] if apart or len(kind) <= _FEW else [(kind[0], len(kind) - 1)]
        )
    ]


def counts(notices: Iterable[Notice]) -> str:
    """Return how many errors and warnings there are.

    >>> counts([Notice(code="pace-wrong", message="...", severity="error")])
    '1 error, 0 warnings'
    """
    notices = list(notices)
    severities = [notice.severity for notice in problems_in(notices)]
    told = [_counted(severities.count(kind), kind) for kind in ("error", "warning")]
    return ", ".join((*told, *_accepted(notices)))


def problem_counts(notices: Iterable[Notice]) -> str:
    """Return how many errors and warnings there are, without what there is none of.

    >>> problem_counts([Notice(code="pace-unusual", message="...")])
    '1 warning'
    >>> problem_counts([])
    'no warnings'
    """
    notices = list(notices)
    severities = [notice.severity for notice in problems_in(notices)]
    told = ", ".join(_nonzero(severities)) or "no warnings"
    return ", ".join((told, *_accepted(notices)))


def _nonzero(severities: list[Severity]) -> Iterator[str]:
    for kind in ("error", "warning"):
        if number := severities.count(kind):
            yield _counted(number, kind)


def _accepted(notices: Iterable[Notice]) -> Iterator[str]:
    if number := len(accepted_in(notices)):
        yield f"{number:,} accepted"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
