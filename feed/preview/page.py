"""The page of one episode, made of parts: a part is sent again only when it has changed.

Everything here is a pure function of a `Draft` and of what was asked of others (tags, the live
feed); nothing reads the clock but `status`, which is given it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from columncast.episodes.errors import ColumncastError
from columncast.episodes.format import count, day, megabytes, moment, shorten
from columncast.episodes.model.cuts import Cut
from columncast.episodes.model.limits import NOTES_BYTES
from columncast.episodes.model.notice import Notice, accepted_in, problem_counts, problems_in
from columncast.episodes.model.timecode import clock
from columncast.episodes.show.folder import EpisodeFolder
from columncast.episodes.text.template import render, safe, shipped
from columncast.feed.preview import cutting, reviews
from columncast.feed.preview.apps.panes import Pane, alike, as_seen, panes
from columncast.feed.preview.apps.profiles import apps
from columncast.feed.preview.apps.truncation import measure
from columncast.feed.preview.column_file import opens
from columncast.feed.preview.column_view import marked
from columncast.feed.preview.diff import Comparison, compare
from columncast.feed.preview.draft import Draft
from columncast.feed.preview.form import clocked_chapters, fields_of, local_time, text_file
from columncast.feed.preview.former import last_save
from columncast.feed.preview.loudness_chart import caption, loudness_svg, metered
from columncast.feed.preview.own import OwnPlaces, picture_of
from columncast.feed.preview.places import Placed, placed
from columncast.feed.preview.readalong import read_along
from columncast.feed.preview.scripts import PACKAGE
from columncast.feed.preview.standing import standing

TRUSTS = {
    "documented": "documented",
    "tested": "tested by others",
    "unverified": "not verified",
}
SECTIONS = (
    ("apps", "In the apps"),
    ("warnings", "Warnings"),
    ("reviews", "Reviews"),
    ("editor", "What readers see"),
    ("text", "The text"),
    ("column", "The column"),
    ("listen", "Listen"),
    ("cuts", "The cuts"),
    ("notes", "Notes as written"),
    ("changes", "What changes"),
    ("page", "The episode's page"),
    ("tags", "Tags of the audio file"),
)
"""The parts that have a heading, in the order in which they are read."""
FIRST = ("apps",)
BESIDE = ("warnings", "reviews", "editor")
"""What stands beside the rest where there is room."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of the page that is replaced as a whole."""

    html: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Around:
    """What the page shows beside the draft."""

    now: datetime
    problem: str = ""
    """Why the newest save cannot be shown; the draft is then the last one that could."""
    tags: Sequence[tuple[str, str]] = ()
    """Name and value of each tag of the audio file, as read from it."""
    tags_problem: str = ""
    feeds: Mapping[str, bytes] = field(default_factory=dict)
    """Feeds to compare with, by what they are called."""
    feed_problems: Mapping[str, str] = field(default_factory=dict)
    can_ask: bool = False
    """The live feed can be asked for again."""
    built_feed: bytes | None = None
    """The feed as built; None: there is none."""
    live_feed: bytes | None = None
    """The feed that is live; None: it was not fetched."""
    writable: bool = False
    """The page has the editor's fields and buttons."""
    own: OwnPlaces | None = None
    """Where the show itself shows it; None before the first build."""


def parts_of(draft: Draft, around: Around) -> dict[str, Part]:
    """Return every part of the page of *draft*, by its name."""
    audio = f"/public/audio/{draft.audio.name}" if draft.audio else ""
    compared = {name: _compared(draft, xml) for name, xml in around.feeds.items()}
    editing = {}
    if around.writable:
        editing = {
            "editor": fields_of(draft),
            "text": text_values(draft.folder.episode(draft.slug), lines=len(draft.source)),
            "cuts": _cuts(draft),
        }
    values: dict[str, dict[str, Any]] = {
        **editing,
        "problem": problem_values(around.problem),
        "reviews": reviews.values_of(draft, writable=around.writable),
        "state": _state(draft, around, compared),
        "head": _head(draft, around.now),
        "changes": _changes(draft, around, compared),
        "page": _page(draft, around),
        "tags": _tags(draft, around),
        "player": _player(draft, audio),
    }
    shared = shared_parts(draft, cover=picture_of(draft), own=around.own, writable=around.writable)
    return shared | {name: part(name, **given) for name, given in values.items()}


def exported_parts(draft: Draft, *, audio: str) -> dict[str, Part]:
    """Return the parts of a page that goes to a colleague; *audio* is where it plays from."""
    values = {
        "problem": problem_values(""),
        "head": _head(draft, None),
        "player": _player(draft, audio),
    }
    shared = shared_parts(draft, lines=False)
    return shared | {name: part(name, **given) for name, given in values.items()}


def shared_parts(
    draft: Draft,
    *,
    cover: str = "",
    own: OwnPlaces | None = None,
    writable: bool = False,
    lines: bool = True,
) -> dict[str, Part]:
    """Return the parts that show the same wherever they are looked at.

    *cover* is the address of what apps show of it. With *lines*, the column is on the same page.
    """
    values = {
        "apps": _apps(draft, cover=cover, own=own),
        "column": _column(draft, writable=writable),
        "listen": _listen(draft),
        "notes": _notes(draft),
        "warnings": _warnings(draft, writable=writable, lines=lines),
    }
    return {name: part(name, **given) for name, given in values.items()}


def part(name: str, **values: Any) -> Part:
    """Return the part *name* filled with *values*."""
    html = safe(fill(f"{name}.html", **values))
    return Part(html=html, digest=_digest(html))


def _digest(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()[:16]


def fill(name: str, **values: Any) -> str:
    """Return the template *name* of this package filled with *values*."""
    return render(shipped(PACKAGE, name), where=name, **values)


def problem_values(problem: str) -> dict[str, Any]:
    """Return what is said when the newest save cannot be shown."""
    return {"problem": problem, "kept": "Below is the last version that could be read."}


def _warnings(draft: Draft, *, writable: bool, lines: bool) -> dict[str, Any]:
    notices = draft.notices
    said = partial(_said, draft, writable=writable, lines=lines)
    return {
        "counted": problem_counts(notices),
        "asked": said(problems_in(notices)),
        "accepted": said(accepted_in(notices)),
        "told": said([notice for notice in notices if notice.severity == "note"]),
    }


def _said(
    draft: Draft, notices: Sequence[Notice], *, writable: bool, lines: bool
) -> list[tuple[str, str]]:
    """The severity and the HTML of each of *notices*; with *lines*, the column's can be gone to."""
    return [
        (place.notice.severity, _shown(draft, place, writable=writable, lines=lines))
        for place in placed(notices, draft.column, draft.alignment)
    ]


def _shown(
    draft: Draft, place: Placed, *, writable: bool, lines: bool = False, at_line: bool = False
) -> str:
    return safe(
        fill(
            "notice.html",
            notice=place.notice,
            place=place,
            slug=draft.slug,
            clock=clock,
            writable=writable,
            lines=lines,
            at_line=at_line,
        )
    )


def _head(draft: Draft, now: datetime | None) -> dict[str, Any]:
    facts, column = draft.facts, draft.column
    numbers = (("Season", facts.season), ("Episode", facts.number))
    kind = "" if facts.type == "full" else facts.type.capitalize()
    written = draft.episode.author if draft.episode else facts.notes.author or column.author
    place = [*(f"{name} {number}" for name, number in numbers if number), kind]
    return {
        "place": [word for word in (*place, written or draft.show.author) if word],
        "title": column.title,
        "subtitle": facts.notes.subtitle_of(column),
        "facts": _glance(draft, now),
    }


def _glance(draft: Draft, now: datetime | None) -> list[dict[str, str]]:
    """The facts of first importance; without *now* nothing that is true today only."""
    zone = draft.facts.published.astimezone(ZoneInfo(draft.show.timezone))
    length = draft.notes.length_bytes
    problems = problems_in(draft.notices)
    told = [
        _fact("Publication", moment(zone)),
        _fact("Notes", f"{length:,} bytes", f"of {NOTES_BYTES:,}"),
        _fact("Warnings", problem_counts(problems), mark="asked" if problems else ""),
    ]
    if draft.built is None:
        return [*told, _fact("Audio", "not built yet", mark="asked")]
    enclosure, master = draft.built.enclosure, draft.built.master
    size = megabytes(enclosure.length_bytes)
    told.append(_fact("Audio", clock(enclosure.duration_s), size))
    if draft.episode and draft.episode.words_per_minute:
        words = f"{draft.column.word_count:,} words"
        told.append(_fact("Pace", f"{draft.episode.words_per_minute} a minute", words))
    if master:
        told.append(_fact("Loudness", f"{master.heard_lufs:.1f} LUFS as heard".replace("-", "−")))
    if now and draft.listeners:  # not in a file for others
        ages = draft.listeners.ages
        first = f"{ages[0]:,} in 24 h, {ages[0] + ages[1]:,} in 7 days"
        told.append(_fact("Listeners", f"{draft.listeners.downloads:,}", first))
    return told


def _fact(name: str, value: str, note: str = "", mark: str = "") -> dict[str, str]:
    return {"name": name, "value": value, "note": note, "mark": mark}


def _apps(draft: Draft, *, cover: str, own: OwnPlaces | None) -> dict[str, Any]:
    shown = panes(draft.notes, apps(), duration_s=draft.duration_s)
    sure = [pane for pane in shown if pane.app.trust != "unverified"]
    unsure = [pane for pane in shown if pane.app.trust == "unverified"]
    like = {
        other.app.name: first.app.name
        for first, others in alike((*sure, *unsure))
        for other in others
    }
    also: dict[str, list[str]] = {}
    for name, first in like.items():
        also.setdefault(first, []).append(name)
    first_blocks = {as_seen(block) for block in sure[0].blocks} if sure else set()
    sources = {source for pane in shown for source in (*pane.app.sources, pane.app.row.source)}
    return {
        "groups": [("sure", sure), ("unsure", unsure)],
        "like": like,
        "also": also,
        "first": sure[0].app.name if sure else "",
        "blocks": {
            pane.app.name: [(block, as_seen(block) in first_blocks) for block in pane.blocks]
            for pane in shown
        },
        "fills": {pane.app.name: _filling(pane) for pane in shown},
        "trusts": TRUSTS,
        "hosts": {source: urlsplit(source).hostname for source in sources},
        "html": safe,
        "title": draft.column.title,
        "show": draft.show.title,
        "date": day(draft.facts.published, draft.show.timezone),
        "length": clock(draft.duration_s) if draft.duration_s else "",
        "cover": cover,
        "frames": _frames(draft.slug, own) if own else [],
    }


def _frames(slug: str, own: OwnPlaces) -> list[dict[str, str]]:
    """The show's own places, each with what tells one state of it from another."""
    at = f"/public/feed/{slug}/"
    shown = (
        ("Web player", "on other sites", f"{at}embed/", own.embed, "low"),
        ("Episode page", "the show's own", at, own.page, ""),
        ("Newsletter", "to paste into a letter", f"{at}newsletter/", own.newsletter, ""),
    )
    return [
        {"name": name, "about": about, "src": src, "version": _digest(html), "shape": shape}
        for name, about, src, html, shape in shown
    ]


def _filling(pane: Pane) -> dict[str, Any]:
    meter = pane.meter
    if meter.limit is None:
        return {"text": f"{meter.length_bytes:,} bytes, no limit known", "high": 0, "value": 0}
    about = "about " if meter.limit.assumed else ""
    text = f"{meter.used:,} of {about}{meter.limit.number:,} {meter.unit}"
    if meter.over:
        text += f", {meter.over:,} too many"
    return {
        "text": text,
        "high": meter.limit.number * 95 // 100,
        "value": min(meter.used, meter.limit.number),
    }


def _column(draft: Draft, *, writable: bool) -> dict[str, Any]:
    notices = (*draft.notices, *reviews.remark_notices(draft))
    lines = marked(draft.column, draft.notes, draft.source, notices, draft.alignment)
    # A colleague's remark is done with in its own part.
    own = set(draft.notices) if writable else set()
    said = {
        line.number: [
            (
                place.notice.severity,
                _shown(draft, place, writable=place.notice in own, at_line=True),
            )
            for place in line.asked
        ]
        for line in lines
    }
    return {"lines": lines, "numbered": bool(draft.source), "said": said}


def _listen(draft: Draft) -> dict[str, Any]:
    master = draft.built.master if draft.built else None
    picture = loudness = ""
    if master:
        target_lufs = metered(draft.show, master)
        picture = safe(loudness_svg(master, target_lufs=target_lufs))
        loudness = caption(master)
    return {
        "built": draft.built is not None,
        "slug": draft.slug,
        "duration_s": draft.duration_s,
        "picture": picture,
        "loudness": loudness,
        "chapters": clocked_chapters(draft),
        "paragraphs": read_along(draft.folder, draft.built, draft.alignment) if draft.built else (),
    }


def _cuts(draft: Draft) -> dict[str, Any]:
    values: dict[str, Any] = {"problem": "", "known": False, "rows": [], "slug": draft.slug}
    episode = draft.folder.episode(draft.slug)
    if draft.facts.source.kept or not episode.has_column:
        return values | {"problem": "Only a recording with its text can be cut by it."}
    try:
        laid = cutting.table(draft.folder, episode)
    except (ColumncastError, OSError) as e:
        return values | {"problem": str(e)}
    if laid is None:
        return values
    made = sum(cut.applied for cut in laid.cuts)
    open_ = sum(not cut.applied and not cut.kept for cut in laid.cuts)
    return values | {
        "known": True,
        "rows": [_cut_row(draft.slug, laid, cut) for cut in laid.cuts],
        "whole": safe(cutting.overview(laid)),
        "counted": f"{count(len(laid.cuts), 'cut')}: {made} made, {open_} open; "
        f"{laid.saved_s:.1f} s of {clock(laid.found.duration_s)} go",
    }


_CUT_STATES = {"made": "cut", "stays": "stays", "open": "not decided"}


def _cut_row(slug: str, laid: cutting.Table, cut: Cut) -> dict[str, Any]:
    key = f"{cutting.milliseconds(cut.start_s)}-{cutting.milliseconds(cut.end_s)}"
    state = cutting.state(cut)
    return {
        "key": key,
        "clock": clock(cut.start_s),
        "kind": cut.kind,
        "sure": cut.sure,
        "state": state,
        "says": _CUT_STATES[state],
        "saves": f"{cut.saved_s:.1f}",
        "text": shorten(cut.text, 160),
        "reason": cut.reason,
        "heard": f"/episodes/{slug}/cuts/{key}.wav",
        "waveform": safe(cutting.waveform(laid, cut)),
    }


def _notes(draft: Draft) -> dict[str, Any]:
    html, full = draft.notes.html, draft.notes.full_html
    length = measure(html)
    same = full in ("", html)
    return {
        "fields": "description and content:encoded are the same."
        if same
        else "description is cut to what apps take; content:encoded holds the whole text.",
        "bytes": f"{length.length_bytes:,}",
        "characters": f"{length.length_characters:,}",
        "source": _source_lines(html),
        "full_source": [] if same else _source_lines(full),
        "full_bytes": f"{measure(full).length_bytes:,}",
        "plain": draft.notes.plain,
    }


def _source_lines(html: str) -> list[str]:
    """HTML for reading: the notes are one long line, since some apps show line ends."""
    for end in ("</p>", "</ul>", "</ol>", "</li>", "<br>", "<ul>", "<ol>"):
        html = html.replace(end, f"{end}\n")
    return html.rstrip("\n").split("\n")


Compared = Comparison | ColumncastError | None
"""How a feed differs; or why that cannot be said; None before the first build."""


def _compared(draft: Draft, feed: bytes) -> Compared:
    if draft.episode is None:
        return None
    try:
        return compare(draft.episode, draft.show, feed)
    except ColumncastError as e:
        return e


def _state(draft: Draft, around: Around, compared: Mapping[str, Compared]) -> dict[str, Any]:
    def known(feed: bytes | None) -> Comparison | None:
        found = next((compared[name] for name, xml in around.feeds.items() if xml is feed), None)
        return found if isinstance(found, Comparison) else None

    there = known(around.live_feed) if around.live_feed is not None else None
    found = standing(
        draft, around.now, built_feed=around.built_feed, built=known(around.built_feed), there=there
    )
    return {
        "standing": found,
        "writable": around.writable,
        "undo": last_save(draft.folder, draft.slug) if around.writable else "",
        "slug": draft.slug,
        "date": local_time(draft.facts.published, draft.show.timezone),
        "zone": draft.show.timezone,
    }


def text_values(episode: EpisodeFolder, *, lines: int = 0) -> dict[str, Any]:
    """Return what the part says that opens the column's own file, of so many *lines* if that is known."""
    return {
        "slug": episode.slug,
        "file": text_file(episode),
        "opens": opens(episode),
        "lines": lines,
    }


def _changes(draft: Draft, around: Around, compared: Mapping[str, Compared]) -> dict[str, Any]:
    sides: list[dict[str, Any]] = [
        {"name": name, "problem": str(found), "comparison": None}
        if isinstance(found, ColumncastError)
        else {"name": name, "problem": "", "comparison": found}
        for name, found in compared.items()
        if found is not None
    ]
    sides += [
        {"name": name, "problem": text, "comparison": None}
        for name, text in around.feed_problems.items()
    ]
    return {
        "unbuilt": _unbuilt(draft),
        "sides": sides,
        "can_ask": around.can_ask,
        "slug": draft.slug,
    }


def _unbuilt(draft: Draft) -> str:
    if draft.built is None:
        return f"Not built yet; next: columncast build {draft.slug}"
    if draft.newer_recording:
        return f"The recording is newer than the audio; next: columncast build {draft.slug}"
    if draft.newer_edits:
        return f"The cuts are newer than the audio; next: columncast build {draft.slug}"
    if draft.unbuilt:
        return f"There is more here than was built; next: columncast build {draft.slug}"
    return ""


def _page(draft: Draft, around: Around) -> dict[str, Any]:
    page = f"/public/feed/{draft.slug}/" if around.own else ""
    return {"page": page, "version": _digest(around.own.page) if around.own else ""}


def _tags(draft: Draft, around: Around) -> dict[str, Any]:
    none = "There is no audio file yet." if draft.audio is None else "They were not read."
    return {"problem": around.tags_problem, "rows": around.tags, "none": none}


def _player(draft: Draft, audio: str) -> dict[str, Any]:
    return {
        "audio": audio,
        "title": draft.column.title,
        "built": draft.built is not None,
        "slug": draft.slug,
    }
