"""Markdown as writing tools extend it: rules for whole lines, before CommonMark reads them.

Obsidian's callouts, block ids and tags, Logseq's and Org's drawers, pandoc's fenced divs and line
blocks, MkDocs' admonitions, MDX's imports. What stands in fenced code is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from columncast.episodes.columns.private.passages import HIDDEN_NAMES, Found, Line

_FENCE = re.compile(r"^[ >\t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})")
_COMMENT_REFERENCE = re.compile(
    # The oldest comment of Markdown: a link that is never used, and leads to nothing.
    r"^ {0,3}\[[^\[\]\n]*\]:[ \t]*(?:#|<#?>)[ \t]*(?:$|(?P<open>[(\"']))"
)
_CLOSERS = {"(": ")", '"': '"', "'": "'"}
_BEGIN_COMMENT = re.compile(r"^\s*#\+begin_comment\b", re.IGNORECASE)
_ORG_COMMENT = re.compile(r"^\s*#\+comment:", re.IGNORECASE)
_LATEX_COMMENT = re.compile(r"^%(?:[ \t]|$)")
"""MyST's and LaTeX's; a paragraph of such lines alone, since a wrapped line may begin with a percent."""
_END_COMMENT = re.compile(r"^\s*#\+end_comment\b", re.IGNORECASE)
_DRAWER = re.compile(r"^\s*:(?:properties|logbook|drawer):\s*$", re.IGNORECASE)
_DRAWER_END = re.compile(r"^\s*:end:\s*$", re.IGNORECASE)
_PROPERTY = re.compile(r"^\s*(?:[-*+]\s+)?[A-Za-z][\w-]{0,40}::(?:\s+.*)?$")
_IMPORT = re.compile(r"^import\s+(?:[\w*{][^\n;'\"]*\sfrom\s+)?(['\"])[^'\"\n]+\1\s*;?\s*$")
_IMPORT_BEGINS = re.compile(r"^import\s+(?:\w+\s*,\s*)?\{\s*$")
_EXPORT = re.compile(
    r"^export\s+(?:(?:const|let|var)\s+\w+\s*=|default\s+(?:function|class|async|\(|\{|\w+\s*;?\s*$)|"
    r"(?:async\s+)?function\b|class\s+\w|\{|\*\s+from)"
)
_DIV = re.compile(
    r"^\s*(:{3,})\s*(?P<what>\{[^{}]*\}|[\w-]+(?:\[[^\]]*\])?)?\s*(?P<title>[^:].*?)?:*\s*$"
)
_ADMONITION = re.compile(r"^(?:!!!|\?\?\?\+?)\s+[\w -]+?(?:\s+\"(?P<title>[^\"]*)\")?\s*$")
_CALLOUT = re.compile(
    r"^(?P<quote>\s*(?:>[ \t]?)+)\[!(?P<kind>[\w-]+)(?:\|[^\]]*)?\][+-]?[ \t]*(?P<title>.*)$"
)
_HIDDEN_CALLOUTS = HIDDEN_NAMES - {"todo", "notes"}
_BLOCK_ID = re.compile(r"(?:^|(?<![ \t])[ \t]+)\^[A-Za-z0-9][A-Za-z0-9-]*[ \t]*$")
_TAG = r"#(?=[\w/-]*[^\W\d])[\w/-]+"
_TAG_LINE = re.compile(rf"^\s*{_TAG}(?:[\s,]+{_TAG})*\s*$")
_TAGS_AT_END = re.compile(rf"(?<=[.!?…”\"')])(?:[ \t]+{_TAG})+[ \t]*$")
_CONTENTS = re.compile(
    r"^\s*(?:(?:[-*+]|1\.)\s+(?:table of contents|contents|toc)|\[TOC\]|\[\[_?TOC_?\]\]|\$\{?toc\}?|@\[toc\])\s*$",
    re.IGNORECASE,
)
_TASK = re.compile(r"^(\s*(?:[-*+]|\d+[.)])[ \t]+)\[[ xX>/?!-]\][ \t]+")
_VERSE = re.compile(r"^\|(?: (.*)|)$")
_LONGEST_DRAWER = 40
_LONGEST_STATEMENT = 80
"""Lines; what is longer is no drawer, and no statement of JavaScript."""
_DELIMITERS = re.compile(r"^\|?[\s:|-]*-[\s:|-]*\|?$")


def plain_markdown(lines: Sequence[Line], found: Found) -> list[Line]:
    """Return *lines* in what CommonMark knows; *found* is told what was left out."""
    shown = list(_outside_code(lines, found))
    return list(_verses(list(_divs(shown, found))))


def _outside_code(lines: Sequence[Line], found: Found) -> Iterator[Line]:
    at, fence = 0, ""
    while at < len(lines):
        line = lines[at]
        mark = _FENCE.match(line.text)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence and (end := _left_out(lines, at, found)) > at:
            yield Line(line.number, "")
            at = end
            continue
        elif not fence and (box := _ADMONITION.match(line.text)):
            if box["title"]:
                yield from (Line(line.number, f"**{box['title']}**"), Line(line.number, ""))
            at += 1
            while at < len(lines) and (
                not lines[at].text or lines[at].text.startswith(("    ", "\t"))
            ):
                yield Line(lines[at].number, re.sub(r"^(?: {4}|\t)", "", lines[at].text))
                at += 1
            continue
        if fence or mark:
            yield line
        else:
            yield from _one(line, found)
        at += 1


def _left_out(lines: Sequence[Line], at: int, found: Found) -> int:  # noqa: C901, PLR0912 - one case a rule
    """The line after what begins at *at* and is not of the text; *at* itself if all is."""
    line = lines[at]
    text, end, tag = line.text, at, ""
    if reference := _COMMENT_REFERENCE.match(text):
        end = _reference_end(lines, at, reference["open"] or "")
    elif _BEGIN_COMMENT.match(text):
        end = _end(lines, at, _END_COMMENT)
    elif _ORG_COMMENT.match(text):
        end = at + 1
    elif _LATEX_COMMENT.match(text):
        end = _latex_end(lines, at)
    elif (callout := _CALLOUT.match(text)) and callout["kind"].lower() in _HIDDEN_CALLOUTS:
        end = _paragraph_end(lines, at)
    elif _DRAWER.match(text):
        end, tag = _drawer_end(lines, at), text.strip()
    elif _IMPORT.match(text):
        end, tag = at + 1, "import"
    elif _IMPORT_BEGINS.match(text) or _EXPORT.match(text):
        end, tag = _balanced(lines, at), text.split()[0]
    elif _PROPERTY.match(text):
        end, tag = at + 1, text.split("::")[0].strip(" -*+\t") + "::"
    elif _TAG_LINE.match(text):
        end, tag = at + 1, text.strip()
        found.keywords += [name.removeprefix("#") for name in re.findall(_TAG, text)]
    elif _CONTENTS.match(text):
        return at + 1
    if end > at and tag:
        found.tags.append((line.number, tag))
    elif end > at:
        found.comments.append(line.number)
    return end


def _one(line: Line, found: Found) -> Iterator[Line]:
    text = line.text
    if callout := _CALLOUT.match(text):
        if callout["title"]:
            yield Line(line.number, f"{callout['quote']}**{callout['title'].strip()}**")
        yield Line(line.number, callout["quote"].rstrip())
        return
    if "^" in text:
        text = _BLOCK_ID.sub("", text)
    if "#" in text and (tags := _TAGS_AT_END.search(text)):
        found.keywords += [tag.removeprefix("#") for tag in tags[0].split()]
        found.tags.append((line.number, tags[0].strip()))
        text = text[: tags.start()]
    yield Line(line.number, _TASK.sub(r"\1", text) if "[" in text else text)


def _end(lines: Sequence[Line], at: int, ends: re.Pattern[str]) -> int:
    """The line after the one that *ends* what begins at *at*; the last, if none does."""
    for number in range(at + 1, len(lines)):
        if ends.match(lines[number].text):
            return number + 1
    return len(lines)


def _paragraph_end(lines: Sequence[Line], at: int) -> int:
    """The blank line after *at*, or the end."""
    return next((n for n in range(at, len(lines)) if not lines[n].text.strip()), len(lines))


def _latex_end(lines: Sequence[Line], at: int) -> int:
    end = _paragraph_end(lines, at)
    begins = at == 0 or not lines[at - 1].text.strip()
    return end if begins and all(_LATEX_COMMENT.match(line.text) for line in lines[at:end]) else at


def _drawer_end(lines: Sequence[Line], at: int) -> int:
    ends = (n for n in range(at + 1, min(at + _LONGEST_DRAWER, len(lines))))
    return next((n + 1 for n in ends if _DRAWER_END.match(lines[n].text)), at)


def _reference_end(lines: Sequence[Line], at: int, opens: str) -> int:
    """A title in brackets can go on over lines, but not over a blank one."""
    closes = _CLOSERS.get(opens, "")
    while closes and at < len(lines) and lines[at].text.strip():
        if lines[at].text.rstrip().endswith(closes):
            break
        at += 1
    return at + 1


def _balanced(lines: Sequence[Line], at: int) -> int:
    """The line after a statement of JavaScript: its brackets are closed, or a paragraph ends."""
    depth = 0
    for number in range(at, min(at + _LONGEST_STATEMENT, len(lines))):
        text = lines[number].text
        if not text.strip() and depth <= 0:
            return number
        depth += sum(text.count(c) for c in "{[(") - sum(text.count(c) for c in "}])")
        if depth <= 0:
            return number + 1
    return at + 1


def _divs(lines: Sequence[Line], found: Found) -> Iterator[Line]:
    """Take off the `:::` of pandoc, Quarto, Docusaurus and VuePress; one that hides goes whole."""
    hidden: list[bool] = []
    fence = ""
    for line in lines:
        if mark := _FENCE.match(line.text):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        div = None if fence or not line.text.lstrip().startswith(":::") else _DIV.match(line.text)
        if div is None:
            if not any(hidden):
                yield line
            continue
        what, title = div["what"] or "", div["title"] or ""
        if not what and not title:
            if hidden:
                hidden.pop()
            yield Line(line.number, "")
            continue
        names = set(re.findall(r"[.\s{]([\w-]+)", f" {what}"))
        hides = bool(names & HIDDEN_NAMES)
        if hides and not any(hidden):
            found.comments.append(line.number)
        hidden.append(hides)
        if not any(hidden):
            label = re.search(r"\[([^\]]*)\]$", what)
            shown = label[1] if label else "" if "{" in what or "{" in title else title
            yield Line(line.number, "")
            yield Line(line.number, f"**{shown.strip()}**" if shown.strip() else "")
            yield Line(line.number, "")


def _verses(lines: Sequence[Line]) -> Iterator[Line]:
    """Pandoc's line blocks (`| ` before each line of a poem) as lines that break."""
    at, fenced = 0, False
    while at < len(lines):
        fenced ^= bool(_FENCE.match(lines[at].text))
        end = at
        while not fenced and end < len(lines) and _VERSE.match(lines[end].text):
            end += 1
        verse = [line.text for line in lines[at:end]]
        table = any(len(t) > 1 and t.rstrip().endswith("|") for t in verse) or any(
            _DELIMITERS.match(t) and "-" in t for t in verse
        )
        before = lines[at - 1].text if at else ""
        if not verse or table or before.count("|") > 1:
            yield from lines[at : max(end, at + 1)]
            at = max(end, at + 1)
            continue
        for number, line in enumerate(lines[at:end], at + 1):
            text = line.text[1:].strip()
            last = number == end or not lines[number].text[1:].strip()
            yield Line(line.number, text if last or not text else f"{text}\\")
        at = end
