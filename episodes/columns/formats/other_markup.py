"""Org, AsciiDoc, reStructuredText, LaTeX and Textile: known by a file's suffix, read as far as prose goes.

None of them is read in full. Their comments go, since they are nobody else's business, and their
headings become Markdown's; write a column in Markdown, HTML or .docx for more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

Rows = Sequence[str]

_ORG_HEADING = re.compile(
    r"^(\*+)\s+(?:(?:TODO|DONE|NEXT|WAIT\w*)\s+)?(?:\[#\w\]\s+)?(.*?)(?:\s+(:[\w@:]+:))?\s*$"
)
_ORG_LINK = re.compile(r"\[\[([^\[\]]+)\](?:\[([^\[\]]+)\])?\]")
_RST_KEPT = re.compile(r"^\.\.\s+(?:_|\||\[|[\w:-]+::)")
_RST_DIRECTIVE = re.compile(r"^\.\.\s+([\w:-]+)::")
_RST_HIDDEN = frozenset("comment todo only ifconfig raw meta".split())


def as_markdown(text: str, suffix: str) -> str | None:
    """Return *text* of a file with that *suffix* as Markdown, line for line; None if it is no such."""
    reader = _READERS.get(suffix.lower())
    return "\n".join(reader(text.split("\n"))) if reader else None


def _org(rows: Rows) -> Iterator[str]:
    hidden, drawer, comment = 0, False, False
    for row in rows:
        low = row.strip().lower()
        if comment or low.startswith("#+begin_comment"):
            comment = low != "#+end_comment"
            yield ""
        elif drawer or re.fullmatch(r":[\w-]+:", low):
            drawer = low != ":end:"
            yield ""
        elif heading := _ORG_HEADING.match(row):
            level, title, tags = len(heading[1]), heading[2], heading[3] or ""
            if not hidden or level <= hidden:
                private = re.match(r"COMMENT\b", title) or ":noexport:" in tags
                hidden = level if private else 0
            yield "" if hidden else f"{'#' * min(level + 1, 6)} {title}"
        elif low.startswith("#+title:"):
            yield f"# {row.strip()[8:].strip()}"
        elif hidden or low == "#" or low.startswith(("# ", "#+", "%%(")):
            yield ""
        else:
            shown = _ORG_LINK.sub(lambda m: f"[{m[2] or m[1]}]({m[1]})", row)
            yield re.sub(r"(?<!\w)/(\S[^/\n]*\S)/(?!\w)", r"*\1*", shown)


def _asciidoc(rows: Rows) -> Iterator[str]:
    comment = ""
    for row in rows:
        bare = row.rstrip()
        if re.fullmatch(r"/{4,}", bare) and comment in ("", bare):
            comment = "" if comment else bare
            yield ""
        elif comment or re.match(r"//(?!/)", row) or re.match(r":!?[\w-]+!?:", row):
            yield ""
        elif heading := re.match(r"(={1,6})\s+(\S.*)", row):
            yield f"{'#' * len(heading[1])} {heading[2]}"
        elif re.match(r"\[[^\]]*\]\s*$|(?:ifdef|ifndef|ifeval|endif|include|toc)::", row):
            yield ""
        else:
            yield row


def _rst(rows: Rows) -> Iterator[str]:
    hidden = False
    for row in rows:
        if re.match(r"\.\.(?:\s|$)", row):
            directive = _RST_DIRECTIVE.match(row)
            named = directive[1].lower() if directive else ""
            hidden = not _RST_KEPT.match(row) or named in _RST_HIDDEN
            yield ""
        elif (hidden and (not row.strip() or row[:1].isspace())) or re.match(r"\s+:[\w-]+:", row):
            yield ""
        else:
            hidden = False
            yield row


def _latex(rows: Rows) -> Iterator[str]:
    comment = False
    for row in rows:
        if comment or "\\begin{comment}" in row:
            comment = "\\end{comment}" not in row
            yield ""
            continue
        yield re.sub(r"(?<!\\)%.*$", "", row).replace("\\%", "%")


def _textile(rows: Rows) -> Iterator[str]:
    long = comment = False
    for row in rows:
        if begins := re.match(r"###(\.{1,2})\s", row):
            comment, long = True, begins[1] == ".."
        elif comment and not row.strip() and not long:
            comment = False
        elif long and re.match(r"(?:p|h[1-6]|bq|bc|notextile|pre|fn\d+)[^.\s]*\.\s", row):
            comment = long = False
        heading = re.match(r"h([1-6])[^.\s]*\.\s+(.*)", row)
        yield "" if comment else f"{'#' * int(heading[1])} {heading[2]}" if heading else row


_READERS: dict[str, Callable[[Rows], Iterator[str]]] = {
    ".org": _org,
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), _asciidoc),
    **dict.fromkeys((".rst", ".rest"), _rst),
    **dict.fromkeys((".tex", ".latex", ".ltx"), _latex),
    ".textile": _textile,
}
