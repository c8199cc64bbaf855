"""What a person is shown and asked before an import, and shown after it, on the console."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from columncast.episodes.building.built import Added
from columncast.episodes.columns.extract import Extraction
from columncast.episodes.console.console import Console
from columncast.episodes.errors import ColumncastError
from columncast.episodes.format import count
from columncast.episodes.importing import report
from columncast.episodes.importing.pairs.pairing import Pair, Pairing
from columncast.episodes.importing.plan import Import
from columncast.episodes.importing.run import Imported
from columncast.episodes.show.folder import ShowFolder


def agreed_import(planned: Import, console: Console, *, yes: bool, dry_run: bool) -> Import | None:
    """Show what is *planned* and ask for leave; return what a person wants of it, or None.

    With *yes* that is all that is sure, unasked.

    Raises:
        UsageError: There is no terminal to ask at.
    """
    plan = planned.plan
    show = None if planned.new else planned.folder.show
    console.say(*report.plan_lines(plan, show, verbose=console.verbose))
    question = f"Take {count(len(plan.entries), 'episode')} over?"
    if dry_run or not (plan.entries or planned.new) or not console.agrees(question, yes=yes):
        console.document(report.plan_as_json(plan))
        console.errors(report.broken_lines(plan, ()))
        return None
    question = "And the columns that only have titles like it?"
    if plan.unsure and not yes and console.asks(question):
        return replace(planned, plan=plan.with_unsure())
    return planned


def with_notices(taking: Iterable[Imported], console: Console) -> list[Imported]:
    """Say what is odd with each episode as it comes; return all that came."""
    imported = []
    for episode in taking:
        imported.append(episode)
        console.notices(episode.notices)
    return imported


def end_import(
    planned: Import,
    imported: list[Imported],
    console: Console,
    feed_redirects: Callable[[str, str], dict[str, str]],
) -> None:
    """Say what was taken over and what is left to do; end with 3 if an episode failed.

    *feed_redirects* gives what leads the feed at one address to another, for each kind of server.
    """
    plan, root = planned.plan, planned.folder.root
    show, old_url = ShowFolder(root).show, plan.show.feed_url
    whole = [episode for episode in imported if episode.slug and not episode.error]
    console.document(report.plan_as_json(plan) | report.done_as_json(imported))
    console.say(f"Imported  {count(len(whole), 'episode')} into {root}")
    redirects = feed_redirects(old_url, show.feed_url) if old_url else {}
    console.say(*report.next_steps(str(root), show, plan, redirects))
    console.end_with_errors(report.broken_lines(plan, imported))


def agreed_pairs(pairing: Pairing, console: Console, *, yes: bool, dry_run: bool) -> list[Pair]:
    """Show the pairs of *pairing*; return those to add: the sure at one answer, others at their own.

    With *yes* the sure ones are taken unasked, and no other; on a *dry_run* none is.

    Raises:
        UsageError: There is no terminal to ask at.
    """
    console.say(*report.pairing_lines(pairing))
    if dry_run:
        return []
    sure = [pair for pair in pairing.pairs if pair.sure]
    if sure and not console.agrees(f"Add what is sure, {count(len(sure), 'pair')}?", yes=yes):
        sure = []
    if yes or not sys.stdin.isatty():
        return sure
    return [*sure, *_unsure(pairing, console)]


def end_pairs(
    pairing: Pairing, adding: Iterable[tuple[Pair, Added | ColumncastError]], console: Console
) -> None:
    """Say what becomes of each pair as it is added; end with 3 if one failed."""
    slugs, failed = [], {}
    for pair, outcome in adding:
        if isinstance(outcome, ColumncastError):
            failed[pair.recording.path.name] = str(outcome)
        else:
            slugs.append(outcome.episode.slug)
            console.say(f"{'Added' if outcome.new else 'There':<9} {outcome.episode.slug}")
            console.notices(outcome.episode.notices)
    console.document(report.pairing_as_json(pairing) | {"added": slugs, "failed": failed})
    console.end_with_errors(f"{name}: {error}" for name, error in failed.items())


def end_posts(extraction: Extraction, console: Console) -> None:
    """Say which columns were made of the posts of an export; end with 3 if one failed."""
    console.document(
        {
            "columns": [
                {"path": str(one.path), "title": one.column.title} for one in extraction.made
            ],
            "failed": [str(one) for one in extraction.failed],
        }
    )
    console.say(*(f"Made      {one.path}   {one.column.title}" for one in extraction.made))
    for one in extraction.made:
        console.notices(one.notices)
    path = extraction.made[0].path if extraction.made else ""
    console.say(f"Next      columncast add RECORDING {path}" if path else "Nothing to take out.")
    console.end_with_errors(map(str, extraction.failed))


def _unsure(pairing: Pairing, console: Console) -> Iterator[Pair]:
    """Ask about each pair that is not sure, and each recording that fits several columns."""
    for pair in pairing.pairs:
        names = f"{pair.recording.path.name} with {pair.column.path.name}"
        if not pair.sure and console.asks(f"Is it {names} ({pair.by})?"):
            yield pair
    used: list[Path] = []
    for one in pairing.unpaired:
        readings = [reading for reading in one.candidates if reading.path not in used]
        if not readings:
            continue
        console.remark(f"{one.recording.path.name}: {one.why}")
        choices = [f"{reading.path.name}   {reading.title}" for reading in readings]
        if number := console.chooses("Which?", choices):
            used.append(readings[number - 1].path)
            yield Pair(recording=one.recording, column=readings[number - 1], by="you")
