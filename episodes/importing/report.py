"""What taking a podcast over says: before, of what will be done; after, of what was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from columncast.episodes.format import aligned, count, megabytes, moment, table
from columncast.episodes.importing.feed.show import differences
from columncast.episodes.importing.pairs.pairing import Pair, Pairing
from columncast.episodes.importing.plan import Plan
from columncast.episodes.importing.run import Imported
from columncast.episodes.model.notice import Notice
from columncast.episodes.private_urls import without_keys
from columncast.episodes.show.settings import Show
from columncast.episodes.text.normalize import clip

_SHOWN = 10
"""Rows of a table that a person is shown without -v."""


def plan_lines(plan: Plan, show: Show | None, *, verbose: bool) -> Iterator[str]:
    """Tell what will be done; *show* is the one it goes into, None where it will be made."""
    said = plan.show.settings
    lines = [
        ("Podcast", f"{said['title']}" + (f", {said['author']}" if "author" in said else "")),
        ("Feed", plan.show.feed_url or str(plan.pages[0][0])),
        ("Episodes", _episodes(plan)),
    ]
    if plan.entries:
        lines.append(("Audio", _audio(plan)))
    if plan.show.locked_by:
        whom = plan.show.locked_by if plan.show.locked_by != "yes" else "its owner"
        lines.append(("Locked", f"the feed asks other hosts to ask {whom} first (podcast:locked)"))
    if plan.show.moved_to:
        lines.append(("Moved", f"the feed says that it has moved to {plan.show.moved_to}"))
    yield from aligned(lines)
    yield from _notices(plan.notices)
    if plan.matches:
        rows = [(clip(m.title, 40), clip(m.text.name, 40), str(m.by)) for m in plan.matches]
        yield from _table(rows, ("EPISODE", "COLUMN", "BY"), verbose=verbose)
    if plan.no_column:
        yield f"{count(len(plan.no_column), 'episode')} without a column: those keep their notes alone."
    if plan.no_audio:
        rows = [
            (clip(e.title, 40), _name(e.audio_url), megabytes(e.length_bytes))
            for e in plan.no_audio
        ]
        yield "Not imported, because the folder has no recording of them:"
        yield from _table(rows, ("EPISODE", "WANTED", "LENGTH"), verbose=verbose)
    if plan.unused_audio:
        yield "Recordings of no episode:"
        yield from _table([(p.name,) for p in plan.unused_audio], ("RECORDING",), verbose=verbose)
    if show:
        yield from (f"Differs   {line}" for line in differences(plan.show, show))
    else:
        yield from _notices(plan.show.notices)


def _notices(notices: Sequence[Notice]) -> list[str]:
    return aligned((notice.severity.capitalize(), notice.message) for notice in notices)


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Return the plan for tools."""
    return {
        "feed": plan.show.feed_url,
        "known": plan.known,
        "without_sound": plan.silent,
        "fetch_bytes": plan.fetch_bytes,
        "episodes": [
            {
                "slug": entry.slug,
                "guid": entry.old.guid,
                "title": entry.old.title,
                "published": entry.old.published.isoformat(),
                "audio": str(entry.audio) if entry.audio else without_keys(entry.old.audio_url),
                "column": entry.text.name if entry.text else None,
            }
            for entry in plan.entries
        ],
        "columns": [
            {"guid": m.guid, "column": m.text.name, "by": m.by, "sure": m.sure}
            for m in plan.matches
        ],
        "without_recording": [e.guid for e in plan.no_audio],
        "unused_recordings": [str(path) for path in plan.unused_audio],
        "broken": [{"where": b.where, "message": b.why} for b in plan.bad],
        "private": plan.show.private,
        "feed_notices": [notice.as_json() for notice in plan.notices],
        "show_notices": [notice.as_json() for notice in plan.show.notices],
    }


def done_as_json(imported: Sequence[Imported]) -> dict[str, Any]:
    """Return what was done for tools."""
    return {
        "taken": [t.slug for t in imported if t.slug and not t.error],
        "failed": {t.slug: t.error for t in imported if t.error},
        "warnings": [notice.as_json() for one in imported for notice in one.notices],
    }


def next_steps(folder: str, show: Show, plan: Plan, redirects: dict[str, str]) -> Iterator[str]:
    """Say what is left to do: here, and at the old host."""
    yield from aligned(
        [
            ("Next", f"columncast -C {folder} build"),
            ("", f"columncast -C {folder} check"),
            ("", f"columncast -C {folder} publish   (see columncast help publish)"),
        ]
    )
    yield f"Then, at the old host, lead {plan.show.feed_url or 'the old feed'} to {show.feed_url}:"
    yield "  a permanent redirect (301), or its setting for a new feed address (itunes:new-feed-url)"
    if plan.show.feed_url and "nginx" in redirects:
        yield f"  nginx     {redirects['nginx'].rstrip()}"
        yield f"  Apache    {redirects['apache'].rstrip()}"
        first, *more = redirects["caddy"].splitlines()
        yield f"  Caddy     {first}"
        yield from (f"            {line}" for line in more)
    yield "  for four weeks at the least, better for good (columncast help importing)"


def pairing_lines(pairing: Pairing) -> Iterator[str]:
    """Tell which recording reads which column, and what has no partner, and why."""
    if pairing.pairs:
        rows = [
            (
                clip(pair.recording.path.name, 36),
                clip(pair.column.path.name, 36),
                pair.by,
                f"{pair.words_per_minute:.0f} a minute",
                _day(pair),
                "yes" if pair.sure else "ask",
            )
            for pair in pairing.pairs
        ]
        yield from table(rows, ("RECORDING", "COLUMN", "BY", "PACE", "DATE", "SURE"))
    for one in pairing.unpaired:
        names = ", ".join(reading.path.name for reading in one.candidates[:5])
        yield f"Unpaired  {one.recording.path.name}: {one.why}" + (f" ({names})" if names else "")
    for reading in pairing.left:
        yield f"Unpaired  {reading.path.name}: no recording is left for it"
    yield from (f"Skipped   {line}" for line in pairing.unreadable)


def _day(pair: Pair) -> str:
    if pair.column.published:
        return f"{pair.column.published:%Y-%m-%d}"
    return pair.date or "now"


def pairing_as_json(pairing: Pairing) -> dict[str, Any]:
    """Return the pairing for tools."""
    return {
        "pairs": [
            {
                "recording": str(pair.recording.path),
                "column": str(pair.column.path),
                "by": pair.by,
                "sure": pair.sure,
                "words_per_minute": pair.words_per_minute,
                "date": _day(pair),
            }
            for pair in pairing.pairs
        ],
        "unpaired": [
            {
                "recording": str(one.recording.path),
                "why": one.why,
                "candidates": [str(reading.path) for reading in one.candidates],
            }
            for one in pairing.unpaired
        ],
        "columns_left": [str(reading.path) for reading in pairing.left],
        "unreadable": list(pairing.unreadable),
    }


def broken_lines(plan: Plan, imported: Iterable[Imported]) -> Iterator[str]:
    """Say what was not taken over, and why."""
    yield from (f"{item.where}: {item.why}" for item in plan.bad)
    yield from (f"{one.slug}: {one.error}" for one in imported if one.error)


def _episodes(plan: Plan) -> str:
    dates = sorted(entry.old.published for entry in plan.entries)
    span = f", {moment(dates[0])[:10]} to {moment(dates[-1])[:10]}" if dates else ""
    if not (plan.entries or plan.known or plan.silent or plan.bad or plan.no_audio):
        return "none in the feed yet; the show is made with its settings"
    parts = [f"{len(plan.entries):,} to take over{span}"]
    if plan.known:
        parts.append(f"{plan.known:,} here already")
    if plan.silent:
        parts.append(f"{count(plan.silent, 'item')} without audio left out")
    if plan.bad:
        parts.append(f"{len(plan.bad):,} that cannot be read, below")
    return "; ".join(parts)


def _audio(plan: Plan) -> str:
    here = sum(1 for entry in plan.entries if entry.audio)
    parts = []
    if plan.fetch_bytes or not here:
        parts.append(f"{megabytes(plan.fetch_bytes)} to fetch")
    if here:
        parts.append(f"{count(here, 'recording')} from the folder")
    return (
        ", ".join(parts) + f"; on disk {megabytes(plan.disk_bytes)}, and as much again once built"
    )


def _table(
    rows: Sequence[tuple[str, ...]], heads: tuple[str, ...], *, verbose: bool
) -> Iterator[str]:
    shown = rows if verbose else rows[:_SHOWN]
    yield from table(shown, heads)
    if len(shown) < len(rows):
        yield f"… and {len(rows) - len(shown):,} more (-v lists them)"


def _name(url: str) -> str:
    return clip(without_keys(url).partition("?")[0].rpartition("/")[2] or url, 40)
