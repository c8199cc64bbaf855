"""What the editor changes on the page, written to `episode.toml` and beside it.

The page says which state of the file it was made from; if the file is another by now, nothing is
written and the editor is told. What a save replaces is kept, so that it can be undone.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from columncast.episodes.disk import files
from columncast.episodes.entry.accepted import accept, take_back
from columncast.episodes.entry.imported_narration import CHAPTERS
from columncast.episodes.entry.own_chapters import Mark, chapters_file, own_chapters
from columncast.episodes.errors import ConflictError, SettingsError, UsageError
from columncast.episodes.format import shorten
from columncast.episodes.model.clock import parse_date
from columncast.episodes.model.column import Mention
from columncast.episodes.model.timecode import read_clock
from columncast.episodes.show.fact_table import FACTS, Fact
from columncast.episodes.show.facts import Facts
from columncast.episodes.show.intake import draft_changed
from columncast.episodes.show.settings import Show, convert, read_text
from columncast.episodes.show.toml import changed_toml
from columncast.episodes.text.normalize import one_line
from columncast.episodes.text.urls import clean_url
from columncast.feed.artwork.episode_cover import cover_change
from columncast.feed.preview import former
from columncast.feed.preview.draft import Draft, read_draft
from columncast.feed.preview.form import (
    ELSEWHERE,
    candidates,
    chapters_of,
    form_time,
    local_time,
    mention_value,
    number_in,
    parts_text,
    value_of,
)

Form = Mapping[str, Sequence[str]]
"""The fields of the form with their values."""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What a form changes."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    """By the key of `episode.toml`; None: it is taken away."""
    said: Mapping[str, str] | None = None
    """The pronunciation of the whole show; None: it stays."""
    chapters: bytes | None = None
    """The file of the editor's own chapters; empty: it goes; None: it stays."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What changed, for the page."""
        more = {"pronunciation": self.said is not None, "chapters": self.chapters is not None}
        return (*self.facts, *(name for name, changed in more.items() if changed))


def save(
    root: Path, slug: str, form: Form, *, basis: str, cover: Path | None = None
) -> tuple[str, ...]:
    """Write what *form* changes; return the keys that changed.

    *basis* is the hash of `episode.toml` from which the form was filled. *cover* is the path of a
    new picture for this episode; a form with `cover` says `remove` to have the old one gone.

    Raises:
        ConflictError: The file was changed since; nothing was written.
        UsageError: A value cannot be; nothing was written.
        CoverError: Directories would not take the cover; nothing was written.
        BusyError: Another run is working on the show; nothing was written.
    """
    draft = read_draft(root, slug)
    folder = draft.folder
    with folder.locked():
        source = folder.episode(slug)
        if files.sha256(source.facts_file) != basis or draft.basis != basis:
            raise ConflictError(
                "was changed since this page was shown; nothing was saved",
                where=f"episodes/{slug}/episode.toml",
            )
        changed = changes_of(draft, form)
        facts = dict(changed.facts)
        writes: dict[Path, bytes | None] = {}
        keys = list(changed.keys)
        goes = form.get("cover", [""])[0] == "remove" and draft.has_cover
        if cover or goes:
            facts["cover"] = cover
            change = cover_change(facts)
            writes |= dict.fromkeys(source.path.glob("cover.*"))
            if change.picture:
                writes[source.path / f"cover{change.suffix}"] = change.picture.read_bytes()
            keys.append("cover")
        if "draft" in facts:
            facts |= draft_changed(folder, source, facts, now=datetime.now(UTC))
        if facts:
            where = f"episodes/{slug}/episode.toml"
            try:
                text = changed_toml(read_text(source.facts_file), facts, Facts, where=where)
            except SettingsError as e:
                raise UsageError(f"{e.message}; nothing was saved", where=e.where) from e
            writes[source.facts_file] = text.encode()
        if changed.chapters is not None:
            writes[source.path / CHAPTERS] = changed.chapters or None
        if changed.said is not None:
            writes |= _pronounced(draft, changed.said, form)
        what = "the cover" if keys == ["cover"] else "the fields"
        former.write(folder, slug, writes, what=what)
    return tuple(keys)


def changes_of(draft: Draft, form: Form) -> Changed:
    """Return what *form* changes; a field that it does not hold stays.

    Raises:
        UsageError: A value cannot be.
    """
    facts: dict[str, Any] = {}
    for fact in FACTS:
        if fact.key not in ELSEWHERE and (fact.name in form or f"{fact.name}-shown" in form):
            new = _said(draft, fact, form)
            if new != _comparable(value_of(draft, fact), fact):
                facts[fact.key] = new
    facts |= _date(draft, form)
    facts |= _mentions(draft, form)
    titles, chapters = _chapters(draft, form)
    return Changed(facts=facts | titles, said=_sayings(draft, form), chapters=chapters)


def _said(draft: Draft, fact: Fact, form: Form) -> Any:
    """What *form* says of *fact*, as `episode.toml` keeps it; None: nothing."""
    values = form.get(fact.name, ())
    text = values[0] if values else ""
    found: Any = fact.from_text(text)
    if fact.kind == "date":  # see _date
        found = value_of(draft, fact)
    elif fact.kind == "number":
        found = _number(fact, text)
    elif fact.kind == "flag":
        found = {"yes": True, "no": False}.get(text)
    elif f"{fact.name}-shown" in form:
        found = [value for value in values if value] or None
    elif fact.kind == "parts":
        found = _parts(fact, text)
    elif fact.may_be_none:
        found = "" if form.get(f"{fact.name}-none", [""])[0] == "1" else one_line(text) or None
    return found


def _comparable(value: Any, fact: Fact) -> Any:
    """Return what there is of *fact* in the form in which `_said` gives it."""
    if fact.kind == "words":
        return list(value) or None
    if fact.kind == "parts":
        return _parts(fact, parts_text(value))
    return None if value == "" and not fact.may_be_none else value


def _number(fact: Fact, text: str) -> int | None:
    if not text.strip():
        return None
    number = number_in(text)
    if not number:
        raise UsageError(f"{fact.name} {shorten(text, 40)!r} is not a number from 1")
    return number


def _parts(fact: Fact, text: str) -> Any:
    if not text.strip():
        return None
    try:
        said = tomllib.loads(f"it = {text.strip()}")
    except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError
        said = {}
    if list(said) != ["it"]:
        raise UsageError(
            f"{fact.label.lower()} must look like {parts_text(fact.example)}; nothing was saved"
        )
    return said["it"]


def _date(draft: Draft, form: Form) -> dict[str, Any]:
    zone = draft.show.timezone
    if "published" not in form or form["published"][0] == local_time(draft.facts.published, zone):
        return {}
    return {"published": parse_date(form["published"][0], zone)}


def _mentions(draft: Draft, form: Form) -> dict[str, Any]:
    if "mentioned-shown" not in form:
        return {}
    known = {mention_value(mention) for mention in candidates(draft)}
    ticked = [value for value in form.get("mentioned", ()) if value in known]
    # One that the editor adds by hand has a title at least.
    title, by, href = (
        one_line(form.get(f"mention-{name}", [""])[0]) for name in ("title", "by", "href")
    )
    if title:
        ticked.append(mention_value(Mention(kind="work", title=title, by=by, href=href)))
    accepted = [mention_value(mention) for mention in draft.facts.notes.mentioned]
    if ticked == accepted:
        return {}
    return {"notes.mentioned": [_mention(value) for value in ticked] or None}


def _mention(value: str) -> dict[str, str]:
    said = json.loads(value)
    mention = convert(said, Mention, where="mentioned")
    if mention.href:
        said["href"] = clean_url(mention.href)
    return {key: text for key, text in said.items() if text}


def _chapters(draft: Draft, form: Form) -> tuple[dict[str, Any], bytes | None]:
    """Return new titles by the column's headings, or the file of the editor's own chapters.

    Titles alone are kept by heading, so that they survive another recording.
    """
    if "chapters-shown" not in form or draft.built is None:
        return {}, None
    marks, headings = _marks(form)
    own = own_chapters(draft.folder.episode(draft.slug))
    chapters = chapters_of(draft)
    times = [form_time(chapter.start_s) for chapter in chapters]
    same_places = sorted(times) == sorted(form_time(mark.start_s) for mark in marks)
    bare = not any(mark.link or mark.picture for mark in marks)
    if not own and same_places and bare:
        return _titles(draft, dict(zip(headings, marks, strict=True))), None
    if not marks:
        return {}, b"" if own else None
    exact = {form_time(chapter.start_s): chapter.start_s for chapter in chapters}
    placed = [
        Mark(
            start_s=exact.get(form_time(mark.start_s), mark.start_s),
            title=mark.title,
            link=mark.link,
            picture=mark.picture,
        )
        for mark in marks
    ]
    if own and sorted(placed, key=lambda mark: mark.start_s) == list(own):
        return {}, None
    content = chapters_file(placed, duration_s=draft.duration_s)
    titles = {"notes.chapter_titles": None} if draft.facts.notes.chapter_titles else {}
    return titles, content


def _marks(form: Form) -> tuple[list[Mark], list[str]]:
    rows = zip(
        *(
            form.get(f"chapter-{name}", ())
            for name in ("time", "title", "heading", "link", "picture")
        ),
        strict=False,
    )
    marks, headings = [], []
    for time, title, heading, link, picture in rows:
        try:
            start_s = read_clock(time)
        except ValueError:
            start_s = math.nan
        if not 0 <= start_s < math.inf:
            raise UsageError(f"{shorten(time, 40)!r} is no time like 1:23.5; nothing was saved")
        marks.append(
            Mark(
                start_s=start_s,
                title=one_line(title) or one_line(heading),
                link=clean_url(link) or link.strip(),
                picture=clean_url(picture) or picture.strip(),
            )
        )
        headings.append(heading)
    return marks, headings


def _titles(draft: Draft, marks: Mapping[str, Mark]) -> dict[str, Any]:
    titles = dict(draft.facts.notes.chapter_titles)
    for heading, mark in marks.items():
        if mark.title == heading:
            titles.pop(heading, None)
        else:
            titles[heading] = mark.title
    if titles == draft.facts.notes.chapter_titles:
        return {}
    return {"notes.chapter_titles": titles or None}


def _sayings(draft: Draft, form: Form) -> dict[str, str] | None:
    if "pronunciation-shown" not in form:
        return None
    rows = zip(form.get("said-name", ()), form.get("said-as", ()), strict=False)
    said = {one_line(name): one_line(spoken) for name, spoken in rows if one_line(name)}
    return None if said == draft.show.pronunciation else said


def _pronounced(draft: Draft, said: Mapping[str, str], form: Form) -> dict[Path, bytes | None]:
    path = draft.folder.root / "show.toml"
    if files.sha256(path) != form.get("show-basis", [""])[0]:
        raise ConflictError(
            "was changed since this page was shown; nothing was saved", where=path.name
        )
    text = changed_toml(
        read_text(path), {"pronunciation": dict(said) or None}, Show, where=path.name
    )
    return {path: text.encode()}


def decide_on_warning(root: Path, slug: str, mark: str, *, reason: str, back: bool) -> None:
    """Let the warnings of *slug* with this *mark* be, for a *reason*; with *back*, take that back.

    Raises:
        UsageError: There is no such warning, or there is no reason; nothing was written.
        BusyError: Another run is working on the show; nothing was written.
    """
    draft = read_draft(root, slug)
    meant = [notice for notice in draft.notices if notice.mark == mark]
    if not meant and not back:
        raise UsageError("the text has changed, so this warning is no more; nothing was changed")
    with draft.folder.locked():
        episode_dir = draft.folder.episode(slug)
        if back:
            take_back(episode_dir, {mark})
        else:
            accept(episode_dir, meant, reason=reason)
