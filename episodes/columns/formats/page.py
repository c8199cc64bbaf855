"""HTML: a fragment, or a web page as a browser saved it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from columncast.episodes.columns.blocks.from_html import with_markup, without_paid_text
from columncast.episodes.columns.formats.drafts import STATUS_META, as_draft
from columncast.episodes.columns.input.dates import local
from columncast.episodes.columns.private.hidden import prune
from columncast.episodes.columns.private.passages import scan
from columncast.episodes.model.codes import language_tag
from columncast.episodes.model.column import Column
from columncast.episodes.model.notice import Notice
from columncast.episodes.text.html import Element, parse, without_cdata
from columncast.episodes.text.normalize import fold, one_line
from columncast.episodes.text.urls import clean_url

_BODIES = (
    "available-content", "body markup", "gh-content", "entry-content", "post-content",
    "article-content", "article-body", "article__body", "story-body", "post-body",
)  # fmt: skip
"""Classes around an article's text: Substack, Ghost, WordPress, and what themes took from them."""

_AROUND = frozenset(
    "comments comments-area comment-list comments-section related related-posts post-footer "
    "newsletter-signup author-bio author-box breadcrumbs site-header site-footer post-ufi "
    "share-buttons cookie-banner sidebar".split()
)
_LEAST = 200
"""Characters; a shorter piece is not the article."""


def read_page(text: str, *, timezone: str, paid: bool = False) -> Column:
    """Return the column in *text*."""
    shown, found = scan(without_cdata(text), "html")
    top = parse("\n".join(line.text for line in shown))
    column = read_tree(top, timezone=timezone, paid=paid)
    return replace(column, notices=found.notices() + column.notices)


def read_tree(
    top: Element, *, timezone: str = "UTC", paid: bool = False, from_web: bool = True
) -> Column:
    """Return the column in a document: its text, and what its head says about it."""
    meta = dict(_meta(top))
    article = _article(top)
    published, notices = _published(meta, timezone)
    # Before anything reads a title or a subtitle: neither paid nor hidden text is one.
    notices += without_paid_text(article, paid=paid) + prune(top)
    column = Column(
        title=_title(top, meta),
        slug="",
        author=_author(meta),
        published=published,
        source_url=_address(top, meta),
        language=_language(top),
        blocks=(),
        notices=notices,
    )
    subtitle = _take_subtitle(top)
    column = with_markup(column, article, paid=paid, from_web=from_web)
    column = as_draft(column, "as its export said" if meta.get(STATUS_META) == "draft" else "")
    return replace(column, subtitle=subtitle or _description(meta, column))


def _article(top: Element) -> Element:
    """The element that holds the article and as little else as can be told."""
    body = next((e for e in top.children if e.tag == "body"), top)
    for element in body.walk():
        element.children = [child for child in element.children if not _is_around(child)]
    found = list(body.walk())
    for wanted in _BODIES:
        names = set(wanted.split())
        for element in found:
            if names <= element.classes and len(element.words()) >= _LEAST:
                return element
    kinds: tuple[tuple[str, Any], ...] = (("itemprop", "articleBody"), ("role", "main"))
    for name, value in kinds:
        for element in found:
            if element.attrs.get(name) == value and len(element.words()) >= _LEAST:
                return element
    for tag in ("article", "main"):
        articles = [e for e in found if e.tag == tag and len(e.words()) >= _LEAST]
        if articles:
            return max(articles, key=lambda e: len(e.words()))
    return body


def _is_around(element: Element) -> bool:
    return (
        element.tag in ("nav", "aside", "footer")
        or element.attrs.get("role") in ("navigation", "complementary", "contentinfo")
        or bool(element.classes & _AROUND)
        or element.id in _AROUND
    )


def _meta(top: Element) -> Iterator[tuple[str, str]]:
    """What the page says for machines; where it says a thing twice the surer comes last."""
    for element in top.walk():
        if element.tag == "script" and element.attrs.get("type") == "application/ld+json":
            yield from _linked_data(element.words())
    for element in top.walk():
        if element.tag == "meta":
            name = element.attrs.get("property") or element.attrs.get("name", "")
            if content := one_line(element.attrs.get("content", "")):
                yield name.lower(), content


def _linked_data(text: str) -> Iterator[tuple[str, str]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    for thing in data if isinstance(data, list) else [data]:
        if not isinstance(thing, dict):
            continue
        if isinstance(published := thing.get("datePublished"), str):
            yield "article:published_time", published
        author = thing.get("author")
        first = author[0] if isinstance(author, list) and author else author
        if isinstance(first, dict) and isinstance(first.get("name"), str):
            yield "author", one_line(first["name"])


def _title(top: Element, meta: dict[str, str]) -> str:
    if "og:title" in meta:
        return meta["og:title"]
    heads = [e for e in top.walk() if e.tag == "h1" and e.words().strip()]
    if len(heads) == 1:
        return one_line(heads[0].words())
    # A page's own title often has the site's name on it; it is better than none.
    named = next((e for e in top.walk() if e.tag == "title"), None)
    return one_line(named.words()) if named and not heads else ""


def _author(meta: dict[str, str]) -> str:
    found = meta.get("author") or meta.get("article:author", "")
    return "" if found.startswith(("http:", "https:")) else found


def _published(meta: dict[str, str], timezone: str) -> tuple[datetime | None, tuple[Notice, ...]]:
    try:
        given = datetime.fromisoformat(meta.get("article:published_time", ""))
    except ValueError:
        return None, ()
    if given.tzinfo:
        return given, ()
    published, notices = local(given, timezone=timezone, where="page")
    return published, tuple(n for n in notices if n.code == "date-in-clock-change")


def _address(top: Element, meta: dict[str, str]) -> str:
    links = [e for e in top.walk() if e.tag == "link" and e.attrs.get("rel") == "canonical"]
    found = [e.attrs.get("href", "") for e in links] + [meta.get("og:url", "")]
    return next((url for href in found if (url := clean_url(href))), "")


def _language(top: Element) -> str:
    try:
        return language_tag(top.attrs.get("lang", ""))
    except ValueError:
        return ""


def _take_subtitle(top: Element) -> str:
    for element in top.walk():
        for child in element.children:
            if "subtitle" in child.classes and child.words().strip():
                element.children = [other for other in element.children if other is not child]
                return one_line(child.words())
    return ""


def _description(meta: dict[str, str], column: Column) -> str:
    """The page's description, unless a machine made it of the text's own beginning."""
    found = meta.get("og:description") or meta.get("description", "")
    start = fold(found.rstrip("…. "))[:60]
    return "" if not start or start in fold(column.text) else found
