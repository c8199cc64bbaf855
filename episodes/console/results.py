"""What commands say that build, check or move a show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from columncast.episodes.console.console import Console
from columncast.episodes.errors import ColumncastError
from columncast.episodes.format import aligned
from columncast.episodes.later import Later
from columncast.episodes.model.notice import (
    Notice,
    accepted_in,
    counts,
    errors_in,
    gathered,
    problems_in,
)

if TYPE_CHECKING:
    from columncast.episodes.building.built import Added, Built
    from columncast.episodes.entry import report
    from columncast.episodes.model.episode import Episode
    from columncast.episodes.show.settings import Show
else:
    report = Later("columncast.episodes.entry.report")

_FILES_NAMED = 6
"""Of the files that a build made, to a person without -v."""


def say_receipt(console: Console, added: Added, show: Show) -> None:
    """Say what became of a recording and its column, and how the feed stands."""
    episode = added.episode
    if not added.new:
        console.say(f"{episode.slug} is made of this recording and this column already.")
    lines = report.receipt(episode, added.column, show, verbose=console.verbose)
    console.say(*aligned(lines), *aligned(report.outlook(added.built)))
    console.notices(episode.notices)


def end_build(built: Built, console: Console, episode: Episode | None = None) -> None:
    """Say what a build did, of one *episode* or of them all; end with 3 if an episode failed."""
    if episode:
        console.document(report.built_as_json(episode, built))
    else:
        reasons = {slug: list(map(str, why)) for slug, why in built.reasons.items()}
        console.document(report.build_as_json(built) | {"reasons": reasons})
    say_built(built, console, episode)


def say_built(built: Built, console: Console, episode: Episode | None = None) -> None:
    """Say it to people alone; else as `end_build`."""
    changed = built.changed if console.verbose else built.changed[:_FILES_NAMED]
    console.say(*(f"Made      {path}" for path in changed))
    if len(changed) < len(built.changed):
        console.say(f"          and {len(built.changed) - len(changed)} more files (-v lists them)")
    if not built.changed:
        console.say("Nothing changed: everything is up to date.")
    console.say(*aligned(report.outlook(built)))
    if episode:
        console.notices(episode.notices)
    end(built, console)


def end_move(built: Built, console: Console, url: str, redirects: Mapping[str, str]) -> None:
    """Say that the show is at *url* now, and what its old server needs."""
    console.document(report.build_as_json(built) | {"redirects": redirects})
    console.say(f"Moved to {url}; publish there, then let the old server redirect for good:")
    for server, rule in redirects.items():
        console.say("", f"# {server}", *rule.rstrip().split("\n"))
    end(built, console)


def end(built: Built, console: Console, failure: ColumncastError | None = None) -> None:
    """Say which episodes failed, last, where it is seen; end with 3 if any did.

    Raises:
        ColumncastError: The *failure* of something else, where no episode failed.
    """
    console.end_with_errors(
        f"{slug}: {error}; the feed keeps its last good version"
        for slug, error in built.failed.items()
    )
    if failure:
        raise failure


def say_findings(notices: Sequence[Notice], console: Console) -> bool:
    """Say what a check found; return whether there is an error among it."""
    errors, problems = errors_in(notices), problems_in(notices)
    console.document(
        {
            "findings": [notice.as_json() for notice in notices],
            "errors": len(errors),
            "warnings": len(problems) - len(errors),
            "accepted": len(accepted_in(notices)),
        }
    )
    if console.quiet:  # nothing but errors, and those are what was asked for
        for notice in errors:
            console.remark(notice.line)
    warnings = [notice for notice in problems if notice not in errors]
    seen = notices if console.verbose else [*errors, *warnings, *accepted_in(notices)]
    for notice, others in gathered(seen, apart=console.verbose):
        rule = notice.source if console.verbose else ""
        below = notice.cure.what if notice.cure else rule
        console.say(notice.line_with(others), *(f"      {line}" for line in below.splitlines()))
    console.say(f"{counts(notices)}.")
    return bool(errors)
