"""What a writer left in a text for nobody else to read: comments, of whatever tool they are.

Obsidian, Liquid (Jekyll, Eleventy, Shopify), Hugo, Zola, Handlebars, MDX, kramdown, CriticMarkup,
pandoc, PHP and HTML each have their own. One scan finds them all, since one kind can hold what looks
like another; what stands in code is shown and stays. The same scan takes away the marks that only
those tools read: shortcodes, wikilinks, attributes. Rules for whole lines are in `dialects`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from html import escape
from typing import Literal

from columncast.episodes.columns.private.paywall import is_mark
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.html import Element
from columncast.episodes.text.normalize import clip, one_line

Form = Literal["markdown", "plain", "html"]

_GAP = "\x00"
"""Stands for a line end that went with a comment, so that lines keep their numbers."""

_OPENERS = {
    "markdown": r"\\[!-/:-@\[-`{-~]|(?m:^)[ >\t]{0,12}(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:`{3,}|~{3,})|`+|"
    r"<!--|<\?(?=[a-zA-Z=])|<%|<(?=(?:pre|code|script|style|textarea|xmp)\b)|"
    r"%%+|<#--|[@#{]\*|\{[%{#/>~=+:\-.\w]|\{\s+/[*/]|!?\[|(?<!=)==(?!=)|[(](?=[A-Za-z][\w-]{0,40}::\s)",
    "plain": r"<!--|<\?(?=[a-zA-Z=])|<%|%%+|<#--|[@#{]\*|\{[%{#/>~=+:\-]|\{\s+/[*/]|!?\[\[|\[#--|"
    r"(?<!`)`(?:%%[^`\n]{0,300}%%|\{[{%#][^`\n]{0,300}[}%#]\}|<!--[^`\n]{0,300}-->)`(?!`)",
    "html": r"<!--|<\?(?=[a-zA-Z=])|<%|<(?=(?:pre|code|script|style|textarea|xmp|svg)\b)|"
    r"%%+|\{[%{#/>]|\{\s+/[*/]|(?<!`)`(?:%%[^`<\n]{0,300}%%|\{[{%#][^`<\n]{0,300}[}%#]\})`(?!`)",
}
_OPENER = {form: re.compile(pattern, re.IGNORECASE) for form, pattern in _OPENERS.items()}

_FENCE = re.compile(r"[ >\t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)")
_QUERY_FENCE = re.compile(
    r"\s*(?:dataview(?:js)?|query|tasks|button|tracker|compressed-json|meta-bind[\w-]*|ad-comment|"
    r"\{=\w+\}|\{[^}\n]*(?:echo|include)\s*[:=]\s*false\b)",
    re.IGNORECASE,
)
_UNSHOWN_CELL = re.compile(r"\n(?:#\|[^\n]*\n)*#\|\s*(?:echo|include)\s*:\s*false\b", re.IGNORECASE)
"""Quarto's options above the code of a cell."""
_RAW = re.compile(r"\{=\w+\}")
"""Pandoc's: code in a line that is meant for one format of several, and seen in none of ours."""
_QUERY = re.compile(r"\$?=\s*(?:this|dv|date|link|length|choice)\s*[.(]")
"""Dataview's, in code of a line."""
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_TAG_NAME = re.compile(r"[\s\-~]*(/?)\s*([\w.-]*)")
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")
_SPAN = re.compile(r"\[((?:[^\[\]\n]|\n(?![ \t]*\n)|\[[^\[\]\n]*\])*)\]\{([^{}\n]{0,300})\}")
_WIKILINK = re.compile(r"(!?)\[\[([^\[\]|\n]*)(?:\|([^\[\]\n]*))?\]\](?![(\[])")
_KEY = r"-?@(?:[\w][\w:.#$%&+?<>~/-]*+|\{[^{}\n]+\})"
_CITATION = re.compile(
    rf"\[(?:(?:see|cf\.?|e\.g\.,?|siehe|vgl\.?|voir)(?: also)? )?{_KEY}[^\[\]\n]*\](?![(\[{{])"
)
_ATTRIBUTES = re.compile(
    r"\{(?:\s*(?:[.#][\w:-]+|[\w:-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"']+)|-))+\s*\}"
)
_KRAMDOWN = re.compile(r"\{::?/?[^{}\n]*\}")
_FIELD = re.compile(
    r"(?:\[[A-Za-z][\w-]{0,40}::\s[^\[\]\n]*\]|\([A-Za-z][\w-]{0,40}::\s[^()\n]*\))(?![(\[])"
)
"""Dataview's facts in a line: `[status:: second reading]`."""
_PAIRS = {"<#--": "-->", "[#--": "--]", "{*": "*}", "@*": "*@", "#*": "*#"}
"""Comments of FreeMarker, Smarty, Razor and Velocity."""
_STYLED_AWAY = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:^|\s)hidden(?:=|\s|$)", re.IGNORECASE
)
_LINE_COMMENTS = re.compile(r"\{\s*(?://[^\n]*\n\s*)+\}")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|heic|svg|bmp|tiff?)$", re.IGNORECASE)

HIDDEN_NAMES = frozenset(
    "hidden hide private comment comments comment-start comment-end draft todo editor-note editornote "
    "note-to-self deletion deleted paragraph-deletion content-hidden notes speaker-notes internal "
    "unlisted invisible d-none".split()
)
"""Classes, blocks and shortcodes whose content their tool shows to nobody, or to the writer alone."""

_NOT_SHOWN = frozenset("comment doc capture schema javascript stylesheet style macro".split())
"""Liquid's and Twig's blocks that put nothing on the page where they stand."""

_OWN = re.compile(r"[\s-]*(?:show|column)\.\w")
"""Names of columncast's own template of notes: nobody else's, so a column about it may show them."""

_LONGEST_TAG = 4_000
"""Characters of one template tag; beyond, a brace is a brace."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line and its number in the file, from 1."""

    number: int
    text: str


@dataclass
class Found:
    """What was left out of a text, to be told once for each kind."""

    comments: list[int] = field(default_factory=list)
    """The lines on which they begin."""
    unclosed: list[tuple[int, str]] = field(default_factory=list)
    """A comment that has no end, and how it begins."""
    tags: list[tuple[int, str]] = field(default_factory=list)
    """Shortcodes, templates, metadata: the line and the mark."""
    embedded: list[tuple[int, str]] = field(default_factory=list)
    """Notes, sounds and films that are embedded from the writer's own folder."""
    keywords: list[str] = field(default_factory=list)

    def notices(self) -> tuple[Notice, ...]:
        """One notice for each kind."""
        told = []
        if self.comments:
            told.append(comments_left_out(len(self.comments), where=lines(self.comments)))
        for line, mark in self.unclosed[:3]:
            message = (
                f"the comment that begins here ({mark}) has no end, so all the text after it was "
                "left out; close it"
            )
            told.append(Notice(code="comment-unclosed", message=message, where=f"line {line}"))
        if self.tags:
            names = dict.fromkeys(clip(one_line(name), 40) for _, name in self.tags)
            more = f" and {len(names) - 4} more kinds" if len(names) > 4 else ""
            told.append(
                Notice(
                    code="template-left-out",
                    message="left out what only the site's own software reads: "
                    f"{', '.join(list(names)[:4])}{more}",
                    where=lines(line for line, _ in self.tags),
                    severity="note",
                )
            )
        return (*told, *embedded_notes(self.embedded))


def comments_left_out(count: int, *, where: str = "") -> Notice:
    """Return what is told of *count* comments."""
    message = f"left out {_counted(count, 'comment')} of the writer or an editor"
    return Notice(code="comments-left-out", message=message, where=where, severity="note")


def embedded_notes(found: Iterable[tuple[int, str]]) -> tuple[Notice, ...]:
    """Return what is told of notes (line, name) of the writer's own that the column embeds."""
    notes = list(dict.fromkeys(found))
    if not notes:
        return ()
    names = ", ".join(clip(one_line(name), 60) for _, name in notes[:3])
    more = f" and {len(notes) - 3} more" if len(notes) > 3 else ""
    message = f"left out the embedded {names}{more}; write here what listeners should read of it"
    numbers = [line for line, _ in notes if line]
    return (Notice(code="note-embedded", message=message, where=lines(numbers)),)


def lines(numbers: Iterable[int]) -> str:
    """Return line numbers as a place; at most five are named.

    >>> lines([3]), lines([9, 3, 3]), lines([])
    ('line 3', 'lines 3, 9', '')
    """
    known = sorted({number for number in numbers if number})
    if not known:
        return ""
    more = f" and {len(known) - 5} more" if len(known) > 5 else ""
    return f"line{'s' if len(known) > 1 else ''} {', '.join(map(str, known[:5]))}{more}"


def scan(text: str, form: Form, *, first_line: int = 1) -> tuple[list[Line], Found]:
    r"""Return *text* without what only its writer or the writer's tools read, and what that was.

    >>> shown, found = scan("A ferry. %% ask Ida %%\n{{< toc >}}It `{{left}}`.", "markdown")
    >>> [line.text for line in shown], found.comments
    (['A ferry.', 'It `{{left}}`.'], [1])
    """
    scanner = _Scanner(text, form, first_line)
    scanner.run()
    return scanner.lines(), scanner.found


def without_comments(text: str) -> str:
    """Return a short text (a title, a summary) without comments and template tags."""
    if not re.search(r"<!--|%%|\{|<[?%]|\[\[", text):
        return text
    shown, _ = scan(text, "plain")
    return "\n".join(line.text for line in shown)


class _Scanner:
    """One walk over a text; each method takes what begins at a place and returns where it ends."""

    def __init__(self, text: str, form: Form, first_line: int) -> None:
        self.text = text
        self.form = form
        self.first_line = first_line
        self.found = Found()
        self.out: list[str] = []
        self.next: dict[str, tuple[int, re.Match[str] | None]] = {}
        """What was looked for: from where, and what was found. Looking again costs nothing."""
        self.ends: list[tuple[int, int]] = []
        """Where marks end whose content stays, and their lengths; a heap."""
        self.line_ends = [at.start() for at in re.finditer("\n", text)]
        self.paragraph_ends = [at.start() for at in _PARAGRAPH_END.finditer(text)]
        self.percents = [at.start() for at in re.finditer(r"(?<!\d)%%+", text)]
        self.ticks: dict[int, list[int]] = {}

    def run(self) -> None:
        if self.form == "markdown":
            for run in re.finditer("`+", self.text):
                self.ticks.setdefault(len(run[0]), []).append(run.start())
        opener, at, end = _OPENER[self.form], 0, len(self.text)
        while at < end:
            found = opener.search(self.text, at)
            start = found.start() if found else end
            if self.ends and self.ends[0][0] <= start:
                place, length = heappop(self.ends)
                if place >= at:  # else it went with a comment
                    self.out.append(self.text[at:place])
                    at = place + length
                continue
            self.out.append(self.text[at:start])
            at = self._take(found[0], start) if found else end

    def lines(self) -> list[Line]:
        shown, number = [], self.first_line
        for text in "".join(self.out).split("\n"):
            kept = text.replace(_GAP, "")
            # A line that held nothing but a comment is a blank one, and no line of code.
            shown.append(Line(number, kept.rstrip(" \t") if kept != text else kept))
            number += 1 + text.count(_GAP)
        return shown

    def line_at(self, at: int) -> int:
        return bisect_right(self.line_ends, at - 1) + self.first_line

    def find(self, wanted: str, at: int) -> int:
        """Where *wanted* is from *at* on, or -1."""
        found = self.search(re.escape(wanted), at)
        return found.start() if found else -1

    def search(self, pattern: str, at: int) -> re.Match[str] | None:
        """Return the first match of *pattern* from *at* on."""
        asked, known = self.next.get(pattern, (len(self.text) + 1, None))
        if asked <= at and (known is None or known.start() >= at):
            return known
        found = re.compile(pattern, re.IGNORECASE).search(self.text, at)
        self.next[pattern] = (at, found)
        return found

    def after(self, pattern: str, at: int) -> int:
        """Where the first match of *pattern* from *at* on ends, or -1."""
        found = self.search(pattern, at)
        return found.end() if found else -1

    def paragraph_end(self, at: int) -> int:
        following = bisect_right(self.paragraph_ends, at - 1)
        ends = self.paragraph_ends[following : following + 1]
        return ends[0] if ends else len(self.text)

    def keep(self, start: int, end: int) -> int:
        self.out.append(self.text[start:end])
        return end

    def drop(self, start: int, end: int, shown: str = "") -> int:
        """Leave out a piece; something may be *shown* in its place."""
        if not shown and self.text[end : end + 1] in ("\n", "") and self.out:
            self.out[-1] = self.out[-1].rstrip(" \t")  # two spaces there would be a line break
        elif not shown and self.out and self.text[end : end + 1] in (".", ",", ";", ":", "!", "?"):
            self.out[-1] = self.out[-1].rstrip(" \t")
        gone = self.text.count("\n", start, end) - shown.count("\n")
        self.out.append(shown + _GAP * max(gone, 0))
        return end

    def comment(self, start: int, end: int, mark: str, after: int = 0) -> int:
        """Leave out a comment; without an end it goes on to the end of the text."""
        if end < 0:
            self.found.unclosed.append((self.line_at(start), mark))
            return self.drop(start, len(self.text))
        self.found.comments.append(self.line_at(start))
        return self.drop(start, end + after)

    def tag(self, start: int, end: int, name: str, shown: str = "") -> int:
        if name:
            self.found.tags.append((self.line_at(start), name))
        return self.drop(start, end, shown)

    def _take(self, mark: str, start: int) -> int:  # noqa: C901, PLR0911, PLR0912 - one case a mark
        text = self.text
        if mark.startswith("\\"):
            return self.keep(start, start + 2)
        if mark.lstrip(" >\t-*+.)0123456789")[:3] in ("```", "~~~"):
            return self._fence(start)
        if mark[0] == "`" and self.form != "markdown":
            return self.keep(start, start + len(mark))  # a template that is quoted
        if mark[0] == "`":
            return self._code(mark, start)
        if mark == "<!--":
            return self._html_comment(start)
        if mark == "<?":
            return self.comment(start, self.find("?>", start), "<?", 2)
        if mark == "<%":
            end = self.find("%>", start)
            if end < 0 and text[start + 2 : start + 3] not in ("#", "-"):
                return self.keep(start, start + 2)
            return self.comment(start, end, "<%", 2)
        if mark == "<":
            return self._quiet(start)
        if mark[:2] == "%%":
            return self._percents(mark, start)
        if mark == "==":
            return self._around(start, "==", "==")
        if mark[0] in "<@#(" or mark == "{*" or text.startswith("[#--", start):
            return self._pair(mark, start)
        if mark[0] in "![":
            return self._brackets(mark, start)
        return self._braces(start)

    def _pair(self, mark: str, start: int) -> int:
        """Comments that are one only where they end; and Dataview's facts in round brackets."""
        if mark == "(":
            found = _FIELD.match(self.text, start)
            return self.tag(start, found.end(), found[0]) if found else self.keep(start, start + 1)
        opens = "[#--" if mark[0] == "[" else mark
        end = self.find(_PAIRS[opens], start + len(opens))
        if end < 0 or (len(opens) == 2 and self.text[start + 2] in "*}@#"):  # `{*}`
            return self.keep(start, start + len(mark))
        return self.comment(start, end, opens, len(_PAIRS[opens]))

    def _fence(self, start: int) -> int:
        found = _FENCE.match(self.text, start)
        if found is None:
            return self.keep(start, start + 1)
        end = self.search(rf"\n[ >\t]*{re.escape(found[1])}[`~]*[ \t]*(?=\n|\Z)", found.end())
        until = end.end() if end else len(self.text)
        if _QUERY_FENCE.match(found[2]) or _UNSHOWN_CELL.match(self.text, found.end()):
            return self.tag(start, until, f"```{found[2].strip()}")
        return self.keep(start, until)

    def _code(self, mark: str, start: int) -> int:
        """Code in a line ends at as many backticks, within its paragraph."""
        places = self.ticks.get(len(mark), [])
        following = bisect_right(places, start)
        if following < len(places) and places[following] < self.paragraph_end(start):
            end = places[following] + len(mark)
            if raw := _RAW.match(self.text, end):
                return self.tag(start, raw.end(), raw[0])
            if _QUERY.match(self.text, start + len(mark)):
                return self.tag(start, end, self.text[start:end])
            return self.keep(start, end)
        return self.keep(start, start + len(mark))

    def _html_comment(self, start: int) -> int:
        end, nested = self._comment_end(start)
        if end < 0:
            if (
                self.form == "html"
            ):  # the parser hides the rest as browsers do; it is said all the same
                self.found.unclosed.append((self.line_at(start), "<!--"))
                return self.keep(start, len(self.text))
            return self.comment(start, -1, "<!--")
        inner = re.sub(r"^<!--+|--+!?>$", "", self.text[start:end])
        if is_mark(Element("#comment", text=inner)) or (self.form == "html" and not nested):
            return self.keep(start, end)
        return self.drop(start, end)  # not worth a word: everybody knows that comments go

    def _comment_end(self, start: int) -> tuple[int, bool]:
        """Where a comment ends; one inside another ends the outer one only for parsers."""
        depth, at, first, nested = 1, start + 4, -1, False
        if self.text[start + 4 : start + 5] == ">" or self.text[start + 4 : start + 6] == "->":
            return self.text.index(">", start) + 1, False  # an empty one, as HTML ends it at once
        for _ in range(100):
            end = self.search(r"<!--|--!?>", at)
            if end is None:
                break
            at = end.end()
            depth += 1 if end[0] == "<!--" else -1
            nested = nested or depth > 1
            first = at if first < 0 and end[0] != "<!--" else first
            if depth == 0:
                return at, nested
        return first, False

    def _quiet(self, start: int) -> int:
        name = re.match(r"<(\w+)", self.text[start : start + 12])
        end = self.find_end_tag(name[1].lower() if name else "", start)
        return self.keep(start, end) if end > 0 else self.keep(start, start + 1)

    def find_end_tag(self, name: str, at: int) -> int:
        return self.after(rf"</{name}\s*>", at)

    def _percents(self, mark: str, start: int) -> int:
        """Obsidian's; a share of "100%%" is none, nor one of "50 %%"."""
        before = self.text[start - 1 : start]
        end = self.find("%%", start + len(mark))
        if before.isdigit() and not self._follows_a_year(start + len(mark), end):
            return self.keep(start, start + len(mark))
        if self._is_share(mark, start):
            return self.keep(start, start + len(mark))
        if self.form == "html" and (end < 0 or "<" in self.text[start:end]):
            return self.keep(start, start + len(mark))
        if end < 0 and before and not before.isspace() and before not in "([{>*_-":
            return self.keep(start, start + len(mark))
        while end > 0 and self.text[end + 2 : end + 3] == "%":
            end += 1
        return self.comment(start, end, "%%", 2)

    def _follows_a_year(self, start: int, end: int) -> bool:
        """Whether what begins after `1990%%` is a comment: its text begins and ends at its marks."""
        ends = 0 <= end < self.paragraph_end(start) and not self.text[end - 1].isspace()
        return ends and self.text[start].isalpha() and not self.text[end - 1].isdigit()

    def _is_share(self, mark: str, start: int) -> bool:
        """Whether `%%` is a number's: there is no other to end a comment, or one too many."""
        if not re.search(r"\d[ \u00a0\u202f]$", self.text[max(0, start - 2) : start]):
            return False
        if not re.match(r"[\s.,;:!?)\]]|$", self.text[start + len(mark) : start + len(mark) + 1]):
            return False
        return (len(self.percents) - bisect_left(self.percents, start)) % 2 == 1

    def _around(self, start: int, opens: str, closes: str) -> int:
        """A mark around text: the text stays."""
        after = start + len(opens)
        end = self.find(closes, after)
        spaced = self.text[after : after + 1].isspace() or self.text[end - 1 : end].isspace()
        if end <= after or end > self.paragraph_end(start) or (opens == "==" and spaced):
            return self.keep(start, after)
        heappush(self.ends, (end, len(closes)))
        return after

    def _brackets(self, mark: str, start: int) -> int:
        if wiki := _WIKILINK.match(self.text, start):
            return self._wikilink(wiki)
        if mark == "[":
            if (span := _SPAN.match(self.text, start)) and _ATTRIBUTES.fullmatch(f"{{{span[2]}}}"):
                return self._span(span)
            if field_ := _FIELD.match(self.text, start):
                return self.tag(start, field_.end(), field_[0])
            if (cited := _CITATION.match(self.text, start)) is not None:
                return self.tag(start, cited.end(), cited[0])
        return self.keep(start, start + len(mark))

    def _wikilink(self, wiki: re.Match[str]) -> int:
        page, alias = wiki[2].rstrip("\\"), wiki[3]
        if wiki[1] and _PICTURE.search(page) and self.form != "plain":
            # What stands after the bar is its size, in pixels, or its description.
            alt = "" if re.fullmatch(r"\s*\d+(x\d+)?\s*", alias or "") else one_line(alias or "")
            return self.drop(wiki.start(), wiki.end(), _img(page, alt))
        if wiki[1]:
            self.found.embedded.append((self.line_at(wiki.start()), page))
            return self.drop(wiki.start(), wiki.end())
        if page.strip("_").lower() == "toc":
            return self.tag(wiki.start(), wiki.end(), wiki[0])
        if page.isdigit() and alias is None:
            return self.keep(wiki.start(), wiki.end())
        place, _, part = page.partition("#")
        named = place.rstrip("/").rpartition("/")[2].removesuffix(".md") or part.rpartition("#")[2]
        shown = one_line(alias) if alias and alias.strip() else named.strip()
        return self.drop(wiki.start(), wiki.end(), shown)

    def _span(self, span: re.Match[str]) -> int:
        """Pandoc's `[text]{.class}`: the text, unless its class hides it."""
        if HIDDEN_NAMES & set(re.findall(r"\.([\w-]+)", span[2])) or _STYLED_AWAY.search(span[2]):
            return self.comment(span.start(), span.end(), "[")
        # What is in it is looked at as well; its end goes when the walk comes there.
        heappush(self.ends, (span.end(1), span.end() - span.end(1)))
        return span.start() + 1

    def _braces(self, start: int) -> int:  # noqa: C901, PLR0911, PLR0912 - one case a mark
        text, two = self.text, self.text[start : start + 2]
        if re.compile(r"\{\s*/\*").match(text, start):
            return self.comment(start, self.after(r"\*/\s*\}", start), "{/*")
        if commented := _LINE_COMMENTS.match(text, start):
            return self.comment(start, commented.end(), "{//")
        if two == "{{":
            return self._double_braces(start)
        if two == "{%":
            return self._liquid(start)
        if two == "{#":
            end = self.find("#}", start + 2)
            begun = text[start + 2 : start + 3] in ("-", " ", "\n", "\t")
            if end > 0 and (begun or end < self.paragraph_end(start)):
                return self.comment(start, end, "{#", 2)
            if begun and end < 0:
                return self.comment(start, -1, "{#")
        critic = text[start : start + 3]
        if critic == "{>>":
            return self.comment(start, self.find("<<}", start), "{>>", 3)
        if critic == "{--" and (end := self.find("--}", start)) > 0:
            return self.comment(start, end, "{--", 3)
        if critic in ("{++", "{=="):
            return self._around(start, critic, f"{critic[1:]}}}")
        if critic == "{~~" and (end := self.find("~~}", start)) > 0:
            _, arrow, new = text[start + 3 : end].partition("~>")
            return self.drop(start, end + 3, new if arrow else "")
        if two == "{:":
            return self._kramdown(start)
        short = text.find("}", start, start + 300) > 0
        if short and (found := _ATTRIBUTES.match(text, start)) and self._is_attribute(found):
            return self.tag(start, found.end(), "")
        return self.keep(start, start + 1)

    def _is_attribute(self, found: re.Match[str]) -> bool:
        """Attributes follow what they are about, end a heading, or stand alone."""
        line = self.text.rfind("\n", 0, found.start()) + 1
        before = self.text[line : found.start()]
        ends = self.text[found.end() : found.end() + 1] in ("\n", "")
        alone = ends and (not before.strip() or before.lstrip().startswith("#"))
        return before[-1:] in (")", "]", "`") or alone

    def _kramdown(self, start: int) -> int:
        found = _KRAMDOWN.match(self.text, start)
        if not found:
            return self.keep(start, start + 1)
        if re.match(r"\{::\s*comment\b[^/]*\}$", found[0]):
            end = self.after(r"\{:/(?:comment)?\s*\}", found.end())
            return self.comment(start, end, "{::comment}")
        line = self.text.rfind("\n", 0, start) + 1
        if (
            found[0].startswith("{:.")
            or found[0][2:3] in ":/#. "
            or self.text[line:start].strip() == ""
        ):
            return self.tag(start, found.end(), "")
        return self.tag(start, found.end(), "") if "=" in found[0] else self.keep(start, start + 1)

    def _double_braces(self, start: int) -> int:  # noqa: PLR0911 - one case a mark
        text = self.text
        for opens, closes in (
            ("{{!--", "--}}"),
            ("{{--", "--}}"),
            ("{{!", "}}"),
            ("{{/*", "*/}}"),
            ("{{- /*", "*/ -}}"),
        ):
            if text.startswith(opens, start):
                return self.comment(start, self.find(closes, start), opens, len(closes))
        opens = text[start : start + 3]
        closes = {"{{<": ">}}", "{{%": "%}}"}.get(opens, "}}")
        end = self.find(closes, start + 2)
        if end < 0 or end - start > _LONGEST_TAG:
            return self.keep(start, start + 2)
        if self.form == "html" and "<" in text[start + 3 : end]:
            return self.keep(start, start + 2)
        inner, end = text[start + len(opens if closes != "}}" else "{{") : end], end + len(closes)
        while closes == "}}" and text[end : end + 1] == "}":  # `{{{raw}}}`
            end += 1
        if closes == "}}" and re.match(r"~?#if\s+false\s*~?$", inner):
            closer = self._block_end(r"\{\{~?#if\b", r"\{\{~?/if\s*~?\}\}", end)
            return self.comment(start, closer, "{{#if false}}")
        if closes == "}}" and _OWN.match(inner):
            return self.keep(start, end)
        if closes == "}}":
            return self.tag(start, end, f"{{{{ {inner.strip(' -')} }}}}")
        if inner.lstrip().startswith("/*"):
            return self.comment(start, end, "{{</*")
        return self._shortcode(start, end, inner, opens)

    def _shortcode(self, start: int, end: int, inner: str, opens: str) -> int:
        """Hugo's: one that hides goes with its content, one that shows something shows it."""
        found = _TAG_NAME.match(inner)
        closing, name = (found[1], found[2].lower()) if found else ("", "")
        if not closing and name in HIDDEN_NAMES and not inner.rstrip().endswith("/"):
            closer = self.after(rf"\{{\{{[<%]\s*/\s*{re.escape(name)}\s*[>%]\}}\}}", end)
            return self.comment(start, closer, f"{opens} {name}")
        values = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(inner)}
        if name in ("figure", "img", "image", "picture") and not closing and values.get("src"):
            return self.drop(start, end, _figure(values))
        plain = re.sub(r"^\S+\s*", "", inner.strip()).strip("\"'/ ")
        number = values.get("id", plain)
        if not closing and name in _PLAYERS and re.fullmatch(r"[\w-]{3,40}", number):
            return self.drop(start, end, f'<iframe src="{_PLAYERS[name]}{number}"></iframe>')
        if name in ("highlight", "code") and self.form == "markdown":
            return self._highlighted(start, end, name, closing)
        return self.tag(
            start, end, "" if closing else f"{opens} {name} {opens[2]}}}}}".replace("<}", ">}")
        )

    def _highlighted(self, start: int, end: int, name: str, closing: str) -> int:
        closer = self.search(rf"\{{\{{[<%]\s*/\s*{name}\s*[>%]\}}\}}", end)
        if closing or not closer:
            return self.tag(start, end, "")
        return self.drop(start, closer.end(), _preformatted(self.text[end : closer.start()]))

    def _block_end(self, opens: str, closes: str, at: int) -> int:
        """Where a block ends that may hold others of its name, or else the first end; -1 for none."""
        depth, first = 1, -1
        for _ in range(100):
            found = self.search(f"(?P<opens>{opens})|{closes}", at)
            if found is None:
                break
            at = found.end()
            depth += 1 if found["opens"] else -1
            first = at if first < 0 and not found["opens"] else first
            if depth == 0:
                return at
        return first

    def _liquid(self, start: int) -> int:
        end = self.find("%}", start)
        if end < 0 or end - start > _LONGEST_TAG:
            return self.keep(start, start + 2)
        end += 2
        inner = self.text[start + 2 : end - 2]
        found = _TAG_NAME.match(inner)
        name = found[2].lower() if found else ""
        never = re.match(
            r"[\s-]*(?:if\s+(?:false|0|nil|none)|unless\s+true)[\s-]*$", inner, re.IGNORECASE
        )
        if inner.lstrip(" -").startswith("#"):
            return self.comment(start, end, "{%")
        if (
            name in _NOT_SHOWN
            or name in HIDDEN_NAMES
            or never
            or (name == "set" and "=" not in inner)
        ):
            tag = re.escape(name)
            ends = self._block_end(
                rf"\{{%[\s-]*{tag}\b", rf"\{{%[\s-]*(?:end|/\s*){tag}\b[^%]*%\}}", end
            )
            if ends > 0 or name == "comment":
                return self.comment(start, ends, f"{{% {name} %}}")
        if name in ("raw", "verbatim", "highlight"):
            closer = self.search(rf"\{{%[\s-]*end{name}\b[^%]*%\}}", end)
            if closer:
                inside = self.text[end : closer.start()]
                shown = inside if name != "highlight" else _preformatted(inside)
                return self.drop(start, closer.end(), shown)
            return self.keep(start, end)
        closes = name.startswith("end") or name in ("else", "elsif", "elif")
        return self.tag(start, end, "" if closes else f"{{% {name} %}}")


_PLAYERS = {
    "youtube": "https://www.youtube.com/embed/",
    "vimeo": "https://player.vimeo.com/video/",
}


def _img(src: str, alt: str) -> str:
    return f'<img src="{escape(src)}" alt="{escape(alt)}">'


def _figure(values: dict[str, str]) -> str:
    caption = values.get("caption") or values.get("title", "")
    shown = _img(values["src"], values.get("alt", ""))
    below = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
    return f"<figure>{shown}{below}</figure>"


def _preformatted(code: str) -> str:
    return f"<pre>{escape(code, quote=False)}</pre>"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}s" if count > 1 else f"one {noun}"
