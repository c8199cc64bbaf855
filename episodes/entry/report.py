"""What is told of an episode: the receipt that a producer reads, the JSON that a tool reads.

Text and plain values only; the command line prints them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from columncast.episodes.building.built import Built
from columncast.episodes.format import count, megabytes, moment, shorten
from columncast.episodes.model.alignment import Alignment
from columncast.episodes.model.column import Column, Mention
from columncast.episodes.model.episode import Episode, Loudness
from columncast.episodes.model.limits import MONO_OFFSET_LU, NOTES_BYTES
from columncast.episodes.model.notice import problem_counts
from columncast.episodes.model.timecode import clock
from columncast.episodes.pictures.placed import PICTURE_CODES
from columncast.episodes.show.settings import Show


def as_json(episode: Episode, *, listed: int, status: str) -> dict[str, Any]:
    """Return the document that `add --json` and `show --json` print."""
    enclosure, master = episode.enclosure, episode.master
    audio: dict[str, Any] = {
        "path": enclosure.path,
        "url": enclosure.url,
        "length_bytes": enclosure.length_bytes,
        "mime_type": enclosure.mime_type,
        "duration_s": round(enclosure.duration_s, 3),
    }
    if master:
        audio |= _loudness(master.loudness)
        audio |= {f"source_{key}": value for key, value in _loudness(master.source).items()}
        audio |= {
            "gain_db": round(master.gain_db, 2),
            "limited": master.limited_s > 0,
            "limited_s": round(master.limited_s, 3),
            "channels": master.channels,
            "sample_rate_hz": master.sample_rate_hz,
            "bitrate": master.bitrate,
            "encoder": master.encoder,
            "encodes": master.encodes,
            "steps": list(master.steps),
        }
    return {
        "slug": episode.slug,
        "guid": episode.guid,
        "title": episode.title,
        "subtitle": episode.subtitle,
        "published": episode.published.isoformat(),
        "status": status,
        "type": episode.type,
        "season": episode.season,
        "number": episode.number,
        "link": episode.link,
        "page": f"feed/{episode.slug}/index.html",
        "words_per_minute": episode.words_per_minute,
        "audio": audio,
        "notes": {
            "html": episode.notes.html,
            "plain": episode.notes.plain,
            "bytes": episode.notes.length_bytes,
        },
        "warnings": [notice.as_json() for notice in episode.notices],
        "feed": {"path": "feed/feed.xml", "episodes": listed},
    }


def transcript_lines(alignment: Alignment) -> list[tuple[str, str]]:
    """Return what aligning found, as (label, text) lines."""
    said = [s.status for s in alignment.sentences if not s.heading]
    read, missing, unsure = (said.count(status) for status in ("read", "missing", "unsure"))
    return [
        ("Verdict", alignment.verdict + _because(alignment.message, alignment.message)),
        ("Sentences", f"{read} read, {missing} not read, {unsure} to listen to"),
        ("Extra", f"{count(len(alignment.extras), 'passage')} that the column does not have"),
        ("Chapters", ", ".join(c.title for c in alignment.chapters) or "none"),
    ]


def receipt(
    episode: Episode, column: Column, show: Show, *, verbose: bool = False
) -> list[tuple[str, str]]:
    """Return what a producer wants to see after `add`, as (label, text) lines.

    Loudness is as it is heard; with *verbose* also what a meter reads in the file.
    """
    lines = [("Title", episode.title + _because(column.series, "the show's name was taken off"))]
    if column.story_date:
        why = _because("yes", "in the story; not the publication date")
        lines.append(("Story", f"{column.story_date}{why}"))
    for dropped in column.dropped:
        if dropped.text == column.story_date:
            continue
        place = f"line {dropped.line} " if dropped.line else ""
        lines.append(("Dropped", f'{place}"{shorten(dropped.text)}"   ({dropped.why})'))
    lines += _audio_lines(episode, show, verbose=verbose)
    odd = any(n.code.startswith("pace-") for n in episode.notices)
    if column.blocks:
        lines.append(
            (
                "Pace",
                f"{column.word_count:,} words, {episode.words_per_minute} a minute: "
                + ("is this the right recording?" if odd else "plausible"),
            )
        )
    if wanted := len(column.pictures):
        missing = sum(notice.code in PICTURE_CODES for notice in episode.notices)
        lines.append(("Pictures", f"{wanted - missing} of {wanted} come along"))
    notes = f"{episode.notes.length_bytes:,} of {NOTES_BYTES:,} bytes"
    lines.append(("Notes", notes + _because(episode.notices, problem_counts(episode.notices))))
    return lines


def card(
    episode: Episode, column: Column, show: Show, status: str, *, verbose: bool = False
) -> list[tuple[str, str]]:
    """Return what `show` tells of an episode: its identity, then the receipt."""
    numbers = [
        f"{name} {number}"
        for name, number in (("season", episode.season), ("number", episode.number))
        if number
    ]
    return [
        ("Slug", episode.slug),
        ("Guid", episode.guid),
        ("Status", f"{status}, {moment(episode.published, show.timezone)}"),
        ("Kind", ", ".join([episode.type, *numbers])),
        *receipt(episode, column, show, verbose=verbose),
        *_mentions(column.mentions),
        ("Link", episode.link),
        ("Enclosure", episode.enclosure.url),
    ]


def outlook(built: Built) -> list[tuple[str, str]]:
    """Return how the feed stands: how many episodes, and which comes next."""
    zone = built.folder.show.timezone
    newest = f", newest {moment(built.feed[0].published, zone)}" if built.feed else ""
    lines = [("Feed", f"feed/feed.xml, {count(len(built.feed), 'episode')}{newest}")]
    if built.scheduled:
        due = built.scheduled[0]
        lines.append(
            (
                "Scheduled",
                f"{due.slug} for {moment(due.published, zone)}; a `columncast build` after that lists it"
                + (f" ({len(built.scheduled) - 1} more later)" if len(built.scheduled) > 1 else ""),
            )
        )
    return lines


def build_as_json(built: Built) -> dict[str, Any]:
    """Return the document that `build --json` prints."""
    return {
        "changed": list(built.changed),
        "failed": {slug: str(error) for slug, error in built.failed.items()},
        "scheduled": [
            {"slug": e.slug, "guid": e.guid, "published": e.published.isoformat()}
            for e in built.scheduled
        ],
        "feed": {"path": "feed/feed.xml", "episodes": len(built.feed)},
    }


def built_as_json(episode: Episode, built: Built) -> dict[str, Any]:
    """Return the document of an episode just built."""
    listed = {line.slug for line in built.feed}
    status = "published" if episode.slug in listed else "scheduled"
    status = "draft" if episode.draft else status
    return as_json(episode, listed=len(listed), status=status)


def _loudness(loudness: Loudness) -> dict[str, float]:
    return {
        "integrated_lufs": round(loudness.integrated_lufs, 2),
        "true_peak_dbtp": round(loudness.true_peak_dbtp, 2),
        "range_lu": round(loudness.range_lu, 2),
    }


def _audio_lines(episode: Episode, show: Show, *, verbose: bool) -> Iterator[tuple[str, str]]:
    enclosure, master = episode.enclosure, episode.master
    size = f"{clock(enclosure.duration_s)}, {megabytes(enclosure.length_bytes)}"
    if master is None:
        yield "Audio", f"{size}, imported unchanged"
        return
    mono = master.channels == 1
    kind = enclosure.path.rpartition(".")[2]
    form = f"{kind} {master.bitrate} {'mono' if mono else 'stereo'}"
    rate = f"{master.sample_rate_hz / 1000:g} kHz"
    yield "Audio", f"{size}, {form}, {rate}, by {master.encoder}"
    if master.steps:
        yield "Edited", "; ".join(master.steps)
    before, after = master.source, master.loudness
    levels = f"{master.source_heard_lufs:.1f} -> {master.heard_lufs:.1f} LUFS"
    target = f"as heard from two speakers; target {show.audio.integrated_lufs:g}"
    yield "Loudness", f"{levels}, gain {master.gain_db:+.1f} dB   ({target})"
    if verbose:
        metered = f"{before.integrated_lufs:.1f} -> {after.integrated_lufs:.1f} LUFS"
        why = f", {MONO_OFFSET_LU:g} LU under what two speakers play" if mono else ""
        yield "Meter", f"{metered}   (what BS.1770 reads in the file{why})"
    yield "Range", f"{before.range_lu:.1f} -> {after.range_lu:.1f} LU"
    limited = f", limited for {master.limited_s:.1f} s" if master.limited_s else ""
    peaks = f"{before.true_peak_dbtp:.1f} -> {after.true_peak_dbtp:.1f} dBTP{limited}"
    yield "Peak", f"{peaks}   (ceiling {show.audio.true_peak_dbtp:g})"


def _mentions(mentions: Sequence[Mention]) -> Iterator[tuple[str, str]]:
    """Tell what could go into the notes, if the editor says so (`columncast preview`)."""
    for kind, label in (("work", "Works"), ("person", "People"), ("link", "Links")):
        named = [f"{m.title} by {m.by}" if m.by else m.title for m in mentions if m.kind == kind]
        if named:
            yield label, "; ".join(named)


def _because(there: object, why: str) -> str:
    return f"   ({why})" if there else ""
