"""Notes as one app would show them, by its row of the table: pure functions, HTML in and out.

What comes out is for our own page: the app's elements, links that open elsewhere without a
referrer, and times as links into the player. A pane also says what was lost on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from columncast.episodes.model.episode import ShowNotes
from columncast.episodes.model.timecode import hours_and_minutes
from columncast.episodes.text.html import Element, parse
from columncast.episodes.text.normalize import clip
from columncast.episodes.text.urls import BARE_URL, clean_url, trimmed
from columncast.feed.preview.apps import timestamps
from columncast.feed.preview.apps.profiles import App, NotesField
from columncast.feed.preview.apps.truncation import Meter, measure, split

OPENING = 300
"""Characters of the notes in a list; no app shows more."""

_BLOCKS = frozenset({"p", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_LISTS = frozenset({"ul", "ol"})
_BOLD = frozenset({"strong", "b", "em", "i"})


@dataclass(frozen=True, kw_only=True)
class Pane:
    """What an app would show."""

    app: App
    field: NotesField
    blocks: tuple[str, ...]
    """The notes open, one piece of HTML for each paragraph or list."""
    rest: str
    """What it would cut off; empty when the notes fit."""
    meter: Meter
    opening: str = ""
    """The first words of the notes, as a list shows them."""
    remarks: tuple[str, ...] = ()
    """What it changes in these notes, for an editor."""

    @property
    def html(self) -> str:
        """All of the notes as the app shows them."""
        return "".join(self.blocks)

    @property
    def looks(self) -> tuple[object, ...]:
        """What a listener can tell from another app's: the notes, and how they stand in a list."""
        row = self.app.row
        lines = row.notes_lines and (row.notes_lines, self.opening)
        return (*map(as_seen, self.blocks), self.rest, row.title_lines, lines, row.date)


def panes(notes: ShowNotes, rows: Sequence[App], *, duration_s: float) -> tuple[Pane, ...]:
    """Return *notes* as each of the apps in *rows* would show them.

    *duration_s* is the recording's; 0 where it is not known yet.
    """
    return tuple(pane(notes, app, duration_s=duration_s) for app in rows)


def pane(notes: ShowNotes, app: App, *, duration_s: float) -> Pane:
    """Return *notes* as *app* would show them."""
    name = app.field_of(notes)
    source = notes.html if name == "description" else notes.full_html
    shown, rest = split(source, app.limit)
    tree = parse(shown)
    lines = [line for line in lines_of(tree) if line]
    writer = _Writer(app=app, find=_finder(app, lines, duration_s), plain=_is_plain(tree))
    rest_html = replace(writer, find=timestamps.no_times).written(parse(rest)) if rest else ""
    return Pane(
        app=app,
        field=name,
        blocks=tuple(filter(None, (writer.one(child) for child in _top(tree)))),
        rest=rest_html,
        meter=measure(source, app.limit),
        opening=clip(" ".join(lines), OPENING),
        remarks=tuple(_remarks(app, tree, lines, cut=bool(rest), duration_s=duration_s)),
    )


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Writes a tree as the app's row says."""

    app: App
    find: timestamps.Finder
    plain: bool
    """There is neither `p` nor `br` in the notes."""
    outer: frozenset[str] = field(default_factory=frozenset)
    """The elements around; a link in a link, for one, cannot be."""

    def written(self, element: Element) -> str:
        """Return what is inside *element*."""
        return "".join(self.one(child) for child in element.children)

    def one(self, element: Element) -> str:
        """Return *element*, or what the app leaves of it."""
        if element.tag == "":
            return self._text(element.text)
        if element.tag in ("#comment", "head", "script", "style"):
            return ""
        inner = replace(self, outer=self.outer | {element.tag}).written(element)
        lone = element.tag == "li" and not self.outer & self.app.keeps & _LISTS
        if element.tag in self.app.keeps and not lone:
            return self._kept(element, inner)
        if element.tag == "br":
            return "<br>" if self.app.line_ends != "space" else " "
        # Text without its elements still stands in lines of its own, as far as anybody knows.
        return f"<div>{inner}</div>" if element.tag in _BLOCKS - _LISTS else inner

    def _kept(self, element: Element, inner: str) -> str:
        match element.tag:
            case "br":
                return "<br>"
            case "a":
                return _link(clean_url(element.attrs.get("href", "")), inner)
            case tag:
                return f"<{tag}>{inner}</{tag}>"

    def _text(self, text: str) -> str:
        if "a" in self.outer:
            return escape(text)
        if not self.app.bare_links:
            return self._timed(text)
        parts, at = [], 0
        for match in BARE_URL.finditer(text):
            url = trimmed(match[0])
            parts += [self._timed(text[at : match.start()]), _link(clean_url(url), escape(url))]
            at = match.start() + len(url)
        return "".join([*parts, self._timed(text[at:])])

    def _timed(self, text: str) -> str:
        parts, at = [], 0
        for start, end, second in self.find(text):
            shown = escape(text[start:end])
            parts.append(self._broken(text[at:start]))
            parts.append(f'<a class="time" href="#t={second}" data-seek="{second}">{shown}</a>')
            at = end
        return "".join([*parts, self._broken(text[at:])])

    def _broken(self, text: str) -> str:
        rule = self.app.line_ends
        breaks = rule == "break" or (rule == "break-if-plain" and self.plain)
        return escape(text).replace("\n", "<br>" if breaks else " ")


def _top(tree: Element) -> Iterator[Element]:
    """The elements that stand in no other but the page."""
    for child in tree.children:
        if child.tag == "body":
            yield from child.children
        else:
            yield child


def as_seen(block: str) -> str:
    """Return *block* so that two which look the same are the same: a line is a paragraph, too.

    >>> as_seen("<div>One.</div>")
    '<p>One.</p>'
    """
    return block.replace("<div>", "<p>").replace("</div>", "</p>")


def alike(shown: Sequence[Pane]) -> tuple[tuple[Pane, tuple[Pane, ...]], ...]:
    """Return each pane that looks like none before it, with the others that look like it."""
    groups: dict[tuple[object, ...], list[Pane]] = {}
    for each in shown:
        groups.setdefault(each.looks, []).append(each)
    return tuple((first, tuple(others)) for first, *others in groups.values())


def _link(href: str, inner: str) -> str:
    if not href:
        return inner
    return f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer">{inner}</a>'


def _finder(app: App, lines: Sequence[str], duration_s: float) -> timestamps.Finder:
    """What becomes a link in the pane: never what only looks like a time."""
    if app.times == "chapters":
        return timestamps.chapter_times(lines)
    return timestamps.plausible(_rule(app, lines, duration_s))


def _rule(app: App, lines: Sequence[str], duration_s: float) -> timestamps.Finder:
    """What the app's own pattern takes for a time."""
    match app.times:
        case "colon":
            return timestamps.colon_times
        case "podverse":
            return timestamps.podverse_times
        case "antennapod":
            return timestamps.antennapod_times(lines, duration_s)
    return timestamps.no_times


def _remarks(
    app: App, tree: Element, lines: Sequence[str], *, cut: bool, duration_s: float
) -> Iterator[str]:
    """What the app does to these notes that the editor did not write."""
    there = {element.tag for element in tree.walk()}
    if cut:
        last = re.sub(r"\s+", " ", tree.words()).strip()[-40:]
        yield f"Cuts after “…{last}”."
    if there & _BOLD - app.keeps:
        yield "Bold and italics are lost."
    if there & _LISTS - app.keeps:
        yield "Lists become lines."
    if "a" not in app.keeps and (named := _named_links(tree)):
        yield f"The address behind {_listed(named)} is lost; write it out where it matters."
    if app.times == "chapters":
        yield from _chapters_told(lines)
    else:
        rule = _rule(app, lines, duration_s)
        yield from _linked_told(_linkable(app, tree), timestamps.plausible(rule))
        yield from _lookalikes_told(app, _linkable(app, tree), rule)


def _chapters_told(lines: Sequence[str]) -> Iterator[str]:
    made = timestamps.chapters(lines)
    if made:
        yield f"Makes {len(made)} chapters of the times."
    elif timestamps.chapter_lines(lines):
        yield "Makes no chapters of the times: three at least are needed, the first at 00:00."


def _linked_told(lines: Sequence[str], find: timestamps.Finder) -> Iterator[str]:
    """The times in running text that become links: perhaps they are times of day."""
    linked = []
    for line in lines:
        if timestamps.chapter_lines([line]):
            continue
        for start, end, second in find(line):
            text = line[start:end]
            hours, minutes = hours_and_minutes(second)
            long = text.count(":") == 1 and hours
            linked.append(f"{text} (as {hours} h {minutes} min)" if long else text)
    if linked:
        yield f"Links into the recording: {', '.join(linked[:3])}{' …' if linked[3:] else ''}."


def _lookalikes_told(app: App, lines: Sequence[str], rule: timestamps.Finder) -> Iterator[str]:
    """What the app's own pattern would take for times although it is none."""
    found = [
        line[:start].rpartition(" ")[2] + line[start:].partition(" ")[0]
        for line in lines
        for start, _, _ in rule(line)
        if not any(start == kept for kept, _, _ in timestamps.plausible(rule)(line))
    ]
    if found:
        named = ", ".join(dict.fromkeys(found[:3]))
        yield f"No time, though {app.name} may make a link of it: {named}"


def _linkable(app: App, tree: Element) -> list[str]:
    """The lines of notes in which times can become links: a link in a link cannot be."""
    lines = lines_of(tree, links=False)
    return [BARE_URL.sub("!", line) for line in lines] if app.bare_links else lines


def _named_links(tree: Element) -> list[str]:
    """The texts of links that do not show where they lead."""
    names = []
    for element in tree.walk():
        href, text = element.attrs.get("href", ""), element.words().strip()
        if element.tag == "a" and text and text not in (href, href.removeprefix("mailto:")):
            names.append(text)
    return names


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:2])
    return shown + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _is_plain(tree: Element) -> bool:
    return not any(element.tag in ("p", "br") for element in tree.walk())


def lines_of(tree: Element, *, links: bool = True) -> list[str]:
    """Return the text of notes in the lines in which it stands; without *links*, a `!` for each."""
    lines = [""]
    waiting = [tree]
    while waiting:
        element = waiting.pop()
        if element.tag == "a" and not links:
            lines[-1] += "!"
            continue
        if element.tag in _BLOCKS or element.tag == "br":
            lines.append("")
        elif element.tag == "":
            first, *more = element.text.split("\n")
            lines[-1] += first
            lines += more
        waiting.extend(reversed(element.children))
    return [line.strip() for line in lines]
